//! Every tool, valid and refused, on one small world: an inn with a cellar, a rat, a quest and something hidden.

mod calls;
mod health;
mod places;
mod quests;
mod things;

use serde_json::{Value, json};
use skald_kernel::{EntityId, FactId, model::ToolCall};

use super::*;
use crate::{
    dice::Dice,
    rules::{
        sheet::Sheet,
        world::{CatalogueItem, Exit, ItemUse, Lying, Objective, Place, Quest, Rewards, Secret},
    },
};

const MIRA: EntityId = id(1);
const TAM: EntityId = id(2);
const BROM: EntityId = id(3);
const RAT: EntityId = id(4);
const INN: EntityId = id(10);
const TOWN: EntityId = id(11);
const CELLAR: EntityId = id(12);
const POTION: EntityId = id(20);
const LANTERN: EntityId = id(21);
const COIN: EntityId = id(22);
const KEY: EntityId = id(23);
const RING: EntityId = id(24);
const RATS: EntityId = id(30);
const SECRET_QUEST: EntityId = id(31);

const fn id(n: u128) -> EntityId {
    EntityId(uuid::Uuid::from_u128(0x0190_d5f0_0000_7000_8000_0000_0000_0000 + n))
}

const fn fact(n: u128) -> FactId {
    FactId(id(n).0)
}

fn joined(character_id: EntityId, name: &str) -> Effect {
    let sheet =
        json!({ "max_health": 12, "abilities": { "wisdom": 14 }, "inventory": ["Healing Potion", "Silver Flute"] });
    let mut sheet = Sheet::read(&sheet);
    crate::rules::world::resolve_inventory(&mut sheet, &world().catalogue);
    Effect::CharacterJoined { character_id, name: name.into(), sheet }
}

fn hurt(character_id: EntityId, amount: u32) -> Effect {
    Effect::Damage { character_id, amount, name: None, max_health: None }
}

/// Mira and Tam at the inn, and what else happened.
fn state(more: impl IntoIterator<Item = Effect>) -> GameState {
    let moved = Effect::Moved { location_id: INN, location_name: "The Broken Mug".into() };
    GameState::fold([joined(MIRA, "Míra"), joined(TAM, "Tam the Bold"), moved].into_iter().chain(more))
}

fn world() -> World {
    let lying =
        |id, name: &str, quantity, hidden| Lying { id, name: name.into(), quantity, hidden, ..Lying::default() };
    let item = |id, name: &str, usage| CatalogueItem { id, name: name.into(), usage };
    let step = |id: &str, text: &str, target, at| Objective { id: id.into(), text: text.into(), target, at };
    World {
        place: Some(Place { id: INN, name: "The Broken Mug".into(), summary: "An inn.".into(), within: vec![TOWN] }),
        exits: vec![
            Exit { id: CELLAR, name: "Cellar".into(), summary: "Damp and dark.".into() },
            Exit { id: id(13), name: "Market Square".into(), summary: "Stalls.".into() },
        ],
        people: vec![
            Person { id: BROM, name: "Brom the Innkeeper".into(), subtype: "npc".into(), sheet: None },
            Person {
                id: RAT,
                name: "Giant Rat".into(),
                subtype: "creature".into(),
                sheet: Some(Sheet::read(&json!({ "max_health": 4, "experience_value": 25 }))),
            },
        ],
        items: vec![
            lying(LANTERN, "Lantern", 1, false),
            lying(COIN, "Old Coin", 5, false),
            lying(KEY, "Rusty Key", 1, true),
        ],
        quests: vec![
            Quest {
                id: RATS,
                title: "Rats in the Cellar".into(),
                giver: Some(BROM),
                offered: true,
                objectives: vec![step("a", "Drive out the rats", 3, None), step("b", "Tell Brom", 1, Some(TOWN))],
                rewards: Rewards { experience: 100, gold: 15, items: vec![RING, id(99)] },
            },
            Quest { id: SECRET_QUEST, title: "The Smugglers".into(), ..Quest::default() },
        ],
        secrets: vec![
            Secret { id: fact(40), text: "The floor sounds hollow".into(), find_dc: 8 },
            Secret { id: fact(41), text: "Brom pays the smugglers".into(), find_dc: 14 },
            Secret { id: fact(42), text: "The king is false".into(), find_dc: 29 },
        ],
        catalogue: vec![
            item(POTION, "Healing Potion", ItemUse::Heal(Dice::parse("2d4+2").unwrap())),
            item(RING, "Ring of Sparks", ItemUse::None),
        ],
    }
}

fn call_in(state: &GameState, world: &World, tool: &str, arguments: Value, seed: u64) -> Outcome {
    let call = ToolCall { id: "1".into(), name: tool.into(), arguments: arguments.to_string() };
    apply(&call, state, world, Some(MIRA), seed)
}

/// A call by Mira's player in a fresh game.
fn call(tool: &str, arguments: Value) -> Outcome {
    call_in(&state([]), &world(), tool, arguments, 1)
}

/// The reason of a refusal, after making sure that nothing happened.
fn reason(outcome: &Outcome) -> &str {
    assert_eq!(outcome.answer["ok"], false, "{outcome:?}");
    assert!(outcome.happened.is_empty(), "{outcome:?}");
    outcome.answer["reason"].as_str().unwrap()
}

fn assert_refused(tool: &str, table: &[(Value, &str)]) {
    for (arguments, part) in table {
        let outcome = call(tool, arguments.clone());
        assert!(reason(&outcome).contains(part), "{tool} {arguments}: {}", reason(&outcome));
    }
}

fn effects(outcome: &Outcome) -> Vec<Effect> {
    assert!(outcome.ok(), "{outcome:?}");
    outcome.effects().cloned().collect()
}

fn after(state: &GameState, outcome: &Outcome) -> GameState {
    let mut state = state.clone();
    outcome.effects().for_each(|e| state.apply(e));
    state
}
