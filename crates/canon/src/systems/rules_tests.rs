use proptest::prelude::*;
use serde_json::json;

use super::*;

fn system(schema: Value) -> SystemIn {
    let schema = schema.as_object().expect("an object").clone();
    SystemIn { key: "own".into(), name: "Own".into(), schema, ui: Default::default() }
}

#[test]
fn what_is_shipped_would_be_taken_from_a_campaign_too() {
    for shipped in shipped().expect("systems") {
        let known = shipped.schema["properties"].as_object().expect("properties").clone();
        let groups = shipped.ui.groups.clone();
        assert!(
            groups.iter().flat_map(|group| &group.fields).all(|field| known.contains_key(field)),
            "{}",
            shipped.key
        );
        let input = SystemIn { key: shipped.key, name: shipped.name, schema: shipped.schema, ui: shipped.ui };
        check(&input).expect("a valid system");
    }
}

#[test]
fn a_schema_that_refers_or_cannot_be_followed_is_refused() {
    let mut deep = json!({});
    for _ in 0..20 {
        deep = json!({ "items": deep });
    }
    for (schema, code) in [
        (json!({ "$ref": "#" }), "reference"),
        (json!({ "properties": { "a": { "$ref": "https://example.org/s.json" } } }), "reference"),
        (json!({ "properties": { "a": { "$dynamicRef": "#a" } } }), "reference"),
        (json!({ "$id": "https://example.org/s.json" }), "reference"),
        (json!({ "$schema": "http://json-schema.org/draft-07/schema#" }), "unknown"),
        (json!({ "type": "colour" }), "schema"),
        (json!({ "pattern": "(" }), "schema"),
        (json!({ "pattern": "(a)\\1" }), "schema"),
        (json!({ "title": "x".repeat(70_000) }), "too_long"),
        (json!({ "title": "\0" }), "nul"),
        (deep, "too_deep"),
    ] {
        let error = check(&system(schema.clone())).expect_err("refused");
        assert_eq!(error.fields()[0].code, code, "{}", schema.to_string().chars().take(80).collect::<String>());
    }
    for key in ["", "Own", "9", "a_b", "a b", &"a".repeat(41)] {
        let input = SystemIn { key: key.into(), ..system(json!({})) };
        assert_eq!(check(&input).expect_err("refused").fields()[0].field, "key", "{key}");
    }
}

#[test]
fn a_problem_names_its_place_in_the_sheet() {
    let d20 = &shipped().expect("systems")[0];
    let sheet = json!({ "level": "three", "abilities": { "strength": 31 }, "skills": { "a/b": 99 }, "homebrew": true });
    let mut found: Vec<(String, String)> =
        problems(&d20.schema, &sheet).expect("problems").into_iter().map(|p| (p.field, p.code)).collect();
    found.sort();
    let expected = [
        ("fields.sheet.abilities.strength", "maximum"),
        ("fields.sheet.level", "type"),
        ("fields.sheet.skills.a/b", "maximum"),
    ];
    assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    assert_eq!(problems(&d20.schema, &json!({})).expect("problems"), []);
}

proptest! {
    #[test]
    fn what_a_schema_does_not_name_is_never_a_problem(key in "[a-z]{12,20}", text in ".{0,40}") {
        for system in shipped().expect("systems") {
            prop_assert_eq!(problems(&system.schema, &json!({ key.clone(): text.clone() })).expect("problems"), vec![]);
        }
    }
}
