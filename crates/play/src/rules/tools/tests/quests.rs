//! Quests from offer to reward.

use super::*;

fn started() -> GameState {
    let outcome = call("start_quest", json!({ "quest": "rats in the cellar" }));
    after(&state([]), &outcome)
}

fn advance(state: &GameState, arguments: Value) -> Outcome {
    call_in(state, &world(), "advance_quest", arguments, 1)
}

#[test]
fn a_quest_on_offer_is_taken_on_once() {
    let state = started();
    assert_eq!((state.quests[0].title.as_str(), state.quests[0].objectives[0].target), ("Rats in the Cellar", 3));
    let again = call_in(&state, &world(), "start_quest", json!({ "quest": "Rats in the Cellar" }), 1);
    assert_eq!(reason(&again), "The party already took on “Rats in the Cellar”.");
    assert_refused(
        "start_quest",
        &[
            (json!({ "quest": "Dragons" }), "On offer is Rats in the Cellar."),
            (
                json!({ "quest": "The Smugglers" }),
                "No quest called “The Smugglers” is on offer. On offer is Rats in the Cellar.",
            ),
            (json!({ "quest": SECRET_QUEST.to_string() }), "is on offer"),
        ],
    );
}

#[test]
fn objectives_advance_to_their_target_and_the_last_one_brings_the_rewards() {
    let state = started();
    let outcome = advance(&state, json!({ "quest": "rats", "objective": "a" }));
    assert_eq!(
        outcome.answer,
        json!({ "ok": true, "objective": "Drive out the rats", "progress": 1, "target": 3, "completed": false })
    );
    let state = after(&state, &outcome);
    let outcome =
        advance(&state, json!({ "quest": RATS.to_string(), "objective": "drive out the rats", "amount": "900" }));
    assert_eq!(effects(&outcome), [Effect::QuestAdvanced { quest_id: RATS, objective_id: "a".into(), progress: 3 }]);
    let state = after(&state, &outcome);
    let done = advance(&state, json!({ "quest": "rats", "objective": "a" }));
    assert_eq!(reason(&done), "“Drive out the rats” is already done. Open is b (Tell Brom).");

    let outcome = advance(&state, json!({ "quest": "rats" }));
    let gain = |item_id, name: &str, quantity| Effect::ItemGained {
        character_id: MIRA,
        item_id,
        name: name.into(),
        quantity,
        usable: false,
        found_at: None,
    };
    assert_eq!(
        effects(&outcome),
        [
            Effect::QuestAdvanced { quest_id: RATS, objective_id: "b".into(), progress: 1 },
            Effect::QuestCompleted { quest_id: RATS },
            Effect::ExperienceGained { character_id: MIRA, amount: 100 },
            Effect::ExperienceGained { character_id: TAM, amount: 100 },
            gain(None, "Gold", 15),
            gain(Some(RING), "Ring of Sparks", 1),
        ]
    );
    assert_eq!(outcome.answer["completed"], true);
    let state = after(&state, &outcome);
    assert_eq!(state.member(TAM).unwrap().level, 2);
    assert!(reason(&advance(&state, json!({ "quest": "rats" }))).contains("Active is none."));
}

#[test]
fn invalid_advances_are_refused() {
    let state = started();
    for (arguments, part) in [
        (json!({ "quest": "Dragons" }), "Active is Rats in the Cellar."),
        (json!({ "quest": "rats" }), "Say which objective: a (Drive out the rats) or b (Tell Brom)."),
        (json!({ "quest": "rats", "objective": "dance" }), "Open is a (Drive out the rats) or b (Tell Brom)."),
        (json!({ "quest": "rats", "objective": "a", "amount": 0 }), "at least 1"),
        (json!({ "quest": "rats", "objective": "a", "amount": "some" }), "whole number"),
    ] {
        let outcome = advance(&state, arguments.clone());
        assert!(reason(&outcome).contains(part), "{arguments}: {}", reason(&outcome));
    }
    assert!(reason(&call("advance_quest", json!({ "quest": "rats" }))).contains("Active is none."));
}

#[test]
fn an_objective_with_a_place_is_met_there_or_inside_it_only() {
    let mut elsewhere = world();
    elsewhere.place = Some(Place { id: CELLAR, name: "Cellar".into(), ..Place::default() });
    let step = json!({ "quest": "rats", "objective": "b" });
    let outcome = call_in(&started(), &elsewhere, "advance_quest", step.clone(), 1);
    assert!(reason(&outcome).contains("is not done at Cellar"));
    assert!(advance(&started(), step).ok());
}
