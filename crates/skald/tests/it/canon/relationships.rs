//! Relationships, seen from either end.

use super::*;

#[db_test]
async fn a_relationship_is_made_read_changed_and_deleted(app: TestApp) {
    let t = Table::new(&app).await;
    let body =
        json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": " trusts ", "strength": 7, "note": "old friends" });
    let answer = t.gm.post(&t.at("relationships"), body).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let made = answer.created();
    let path = format!("/relationships/{}", id(&made));
    assert_eq!(
        (&made["from_name"], &made["to_name"], &made["kind"]),
        (&json!("Mira Vane"), &json!("Tom Ash"), &json!("trusts"))
    );
    assert_eq!((&made["symmetric"], &made["visibility"]), (&json!(false), &json!("everyone")));
    for end in [&t.mira_pc, &t.tom_pc] {
        let list = t.watcher.get(&format!("/entities/{end}/relationships")).await.ok();
        assert_eq!(list["items"], json!([made]));
    }
    let changed = t.gm.patch(&path, 1, json!({ "strength": null, "symmetric": true })).await.ok();
    assert_eq!(
        (&changed["strength"], &changed["symmetric"], &changed["note"]),
        (&json!(0), &json!(true), &json!("old friends"))
    );
    t.gm.patch(&path, None, json!({})).await.refused(428, "version_needed");
    let problem = t.gm.patch(&path, 1, json!({})).await.refused(412, "version_stale");
    assert_eq!(problem["current"], changed);
    t.mira.patch(&path, 2, json!({})).await.refused(403, "forbidden");
    t.gm.patch(&path, 2, json!({ "kind": "owes" })).await.ok();
    t.gm.delete(&path, 2).await.refused(412, "version_stale");
    t.gm.delete(&path, 3).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
    assert_eq!(t.gm.get(&format!("/entities/{}/relationships", t.tom_pc)).await.ok()["items"], json!([]));
}

#[db_test]
async fn both_ends_must_be_seen(app: TestApp) {
    let t = Table::new(&app).await;
    let hidden = t.make(json!({ "kind": "character", "name": "Shade", "visibility": "gm" })).await;
    let tied = json!({ "from_id": t.mira_pc, "to_id": hidden, "kind": "fears" });
    let tied = t.gm.post(&t.at("relationships"), tied).await.created();
    let secret = json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": "betrays", "visibility": "gm" });
    let secret = t.gm.post(&t.at("relationships"), secret).await.created();
    let list = format!("/entities/{}/relationships", t.mira_pc);
    assert_eq!(t.mira.get(&list).await.ok()["items"], json!([]));
    for row in [&tied, &secret] {
        let path = format!("/relationships/{}", id(row));
        t.mira.get(&path).await.refused(404, "not_found");
        t.mira.delete(&path, 1).await.refused(404, "not_found");
    }
    assert_eq!(t.gm.get(&list).await.ok()["items"].as_array().unwrap().len(), 2);
    t.gm.patch(&format!("/entities/{hidden}"), 1, json!({ "visibility": "everyone" })).await.ok();
    assert_eq!(t.mira.get(&list).await.ok()["items"], json!([tied]));
    t.gm.delete(&format!("/entities/{hidden}"), 2).await.no_content();
    assert_eq!(t.gm.get(&list).await.ok()["items"], json!([secret]));
}

#[db_test]
async fn what_is_wrong_with_a_relationship_is_said_field_by_field(app: TestApp) {
    let t = Table::new(&app).await;
    let other = t.gm.campaign("Elsewhere").await;
    let foreign = id(&t.gm.entity(&other, json!({ "kind": "item", "name": "Far" })).await);
    let (a, b) = (&t.mira_pc, &t.tom_pc);
    for (body, expected) in [
        (json!({ "from_id": a, "to_id": a, "kind": "is" }), pair("to_id", "same")),
        (json!({ "from_id": a, "to_id": foreign, "kind": "is" }), pair("to_id", "unknown")),
        (json!({ "from_id": a, "to_id": b, "kind": " " }), pair("kind", "empty")),
        (json!({ "from_id": a, "to_id": b, "kind": "is", "strength": 11 }), pair("strength", "out_of_range")),
    ] {
        let problem = t.gm.post(&t.at("relationships"), body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [expected], "{body}");
    }
    let some = json!({ "from_id": a, "to_id": b, "kind": "is", "visibility": "some" });
    t.gm.post(&t.at("relationships"), some).await.refused(422, "invalid");
    t.mira
        .post(&t.at("relationships"), json!({ "from_id": a, "to_id": b, "kind": "is" }))
        .await
        .refused(403, "forbidden");
    t.gm.delete(&format!("/relationships/{NOTHING}"), 1).await.refused(404, "not_found");
}

#[db_test]
async fn a_relationship_has_a_history_in_story_time(app: TestApp) {
    let t = Table::new(&app).await;
    let (day, list) = (1_440, format!("/entities/{}/relationships", t.mira_pc));
    let body = json!({
        "to_id": t.tom_pc, "kind": "trusts", "strength": 3, "note": "met at the well", "story_time": day,
        "evidence": { "kind": "entry", "ref": "first" },
    });
    let made = t.gm.post(&format!("/characters/{}/relationships", t.mira_pc), body).await.created();
    assert_eq!((&made["since"], &made["from_id"]), (&json!(day), &json!(t.mira_pc)));
    let path = format!("/relationships/{}", id(&made));
    let changed = t.gm.patch(&path, 1, json!({ "strength": -6, "story_time": 5 * day, "note": "the lie" })).await.ok();
    assert_eq!(
        (&changed["strength"], &changed["since"], &changed["version"]),
        (&json!(-6), &json!(5 * day), &json!(2))
    );
    // What is written later about a time in between changes nothing of today.
    let between = t.gm.patch(&path, 2, json!({ "kind": "loves", "strength": 8, "story_time": 3 * day })).await.ok();
    assert_eq!(
        (&between["strength"], &between["kind"], &between["version"]),
        (&json!(-6), &json!("trusts"), &json!(3))
    );
    // Without a time the latest state is corrected.
    t.gm.patch(&path, 3, json!({ "strength": -7 })).await.ok();

    let history = t.mira.get(&format!("{path}/history")).await.ok();
    let states: Vec<Value> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|state| {
            json!([state["since"], state["kind"], state["strength"], state["note"], state["evidence"]["kind"]])
        })
        .collect();
    assert_eq!(
        states,
        [
            json!([day, "trusts", 3, "met at the well", "entry"]),
            json!([3 * day, "loves", 8, "met at the well", "author"]),
            json!([5 * day, "trusts", -7, "the lie", "author"]),
        ]
    );
    for (minute, strength) in
        [(day, Some(3)), (3 * day - 1, Some(3)), (3 * day, Some(8)), (9 * day, Some(-7)), (0, None)]
    {
        let seen = t.mira.get(&format!("{list}?as_of={minute}")).await.ok();
        let found = seen["items"].as_array().unwrap().first().map(|tie| tie["strength"].as_i64().unwrap());
        assert_eq!(found, strength, "at {minute}");
        let one = t.mira.get(&format!("{path}?as_of={minute}")).await;
        assert_eq!(one.status.as_u16(), if strength.is_some() { 200 } else { 404 });
        let graph = t.mira.get(&t.at(&format!("relationships/graph?as_of={minute}"))).await.ok();
        assert_eq!(graph["edges"].as_array().unwrap().first().map(|tie| tie["strength"].as_i64().unwrap()), strength);
        let way = format!("relationships/path?from={}&to={}&as_of={minute}", t.tom_pc, t.mira_pc);
        assert_eq!(t.mira.get(&t.at(&way)).await.ok()["found"], strength.is_some());
    }

    t.gm.delete(&format!("{path}/history?since={}", 4 * day), 4).await.refused(404, "not_found");
    t.mira.delete(&format!("{path}/history?since={day}"), 4).await.refused(403, "forbidden");
    let back = t.gm.delete(&format!("{path}/history?since={}", 5 * day), 4).await.ok();
    assert_eq!((&back["kind"], &back["strength"], &back["since"]), (&json!("loves"), &json!(8), &json!(3 * day)));
    t.gm.delete(&format!("{path}/history?since={day}"), 4).await.refused(412, "version_stale");
    t.gm.delete(&format!("{path}/history?since={day}"), 5).await.ok();
    t.gm.delete(&format!("{path}/history?since={}", 3 * day), 6).await.refused(409, "conflict");
    assert_eq!(t.gm.get(&path).await.ok()["version"], 6);

    let problem = t.gm.patch(&path, 6, json!({ "story_time": i64::MAX })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("story_time", "out_of_range")]);
    let always = json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": "knows" });
    let always = t.gm.post(&t.at("relationships"), always).await.created();
    assert_eq!(always["since"], Value::Null);
    let seen = t.mira.get(&format!("/relationships/{}?as_of=-99999", id(&always))).await.ok();
    assert_eq!(seen["kind"], "knows");
    t.gm.patch(&format!("/relationships/{}", id(&always)), 1, json!({ "story_time": null, "strength": 2 })).await.ok();
    let history = t.gm.get(&format!("/relationships/{}/history", id(&always))).await.ok();
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
}
