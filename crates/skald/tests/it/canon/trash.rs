//! The trash and the audit log: what was deleted comes back, and who did it can be read.

use super::*;

async fn back(t: &Table, path: &str) -> Answer {
    t.gm.post(&format!("{path}/restore"), json!({})).await
}

#[db_test]
async fn what_is_deleted_lies_in_the_trash_and_comes_back_as_it_was(app: TestApp) {
    let t = Table::new(&app).await;
    let lamp =
        t.make(json!({ "kind": "item", "name": "Lamp", "aliases": ["Lantern"], "body": "Of [[Mira Vane]]." })).await;
    let fact =
        json!({ "subject_id": lamp, "predicate": "holds", "text": "A djinn.", "knowers": [{ "type": "everyone" }] });
    let fact = format!("/facts/{}", id(&t.gm.post(&t.at("facts"), fact).await.created()));
    let tie = json!({ "from_id": t.mira_pc, "to_id": lamp, "kind": "owns", "note": "A gift" });
    let tie = format!("/relationships/{}", id(&t.gm.post(&t.at("relationships"), tie).await.created()));
    let path = format!("/entities/{lamp}");
    t.gm.delete(&fact, 1).await.no_content();
    t.gm.delete(&tie, 1).await.no_content();
    t.gm.delete(&path, 1).await.no_content();
    assert_eq!(t.gm.get(&t.at("search?q=djinn")).await.ok()["items"], json!([]));

    let trash = t.gm.get(&t.at("trash")).await.ok();
    assert_eq!(all(&trash, "type"), ["entity", "relationship", "fact"]);
    let row = &trash["items"][1];
    assert_eq!(
        (&row["name"], &row["predicate"], &row["other_name"]),
        (&json!("Mira Vane"), &json!("owns"), &json!("Lamp"))
    );
    assert_eq!((&row["waits_for"], &row["deleted_by"]["id"]), (&json!("Lamp"), &json!(t.gm.id)));
    assert_eq!(all(&t.gm.get(&t.at("trash?type=fact")).await.ok(), "text"), ["A djinn."]);
    let page = t.gm.get(&t.at("trash?limit=1")).await.ok();
    let next = page["next_cursor"].as_str().expect("more");
    assert_eq!(
        all(&t.gm.get(&t.at(&format!("trash?limit=5&cursor={next}"))).await.ok(), "type"),
        ["relationship", "fact"]
    );
    t.mira.get(&t.at("trash")).await.refused(403, "forbidden");
    t.mira.post(&format!("{path}/restore"), json!({})).await.refused(404, "not_found");

    for waits in [&fact, &tie] {
        back(&t, waits).await.refused(409, "conflict");
    }
    let restored = back(&t, &path).await.ok();
    assert_eq!((&restored["version"], &restored["links"][0]["id"]), (&json!(3), &json!(t.mira_pc)));
    back(&t, &path).await.refused(409, "conflict");
    assert_eq!(back(&t, &fact).await.ok()["knowers"], json!([{ "type": "everyone" }]));
    assert_eq!(back(&t, &tie).await.ok()["note"], "A gift");
    assert_eq!(t.gm.get(&t.at("trash")).await.ok()["items"], json!([]));
    assert_eq!(all(&t.mira.get(&t.at("entities?q=lantern")).await.ok(), "name"), ["Lamp"], "it is found again");
    assert_eq!(t.mira.get(&fact).await.ok()["text"], "A djinn.");
    let history = t.gm.get(&format!("{path}/history")).await.ok();
    assert_eq!(all(&history, "action"), ["restore", "delete", "create"]);
    t.gm.patch(&path, 3, json!({ "summary": "Brass." })).await.ok();
}

#[db_test]
async fn a_location_comes_back_to_where_it_lay_or_to_the_root(app: TestApp) {
    let t = Table::new(&app).await;
    let vale = t.make(json!({ "kind": "location", "name": "Vale" })).await;
    let town = t.make(json!({ "kind": "location", "name": "Town", "parent_id": vale })).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn", "parent_id": town })).await;
    let (vale, town, inn) = (format!("/entities/{vale}"), format!("/entities/{town}"), format!("/entities/{inn}"));
    t.gm.delete(&town, 1).await.no_content();
    let restored = back(&t, &town).await.ok();
    assert_eq!(all(&json!({ "items": restored["ancestors"] }), "name"), ["Vale"]);
    assert_eq!(t.gm.get(&inn).await.ok()["ancestors"][0]["name"], "Vale", "what moved up stays there");
    let under = |of: &str| t.at(&format!("locations?under={}", of.rsplit('/').next().unwrap()));
    assert_eq!(all(&t.gm.get(&under(&vale)).await.ok(), "name"), ["Inn", "Town"]);
    let move_in = json!({ "parent_id": town.rsplit('/').next().unwrap() });
    t.gm.patch(&inn, 2, move_in).await.ok();

    t.gm.delete(&inn, 3).await.no_content();
    t.gm.delete(&town, 3).await.no_content();
    let restored = back(&t, &inn).await.ok();
    assert_eq!((&restored["parent_id"], &restored["ancestors"]), (&json!(null), &json!([])));
    t.gm.patch(&inn, 5, json!({ "parent_id": vale.rsplit('/').next().unwrap() })).await.ok();
    assert_eq!(all(&t.gm.get(&under(&vale)).await.ok(), "name"), ["Inn"]);
}

#[db_test]
async fn the_audit_log_is_read_by_game_masters_with_filters(app: TestApp) {
    let t = Table::new(&app).await;
    let lamp = t.make(json!({ "kind": "item", "name": "Lamp" })).await;
    t.gm.patch(&format!("/entities/{lamp}"), 1, json!({ "summary": "Brass." })).await.ok();
    t.gm.delete(&format!("/entities/{lamp}"), 2).await.no_content();
    let about = t.gm.get(&t.at(&format!("audit?subject_id={lamp}"))).await.ok();
    assert_eq!(all(&about, "action"), ["entity.delete", "entity.update", "entity.create"]);
    let line = &about["items"][1];
    assert_eq!((&line["subject_name"], &line["user"]["id"]), (&json!("Lamp"), &json!(t.gm.id)));
    assert_eq!(line["detail"]["changed"], json!(["summary"]));
    assert_eq!(all(&t.gm.get(&t.at("audit?action=entity.del")).await.ok(), "subject_name"), ["Lamp"]);
    assert_eq!(
        all(&t.gm.get(&t.at(&format!("audit?user_id={}", t.mira.id))).await.ok(), "action")[0],
        "character.claim"
    );
    assert_eq!(t.gm.get(&t.at("audit?to=2001-01-01T00:00:00Z")).await.ok()["items"], json!([]));
    let since = t.gm.get(&t.at("audit?from=2001-01-01T00:00:00Z&limit=2")).await.ok();
    let next = since["next_cursor"].as_str().expect("more");
    assert_eq!(
        t.gm.get(&t.at(&format!("audit?limit=1&cursor={next}"))).await.ok()["items"][0]["action"],
        "entity.create"
    );
    t.mira.get(&t.at("audit")).await.refused(403, "forbidden");
    t.gm.get(&t.at("audit?from=yesterday")).await.refused(422, "invalid");
}
