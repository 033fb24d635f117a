//! The scene: what a game master's prompt says, once more as data, for a provider that is not a language model.
//!
//! It holds only what the prompt holds, so only what the party may know. Ids are given so that tools can name them.

use serde::{Deserialize, Serialize};

use crate::{EntityId, FactId};

/// Everything the game master is told for one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    /// What the player wrote.
    pub player_text: String,
    /// The character the player acts with, one of `party`; absent when somebody without a character writes.
    pub acting: Option<EntityId>,
    /// The party.
    pub party: Vec<ScenePerson>,
    /// Where the party is.
    pub place: Option<ScenePlace>,
    /// Others who are here: people and creatures.
    pub people: Vec<ScenePerson>,
    /// Things that lie here in plain sight.
    pub items: Vec<SceneThing>,
    /// Quests the party knows of.
    pub quests: Vec<SceneQuest>,
    /// What the party knows about what is here.
    pub facts: Vec<SceneFact>,
    /// The last entries of the timeline, oldest first, as text.
    pub recent: Vec<String>,
    /// What is asked for, when it is no narration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
}

/// What a task other than narrating asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// To answer a question from pieces of text, with the pieces it rests on.
    Answer {
        /// The question.
        question: String,
        /// What may be said; nothing else may.
        pieces: Vec<WorkPiece>,
    },
}

/// A piece of text that an answer may rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkPiece {
    /// What the answer calls it.
    pub id: String,
    /// What it is about, by name.
    pub about: String,
    /// What it says.
    pub text: String,
}

/// Somebody in the scene.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScenePerson {
    /// Their id.
    pub id: EntityId,
    /// Their name.
    pub name: String,
    /// One sentence about them.
    pub summary: String,
    /// `pc`, `npc` or `creature`.
    pub subtype: String,
    /// How they speak, where known.
    pub voice: String,
    /// Health now; 0 is down.
    pub health: i32,
    /// Health at best; 0 where they have no numbers.
    pub max_health: i32,
    /// What they carry, by name.
    pub inventory: Vec<String>,
}

/// Where the scene is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScenePlace {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// One or two sentences.
    pub summary: String,
    /// Its description, Markdown.
    pub body: String,
    /// Such as `forest` or `crypt`; empty where unsaid.
    pub environment: String,
    /// Where one can go from here.
    pub exits: Vec<SceneThing>,
}

/// A thing or a way out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneThing {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// One sentence.
    pub summary: String,
}

/// A quest the party knows of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneQuest {
    /// Its id.
    pub id: EntityId,
    /// Its title.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// `offered`, `active`, `completed` or `failed`.
    pub status: String,
    /// Who gives it.
    pub giver: Option<EntityId>,
    /// What is to be done.
    pub objectives: Vec<SceneObjective>,
}

/// One step of a quest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneObjective {
    /// Its id within the quest.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// How much is done.
    pub progress: u32,
    /// How much there is to do.
    pub target: u32,
    /// Where it is done, if at one place.
    pub at: Option<EntityId>,
}

/// Something the party knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneFact {
    /// The fact.
    pub id: FactId,
    /// Its statement.
    pub text: String,
}
