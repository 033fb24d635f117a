//! Odd input: whatever is written, the answer is text with one end.

use proptest::prelude::*;
use serde_json::{Value, json};
use skald_kernel::{
    model::{Delta, FinishReason, Message},
    scene::Scene,
};

use super::{chapel, deltas, kind_engine, play, request, text, wolf};

fn sound(scene: Scene, seed: u64) {
    let deltas = deltas(&request(Some(scene), seed));
    let ends = deltas.iter().filter(|delta| matches!(delta, Delta::Finish { .. })).count();
    assert!(ends == 1 && matches!(deltas.last(), Some(Delta::Finish { .. })));
    let said: String = deltas
        .iter()
        .filter_map(|delta| if let Delta::Text(text) = delta { Some(text.as_str()) } else { None })
        .collect();
    assert!(!said.trim().is_empty());
    assert_eq!(said.trim(), said, "no blanks around it");
    let calls = deltas.iter().filter(|delta| matches!(delta, Delta::ToolCall(_))).count();
    let Some(Delta::Finish { reason, .. }) = deltas.last() else { return };
    assert_eq!(*reason == FinishReason::ToolCalls, calls > 0);
}

fn verbs() -> impl Strategy<Value = String> {
    let words = crate::lexicon::VERBS
        .iter()
        .flat_map(|(_, words)| words.iter())
        .chain(crate::lexicon::ATTEMPTS.iter().flat_map(|attempt| attempt.words))
        .copied()
        .chain([
            "the", "Tamsin", "wolf", "to", "and", "mill", "sword", "potion", "bell", "?", "about", "\"", "Joss", ",",
            "I",
        ])
        .collect::<Vec<_>>();
    prop::collection::vec(prop::sample::select(words), 0..8).prop_map(|words| words.join(" "))
}

fn answers() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({"ok": true}),
        json!({"ok": true, "success": true, "clue": "The #bell# is gone", "item": "Key", "margin": 12}),
        json!({"ok": true, "success": false, "health": 0, "down": true, "amount": 3}),
        json!({"ok": false, "reason": "no"}),
        json!({"ok": false}),
        json!("what"),
        json!({"ok": "yes", "amount": "many", "location": 7}),
        Value::Null,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in any::<String>(), seed in any::<u64>()) {
        sound(wolf(&text), seed);
        sound(Scene { player_text: text, ..Scene::default() }, seed);
    }

    #[test]
    fn any_deed_is_played_to_its_end(text in verbs(), seed in any::<u64>(), answer in answers(), alone in any::<bool>()) {
        let mut scene = if seed % 2 == 0 { wolf(&text) } else { chapel(&text) };
        scene.acting = scene.acting.filter(|_| !alone);
        let steps = play(scene, seed, |_, _| answer.clone());
        prop_assert!(steps.len() <= 5);
        let told = super::text(&steps).replace("The #bell# is gone", "");
        prop_assert!(!told.contains('#'), "{told}");
        prop_assert!(steps.iter().all(|step| !step.text.trim().is_empty()));
    }

    #[test]
    fn odd_names_are_told_as_they_are(name in "\\PC{0,40}", seed in any::<u64>()) {
        let mut scene = chapel("I search here, then ask about it and go");
        scene.party[0].name.clone_from(&name);
        scene.people[0].name.clone_from(&name);
        scene.items[0].name.clone_from(&name);
        if let Some(place) = &mut scene.place {
            place.name.clone_from(&name);
            place.exits[0].name.clone_from(&name);
        }
        sound(scene.clone(), seed);
        let _ = text(&play(scene, seed, kind_engine));
    }
}

#[test]
fn a_text_of_a_hundred_kilobytes_is_read_as_far_as_needed() {
    for text in
        ["search ".repeat(15_000), "é".repeat(60_000), "\u{0}\n\t".repeat(40_000), format!("{}?", "is ".repeat(40_000))]
    {
        sound(chapel(&text), 1);
    }
}

#[test]
fn nobody_nowhere_gets_an_answer_to_everything() {
    for said in [
        "",
        "I attack",
        "go north",
        "take it",
        "drink",
        "heal",
        "rest",
        "climb",
        "who is here?",
        "is it dark?",
        "ask him",
        "search",
    ] {
        for seed in 0..20 {
            sound(Scene { player_text: said.into(), ..Scene::default() }, seed);
        }
    }
}

#[test]
fn messages_without_a_question_are_answered() {
    let mut request = request(Some(chapel("I search")), 1);
    request.messages = vec![Message::Tool { call_id: "?".into(), name: "search".into(), content: "??".into() }];
    assert!(deltas(&request).len() > 1);
    request.messages.clear();
    assert!(deltas(&request).len() > 1);
}
