//! How calls are read, whatever the tool.

use proptest::prelude::*;

use super::*;

fn raw(name: &str, arguments: &str) -> Outcome {
    let call = ToolCall { id: "1".into(), name: name.into(), arguments: arguments.into() };
    apply(&call, &state([]), &world(), Some(MIRA), 1)
}

#[test]
fn every_tool_is_described_with_a_schema() {
    let names: Vec<_> = specs().into_iter().map(|s| s.name).collect();
    let contract = [
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
    assert_eq!(names, contract);
    for spec in specs() {
        assert_eq!(spec.parameters["type"], "object", "{}", spec.name);
        for required in spec.parameters["required"].as_array().unwrap() {
            assert!(spec.parameters["properties"][required.as_str().unwrap()]["description"].is_string());
        }
    }
}

#[test]
fn an_unknown_tool_is_refused_with_the_known_ones() {
    assert!(reason(&raw("cast_spell", "{}")).starts_with("There is no tool “cast_spell”. Use ability_check, search"));
    assert!(raw(" Search ", "{}").ok());
}

#[test]
fn arguments_that_are_not_an_object_of_known_fields_are_refused() {
    for (arguments, part) in [
        ("not json", "JSON object"),
        ("[1]", "JSON object"),
        ("\"nonsense\"", "JSON object"),
        (r#"{"location":"Cellar","speed":"fast"}"#, "no argument “speed”"),
        ("{}", "needs the argument location"),
        ("", "needs the argument location"),
        (r#"{"location":null}"#, "needs the argument location"),
        (r#"{"location":"  "}"#, "needs the argument location"),
        (r#"{"location":["Cellar"]}"#, "has to be a text"),
        (&format!(r#"{{"location":"{}"}}"#, "x".repeat(9_000)), "too long"),
    ] {
        let outcome = raw("move_party", arguments);
        assert!(reason(&outcome).contains(part), "{arguments}: {}", reason(&outcome));
    }
}

#[test]
fn arguments_are_read_leniently_where_the_meaning_is_plain() {
    for (tool, arguments) in [
        ("move_party", r#"{"location":"the CELLAR","reason":"curious"}"#),
        ("move_party", r#""{\"location\":\"Cellar\"}""#),
        ("move_party", &format!(r#"{{"location":"{CELLAR}"}}"#)),
        ("ability_check", r#"{"character":"mira","ability":"DEX","difficulty":"15"}"#),
        ("ability_check", r#"{"character":"Tam","ability":"Stealth","difficulty":15.0,"advantage":null}"#),
        ("damage", r#"{"target":"rat","amount":2}"#),
    ] {
        assert!(raw(tool, arguments).ok(), "{tool} {arguments}: {:?}", raw(tool, arguments));
    }
}

#[test]
fn without_a_character_the_one_who_acts_is_meant_or_the_only_one() {
    let check = ToolCall {
        id: "1".into(),
        name: "ability_check".into(),
        arguments: r#"{"ability":"wisdom","difficulty":10}"#.into(),
    };
    let outcome = apply(&check, &state([]), &world(), None, 1);
    assert_eq!(reason(&outcome), "Say which character: Míra or Tam the Bold.");
    let alone = state([Effect::CharacterLeft { character_id: MIRA }]);
    assert!(apply(&check, &alone, &world(), None, 1).ok());
    assert!(apply(&check, &alone, &world(), Some(MIRA), 1).ok());
    let nobody = GameState::default();
    assert!(reason(&apply(&check, &nobody, &world(), Some(MIRA), 1)).contains("no character has joined"));
}

#[test]
fn happenings_are_written_with_their_kind() {
    let outcome = call("damage", json!({ "target": "Giant Rat", "amount": "1d4" }));
    let written = serde_json::to_value(&outcome.happened).unwrap();
    assert_eq!(written[0]["roll"]["roll"]["notation"], "1d4");
    assert_eq!(written[1]["effect"]["type"], "damage");
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("Mira".to_owned()),
        Just("Tam".to_owned()),
        Just("Giant Rat".to_owned()),
        Just("Old Coin".to_owned()),
        Just("Healing Potion".to_owned()),
        Just("Rats".to_owned()),
        Just("a".to_owned()),
        Just("Cellar".to_owned()),
        Just("2d6".to_owned()),
        Just("wisdom".to_owned()),
        any::<String>(),
    ]
}

fn calls() -> impl Strategy<Value = (String, Value)> {
    let value = prop_oneof![4 => texts().prop_map(Value::from), 1 => any::<i64>().prop_map(Value::from), 1 => Just(Value::Null)];
    (0..TOOLS.len(), proptest::collection::vec(value, 4)).prop_map(|(tool, values)| {
        let tool = &TOOLS[tool];
        let fields = tool.parameters.iter().map(|p| p.name.to_owned()).zip(values).collect();
        (tool.name.to_owned(), Value::Object(fields))
    })
}

proptest! {
    #[test]
    fn whatever_is_called_is_answered_and_a_refusal_changes_nothing(
        calls in proptest::collection::vec(calls(), 1..12), seed: u64,
    ) {
        let mut state = state([]);
        for (tool, arguments) in calls {
            let outcome = call_in(&state, &world(), &tool, arguments.clone(), seed);
            prop_assert_eq!(&outcome, &call_in(&state, &world(), &tool, arguments, seed));
            prop_assert!(outcome.answer["ok"].is_boolean());
            prop_assert!(outcome.ok() || outcome.happened.is_empty() && outcome.answer["reason"].is_string());
            for effect in outcome.effects() {
                state.apply(effect);
            }
        }
        for (item, most) in [(LANTERN, 1), (COIN, 5), (KEY, 1)] {
            prop_assert!(state.taken(item) <= most);
        }
    }

    #[test]
    fn arguments_of_any_text_never_panic(tool in 0..9_usize, arguments: String) {
        let outcome = raw(TOOLS[tool].name, &arguments);
        prop_assert!(outcome.answer["ok"].is_boolean());
    }
}
