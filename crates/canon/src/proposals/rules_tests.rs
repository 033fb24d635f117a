use serde_json::json;

use super::*;

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn fit_of(base: Value, change: Value, current: Value) -> (Value, Vec<String>) {
    let fit = fit(ProposalTarget::Entity, &map(base), &map(change), &map(current), &[]);
    let conflicts = fit.conflicts().into_iter().map(str::to_owned).collect();
    (Value::Object(fit.change), conflicts)
}

#[test]
fn only_what_both_changed_does_not_fit() {
    for (base, change, current, wanted, conflicts) in [
        (json!({"name": "a"}), json!({"name": "b"}), json!({"name": "a"}), json!({"name": "b"}), vec![]),
        (json!({"name": "a"}), json!({"name": "b"}), json!({"name": "b"}), json!({"name": "b"}), vec![]),
        (json!({"name": "a"}), json!({"name": "b"}), json!({"name": "c"}), json!({"name": "b"}), vec!["name"]),
        (json!({"tags": null}), json!({"tags": ["x"]}), json!({"tags": []}), json!({"tags": ["x"]}), vec![]),
        (
            json!({"body": "a\nb\n"}),
            json!({"body": "a\nB\n"}),
            json!({"body": "A\nb\n"}),
            json!({"body": "A\nB\n"}),
            vec![],
        ),
        (
            json!({"fields": {"a": 1, "b": 1}}),
            json!({"fields": {"a": 2, "b": 1}}),
            json!({"fields": {"a": 1, "b": 2, "gm_c": 3}}),
            json!({"fields": {"a": 2, "b": 2, "gm_c": 3}}),
            vec![],
        ),
        (
            json!({"fields": {"a": 1}}),
            json!({"fields": {}}),
            json!({"fields": {"a": 2}}),
            json!({"fields": {}}),
            vec!["fields.a"],
        ),
    ] {
        assert_eq!(fit_of(base, change, current), (wanted, conflicts.into_iter().map(str::to_owned).collect()));
    }
}

#[test]
fn a_diff_says_what_is_added_removed_and_changed_and_not_what_stays() {
    let now = map(json!({"name": "a", "summary": "s", "tags": [], "body": "x"}));
    let change = map(json!({"name": "b", "summary": "", "tags": ["t"], "body": "x"}));
    let fit = fit(ProposalTarget::Entity, &now, &change, &now, &["name".into()]);
    let said: Vec<_> = fit.fields.iter().map(|f| (f.field.as_str(), f.change, f.locked)).collect();
    assert_eq!(
        said,
        [
            ("name", ProposalFieldChange::Changed, true),
            ("summary", ProposalFieldChange::Removed, false),
            ("tags", ProposalFieldChange::Added, false),
        ]
    );
}

#[test]
fn refs_are_found_and_replaced_wherever_an_id_may_stand() {
    let change = map(json!({
        "subject_id": "ref:captain", "text": "ref: not one", "knowers": [{"type": "character", "id": "ref:mate"}],
    }));
    let mut found: Vec<String> = refs(&change).into_iter().collect();
    found.sort();
    assert_eq!(found, ["captain", "mate"]);
    let ids = HashMap::from([("captain".to_owned(), "1".to_owned())]);
    let after = resolved(&change, &ids);
    assert_eq!((&after["subject_id"], &after["knowers"][0]["id"]), (&json!("1"), &json!("ref:mate")));
    assert_eq!(after["text"], "ref: not one");
}

#[test]
fn a_lock_covers_its_parts_and_its_whole() {
    let base = map(json!({"fields": {"hp": 1, "mood": "calm"}}));
    let change = map(json!({"name": "x", "fields": {"hp": 2, "mood": "calm"}}));
    for (lock, found) in [
        ("name", vec!["name"]),
        ("body", vec![]),
        ("fields.hp", vec!["fields.hp"]),
        ("fields.mood", vec![]),
        ("fields", vec!["fields"]),
    ] {
        assert_eq!(locked_in(&[lock.into()], &base, &change), found, "{lock}");
    }
}

#[test]
fn the_closest_rule_decides_and_without_one_a_game_master_is_asked() {
    let rule = |author, target_type, entity_kind, decision| ProposalRule { author, target_type, entity_kind, decision };
    let (ai, import) = (ProposalAuthorKind::Ai, ProposalAuthorKind::Import);
    let (entity, fact) = (ProposalTarget::Entity, ProposalTarget::Fact);
    let rules = [
        rule(ai, entity, None, ProposalDecision::Accept),
        rule(ai, entity, Some(EntityKind::Plot), ProposalDecision::Refuse),
    ];
    for (author, target, kind, said) in [
        (ai, entity, Some(EntityKind::Item), ProposalDecision::Accept),
        (ai, entity, Some(EntityKind::Plot), ProposalDecision::Refuse),
        (ai, fact, None, ProposalDecision::Ask),
        (import, entity, Some(EntityKind::Item), ProposalDecision::Ask),
    ] {
        assert_eq!(decision(&rules, author, target, kind), said);
    }
    assert!(check_policy(&rules).is_ok());
    assert!(check_policy(&[rules[0], rules[0]]).is_err());
    assert!(check_policy(&[rule(ai, fact, Some(EntityKind::Item), ProposalDecision::Ask)]).is_err());
}
