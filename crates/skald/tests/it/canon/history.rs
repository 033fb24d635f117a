//! History and locks: every version is kept, shown to game masters, and can be brought back.

use super::*;

async fn versions(t: &Table, path: &str) -> Vec<(i64, String, Vec<String>)> {
    let page = t.gm.get(path).await.ok();
    let items = page["items"].as_array().expect("versions");
    items
        .iter()
        .map(|item| {
            let changed = item["changed"].as_array().expect("fields");
            let changed = changed.iter().map(|name| name.as_str().expect("a name").to_owned()).collect();
            (item["version"].as_i64().expect("a number"), item["action"].as_str().expect("a verb").to_owned(), changed)
        })
        .collect()
}

fn line(version: i64, action: &str, changed: &[&str]) -> (i64, String, Vec<String>) {
    (version, action.to_owned(), changed.iter().map(|name| (*name).to_owned()).collect())
}

#[db_test]
async fn every_version_of_an_entity_is_kept_and_says_what_changed(app: TestApp) {
    let t = Table::new(&app).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn" })).await;
    let vale = t.make(json!({ "kind": "location", "name": "Vale" })).await;
    let path = format!("/entities/{inn}");
    let change = json!({ "summary": "Warm", "fields": { "climate": "wet", "gm_cellar": "A tunnel" } });
    t.gm.patch(&path, 1, change).await.ok();
    t.gm.patch(&path, 2, json!({ "parent_id": vale, "fields": { "climate": "dry", "gm_cellar": "A tunnel" } }))
        .await
        .ok();
    t.gm.delete(&format!("/entities/{vale}"), 1).await.no_content();
    t.gm.delete(&path, 4).await.no_content();
    assert_eq!(
        versions(&t, &format!("{path}/history")).await,
        [
            line(5, "delete", &[]),
            line(4, "move", &["parent_id"]),
            line(3, "update", &["fields.climate", "parent_id"]),
            line(2, "update", &["fields.climate", "fields.gm_cellar", "summary"]),
            line(1, "create", &[]),
        ],
        "also of what was deleted"
    );
    let page = t.gm.get(&format!("{path}/history?limit=2")).await.ok();
    assert_eq!(page["items"][0]["by"]["id"], t.gm.id.as_str());
    let next = page["next_cursor"].as_str().expect("more");
    assert_eq!(t.gm.get(&format!("{path}/history?limit=2&cursor={next}")).await.ok()["items"][0]["version"], 3);

    let second = t.gm.get(&format!("{path}/history/3")).await.ok();
    assert_eq!((&second["compared_with"], &second["snapshot"]["name"]), (&json!(2), &json!("Inn")));
    assert_eq!(second["diff"][0], json!({ "field": "fields.climate", "before": "wet", "after": "dry" }));
    assert_eq!(second["names"], json!([]), "the parent is deleted by now");
    let since = t.gm.get(&format!("{path}/history/1?against=current")).await.ok();
    assert_eq!((&since["compared_with"], &since["diff"][2]["after"]), (&json!(5), &json!("Warm")));
    t.gm.get(&format!("{path}/history/9")).await.refused(404, "not_found");
}

#[db_test]
async fn only_game_masters_read_the_history(app: TestApp) {
    let t = Table::new(&app).await;
    let open = t.make(json!({ "kind": "item", "name": "Lamp", "body": "A lamp.\n:::secret\nCursed.\n:::" })).await;
    let hidden = t.make(json!({ "kind": "item", "name": "Blade", "visibility": "gm" })).await;
    for (entity, status, code) in [(&open, 403, "forbidden"), (&hidden, 404, "not_found")] {
        for player in [&t.mira, &t.watcher] {
            player.get(&format!("/entities/{entity}/history")).await.refused(status, code);
            player.get(&format!("/entities/{entity}/history/1")).await.refused(status, code);
        }
    }
    let as_mira = format!("/entities/{open}/history?viewer=member:{}", t.mira.id);
    t.gm.get(&as_mira).await.refused(403, "forbidden");
}

#[db_test]
async fn an_earlier_version_comes_back_as_a_new_one(app: TestApp) {
    let t = Table::new(&app).await;
    let vale = t.make(json!({ "kind": "location", "name": "Vale" })).await;
    let body = json!({ "kind": "location", "name": "Inn", "aliases": ["The Lamp"], "body": "By [[Vale]].", "tags": ["old"],
        "parent_id": vale, "visibility": "some", "visible_to": [t.mira_pc], "fields": { "climate": "wet" } });
    let inn = t.make(body).await;
    let path = format!("/entities/{inn}");
    let other = json!({ "kind": "location", "name": "Ruin" });
    t.gm.send(t.gm.request(reqwest::Method::PUT, &path).header("if-match", "\"1\"").json(&other)).await.ok();
    let back = |version: i64, expected: i64| {
        let path = format!("{path}/history/{version}/restore");
        t.gm.send(t.gm.request(reqwest::Method::POST, &path).header("if-match", format!("\"{expected}\"")))
    };
    back(1, 1).await.refused(412, "version_stale");
    let restored = back(1, 2).await.ok();
    assert_eq!((&restored["version"], &restored["name"]), (&json!(3), &json!("Inn")));
    assert_eq!((&restored["parent_id"], &restored["visible_to"]), (&json!(vale), &json!([t.mira_pc])));
    assert_eq!((&restored["tags"], &restored["fields"]["climate"]), (&json!(["old"]), &json!("wet")));
    assert_eq!(versions(&t, &format!("{path}/history")).await[0].1, "revert");
    assert_eq!(t.mira.get(&t.at("entities?q=lamp")).await.ok()["total"], 1, "the search finds it again");

    // What is gone since is left out.
    t.gm.patch(&path, 3, json!({ "parent_id": null, "body": "" })).await.ok();
    t.gm.delete(&format!("/entities/{vale}"), 1).await.no_content();
    let restored = back(1, 4).await.ok();
    assert_eq!((&restored["parent_id"], &restored["body"]), (&json!(null), &json!("By [[Vale]].")));
    t.mira
        .send(t.mira.request(reqwest::Method::POST, &format!("{path}/history/1/restore")).header("if-match", "\"5\""))
        .await
        .refused(403, "forbidden");
}

#[db_test]
async fn facts_and_relationships_have_a_history_too(app: TestApp) {
    let t = Table::new(&app).await;
    let fact = json!({ "subject_id": t.mira_pc, "predicate": "fears", "text": "Water." });
    let fact = format!("/facts/{}", id(&t.gm.post(&t.at("facts"), fact).await.created()));
    t.gm.patch(&fact, 1, json!({ "text": "Deep water." })).await.ok();
    t.gm.post(&format!("{fact}/reveal"), json!({ "to": [{ "type": "everyone" }] })).await.ok();
    t.gm.delete(&fact, 3).await.no_content();
    assert_eq!(
        versions(&t, &format!("{fact}/history")).await,
        [line(4, "delete", &[]), line(3, "reveal", &["knowers"]), line(2, "update", &["text"]), line(1, "create", &[])]
    );
    let version = t.gm.get(&format!("{fact}/history/2")).await.ok();
    assert_eq!(version["diff"], json!([{ "field": "text", "before": "Water.", "after": "Deep water." }]));
    t.mira.get(&format!("{fact}/history")).await.refused(404, "not_found");

    let tie = json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": "trusts" });
    let tie = format!("/relationships/{}", id(&t.gm.post(&t.at("relationships"), tie).await.created()));
    t.gm.patch(&tie, 1, json!({ "story_time": 60, "strength": -3, "note": "He lied." })).await.ok();
    t.gm.delete(&format!("{tie}/history?since=60"), 2).await.ok();
    let versions = versions(&t, &format!("{tie}/versions")).await;
    assert_eq!(
        versions.iter().map(|(n, action, _)| (*n, action.as_str())).collect::<Vec<_>>(),
        [(3, "update"), (2, "update"), (1, "create")]
    );
    let lost = t.gm.get(&format!("{tie}/versions/2")).await.ok();
    assert_eq!(lost["snapshot"]["states"][1]["note"], "He lied.", "a state that was taken out is still there to read");
}

#[db_test]
async fn what_is_older_than_the_history_is_kept_at_its_first_change(app: TestApp) {
    let t = Table::new(&app).await;
    let lamp = t.make(json!({ "kind": "item", "name": "Lamp", "summary": "Brass." })).await;
    let tx = app.app.tx(&Actor::engine("test")).await.unwrap();
    let forget = skald_platform::db::sql(tx.conn(), "DELETE FROM canon_history", []);
    sea_orm::ConnectionTrait::execute_raw(tx.conn(), forget).await.unwrap();
    tx.commit().await.unwrap();
    t.gm.patch(&format!("/entities/{lamp}"), 1, json!({ "summary": "Gold." })).await.ok();
    let path = format!("/entities/{lamp}/history");
    assert_eq!(versions(&t, &path).await, [line(2, "update", &["summary"]), line(1, "kept", &[])]);
    assert_eq!(t.gm.get(&format!("{path}/1")).await.ok()["snapshot"]["summary"], "Brass.");
}

#[db_test]
async fn a_locked_field_is_changed_only_by_who_unlocks_it(app: TestApp) {
    let t = Table::new(&app).await;
    let mira = json!({ "kind": "character", "name": "Ysolde", "fields": { "oath": "Never lie", "mood": "calm" } });
    let path = format!("/entities/{}", t.make(mira).await);
    let locked = t.gm.patch(&path, 1, json!({ "locked": ["name", "fields.oath", "name"] })).await.ok();
    assert_eq!(locked["locked"], json!(["fields.oath", "name"]));
    assert!(t.mira.get(&path).await.ok().get("locked").is_none(), "only game masters are told");
    let problem = t.gm.patch(&path, 2, json!({ "name": "Isolde", "summary": "x" })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("name", "locked")]);
    let fields = |oath: &str, mood: &str| json!({ "fields": { "oath": oath, "mood": mood } });
    let problem = t.gm.patch(&path, 2, fields("Lie", "calm")).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("fields.oath", "locked")]);
    t.gm.patch(&path, 2, fields("Never lie", "furious")).await.ok();
    t.gm.patch(&path, 3, json!({ "name": "Ysolde" })).await.ok();
    let unlocked = t.gm.patch(&path, 4, json!({ "name": "Isolde", "locked": ["fields.oath"] })).await.ok();
    assert_eq!((&unlocked["name"], &unlocked["locked"]), (&json!("Isolde"), &json!(["fields.oath"])));
    let replaced = json!({ "kind": "character", "name": "Isolde" });
    let put = t.gm.request(reqwest::Method::PUT, &path).header("if-match", "\"5\"").json(&replaced);
    assert_eq!(wrong(&t.gm.send(put).await.refused(422, "invalid")), [pair("fields.oath", "locked")]);
    let problem = t.gm.patch(&path, 5, json!({ "locked": ["colour", "fields."] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("locked.0", "unknown"), pair("locked.1", "unknown")]);
    assert_eq!(t.gm.patch(&path, 5, json!({ "locked": null, "fields": {} })).await.ok()["locked"], json!([]));
}
