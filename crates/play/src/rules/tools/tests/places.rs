//! Checks, searching and going.

use super::*;

#[test]
fn a_check_is_rolled_and_its_answer_is_what_was_rolled() {
    let outcome = call("ability_check", json!({ "ability": "wisdom", "difficulty": 15, "reason": "read his face" }));
    let [Happening::Roll { purpose, roll, check: Some(check), character_id }] = outcome.happened.as_slice() else {
        panic!("{outcome:?}")
    };
    assert_eq!((purpose.as_str(), *character_id, roll.modifier), ("read his face", Some(MIRA), 4));
    assert_eq!((check.difficulty, check.margin), (15, roll.total - 15));
    assert_eq!(
        outcome.answer,
        json!({ "ok": true, "success": check.success, "total": roll.total, "difficulty": 15, "margin": check.margin })
    );
}

#[test]
fn a_difficulty_is_cut_to_5_to_30_and_an_edge_throws_two_dice() {
    for (difficulty, cut) in [(json!(1), 5), (json!(-40), 5), (json!("99"), 30), (json!(i64::MAX), 30)] {
        let outcome = call("ability_check", json!({ "ability": "strength", "difficulty": difficulty }));
        assert_eq!(outcome.answer["difficulty"], cut);
    }
    let arguments = json!({ "ability": "strength", "difficulty": 10, "advantage": "Disadvantage" });
    let outcome = call("ability_check", arguments);
    assert!(matches!(&outcome.happened[0], Happening::Roll { roll, .. } if roll.notation == "2d20kl1+2"));
}

#[test]
fn invalid_checks_are_refused() {
    assert_refused(
        "ability_check",
        &[
            (json!({ "ability": "luck", "difficulty": 10 }), "Use strength, dexterity"),
            (json!({ "ability": "wisdom", "difficulty": "hard" }), "difficulty has to be a whole number"),
            (json!({ "ability": "wisdom", "difficulty": 10.5 }), "difficulty has to be a whole number"),
            (json!({ "ability": "wisdom" }), "needs the argument difficulty"),
            (json!({ "ability": "wisdom", "difficulty": 10, "advantage": "lots" }), "none, advantage or disadvantage"),
            (json!({ "character": "Brom", "ability": "wisdom", "difficulty": 10 }), "Name Míra or Tam the Bold."),
        ],
    );
}

#[test]
fn who_is_down_can_only_hold_on() {
    let state = state([hurt(MIRA, 99)]);
    let check =
        |ability| call_in(&state, &world(), "ability_check", json!({ "ability": ability, "difficulty": 10 }), 1);
    assert!(reason(&check("strength")).contains("is down"));
    assert!(check("constitution").ok());
    assert!(reason(&call_in(&state, &world(), "search", json!({}), 1)).contains("is down"));
}

#[test]
fn a_search_reveals_what_is_easiest_to_see_within_the_total_and_never_what_is_above() {
    let (mut clues, mut failures) = (Vec::new(), 0);
    for seed in 0..200 {
        let outcome = call_in(&state([]), &world(), "search", json!({}), seed);
        let total = outcome.answer["total"].as_i64().unwrap() as i32;
        let success = outcome.answer["success"].as_bool().unwrap();
        assert_eq!(outcome.answer["difficulty"], 8);
        let expected = world().secrets.into_iter().filter(|s| success && s.find_dc <= total).min_by_key(|s| s.find_dc);
        assert_eq!(outcome.answer["clue"].as_str(), expected.as_ref().map(|s| s.text.as_str()));
        let found = effects(&outcome).into_iter().find_map(|e| match e {
            Effect::ClueFound { fact_id, .. } => Some(fact_id),
            _ => None,
        });
        assert_eq!(found, expected.map(|s| s.id));
        assert_eq!(outcome.answer["item"], if success { json!("Rusty Key") } else { Value::Null });
        failures += usize::from(!success);
        clues.extend(found);
    }
    assert!(clues.contains(&fact(40)) && !clues.contains(&fact(42)) && failures > 0);
}

#[test]
fn a_search_finds_first_what_was_looked_for() {
    let mut world = world();
    world.secrets[1].text = "Small boot prints lead down to the water.".into();
    let asked = json!({ "reason": "I look for prints of boots" });
    let found: Vec<_> = (0..200)
        .map(|seed| call_in(&state([]), &world, "search", asked.clone(), seed))
        .filter(|outcome| outcome.answer["total"].as_i64().unwrap() >= i64::from(world.secrets[1].find_dc))
        .filter(|outcome| outcome.answer["success"] == true)
        .collect();
    assert!(!found.is_empty());
    assert!(found.iter().all(|outcome| outcome.answer["clue"] == world.secrets[1].text));
}

#[test]
fn a_natural_20_reveals_nothing_above_its_sum() {
    let mut world = world();
    world.secrets.retain(|s| s.find_dc == 29);
    let outcomes: Vec<_> = (0..200).map(|seed| call_in(&state([]), &world, "search", json!({}), seed)).collect();
    assert!(outcomes.iter().any(|o| o.answer["success"] == true));
    assert!(outcomes.iter().all(|o| o.answer["clue"].is_null()));
}

#[test]
fn what_was_found_is_not_found_again() {
    let mut state = state([]);
    for seed in 0..40 {
        let outcome = call_in(&state, &world(), "search", json!({ "ability": "wisdom" }), seed);
        state = after(&state, &outcome);
    }
    assert_eq!(state.clues.len(), 2);
    assert_eq!((state.taken(KEY), state.member(MIRA).unwrap().carried(Some(KEY), "").unwrap().quantity), (1, 1));
}

#[test]
fn searching_where_there_is_nothing_looks_the_same() {
    let bare = World { secrets: Vec::new(), items: Vec::new(), ..world() };
    let outcome = call_in(&state([]), &bare, "search", json!({ "ability": "investigation" }), 5);
    assert_eq!((outcome.answer["difficulty"].as_i64(), &outcome.answer["clue"]), (Some(12), &Value::Null));
    assert_eq!(outcome.happened.len(), 1);
    assert_refused("search", &[(json!({ "ability": "strength" }), "Use wisdom or intelligence.")]);
}

#[test]
fn the_party_goes_only_where_a_way_leads() {
    let outcome = call("move_party", json!({ "location": "market" }));
    assert_eq!(outcome.answer, json!({ "ok": true, "location": "Market Square", "summary": "Stalls." }));
    assert_eq!(effects(&outcome), [Effect::Moved { location_id: id(13), location_name: "Market Square".into() }]);
    assert_refused(
        "move_party",
        &[
            (
                json!({ "location": "The Moon" }),
                "No way leads to “The Moon” from The Broken Mug. The party can go to Cellar or Market Square.",
            ),
            (json!({ "location": "broken mug" }), "already is at The Broken Mug"),
            (json!({ "location": id(77).to_string() }), "No way leads there"),
        ],
    );
    assert!(move_party(&state([]), &world(), CELLAR).unwrap().ok());
    let error = move_party(&state([]), &world(), id(77)).unwrap_err();
    assert_eq!((error.code(), error.detail().contains("Cellar or Market Square")), (ErrorCode::RuleRefused, true));
    let nowhere = World::default();
    assert!(move_party(&state([]), &nowhere, CELLAR).unwrap_err().detail().contains("can go to nowhere"));
}
