//! Tests through the door: requests in, answers out, with a small made-up scene.

mod fuzz;
mod intents;
mod play;

use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use skald_kernel::{
    EntityId,
    model::{Completion, Delta, Message, ModelRequest, Privacy, Provider, Sampling, Task, Timeouts, ToolSpec, collect},
    scene::{Scene, SceneFact, SceneObjective, ScenePerson, ScenePlace, SceneQuest, SceneThing},
};

use crate::Oracle;

pub(crate) fn id(n: u32) -> EntityId {
    format!("01890000-0000-7000-8000-{n:012}").parse().unwrap()
}

fn thing(n: u32, name: &str) -> SceneThing {
    SceneThing { id: id(n), name: name.into(), summary: String::new() }
}

fn person(n: u32, name: &str, subtype: &str, summary: &str, health: i32, max_health: i32) -> ScenePerson {
    ScenePerson {
        id: id(n),
        name: name.into(),
        subtype: subtype.into(),
        summary: summary.into(),
        health,
        max_health,
        ..ScenePerson::default()
    }
}

/// A ruined chapel with a hermit, a sword in plain sight, two ways out, and a quest of each status.
pub(crate) fn chapel(text: &str) -> Scene {
    let mut mira = person(1, "Mira", "pc", "A ranger", 8, 12);
    mira.inventory = vec!["Healing Potion".into(), "Rope".into()];
    let mut hermit = person(10, "Old Tamsin", "npc", "The hermit who keeps the chapel", 0, 0);
    hermit.voice = "gruff and short".into();
    let objective =
        |id: &str, text: &str, at| SceneObjective { id: id.into(), text: text.into(), progress: 0, target: 1, at };
    Scene {
        work: None,
        player_text: text.into(),
        acting: Some(id(1)),
        party: vec![mira, person(2, "Joss", "pc", "A cook", 3, 10)],
        place: Some(ScenePlace {
            id: id(20),
            name: "the Ruined Chapel".into(),
            summary: "A roofless chapel above the marsh.".into(),
            environment: "ruin".into(),
            exits: vec![thing(21, "Hollow Village"), thing(22, "The Old Mill")],
            ..ScenePlace::default()
        }),
        people: vec![hermit],
        items: vec![thing(30, "Rusted Sword")],
        quests: vec![
            SceneQuest {
                id: id(40),
                title: "The Missing Bell".into(),
                status: "active".into(),
                objectives: vec![
                    objective("a", "Find tracks at the ruined chapel", Some(id(20))),
                    objective("b", "Recover the bell from the mill", Some(id(22))),
                ],
                ..SceneQuest::default()
            },
            SceneQuest {
                id: id(41),
                title: "A Light in the Marsh".into(),
                summary: "Someone must watch the marsh for a night.".into(),
                status: "offered".into(),
                giver: Some(id(10)),
                ..SceneQuest::default()
            },
        ],
        facts: vec![
            SceneFact { text: "The bell was cast in the year of the flood.".into(), ..SceneFact::default() },
            SceneFact { text: "Old Tamsin lost a brother to the marsh".into(), ..SceneFact::default() },
        ],
        recent: vec!["You arrive at the chapel.".into()],
    }
}

/// The same chapel with a wolf in it.
pub(crate) fn wolf(text: &str) -> Scene {
    let mut scene = chapel(text);
    scene.people.push(person(11, "Grey Wolf", "creature", "A starved wolf", 9, 9));
    scene
}

const TOOLS: &[&str] = &[
    "ability_check",
    "search",
    "damage",
    "heal",
    "give_item",
    "use_item",
    "start_quest",
    "advance_quest",
    "move_party",
];

pub(crate) fn request(scene: Option<Scene>, seed: u64) -> ModelRequest {
    let tools =
        TOOLS.iter().map(|name| ToolSpec { name: (*name).into(), description: String::new(), parameters: json!({}) });
    ModelRequest {
        task: Task::Narrate,
        model: crate::MODEL.into(),
        messages: vec![
            Message::System { text: "Be a game master.".into() },
            Message::user(scene.as_ref().map(|scene| scene.player_text.clone()).unwrap_or_default()),
        ],
        tools: tools.collect(),
        schema: None,
        sampling: Sampling::default(),
        seed: Some(seed),
        privacy: Privacy::LocalOnly,
        timeouts: Timeouts::default(),
        scene: scene.map(Box::new),
    }
}

/// Without a pace the oracle never waits, so its answers need no runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("an oracle without a pace answers at once")
}

pub(crate) fn deltas(request: &ModelRequest) -> Vec<Delta> {
    block_on(async {
        let stream = Oracle::new().stream(request.clone()).await.unwrap();
        stream.map(|delta| delta.unwrap()).collect::<Vec<_>>().await
    })
}

pub(crate) fn answer(request: &ModelRequest) -> Completion {
    block_on(async { collect(Oracle::new().stream(request.clone()).await.unwrap()).await.unwrap() })
}

/// One whole answer: every step, with the tools played by a function of tool and arguments.
pub(crate) fn play(scene: Scene, seed: u64, engine: impl Fn(&str, &Value) -> Value) -> Vec<Completion> {
    let mut request = request(Some(scene), seed);
    let mut steps: Vec<Completion> = Vec::new();
    loop {
        let step = answer(&request);
        request.messages.push(Message::Assistant { text: step.text.clone(), tool_calls: step.tool_calls.clone() });
        for call in &step.tool_calls {
            let args: Value = serde_json::from_str(&call.arguments).expect("the oracle writes JSON");
            let content = engine(&call.name, &args).to_string();
            request.messages.push(Message::Tool { call_id: call.id.clone(), name: call.name.clone(), content });
        }
        let over = step.tool_calls.is_empty();
        steps.push(step);
        if over {
            return steps;
        }
        assert!(steps.len() < 10, "an answer ends");
    }
}

/// The tools called in an answer, in order.
pub(crate) fn tools(steps: &[Completion]) -> Vec<String> {
    steps.iter().flat_map(|step| step.tool_calls.iter().map(|call| call.name.clone())).collect()
}

/// All text of an answer.
pub(crate) fn text(steps: &[Completion]) -> String {
    steps.iter().map(|step| step.text.as_str()).collect::<Vec<_>>().join("\n\n")
}

/// An engine where everything works.
pub(crate) fn kind_engine(tool: &str, args: &Value) -> Value {
    match tool {
        "search" => {
            json!({"ok": true, "success": true, "total": 15, "difficulty": 12, "clue": "Cart tracks lead to the mill", "item": null})
        }
        "ability_check" => {
            json!({"ok": true, "success": true, "total": 15, "difficulty": args["difficulty"], "margin": 3})
        }
        "damage" => json!({"ok": true, "amount": 4, "health": 5, "max_health": 9}),
        "heal" => json!({"ok": true, "amount": 3, "health": 11, "max_health": 12}),
        "use_item" => json!({"ok": true, "effect": "heals 5"}),
        "move_party" => json!({"ok": true, "location": "Hollow Village", "summary": "A village in a dip of the land"}),
        _ => json!({"ok": true}),
    }
}
