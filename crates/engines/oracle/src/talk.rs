//! Talk: somebody answers in their own manner.
//!
//! They say only what the scene's facts say, and of those only what mentions them or nobody else who is here. What mentions
//! the speaker is told about them rather than put into their mouth. They invent no names and no events.

use serde_json::json;
use skald_kernel::scene::ScenePerson;

use crate::{
    grammar::sentence,
    quests::{Kind, served},
    teller::Teller,
    words::{is_stop, naming, stem, stems, words},
};

/// What the player talks about, and whether they ask about it outright (`about the bell`) or only mention it.
fn topic(text: &str, person: &ScenePerson) -> (Vec<String>, bool) {
    let words = words(text);
    let after = words.iter().position(|word| matches!(word.as_str(), "about" | "regarding" | "concerning" | "of"));
    let named = crate::words::words(&person.name);
    let idle = [
        "ask",
        "talk",
        "speak",
        "tell",
        "say",
        "greet",
        "know",
        "hear",
        "heard",
        "chat",
        "question",
        "anything",
        "something",
        "come",
        "peace",
        "hello",
        "good",
        "think",
        "doing",
        "friend",
    ];
    let topic: Vec<String> = words[after.map_or(0, |at| at + 1)..]
        .iter()
        .filter(|word| word.chars().count() > 2 && !is_stop(word) && !named.contains(word))
        .filter(|word| after.is_some() || !idle.contains(&word.as_str()))
        .take(4)
        .cloned()
        .collect();
    let outright = after.is_some() && !topic.is_empty();
    (topic, outright)
}

/// The fact somebody tells: about the topic, or any they may speak of when nothing was asked outright.
fn fact(teller: &mut Teller<'_>, person: &ScenePerson, topic: &[String], outright: bool) -> Option<String> {
    let others: Vec<&str> =
        teller.scene.people.iter().filter(|other| other.id != person.id).map(|other| other.name.as_str()).collect();
    let known: Vec<&str> = teller
        .scene
        .facts
        .iter()
        .map(|fact| fact.text.as_str())
        .filter(|text| !text.trim().is_empty())
        .filter(|text| {
            let words = words(text);
            naming(&words, &person.name, "") > 0 || others.iter().all(|name| naming(&words, name, "") == 0)
        })
        .collect();
    let asked: Vec<String> = topic.iter().map(|word| stem(word)).collect();
    let fits = |text: &&&str| {
        let stems = stems(text);
        asked.iter().any(|word| stems.contains(word))
    };
    let fitting: Vec<&str> = known.iter().filter(fits).copied().collect();
    match teller.chance.pick(&fitting) {
        Some(text) => Some((*text).to_owned()),
        None if outright => None,
        None => teller.chance.pick(&known).map(|text| (*text).to_owned()),
    }
}

/// Lets somebody speak. `learned`: the party has won them over, so they tell what they can.
pub fn speak(teller: &mut Teller<'_>, person: &ScenePerson, learned: bool) {
    teller.set("npc", person.name.clone());
    if !teller.stage.stands(person) {
        teller.say("talk_down");
        return;
    }
    if !teller.stage.speaks(person) {
        teller.say("talk_creature");
        return;
    }
    teller.tagged(teller.stage.manner(person));
    let (topic, outright) = topic(&teller.scene.player_text, person);
    teller.set("topic", topic.join(" "));
    if !learned {
        teller.say("talk_open");
        teller.paragraph();
    }
    match fact(teller, person, &topic, outright) {
        Some(text) => {
            teller.set("fact", sentence(&text));
            let of_them = naming(&words(&text), &person.name, "") > 0;
            teller.say(if of_them { "talk_of_self" } else { "talk_fact" });
        }
        None if outright => teller.say("talk_unknown"),
        None => teller.say("talk_small"),
    }
    teller.say("talk_gesture");
    follow_up(teller, person);
}

/// What speaking with somebody sets going: a quest they offer, an objective that asked for it.
fn follow_up(teller: &mut Teller<'_>, person: &ScenePerson) {
    let offered = teller.scene.quests.iter().find(|quest| quest.status == "offered" && quest.giver == Some(person.id));
    if let Some(quest) = offered.filter(|_| teller.may("start_quest") && !teller.history.called("start_quest")) {
        teller.set("quest", quest.title.clone());
        teller.next("quest_offer");
        if !quest.summary.trim().is_empty() {
            teller.add(&sentence(&quest.summary));
        }
        teller.call("start_quest", json!({ "quest": quest.id }));
    }
    let about = format!("{} {}", teller.scene.player_text, person.name);
    if let Some((quest, objective)) = served(teller.scene, Kind::Speak, &about)
        && !teller.history.called("advance_quest")
    {
        teller.call("advance_quest", json!({ "quest": quest.id, "objective": objective.id, "amount": 1 }));
    }
}
