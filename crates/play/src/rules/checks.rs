//! Ability checks: a d20 plus what a character is good at, against a difficulty.
//!
//! The modifier is floor((score − 10) / 2); the bonus of experience is 2 + (level − 1) / 4, rounded down. Both are the d20
//! rules of the System Reference Document 5.1 (CC BY 4.0), with everybody proficient in everything. A natural 20 on the kept
//! die always succeeds and a natural 1 always fails; the margin still tells the sum.

use serde::{Deserialize, Serialize};
use skald_kernel::EntityId;
use utoipa::ToSchema;

use super::{sheet::Ability, state::PartyMember};
use crate::dice::{Dice, Roll};

/// No check is easier.
pub const EASIEST: i32 = 5;
/// No check is harder.
pub const HARDEST: i32 = 30;

/// Circumstances that help or hinder: two dice, of which the better or the worse counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// One die.
    #[default]
    None,
    /// The better of two.
    Advantage,
    /// The worse of two.
    Disadvantage,
}

/// What a check was about and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What was tested.
    pub ability: Ability,
    /// What had to be reached.
    pub difficulty: i32,
    /// Whether it succeeded.
    pub success: bool,
    /// The total less the difficulty.
    pub margin: i32,
}

/// A check that was rolled: the data of a roll entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckRoll {
    /// The dice.
    pub roll: Roll,
    /// What was tested.
    pub ability: Ability,
    /// What had to be reached, from [`EASIEST`] to [`HARDEST`].
    pub difficulty: i32,
    /// Whether it succeeded.
    pub success: bool,
    /// The total less the difficulty.
    pub margin: i32,
    /// Who tried.
    pub character_id: EntityId,
    /// What they tried.
    pub purpose: String,
}

impl CheckRoll {
    /// The check without its roll.
    pub fn check(&self) -> Check {
        Check { ability: self.ability, difficulty: self.difficulty, success: self.success, margin: self.margin }
    }
}

/// The modifier of an ability score.
pub fn modifier(score: i32) -> i32 {
    (score.clamp(1, 30) - 10).div_euclid(2)
}

/// The bonus of experience.
pub fn proficiency(level: u32) -> i32 {
    2 + (level.clamp(1, 20) as i32 - 1) / 4
}

/// Rolls a check; the difficulty is cut to [`EASIEST`]..=[`HARDEST`].
pub fn check(who: &PartyMember, ability: Ability, difficulty: i32, edge: Edge, purpose: &str, seed: u64) -> CheckRoll {
    let difficulty = difficulty.clamp(EASIEST, HARDEST);
    let bonus = modifier(who.abilities.score(ability)) + proficiency(who.level);
    let die = match edge {
        Edge::None => "1d20",
        Edge::Advantage => "1d20adv",
        Edge::Disadvantage => "1d20dis",
    };
    let bonus = if bonus == 0 { String::new() } else { format!("{bonus:+}") };
    let dice = Dice::parse(&format!("{die}{bonus}")).expect("a d20 with a small bonus is a notation");
    let roll = dice.roll(seed);
    let natural = roll.dice.iter().find(|d| d.kept).map_or(0, |d| d.value);
    let margin = roll.total - difficulty;
    let success = natural == 20 || natural != 1 && margin >= 0;
    CheckRoll {
        roll,
        ability,
        difficulty,
        success,
        margin,
        character_id: who.character_id,
        purpose: purpose.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scout() -> PartyMember {
        let mut scout = PartyMember { level: 5, ..PartyMember::default() };
        scout.abilities.dexterity = 16;
        scout.abilities.strength = 7;
        scout
    }

    #[test]
    fn modifiers_round_down() {
        assert_eq!([1, 7, 8, 9, 10, 11, 16, 30].map(modifier), [-5, -2, -1, -1, 0, 0, 3, 10]);
        assert_eq!([0, 1, 4, 5, 9, 20, 99].map(proficiency), [2, 2, 2, 3, 4, 6, 6]);
    }

    #[test]
    fn a_check_adds_ability_and_level_and_is_measured_against_its_difficulty() {
        let rolled = check(&scout(), Ability::Dexterity, 12, Edge::None, "sneak past", 3);
        assert_eq!((rolled.roll.notation.as_str(), rolled.roll.modifier), ("1d20+6", 6));
        assert_eq!(rolled.margin, rolled.roll.total - 12);
        assert_eq!(check(&scout(), Ability::Strength, 12, Edge::Advantage, "", 3).roll.notation, "2d20kh1+1");
        assert_eq!(check(&scout(), Ability::Strength, 999, Edge::Disadvantage, "", 3).difficulty, HARDEST);
        assert_eq!(check(&scout(), Ability::Strength, -4, Edge::None, "", 3).difficulty, EASIEST);
    }

    #[test]
    fn a_natural_20_succeeds_and_a_natural_1_fails_whatever_the_sum() {
        let (mut twenty, mut one) = (false, false);
        for seed in 0..300 {
            let hard = check(&scout(), Ability::Strength, 30, Edge::None, "", seed);
            assert_eq!(hard.success, hard.roll.dice[0].value == 20);
            twenty |= hard.success;
            let easy = check(&scout(), Ability::Dexterity, 5, Edge::None, "", seed);
            assert_eq!(easy.success, easy.roll.dice[0].value != 1);
            one |= !easy.success;
        }
        assert!(twenty && one);
    }
}
