//! Effects: the only things that change the state of a game.
//!
//! An effect says what happened, complete in itself, so that the state is the fold of the effects along a branch and starts
//! from nothing. Entries live for ever: a field may be added with a default, none may be renamed or removed, and unknown
//! fields are ignored on reading. Whether something may happen is decided before, by the tools.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::{EntityId, FactId};
use utoipa::ToSchema;

use super::{sheet::Sheet, state::GameState};

/// Something that changed the state of a game.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Effect {
    /// A character came into the party. One that left before comes back as it went, whatever the sheet says.
    CharacterJoined {
        /// Who.
        character_id: EntityId,
        /// Their name.
        name: String,
        /// Their numbers at that moment.
        #[serde(default)]
        sheet: Sheet,
    },
    /// A character left the party.
    CharacterLeft {
        /// Who.
        character_id: EntityId,
    },
    /// Somebody lost health.
    Damage {
        /// Who.
        character_id: EntityId,
        /// How much.
        amount: u32,
        /// The name of somebody outside the party.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The health at best of somebody outside the party, who begins there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_health: Option<i32>,
    },
    /// Somebody got health back.
    Heal {
        /// Who.
        character_id: EntityId,
        /// How much.
        amount: u32,
        /// The name of somebody outside the party.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The health at best of somebody outside the party.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_health: Option<i32>,
    },
    /// A character has something more.
    ItemGained {
        /// Who.
        character_id: EntityId,
        /// The canon's item; absent for things made up on the way.
        #[serde(default)]
        item_id: Option<EntityId>,
        /// Its name.
        name: String,
        /// How many.
        quantity: u32,
        /// Whether the rules know what using it does.
        #[serde(default)]
        usable: bool,
        /// The place where it lay, which now has fewer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found_at: Option<EntityId>,
    },
    /// A character has something less.
    ItemLost {
        /// Who.
        character_id: EntityId,
        /// The canon's item.
        #[serde(default)]
        item_id: Option<EntityId>,
        /// Its name.
        name: String,
        /// How many.
        quantity: u32,
    },
    /// The party took on a quest.
    QuestStarted {
        /// Which.
        quest_id: EntityId,
        /// Its title.
        title: String,
        /// What is to be done.
        #[serde(default)]
        objectives: Vec<ObjectiveSet>,
    },
    /// An objective came nearer.
    QuestAdvanced {
        /// Which quest.
        quest_id: EntityId,
        /// Which objective.
        objective_id: String,
        /// How much is done now, in all.
        progress: u32,
    },
    /// A quest was fulfilled.
    QuestCompleted {
        /// Which.
        quest_id: EntityId,
    },
    /// The party went somewhere.
    Moved {
        /// Where to.
        location_id: EntityId,
        /// Its name.
        location_name: String,
    },
    /// The party learned something.
    ClueFound {
        /// Which fact.
        fact_id: FactId,
        /// What it says.
        text: String,
    },
    /// A character learned from what happened.
    ExperienceGained {
        /// Who.
        character_id: EntityId,
        /// How much.
        amount: u32,
    },
}

/// An objective as it is when its quest starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ObjectiveSet {
    /// Its id within the quest.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// How much of it; at least 1.
    pub target: u32,
}

impl Effect {
    /// Reads the `effect` of a stored entry; nothing for one that a newer version wrote, which the fold then passes over.
    pub fn read(value: &Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }

    /// A sentence without its full stop, such as `Mira takes 3 damage`. `before` is the state the effect is applied to: it
    /// knows the names, and whether somebody goes down.
    pub fn summary(&self, before: &GameState) -> String {
        let who = |id: &EntityId| before.name_of(*id).unwrap_or("Someone").to_owned();
        let whom = |id: &EntityId, name: &Option<String>| {
            before.name_of(*id).map(str::to_owned).or_else(|| name.clone()).unwrap_or_else(|| "Someone".into())
        };
        match self {
            Self::CharacterJoined { name, .. } => format!("{name} joins the party"),
            Self::CharacterLeft { character_id } => format!("{} leaves the party", who(character_id)),
            Self::Damage { character_id, amount, name, max_health } => {
                let health = before.health_of(*character_id).map(|(health, _)| health).or(*max_health);
                let falls = health.is_some_and(|h| h > 0 && i64::from(h) <= i64::from(*amount));
                let end = if falls { " and goes down" } else { "" };
                format!("{} takes {amount} damage{end}", whom(character_id, name))
            }
            Self::Heal { character_id, amount, name, .. } => {
                format!("{} regains {amount} health", whom(character_id, name))
            }
            Self::ItemGained { character_id, name, quantity, .. } => {
                format!("{} gains {}", who(character_id), counted(name, *quantity))
            }
            Self::ItemLost { character_id, name, quantity, .. } => {
                format!("{} loses {}", who(character_id), counted(name, *quantity))
            }
            Self::QuestStarted { title, .. } => format!("Quest started: {title}"),
            Self::QuestAdvanced { quest_id, objective_id, progress } => {
                let Some(quest) = before.quest(*quest_id) else { return "A quest advances".into() };
                match quest.objectives.iter().find(|o| o.id == *objective_id) {
                    Some(o) => format!("{}: {} ({}/{})", quest.title, o.text, progress.min(&o.target), o.target),
                    None => format!("{} advances", quest.title),
                }
            }
            Self::QuestCompleted { quest_id } => {
                format!("Quest completed: {}", before.quest(*quest_id).map_or("a quest", |q| q.title.as_str()))
            }
            Self::Moved { location_name, .. } => format!("The party goes to {location_name}"),
            Self::ClueFound { text, .. } => format!("Found out: {text}"),
            Self::ExperienceGained { character_id, amount } => {
                format!("{} gains {amount} experience", who(character_id))
            }
        }
    }
}

fn counted(name: &str, quantity: u32) -> String {
    if quantity == 1 { name.to_owned() } else { format!("{quantity} × {name}") }
}
