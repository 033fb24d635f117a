//! The first step of an answer: set the scene, and ask for the roll or the change that is due.

use serde_json::json;
use skald_kernel::scene::ScenePerson;

use crate::{
    fate::{self, Likelihood, Shade},
    grammar::sentence,
    intent::{Intent, Target},
    lexicon::Attempt,
    outcome::serve,
    quests::Kind,
    stage::listed,
    talk,
    teller::Teller,
    words::{naming, words},
};

/// Says what comes before the dice, and calls what is due.
pub fn open(teller: &mut Teller<'_>, intent: &Intent) {
    if let Some(actor) = teller.stage.actor().filter(|actor| !teller.stage.stands(actor)) {
        let strains = matches!(
            intent,
            Intent::Search(_) | Intent::Attack(_) | Intent::Travel(_) | Intent::Take(_) | Intent::Try { .. }
        );
        let helped = teller.scene.party.iter().any(|mate| mate.id != actor.id && teller.stage.stands(mate));
        if strains && (helped || !matches!(intent, Intent::Travel(_))) {
            return teller.say("actor_is_down");
        }
    }
    match intent {
        Intent::Search(ability) => search(teller, ability),
        Intent::Examine(target) => examine(teller, *target),
        Intent::Talk(target) => speak(teller, *target),
        Intent::Attack(target) => attack(teller, *target),
        Intent::Travel(exit) => travel(teller, *exit),
        Intent::Take(item) => take(teller, *item),
        Intent::Use(item) => make_use(teller, item.as_deref()),
        Intent::Heal(mate) => heal(teller, *mate),
        Intent::Rest => rest(teller),
        Intent::Try { attempt, difficulty, on } => attempt_it(teller, attempt, *difficulty, *on),
        Intent::Accept(quest) => accept(teller, *quest),
        Intent::Fate(likelihood) => ask_fate(teller, *likelihood),
        Intent::Recall => recall(teller),
        Intent::Free => free(teller),
    }
}

/// The player's words, short enough for a reason.
pub fn reason(teller: &Teller<'_>) -> String {
    let line = teller.scene.player_text.split_whitespace().take(24).collect::<Vec<_>>().join(" ");
    line.chars().take(160).collect()
}

fn search(teller: &mut Teller<'_>, ability: &str) {
    teller.say("lead_search");
    teller.say("see");
    let reason = reason(teller);
    if !teller.call_as_actor("search", json!({ "ability": ability, "reason": reason })) {
        teller.next("found_nothing");
    }
}

fn examine(teller: &mut Teller<'_>, target: Target) {
    let (symbol, name, summary) = match target {
        Target::Item(at) => {
            let item = &teller.scene.items[at];
            ("examine_item", item.name.clone(), item.summary.clone())
        }
        Target::Person(at) => {
            ("examine_person", teller.scene.people[at].name.clone(), teller.scene.people[at].summary.clone())
        }
        Target::Mate(at) => {
            ("examine_person", teller.scene.party[at].name.clone(), teller.scene.party[at].summary.clone())
        }
    };
    teller.set("npc", name.clone());
    teller.set("item", name.clone());
    teller.say(symbol);
    teller.add(&sentence(&summary));
    if let Target::Person(at) | Target::Mate(at) = target {
        let person =
            if matches!(target, Target::Person(_)) { &teller.scene.people[at] } else { &teller.scene.party[at] };
        teller.say(condition(person));
    }
    facts_about(teller, &name, 2);
}

fn condition(person: &ScenePerson) -> &'static str {
    match (person.health, person.max_health) {
        (_, max) if max <= 0 => "looks_plain",
        (health, _) if health <= 0 => "looks_down",
        (health, max) if health >= max => "looks_well",
        (health, max) if health * 2 >= max => "looks_hurt",
        _ => "looks_bad",
    }
}

/// Tells up to so many facts that share a word with a text.
fn facts_about(teller: &mut Teller<'_>, about: &str, most: usize) -> usize {
    let facts: Vec<&str> = teller
        .scene
        .facts
        .iter()
        .filter(|fact| !fact.text.trim().is_empty() && naming(&words(&fact.text), about, "") > 0)
        .map(|fact| fact.text.as_str())
        .take(most)
        .collect();
    for fact in &facts {
        teller.set("fact", sentence(fact));
        teller.say("recall_fact");
    }
    facts.len()
}

fn speak(teller: &mut Teller<'_>, target: Option<Target>) {
    match target {
        Some(Target::Person(at)) => {
            let person = &teller.scene.people[at];
            talk::speak(teller, person, false);
        }
        Some(Target::Mate(at)) => {
            teller.set("mate", teller.scene.party[at].name.clone());
            teller.say("mate_talk");
        }
        Some(Target::Item(_)) | None => teller.say("nobody"),
    }
}

fn attack(teller: &mut Teller<'_>, target: Option<Target>) {
    let at = match target {
        Some(Target::Person(at)) => at,
        Some(Target::Mate(at)) => {
            teller.set("mate", teller.scene.party[at].name.clone());
            return teller.say("mate_attack");
        }
        Some(Target::Item(_)) | None => return teller.say("nothing_to_attack"),
    };
    let foe = &teller.scene.people[at];
    teller.set("foe", foe.name.clone());
    if !teller.stage.stands(foe) {
        return teller.say("already_down");
    }
    let far = shoots(&teller.scene.player_text);
    teller.say(if far { "lead_shoot" } else { "lead_attack" });
    let ability = if far { "dexterity" } else { "strength" };
    let difficulty = 10 + foe.max_health.clamp(0, 60) / 10;
    let reason = reason(teller);
    if !teller.call_as_actor("ability_check", json!({ "ability": ability, "difficulty": difficulty, "reason": reason }))
    {
        teller.say("standoff");
    }
}

/// Whether an attack is made from afar.
pub fn shoots(text: &str) -> bool {
    words(text).iter().any(|word| {
        matches!(
            word.as_str(),
            "shoot"
                | "bow"
                | "arrow"
                | "arrows"
                | "throw"
                | "sling"
                | "crossbow"
                | "fire"
                | "dagger"
                | "knife"
                | "bolt"
        )
    })
}

fn travel(teller: &mut Teller<'_>, exit: Option<usize>) {
    let exits = teller.scene.place.as_ref().map_or(&[][..], |place| &place.exits);
    let Some(exit) = exit.and_then(|at| exits.get(at)) else {
        let symbol = if exits.is_empty() { "no_exits" } else { "nowhere" };
        return teller.say(symbol);
    };
    teller.set("exit", exit.name.clone());
    teller.say("lead_travel");
    if !teller.call("move_party", json!({ "location": exit.id })) {
        teller.say("journey_waits");
    }
}

fn take(teller: &mut Teller<'_>, item: Option<usize>) {
    let Some(item) = item.and_then(|at| teller.scene.items.get(at)) else { return teller.say("no_item") };
    teller.set("item", item.name.clone());
    teller.say("lead_take");
    if !teller.call_as_actor("give_item", json!({ "item": item.id, "quantity": 1 })) {
        teller.say("take_waits");
    }
}

fn make_use(teller: &mut Teller<'_>, item: Option<&str>) {
    let Some(item) = item else { return teller.say("no_carry") };
    teller.set("item", item);
    teller.say("lead_use");
    if !teller.call_as_actor("use_item", json!({ "item": item })) {
        teller.say("use_waits");
    }
}

fn heal(teller: &mut Teller<'_>, mate: usize) {
    let Some(mate) = teller.scene.party.get(mate) else { return teller.say("no_wound") };
    teller.set("mate", mate.name.clone());
    if mate.max_health <= 0 || mate.health >= mate.max_health {
        return teller.say("no_wound");
    }
    let alone = teller.stage.actor().is_some_and(|actor| actor.id == mate.id);
    teller.say(if alone { "lead_heal_self" } else { "lead_heal" });
    let reason = format!("tending {}", mate.name);
    if !teller.call_as_actor("ability_check", json!({ "ability": "wisdom", "difficulty": 10, "reason": reason })) {
        teller.say("heal_fail");
    }
}

fn rest(teller: &mut Teller<'_>) {
    if let Some(foe) = teller.stage.foe() {
        teller.set("foe", teller.scene.people[foe].name.clone());
        return teller.say("rest_danger");
    }
    teller.say("lead_rest");
    teller.say("hear");
    let hurt: Vec<_> =
        teller.scene.party.iter().filter(|mate| mate.max_health > 0 && mate.health < mate.max_health).take(6).collect();
    for mate in hurt {
        teller.call("heal", json!({ "target": mate.id, "amount": "1d6", "reason": "a rest" }));
    }
    if !teller.calling() {
        teller.next("rest_done");
        if teller.chance.percent(30) {
            teller.say("sign");
        }
    }
}

fn attempt_it(teller: &mut Teller<'_>, attempt: &Attempt, difficulty: u8, on: Option<usize>) {
    if let Some(person) = on.and_then(|at| teller.scene.people.get(at)) {
        teller.set("npc", person.name.clone());
    }
    let own = format!("try_{}", attempt.name);
    let symbol = if teller.knows(&own) { own.as_str() } else { "try_anything" };
    teller.say(symbol);
    if teller.chance.percent(50) {
        teller.say("hush");
    }
    let reason = reason(teller);
    let args = json!({ "ability": attempt.ability, "difficulty": difficulty, "reason": reason });
    if !teller.call_as_actor("ability_check", args) {
        teller.say("try_waits");
    }
}

fn accept(teller: &mut Teller<'_>, quest: usize) {
    let Some(quest) = teller.scene.quests.get(quest) else { return free(teller) };
    teller.set("quest", quest.title.clone());
    teller.say("quest_accept");
    teller.call("start_quest", json!({ "quest": quest.id }));
}

fn ask_fate(teller: &mut Teller<'_>, likelihood: Likelihood) {
    let verdict = fate::ask(likelihood, &mut teller.chance);
    teller.say("fate_lead");
    teller.say(match (verdict.yes, verdict.shade) {
        (true, Shade::And) => "fate_yes_and",
        (true, Shade::Plain) => "fate_yes",
        (true, Shade::But) => "fate_yes_but",
        (false, Shade::And) => "fate_no_and",
        (false, Shade::Plain) => "fate_no",
        (false, Shade::But) => "fate_no_but",
    });
    if verdict.twist {
        teller.next("twist");
    }
}

fn recall(teller: &mut Teller<'_>) {
    let text = teller.scene.player_text.clone();
    let asked = words(&text).join(" ");
    let told = facts_about(teller, &asked, 3);
    if told > 0 && teller.chance.percent(50) {
        return;
    }
    if told == 0 {
        teller.say("recall_lead");
        if teller.values.contains_key("summary") {
            teller.say("recall_place");
        }
        teller.say("see");
    }
    teller.paragraph();
    if teller.values.contains_key("people") {
        teller.say("recall_people");
    }
    if let Some(things) = listed(teller.scene.items.iter().map(|item| item.name.as_str())) {
        teller.set("item", things);
        teller.say("recall_items");
    }
    if teller.values.contains_key("exits") {
        teller.say("recall_exits");
    }
    // The closing need not name them again.
    teller.values.remove("people");
    teller.values.remove("exits");
}

fn free(teller: &mut Teller<'_>) {
    if words(&teller.scene.player_text).is_empty() {
        teller.say("silence");
    } else {
        teller.say("free");
        serve(teller, Kind::Do, "");
    }
    let second = ["see", "hear", "feel"];
    let symbol = teller.chance.pick(&second).copied().unwrap_or("see");
    teller.say(symbol);
    if let Some(person) = teller.stage.first_person() {
        let person = &teller.scene.people[person];
        if teller.stage.stands(person) && person.subtype != "creature" && teller.chance.percent(60) {
            teller.set("npc", person.name.clone());
            teller.next("free_people");
        }
    } else if teller.chance.percent(35) {
        teller.next("sign");
    }
}
