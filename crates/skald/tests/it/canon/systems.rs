//! Rule systems: a campaign follows one, writes its own, and loses no sheet.

use super::*;

#[db_test]
async fn a_campaign_follows_a_system_and_new_sheets_must_fit(app: TestApp) {
    let t = Table::new(&app).await;
    let (path, sheet) = (format!("/entities/{}", t.mira_pc), json!({ "sheet": { "level": "three", "homebrew": 1 } }));
    t.gm.patch(&path, 1, json!({ "fields": sheet })).await.ok();
    let keys = all(&t.watcher.get(&t.at("systems")).await.ok(), "key");
    assert_eq!(keys, ["d20", "narrative"]);
    t.mira.put(&t.at("system"), None, json!({ "key": "d20" })).await.refused(403, "forbidden");
    let problem = t.gm.put(&t.at("system"), None, json!({ "key": "d66" })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("key", "unknown")]);
    t.gm.put(&t.at("system"), None, json!({ "key": "d20" })).await.no_content();
    assert_eq!(t.mira.get(&t.at("systems/d20")).await.ok()["chosen"], true);
    let read = t.gm.get(&format!("/characters/{}", t.mira_pc)).await.ok();
    assert_eq!((&read["system"], &read["entity"]["fields"]), (&json!("d20"), &sheet), "what was stored is kept");
    assert_eq!(read["sheet_problems"][0]["field"], "fields.sheet.level");
    let also = json!({ "sheet": { "level": "three", "defense": 99, "homebrew": 2 } });
    let problem = t.gm.patch(&path, 2, json!({ "fields": also })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("fields.sheet.defense", "maximum")], "only what is new");
    t.gm.patch(&path, 2, json!({ "fields": { "sheet": { "level": "three", "homebrew": 2 } } })).await.ok();
    let bad = json!({ "kind": "character", "name": "Bad", "fields": { "sheet": [] } });
    let problem = t.gm.post(&t.at("entities"), bad).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("fields.sheet", "type")]);
    t.make(json!({ "kind": "location", "name": "Mill", "fields": { "sheet": [] } })).await;
    t.gm.put(&t.at("system"), None, json!({ "key": null })).await.no_content();
    let read = t.gm.get(&format!("/characters/{}", t.mira_pc)).await.ok();
    assert_eq!((&read["system"], read.get("sheet_problems")), (&json!(null), None));
}

#[db_test]
async fn a_system_of_ones_own_is_made_changed_and_deleted(app: TestApp) {
    let t = Table::new(&app).await;
    let own = |level: &str| {
        json!({
            "key": "house", "name": " House ", "schema": { "properties": { "rank": { "type": level } } },
            "ui": { "groups": [{ "label": "All", "fields": ["rank"] }] },
        })
    };
    let made = t.gm.post(&t.at("systems"), own("integer")).await.created();
    assert_eq!((&made["name"], &made["version"], &made["shipped"]), (&json!("House"), &json!(1), &json!(false)));
    for (body, expected) in [
        (own("integer"), pair("key", "taken")),
        (json!({ "key": "d20", "name": "x", "schema": {} }), pair("key", "taken")),
        (json!({ "key": "x", "name": "x", "schema": { "$ref": "http://localhost/s" } }), pair("schema", "reference")),
        (json!({ "key": "x", "name": "x", "schema": { "type": "colour" } }), pair("schema.type", "schema")),
    ] {
        assert_eq!(
            wrong(&t.gm.post(&t.at("systems"), body.clone()).await.refused(422, "invalid")),
            [expected],
            "{body}"
        );
    }
    t.gm.put(&t.at("system"), None, json!({ "key": "house" })).await.no_content();
    let hero = t.make(json!({ "kind": "character", "name": "Hero", "fields": { "sheet": { "rank": 3 } } })).await;
    let path = t.at("systems/house");
    t.gm.put(&path, 2, own("string")).await.refused(412, "version_stale");
    t.gm.put(&path, None, own("string")).await.refused(428, "version_needed");
    t.gm.put(&t.at("systems/d20"), 0, own("string")).await.refused(409, "conflict");
    assert_eq!(t.gm.put(&path, 1, own("string")).await.ok()["version"], 2);
    let read = t.gm.get(&format!("/characters/{hero}")).await.ok();
    assert_eq!(read["entity"]["fields"]["sheet"]["rank"], 3, "a sheet outlives its system");
    assert_eq!(read["sheet_problems"][0]["field"], "fields.sheet.rank");
    t.mira.delete(&path, 2).await.refused(403, "forbidden");
    t.gm.delete(&path, 2).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
    assert_eq!(t.gm.get(&format!("/characters/{hero}")).await.ok()["system"], json!(null));
    let elsewhere = t.gm.campaign("Elsewhere").await;
    assert_eq!(all(&t.gm.get(&format!("/campaigns/{elsewhere}/systems")).await.ok(), "key").len(), 2);
}
