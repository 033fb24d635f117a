//! Taking, being given and using things.

use serde_json::json;
use skald_kernel::EntityId;

use super::{Happening, Outcome, Tried, Turn, ambiguous, arguments::Arguments, quoted};
use crate::rules::{
    effects::Effect,
    names::{self, Found},
    sheet::{MAX_CARRIED, cut},
    state::PartyMember,
    world::{ItemUse, Lying},
};

/// Things made up on the way have names no longer than this.
const MAX_NAME: usize = 60;
/// No more than this of a thing made up on the way.
const MAX_MADE_UP: i64 = 20;
/// What is not plain: such things come from the canon only.
const NOT_PLAIN: [&str; 12] = [
    "magic",
    "magical",
    "enchanted",
    "legendary",
    "artifact",
    "artefact",
    "relic",
    "potion",
    "elixir",
    "wand",
    "vorpal",
    "cursed",
];

impl Turn<'_> {
    pub(super) fn give_item(&self, arguments: &Arguments) -> Tried {
        let who = self.character(arguments)?;
        let written = arguments.needed("item")?;
        let quantity = arguments.integer("quantity")?;
        if quantity.is_some_and(|q| q < 1) {
            return Err("The quantity has to be at least 1.".into());
        }
        let in_sight = self.world.items.iter().filter(|i| !i.hidden && self.left(i) > 0);
        let effect = match names::find(&written, in_sight, |i| Some(i.id.to_string()), |i| i.name.clone()) {
            Found::One(item) => {
                let left = self.left(item);
                let quantity = quantity.unwrap_or(left.into());
                if quantity > left.into() {
                    return Err(format!("There is only {left} × {} here.", item.name));
                }
                self.picked_up(who.character_id, item, quantity as u32)
            }
            Found::Several(several) => return Err(ambiguous(&written, several)),
            Found::None => self.made_up(who, &written, quantity.unwrap_or(1))?,
        };
        let Effect::ItemGained { item_id, name, quantity, .. } = &effect else { unreachable!("giving is gaining") };
        if !self.bag_takes(who, *item_id, name) {
            return Err(format!("{} carries {MAX_CARRIED} kinds of things and has no room for more.", who.name));
        }
        let answer = json!({ "ok": true, "character": who.name, "item": name, "quantity": quantity });
        Ok(Outcome { answer, happened: vec![Happening::Effect(effect)] })
    }

    pub(super) fn use_item(&self, arguments: &Arguments) -> Tried {
        self.use_carried(self.character(arguments)?, &arguments.needed("item")?)
    }

    /// Uses something up. Without a use by the rules nothing happens, and what it does is for the story.
    pub(super) fn use_carried(&self, who: &PartyMember, written: &str) -> Tried {
        let id = |c: &&crate::rules::Carried| c.item_id.map(|id| id.to_string());
        let carried = match names::find(written, &who.inventory, id, |c| c.name.clone()) {
            Found::One(carried) => carried,
            Found::Several(several) => return Err(ambiguous(written, several)),
            Found::None => {
                let bag = names::choices(who.inventory.iter().map(|c| c.name.clone()), "nothing");
                return Err(format!("{} does not carry {}, but {bag}.", who.name, quoted(written)));
            }
        };
        let ItemUse::Heal(dice) = self.world.usage(carried.item_id, &carried.name) else {
            let note = "The rules know no use of it: nothing changes and it is not used up.";
            return Ok(Outcome { answer: json!({ "ok": true, "effect": null, "note": note }), happened: Vec::new() });
        };
        if who.health == who.max_health {
            return Err(format!("{} already has full health; {} was not used up.", who.name, carried.name));
        }
        let used_up = Effect::ItemLost {
            character_id: who.character_id,
            item_id: carried.item_id,
            name: carried.name.clone(),
            quantity: 1,
        };
        let (amount, happened) = self.heal_by(who, &dice, &carried.name, used_up);
        let answer = json!({
            "ok": true, "effect": format!("heals {amount}"), "health": who.health + amount, "max_health": who.max_health,
        });
        Ok(Outcome { answer, happened })
    }

    /// How many of a thing still lie here.
    pub(super) fn left(&self, item: &Lying) -> u32 {
        item.quantity.max(1).saturating_sub(self.state.taken(item.id))
    }

    pub(super) fn bag_takes(&self, who: &PartyMember, item_id: Option<EntityId>, name: &str) -> bool {
        who.inventory.len() < MAX_CARRIED || who.carried(item_id, name).is_some()
    }

    pub(super) fn picked_up(&self, character_id: EntityId, item: &Lying, quantity: u32) -> Effect {
        Effect::ItemGained {
            character_id,
            item_id: Some(item.id),
            name: item.name.clone(),
            quantity,
            usable: item.usage.known(),
            // Where it lay matters less than that it lay somewhere, so a world without a place still counts it.
            found_at: Some(self.world.place.as_ref().map(|p| p.id).unwrap_or_default()),
        }
    }

    /// Some plain thing the story brings up. What the canon knows is not made up: it would be there twice.
    fn made_up(&self, who: &PartyMember, written: &str, quantity: i64) -> Result<Effect, String> {
        let name = without_article(written);
        let canon = self.world.items.iter().map(|i| &i.name).chain(self.world.catalogue.iter().map(|i| &i.name));
        let in_canon = canon.into_iter().any(|known| names::same(known, &name));
        if in_canon || name.parse::<EntityId>().is_ok() {
            let in_sight = self.world.items.iter().filter(|i| !i.hidden && self.left(i) > 0);
            let here = names::choices(in_sight.map(|i| i.name.clone()), "nothing");
            return Err(format!("{} does not lie here. In plain sight there is {here}.", quoted(written)));
        }
        let folded = names::fold(&name);
        let plain = folded.split(' ').all(|word| !NOT_PLAIN.contains(&word)) && !name.contains('+');
        if folded.is_empty() || name.chars().any(char::is_control) {
            return Err("The item needs a name.".into());
        }
        if !plain {
            return Err(format!("{} is not a plain thing; such things have to lie here.", quoted(written)));
        }
        if written.chars().count() > MAX_NAME {
            return Err(format!("The name of a plain thing has at most {MAX_NAME} characters."));
        }
        if quantity > MAX_MADE_UP {
            return Err(format!("At most {MAX_MADE_UP} of a plain thing at once."));
        }
        Ok(Effect::ItemGained {
            character_id: who.character_id,
            item_id: None,
            name,
            quantity: quantity as u32,
            usable: false,
            found_at: None,
        })
    }
}

fn without_article(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    let article = ["the ", "an ", "a "].into_iter().find(|a| lower.starts_with(a)).map_or(0, str::len);
    cut(written.trim().get(article..).unwrap_or_default(), 200)
}
