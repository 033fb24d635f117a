//! The tree of locations, and what of it a viewer sees.

use sea_orm::{ConnectionTrait, QueryResult};

use super::*;

async fn place(t: &Table, name: &str, parent: Option<&str>, visibility: &str) -> String {
    t.make(json!({ "kind": "location", "name": name, "parent_id": parent, "visibility": visibility })).await
}

#[db_test]
async fn the_tree_is_read_from_its_roots_down_and_up_again(app: TestApp) {
    let t = Table::new(&app).await;
    let world = place(&t, "World", None, "everyone").await;
    let region = place(&t, "Region", Some(&world), "everyone").await;
    let town = place(&t, "Town", Some(&region), "everyone").await;
    place(&t, "Wood", Some(&world), "everyone").await;
    t.make(json!({ "kind": "note", "name": "No place" })).await;

    let roots = t.mira.get(&t.at("locations")).await.ok();
    assert_eq!((all(&roots, "name"), &roots["items"][0]["child_count"]), (vec!["World".into()], &json!(2)));
    let children = t.mira.get(&format!("/locations/{world}/children")).await.ok();
    assert_eq!(all(&children, "name"), ["Region", "Wood"]);
    assert_eq!(children["items"][0]["child_count"], 1);
    assert_eq!(all(&t.mira.get(&t.at(&format!("entities?parent_id={region}"))).await.ok(), "name"), ["Town"]);
    let found = t.mira.get(&format!("/entities/{town}")).await.ok();
    assert_eq!(found["ancestors"], json!([{ "id": world, "name": "World" }, { "id": region, "name": "Region" }]));
    assert_eq!(t.mira.get(&format!("/entities/{world}")).await.ok()["ancestors"], json!([]));
    assert!(t.mira.get(&format!("/entities/{}", t.mira_pc)).await.ok().get("ancestors").is_none());
    t.mira.get(&format!("/locations/{}/children", t.mira_pc)).await.refused(404, "not_found");
    t.mira.get(&format!("/locations/{NOTHING}/children")).await.refused(404, "not_found");
}

#[db_test]
async fn below_a_hidden_location_the_tree_begins_anew(app: TestApp) {
    let t = Table::new(&app).await;
    let world = place(&t, "World", None, "everyone").await;
    let hidden = place(&t, "Lair", Some(&world), "gm").await;
    let hall = place(&t, "Hall", Some(&hidden), "everyone").await;
    let cell = place(&t, "Cell", Some(&hall), "everyone").await;
    place(&t, "Vault", Some(&hall), "gm").await;

    let roots = t.mira.get(&t.at("locations")).await.ok();
    assert_eq!(all(&roots, "name"), ["Hall", "World"]);
    assert_eq!(roots["items"][0]["parent_id"], Value::Null);
    assert_eq!((&roots["items"][0]["child_count"], &roots["items"][1]["child_count"]), (&json!(1), &json!(0)));
    let seen = t.mira.get(&format!("/entities/{cell}")).await.ok();
    assert_eq!(seen["ancestors"], json!([{ "id": hall, "name": "Hall" }]));
    assert_eq!(t.mira.get(&format!("/entities/{hall}")).await.ok()["parent_id"], Value::Null);
    t.mira.get(&format!("/locations/{hidden}/children")).await.refused(404, "not_found");
    assert_eq!(t.mira.get(&t.at(&format!("entities?parent_id={hidden}"))).await.ok()["total"], 0);

    let seen = t.gm.get(&format!("/entities/{cell}")).await.ok();
    assert_eq!(seen["ancestors"].as_array().unwrap().len(), 3);
    assert_eq!(all(&t.gm.get(&t.at("locations")).await.ok(), "name"), ["World"]);
}

#[db_test]
async fn a_location_moves_but_never_into_itself(app: TestApp) {
    let t = Table::new(&app).await;
    let a = place(&t, "A", None, "everyone").await;
    let b = place(&t, "B", Some(&a), "everyone").await;
    let c = place(&t, "C", Some(&b), "everyone").await;
    let to = |id: &str| format!("/locations/{id}/move");
    let with_version = |client: &Client, id: &str, version: i64, body: Value| {
        let request = client.request(reqwest::Method::POST, &to(id)).header("if-match", format!("\"{version}\""));
        request.json(&body)
    };
    let moved = |id: &str, version, body| t.gm.send(with_version(&t.gm, id, version, body));

    moved(&a, 1, json!({ "parent_id": c })).await.refused(409, "location_cycle");
    moved(&a, 1, json!({ "parent_id": a })).await.refused(409, "location_cycle");
    t.gm.patch(&format!("/entities/{a}"), 1, json!({ "parent_id": b })).await.refused(409, "location_cycle");
    let answer = moved(&c, 1, json!({ "parent_id": a })).await;
    assert_eq!(answer.headers["etag"], "\"2\"");
    assert_eq!(answer.ok()["ancestors"], json!([{ "id": a, "name": "A" }]));
    let problem = moved(&c, 1, json!({ "parent_id": null })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["parent_id"], json!(a));
    assert_eq!(moved(&c, 2, json!({ "parent_id": null })).await.ok()["parent_id"], Value::Null);
    assert_eq!(wrong(&moved(&c, 3, json!({})).await.refused(422, "invalid")).len(), 1);
    let problem = moved(&c, 3, json!({ "parent_id": NOTHING })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("parent_id", "unknown")]);
    let problem = moved(&c, 3, json!({ "parent_id": t.mira_pc })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("parent_id", "wrong_kind")]);
    moved(&t.mira_pc, 1, json!({ "parent_id": a })).await.refused(404, "not_found");
    t.gm.post(&to(&c), json!({ "parent_id": null })).await.refused(428, "version_needed");
    t.mira.send(with_version(&t.mira, &c, 3, json!({ "parent_id": a }))).await.refused(403, "forbidden");
}

#[db_test]
async fn a_deleted_location_leaves_its_children_to_its_parent(app: TestApp) {
    let t = Table::new(&app).await;
    let a = place(&t, "A", None, "everyone").await;
    let b = place(&t, "B", Some(&a), "everyone").await;
    let c = place(&t, "C", Some(&b), "gm").await;
    t.gm.delete(&format!("/entities/{b}"), 1).await.no_content();
    let child = t.gm.get(&format!("/entities/{c}")).await.ok();
    assert_eq!((&child["parent_id"], &child["version"]), (&json!(a), &json!(2)));
    t.gm.delete(&format!("/entities/{a}"), 1).await.no_content();
    assert_eq!(t.gm.get(&format!("/entities/{c}")).await.ok()["parent_id"], Value::Null);
    assert_eq!(all(&t.gm.get(&t.at("locations")).await.ok(), "name"), ["C"]);
}

#[db_test]
async fn two_moves_at_once_never_close_a_circle(app: TestApp) {
    let t = Table::new(&app).await;
    for _ in 0..5 {
        let a = place(&t, "A", None, "everyone").await;
        let b = place(&t, "B", None, "everyone").await;
        let (path_a, path_b) = (format!("/entities/{a}"), format!("/entities/{b}"));
        let (first, second) = futures::join!(
            t.gm.patch(&path_a, 1, json!({ "parent_id": b })),
            t.gm.patch(&path_b, 1, json!({ "parent_id": a }))
        );
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
}

/// What is stored as the path of each location.
async fn paths(app: &TestApp) -> std::collections::BTreeMap<String, String> {
    let db = app.app.db().read();
    let rows = db.query_all_raw(skald_platform::db::sql(db, "SELECT entity_id, path FROM location_paths", [])).await;
    let text = |row: &QueryResult| -> (String, String) {
        let id: uuid::Uuid = row.try_get("", "entity_id").unwrap();
        (id.to_string(), row.try_get("", "path").unwrap())
    };
    rows.unwrap().iter().map(text).collect()
}

#[db_test]
async fn paths_always_say_what_the_parents_say(app: TestApp) {
    let t = Table::new(&app).await;
    // A fixed sequence that looks like chance.
    let mut state = 7_u64;
    let mut below = move |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut parents: std::collections::BTreeMap<String, Option<String>> = std::collections::BTreeMap::new();
    for step in 0..90 {
        let ids: Vec<String> = parents.keys().cloned().collect();
        let some = |n: usize| (n < ids.len()).then(|| ids[n].clone());
        match below(5) {
            0 | 1 => {
                let parent = some(below(ids.len() + 2));
                parents.insert(place(&t, &format!("P{step}"), parent.as_deref(), "everyone").await, parent);
            }
            2 | 3 if !ids.is_empty() => {
                let (moved, parent) = (ids[below(ids.len())].clone(), some(below(ids.len() + 1)));
                let path = format!("/entities/{moved}");
                let version = t.gm.get(&path).await.ok()["version"].as_i64();
                let answer = t.gm.patch(&path, version, json!({ "parent_id": parent })).await;
                let mut above = parent.clone();
                while let Some(id) = above.clone().filter(|id| *id != moved) {
                    above = parents[&id].clone();
                }
                if above.is_some() {
                    answer.refused(409, "location_cycle");
                } else {
                    answer.ok();
                    parents.insert(moved, parent);
                }
            }
            _ if ids.len() > 8 => {
                let gone = ids[below(ids.len())].clone();
                let path = format!("/entities/{gone}");
                let version = t.gm.get(&path).await.ok()["version"].as_i64();
                t.gm.delete(&path, version).await.no_content();
                let above = parents.remove(&gone).unwrap();
                for parent in parents.values_mut().filter(|parent| parent.as_ref() == Some(&gone)) {
                    parent.clone_from(&above);
                }
            }
            _ => {}
        }
        let expected: std::collections::BTreeMap<String, String> = parents
            .keys()
            .map(|id| {
                let (mut path, mut at) = (String::new(), Some(id.clone()));
                while let Some(id) = at {
                    path.insert_str(0, &id.replace('-', ""));
                    at = parents[&id].clone();
                }
                (id.clone(), path)
            })
            .collect();
        assert_eq!(paths(&app).await, expected, "after step {step}");
    }
}

#[db_test]
async fn all_that_lies_in_a_location_is_one_list(app: TestApp) {
    let t = Table::new(&app).await;
    let world = place(&t, "World", None, "everyone").await;
    let region = place(&t, "Region", Some(&world), "everyone").await;
    let lair = place(&t, "Lair", Some(&region), "gm").await;
    place(&t, "Hall", Some(&lair), "everyone").await;
    let town = place(&t, "Town", Some(&region), "everyone").await;
    place(&t, "Townhouse", Some(&town), "everyone").await;
    place(&t, "Elsewhere", None, "everyone").await;
    let under = |client: &Client, id: &str, more: &str| {
        let (client, path) = (client.clone(), t.at(&format!("locations?under={id}{more}")));
        async move { client.get(&path).await }
    };
    let seen = under(&t.gm, &world, "").await.ok();
    assert_eq!(all(&seen, "name"), ["Hall", "Lair", "Region", "Town", "Townhouse"]);
    // What lies behind the lair does not lie in the world for those who know of no lair.
    let seen = under(&t.mira, &world, "").await.ok();
    assert_eq!(
        (all(&seen, "name"), &seen["total"]),
        (vec!["Region".into(), "Town".into(), "Townhouse".into()], &json!(3))
    );
    assert_eq!(all(&under(&t.mira, &world, "&q=town").await.ok(), "name"), ["Town", "Townhouse"]);
    let page = under(&t.gm, &region, "&limit=2").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = under(&t.gm, &region, &format!("&limit=2&cursor={cursor}")).await.ok();
    assert_eq!(
        (all(&page, "name"), all(&rest, "name")),
        (vec!["Hall".into(), "Lair".into()], vec!["Town".into(), "Townhouse".into()])
    );
    under(&t.mira, &lair, "").await.refused(404, "not_found");
    under(&t.gm, &t.mira_pc, "").await.refused(404, "not_found");
    under(&t.gm, NOTHING, "").await.refused(404, "not_found");
}

#[db_test]
async fn no_tree_is_deeper_than_its_paths_can_be(app: TestApp) {
    let t = Table::new(&app).await;
    let top = place(&t, "Top", None, "everyone").await;
    let mut last = top.clone();
    for n in 2..=64 {
        last = place(&t, &format!("Level {n}"), Some(&last), "everyone").await;
    }
    let deeper = json!({ "kind": "location", "name": "Too deep", "parent_id": last });
    let problem = t.gm.post(&t.at("entities"), deeper).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("parent_id", "too_deep")]);
    let above = place(&t, "Above", None, "everyone").await;
    let problem =
        t.gm.patch(&format!("/entities/{top}"), 1, json!({ "parent_id": above })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("parent_id", "too_deep")]);
    assert_eq!(t.mira.get(&t.at(&format!("locations?under={top}"))).await.ok()["total"], 63);
    assert_eq!(t.gm.get(&t.at(&format!("locations?under={top}"))).await.ok()["total"], 63);
}
