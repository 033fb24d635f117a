//! Maps and pins: who sets them, and what of them each viewer sees.

use super::*;

/// What the server takes for a picture of 400 by 300 pixels, another one for each number.
async fn picture(t: &Table, n: u8) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(400_u32.to_be_bytes());
    bytes.extend(300_u32.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, n]);
    let request = t.gm.request(reqwest::Method::POST, &t.at("media")).body(bytes);
    id(&t.gm.send(request).await.created())
}

async fn map(t: &Table, mut body: Value) -> Value {
    if body["media_id"].is_null() {
        body["media_id"] = json!(picture(t, 1).await);
    }
    t.gm.post(&t.at("maps"), body).await.created()
}

async fn pin(t: &Table, map: &Value, body: Value) -> Value {
    t.gm.post(&format!("/maps/{}/pins", id(map)), body).await.created()
}

fn labels(map: &Value) -> Vec<&str> {
    map["pins"].as_array().unwrap().iter().map(|pin| pin["label"].as_str().unwrap()).collect()
}

#[db_test]
async fn a_map_is_made_of_a_picture_changed_and_deleted(app: TestApp) {
    let t = Table::new(&app).await;
    let made = map(&t, json!({ "name": " The Coast " })).await;
    let path = format!("/maps/{}", id(&made));
    assert_eq!((&made["name"], &made["width"], &made["height"]), (&json!("The Coast"), &json!(400), &json!(300)));
    assert_eq!((&made["visibility"], &made["pins"], &made["version"]), (&json!("everyone"), &json!([]), &json!(1)));
    let seen = t.watcher.get(&path).await.ok();
    assert!(seen.get("visible_to").is_none());
    let place = t.make(json!({ "kind": "location", "name": "Coast" })).await;
    let changed = t.gm.patch(&path, 1, json!({ "location_id": place, "name": "Coast road" })).await.ok();
    assert_eq!((&changed["location_name"], &changed["version"]), (&json!("Coast"), &json!(2)));
    let problem = t.gm.patch(&path, 1, json!({ "name": "x" })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["name"], "Coast road");
    t.gm.patch(&path, None, json!({ "name": "x" })).await.refused(428, "version_needed");
    t.mira.patch(&path, 2, json!({ "name": "x" })).await.refused(403, "forbidden");
    t.mira.post(&t.at("maps"), json!({ "name": "x", "media_id": made["media_id"] })).await.refused(403, "forbidden");
    assert_eq!(all(&t.mira.get(&t.at(&format!("maps?location_id={place}"))).await.ok(), "name"), ["Coast road"]);
    assert_eq!(t.mira.get(&t.at(&format!("maps?location_id={NOTHING}"))).await.ok()["items"], json!([]));
    t.gm.delete(&path, 2).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
    assert_eq!(t.gm.get(&t.at("maps")).await.ok()["items"], json!([]));
}

#[db_test]
async fn a_pin_is_set_moved_and_taken_off(app: TestApp) {
    let t = Table::new(&app).await;
    let coast = map(&t, json!({ "name": "Coast" })).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn", "summary": "Warm" })).await;
    let inside = map(&t, json!({ "name": "The inn", "location_id": inn })).await;
    let made =
        pin(&t, &coast, json!({ "x": 0.25, "y": 1, "entity_id": inn, "icon": "beer", "colour": "#AA3020" })).await;
    assert_eq!((&made["entity"]["name"], &made["colour"]), (&json!("Inn"), &json!("#aa3020")));
    assert_eq!(made["opens"], inside["id"], "a location with a map of its own opens it");
    let path = format!("/pins/{}", id(&made));
    let moved = t.gm.patch(&path, 1, json!({ "x": 0.5, "label": "Rest here" })).await.ok();
    assert_eq!((&moved["x"], &moved["y"], &moved["version"]), (&json!(0.5), &json!(1.0), &json!(2)));
    assert_eq!(t.gm.patch(&path, 1, json!({ "x": 0 })).await.refused(412, "version_stale")["current"]["x"], 0.5);
    t.mira.patch(&path, 2, json!({ "x": 0 })).await.refused(403, "forbidden");
    assert_eq!(all(&t.mira.get(&t.at(&format!("maps?entity_id={inn}"))).await.ok(), "name"), ["Coast"]);
    let seen = t.mira.get(&format!("/maps/{}", id(&coast))).await.ok();
    assert_eq!(labels(&seen), ["Rest here"]);
    for (body, expected) in [
        (json!({ "x": 1.5, "y": 0, "label": "x" }), pair("x", "out_of_range")),
        (json!({ "x": 0, "y": 0 }), pair("label", "empty")),
        (json!({ "x": 0, "y": 0, "entity_id": NOTHING }), pair("entity_id", "unknown")),
        (json!({ "x": 0, "y": 0, "label": "x", "icon": "<b>" }), pair("icon", "wrong_type")),
        (json!({ "x": 0, "y": 0, "label": "x", "visible_to": [inn] }), pair("visible_to.0", "wrong_kind")),
    ] {
        let problem = t.gm.post(&format!("/maps/{}/pins", id(&coast)), body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [expected], "{body}");
    }
    for (body, expected) in [
        (json!({ "name": "x", "media_id": NOTHING }), pair("media_id", "unknown")),
        (json!({ "name": "", "media_id": coast["media_id"] }), pair("name", "empty")),
        (
            json!({ "name": "x", "media_id": coast["media_id"], "location_id": t.tom_pc }),
            pair("location_id", "wrong_kind"),
        ),
    ] {
        assert_eq!(wrong(&t.gm.post(&t.at("maps"), body).await.refused(422, "invalid")), [expected]);
    }
    t.gm.delete(&path, 2).await.no_content();
    assert_eq!(t.mira.get(&t.at(&format!("maps?entity_id={inn}"))).await.ok()["items"], json!([]));
    t.gm.patch(&path, 3, json!({ "x": 0 })).await.refused(404, "not_found");
}

#[db_test]
async fn everybody_sees_their_own_pins_on_one_map(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    t.join(&t.tom_pc, &guild).await;
    let open = t.make(json!({ "kind": "location", "name": "Open" })).await;
    let hidden = t.make(json!({ "kind": "location", "name": "Hidden", "visibility": "gm" })).await;
    let cellar = map(&t, json!({ "name": "Cellar", "location_id": open, "visibility": "gm" })).await;
    let coast = map(&t, json!({ "name": "Coast" })).await;
    let at = |label: &str| json!({ "x": 0.5, "y": 0.5, "label": label });
    let with = |label: &str, more: Value| {
        let mut body = at(label);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    pin(&t, &coast, with("all", json!({ "entity_id": open }))).await;
    let secret = pin(&t, &coast, with("secret", json!({ "visibility": "gm" }))).await;
    pin(&t, &coast, with("guild", json!({ "visibility": "some", "visible_to": [guild] }))).await;
    pin(&t, &coast, with("mira", json!({ "visibility": "some", "visible_to": [t.mira_pc] }))).await;
    let behind = pin(&t, &coast, with("behind", json!({ "entity_id": hidden }))).await;
    let path = format!("/maps/{}", id(&coast));
    for (who, seen) in [
        (&t.gm, vec!["all", "secret", "guild", "mira", "behind"]),
        (&t.mira, vec!["all", "mira"]),
        (&t.tom, vec!["all", "guild"]),
        (&t.watcher, vec!["all"]),
    ] {
        let read = who.get(&path).await.ok();
        assert_eq!(labels(&read), seen);
        assert_eq!(
            read["pins"][0]["opens"] == cellar["id"],
            seen.len() == 5,
            "the map behind a pin is seen by its own right"
        );
    }
    for pin in [&secret, &behind] {
        t.mira.patch(&format!("/pins/{}", id(pin)), 1, json!({ "x": 0 })).await.refused(404, "not_found");
        t.mira.delete(&format!("/pins/{}", id(pin)), 1).await.refused(404, "not_found");
    }
    let found = t.at(&format!("maps?entity_id={hidden}"));
    assert_eq!(t.mira.get(&found).await.ok()["items"], json!([]));
    assert_eq!(all(&t.gm.get(&found).await.ok(), "name"), ["Coast"]);
    t.gm.patch(&format!("/entities/{hidden}"), 1, json!({ "visibility": "everyone" })).await.ok();
    assert_eq!(labels(&t.watcher.get(&path).await.ok()), ["all", "behind"]);
}

#[db_test]
async fn a_map_is_seen_with_its_location_and_its_picture_with_the_map(app: TestApp) {
    let t = Table::new(&app).await;
    let lair = t.make(json!({ "kind": "location", "name": "Lair", "visibility": "gm" })).await;
    let media = picture(&t, 9).await;
    let made = map(&t, json!({ "name": "Lair", "media_id": media, "location_id": lair })).await;
    let path = format!("/maps/{}", id(&made));
    let looks = |who: &Client| {
        let who = who.clone();
        let (map, list, bytes) = (path.clone(), t.at("maps"), format!("/media/{media}"));
        async move {
            let bytes = who.request(reqwest::Method::GET, &bytes).send().await.unwrap().status().as_u16();
            let listed = who.get(&list).await.ok()["items"].as_array().unwrap().len();
            (who.get(&map).await.status.as_u16(), listed, bytes)
        }
    };
    assert_eq!(looks(&t.gm).await, (200, 1, 200));
    assert_eq!(looks(&t.mira).await, (404, 0, 404));
    t.mira.patch(&path, 1, json!({ "name": "x" })).await.refused(404, "not_found");
    let some = json!({ "visibility": "some", "visible_to": [t.mira_pc] });
    t.gm.patch(&format!("/entities/{lair}"), 1, json!({ "visibility": "everyone" })).await.ok();
    assert_eq!(looks(&t.mira).await, (200, 1, 200));
    t.gm.patch(&path, 1, some).await.ok();
    assert_eq!(looks(&t.mira).await, (200, 1, 200));
    assert_eq!(looks(&t.tom).await, (404, 0, 404));
    // What is in use cannot be deleted, even where nobody but the game master sees it.
    t.gm.delete(&format!("/media/{media}"), None).await.refused(409, "conflict");
    t.gm.delete(&path, 2).await.no_content();
    t.gm.delete(&format!("/media/{media}"), None).await.no_content();
}
