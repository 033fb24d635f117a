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
