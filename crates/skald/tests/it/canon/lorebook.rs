//! The lorebook: rules of entities, and what fires on a text for whom.

use super::*;

async fn rule(t: &Table, entity: &str, rule: Value) -> Value {
    t.gm.put(&format!("/entities/{entity}/lorebook"), 0, rule).await.ok()
}

#[db_test]
async fn an_entity_is_given_a_rule_that_is_changed_and_taken_away(app: TestApp) {
    let t = Table::new(&app).await;
    let bell = t.make(json!({ "kind": "item", "name": "The Bell" })).await;
    let path = format!("/entities/{bell}/lorebook");
    let none = t.gm.get(&path).await.ok();
    assert_eq!((&none["version"], &none["enabled"], &none["keys"]), (&json!(0), &json!(false), &json!(["The Bell"])));
    assert_eq!(t.gm.get(&t.at("lorebook")).await.ok()["items"], json!([]));
    let made = rule(&t, &bell, json!({ "keys": [" bell ", ""], "order": 3 })).await;
    assert_eq!((&made["keys"], &made["version"], &made["probability"]), (&json!(["bell"]), &json!(1), &json!(100)));
    assert_eq!(t.gm.get(&t.at("lorebook")).await.ok()["items"], json!([made]));
    let problem = t.gm.put(&path, 0, json!({ "keys": ["x"] })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["order"], 3);
    for (body, expected) in [
        (json!({ "keys": [] }), pair("keys", "empty")),
        (json!({ "keys": ["("], "regex": true }), pair("keys.0", "not_regex")),
        (json!({ "keys": ["(\\w{1,200}){1,200}"], "regex": true }), pair("keys.0", "too_costly")),
        (json!({ "keys": ["x"], "probability": 101 }), pair("probability", "out_of_range")),
    ] {
        let problem = t.gm.put(&path, 1, body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [expected], "{body}");
    }
    t.mira.get(&path).await.refused(403, "forbidden");
    t.mira.get(&t.at("lorebook")).await.refused(403, "forbidden");
    t.gm.delete(&path, 1).await.no_content();
    t.gm.delete(&path, 0).await.refused(404, "not_found");
}

#[db_test]
async fn a_text_shows_which_rules_fire_and_why(app: TestApp) {
    let t = Table::new(&app).await;
    let bell = t.make(json!({ "kind": "item", "name": "Bell", "summary": "Cracked.", "body": "Old." })).await;
    let river = t.make(json!({ "kind": "location", "name": "River" })).await;
    let law = t.make(json!({ "kind": "lore", "name": "The law", "summary": "Everything is paid for." })).await;
    rule(&t, &bell, json!({ "keys": ["bell"], "order": 1 })).await;
    rule(&t, &river, json!({ "keys": ["river"], "order": 2 })).await;
    rule(&t, &law, json!({ "constant": true, "order": 0 })).await;
    let tried = t.gm.post(&t.at("lorebook/test"), json!({ "text": "We ring the BELL." })).await.ok();
    let what: Vec<(&str, &str)> = tried["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (rule["name"].as_str().unwrap(), rule["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(what, [("The law", "constant"), ("Bell", "key"), ("River", "no_key")]);
    assert_eq!(tried["rules"][1]["text"], "Bell: Cracked.\nOld.");
    assert_eq!(tried["rules"][1]["key"], "bell");
    let tight = json!({ "text": "The bell and the river", "budget": 10 });
    let tried = t.gm.post(&t.at("lorebook/test"), tight).await.ok();
    assert!(tried["tokens"].as_u64().unwrap() <= 10);
    assert!(tried["rules"].as_array().unwrap().iter().any(|rule| rule["reason"] == "budget"), "{tried}");
}

#[db_test]
async fn nobody_is_told_what_they_may_not_know(app: TestApp) {
    let t = Table::new(&app).await;
    let body = "Open.\n\n:::secret\nHidden.\n:::\n";
    let bell = t.make(json!({ "kind": "item", "name": "Bell", "body": body })).await;
    let plan = t.make(json!({ "kind": "lore", "name": "Plan", "visibility": "gm" })).await;
    rule(&t, &bell, json!({ "keys": ["bell"] })).await;
    rule(&t, &plan, json!({ "keys": ["bell"] })).await;
    let body = json!({ "text": "bell", "character_id": t.mira_pc });
    let tried = t.gm.post(&t.at("lorebook/test"), body).await.ok();
    assert_eq!(tried["rules"][0]["name"], "Bell");
    assert!(!tried["rules"][0]["text"].as_str().unwrap().contains("Hidden"));
    assert_eq!((&tried["rules"][1]["name"], &tried["rules"][1]["reason"]), (&json!("Plan"), &json!("hidden")));
    t.mira.post(&t.at("lorebook/test"), json!({ "text": "bell" })).await.refused(403, "forbidden");
    let body = json!({ "text": "bell", "character_id": NOTHING });
    let problem = t.gm.post(&t.at("lorebook/test"), body).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("character_id", "unknown")]);
}
