//! Whole answers: every step of the loop, with the tools played by hand.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use skald_kernel::model::{Delta, FinishReason, Message, Provider, Task, ToolCall};

use super::{answer, block_on, chapel, deltas, id, kind_engine, play, request, text, tools, wolf};
use crate::{Oracle, pack::Pack};

fn args(call: &ToolCall) -> Value {
    serde_json::from_str(&call.arguments).unwrap()
}

#[test]
fn a_search_leads_in_rolls_tells_the_clue_and_serves_the_quest() {
    let steps = play(chapel("I search the ruined chapel for tracks"), 1, kind_engine);
    assert_eq!(tools(&steps), ["search", "advance_quest"]);
    assert!(steps[0].text.to_lowercase().contains("ruined chapel"), "{}", steps[0].text);
    assert_eq!(steps[0].reason, FinishReason::ToolCalls);
    assert_eq!(args(&steps[0].tool_calls[0])["ability"], "wisdom");
    assert_eq!(args(&steps[0].tool_calls[0])["character"], id(1).to_string());
    assert!(steps[1].text.contains("Cart tracks lead to the mill."), "{}", steps[1].text);
    assert_eq!(args(&steps[1].tool_calls[0]), json!({"quest": id(40), "objective": "a", "amount": 1}));
    assert_eq!(steps[2].reason, FinishReason::Stop);
    assert!(steps[2].text.contains("The Missing Bell") || steps[2].text.contains("Find tracks"), "{}", steps[2].text);
}

#[test]
fn every_lead_in_to_a_search_names_the_place() {
    for seed in 0..200 {
        let step = answer(&request(Some(chapel("I search for tracks")), seed));
        assert!(step.text.to_lowercase().contains("ruined chapel"), "{}", step.text);
    }
}

#[test]
fn a_search_that_fails_or_finds_nothing_ends_there() {
    for found in [
        json!({"ok": true, "success": false, "total": 4, "difficulty": 12, "clue": null, "item": null}),
        json!({"ok": false, "reason": "the character is down"}),
    ] {
        let steps = play(chapel("I search for tracks"), 2, |_, _| found.clone());
        assert_eq!(tools(&steps), ["search"]);
        assert_eq!(steps.len(), 2);
        assert!(!steps[1].text.is_empty());
    }
    let refused = play(chapel("I search"), 2, |_, _| json!({"ok": false, "reason": "the character is down."}));
    assert!(refused[1].text.contains("the character is down"), "{}", refused[1].text);
}

#[test]
fn a_found_item_is_told_and_not_given_twice() {
    let engine = |tool: &str, args: &Value| match tool {
        "search" => json!({"ok": true, "success": true, "clue": null, "item": "Silver Key"}),
        _ => kind_engine(tool, args),
    };
    let steps = play(chapel("I search the rubble"), 3, engine);
    assert!(steps[1].text.contains("Silver Key"), "{}", steps[1].text);
    assert!(!tools(&steps).contains(&"give_item".to_owned()));
}

#[test]
fn the_same_seed_tells_the_same_and_another_tells_another() {
    let told = |seed| text(&play(wolf("I attack the wolf"), seed, kind_engine));
    assert_eq!(told(5), told(5));
    assert_ne!(told(5), told(6));
    let many: std::collections::BTreeSet<String> = (0..50).map(told).collect();
    assert!(many.len() > 45, "{}", many.len());
}

#[test]
fn a_fight_goes_back_and_forth_and_ends() {
    let mut struck_back = 0;
    for seed in 0..60 {
        let steps = play(wolf("I attack the wolf"), seed, kind_engine);
        let called = tools(&steps);
        assert_eq!(called[..2], ["ability_check", "damage"]);
        assert!(called.len() <= 3 && steps.len() <= 4, "{called:?}");
        assert_eq!(args(&steps[1].tool_calls[0])["target"], id(11).to_string());
        if let Some(call) = steps.get(2).and_then(|step| step.tool_calls.first()) {
            assert_eq!(args(call)["target"], id(1).to_string());
            assert!(steps[3].text.contains("Mira"), "{}", steps[3].text);
            struck_back += 1;
        }
    }
    assert!((10..50).contains(&struck_back), "{struck_back}");
}

#[test]
fn a_miss_lets_a_creature_strike_and_a_person_not() {
    let engine = |tool: &str, args: &Value| match tool {
        "ability_check" => json!({"ok": true, "success": false, "total": 3, "difficulty": 12, "margin": -9}),
        _ => kind_engine(tool, args),
    };
    let struck = (0..40).filter(|&seed| tools(&play(wolf("I attack the wolf"), seed, engine)).len() == 2).count();
    assert!(struck > 20, "{struck}");
    assert_eq!(tools(&play(chapel("I attack the hermit"), 1, engine)), ["ability_check"]);
}

#[test]
fn a_creature_that_goes_down_serves_the_quest_and_strikes_no_more() {
    let mut scene = wolf("I attack the wolf");
    scene.quests[0].objectives[0].text = "Drive off the wolf".into();
    let engine = |tool: &str, args: &Value| match tool {
        "damage" => json!({"ok": true, "amount": 9, "health": 0, "max_health": 9, "down": true}),
        _ => kind_engine(tool, args),
    };
    assert_eq!(tools(&play(scene, 4, engine)), ["ability_check", "damage", "advance_quest"]);
}

#[test]
fn a_failed_climb_hurts_and_a_failed_song_does_not() {
    let engine = |tool: &str, args: &Value| match tool {
        "ability_check" => json!({"ok": true, "success": false, "total": 3, "difficulty": 12, "margin": -9}),
        _ => kind_engine(tool, args),
    };
    let steps = play(chapel("I climb the bell tower"), 1, engine);
    assert_eq!(tools(&steps), ["ability_check", "damage"]);
    assert_eq!(args(&steps[1].tool_calls[0])["amount"], "1d4");
    assert_eq!(tools(&play(chapel("I sing"), 1, engine)), ["ability_check"]);
}

#[test]
fn one_call_does_what_needs_no_roll() {
    for (said, tool, key, value) in [
        ("I take the sword", "give_item", "item", id(30).to_string()),
        ("We go to the village", "move_party", "location", id(21).to_string()),
        ("I drink the potion", "use_item", "item", "Healing Potion".to_owned()),
        ("We accept the quest", "start_quest", "quest", id(41).to_string()),
    ] {
        let steps = play(chapel(said), 9, kind_engine);
        assert_eq!(tools(&steps), [tool], "{said}");
        assert_eq!(args(&steps[0].tool_calls[0])[key], value);
        assert!(!steps[1].text.is_empty());
    }
    let arrived = play(chapel("We go to the village"), 9, kind_engine);
    assert!(arrived[1].text.contains("Hollow Village") && arrived[1].text.contains("A village in a dip of the land."));
    assert!(!arrived[1].text.contains("Tamsin"), "who was left behind is not here: {}", arrived[1].text);
}

#[test]
fn a_giver_who_is_talked_to_offers_the_quest() {
    let steps = play(chapel("I talk to Tamsin"), 2, kind_engine);
    assert_eq!(tools(&steps), ["start_quest"]);
    assert!(text(&steps).contains("A Light in the Marsh") && text(&steps).contains("Someone must watch the marsh"));
}

#[test]
fn people_say_what_the_facts_say() {
    for seed in 0..30 {
        let told = text(&play(chapel("I ask Tamsin about the bell"), seed, kind_engine));
        assert!(told.contains("The bell was cast in the year of the flood."), "{told}");
        let unknown = text(&play(chapel("I ask Tamsin about dragons"), seed, kind_engine));
        assert!(!unknown.contains("flood") && !unknown.contains("brother"), "{unknown}");
    }
}

#[test]
fn somebody_won_over_tells_what_they_may() {
    for seed in 0..20 {
        let told = text(&play(chapel("I persuade Tamsin to help us"), seed, kind_engine));
        assert!(told.contains("flood") || told.contains("brother"), "{told}");
    }
}

#[test]
fn a_rest_heals_who_is_hurt_and_not_beside_a_wolf() {
    let steps = play(chapel("We rest"), 1, kind_engine);
    assert_eq!(tools(&steps), ["heal", "heal"]);
    assert_eq!(tools(&play(wolf("We rest"), 1, kind_engine)), Vec::<String>::new());
}

#[test]
fn who_is_down_can_drink_but_not_climb() {
    let down = |text: &str| {
        let mut scene = chapel(text);
        scene.party[0].health = 0;
        tools(&play(scene, 1, kind_engine))
    };
    assert_eq!(down("I climb the wall"), Vec::<String>::new());
    assert_eq!(down("I drink the potion"), ["use_item"]);
}

#[test]
fn only_tools_that_were_offered_are_called() {
    let mut request = request(Some(chapel("I search for tracks")), 1);
    request.tools.clear();
    let step = answer(&request);
    assert_eq!((step.reason, step.tool_calls.len()), (FinishReason::Stop, 0));
    assert!(!step.text.is_empty());
}

#[test]
fn after_four_rounds_nothing_more_is_called() {
    let mut request = request(Some(wolf("I attack the wolf")), 1);
    for round in 0..4 {
        let call = ToolCall {
            id: format!("c{round}"),
            name: "damage".into(),
            arguments: json!({"target": id(11)}).to_string(),
        };
        request.messages.push(Message::Assistant { text: "So.".into(), tool_calls: vec![call] });
        let content = json!({"ok": true, "amount": 1, "health": 8, "max_health": 9}).to_string();
        request.messages.push(Message::Tool { call_id: format!("c{round}"), name: "damage".into(), content });
    }
    for seed in 0..40 {
        request.seed = Some(seed);
        let step = answer(&request);
        assert_eq!((step.reason, step.tool_calls.len()), (FinishReason::Stop, 0));
    }
}

#[test]
fn what_was_told_lately_is_not_told_again_at_once() {
    let first = answer(&request(Some(chapel("I whistle")), 3)).text;
    let mut scene = chapel("I whistle");
    scene.recent.push(first.clone());
    let again = answer(&request(Some(scene), 3)).text;
    assert_ne!(first, again);
}

#[test]
fn without_a_scene_it_asks_for_one_and_a_probe_is_short() {
    assert!(answer(&request(None, 1)).text.contains("needs a scene"));
    let mut probe = request(None, 1);
    probe.task = Task::Probe;
    let step = answer(&probe);
    assert!(step.text.contains("oracle") && step.text.split_whitespace().count() < 30);
}

#[test]
fn words_are_counted_and_a_limit_breaks_off() {
    let mut request = request(Some(chapel("I search for tracks")), 1);
    let step = answer(&request);
    let usage = step.usage.unwrap();
    assert!(usage.output as usize >= step.text.split_whitespace().count() && usage.input > 5);
    request.sampling.max_tokens = Some(5);
    let cut = answer(&request);
    assert_eq!((cut.reason, cut.tool_calls.len(), cut.text.split_whitespace().count()), (FinishReason::Length, 0, 5));
}

#[test]
fn the_pieces_are_words_and_the_end_comes_once_and_last() {
    let deltas = deltas(&request(Some(chapel("I search for tracks")), 1));
    assert!(deltas.len() > 10);
    let ends = deltas.iter().filter(|delta| matches!(delta, Delta::Finish { .. })).count();
    assert!(ends == 1 && matches!(deltas.last(), Some(Delta::Finish { .. })));
}

#[tokio::test]
async fn a_pace_changes_when_and_not_what() {
    let request = request(Some(chapel("I whistle")), 1);
    let paced = Oracle::new().paced(Duration::from_micros(1)).stream(request.clone()).await.unwrap();
    let paced: Vec<Delta> = paced.map(|delta| delta.unwrap()).collect().await;
    assert_eq!(paced, deltas(&request));
}

#[test]
fn a_campaign_pack_is_laid_over_the_built_in_one() {
    let pack = Pack::parse("[rules]\nprobe = [\"By the bones!\"]").unwrap();
    let mut probe = request(None, 1);
    probe.task = Task::Probe;
    let step = block_on(Oracle::new().with_pack(pack).complete(probe)).unwrap();
    assert_eq!(step.text, "By the bones!");
}

#[test]
fn a_plain_deed_serves_an_objective_that_asks_for_it() {
    let mut scene = chapel("I wake Pim gently");
    scene.quests[0].objectives[0].text = "Wake Pim and bring him home".into();
    scene.quests[0].objectives[0].at = None;
    let steps = play(scene, 1, kind_engine);
    assert_eq!(tools(&steps), ["advance_quest"]);
    assert!(steps[1].text.contains("The Missing Bell") || steps[1].text.contains("Wake Pim"), "{}", steps[1].text);
}
