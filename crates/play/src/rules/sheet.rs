//! A character's numbers, read leniently from the canon: people type sheets by hand and import them from elsewhere.
//!
//! Reading never fails: a missing number gets its default, a numeric string counts as its number, and an absurd number is
//! cut to what the rules can bear.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::EntityId;
use utoipa::ToSchema;

use crate::dice::Dice;

/// No character has more health or mana.
pub const MAX_HEALTH: i32 = 10_000;
/// The highest level.
pub const MAX_LEVEL: u32 = 20;
/// Nobody carries more of one thing.
pub const MAX_QUANTITY: u32 = 9_999;
/// Nobody carries more different things.
pub const MAX_CARRIED: usize = 100;
/// No more experience than this is counted.
pub const MAX_EXPERIENCE: u32 = 1_000_000;

/// One of the six abilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Lifting, breaking, climbing.
    Strength,
    /// Balance, stealth, quick hands.
    Dexterity,
    /// Enduring.
    Constitution,
    /// Knowing and working things out.
    Intelligence,
    /// Noticing.
    Wisdom,
    /// Convincing.
    Charisma,
}

impl Ability {
    /// All six, in the usual order.
    pub const ALL: [Self; 6] =
        [Self::Strength, Self::Dexterity, Self::Constitution, Self::Intelligence, Self::Wisdom, Self::Charisma];

    /// Its name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strength => "strength",
            Self::Dexterity => "dexterity",
            Self::Constitution => "constitution",
            Self::Intelligence => "intelligence",
            Self::Wisdom => "wisdom",
            Self::Charisma => "charisma",
        }
    }

    /// Reads a name, its first three letters, or a common skill that rests on the ability (`stealth` is dexterity).
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_lowercase();
        let known = Self::ALL.into_iter().find(|a| word == a.as_str() || word == a.as_str()[..3]);
        known.or(match word.as_str() {
            "athletics" => Some(Self::Strength),
            "acrobatics" | "stealth" | "sleight of hand" => Some(Self::Dexterity),
            "arcana" | "history" | "investigation" | "nature" | "religion" => Some(Self::Intelligence),
            "perception" | "insight" | "survival" | "medicine" | "animal handling" => Some(Self::Wisdom),
            "persuasion" | "deception" | "intimidation" | "performance" => Some(Self::Charisma),
            _ => None,
        })
    }
}

/// The six scores; 10 is ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Abilities {
    /// Strength.
    pub strength: i32,
    /// Dexterity.
    pub dexterity: i32,
    /// Constitution.
    pub constitution: i32,
    /// Intelligence.
    pub intelligence: i32,
    /// Wisdom.
    pub wisdom: i32,
    /// Charisma.
    pub charisma: i32,
}

impl Default for Abilities {
    fn default() -> Self {
        Self { strength: 10, dexterity: 10, constitution: 10, intelligence: 10, wisdom: 10, charisma: 10 }
    }
}

impl Abilities {
    /// The score of an ability.
    pub fn score(&self, ability: Ability) -> i32 {
        match ability {
            Ability::Strength => self.strength,
            Ability::Dexterity => self.dexterity,
            Ability::Constitution => self.constitution,
            Ability::Intelligence => self.intelligence,
            Ability::Wisdom => self.wisdom,
            Ability::Charisma => self.charisma,
        }
    }

    fn score_mut(&mut self, ability: Ability) -> &mut i32 {
        match ability {
            Ability::Strength => &mut self.strength,
            Ability::Dexterity => &mut self.dexterity,
            Ability::Constitution => &mut self.constitution,
            Ability::Intelligence => &mut self.intelligence,
            Ability::Wisdom => &mut self.wisdom,
            Ability::Charisma => &mut self.charisma,
        }
    }
}

/// Something somebody carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Carried {
    /// The canon's item; absent for things made up on the way.
    pub item_id: Option<EntityId>,
    /// Its name.
    pub name: String,
    /// How many; at least 1.
    pub quantity: u32,
    /// Whether the rules know what using it does.
    pub usable: bool,
}

/// A character's numbers as the canon has them, at the moment they were read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Sheet {
    /// Class or calling; empty where unsaid.
    pub class: String,
    /// Level, from 1.
    pub level: u32,
    /// Experience so far.
    pub experience: u32,
    /// Health now.
    pub health: i32,
    /// Health at best; at least 1.
    pub max_health: i32,
    /// Mana now.
    pub mana: i32,
    /// Mana at best; 0 for those who have none.
    pub max_mana: i32,
    /// How hard they are to hit: the difficulty of an attack on them.
    pub defense: i32,
    /// The six scores.
    pub abilities: Abilities,
    /// What they carry.
    pub inventory: Vec<Carried>,
    /// The damage of their attack, as dice; mostly for creatures.
    pub attack: Option<String>,
    /// What each member of the party learns from overcoming them.
    pub experience_value: u32,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            class: String::new(),
            level: 1,
            experience: 0,
            health: 10,
            max_health: 10,
            mana: 0,
            max_mana: 0,
            defense: 10,
            abilities: Abilities::default(),
            inventory: Vec::new(),
            attack: None,
            experience_value: 0,
        }
    }
}

impl Sheet {
    /// Reads `fields.sheet` of a character; nothing where there is no sheet.
    pub fn from_fields(fields: &Value) -> Option<Self> {
        fields.get("sheet").filter(|sheet| sheet.is_object()).map(Self::read)
    }

    /// Reads a sheet.
    pub fn read(sheet: &Value) -> Self {
        let number = |name: &str, default: i64, least: i64, most: i64| {
            sheet.get(name).and_then(integer).unwrap_or(default).clamp(least, most)
        };
        let most = i64::from(MAX_HEALTH);
        let max_health = match sheet.get("max_health").and_then(integer) {
            Some(max) => max.clamp(1, most),
            None => number("health", 10, 1, most),
        };
        let max_mana = match sheet.get("max_mana").and_then(integer) {
            Some(max) => max.clamp(0, most),
            None => number("mana", 0, 0, most),
        };
        let mut abilities = Abilities::default();
        for ability in Ability::ALL {
            let score = sheet.get("abilities").and_then(|a| a.get(ability.as_str())).and_then(integer);
            *abilities.score_mut(ability) = score.unwrap_or(10).clamp(1, 30) as i32;
        }
        let text = |name: &str| sheet.get(name).and_then(Value::as_str).map(|t| cut(t, 60)).unwrap_or_default();
        Self {
            class: text("class"),
            level: number("level", 1, 1, i64::from(MAX_LEVEL)) as u32,
            experience: number("experience", 0, 0, i64::from(MAX_EXPERIENCE)) as u32,
            health: number("health", max_health, 0, max_health) as i32,
            max_health: max_health as i32,
            mana: number("mana", max_mana, 0, max_mana) as i32,
            max_mana: max_mana as i32,
            defense: number("defense", 10, 0, 40) as i32,
            abilities,
            inventory: read_inventory(sheet.get("inventory")),
            attack: sheet
                .get("attack")
                .and_then(Value::as_str)
                .and_then(|a| Dice::parse(a).ok())
                .map(|d| d.to_string()),
            experience_value: number("experience_value", 0, 0, 10_000) as u32,
        }
    }
}

/// `[{item, quantity}]`, or plain names.
fn read_inventory(list: Option<&Value>) -> Vec<Carried> {
    let entries = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read = |entry: &Value| {
        let name = entry.as_str().or_else(|| entry.get("item").or_else(|| entry.get("name"))?.as_str())?;
        let quantity = entry.get("quantity").and_then(integer).unwrap_or(1);
        let name = cut(name, 100);
        (!name.is_empty() && quantity > 0).then(|| Carried {
            item_id: None,
            name,
            quantity: quantity.min(i64::from(MAX_QUANTITY)) as u32,
            usable: false,
        })
    };
    entries.iter().filter_map(read).take(MAX_CARRIED).collect()
}

/// The first `max` characters, without white space around them.
pub(crate) fn cut(text: &str, max: usize) -> String {
    text.trim().chars().take(max).collect::<String>().trim_end().to_owned()
}

/// A whole number, also written as a string or with a fraction, which is cut off.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Value::String(s) => s.trim().parse::<f64>().ok().filter(|f| f.is_finite()).map(|f| f as i64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_number_gets_its_default() {
        assert_eq!(Sheet::read(&json!({})), Sheet::default());
        assert_eq!(Sheet::read(&json!("nonsense")), Sheet::default());
        assert_eq!(Sheet::from_fields(&json!({ "voice": "low" })), None);
        let sheet = Sheet::from_fields(&json!({ "sheet": { "max_health": 24 } })).unwrap();
        assert_eq!((sheet.health, sheet.max_health), (24, 24));
        assert_eq!(Sheet::read(&json!({ "health": 7 })).max_health, 7);
    }

    #[test]
    fn numbers_may_be_strings_and_absurd_ones_are_cut() {
        let sheet = Sheet::read(&json!({
            "class": "Ranger", "level": "3", "health": 1e30, "max_health": "18", "mana": -4, "defense": "high",
            "abilities": { "strength": 900, "wisdom": "15", "charisma": null },
            "inventory": [{ "item": "Rope", "quantity": "2" }, "Torch", { "item": "Dust", "quantity": 0 }, 7],
            "attack": "1D6 + 1", "experience_value": 1e9,
        }));
        assert_eq!((sheet.level, sheet.health, sheet.max_health, sheet.mana, sheet.defense), (3, 18, 18, 0, 10));
        assert_eq!((sheet.abilities.strength, sheet.abilities.wisdom, sheet.abilities.charisma), (30, 15, 10));
        let names: Vec<_> = sheet.inventory.iter().map(|c| (c.name.as_str(), c.quantity)).collect();
        assert_eq!(names, [("Rope", 2), ("Torch", 1)]);
        assert_eq!((sheet.attack.as_deref(), sheet.experience_value), (Some("1d6+1"), 10_000));
    }

    #[test]
    fn a_skill_stands_for_its_ability() {
        assert_eq!(Ability::parse(" WIS "), Some(Ability::Wisdom));
        assert_eq!(Ability::parse("Stealth"), Some(Ability::Dexterity));
        assert_eq!(Ability::parse("luck"), None);
    }

    proptest! {
        #[test]
        fn any_numbers_give_a_sound_sheet(level: i64, health: f64, max_health: i64, mana: i64) {
            let sheet = Sheet::read(&json!({ "level": level, "health": health, "max_health": max_health, "mana": mana }));
            prop_assert!((1..=MAX_LEVEL).contains(&sheet.level));
            prop_assert!((0..=sheet.max_health).contains(&sheet.health) && sheet.max_health >= 1);
            prop_assert!((0..=sheet.max_mana).contains(&sheet.mana));
        }
    }
}
