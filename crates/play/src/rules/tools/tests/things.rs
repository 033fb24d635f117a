//! Taking, being given and using things.

use super::*;

fn gained(outcome: &Outcome) -> (Option<EntityId>, String, u32, Option<EntityId>) {
    match effects(outcome).as_slice() {
        [Effect::ItemGained { item_id, name, quantity, found_at, .. }] => {
            (*item_id, name.clone(), *quantity, *found_at)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_lies_in_plain_sight_can_be_taken_until_it_is_gone() {
    let outcome = call("give_item", json!({ "character": "Tam", "item": "the lantern" }));
    assert_eq!(gained(&outcome), (Some(LANTERN), "Lantern".into(), 1, Some(INN)));
    assert_eq!(outcome.answer, json!({ "ok": true, "character": "Tam the Bold", "item": "Lantern", "quantity": 1 }));
    let state = after(&state([]), &outcome);
    let again = call_in(&state, &world(), "give_item", json!({ "item": "lantern" }), 1);
    assert_eq!(reason(&again), "“lantern” does not lie here. In plain sight there is Old Coin.");
}

#[test]
fn a_heap_is_taken_whole_or_in_part() {
    assert_eq!(gained(&call("give_item", json!({ "item": "coin" }))).2, 5);
    let outcome = call("give_item", json!({ "item": "coin", "quantity": 2 }));
    let state = after(&state([]), &outcome);
    let more = call_in(&state, &world(), "give_item", json!({ "item": "coin", "quantity": 4 }), 1);
    assert_eq!(reason(&more), "There is only 3 × Old Coin here.");
}

#[test]
fn plain_things_may_come_from_the_story() {
    assert_eq!(
        gained(&call("give_item", json!({ "item": "a loaf of bread", "quantity": "2" }))),
        (None, "loaf of bread".into(), 2, None)
    );
    assert_refused(
        "give_item",
        &[
            (json!({ "item": "Sword +3" }), "not a plain thing"),
            (json!({ "item": "Legendary Blade" }), "not a plain thing"),
            (json!({ "item": "bread", "quantity": 21 }), "At most 20"),
            (json!({ "item": "bread", "quantity": 0 }), "at least 1"),
            (json!({ "item": "bread", "quantity": [] }), "whole number"),
            (json!({ "item": "x".repeat(61) }), "at most 60 characters"),
            (json!({ "item": "!!!" }), "needs a name"),
            (json!({ "item": "bread\nand butter" }), "needs a name"),
            (json!({ "character": "Brom", "item": "bread" }), "Nobody called “Brom” is in the party"),
        ],
    );
}

#[test]
fn what_the_canon_has_elsewhere_or_hidden_is_not_made_up() {
    assert_refused(
        "give_item",
        &[
            (
                json!({ "item": "Rusty Key" }),
                "“Rusty Key” does not lie here. In plain sight there is Lantern or Old Coin.",
            ),
            (json!({ "item": KEY.to_string() }), "does not lie here"),
            (json!({ "item": "ring of sparks" }), "does not lie here"),
            (json!({ "item": id(70).to_string() }), "does not lie here"),
        ],
    );
}

#[test]
fn a_full_bag_takes_nothing_new() {
    let thing = |n: u32| Effect::ItemGained {
        character_id: MIRA,
        item_id: None,
        name: format!("Thing {n}"),
        quantity: 1,
        usable: false,
        found_at: None,
    };
    let state = state((0..100).map(thing));
    assert!(reason(&call_in(&state, &world(), "give_item", json!({ "item": "lantern" }), 1)).contains("no room"));
    assert!(call_in(&state, &world(), "give_item", json!({ "item": "Thing 5" }), 1).ok());
}

#[test]
fn a_potion_is_used_up_and_heals() {
    let state = state([hurt(MIRA, 10)]);
    let outcome = call_in(&state, &world(), "use_item", json!({ "item": "potion" }), 7);
    let [Happening::Roll { purpose, roll, .. }, Happening::Effect(lost), Happening::Effect(heal)] =
        outcome.happened.as_slice()
    else {
        panic!("{outcome:?}")
    };
    assert_eq!((purpose.as_str(), roll.notation.as_str()), ("Healing Potion", "2d4+2"));
    assert!(matches!(lost, Effect::ItemLost { character_id: MIRA, item_id: Some(POTION), quantity: 1, .. }));
    assert!(matches!(heal, Effect::Heal { character_id: MIRA, amount, .. } if *amount == roll.total as u32));
    assert_eq!(outcome.answer["effect"], format!("heals {}", roll.total));
    let state = after(&state, &outcome);
    assert!(state.member(MIRA).unwrap().carried(Some(POTION), "Healing Potion").is_none());
    let again = call_in(&state, &world(), "use_item", json!({ "item": "potion" }), 7);
    assert_eq!(reason(&again), "Míra does not carry “potion”, but Silver Flute.");
}

#[test]
fn a_potion_is_not_wasted_on_full_health_but_helps_who_is_down() {
    assert!(reason(&call("use_item", json!({ "item": "potion" }))).contains("was not used up"));
    let state = state([hurt(MIRA, 99)]);
    let outcome = call_in(&state, &world(), "use_item", json!({ "item": "potion" }), 7);
    assert!(!after(&state, &outcome).member(MIRA).unwrap().down());
}

#[test]
fn a_thing_without_a_use_by_the_rules_is_left_to_the_story() {
    let outcome = call("use_item", json!({ "item": "flute" }));
    assert!(outcome.ok() && outcome.answer["effect"].is_null() && outcome.happened.is_empty());
    let error = use_item(&state([]), &world(), MIRA, "flute", 1).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RuleRefused);
    assert!(error.detail().contains("The rules know no use of flute"));
}

#[test]
fn a_player_uses_what_their_character_carries() {
    let state = state([hurt(MIRA, 10)]);
    let by_id = use_item(&state, &world(), MIRA, &POTION.to_string(), 7).unwrap();
    assert_eq!(by_id, use_item(&state, &world(), MIRA, "healing potion", 7).unwrap());
    assert_eq!(use_item(&state, &world(), BROM, "potion", 7).unwrap_err().code(), ErrorCode::RuleRefused);
    assert!(
        use_item(&state, &world(), MIRA, "sword", 7).unwrap_err().detail().contains("Healing Potion or Silver Flute")
    );
}
