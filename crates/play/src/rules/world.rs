//! What the tools know of the canon: a snapshot of where the party is, made before the rules are asked.
//!
//! It holds more than the party knows (hidden items, undiscovered facts), so nothing of it may reach a model but through a
//! tool's answer. It is as of the location the state names: after the party moves, a new one is needed. What was already
//! found or taken may still be listed; the rules pass over it by the state.

use serde_json::Value;
use skald_kernel::{EntityId, FactId};

use super::{
    effects::ObjectiveSet,
    sheet::{MAX_EXPERIENCE, MAX_QUANTITY, Sheet, cut, integer},
};
use crate::dice::Dice;

/// No throw for damage or healing comes to more.
pub const MAX_AMOUNT: i32 = 170;
/// No throw for damage or healing has more dice.
pub const MAX_AMOUNT_DICE: u32 = 10;

/// The canon around the party.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// Where the party is; absent before the first move.
    pub place: Option<Place>,
    /// Where one can go from here.
    pub exits: Vec<Exit>,
    /// Who else is here. Party members listed here are passed over.
    pub people: Vec<Person>,
    /// What lies here.
    pub items: Vec<Lying>,
    /// The quests on offer and those the party took on.
    pub quests: Vec<Quest>,
    /// What can be found out here.
    pub secrets: Vec<Secret>,
    /// The canon's items that somebody carries or a quest rewards, wherever they are.
    pub catalogue: Vec<CatalogueItem>,
}

/// The place where the party is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is like.
    pub summary: String,
    /// The locations it lies in, so that an objective in the town can be met in the town's inn.
    pub within: Vec<EntityId>,
}

/// A place one can go to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exit {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is like.
    pub summary: String,
}

/// Somebody who is here and not of the party.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// Their id.
    pub id: EntityId,
    /// Their name.
    pub name: String,
    /// `npc` or `creature`.
    pub subtype: String,
    /// Their numbers; without them they have the defaults.
    pub sheet: Option<Sheet>,
}

/// Something that lies here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lying {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is like.
    pub summary: String,
    /// How many lay here in the beginning; 0 counts as 1.
    pub quantity: u32,
    /// Whether it is found only by searching.
    pub hidden: bool,
    /// What using it does.
    pub usage: ItemUse,
}

/// What using an item does by the rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ItemUse {
    /// Nothing; what happens is for the story.
    #[default]
    None,
    /// Heals who uses it, and is used up.
    Heal(Dice),
}

impl ItemUse {
    /// Reads `fields.use` of an item; what the rules do not know is nothing.
    pub fn from_fields(fields: &Value) -> Self {
        let heal = fields.get("use").and_then(|u| u.get("heal"));
        let notation = heal.and_then(|h| h.as_str().map(str::to_owned).or_else(|| integer(h).map(|n| n.to_string())));
        notation.and_then(|n| amount(&n).ok()).map_or(Self::None, Self::Heal)
    }

    /// Whether the rules know what it does.
    pub fn known(&self) -> bool {
        *self != Self::None
    }
}

/// Something the party may find out here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Secret {
    /// The fact.
    pub id: FactId,
    /// What it says.
    pub text: String,
    /// How hard it is to find.
    pub find_dc: i32,
}

/// A canon item as the rules know it wherever it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogueItem {
    /// Its id.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What using it does.
    pub usage: ItemUse,
}

/// A quest as the canon has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quest {
    /// Its id.
    pub id: EntityId,
    /// Its title.
    pub title: String,
    /// Who gives it.
    pub giver: Option<EntityId>,
    /// Whether the party may take it on.
    pub offered: bool,
    /// What is to be done.
    pub objectives: Vec<Objective>,
    /// What it brings.
    pub rewards: Rewards,
}

/// A step of a quest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objective {
    /// Its id within the quest.
    pub id: String,
    /// What is to be done.
    pub text: String,
    /// How much of it; at least 1.
    pub target: u32,
    /// Where it is done, if at one place.
    pub at: Option<EntityId>,
}

/// What a quest brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewards {
    /// Experience for each member of the party.
    pub experience: u32,
    /// Gold for the one who acts.
    pub gold: u32,
    /// Canon items for the one who acts; those not in the catalogue are left out.
    pub items: Vec<EntityId>,
}

impl Quest {
    /// Reads a quest's `fields` leniently: an objective without an id gets its letter (`a`, `b`, …).
    pub fn from_fields(id: EntityId, title: &str, fields: &Value) -> Self {
        let entity = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|s| s.trim().parse().ok());
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let objective = |(i, o): (usize, &Value)| {
            let text = o.as_str().or_else(|| o.get("text")?.as_str()).unwrap_or_default();
            let id = o.get("id").and_then(Value::as_str).map(|id| cut(id, 40)).filter(|id| !id.is_empty());
            let target = o.get("target").and_then(integer).unwrap_or(1).clamp(1, 1_000) as u32;
            let id = id.unwrap_or_else(|| char::from(b'a' + (i % 26) as u8).to_string());
            Objective { id, text: cut(text, 300), target, at: entity(o.get("at")) }
        };
        let reward = |name: &str, most: u32| {
            let value = fields.get("rewards").and_then(|r| r.get(name)).and_then(integer).unwrap_or(0);
            value.clamp(0, i64::from(most)) as u32
        };
        Self {
            id,
            title: title.to_owned(),
            giver: entity(fields.get("giver")),
            offered: fields.get("offered").and_then(Value::as_bool).unwrap_or(false),
            objectives: list(fields.get("objectives")).iter().take(26).enumerate().map(objective).collect(),
            rewards: Rewards {
                experience: reward("experience", MAX_EXPERIENCE),
                gold: reward("gold", MAX_QUANTITY),
                items: list(fields.get("rewards").and_then(|r| r.get("items")))
                    .iter()
                    .filter_map(|item| entity(Some(item)))
                    .take(20)
                    .collect(),
            },
        }
    }

    /// Its objectives as a starting quest has them.
    pub fn objectives_set(&self) -> Vec<ObjectiveSet> {
        let set = |o: &Objective| ObjectiveSet { id: o.id.clone(), text: o.text.clone(), target: o.target.max(1) };
        self.objectives.iter().map(set).collect()
    }
}

impl World {
    /// A canon item by its id, else by its name.
    pub(crate) fn usage(&self, item_id: Option<EntityId>, name: &str) -> ItemUse {
        let lying = self.items.iter().map(|i| (i.id, &i.name, &i.usage));
        let known = || self.catalogue.iter().map(|i| (i.id, &i.name, &i.usage)).chain(lying.clone());
        let found = match item_id {
            Some(id) => known().find(|(known, ..)| *known == id),
            None => known().find(|(_, known, _)| super::names::same(known, name)),
        };
        found.map(|(_, _, usage)| usage.clone()).unwrap_or_default()
    }
}

/// Gives what a sheet lists by name the ids of the canon's items of that name, before a character joins with it.
pub fn resolve_inventory(sheet: &mut Sheet, catalogue: &[CatalogueItem]) {
    for carried in &mut sheet.inventory {
        if let Some(item) = catalogue.iter().find(|item| super::names::same(&item.name, &carried.name)) {
            carried.item_id = Some(item.id);
            carried.usable = item.usage.known();
        }
    }
}

/// Reads dice for damage or healing: at most [`MAX_AMOUNT_DICE`] dice that come to at most [`MAX_AMOUNT`], which is 10d12+50.
pub(crate) fn amount(notation: &str) -> Result<Dice, String> {
    let dice = Dice::parse(notation).map_err(|error| {
        let why = error.fields().first().map_or("", |f| f.message.as_str());
        format!("The amount has to be dice such as 1d6+2. {why}")
    })?;
    if dice.count() > MAX_AMOUNT_DICE || dice.max() > MAX_AMOUNT {
        return Err(format!(
            "The amount {dice} is too large: at most {MAX_AMOUNT_DICE} dice that come to at most {MAX_AMOUNT}, such as 10d12+50."
        ));
    }
    if dice.max() < 1 {
        return Err(format!("The amount {dice} can never be more than 0."));
    }
    Ok(dice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_quest_is_read_with_what_is_missing_filled_in() {
        let giver = EntityId::default();
        let quest = Quest::from_fields(
            giver,
            "Rats",
            &json!({
                "giver": giver, "offered": true,
                "objectives": [{ "id": "rats", "text": "Catch rats", "target": "3", "at": giver }, "Report to Brom"],
                "rewards": { "experience": "50", "gold": -3, "items": [giver, "no id"] },
            }),
        );
        assert_eq!((quest.offered, quest.giver), (true, Some(giver)));
        let steps: Vec<_> = quest.objectives.iter().map(|o| (o.id.as_str(), o.text.as_str(), o.target, o.at)).collect();
        assert_eq!(steps, [("rats", "Catch rats", 3, Some(giver)), ("b", "Report to Brom", 1, None)]);
        assert_eq!(quest.rewards, Rewards { experience: 50, gold: 0, items: vec![giver] });
        assert_eq!(Quest::from_fields(giver, "", &json!(null)), Quest { id: giver, ..Quest::default() });
    }

    #[test]
    fn a_use_is_what_the_rules_know_of_it() {
        assert_eq!(
            ItemUse::from_fields(&json!({ "use": { "heal": "2d4+2" } })),
            ItemUse::Heal(Dice::parse("2d4+2").unwrap())
        );
        assert_eq!(ItemUse::from_fields(&json!({ "use": { "heal": 5 } })), ItemUse::Heal(Dice::parse("5").unwrap()));
        for fields in [
            json!({}),
            json!({ "use": { "heal": "99d99" } }),
            json!({ "use": { "light": true } }),
            json!({ "use": "x" }),
        ] {
            assert_eq!(ItemUse::from_fields(&fields), ItemUse::None, "{fields}");
        }
    }

    #[test]
    fn a_sheets_things_get_the_canons_ids_by_name() {
        let id = "0190d5f0-0000-7000-8000-000000000001".parse().unwrap();
        let usage = ItemUse::Heal(Dice::parse("1d4").unwrap());
        let mut sheet = Sheet::read(&json!({ "inventory": ["the healing potion", "Rope"] }));
        resolve_inventory(&mut sheet, &[CatalogueItem { id, name: "Healing Potion".into(), usage }]);
        assert_eq!((sheet.inventory[0].item_id, sheet.inventory[0].usable), (Some(id), true));
        assert_eq!((sheet.inventory[1].item_id, sheet.inventory[1].usable), (None, false));
    }
}
