//! The later steps of an answer: tell what the tools answered, and call what follows from it.
//!
//! What happened is taken from the answers alone; what it was about, from the calls and the player's words. A refusal is told
//! and nothing follows from it.

use serde_json::json;
use skald_kernel::scene::ScenePerson;

use crate::{
    grammar::sentence,
    history::Done,
    intent::{Intent, Target},
    opening::{reason, shoots},
    quests::{Kind, served},
    talk,
    teller::Teller,
};

/// Tells the answers of the last round and goes on from them.
pub fn go_on(teller: &mut Teller<'_>, intent: &Intent) {
    let history = teller.history;
    for done in history.last() {
        teller.paragraph();
        if !done.ok() {
            refused(teller, done);
            continue;
        }
        match done.tool.as_str() {
            "search" => searched(teller, done),
            "ability_check" => checked(teller, done, intent),
            "damage" => hurt(teller, done, intent),
            "heal" => healed(teller, done),
            "give_item" => given(teller, done),
            "use_item" => used(teller, done),
            "start_quest" => quest_started(teller, done),
            "advance_quest" => quest_advanced(teller, done),
            "move_party" => moved(teller, done),
            _ => {}
        }
    }
}

fn refused(teller: &mut Teller<'_>, done: &Done) {
    // A quest that won't move is the engine's business, not the party's.
    if matches!(done.tool.as_str(), "advance_quest" | "start_quest") {
        return;
    }
    match done.text("reason") {
        Some(reason) => {
            let reason: String = reason.trim_end_matches(['.', '!']).chars().take(300).collect();
            teller.set("reason", reason);
            teller.say("refused_because");
        }
        None => teller.say("refused"),
    }
}

/// Advances the objective a deed serves, once in an answer.
pub fn serve(teller: &mut Teller<'_>, kind: Kind, found: &str) {
    if teller.history.called("advance_quest") {
        return;
    }
    let about = format!("{} {found}", teller.scene.player_text.chars().take(1_000).collect::<String>());
    if let Some((quest, objective)) = served(teller.scene, kind, &about) {
        teller.call("advance_quest", json!({ "quest": quest.id, "objective": objective.id, "amount": 1 }));
    }
}

fn searched(teller: &mut Teller<'_>, done: &Done) {
    if !done.flag("success") {
        return teller.say("search_fail");
    }
    let (clue, item) = (done.text("clue"), done.text("item"));
    if let Some(clue) = clue {
        teller.set("clue", sentence(clue));
        teller.say("found_clue");
    }
    if let Some(item) = item {
        teller.set("item", item);
        teller.say(if clue.is_some() { "found_item_too" } else { "found_item" });
    }
    if clue.is_none() && item.is_none() {
        teller.say("found_nothing");
    }
    let found = format!("{} {}", clue.unwrap_or_default(), item.unwrap_or_default());
    serve(teller, Kind::Seek, &found);
    if item.is_some() && !teller.calling() {
        serve(teller, Kind::Take, &found);
    }
}

fn checked(teller: &mut Teller<'_>, done: &Done, intent: &Intent) {
    let success = done.flag("success");
    match intent {
        Intent::Attack(Some(Target::Person(at))) if *at < teller.scene.people.len() => {
            let foe = &teller.scene.people[*at];
            teller.set("foe", foe.name.clone());
            if success {
                teller.say(if done.number("margin").unwrap_or(0) >= 5 { "hit_hard" } else { "hit" });
                let dice = match (done.number("margin").unwrap_or(0) >= 8, shoots(&teller.scene.player_text)) {
                    (true, _) => "2d6",
                    (false, true) => "1d6",
                    (false, false) => "1d8",
                };
                let reason = reason(teller);
                teller.hurt(foe, dice, &reason);
            } else {
                teller.say("miss");
                strike_back(teller, foe, 80);
            }
        }
        Intent::Heal(mate) if *mate < teller.scene.party.len() => {
            let mate = &teller.scene.party[*mate];
            teller.set("mate", mate.name.clone());
            teller.say(if success { "heal_win" } else { "heal_fail" });
            if success {
                teller.call("heal", json!({ "target": mate.id, "amount": "1d6", "reason": "tended wounds" }));
            }
        }
        Intent::Try { attempt, on, .. } => {
            let person = on.and_then(|at| teller.scene.people.get(at));
            if let Some(person) = person {
                teller.set("npc", person.name.clone());
            }
            let by_name = format!("{}_{}", if success { "win" } else { "fail" }, attempt.name);
            let by_manner = format!("{}_{}", if success { "win" } else { "fail" }, attempt.manner);
            let symbol = if teller.knows(&by_name) { by_name } else { by_manner };
            teller.say(&symbol);
            match (success, person) {
                (true, Some(person)) if attempt.manner == "voice" && teller.stage.speaks(person) => {
                    talk::speak(teller, person, true);
                    if !teller.calling() {
                        serve(teller, Kind::Speak, &person.name);
                    }
                }
                (true, _) => serve(teller, Kind::Do, attempt.name),
                (false, _) if attempt.risky => {
                    if let Some(actor) = teller.stage.actor() {
                        let reason = format!("a failed attempt: {}", attempt.name);
                        teller.hurt(actor, "1d4", &reason);
                    }
                }
                (false, _) => {
                    if teller.chance.percent(30) {
                        teller.say("complication");
                    }
                }
            }
        }
        _ => {
            teller.say(if success { "win_mind" } else { "fail_mind" });
            if success {
                serve(teller, Kind::Do, "");
            }
        }
    }
}

/// A hostile creature that still stands strikes the acting character, mostly.
fn strike_back(teller: &mut Teller<'_>, foe: &ScenePerson, often: u32) {
    let Some(actor) = teller.stage.actor() else { return };
    if teller.stage.hostile(foe) && teller.may("damage") && teller.chance.percent(often) {
        teller.say("strike_back");
        let dice = if foe.max_health >= 20 { "1d6" } else { "1d4" };
        let reason = format!("{} strikes back", foe.name);
        teller.hurt(actor, dice, &reason);
    }
}

fn hurt(teller: &mut Teller<'_>, done: &Done, intent: &Intent) {
    let down = done.flag("down") || done.number("health") == Some(0);
    let harmless = done.number("amount") == Some(0);
    if let Some(amount) = done.number("amount") {
        teller.set("amount", amount.to_string());
    }
    let whom = teller.stage.whom(done.arg("target"));
    let of_party = whom.is_some_and(|whom| teller.scene.party.iter().any(|mate| mate.id == whom.id));
    if of_party {
        if let Some(mate) = whom {
            teller.set("mate", mate.name.clone());
        }
        return teller.say(match (down, harmless) {
            (true, _) => "actor_down",
            (false, true) => "hurt_not",
            (false, false) => "hurt",
        });
    }
    let Some(foe) = whom else { return teller.say("wound") };
    teller.set("foe", foe.name.clone());
    if down {
        teller.say("foe_down");
        return serve(teller, Kind::Fight, &foe.name);
    }
    teller.say("wound");
    let attacking = matches!(intent, Intent::Attack(_));
    if attacking {
        strike_back(teller, foe, 55);
    }
}

fn healed(teller: &mut Teller<'_>, done: &Done) {
    if let Some(mate) = teller.stage.whom(done.arg("target")) {
        teller.set("mate", mate.name.clone());
    }
    if let Some(amount) = done.number("amount") {
        teller.set("amount", amount.to_string());
    }
    let whole = done.number("health").is_some() && done.number("health") == done.number("max_health");
    teller.say(if whole { "healed_whole" } else { "healed" });
}

fn given(teller: &mut Teller<'_>, done: &Done) {
    let name = teller.stage.thing(done.arg("item")).map(str::to_owned).or_else(|| done.text("item").map(str::to_owned));
    let name = name.unwrap_or_default();
    teller.set("item", name.clone());
    teller.say("taken");
    serve(teller, Kind::Take, &name);
}

fn used(teller: &mut Teller<'_>, done: &Done) {
    let item = done.arg("item").to_owned();
    teller.set("item", item.clone());
    teller.say("used");
    match done.text("effect").and_then(|effect| effect.strip_prefix("heals ")) {
        Some(amount) => {
            teller.set("amount", amount);
            teller.say("used_heals");
        }
        None if done.text("effect").is_none() => teller.say("used_plain"),
        None => {}
    }
    serve(teller, Kind::Do, &item);
}

fn quest_started(teller: &mut Teller<'_>, done: &Done) {
    if let Some(quest) = teller.stage.quest(done.arg("quest")) {
        teller.set("quest", quest.title.clone());
        teller.say("quest_started");
        if let Some(first) =
            quest.objectives.iter().find(|one| one.progress < one.target.max(1) && !one.text.trim().is_empty())
        {
            teller.set("objective", sentence(&first.text));
            teller.say("quest_first");
        }
    } else {
        teller.say("quest_started");
    }
}

fn quest_advanced(teller: &mut Teller<'_>, done: &Done) {
    let objective = teller.stage.objective(done.arg("quest"), done.arg("objective"));
    if let Some(text) = objective.map(|one| one.text.trim()).filter(|text| !text.is_empty()) {
        teller.set("objective", text.trim_end_matches('.'));
    }
    if let Some(quest) = teller.stage.quest(done.arg("quest")) {
        teller.set("quest", quest.title.clone());
    }
    let all = done.flag("completed") || done.flag("quest_completed") || done.text("status") == Some("completed");
    teller.say(if all { "quest_done" } else { "quest_step" });
}

fn moved(teller: &mut Teller<'_>, done: &Done) {
    let name = done.text("location").and_then(|place| match place.parse::<skald_kernel::EntityId>() {
        Ok(_) => teller.stage.thing(place),
        Err(_) => Some(place),
    });
    let name = name.or_else(|| teller.stage.thing(done.arg("location"))).unwrap_or("the way on").to_owned();
    let still_there = teller.scene.place.as_ref().is_none_or(|place| place.name != name);
    if still_there {
        // The scene may still be that of the place left behind: its exits and people don't belong here.
        for stale in ["exits", "people", "summary"] {
            teller.values.remove(stale);
        }
    }
    teller.set("place", name.clone());
    teller.say("arrive");
    if let Some(summary) = done.text("summary") {
        teller.add(&sentence(summary));
    }
    let here = skald_kernel::scene::Scene {
        place: Some(skald_kernel::scene::ScenePlace {
            id: done.arg("location").parse().unwrap_or_default(),
            name: name.clone(),
            ..Default::default()
        }),
        quests: teller.scene.quests.clone(),
        ..Default::default()
    };
    if let Some((quest, objective)) = served(&here, Kind::Go, &name)
        && !teller.history.called("advance_quest")
    {
        teller.call("advance_quest", json!({ "quest": quest.id, "objective": objective.id, "amount": 1 }));
    }
}
