//! The shapes of a game.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::{EntityId, FactId, GenerationId, UserId};
use utoipa::ToSchema;

use crate::rules::{Abilities, Carried};

/// A character to play.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReadyMade {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// Who it is.
    pub summary: String,
    /// Its description, Markdown.
    pub body: String,
    /// Its sheet and more.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// Who plays it already.
    pub taken_by: Option<UserId>,
}

/// Who to play.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinIn {
    /// A ready-made character, or one of your own.
    pub character_id: EntityId,
}

/// Dice to throw, outside of any session.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollIn {
    /// Such as `2d6+3`, `4d6kh3` or `d20 adv`.
    pub notation: String,
    /// Throws the same dice again.
    pub seed: Option<u64>,
}

/// Dice to throw at the table.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRollIn {
    /// Such as `2d6+3`, `4d6kh3` or `d20 adv`.
    pub notation: String,
    /// What for.
    pub purpose: Option<String>,
    /// Who throws; your own character when absent.
    pub character_id: Option<EntityId>,
}

/// Something carried, to use.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseIn {
    /// Who uses it.
    pub character_id: EntityId,
    /// The item, by name or id.
    pub item: String,
}

/// Where to go.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TravelIn {
    /// A location next to where the party is.
    pub location_id: EntityId,
}

/// The state of a game as the table sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GameOut {
    /// The entry it is true for.
    pub seq: u64,
    /// Where the party is.
    pub location: Option<PlaceOut>,
    /// The party.
    pub characters: Vec<CharacterOut>,
    /// Its quests, and those on offer here.
    pub quests: Vec<QuestOut>,
    /// What it found out in this session.
    pub clues: Vec<ClueOut>,
    /// The answer that is being made.
    pub generation: Option<GenerationOut>,
}

/// Where the party is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlaceOut {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is like.
    pub summary: String,
    /// Where one can go from here.
    pub exits: Vec<ExitOut>,
    /// Who else is here.
    pub people: Vec<ExitOut>,
}

/// A way out, or somebody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExitOut {
    /// The id.
    pub id: EntityId,
    /// The name.
    pub name: String,
}

/// A member of the party.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CharacterOut {
    /// Who.
    pub character_id: EntityId,
    /// Who plays them.
    pub user_id: Option<UserId>,
    /// Their name.
    pub name: String,
    /// What they are.
    pub class: String,
    /// Their level.
    pub level: u32,
    /// Experience so far.
    pub experience: u32,
    /// Health now; 0 is down.
    pub health: i32,
    /// Health at best.
    pub max_health: i32,
    /// Mana now.
    pub mana: i32,
    /// Mana at best.
    pub max_mana: i32,
    /// What it takes to hit them.
    pub defense: i32,
    /// Their abilities.
    pub abilities: Abilities,
    /// What ails or helps them.
    pub conditions: Vec<String>,
    /// What they carry.
    pub inventory: Vec<Carried>,
}

/// A quest.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QuestOut {
    /// Which.
    pub quest_id: EntityId,
    /// Its title.
    pub title: String,
    /// `offered`, `active`, `completed` or `failed`.
    pub status: crate::rules::state::QuestStatus,
    /// What is to be done.
    pub objectives: Vec<ObjectiveOut>,
}

/// A step of a quest.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ObjectiveOut {
    /// Its id within the quest.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// How much is done.
    pub progress: u32,
    /// How much there is to do.
    pub target: u32,
}

/// Something found out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClueOut {
    /// The fact.
    pub fact_id: FactId,
    /// What it says.
    pub text: String,
}

/// An answer that is being made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GenerationOut {
    /// Its id.
    pub id: GenerationId,
    /// `queued` or `running`.
    pub status: String,
}
