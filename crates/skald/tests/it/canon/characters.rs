//! Characters: what a player may change of their own, and what nobody else sees of it.

use super::*;

#[db_test]
async fn a_player_changes_the_sheet_of_their_own_character_and_nothing_else(app: TestApp) {
    let t = Table::new(&app).await;
    let path = format!("/characters/{}", t.mira_pc);
    let fields = json!({ "gm_plan": "doom", "home": "Weir", "sheet": { "level": 1, "gm_curse": 9 } });
    t.gm.patch(&format!("/entities/{}", t.mira_pc), 1, json!({ "fields": fields })).await.ok();
    t.gm.put(&t.at("system"), None, json!({ "key": "d20" })).await.no_content();
    let change = json!({ "sheet": { "level": 2 }, "voice": "Low", "goals": "Home" });
    let read = t.mira.patch(&path, 2, change.clone()).await.ok();
    let open = json!({ "home": "Weir", "sheet": { "level": 2 }, "voice": "Low", "goals": "Home" });
    assert_eq!((&read["entity"]["fields"], &read["editable"]), (&open, &json!(true)));
    assert_eq!((&read["player_id"], &read["sheet_problems"]), (&json!(t.mira.id), &json!([])));
    let whole = t.gm.get(&path).await.ok();
    assert_eq!(whole["entity"]["fields"]["gm_plan"], "doom");
    assert_eq!(whole["entity"]["fields"]["sheet"], json!({ "level": 2, "gm_curse": 9 }), "the unseen stays");
    let stale = t.mira.patch(&path, 2, change.clone()).await.refused(412, "version_stale");
    assert!(!stale.to_string().contains("gm_"), "{stale}");
    t.mira.patch(&path, None, change.clone()).await.refused(428, "version_needed");
    for (body, expected) in [
        (json!({ "sheet": { "level": 99 } }), pair("fields.sheet.level", "maximum")),
        (json!({ "sheet": { "gm_curse": 0 } }), pair("sheet", "secret")),
        (json!({ "voice": "x".repeat(4001) }), pair("voice", "too_long")),
    ] {
        assert_eq!(wrong(&t.mira.patch(&path, 3, body.clone()).await.refused(422, "invalid")), [expected], "{body}");
    }
    for who in [&t.tom, &t.watcher] {
        who.patch(&path, 3, change.clone()).await.refused(403, "forbidden");
        let read = who.get(&path).await.ok();
        assert_eq!((&read["editable"], read.get("sheet_problems")), (&json!(false), None));
        assert!(!read.to_string().contains("gm_"), "{read}");
    }
    t.mira.patch(&format!("/entities/{}", t.mira_pc), 3, json!({ "name": "Queen" })).await.refused(403, "forbidden");
    let cleared = t.mira.patch(&path, 3, json!({ "sheet": null, "voice": null })).await.ok();
    assert_eq!(cleared["entity"]["fields"]["sheet"], json!({}));
    assert_eq!(t.gm.get(&path).await.ok()["entity"]["fields"]["sheet"], json!({ "gm_curse": 9 }));
}

#[db_test]
async fn a_character_is_read_with_what_its_reader_may_know(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    let coven = t.make(json!({ "kind": "faction", "name": "Coven", "visibility": "gm" })).await;
    let open = json!({ "from_id": t.tom_pc, "to_id": guild, "kind": "member_of", "visibility": "everyone" });
    t.gm.post(&t.at("relationships"), open).await.created();
    t.join(&t.tom_pc, &coven).await;
    t.join(&t.mira_pc, &guild).await;
    for (who, of, seen) in [
        (&t.gm, &t.tom_pc, vec!["Coven", "Guild"]),
        (&t.mira, &t.tom_pc, vec!["Guild"]),
        (&t.gm, &t.mira_pc, vec!["Guild"]),
        (&t.watcher, &t.mira_pc, vec![]),
    ] {
        let read = who.get(&format!("/characters/{of}")).await.ok();
        let names: Vec<&str> =
            read["factions"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(names, seen);
    }
    let hidden = t.make(json!({ "kind": "character", "name": "Shade", "visibility": "gm" })).await;
    for id in [&hidden, &NOTHING.to_owned()] {
        t.mira.get(&format!("/characters/{id}")).await.refused(404, "not_found");
        t.mira.patch(&format!("/characters/{id}"), 1, json!({ "voice": "x" })).await.refused(404, "not_found");
    }
    t.gm.get(&format!("/characters/{guild}")).await.refused(404, "not_found");
    t.gm.patch(&format!("/characters/{hidden}"), 1, json!({ "voice": "Whispers" })).await.ok();
}
