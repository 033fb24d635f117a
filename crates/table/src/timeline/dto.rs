//! The shapes of entries.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::{EntityId, EntryId, GenerationId, SessionId, UserId};
use utoipa::ToSchema;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// What a member says or does.
    Message,
    /// What the game master tells.
    Narration,
    /// Dice, with their seed.
    Roll,
    /// A change of the game's state.
    Effect,
    /// A note of the program: somebody joined, an answer is tried again.
    System,
}

impl EntryKind {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Narration => "narration",
            Self::Roll => "roll",
            Self::Effect => "effect",
            Self::System => "system",
        }
    }

    /// Reads the stored word; a kind of a newer program reads as a note.
    pub fn parse(word: &str) -> Self {
        match word {
            "message" => Self::Message,
            "narration" => Self::Narration,
            "roll" => Self::Roll,
            "effect" => Self::Effect,
            _ => Self::System,
        }
    }
}

/// Who an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Author {
    /// A member, with the character they play.
    Member {
        /// The user.
        user_id: UserId,
        /// The character that acts or speaks.
        character_id: Option<EntityId>,
        /// The character's name, or the user's.
        name: String,
    },
    /// The game master that answers: a model or the oracle.
    Master {
        /// What is shown as its name.
        name: String,
    },
    /// The rules.
    Engine {
        /// What is shown as its name.
        name: String,
    },
}

/// An entry as everybody at the table sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntryOut {
    /// Its id.
    pub id: EntryId,
    /// Its session.
    pub session_id: SessionId,
    /// Its number in the session, from 1, without gaps.
    pub seq: u64,
    /// What it follows; null for the first.
    pub parent_id: Option<EntryId>,
    /// What it is.
    pub kind: EntryKind,
    /// Who it comes from.
    pub author: Author,
    /// Its text.
    pub text: String,
    /// More, by kind.
    #[schema(value_type = Object)]
    pub data: Value,
    /// The answer it is part of.
    pub generation_id: Option<GenerationId>,
    /// When it was committed.
    pub created_at: DateTime<Utc>,
}

/// An entry to append.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What it is.
    pub kind: EntryKind,
    /// Who it comes from.
    pub author: Author,
    /// Its text.
    pub text: String,
    /// More, by kind.
    pub data: Value,
    /// The answer it is part of.
    pub generation_id: Option<GenerationId>,
}
