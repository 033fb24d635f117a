//! Trying, searching and going.

use std::{cmp::Reverse, collections::HashSet};

use serde_json::json;
use skald_kernel::EntityId;

use super::{Happening, Outcome, Tried, Turn, ambiguous, arguments::Arguments, quoted, rolled};
use crate::{
    dice::sub_seed,
    rules::{
        checks::{self, EASIEST, Edge, HARDEST},
        effects::Effect,
        names::{self, Found},
        sheet::Ability,
        world::{Lying, World},
    },
};

/// The difficulty of searching where nothing is hidden, so that the roll tells nothing.
const NOTHING_TO_FIND: i32 = 12;

impl Turn<'_> {
    pub(super) fn ability_check(&self, arguments: &Arguments) -> Tried {
        let who = self.character(arguments)?;
        let ability = ability(&arguments.needed("ability")?, &Ability::ALL)?;
        let difficulty = arguments.integer("difficulty")?.unwrap_or(10);
        let edge = match arguments.text("advantage")?.map(|e| e.trim().to_lowercase()).as_deref() {
            None | Some("none" | "normal") => Edge::None,
            Some("advantage") => Edge::Advantage,
            Some("disadvantage") => Edge::Disadvantage,
            Some(_) => return Err("The argument advantage has to be none, advantage or disadvantage.".into()),
        };
        if who.down() && ability != Ability::Constitution {
            return Err(format!("{} is down and can only hold on, with constitution, until healed.", who.name));
        }
        let difficulty = difficulty.clamp(EASIEST.into(), HARDEST.into()) as i32;
        let purpose = arguments.purpose(format!("{} check", ability.as_str()));
        let check = checks::check(who, ability, difficulty, edge, &purpose, sub_seed(self.seed, 0));
        let answer = json!({
            "ok": true, "success": check.success, "total": check.roll.total, "difficulty": check.difficulty,
            "margin": check.margin,
        });
        Ok(Outcome { answer, happened: vec![rolled(&check)] })
    }

    pub(super) fn search(&self, arguments: &Arguments) -> Tried {
        let who = self.character(arguments)?;
        let ability = match arguments.text("ability")? {
            Some(written) => ability(&written, &[Ability::Wisdom, Ability::Intelligence])?,
            None => Ability::Wisdom,
        };
        if who.down() {
            return Err(format!("{} is down and cannot search until healed.", who.name));
        }
        let secrets = || self.world.secrets.iter().filter(|s| !self.state.knows(s.id));
        let difficulty = secrets().map(|s| s.find_dc).min().unwrap_or(NOTHING_TO_FIND);
        let purpose = arguments.purpose("search");
        let check = checks::check(who, ability, difficulty, Edge::None, &purpose, sub_seed(self.seed, 0));
        let mut happened = vec![rolled(&check)];
        // A natural 20 finds what there is to find without being hard; it reveals nothing above its sum.
        let reached = secrets().filter(|s| check.success && s.find_dc <= check.roll.total);
        // What was looked for comes first, then what is easiest to see; the rest is for another search.
        let place = self.world.place.as_ref().map_or("", |place| place.name.as_str());
        let clue = reached.min_by_key(|s| (Reverse(in_common(&purpose, place, &s.text)), s.find_dc));
        if let Some(clue) = clue {
            happened.push(Happening::Effect(Effect::ClueFound { fact_id: clue.id, text: clue.text.clone() }));
        }
        let hidden = |i: &&Lying| i.hidden && self.left(i) > 0 && self.bag_takes(who, Some(i.id), &i.name);
        let item = self.world.items.iter().filter(|_| check.success).find(hidden);
        if let Some(item) = item {
            happened.push(Happening::Effect(self.picked_up(who.character_id, item, self.left(item))));
        }
        let answer = json!({
            "ok": true, "success": check.success, "total": check.roll.total, "difficulty": check.difficulty,
            "clue": clue.map(|c| &c.text), "item": item.map(|i| &i.name),
        });
        Ok(Outcome { answer, happened })
    }

    pub(super) fn move_to(&self, arguments: &Arguments) -> Tried {
        self.go(&arguments.needed("location")?)
    }

    pub(super) fn go(&self, written: &str) -> Tried {
        let World { place, exits, .. } = self.world;
        let exit = match names::find(written, exits, |e| Some(e.id.to_string()), |e| e.name.clone()) {
            Found::One(exit) => exit,
            Found::Several(several) => return Err(ambiguous(written, several)),
            Found::None => {
                let here = |id: EntityId, name: &str| id.to_string() == written.trim() || names::same(name, written);
                if let Some(place) = place.as_ref().filter(|p| here(p.id, &p.name)) {
                    return Err(format!("The party already is at {}.", place.name));
                }
                let from = place.as_ref().map_or("here", |p| p.name.as_str());
                let ways = names::choices(exits.iter().map(|e| e.name.clone()), "nowhere");
                // An id says nothing to a reader.
                let to = match written.trim().parse::<EntityId>() {
                    Ok(_) => "there".to_owned(),
                    Err(_) => format!("to {}", quoted(written)),
                };
                return Err(format!("No way leads {to} from {from}. The party can go to {ways}."));
            }
        };
        let effect = Effect::Moved { location_id: exit.id, location_name: exit.name.clone() };
        let answer = json!({ "ok": true, "location": exit.name, "summary": exit.summary });
        Ok(Outcome { answer, happened: vec![Happening::Effect(effect)] })
    }
}

/// How many words of some length a purpose shares with a text, by their first letters: `tracks` is in `a track of boots`.
/// The name of the place says nothing: everything here is about it.
fn in_common(purpose: &str, place: &str, text: &str) -> usize {
    let stems = |text: &str| -> HashSet<String> {
        let words = names::fold(text);
        let long = words.split_whitespace().filter(|word| word.chars().count() >= 4);
        long.map(|word| word.chars().take(5).collect()).collect()
    };
    let (asked, here, told) = (stems(purpose), stems(place), stems(text));
    asked.iter().filter(|stem| told.contains(*stem) && !here.contains(*stem)).count()
}

fn ability(written: &str, among: &[Ability]) -> Result<Ability, String> {
    Ability::parse(written).filter(|a| among.contains(a)).ok_or_else(|| {
        let known = names::choices(among.iter().map(|a| a.as_str().to_owned()), "nothing");
        format!("{} is no ability for this. Use {known}.", quoted(written))
    })
}
