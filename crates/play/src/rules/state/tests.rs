//! What every effect does to the state, and what holds whatever effects come.

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::rules::ObjectiveSet;

fn id(n: u128) -> EntityId {
    EntityId(Uuid::from_u128(n))
}

fn fact(n: u128) -> FactId {
    FactId(Uuid::from_u128(n))
}

fn joined(n: u128, name: &str, health: i32) -> Effect {
    let sheet = Sheet { health, max_health: 10, ..Sheet::default() };
    Effect::CharacterJoined { character_id: id(n), name: name.into(), sheet }
}

fn damage(n: u128, amount: u32) -> Effect {
    Effect::Damage { character_id: id(n), amount, name: None, max_health: None }
}

fn heal(n: u128, amount: u32) -> Effect {
    Effect::Heal { character_id: id(n), amount, name: None, max_health: None }
}

fn gained(n: u128, item: Option<u128>, name: &str, quantity: u32) -> Effect {
    let item_id = item.map(id);
    Effect::ItemGained { character_id: id(n), item_id, name: name.into(), quantity, usable: false, found_at: None }
}

#[test]
fn damage_stops_at_nothing_and_puts_down_and_healing_stops_at_the_most() {
    let mut state = GameState::fold([joined(1, "Mira", 10), damage(1, 4)]);
    assert_eq!(state.health_of(id(1)), Some((6, 10)));
    state.apply(&damage(1, u32::MAX));
    assert_eq!((state.party[0].health, state.party[0].conditions.as_slice()), (0, &[DOWN.to_owned()][..]));
    state.apply(&heal(1, 3));
    assert_eq!((state.party[0].health, state.party[0].conditions.len()), (3, 0));
    state.apply(&heal(1, u32::MAX));
    assert_eq!(state.party[0].health, 10);
}

#[test]
fn others_are_known_from_their_first_wound_and_stay_beaten() {
    let wound = |amount| Effect::Damage { character_id: id(9), amount, name: Some("Rat".into()), max_health: Some(4) };
    let mut state = GameState::fold([damage(9, 3), wound(3)]);
    assert_eq!((state.health_of(id(9)), state.name_of(id(9))), (Some((1, 4)), Some("Rat")));
    state.apply(&damage(9, 1));
    state.apply(&heal(9, 2));
    assert_eq!((state.others[0].health, state.others[0].beaten), (2, true));
}

#[test]
fn who_comes_back_comes_back_as_it_went() {
    let left = Effect::CharacterLeft { character_id: id(1) };
    let mut state = GameState::fold([joined(1, "Mira", 10), joined(1, "Mira", 3), damage(1, 4), left]);
    assert!(state.party.is_empty());
    state.apply(&damage(1, 1));
    state.apply(&joined(1, "Mira", 10));
    assert_eq!((state.party.len(), state.health_of(id(1))), (1, Some((6, 10))));
}

#[test]
fn like_things_are_one_line_and_the_last_one_ends_it() {
    let mut state = GameState::fold([
        joined(1, "Mira", 10),
        gained(1, None, "Healing Potion", 1),
        gained(1, Some(5), "healing potion", 2),
    ]);
    let line = &state.party[0].inventory[0];
    assert_eq!((line.quantity, line.item_id, state.party[0].inventory.len()), (3, Some(id(5)), 1));
    let lost = Effect::ItemLost { character_id: id(1), item_id: None, name: "the healing potion".into(), quantity: 9 };
    state.apply(&lost);
    assert!(state.party[0].inventory.is_empty());
}

#[test]
fn what_is_taken_from_a_place_is_counted() {
    let take = Effect::ItemGained {
        character_id: id(1),
        item_id: Some(id(5)),
        name: "Coin".into(),
        quantity: 2,
        usable: false,
        found_at: Some(id(7)),
    };
    let state = GameState::fold([joined(1, "Mira", 10), take.clone(), take, gained(1, Some(6), "Ring", 1)]);
    assert_eq!((state.taken(id(5)), state.taken(id(6))), (4, 0));
}

#[test]
fn a_quest_starts_advances_and_completes() {
    let objectives = vec![ObjectiveSet { id: "a".into(), text: "Catch rats".into(), target: 3 }];
    let start = Effect::QuestStarted { quest_id: id(3), title: "Rats".into(), objectives };
    let advance = Effect::QuestAdvanced { quest_id: id(3), objective_id: "a".into(), progress: 9 };
    let mut state = GameState::fold([&start, &advance, &start, &advance]);
    assert_eq!((state.quests.len(), state.quests[0].objectives[0].progress), (1, 3));
    assert_eq!(state.quests[0].status, QuestStatus::Active);
    state.apply(&Effect::QuestCompleted { quest_id: id(3) });
    assert_eq!(state.quests[0].status, QuestStatus::Completed);
}

#[test]
fn experience_raises_level_and_health() {
    assert_eq!([0, 99, 100, 399, 400, 900, u32::MAX].map(level_for), [1, 1, 2, 2, 3, 4, 20]);
    let mut state = GameState::fold([joined(1, "Mira", 10), damage(1, 3)]);
    state.apply(&Effect::ExperienceGained { character_id: id(1), amount: 400 });
    let mira = &state.party[0];
    assert_eq!((mira.level, mira.health, mira.max_health), (3, 17, 20));
}

#[test]
fn the_party_moves_and_finds_things_out_once() {
    let clue = Effect::ClueFound { fact_id: fact(1), text: "The well is dry".into() };
    let moved = Effect::Moved { location_id: id(7), location_name: "Cellar".into() };
    let state = GameState::fold([&clue, &moved, &clue]);
    assert_eq!((state.clues.len(), state.location.unwrap().name.as_str()), (1, "Cellar"));
}

#[test]
fn summaries_name_who_and_what() {
    let start = Effect::QuestStarted {
        quest_id: id(3),
        title: "Rats".into(),
        objectives: vec![ObjectiveSet { id: "a".into(), text: "Catch rats".into(), target: 3 }],
    };
    let state = GameState::fold([joined(1, "Mira", 10), start]);
    let rat = Effect::Damage { character_id: id(9), amount: 5, name: Some("Rat".into()), max_health: Some(4) };
    for (effect, sentence) in [
        (damage(1, 3), "Mira takes 3 damage"),
        (damage(1, 10), "Mira takes 10 damage and goes down"),
        (rat, "Rat takes 5 damage and goes down"),
        (damage(8, 2), "Someone takes 2 damage"),
        (heal(1, 2), "Mira regains 2 health"),
        (gained(1, None, "Rope", 1), "Mira gains Rope"),
        (gained(1, None, "Torch", 3), "Mira gains 3 × Torch"),
        (Effect::QuestAdvanced { quest_id: id(3), objective_id: "a".into(), progress: 2 }, "Rats: Catch rats (2/3)"),
        (Effect::QuestCompleted { quest_id: id(3) }, "Quest completed: Rats"),
        (Effect::Moved { location_id: id(7), location_name: "Cellar".into() }, "The party goes to Cellar"),
        (Effect::ExperienceGained { character_id: id(1), amount: 50 }, "Mira gains 50 experience"),
        (Effect::CharacterLeft { character_id: id(1) }, "Mira leaves the party"),
    ] {
        assert_eq!(effect.summary(&state), sentence);
    }
}

#[test]
fn stored_effects_are_read_with_fields_missing_or_unknown_and_newer_ones_passed_over() {
    let mira = id(1).to_string();
    let read = Effect::read(&json!({ "type": "damage", "character_id": mira, "amount": 3, "element": "fire" }));
    assert_eq!(read, Some(damage(1, 3)));
    let joined = Effect::read(
        &json!({ "type": "character_joined", "character_id": mira, "name": "Mira", "sheet": { "level": 2 } }),
    );
    assert_eq!(GameState::fold(joined).party[0].level, 2);
    assert_eq!(Effect::read(&json!({ "type": "blessed", "character_id": mira })), None);
    assert_eq!(
        serde_json::to_value(damage(1, 3)).unwrap(),
        json!({ "type": "damage", "character_id": mira, "amount": 3 })
    );
}

fn effects() -> impl Strategy<Value = Vec<Effect>> {
    let who = || (0..4_u128).prop_map(id);
    let amount = || prop_oneof![0..30_u32, Just(u32::MAX)];
    let name = || prop_oneof![Just("Rope".to_owned()), Just("the rope".to_owned()), Just("Potion".to_owned())];
    let item = || proptest::option::of((0..3_u128).prop_map(id));
    let max = || proptest::option::of(prop_oneof![-5..40_i32, Just(i32::MAX)]);
    let sheet = (any::<i32>(), any::<i32>(), any::<i32>(), 0..30_u32, any::<u32>(), any::<i32>()).prop_map(
        |(health, max_health, mana, level, experience, constitution)| Sheet {
            health,
            max_health,
            mana,
            level,
            experience,
            abilities: Abilities { constitution, ..Abilities::default() },
            inventory: vec![Carried { name: "Rope".into(), quantity: level, ..Carried::default() }],
            ..Sheet::default()
        },
    );
    let objective = || prop_oneof![Just("a".to_owned()), Just("b".to_owned())];
    let one = prop_oneof![
        (who(), sheet).prop_map(|(character_id, sheet)| Effect::CharacterJoined {
            character_id,
            name: "N".into(),
            sheet
        }),
        who().prop_map(|character_id| Effect::CharacterLeft { character_id }),
        (who(), amount(), max()).prop_map(|(character_id, amount, max_health)| Effect::Damage {
            character_id,
            amount,
            name: None,
            max_health
        }),
        (who(), amount(), max()).prop_map(|(character_id, amount, max_health)| Effect::Heal {
            character_id,
            amount,
            name: None,
            max_health
        }),
        (who(), item(), name(), amount(), any::<bool>(), item()).prop_map(
            |(character_id, item_id, name, quantity, usable, found_at)| Effect::ItemGained {
                character_id,
                item_id,
                name,
                quantity,
                usable,
                found_at
            }
        ),
        (who(), item(), name(), amount()).prop_map(|(character_id, item_id, name, quantity)| Effect::ItemLost {
            character_id,
            item_id,
            name,
            quantity
        }),
        (who(), objective(), 0..4_u32).prop_map(|(quest_id, id, target)| Effect::QuestStarted {
            quest_id,
            title: "Q".into(),
            objectives: vec![ObjectiveSet { id, text: String::new(), target }]
        }),
        (who(), objective(), amount()).prop_map(|(quest_id, objective_id, progress)| Effect::QuestAdvanced {
            quest_id,
            objective_id,
            progress
        }),
        who().prop_map(|quest_id| Effect::QuestCompleted { quest_id }),
        who().prop_map(|location_id| Effect::Moved { location_id, location_name: "L".into() }),
        (0..4_u128).prop_map(|n| Effect::ClueFound { fact_id: fact(n), text: String::new() }),
        (who(), amount()).prop_map(|(character_id, amount)| Effect::ExperienceGained { character_id, amount }),
    ];
    proptest::collection::vec(one, 0..40)
}

fn assert_sound(state: &GameState) {
    let all: Vec<_> = state.party.iter().chain(&state.away).collect();
    for (i, m) in all.iter().enumerate() {
        assert!(m.max_health >= 1 && (0..=m.max_health).contains(&m.health), "{m:?}");
        assert!((0..=m.max_mana).contains(&m.mana) && (1..=MAX_LEVEL).contains(&m.level), "{m:?}");
        assert_eq!(m.conditions.iter().filter(|c| *c == DOWN).count(), usize::from(m.health == 0), "{m:?}");
        assert!(m.inventory.iter().all(|c| (1..=MAX_QUANTITY).contains(&c.quantity)), "{m:?}");
        assert!(all[..i].iter().all(|other| other.character_id != m.character_id), "{m:?} twice");
    }
    assert!(state.others.iter().all(|o| (0..=o.max_health).contains(&o.health) && (o.health > 0 || o.beaten)));
    assert!(state.quests.iter().flat_map(|q| &q.objectives).all(|o| o.target >= 1 && o.progress <= o.target));
}

proptest! {
    #[test]
    fn any_effects_leave_a_sound_state(effects in effects()) {
        let mut state = GameState::default();
        for effect in &effects {
            state.apply(effect);
            assert_sound(&state);
            prop_assert!(!effect.summary(&state).is_empty());
        }
        let stored = serde_json::to_value(&state).unwrap();
        prop_assert_eq!(serde_json::from_value::<GameState>(stored).unwrap(), state);
    }

    #[test]
    fn folding_on_is_folding_the_whole(effects in effects(), cut in 0..40_usize) {
        let cut = cut.min(effects.len());
        let mut state = GameState::fold(&effects[..cut]);
        effects[cut..].iter().for_each(|e| state.apply(e));
        prop_assert_eq!(state, GameState::fold(&effects));
    }

    #[test]
    fn what_is_said_to_be_the_same_applied_twice_is(effects in effects()) {
        let mut state = GameState::default();
        for effect in &effects {
            state.apply(effect);
            let adds_up = matches!(
                effect,
                Effect::Damage { .. }
                    | Effect::Heal { .. }
                    | Effect::ItemGained { .. }
                    | Effect::ItemLost { .. }
                    | Effect::ExperienceGained { .. }
            );
            if !adds_up {
                let once = state.clone();
                state.apply(effect);
                prop_assert_eq!(&state, &once);
            }
        }
    }

    #[test]
    fn effects_are_read_as_they_were_written(effects in effects()) {
        for effect in effects {
            prop_assert_eq!(Effect::read(&serde_json::to_value(&effect).unwrap()), Some(effect));
        }
    }
}
