//! The graph of relationships, and what of it a viewer may know. That nothing leaks, and that ways are the shortest, is tried
//! on random worlds among the secrets.

use super::*;

/// People tied in a row by trust, the first to the last by hate.
async fn ring(t: &Table, names: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(t.make(json!({ "kind": "character", "name": name })).await);
    }
    for pair in ids.windows(2) {
        tie(t, &pair[0], &pair[1], "trusts", 5).await;
    }
    tie(t, &ids[0], &ids[ids.len() - 1], "hates", -8).await;
    ids
}

async fn tie(t: &Table, from: &str, to: &str, kind: &str, strength: i64) -> String {
    let body = json!({ "from_id": from, "to_id": to, "kind": kind, "strength": strength });
    id(&t.gm.post(&t.at("relationships"), body).await.created())
}

fn names(nodes: &Value) -> Vec<&str> {
    nodes.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect()
}

#[db_test]
async fn what_is_around_somebody_is_cut_where_it_was_asked(app: TestApp) {
    let t = Table::new(&app).await;
    let ids = ring(&t, &["Ann", "Bob", "Cid", "Dee", "Eve"]).await;
    let around = |more: &str| {
        let path = t.at(&format!("relationships/graph?center={}{more}", ids[0]));
        let watcher = t.watcher.clone();
        async move { watcher.get(&path).await }
    };
    let near = around("&depth=1").await.ok();
    let mut found: Vec<_> = near["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["name"].as_str().unwrap(), n["distance"].as_u64().unwrap()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("Ann", 0), ("Bob", 1), ("Eve", 1)]);
    assert_eq!((&near["edges"].as_array().unwrap().len(), &near["truncated"]), (&2, &json!(false)));
    assert_eq!(around("&depth=2").await.ok()["nodes"].as_array().unwrap().len(), 5);
    assert_eq!(names(&around("&depth=4&kind=hates").await.ok()["nodes"]).len(), 2);
    // Of those who do not all fit, who is tied more strongly stays.
    let few = around("&limit=2").await.ok();
    assert_eq!((names(&few["nodes"]).contains(&"Eve"), &few["truncated"]), (true, &json!(true)));
    for (more, field) in [("&depth=0", "depth"), ("&depth=5", "depth"), ("&limit=0", "limit"), ("&limit=1001", "limit")]
    {
        assert_eq!(wrong(&around(more).await.refused(422, "invalid")), [pair(field, "out_of_range")]);
    }
    let alone = t.watcher.get(&t.at(&format!("relationships/graph?center={}", t.tom_pc))).await.ok();
    assert_eq!((names(&alone["nodes"]), &alone["edges"]), (vec!["Tom Ash"], &json!([])));
}

#[db_test]
async fn a_way_never_leads_through_what_one_may_not_know(app: TestApp) {
    let t = Table::new(&app).await;
    let ids = ring(&t, &["Ann", "Bob", "Cid", "Dee"]).await;
    let spy = t.make(json!({ "kind": "character", "name": "Spy", "visibility": "gm" })).await;
    tie(&t, &ids[1], &spy, "reports to", 1).await;
    let last = tie(&t, &spy, &ids[3], "reports to", 1).await;
    let way = |client: &Client, more: &str| {
        let path = t.at(&format!("relationships/path?from={}&to={}{more}", ids[1], ids[3]));
        let client = client.clone();
        async move { client.get(&path).await.ok() }
    };
    let trusted = way(&t.mira, "&kind=trusts").await;
    assert_eq!(names(&trusted["nodes"]), ["Bob", "Cid", "Dee"]);
    assert_eq!(trusted["edges"].as_array().unwrap().len(), 2);
    assert_eq!(way(&t.mira, "&kind=reports%20to").await["found"], false);
    assert_eq!(names(&way(&t.gm, "&kind=reports%20to").await["nodes"]), ["Bob", "Spy", "Dee"]);
    // What changes is seen at once.
    t.gm.delete(&format!("/relationships/{last}"), 1).await.no_content();
    assert_eq!(way(&t.gm, "&kind=reports%20to").await["found"], false);
    t.gm.patch(&format!("/entities/{}", ids[2]), 1, json!({ "visibility": "gm" })).await.ok();
    assert_eq!(names(&way(&t.mira, "").await["nodes"]), ["Bob", "Ann", "Dee"]);
    assert_eq!(way(&t.mira, "&kind=trusts").await["found"], false);
    for (from, to) in [(&spy, &ids[0]), (&ids[0], &spy), (&ids[0], &NOTHING.to_owned())] {
        t.mira.get(&t.at(&format!("relationships/path?from={from}&to={to}"))).await.refused(404, "not_found");
    }
    t.mira.get(&t.at("relationships/path")).await.refused(422, "invalid");
}

#[db_test]
async fn figures_count_what_the_viewer_may_know(app: TestApp) {
    let t = Table::new(&app).await;
    let left = ring(&t, &["Ann", "Bob", "Cid", "Hub"]).await;
    let right = ring(&t, &["Wes", "Xia", "Yan", "Zed"]).await;
    for other in &left[..3] {
        tie(&t, &left[3], other, "leads", 9).await;
    }
    let bridge = tie(&t, &left[3], &right[0], "writes to", 1).await;
    let figures = t.mira.get(&t.at("relationships/analytics")).await.ok();
    assert_eq!((&figures["nodes_total"], &figures["edges_total"]), (&json!(8), &json!(12)));
    let first = &figures["central"][0];
    assert_eq!((&first["node"]["name"], &first["degree"]), (&json!("Hub"), &json!(6)));
    assert!(first["betweenness"].as_f64().unwrap() > 0.5, "{first}");
    let groups = figures["communities"].as_array().unwrap();
    assert_eq!(groups.iter().map(|group| group["size"].as_u64().unwrap()).collect::<Vec<_>>(), [4, 4]);
    assert_eq!(names(&groups[0]["members"]).len(), 4);
    assert_eq!(figures["central"].as_array().unwrap().len(), 8);
    assert_eq!(t.mira.get(&t.at("relationships/analytics?limit=3")).await.ok()["central"].as_array().unwrap().len(), 3);

    t.gm.patch(&format!("/relationships/{bridge}"), 1, json!({ "visibility": "gm" })).await.ok();
    assert_eq!(t.mira.get(&t.at("relationships/analytics")).await.ok()["edges_total"], 11);
    assert_eq!(t.gm.get(&t.at("relationships/analytics")).await.ok()["edges_total"], 12);
    let empty = t.gm.campaign("Empty").await;
    let none = t.gm.get(&format!("/campaigns/{empty}/relationships/analytics")).await.ok();
    assert_eq!((&none["nodes_total"], &none["central"], &none["communities"]), (&json!(0), &json!([]), &json!([])));
}
