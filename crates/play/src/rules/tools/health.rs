//! Hurting and healing.

use serde_json::json;
use skald_kernel::EntityId;

use super::{Happening, Outcome, Tried, Turn, ambiguous, arguments::Arguments, quoted};
use crate::{
    dice::{Dice, sub_seed},
    rules::{
        effects::Effect,
        names::{self, Found},
        sheet::Sheet,
        state::PartyMember,
        world::{Person, amount},
    },
};

/// Who is hurt or healed, with their health before it.
struct Target<'a> {
    id: EntityId,
    name: &'a str,
    health: i32,
    max_health: i32,
    /// Somebody who is not of the party.
    other: Option<&'a Person>,
}

impl Target<'_> {
    /// What the fold needs to begin a record of somebody outside the party.
    fn introduced(&self) -> (Option<String>, Option<i32>) {
        (self.other.map(|p| p.name.clone()), self.other.map(|_| self.max_health))
    }
}

impl<'a> Turn<'a> {
    pub(super) fn damage(&self, arguments: &Arguments) -> Tried {
        let target = self.target(&arguments.needed("target")?)?;
        let dice = amount(&arguments.needed("amount")?)?;
        if target.health == 0 {
            return Err(format!("{} is already down.", target.name));
        }
        let thrower = target.other.and(self.acting.and_then(|id| self.state.member(id)));
        let purpose = arguments.purpose(format!("damage to {}", target.name));
        let (amount, mut happened) = self.throw(&dice, purpose, thrower.map(|m| m.character_id));
        let health = (target.health - amount).max(0);
        if amount > 0 {
            let (name, max_health) = target.introduced();
            let effect = Effect::Damage { character_id: target.id, amount: amount as u32, name, max_health };
            happened.push(Happening::Effect(effect));
        }
        if health == 0 {
            happened.extend(self.lessons(&target).map(Happening::Effect));
        }
        let answer = json!({
            "ok": true, "amount": amount, "health": health, "max_health": target.max_health, "down": health == 0,
        });
        Ok(Outcome { answer, happened })
    }

    pub(super) fn heal(&self, arguments: &Arguments) -> Tried {
        let target = self.target(&arguments.needed("target")?)?;
        let dice = amount(&arguments.needed("amount")?)?;
        if target.health == target.max_health {
            return Err(format!("{} already has full health.", target.name));
        }
        let purpose = arguments.purpose(format!("healing of {}", target.name));
        let (amount, mut happened) = self.throw(&dice, purpose, None);
        let amount = amount.min(target.max_health - target.health);
        if amount > 0 {
            let (name, max_health) = target.introduced();
            let effect = Effect::Heal { character_id: target.id, amount: amount as u32, name, max_health };
            happened.push(Happening::Effect(effect));
        }
        let health = target.health + amount;
        let answer = json!({ "ok": true, "amount": amount, "health": health, "max_health": target.max_health });
        Ok(Outcome { answer, happened })
    }

    /// Heals a member by dice, after what was used up for it.
    pub(super) fn heal_by(
        &self,
        who: &PartyMember,
        dice: &Dice,
        purpose: &str,
        used_up: Effect,
    ) -> (i32, Vec<Happening>) {
        let (amount, mut happened) = self.throw(dice, purpose.to_owned(), Some(who.character_id));
        let amount = amount.min(who.max_health - who.health);
        happened.push(Happening::Effect(used_up));
        if amount > 0 {
            let (character_id, amount) = (who.character_id, amount as u32);
            happened.push(Happening::Effect(Effect::Heal { character_id, amount, name: None, max_health: None }));
        }
        (amount, happened)
    }

    /// Throws for an amount, never below 0; a plain number is no throw.
    fn throw(&self, dice: &Dice, purpose: String, character_id: Option<EntityId>) -> (i32, Vec<Happening>) {
        let roll = dice.roll(sub_seed(self.seed, 0));
        let amount = roll.total.max(0);
        let thrown = !roll.dice.is_empty();
        (amount, thrown.then_some(Happening::Roll { purpose, roll, check: None, character_id }).into_iter().collect())
    }

    /// What each member of the party learns when somebody is beaten for the first time: the whole value, however many.
    fn lessons(&self, target: &Target<'a>) -> impl Iterator<Item = Effect> + use<'a> {
        let value = target.other.and_then(|p| p.sheet.as_ref()).map_or(0, |s| s.experience_value);
        let beaten = self.state.others.iter().any(|o| o.character_id == target.id && o.beaten);
        let learning = self.state.party.iter().filter(move |_| value > 0 && !beaten);
        learning.map(move |m| Effect::ExperienceGained { character_id: m.character_id, amount: value })
    }

    fn target(&self, written: &str) -> Result<Target<'a>, String> {
        let member = |m: &'a PartyMember| Target {
            id: m.character_id,
            name: &m.name,
            health: m.health,
            max_health: m.max_health,
            other: None,
        };
        let other = |p: &'a Person| {
            let best = || PartyMember::from_sheet(p.id, "", p.sheet.as_ref().unwrap_or(&Sheet::default())).max_health;
            let (health, max_health) = self.state.health_of(p.id).unwrap_or_else(|| (best(), best()));
            Target { id: p.id, name: &p.name, health, max_health, other: Some(p) }
        };
        let all = || self.state.party.iter().map(member).chain(self.people().map(other));
        match names::find(written, all(), |t| Some(t.id.to_string()), |t| t.name.to_owned()) {
            Found::One(target) => Ok(target),
            Found::Several(several) => Err(ambiguous(written, several)),
            Found::None => {
                let here = names::choices(all().map(|t| t.name.to_owned()), "nobody");
                Err(format!("Nobody called {} is here. Name {here}.", quoted(written)))
            }
        }
    }
}
