//! Hurting and healing.

use super::*;

#[test]
fn damage_is_rolled_and_told() {
    let outcome = call("damage", json!({ "target": "Tam the Bold", "amount": "1d4+1", "reason": "a slap" }));
    let [Happening::Roll { purpose, roll, check: None, .. }, Happening::Effect(effect)] = outcome.happened.as_slice()
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(purpose, "a slap");
    assert_eq!(*effect, hurt(TAM, roll.total as u32));
    let health = 12 - roll.total;
    assert_eq!(
        outcome.answer,
        json!({ "ok": true, "amount": roll.total, "health": health, "max_health": 12, "down": false })
    );
    assert_eq!(after(&state([]), &outcome).health_of(TAM), Some((health, 12)));
}

#[test]
fn a_plain_number_throws_no_dice() {
    let outcome = call("damage", json!({ "target": "Míra", "amount": 3 }));
    assert_eq!(outcome.happened, [Happening::Effect(hurt(MIRA, 3))]);
}

#[test]
fn a_creature_that_falls_teaches_each_of_the_party_once() {
    let outcome = call("damage", json!({ "target": "rat", "amount": "10" }));
    let fall = Effect::Damage { character_id: RAT, amount: 10, name: Some("Giant Rat".into()), max_health: Some(4) };
    let learn = |character_id| Effect::ExperienceGained { character_id, amount: 25 };
    assert_eq!(effects(&outcome), [fall, learn(MIRA), learn(TAM)]);
    assert_eq!((&outcome.answer["down"], &outcome.answer["health"]), (&json!(true), &json!(0)));

    let mut state = after(&state([]), &outcome);
    let again = |state: &GameState| call_in(state, &world(), "damage", json!({ "target": "rat", "amount": "10" }), 1);
    assert_eq!(reason(&again(&state)), "Giant Rat is already down.");
    state = after(&state, &call_in(&state, &world(), "heal", json!({ "target": "rat", "amount": "2" }), 1));
    assert_eq!(state.health_of(RAT), Some((2, 4)));
    assert_eq!(effects(&again(&state)).len(), 1);
}

#[test]
fn who_has_no_sheet_has_ordinary_health() {
    let outcome = call("damage", json!({ "target": "Brom", "amount": "4" }));
    assert_eq!((&outcome.answer["health"], &outcome.answer["max_health"]), (&json!(6), &json!(10)));
}

#[test]
fn healing_stops_at_full_health_and_raises_who_is_down() {
    let state = state([hurt(MIRA, 99)]);
    let outcome = call_in(&state, &world(), "heal", json!({ "target": "mira", "amount": "50" }), 1);
    assert_eq!(outcome.answer, json!({ "ok": true, "amount": 12, "health": 12, "max_health": 12 }));
    assert!(!after(&state, &outcome).member(MIRA).unwrap().down());
    assert!(reason(&call("heal", json!({ "target": "mira", "amount": "1d4" }))).contains("already has full health"));
}

#[test]
fn only_who_is_here_is_hurt_and_only_by_bearable_dice() {
    for tool in ["damage", "heal"] {
        assert_refused(
            tool,
            &[
                (
                    json!({ "target": "the king", "amount": "1d6" }),
                    "Name Míra, Tam the Bold, Brom the Innkeeper or Giant Rat.",
                ),
                (json!({ "target": id(50).to_string(), "amount": "1d6" }), "is here"),
                (json!({ "target": "the", "amount": "1d6" }), "could be more than one"),
                (json!({ "target": "rat", "amount": "a lot" }), "has to be dice such as 1d6+2"),
                (json!({ "target": "rat", "amount": "9999999d9999999" }), "At most 100 dice"),
                (json!({ "target": "rat", "amount": "11d4" }), "is too large"),
                (json!({ "target": "rat", "amount": "10d12+51" }), "is too large"),
                (json!({ "target": "rat", "amount": "1d6!+120" }), "is too large"),
                (json!({ "target": "rat", "amount": "-5" }), "can never be more than 0"),
                (json!({ "target": "rat" }), "needs the argument amount"),
            ],
        );
    }
    assert!(call("damage", json!({ "target": "mira", "amount": "10d12+50" })).ok());
}
