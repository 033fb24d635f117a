//! The state of a game: what the effects along a branch add up to.
//!
//! Always true after any sequence of effects: health lies in 0..=max_health and mana in 0..=max_mana; a character has the
//! condition `down` exactly when its health is 0; quantities are at least 1; progress is at most its target; nobody is in the
//! party twice. `apply` is total: an effect on somebody unknown changes nothing. Applying twice is the same as once for
//! joining, leaving, starting, advancing and completing quests, moving and clues; not for damage, healing, items and
//! experience.

#[cfg(test)]
mod tests;

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, FactId};
use utoipa::ToSchema;

use super::{
    checks::modifier,
    effects::Effect,
    names,
    sheet::{Abilities, Carried, MAX_CARRIED, MAX_EXPERIENCE, MAX_HEALTH, MAX_LEVEL, MAX_QUANTITY, Sheet},
};

/// The condition of somebody at 0 health.
pub const DOWN: &str = "down";

/// What a game has come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GameState {
    /// The party, in the order they joined.
    pub party: Vec<PartyMember>,
    /// Characters that left; they come back as they went.
    pub away: Vec<PartyMember>,
    /// Others who were hurt or healed.
    pub others: Vec<Other>,
    /// Where the party is.
    pub location: Option<Located>,
    /// Quests taken on, in that order.
    pub quests: Vec<QuestState>,
    /// What the party found out, in that order.
    pub clues: Vec<Clue>,
    /// What was taken from where it lay.
    pub taken: Vec<Taken>,
}

/// A character of the party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PartyMember {
    /// Its id.
    pub character_id: EntityId,
    /// Its name.
    pub name: String,
    /// Its class or calling.
    pub class: String,
    /// Level, from 1 to 20.
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
    /// How hard it is to hit.
    pub defense: i32,
    /// The six scores.
    pub abilities: Abilities,
    /// Such as `down`.
    pub conditions: Vec<String>,
    /// What it carries.
    pub inventory: Vec<Carried>,
}

impl Default for PartyMember {
    fn default() -> Self {
        Self::from_sheet(EntityId::default(), "", &Sheet::default())
    }
}

/// Somebody outside the party whose health the game keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Other {
    /// Its id.
    pub character_id: EntityId,
    /// Its name.
    pub name: String,
    /// Health now; 0 is down.
    pub health: i32,
    /// Health at best.
    pub max_health: i32,
    /// Whether it was ever down; the party learns from it only once.
    pub beaten: bool,
}

/// Where the party is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Located {
    /// The location.
    pub id: EntityId,
    /// Its name.
    pub name: String,
}

/// How far a quest is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestStatus {
    /// Somebody asks; the state itself never holds these.
    Offered,
    /// Taken on.
    #[default]
    Active,
    /// Done.
    Completed,
    /// No longer possible.
    Failed,
}

/// A quest the party took on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct QuestState {
    /// Which.
    pub quest_id: EntityId,
    /// Its title.
    pub title: String,
    /// How far it is.
    pub status: QuestStatus,
    /// What is to be done.
    pub objectives: Vec<ObjectiveState>,
}

/// An objective and how much of it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ObjectiveState {
    /// Its id within the quest.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// How much is done.
    pub progress: u32,
    /// How much there is to do; at least 1.
    pub target: u32,
}

impl ObjectiveState {
    /// Whether something is left to do.
    pub fn open(&self) -> bool {
        self.progress < self.target
    }
}

/// Something the party found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Clue {
    /// Which fact.
    pub fact_id: FactId,
    /// What it says.
    pub text: String,
}

/// How many of a canon item were taken from where it lay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Taken {
    /// Which.
    pub item_id: EntityId,
    /// How many.
    pub quantity: u32,
}

impl GameState {
    /// The state after a sequence of effects, from nothing.
    pub fn fold<E: Borrow<Effect>>(effects: impl IntoIterator<Item = E>) -> Self {
        let mut state = Self::default();
        effects.into_iter().for_each(|effect| state.apply(effect.borrow()));
        state
    }

    /// The state after one more effect.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::CharacterJoined { character_id, name, sheet } => self.join(*character_id, name, sheet),
            Effect::CharacterLeft { character_id } => {
                if let Some(i) = self.party.iter().position(|m| m.character_id == *character_id) {
                    self.away.push(self.party.remove(i));
                }
            }
            Effect::Damage { character_id, amount, name, max_health } => {
                self.change_health(*character_id, -amount_of(*amount), name, *max_health);
            }
            Effect::Heal { character_id, amount, name, max_health } => {
                self.change_health(*character_id, amount_of(*amount), name, *max_health);
            }
            Effect::ItemGained { character_id, item_id, name, quantity, usable, found_at } => {
                if let Some(member) = self.member_mut(*character_id) {
                    member.gain(Carried {
                        item_id: *item_id,
                        name: name.clone(),
                        quantity: *quantity,
                        usable: *usable,
                    });
                    if let (Some(item), Some(_)) = (item_id, found_at) {
                        self.take(*item, *quantity);
                    }
                }
            }
            Effect::ItemLost { character_id, item_id, name, quantity } => {
                if let Some(member) = self.member_mut(*character_id) {
                    member.lose(*item_id, name, *quantity);
                }
            }
            Effect::QuestStarted { quest_id, title, objectives } => {
                if self.quest(*quest_id).is_none() {
                    let open = |o: &super::ObjectiveSet| ObjectiveState {
                        id: o.id.clone(),
                        text: o.text.clone(),
                        progress: 0,
                        target: o.target.max(1),
                    };
                    let objectives = objectives.iter().map(open).collect();
                    let (quest_id, title) = (*quest_id, title.clone());
                    self.quests.push(QuestState { quest_id, title, status: QuestStatus::Active, objectives });
                }
            }
            Effect::QuestAdvanced { quest_id, objective_id, progress } => {
                let quest = self.quests.iter_mut().find(|q| q.quest_id == *quest_id);
                let objective = quest.and_then(|q| q.objectives.iter_mut().find(|o| o.id == *objective_id));
                if let Some(objective) = objective {
                    objective.progress = (*progress).min(objective.target);
                }
            }
            Effect::QuestCompleted { quest_id } => {
                if let Some(quest) = self.quests.iter_mut().find(|q| q.quest_id == *quest_id) {
                    quest.status = QuestStatus::Completed;
                }
            }
            Effect::Moved { location_id, location_name } => {
                self.location = Some(Located { id: *location_id, name: location_name.clone() });
            }
            Effect::ClueFound { fact_id, text } => {
                if !self.knows(*fact_id) {
                    self.clues.push(Clue { fact_id: *fact_id, text: text.clone() });
                }
            }
            Effect::ExperienceGained { character_id, amount } => {
                if let Some(member) = self.member_mut(*character_id) {
                    member.learn(*amount);
                }
            }
        }
    }

    /// A member of the party.
    pub fn member(&self, id: EntityId) -> Option<&PartyMember> {
        self.party.iter().find(|m| m.character_id == id)
    }

    /// A quest the party took on.
    pub fn quest(&self, id: EntityId) -> Option<&QuestState> {
        self.quests.iter().find(|q| q.quest_id == id)
    }

    /// Whether the party found something out.
    pub fn knows(&self, fact: FactId) -> bool {
        self.clues.iter().any(|c| c.fact_id == fact)
    }

    /// How many of a canon item were taken from where it lay.
    pub fn taken(&self, item: EntityId) -> u32 {
        self.taken.iter().find(|t| t.item_id == item).map_or(0, |t| t.quantity)
    }

    /// Health now and at best of anybody the game keeps it of.
    pub fn health_of(&self, id: EntityId) -> Option<(i32, i32)> {
        let member = self.member(id).map(|m| (m.health, m.max_health));
        member.or_else(|| self.others.iter().find(|o| o.character_id == id).map(|o| (o.health, o.max_health)))
    }

    /// The name of anybody the game knows, characters that left included.
    pub fn name_of(&self, id: EntityId) -> Option<&str> {
        let members = self.party.iter().chain(&self.away).map(|m| (m.character_id, m.name.as_str()));
        let others = self.others.iter().map(|o| (o.character_id, o.name.as_str()));
        members.chain(others).find(|(known, name)| *known == id && !name.is_empty()).map(|(_, name)| name)
    }

    fn member_mut(&mut self, id: EntityId) -> Option<&mut PartyMember> {
        self.party.iter_mut().find(|m| m.character_id == id)
    }

    fn join(&mut self, id: EntityId, name: &str, sheet: &Sheet) {
        if self.member(id).is_some() {
            return;
        }
        let back = self.away.iter().position(|m| m.character_id == id).map(|i| self.away.remove(i));
        self.party.push(back.unwrap_or_else(|| PartyMember::from_sheet(id, name, sheet)));
    }

    fn change_health(&mut self, id: EntityId, by: i32, name: &Option<String>, max_health: Option<i32>) {
        if let Some(member) = self.member_mut(id) {
            member.set_health(member.health.saturating_add(by));
            return;
        }
        if self.away.iter().any(|m| m.character_id == id) {
            return;
        }
        let known = self.others.iter().position(|o| o.character_id == id);
        let other = match (known, max_health) {
            (Some(i), _) => &mut self.others[i],
            (None, Some(max)) => {
                let max = max.clamp(1, MAX_HEALTH);
                let name = name.clone().unwrap_or_default();
                self.others.push(Other { character_id: id, name, health: max, max_health: max, beaten: false });
                self.others.last_mut().expect("it was just pushed")
            }
            (None, None) => return,
        };
        other.health = other.health.saturating_add(by).clamp(0, other.max_health);
        other.beaten |= other.health == 0;
    }

    fn take(&mut self, item_id: EntityId, quantity: u32) {
        match self.taken.iter_mut().find(|t| t.item_id == item_id) {
            Some(taken) => taken.quantity = taken.quantity.saturating_add(quantity),
            None if quantity > 0 => self.taken.push(Taken { item_id, quantity }),
            None => {}
        }
    }
}

fn amount_of(amount: u32) -> i32 {
    i32::try_from(amount).unwrap_or(i32::MAX)
}

/// The level that an amount of experience is worth: 1 + floor(√(experience / 100)), so 100, 400, 900, … The formula is ours.
pub fn level_for(experience: u32) -> u32 {
    (1 + (experience / 100).isqrt()).min(MAX_LEVEL)
}

impl PartyMember {
    /// A character as its sheet has it; numbers out of bounds are cut.
    pub fn from_sheet(character_id: EntityId, name: &str, sheet: &Sheet) -> Self {
        let max_health = sheet.max_health.clamp(1, MAX_HEALTH);
        let max_mana = sheet.max_mana.clamp(0, MAX_HEALTH);
        let mut member = Self {
            character_id,
            name: name.to_owned(),
            class: sheet.class.clone(),
            level: sheet.level.clamp(1, MAX_LEVEL),
            experience: sheet.experience.min(MAX_EXPERIENCE),
            health: max_health,
            max_health,
            mana: sheet.mana.clamp(0, max_mana),
            max_mana,
            defense: sheet.defense,
            abilities: sheet.abilities.clone(),
            conditions: Vec::new(),
            inventory: Vec::new(),
        };
        member.set_health(sheet.health);
        sheet.inventory.iter().for_each(|carried| member.gain(carried.clone()));
        member
    }

    /// Whether it is at 0 health.
    pub fn down(&self) -> bool {
        self.health == 0
    }

    /// What it carries of a thing, found by id or else by name.
    pub fn carried(&self, item_id: Option<EntityId>, name: &str) -> Option<&Carried> {
        self.inventory.iter().find(|c| is_same(c, item_id, name))
    }

    fn set_health(&mut self, health: i32) {
        self.health = health.clamp(0, self.max_health);
        self.conditions.retain(|c| c != DOWN);
        if self.health == 0 {
            self.conditions.push(DOWN.into());
        }
    }

    /// Like things are one line; a line learns the id of what is added to it. A full bag takes no more kinds.
    fn gain(&mut self, more: Carried) {
        if more.quantity == 0 {
            return;
        }
        if let Some(line) = self.inventory.iter_mut().find(|c| is_same(c, more.item_id, &more.name)) {
            line.quantity = line.quantity.saturating_add(more.quantity).min(MAX_QUANTITY);
            line.item_id = line.item_id.or(more.item_id);
            line.usable |= more.usable;
        } else if self.inventory.len() < MAX_CARRIED {
            self.inventory.push(Carried { quantity: more.quantity.min(MAX_QUANTITY), ..more });
        }
    }

    fn lose(&mut self, item_id: Option<EntityId>, name: &str, quantity: u32) {
        if let Some(line) = self.inventory.iter_mut().find(|c| is_same(c, item_id, name)) {
            line.quantity = line.quantity.saturating_sub(quantity);
        }
        self.inventory.retain(|c| c.quantity > 0);
    }

    /// A new level adds 5 health and the constitution modifier, at least 1, now and at best (ours); who is down stays down.
    fn learn(&mut self, amount: u32) {
        self.experience = self.experience.saturating_add(amount).min(MAX_EXPERIENCE);
        while self.level < level_for(self.experience) {
            self.level += 1;
            let more = (5 + modifier(self.abilities.constitution)).max(1);
            self.max_health = self.max_health.saturating_add(more).min(MAX_HEALTH);
            if !self.down() {
                self.set_health(self.health.saturating_add(more));
            }
        }
    }
}

/// Things are the same by their canon ids where both have one, else by name.
fn is_same(carried: &Carried, item_id: Option<EntityId>, name: &str) -> bool {
    match (carried.item_id, item_id) {
        (Some(a), Some(b)) => a == b,
        _ => names::same(&carried.name, name),
    }
}
