//! Facts as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, FactId, patch};
use utoipa::{IntoParams, ToSchema};

use crate::words::words;

words! {
    /// Whether a fact holds.
    FactStatus {
        /// Suggested, and seen by game masters only.
        Proposed = "proposed",
        /// It holds.
        Canon = "canon",
        /// It held once, and is seen by game masters only.
        Retired = "retired",
    }

    /// Where a fact comes from.
    EvidenceKind {
        /// Somebody wrote it.
        Author = "author",
        /// An entry of a timeline.
        Entry = "entry",
        /// A roll of dice.
        Roll = "roll",
    }
}

/// Who knows a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Knower {
    /// Every member and every character.
    Everyone,
    /// The game master.
    Gm,
    /// A character.
    Character {
        /// Which.
        id: EntityId,
    },
    /// The members of a faction.
    Faction {
        /// Which.
        id: EntityId,
    },
    /// The reader of a novel, before its characters.
    Reader,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What kind of source.
    pub kind: EvidenceKind,
    /// Which one, such as the id of an entry; at most 200 characters.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { kind: EvidenceKind::Author, reference: None }
    }
}

/// A fact to note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactIn {
    /// What it is about.
    pub subject_id: EntityId,
    /// How it is meant, such as `is the sister of`; 1 to 80 characters.
    pub predicate: String,
    /// The other entity it is about.
    #[serde(default)]
    pub object_id: Option<EntityId>,
    /// The statement, at most 4000 characters. Needed when there is no object.
    #[serde(default)]
    pub text: String,
    /// Who knows it; only the game master, when absent.
    #[serde(default)]
    pub knowers: Vec<Knower>,
    /// Since when in story time it holds.
    #[serde(default)]
    pub story_from: Option<i64>,
    /// Until when in story time it holds.
    #[serde(default)]
    pub story_to: Option<i64>,
    /// How hard it is to discover in play, 1 to 40; absent when play cannot discover it.
    #[serde(default)]
    pub find_dc: Option<i32>,
    /// `canon` when absent.
    #[serde(default = "canon")]
    pub status: FactStatus,
    /// An author's hand, when absent.
    #[serde(default)]
    pub evidence: Evidence,
}

fn canon() -> FactStatus {
    FactStatus::Canon
}

impl FactIn {
    /// A fact in words that only the game master knows.
    pub fn new(subject_id: EntityId, predicate: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            subject_id,
            predicate: predicate.into(),
            object_id: None,
            text: text.into(),
            knowers: Vec::new(),
            story_from: None,
            story_to: None,
            find_dc: None,
            status: FactStatus::Canon,
            evidence: Evidence::default(),
        }
    }
}

/// A change of a fact: absent leaves, null clears, a value sets. Its subject stays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FactPatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub predicate: Option<Option<String>>,
    /// The other entity.
    #[serde(deserialize_with = "patch::some")]
    pub object_id: Option<Option<EntityId>>,
    /// The statement.
    #[serde(deserialize_with = "patch::some")]
    pub text: Option<Option<String>>,
    /// Who knows it; null leaves it to the game master.
    #[serde(deserialize_with = "patch::some")]
    pub knowers: Option<Option<Vec<Knower>>>,
    /// Since when in story time.
    #[serde(deserialize_with = "patch::some")]
    pub story_from: Option<Option<i64>>,
    /// Until when in story time.
    #[serde(deserialize_with = "patch::some")]
    pub story_to: Option<Option<i64>>,
    /// How hard it is to discover.
    #[serde(deserialize_with = "patch::some")]
    pub find_dc: Option<Option<i32>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub status: Option<Option<FactStatus>>,
    /// Null makes it an author's hand.
    #[serde(deserialize_with = "patch::some")]
    pub evidence: Option<Option<Evidence>>,
}

/// A fact as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactOut {
    /// The fact.
    pub id: FactId,
    /// What it is about.
    pub subject_id: EntityId,
    /// The subject's name.
    pub subject_name: String,
    /// How it is meant.
    pub predicate: String,
    /// The other entity.
    pub object_id: Option<EntityId>,
    /// The other entity's name.
    pub object_name: Option<String>,
    /// The statement.
    pub text: String,
    /// Who knows it; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowers: Option<Vec<Knower>>,
    /// Since when in story time.
    pub story_from: Option<i64>,
    /// Until when in story time.
    pub story_to: Option<i64>,
    /// How hard it is to discover in play; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find_dc: Option<i32>,
    /// Whether it holds.
    pub status: FactStatus,
    /// Where it comes from.
    pub evidence: Evidence,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was noted.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Who shall know a fact from now on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealIn {
    /// In addition to who knows it already.
    pub to: Vec<Knower>,
}

/// Which facts to list, and which page of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FactQuery {
    /// About this entity only.
    pub subject_id: Option<EntityId>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}
