use proptest::prelude::*;
use serde_json::json;
use skald_kernel::{
    CampaignId, EntityId, FactId,
    scene::{SceneFact, SceneObjective, ScenePerson, ScenePlace, SceneQuest, SceneThing},
};
use uuid::Uuid;

use super::*;

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

fn thing(n: u128, name: &str) -> SceneThing {
    SceneThing { id: id(n), name: name.into(), summary: format!("About {name}.") }
}

fn person(n: u128, name: &str, health: i32) -> ScenePerson {
    ScenePerson { id: id(n), name: name.into(), health, max_health: 10, ..ScenePerson::default() }
}

fn mill() -> Scene {
    Scene {
        work: None,
        player_text: "I open the hatch.".into(),
        acting: Some(id(1)),
        party: vec![ScenePerson { inventory: vec!["rope".into(), "lamp".into()], ..person(1, "Mira", 7) }],
        place: Some(ScenePlace {
            id: id(2),
            name: "Old Mill".into(),
            summary: "A mill without a wheel.".into(),
            body: "Flour dust hangs in the air.".into(),
            environment: "ruin".into(),
            exits: vec![thing(3, "River path")],
        }),
        people: vec![ScenePerson { voice: "slow, kindly".into(), ..person(4, "Osk", 0) }],
        items: vec![thing(5, "Iron key")],
        quests: vec![SceneQuest {
            id: id(6),
            title: "The Missing Miller".into(),
            status: "active".into(),
            objectives: vec![SceneObjective {
                id: "a".into(),
                text: "Find the miller".into(),
                target: 1,
                ..Default::default()
            }],
            ..SceneQuest::default()
        }],
        facts: (1..=3).map(|n| SceneFact { id: id(100 + n), text: format!("Fact number {n} is known.") }).collect(),
        recent: Vec::new(),
    }
}

fn turn(n: u128, speaker: &str, is_master: bool, text: &str) -> Turn {
    Turn { entry: id(200 + n), speaker: speaker.into(), text: text.into(), is_master }
}

fn input(scene: Scene, turns: Vec<Turn>, budget_tokens: u64) -> ContextInput {
    let viewer = Viewer::characters(id::<CampaignId>(9), vec![id(1)]);
    ContextInput { viewer, campaign_name: "The Vale".into(), scene, turns, budget_tokens }
}

fn tool() -> ToolSpec {
    ToolSpec { name: "search".into(), description: "Looks around.".into(), parameters: json!({"type": "object"}) }
}

fn text(message: &Message) -> &str {
    match message {
        Message::System { text } | Message::User { text, .. } | Message::Assistant { text, .. } => text,
        Message::Tool { content, .. } => content,
    }
}

#[test]
fn the_system_message_lists_the_scene_and_nothing_is_left_undefined() {
    let prompt = build(input(mill(), vec![], 10_000), &[tool()]).unwrap();
    let system = text(&prompt.messages[0]);
    let scene = &system[system.find("# Place").unwrap()..];
    assert_eq!(
        scene,
        "# Place: Old Mill (ruin)\nA mill without a wheel.\nFlour dust hangs in the air.\nWays out:\n- River path: About \
         River path.\n\n# People and creatures here\n- Osk (health 0 of 10, down) Speaks: slow, kindly\n\n# Things in \
         sight\n- Iron key: About Iron key.\n\n# The party\n- Mira (health 7 of 10) Carries: rope, lamp.\n\n# Quests\n- The \
         Missing Miller (active)\n  - a. Find the miller (0 of 1)\n\n# What the party knows\n- Fact number 1 is known.\n- \
         Fact number 2 is known.\n- Fact number 3 is known."
    );
    let empty = build(input(Scene::default(), vec![], 0), &[]).unwrap();
    assert!(text(&empty.messages[0]).contains("nowhere in particular"));
}

#[test]
fn turns_alternate_people_speak_first_and_the_player_last() {
    let turns = vec![
        turn(1, "Game master", true, "Rain falls."),
        turn(2, "Mira", false, "I wait."),
        turn(3, "Tam", false, "Me too."),
        turn(4, "Game master", true, "The rain stops."),
        turn(5, "Game master", true, "A bell rings."),
    ];
    let prompt = build(input(mill(), turns, 10_000), &[]).unwrap();
    let sides: Vec<_> = prompt.messages[1..].iter().map(|m| (matches!(m, Message::User { .. }), text(m))).collect();
    assert_eq!(
        sides,
        [
            (true, OPENING),
            (false, "Rain falls."),
            (true, "Mira: I wait.\n\nTam: Me too."),
            (false, "The rain stops.\n\nA bell rings."),
            (true, "Mira: I open the hatch."),
        ]
    );
    assert_eq!(prompt.scene.recent[1], "Mira: I wait.");
}

#[test]
fn the_oldest_turns_go_first_then_facts_then_the_description() {
    let turns = || (1..=4).map(|n| turn(n, "Mira", false, &"word ".repeat(20))).collect::<Vec<_>>();
    let whole = build(input(mill(), turns(), 10_000), &[tool()]).unwrap();
    assert!(whole.receipt.dropped.is_empty());
    let mut order = Vec::new();
    for budget in (0..=whole.receipt.total_tokens()).rev() {
        let prompt = build(input(mill(), turns(), budget), &[tool()]).unwrap();
        let dropped: Vec<_> = prompt.receipt.dropped.iter().map(|d| d.what.clone()).collect();
        for what in dropped {
            if !order.contains(&what) {
                order.push(what);
            }
        }
    }
    let entry = |n: u128| format!("entry:{}", id::<EntryId>(200 + n));
    let fact = |n: u128| format!("fact:{}", id::<FactId>(100 + n));
    let body = format!("body:{}", id::<EntityId>(2));
    assert_eq!(order, [entry(1), entry(2), entry(3), entry(4), fact(3), fact(2), fact(1), body]);
}

#[test]
fn a_player_without_a_character_speaks_plainly_and_silence_means_go_on() {
    let said = |acting, text_: &str| {
        let scene = Scene { acting, player_text: text_.into(), ..mill() };
        text(build(input(scene, vec![], 10_000), &[]).unwrap().messages.last().unwrap()).to_owned()
    };
    assert_eq!(said(None, "Hello?"), "Hello?");
    assert_eq!(said(Some(id(77)), "Hello?"), "Hello?");
    assert_eq!(said(Some(id(1)), " "), GO_ON);
}

#[test]
fn the_receipt_says_whose_eyes_and_which_templates() {
    let receipt = build(input(mill(), vec![], 10_000), &[]).unwrap().receipt;
    assert_eq!(receipt.viewer, ReceiptViewer { gm: false, characters: vec![id(1)] });
    assert_eq!(receipt.prompt_version, version(&[Template::NarrateSystem, Template::NarrateScene]));
}

prop_compose! {
    /// Names that are no part of each other or of the templates, so that finding one means it was told.
    fn scenes()(
        body in "[a-zé ]{0,300}",
        facts in 0_u128..12,
        people in 0_u128..6,
        exits in 0_u128..4,
        player in "[ -~]{0,200}",
    ) -> Scene {
        let mut scene = mill();
        scene.player_text = player;
        scene.facts = (0..facts).map(|n| SceneFact { id: id(1000 + n), text: format!("<fact {n}>") }).collect();
        scene.people = (0..people).map(|n| person(2000 + n, &format!("<person {n}>"), 3)).collect();
        if let Some(place) = &mut scene.place {
            place.body = body;
            place.exits = (0..exits).map(|n| thing(3000 + n, &format!("<exit {n}>"))).collect();
        }
        scene
    }
}

prop_compose! {
    fn timelines()(turns in prop::collection::vec((any::<bool>(), "[a-z ]{0,120}"), 0..12)) -> Vec<Turn> {
        let turns = turns.into_iter().enumerate();
        turns.map(|(n, (master, text))| turn(n as u128, "Tam", master, &format!("<turn {n}> {text}"))).collect()
    }
}

proptest! {
    #[test]
    fn a_prompt_is_within_its_budget_unless_what_always_stays_is_over(
        scene in scenes(), turns in timelines(), budget in 0_u64..2500, tools in any::<bool>(),
    ) {
        let tools = if tools { vec![tool()] } else { vec![] };
        let prompt = build(input(scene, turns, budget), &tools).unwrap();
        let total = prompt.receipt.total_tokens();
        let nothing_left = prompt.receipt.entry_ids.is_empty()
            && prompt.receipt.fact_ids.is_empty()
            && prompt.scene.place.as_ref().is_none_or(|place| place.body.is_empty());
        prop_assert!(total <= budget || nothing_left, "{total} of {budget}");
        let sent: usize = prompt.messages.iter().map(|m| text(m).chars().count()).sum();
        prop_assert!(sent.div_ceil(4) as u64 + estimate_tools(&tools) <= total, "{sent} characters, {total} tokens");
    }

    #[test]
    fn the_players_text_is_always_the_end_of_the_last_message(
        scene in scenes(), turns in timelines(), budget in 0_u64..1500,
    ) {
        let said = player_line(&scene);
        let typed = scene.player_text.trim().to_owned();
        let prompt = build(input(scene, turns, budget), &[]).unwrap();
        let last = prompt.messages.last().unwrap();
        prop_assert!(matches!(last, Message::User { .. }), "the game master speaks last");
        prop_assert!(text(last).ends_with(&said) && said.contains(&typed));
    }

    #[test]
    fn people_and_master_alternate(scene in scenes(), turns in timelines(), budget in 0_u64..2500) {
        let prompt = build(input(scene, turns, budget), &[]).unwrap();
        prop_assert!(matches!(prompt.messages[0], Message::System { .. }), "no rules");
        for (index, message) in prompt.messages[1..].iter().enumerate() {
            prop_assert_eq!(matches!(message, Message::User { .. }), index % 2 == 0);
        }
    }

    #[test]
    fn the_receipt_lists_exactly_what_is_in_the_text(
        scene in scenes(), turns in timelines(), budget in 0_u64..2500,
    ) {
        let prompt = build(input(scene.clone(), turns.clone(), budget), &[]).unwrap();
        let all: String = prompt.messages.iter().map(text).collect();
        let receipt = &prompt.receipt;
        for fact in &scene.facts {
            prop_assert_eq!(all.contains(&fact.text), receipt.fact_ids.contains(&fact.id));
            prop_assert_eq!(prompt.scene.facts.contains(fact), receipt.fact_ids.contains(&fact.id));
        }
        for turn in &turns {
            let told = receipt.entry_ids.contains(&turn.entry);
            let word = format!("<turn {}>", turn.entry.0.as_u128() - 200);
            prop_assert_eq!(all.contains(&word), told);
            prop_assert_eq!(prompt.scene.recent.iter().any(|line| line.contains(&word)), told);
        }
        for person in &scene.people {
            prop_assert!(all.contains(&person.name) && receipt.entity_ids.contains(&person.id));
        }
        let place = scene.place.unwrap();
        let body_dropped = receipt.dropped.iter().any(|d| d.what == format!("body:{}", place.id));
        prop_assert_eq!(prompt.scene.place.unwrap().body != place.body, body_dropped);
        let named = scene.people.len() + place.exits.len() + 4;
        prop_assert_eq!(receipt.entity_ids.len(), named);
        let dropped = receipt.dropped.len() - usize::from(body_dropped);
        prop_assert_eq!(receipt.fact_ids.len() + receipt.entry_ids.len() + dropped, scene.facts.len() + turns.len());
    }
}
