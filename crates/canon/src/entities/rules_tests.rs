//! The rules of entities, without a database.

use serde_json::json;

use super::*;

fn codes(result: Result<()>) -> Vec<(String, String)> {
    result.unwrap_err().fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect()
}

fn id(n: u128) -> EntityId {
    EntityId(Uuid::from_u128(n))
}

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn a_plain_entity_is_valid() {
    assert!(check(&EntityIn::new(EntityKind::Note, "Mill")).is_ok());
}

#[test]
fn all_limits_are_reported_with_their_fields() {
    let mut entity = EntityIn::new(EntityKind::Item, " ");
    entity.summary = "s".repeat(SUMMARY + 1);
    entity.body = "b".repeat(BODY + 1);
    entity.aliases = vec!["a".repeat(NAME + 1)];
    entity.tags = (0..=TAGS).map(|n| n.to_string()).collect();
    entity.subtype = Some(Subtype::Pc);
    entity.parent_id = Some(id(1));
    entity.fields = fields(json!({"big": "x".repeat(FIELDS_BYTES)}));
    let wrong = codes(check(&entity));
    for expected in [
        ("name", "empty"),
        ("summary", "too_long"),
        ("body", "too_long"),
        ("aliases.0", "too_long"),
        ("tags", "too_many"),
        ("subtype", "not_a_character"),
        ("parent_id", "not_a_location"),
        ("fields", "too_long"),
    ] {
        assert!(wrong.contains(&(expected.0.into(), expected.1.into())), "{expected:?} in {wrong:?}");
    }
}

#[test]
fn what_postgresql_cannot_store_is_refused() {
    let mut entity = EntityIn::new(EntityKind::Note, "a\0b");
    entity.fields = fields(json!({"a": [{"b\0": 1}]}));
    assert_eq!(codes(check(&entity)), [("name".into(), "nul".into()), ("fields".into(), "nul".into())]);
}

#[test]
fn exits_are_a_list_of_ids() {
    let mut entity = EntityIn::new(EntityKind::Location, "Mill");
    entity.fields = fields(json!({"exits": "north"}));
    assert_eq!(codes(check(&entity)), [("fields.exits".into(), "wrong_type".into())]);
    entity.fields = fields(json!({"exits": ["north"]}));
    assert_eq!(codes(check(&entity)), [("fields.exits.0".into(), "wrong_type".into())]);
    entity.fields = fields(json!({"exits": [id(1)]}));
    assert!(check(&entity).is_ok());
}

#[test]
fn tags_that_differ_by_case_or_accents_are_one() {
    let mut entity = EntityIn::new(EntityKind::Character, " Mira ");
    entity.tags = vec!["Port".into(), " port ".into(), "Pört".into(), "harbour".into()];
    tidy(&mut entity);
    assert_eq!(entity.tags, ["Port", "harbour"]);
    assert_eq!(entity.name, "Mira");
    assert_eq!(entity.subtype, Some(Subtype::Npc));
}

#[test]
fn a_patch_leaves_clears_and_sets() {
    let mut entity = EntityIn::new(EntityKind::Location, "Mill");
    entity.summary = "Old".into();
    entity.body = "Wheel".into();
    entity.parent_id = Some(id(1));
    let patch: EntityPatch =
        serde_json::from_value(json!({"summary": null, "body": "Water", "parent_id": null})).unwrap();
    let after = patched(&entity, patch).unwrap();
    assert_eq!((after.name.as_str(), after.summary.as_str(), after.body.as_str()), ("Mill", "", "Water"));
    assert_eq!(after.parent_id, None);
    assert_eq!(changed(&entity, &after), ["summary", "body", "parent_id"]);
    let patch: EntityPatch = serde_json::from_value(json!({"name": null, "visibility": null})).unwrap();
    let wrong = codes(patched(&entity, patch).map(drop));
    assert_eq!(wrong, [("name".into(), "null".into()), ("visibility".into(), "null".into())]);
}

#[test]
fn only_ids_that_are_new_are_looked_up() {
    let mut before = EntityIn::new(EntityKind::Location, "Mill");
    before.fields = fields(json!({"exits": [id(1)]}));
    before.visible_to = vec![id(2)];
    let mut after = before.clone();
    after.fields = fields(json!({"exits": [id(1), id(3)]}));
    after.visible_to = vec![id(2), id(4)];
    after.parent_id = Some(id(5));
    let named: Vec<_> = names(&after, Some(&before)).into_iter().map(|n| (n.field, n.id)).collect();
    assert_eq!(named, [("parent_id".into(), id(5)), ("visible_to.1".into(), id(4)), ("fields.exits.1".into(), id(3))]);
}

#[test]
fn an_id_must_be_of_the_campaign_and_of_a_fitting_kind() {
    let named = [
        Named { field: "a".into(), id: id(1), kinds: KNOWERS },
        Named { field: "b".into(), id: id(2), kinds: KNOWERS },
        Named { field: "c".into(), id: id(3), kinds: &[] },
    ];
    let known = HashMap::from([(id(1), EntityKind::Item), (id(3), EntityKind::Item)]);
    assert_eq!(codes(check_names(&named, &known)), [("a".into(), "wrong_kind".into()), ("b".into(), "unknown".into())]);
}

#[test]
fn fields_lose_what_the_viewer_may_not_know_at_any_depth() {
    let (seen, unseen) = (id(1), id(2));
    let mut known = fields(json!({
        "gm_plan": "betrayal",
        "giver": unseen,
        "present_at": seen,
        "exits": [seen, unseen],
        "rewards": { "gold": 3, "gm_note": "fake", "items": [unseen.0.simple().to_string(), seen] },
        "map": { (unseen.to_string()): 1, (seen.to_string()): 2 },
        "list": [[unseen, { "at": unseen, "text": "go" }]],
    }));
    let mut ids = HashSet::new();
    ids_in(&known, &mut ids);
    assert_eq!(ids, HashSet::from([seen.0, unseen.0]));
    strip(&mut known, &HashSet::from([unseen.0]));
    assert_eq!(
        Value::Object(known),
        json!({
            "present_at": seen,
            "exits": [seen],
            "rewards": { "gold": 3, "items": [seen] },
            "map": { (seen.to_string()): 2 },
            "list": [[{ "text": "go" }]],
        })
    );
}

#[test]
fn a_search_is_split_into_folded_words() {
    assert_eq!(words("  Été  MILL ").unwrap(), ["ete", "mill"]);
    assert!(words("").unwrap().is_empty());
    assert_eq!(codes(words(&"x".repeat(WORDS + 1)).map(drop)), [("q".into(), "too_long".into())]);
}

#[test]
fn whole_aliases_stand_between_line_breaks() {
    assert_eq!(aliases_key(&["Old Tom".into(), "TÓM\nx".into()]), "\nold tom\ntom x\n");
    assert_eq!(aliases_key(&[]), "");
}
