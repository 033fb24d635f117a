//! Random tables: who makes them and rolls, and that a roll can be repeated.

use super::*;

async fn table(t: &Table, body: Value) -> Value {
    t.gm.post(&t.at("tables"), body).await.created()
}

#[db_test]
async fn a_table_is_made_rolled_on_changed_and_deleted(app: TestApp) {
    let t = Table::new(&app).await;
    let owl = t.make(json!({ "kind": "character", "subtype": "creature", "name": "Owl" })).await;
    let gems =
        table(&t, json!({ "name": "Gems", "rows": [{ "text": "a ruby", "weight": 3 }, { "text": "glass" }] })).await;
    let rows = json!([{ "from": 2, "to": 6, "text": "Only {{gems}}" }, { "from": 7, "to": 12, "entity_id": owl }]);
    let made = table(&t, json!({ "name": " Night ", "dice": "2D6", "rows": rows })).await;
    assert_eq!((&made["name"], &made["dice"], &made["row_count"]), (&json!("Night"), &json!("2d6"), &json!(2)));
    assert_eq!(made["entities"], json!([{ "id": owl, "name": "Owl" }]));
    assert_eq!(all(&t.gm.get(&t.at("tables")).await.ok(), "name"), ["Gems", "Night"]);
    let path = format!("/tables/{}", id(&made));

    let roll = t.gm.post(&format!("{path}/roll"), json!({ "count": 20 })).await.created();
    let again = t.gm.post(&format!("{path}/roll"), json!({ "count": 20, "seed": roll["seed"] })).await.created();
    assert_eq!(roll["results"], again["results"]);
    assert_eq!(roll["user_id"], json!(t.gm.id));
    for result in roll["results"].as_array().unwrap() {
        let dice: i64 = result["dice"].as_array().unwrap().iter().map(|die| die["value"].as_i64().unwrap()).sum();
        assert_eq!(json!(dice), result["total"]);
        if result["row"] == 1 {
            assert_eq!((&result["text"], &result["entity"]["id"]), (&json!("Owl"), &json!(owl)));
        } else {
            assert_eq!(result["nested"][0]["table_id"], gems["id"]);
            let text = format!("Only {}", result["nested"][0]["text"].as_str().unwrap());
            assert_eq!(result["text"], json!(text));
        }
    }
    let kept = t.gm.get(&format!("{path}/rolls?limit=1")).await.ok();
    assert_eq!((&kept["items"][0], kept["next_cursor"].is_string()), (&again, true));
    let cursor = kept["next_cursor"].as_str().unwrap();
    assert_eq!(t.gm.get(&format!("{path}/rolls?cursor={cursor}")).await.ok()["items"], json!([roll]));

    let changed = t.gm.patch(&path, 1, json!({ "dice": null, "rows": [{ "text": "quiet" }] })).await.ok();
    assert_eq!((&changed["version"], &changed["rows"][0]["weight"]), (&json!(2), &json!(1)));
    let problem = t.gm.patch(&path, 1, json!({ "name": "x" })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["row_count"], 1);
    t.gm.delete(&path, 2).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
}

#[db_test]
async fn what_a_table_may_not_hold_is_refused_at_its_field(app: TestApp) {
    let t = Table::new(&app).await;
    let row = |text: &str| json!({ "text": text });
    for (body, expected) in [
        (json!({ "name": "x", "rows": [] }), pair("rows", "out_of_range")),
        (json!({ "name": "x", "rows": [row("")] }), pair("rows.0.text", "empty")),
        (json!({ "name": "x", "rows": [row("{{y}}")] }), pair("rows.0.text", "unknown_table")),
        (json!({ "name": "x", "rows": [{ "text": "a", "table_id": NOTHING }] }), pair("rows.0.table_id", "unknown")),
        (json!({ "name": "x", "rows": [{ "text": "a", "entity_id": NOTHING }] }), pair("rows.0.entity_id", "unknown")),
        (json!({ "name": "x", "dice": "1d4", "rows": [{ "text": "a", "from": 2, "to": 4 }] }), pair("rows", "gap")),
        (json!({ "name": "x", "dice": "dd", "rows": [row("a")] }), pair("dice", "not_dice")),
    ] {
        let problem = t.gm.post(&t.at("tables"), body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [expected], "{body}");
    }
    let one = table(&t, json!({ "name": "One", "rows": [row("a")] })).await;
    table(&t, json!({ "name": "Two", "rows": [row("{{ONE}}")] })).await;
    let back = json!({ "rows": [row("{{two}}")] });
    let problem = t.gm.patch(&format!("/tables/{}", id(&one)), 1, back).await.refused(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("One → Two → One"), "{problem}");
    let problem =
        t.gm.post(&format!("/tables/{}/roll", id(&one)), json!({ "count": 21 })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("count", "out_of_range")]);
}

#[db_test]
async fn tables_are_the_game_masters_alone(app: TestApp) {
    let t = Table::new(&app).await;
    let made = table(&t, json!({ "name": "Night", "rows": [{ "text": "quiet" }] })).await;
    let path = format!("/tables/{}", id(&made));
    t.mira.get(&t.at("tables")).await.refused(403, "forbidden");
    for path in [path.clone(), format!("{path}/rolls")] {
        t.mira.get(&path).await.refused(404, "not_found");
        t.gm.get(&format!("{path}?viewer=party")).await.refused(404, "not_found");
    }
    t.mira.post(&format!("{path}/roll"), json!({})).await.refused(404, "not_found");
}
