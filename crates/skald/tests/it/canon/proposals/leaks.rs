//! What a suggestion tells its author of what they may not know: nothing.

use super::*;

/// What an answer says, without what differs from request to request and without the id that was sent.
fn said(answer: Answer, sent: &str) -> Value {
    let mut body: Value = serde_json::from_str(&answer.body.to_string().replace(sent, "<id>")).unwrap();
    for varies in ["timestamp", "request_id"] {
        body[varies] = Value::Null;
    }
    json!([answer.status.as_u16(), body])
}

#[db_test]
async fn a_suggestion_about_what_is_hidden_is_one_about_nothing(app: TestApp) {
    let t = Table::new(&app).await;
    let hidden = t.make(json!({ "kind": "location", "name": "Lair", "visibility": "gm" })).await;
    let secret = t.make(json!({ "kind": "character", "name": "Spy", "visibility": "gm" })).await;
    let toms =
        t.make(json!({ "kind": "faction", "name": "Guild", "visibility": "some", "visible_to": [t.tom_pc] })).await;
    let fact = json!({ "subject_id": t.mira_pc, "predicate": "is", "text": "cursed" });
    let fact = id(&t.gm.post(&t.at("facts"), fact).await.created());
    let edge = json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": "sibling", "visibility": "gm" });
    let edge = id(&t.gm.post(&t.at("relationships"), edge).await.created());
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let request = t.gm.request(reqwest::Method::POST, &t.at("media")).body(&picture[..]);
    let picture = id(&t.gm.send(request).await.created());
    lock(&app, &hidden, json!(["name"])).await;
    let own = suggest(&t, &t.tom, one("entity", "create", None, json!({ "kind": "note", "name": "Tom's" }))).await;
    let rules = json!({ "rules": [{ "author": "member", "target_type": "entity", "entity_kind": "location", "decision": "refuse" }] });
    t.gm.put(&t.at("proposals/policy"), 0, rules).await.ok();

    let create = |target: &str, change: Value| one(target, "create", None, change);
    let knower = |kind: &str, id: &str| json!([{ "type": kind, "id": id }]);
    let note = |name: &str, value: Value| {
        let mut change = json!({ "kind": "note", "name": "New" });
        change[name] = value;
        create("entity", change)
    };
    // `ID` stands for what is named.
    let update = |change: Value| one("entity", "update", Some("ID"), change);
    let mut other_base = update(json!({ "name": "x" }));
    other_base["base_version"] = json!(9);
    let about = |more: (&str, Value)| {
        let mut change = json!({ "subject_id": t.mira_pc, "predicate": "is", "text": "x" });
        change[more.0] = more.1;
        create("fact", change)
    };
    let cases: Vec<(&str, Value)> = vec![
        (&hidden, update(json!({ "name": "x" }))),
        (&hidden, update(json!({ "summary": "x" }))),
        (&hidden, other_base),
        (&hidden, one("entity", "retire", Some("ID"), json!({}))),
        (&toms, update(json!({ "summary": "x" }))),
        (&hidden, note("fields", json!({ "near": "ID" }))),
        (&hidden, note("fields", json!({ "exits": ["ID"] }))),
        (&secret, note("visible_to", json!(["ID"]))),
        (&toms, note("visible_to", json!(["ID"]))),
        (&picture, note("portrait_id", json!("ID"))),
        (&hidden, about(("subject_id", json!("ID")))),
        (&hidden, about(("object_id", json!("ID")))),
        (&secret, about(("knowers", knower("character", "ID")))),
        (&toms, about(("knowers", knower("faction", "ID")))),
        (&fact, one("fact", "update", Some("ID"), json!({ "text": "x" }))),
        (&fact, one("fact", "retire", Some("ID"), json!({}))),
        (&hidden, create("relationship", json!({ "from_id": "ID", "to_id": t.mira_pc, "kind": "x" }))),
        (&hidden, create("relationship", json!({ "from_id": t.mira_pc, "to_id": "ID", "kind": "x" }))),
        (&edge, one("relationship", "update", Some("ID"), json!({ "note": "x" }))),
        (&edge, one("relationship", "retire", Some("ID"), json!({}))),
    ];
    for (n, (real, named)) in cases.iter().enumerate() {
        let mut answers = Vec::new();
        for sent in [*real, NOTHING] {
            let named: Value = serde_json::from_str(&named.to_string().replace("ID", sent)).unwrap();
            let answer = t.mira.post(&t.at("proposals"), json!({ "proposals": [named] })).await;
            assert!(matches!(answer.status.as_u16(), 404 | 422), "{n}: {} {}", answer.status, answer.body);
            answers.push(said(answer, sent));
        }
        assert_eq!(answers[0], answers[1], "case {n} tells that it is there");
    }
    for sent in [id(&own).as_str(), NOTHING] {
        let path = format!("/proposals/{sent}");
        t.mira.get(&path).await.refused(404, "not_found");
        t.watcher.get(&path).await.refused(404, "not_found");
        for verb in ["accept", "reject", "undo"] {
            t.mira.post(&format!("{path}/{verb}"), json!({})).await.refused(404, "not_found");
        }
    }
    let lists =
        ["proposals", "proposals?status=open", "proposals?author=member", &format!("proposals?batch_id={NOTHING}")];
    for list in lists {
        let page = t.mira.get(&t.at(list)).await.ok();
        assert_eq!((&page["items"], &page["counts"]["open"]), (&json!([]), &json!(0)));
    }
    t.watcher
        .post(&t.at("proposals"), json!({ "proposals": [note("summary", json!("x"))] }))
        .await
        .refused(403, "forbidden");
}

#[db_test]
async fn what_was_hidden_since_is_gone_for_who_suggested_it(app: TestApp) {
    let t = Table::new(&app).await;
    let inn = t.make(json!({ "kind": "item", "name": "Lamp", "summary": "Brass" })).await;
    let made = suggest(&t, &t.mira, one("entity", "update", Some(&inn), json!({ "summary": "Gold" }))).await;
    let new = suggest(&t, &t.mira, one("entity", "create", None, json!({ "kind": "item", "name": "Oil" }))).await;
    let hide = json!({ "change": { "kind": "item", "name": "Holy oil", "visibility": "gm" } });
    decide(&t.gm, &new, "accept", hide).await.ok();
    t.gm.patch(&format!("/entities/{inn}"), 1, json!({ "visibility": "gm", "summary": "Cursed brass" })).await.ok();
    let own = look(&t.mira, &made).await;
    assert_eq!(
        (&own["gone"], &own["target_version"], &own["diff"][0]["before"]),
        (&json!(true), &json!(null), &json!("Brass"))
    );
    let own = look(&t.mira, &new).await;
    assert_eq!((&own["status"], &own["result_id"]), (&json!("edited"), &json!(null)));
    let list = t.mira.get(&t.at("proposals")).await.ok();
    for secret in ["Cursed", "Holy"] {
        assert!(!list.to_string().contains(secret) && !own.to_string().contains(secret));
    }
    let viewed = t.gm.get(&t.at(&format!("proposals?viewer=member:{}", t.tom.id))).await.ok();
    assert_eq!(viewed["items"], json!([]));
}
