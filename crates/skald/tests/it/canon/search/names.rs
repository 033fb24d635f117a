//! Suggestions: names by their beginning, by ear and by what is at hand.

use skald::wiring::Given;
use skald_platform::testing::{Backend, TestDb};

use super::*;

async fn suggested(client: &Client, t: &Table, query: &str) -> Vec<String> {
    all(&client.get(&t.at(&format!("search/suggest?{query}"))).await.ok(), "name")
}

#[db_test]
async fn a_name_is_suggested_however_it_is_typed_or_heard(app: TestApp) {
    let t = Table::new(&app).await;
    for (kind, name, aliases) in [
        ("character", "Drizzt Do'Urden", vec!["the Drow Ranger"]),
        ("location", "Phandalin", vec![]),
        ("location", "Neverwinter", vec!["Jewel of the North"]),
        ("item", "Orb of the Hollow Grave", vec![]),
        ("character", "Владимир", vec![]),
        ("location", "東京都", vec![]),
        ("location", "قصر محمد", vec![]),
    ] {
        t.make(json!({ "kind": kind, "name": name, "aliases": aliases })).await;
    }
    for (query, found, why, matched) in [
        ("q=driz", "Drizzt Do'Urden", "name", None),
        ("q=do'urden drizzt", "Drizzt Do'Urden", "name", None),
        ("q=fandolin", "Phandalin", "sound", None),
        ("q=fandolin&spoken=true", "Phandalin", "sound", None),
        ("q=never winter", "Neverwinter", "name", None),
        ("q=jewel of", "Neverwinter", "name", Some("Jewel of the North")),
        ("q=hollow orb", "Orb of the Hollow Grave", "name", None),
        ("q=vladimir", "Владимир", "sound", None),
        ("q=東京", "東京都", "name", None),
        ("q=محمد", "قصر محمد", "name", None),
    ] {
        let list = t.tom.get(&t.at(&format!("search/suggest?{query}"))).await.ok();
        let first = &list["items"][0];
        assert_eq!((&first["name"], &first["why"]), (&json!(found), &json!(why)), "{query}: {list}");
        assert_eq!(first["matched"], json!(matched), "{query}");
    }
    assert!(suggested(&t.tom, &t, "q=kubernetes").await.is_empty());
    assert!(suggested(&t.tom, &t, "q=phandalin&kind=item,lore").await.is_empty());
    for (query, field) in
        [("kind=dragon", "kind"), ("context=x", "context"), ("limit=0", "limit"), ("limit=51", "limit")]
    {
        let refused = t.tom.get(&t.at(&format!("search/suggest?{query}"))).await.refused(422, "invalid");
        assert_eq!(wrong(&refused)[0].0, field);
    }
}

#[db_test]
async fn a_change_is_suggested_at_once_and_only_to_who_may_know(app: TestApp) {
    let t = Table::new(&app).await;
    assert!(suggested(&t.gm, &t, "q=xugalo").await.is_empty());
    let guild = t.make(json!({ "kind": "faction", "name": "Lantern Guild" })).await;
    let made = t.gm.entity(&t.campaign, json!({ "kind": "character", "name": "Xugalo", "visibility": "gm" })).await;
    let path = format!("/entities/{}", id(&made));
    let everybody = async || {
        let mut seen = Vec::new();
        for client in [&t.gm, &t.mira, &t.tom, &t.watcher] {
            seen.push(suggested(client, &t, "q=xugalo").await.len());
        }
        seen
    };
    assert_eq!(everybody().await, [1, 0, 0, 0]);
    let some = json!({ "visibility": "some", "visible_to": [t.mira_pc, guild] });
    t.gm.patch(&path, 1, some).await.ok();
    assert_eq!(everybody().await, [1, 1, 0, 0]);
    // Who joins a faction knows what it knows from that moment.
    let joined = t.join(&t.tom_pc, &guild).await;
    assert_eq!(everybody().await, [1, 1, 1, 0]);
    t.gm.delete(&format!("/relationships/{}", id(&joined)), 1).await.no_content();
    assert_eq!(everybody().await, [1, 1, 0, 0]);
    t.gm.patch(&path, 2, json!({ "visibility": "everyone" })).await.ok();
    assert_eq!(everybody().await, [1, 1, 1, 1]);
    t.gm.patch(&path, 3, json!({ "name": "Dumathoin", "aliases": ["Xugalo's Shadow"] })).await.ok();
    assert_eq!(suggested(&t.tom, &t, "q=dumathoin").await, ["Dumathoin"]);
    assert_eq!(suggested(&t.tom, &t, "q=xugalos shadow").await, ["Dumathoin"]);
    t.gm.delete(&path, 4).await.no_content();
    assert_eq!(everybody().await, [0, 0, 0, 0]);
}

#[db_test]
async fn what_is_at_hand_comes_first_and_an_empty_query_shows_it(app: TestApp) {
    let t = Table::new(&app).await;
    let mut ids = Vec::new();
    for name in ["Moth", "Motha", "Mothe"] {
        ids.push(t.make(json!({ "kind": "item", "name": name })).await);
    }
    assert_eq!(suggested(&t.tom, &t, "q=moth").await[0], "Moth");
    assert_eq!(suggested(&t.tom, &t, &format!("q=mot&context={}", ids[2])).await[0], "Mothe");
    // What is related to it is at hand too, unless the relationship is a secret.
    let relate =
        |visibility: &str| json!({ "from_id": ids[2], "to_id": ids[1], "kind": "burns", "visibility": visibility });
    let secret = t.gm.post(&t.at("relationships"), relate("gm")).await.created();
    let near = format!("q=mot&context={}", ids[2]);
    assert_eq!(suggested(&t.tom, &t, &near).await, ["Mothe", "Moth", "Motha"]);
    assert_eq!(suggested(&t.gm, &t, &near).await, ["Mothe", "Motha", "Moth"]);
    t.gm.delete(&format!("/relationships/{}", id(&secret)), 1).await.no_content();
    assert_eq!(suggested(&t.tom, &t, &format!("context={}&limit=2", ids[0])).await, ["Moth", "Mothe"]);
}

#[db_test]
async fn another_node_finds_a_change_as_soon_as_it_is_committed(db: TestDb) {
    if db.backend == Backend::Sqlite {
        // One process serves a data folder.
        return;
    }
    let one = TestApp::with(db.config.clone(), Given::default()).await;
    let t = Table::new(&one).await;
    let other = TestApp::with(db.config, Given::default()).await;
    let there = t.gm.moved_to(&other);
    assert!(suggested(&there, &t, "q=xugalo").await.is_empty());
    t.make(json!({ "kind": "character", "name": "Xugalo" })).await;
    assert_eq!(suggested(&there, &t, "q=xugalo").await, ["Xugalo"]);
    one.stop().await;
    other.stop().await;
}

#[db_test]
async fn mentions_in_a_text_are_those_the_reader_may_know(app: TestApp) {
    use skald_canon::search::{Why, resolve};
    use skald_kernel::Viewer;

    let t = Table::new(&app).await;
    let open = t.make(json!({ "kind": "location", "name": "Phandalin" })).await;
    let hidden = t.make(json!({ "kind": "item", "name": "Black Spider", "visibility": "gm" })).await;
    let text = "Near fandalin the Black Spider waits for Mira Vane.";
    let found = async |viewer: Viewer| {
        let mentions = resolve(&app.app, &viewer, text).await.unwrap();
        mentions.into_iter().map(|m| (m.id.to_string(), text[m.range].to_owned(), m.why)).collect::<Vec<_>>()
    };
    let of = |id: &str, words: &str, why| (id.to_owned(), words.to_owned(), why);
    let campaign = t.campaign.parse().unwrap();
    let (place, person) = (of(&open, "fandalin", Why::Sound), of(&t.mira_pc, "Mira Vane", Why::Name));
    let spider = of(&hidden, "Black Spider", Why::Name);
    assert_eq!(found(Viewer::gm(campaign)).await, [place.clone(), spider, person.clone()]);
    assert_eq!(found(Viewer::characters(campaign, vec![])).await, [place, person]);
}
