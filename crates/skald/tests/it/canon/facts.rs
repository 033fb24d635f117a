//! Facts: who knows what, and how more come to know.

use skald_canon::facts::{self, Evidence, EvidenceKind, Knower};
use skald_kernel::Viewer;

use super::*;

async fn note(t: &Table, subject: &str, text: &str, knowers: Value) -> String {
    let body = json!({ "subject_id": subject, "predicate": "says", "text": text, "knowers": knowers });
    id(&t.gm.post(&t.at("facts"), body).await.created())
}

async fn known(t: &Table, client: &Client) -> Vec<String> {
    let list = client.get(&t.at("facts")).await.ok();
    let mut texts = all(&list, "text");
    assert_eq!(list["total"], texts.len());
    texts.sort();
    texts
}

#[db_test]
async fn everyone_reads_what_their_characters_and_factions_know(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    let mill = t.make(json!({ "kind": "location", "name": "Mill" })).await;
    t.join(&t.tom_pc, &guild).await;
    note(&t, &mill, "all", json!([{ "type": "everyone" }])).await;
    note(&t, &mill, "gm", json!([{ "type": "gm" }])).await;
    note(&t, &mill, "mira", json!([{ "type": "character", "id": t.mira_pc }])).await;
    note(&t, &mill, "guild", json!([{ "type": "faction", "id": guild }, { "type": "gm" }])).await;
    note(&t, &mill, "reader", json!([{ "type": "reader" }])).await;
    note(&t, &mill, "nobody", json!([])).await;
    assert_eq!(known(&t, &t.watcher).await, ["all"]);
    assert_eq!(known(&t, &t.mira).await, ["all", "mira"]);
    assert_eq!(known(&t, &t.tom).await, ["all", "guild"]);
    assert_eq!(known(&t, &t.gm).await, ["all", "gm", "guild", "mira", "nobody", "reader"]);
}

#[db_test]
async fn a_fact_about_something_hidden_is_hidden(app: TestApp) {
    let t = Table::new(&app).await;
    let open = t.make(json!({ "kind": "item", "name": "Open" })).await;
    let secret = t.make(json!({ "kind": "item", "name": "Secret", "visibility": "gm" })).await;
    let everyone = json!([{ "type": "everyone" }]);
    note(&t, &secret, "about the secret", everyone.clone()).await;
    let body = json!({ "subject_id": open, "predicate": "opens", "object_id": secret, "knowers": everyone });
    let tied = t.gm.post(&t.at("facts"), body).await.created();
    assert_eq!((&tied["subject_name"], &tied["object_name"]), (&json!("Open"), &json!("Secret")));
    assert!(known(&t, &t.mira).await.is_empty());
    t.mira.get(&format!("/facts/{}", id(&tied))).await.refused(404, "not_found");
    t.mira.patch(&format!("/facts/{}", id(&tied)), 1, json!({})).await.refused(404, "not_found");
    assert_eq!(t.mira.get(&t.at(&format!("facts?subject_id={secret}"))).await.ok()["total"], 0);

    t.gm.patch(&format!("/entities/{secret}"), 1, json!({ "visibility": "everyone" })).await.ok();
    assert_eq!(known(&t, &t.mira).await, ["", "about the secret"]);
    t.gm.delete(&format!("/entities/{secret}"), 2).await.no_content();
    assert!(known(&t, &t.gm).await.is_empty(), "what hangs on something deleted is gone");
}

#[db_test]
async fn only_facts_that_are_canon_are_known_and_players_are_not_told_how_hard_they_were_to_find(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Mill" })).await;
    let body = json!({
        "subject_id": mill, "predicate": "hides", "text": "a door", "knowers": [{ "type": "everyone" }], "find_dc": 14,
        "status": "proposed", "story_from": 3, "story_to": 9, "evidence": [{ "kind": "entry", "ref": "e1" }, { "kind": "transcript", "ref": "recording:1", "at": 71 }],
    });
    let answer = t.gm.post(&t.at("facts"), body).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let made = answer.created();
    assert_eq!(made["knowers"], json!([{ "type": "everyone" }]));
    assert_eq!(made["find_dc"], 14);
    let path = format!("/facts/{}", id(&made));
    t.mira.get(&path).await.refused(404, "not_found");
    t.gm.post(&format!("{path}/reveal"), json!({ "to": [{ "type": "everyone" }] })).await.refused(409, "conflict");
    t.gm.patch(&path, 1, json!({ "status": "canon", "story_to": null })).await.ok();
    let seen = t.mira.get(&path).await.ok();
    assert!(seen.get("knowers").is_none() && seen.get("find_dc").is_none(), "{seen}");
    assert_eq!((&seen["story_from"], &seen["story_to"]), (&json!(3), &Value::Null));
    assert_eq!(
        seen["evidence"],
        json!([{ "kind": "entry", "ref": "e1" }, { "kind": "transcript", "ref": "recording:1", "at": 71 }])
    );
    t.gm.patch(&path, 2, json!({ "status": "retired" })).await.ok();
    t.mira.get(&path).await.refused(404, "not_found");
    t.gm.delete(&path, 3).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
}

#[db_test]
async fn a_fact_is_revealed_to_some_and_stays_known(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Mill" })).await;
    let fact = note(&t, &mill, "haunted", json!([])).await;
    let path = format!("/facts/{fact}/reveal");
    let revealed = t.gm.post(&path, json!({ "to": [{ "type": "character", "id": t.mira_pc }] })).await;
    assert_eq!(revealed.headers["etag"], "\"2\"");
    let revealed = revealed.ok();
    assert_eq!(revealed["knowers"], json!([{ "type": "gm" }, { "type": "character", "id": t.mira_pc }]));
    assert_eq!(known(&t, &t.mira).await, ["haunted"]);
    assert!(known(&t, &t.tom).await.is_empty());
    let again = t.gm.post(&path, json!({ "to": [{ "type": "character", "id": t.mira_pc }] })).await.ok();
    assert_eq!(again["version"], 2, "who knows it already learns nothing");
    let problem = t.gm.post(&path, json!({ "to": [] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("to", "empty")]);
    let problem =
        t.gm.post(&path, json!({ "to": [{ "type": "character", "id": mill }] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("to.0.id", "wrong_kind")]);
    t.mira.post(&path, json!({ "to": [{ "type": "everyone" }] })).await.refused(403, "forbidden");
    t.tom.post(&path, json!({ "to": [{ "type": "everyone" }] })).await.refused(404, "not_found");
    // Taking a knower away takes the knowledge away.
    t.gm.patch(&format!("/facts/{fact}"), 2, json!({ "knowers": null })).await.ok();
    assert!(known(&t, &t.mira).await.is_empty());
}

#[db_test]
async fn the_engine_finds_what_the_party_does_not_know_and_reveals_it_once(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Mill" })).await;
    for (text, dc, knowers) in [
        ("deep", json!(18), json!([])),
        ("shallow", json!(8), json!([])),
        ("known", json!(5), json!([{ "type": "character", "id": t.mira_pc }])),
        ("out of reach", Value::Null, json!([])),
    ] {
        let body = json!({ "subject_id": mill, "predicate": "hides", "text": text, "find_dc": dc, "knowers": knowers });
        t.gm.post(&t.at("facts"), body).await.created();
    }
    let campaign = t.campaign.parse().unwrap();
    let (mira, mill) = (t.mira_pc.parse().unwrap(), mill.parse().unwrap());
    let db = app.app.db().read();
    let texts = |facts: Vec<facts::FactOut>| facts.into_iter().map(|fact| fact.text).collect::<Vec<_>>();
    let party = Viewer::characters(campaign, vec![mira]);
    let found = facts::to_find(db, &party, &[mill]).await.unwrap();
    let nobody = Viewer::characters(campaign, vec![]);
    assert_eq!(texts(facts::to_find(db, &nobody, &[mill]).await.unwrap()), ["known", "shallow", "deep"]);
    let fact = found[0].id;
    assert_eq!(texts(found), ["shallow", "deep"]);

    let to = [Knower::Character { id: mira }];
    let evidence = Evidence { kind: EvidenceKind::Roll, reference: Some("roll".into()), at: None };
    for version in [2, 2] {
        let mut tx = app.app.tx(&Actor::engine("test")).await.unwrap();
        let revealed = facts::reveal_to(&mut tx, campaign, fact, &to, &evidence).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(revealed.version, version);
    }
    assert_eq!(texts(facts::about(db, &party, &[mill], 10).await.unwrap()), ["shallow", "known"]);
    assert_eq!(texts(facts::to_find(db, &party, &[mill]).await.unwrap()), ["deep"]);
    assert_eq!(facts::about(db, &Viewer::gm(campaign), &[mill], 3).await.unwrap().len(), 3);
}

#[db_test]
async fn what_is_wrong_with_a_fact_is_said_field_by_field(app: TestApp) {
    let t = Table::new(&app).await;
    let other = t.gm.campaign("Elsewhere").await;
    let foreign = id(&t.gm.entity(&other, json!({ "kind": "item", "name": "Far" })).await);
    let me = &t.mira_pc;
    for (body, expected) in [
        (json!({ "subject_id": me, "predicate": "is" }), pair("text", "empty")),
        (json!({ "subject_id": me, "predicate": "", "text": "x" }), pair("predicate", "empty")),
        (json!({ "subject_id": foreign, "predicate": "is", "text": "x" }), pair("subject_id", "unknown")),
        (json!({ "subject_id": me, "predicate": "is", "object_id": foreign }), pair("object_id", "unknown")),
        (json!({ "subject_id": me, "predicate": "is", "text": "x", "find_dc": 0 }), pair("find_dc", "out_of_range")),
        (
            json!({ "subject_id": me, "predicate": "is", "text": "x", "story_from": 2, "story_to": 1 }),
            pair("story_to", "out_of_range"),
        ),
        (
            json!({ "subject_id": me, "predicate": "is", "text": "x", "knowers": [{ "type": "faction", "id": me }] }),
            pair("knowers.0.id", "wrong_kind"),
        ),
    ] {
        let problem = t.gm.post(&t.at("facts"), body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [expected], "{body}");
    }
    let unknown = json!({ "subject_id": me, "predicate": "is", "text": "x", "knowers": [{ "type": "wizard" }] });
    t.gm.post(&t.at("facts"), unknown).await.refused(422, "invalid");
    t.mira
        .post(&t.at("facts"), json!({ "subject_id": me, "predicate": "is", "text": "x" }))
        .await
        .refused(403, "forbidden");

    let path = format!("/facts/{}", note(&t, me, "x", json!([])).await);
    t.gm.patch(&path, None, json!({ "text": "y" })).await.refused(428, "version_needed");
    t.gm.patch(&path, 1, json!({ "text": "y" })).await.ok();
    let problem = t.gm.patch(&path, 1, json!({ "text": "z" })).await.refused(412, "version_stale");
    assert_eq!(
        (&problem["current"]["text"], &problem["current"]["knowers"]),
        (&json!("y"), &json!([{ "type": "gm" }]))
    );
    t.gm.delete(&path, 1).await.refused(412, "version_stale");
    t.gm.patch(&path, 2, json!({ "subject_id": me })).await.refused(422, "invalid");
    let unknown = format!("/facts/{NOTHING}");
    t.gm.patch(&unknown, 1, json!({})).await.refused(404, "not_found");
}

#[db_test]
async fn facts_come_in_pages(app: TestApp) {
    let t = Table::new(&app).await;
    for n in 0..5 {
        note(&t, &t.mira_pc, &n.to_string(), json!([{ "type": "everyone" }])).await;
        note(&t, &t.tom_pc, "other", json!([])).await;
    }
    let first = t.mira.get(&t.at(&format!("facts?subject_id={}&limit=3", t.mira_pc))).await.ok();
    assert_eq!((all(&first, "text"), &first["total"]), (vec!["0".into(), "1".into(), "2".into()], &json!(5)));
    let next = first["next_cursor"].as_str().unwrap();
    let second = t.mira.get(&t.at(&format!("facts?subject_id={}&limit=3&cursor={next}", t.mira_pc))).await.ok();
    assert_eq!((all(&second, "text"), &second["next_cursor"]), (vec!["3".into(), "4".into()], &Value::Null));
}
