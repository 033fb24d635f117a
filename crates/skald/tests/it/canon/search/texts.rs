//! Texts and facts by their words, blended with names.

use super::*;

fn hits(answer: &Value) -> Vec<String> {
    all(answer, "name")
}

async fn found(client: &Client, t: &Table, q: &str) -> Value {
    client.get(&t.at(&format!("search?q={}", escaped(q)))).await.ok()
}

fn marked(hit: &Value) -> String {
    let pieces = hit["snippet"].as_array().expect("a snippet");
    let piece = |piece: &Value| {
        let text = piece["text"].as_str().unwrap();
        if piece["hit"] == true { format!("<{text}>") } else { text.to_owned() }
    };
    pieces.iter().map(piece).collect()
}

#[db_test]
async fn words_phrases_and_filters_find_texts(app: TestApp) {
    let t = Table::new(&app).await;
    let vale = t.make(json!({ "kind": "location", "name": "Vale" })).await;
    t.make(json!({
        "kind": "location", "name": "Old Mill", "parent_id": vale, "tags": ["Märkt"],
        "summary": "A wheel that turns by itself.", "body": "Nobody has *ground* Barley here since the Königin left.",
    }))
    .await;
    t.make(json!({
        "kind": "item", "name": "Ledger", "tags": ["märkt", "paper"],
        "body": "It lists barley, salt and the miller's debts. The wheel is drawn on its last page.",
    }))
    .await;
    t.make(json!({ "kind": "lore", "name": "祭り", "body": "東京都では秋に祭りがある。" })).await;
    t.make(json!({ "kind": "note", "name": "Дневник", "body": "Мельница сгорела зимой." })).await;
    for (q, wanted) in [
        ("barley", vec!["Ledger", "Old Mill"]),
        ("BARLEY konigin", vec!["Old Mill"]),
        ("\"barley salt\"", vec!["Ledger"]),
        ("\"salt barley\"", vec![]),
        ("barl*", vec!["Ledger", "Old Mill"]),
        ("barley -salt", vec!["Old Mill"]),
        ("barley -\"since the\"", vec!["Ledger"]),
        ("wheel kind:item", vec!["Ledger"]),
        ("wheel tag:markt tag:paper", vec!["Ledger"]),
        ("wheel in:vale", vec!["Old Mill"]),
        ("wheel by:ada", vec!["Ledger", "Old Mill"]),
        ("wheel by:mira", vec![]),
        ("wheel in:nowhere", vec![]),
        ("wheel before:2020", vec![]),
        ("wheel after:2020-02", vec!["Ledger", "Old Mill"]),
        ("wheel after:soon", vec!["Ledger", "Old Mill"]),
        ("kind:item tag:paper", vec!["Ledger"]),
        ("東京都", vec!["祭り"]),
        ("秋", vec!["祭り"]),
        ("大阪", vec![]),
        ("мельница", vec!["Дневник"]),
        // No word of that form: the beginning of one will do.
        ("barle grou", vec!["Old Mill"]),
        ("xyzzy", vec![]),
    ] {
        let answer = found(&t.tom, &t, q).await;
        let mut names = hits(&answer);
        names.sort();
        assert_eq!(names, wanted, "{q}: {answer}");
        assert_eq!(answer["total"], wanted.len(), "{q}");
    }
    let answer = found(&t.tom, &t, "barley").await;
    assert_eq!(answer["facets"]["tags"][0], json!({ "value": "Märkt", "count": 2 }));
    assert_eq!(
        answer["facets"]["kinds"],
        json!([{ "value": "item", "count": 1 }, { "value": "location", "count": 1 }])
    );
    let mill = answer["items"].as_array().unwrap().iter().find(|hit| hit["name"] == "Old Mill").unwrap();
    assert_eq!(marked(mill), "A wheel that turns by itself. Nobody has ground <Barley> here since the Königin left.");
    assert_eq!(found(&t.tom, &t, "wheel after:soon").await["ignored"], json!(["after:soon"]));
    // Names that fit come before texts, and each entity once.
    let answer = found(&t.tom, &t, "old mil").await;
    assert_eq!((&answer["items"][0]["name"], &answer["items"][0]["why"]), (&json!("Old Mill"), &json!("name")));
}

#[db_test]
async fn nothing_that_is_typed_breaks_the_search(app: TestApp) {
    let t = Table::new(&app).await;
    t.make(json!({ "kind": "item", "name": "Lamp", "body": "It's a 'lamp' \\ of AND, OR, NOT and NEAR." })).await;
    for q in [
        "'",
        "\"",
        "\\",
        "*",
        "-",
        "--",
        ":",
        "a:b:c",
        "(",
        ")",
        "^",
        "AND",
        "OR NOT",
        "NEAR(a b)",
        "lamp'; DROP TABLE x",
        "&|!<->",
        "title:x",
        "{words}",
        "-lamp",
        "\"lamp",
        "kind:",
        "tag:\"",
        "%",
        "_",
        "a*b*",
        "𝕃amp",
        "\u{200b}",
        "💡",
        "' & 'x':*",
    ] {
        found(&t.gm, &t, q).await;
    }
    assert_eq!(hits(&found(&t.gm, &t, "and near").await), ["Lamp"]);
    let refused =
        |path: &'static str| async { wrong(&t.gm.get(&t.at(path)).await.refused(422, "invalid"))[0].0.clone() };
    assert_eq!(refused("search?q=%00").await, "q");
    assert_eq!(refused("search?q=x&kind=dragon").await, "kind");
    assert_eq!(refused("search?q=x&limit=0").await, "limit");
    assert_eq!(refused("search?q=x&cursor=x").await, "cursor");
    let long = "x".repeat(501);
    assert_eq!(
        wrong(&t.gm.get(&t.at(&format!("search?q={long}"))).await.refused(422, "invalid")),
        [pair("q", "too_long")]
    );
}

#[db_test]
async fn a_fact_is_found_by_who_knows_it_from_the_moment_they_do(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Old Mill" })).await;
    let fact =
        json!({ "subject_id": mill, "predicate": "hides", "text": "A silver whistle lies under the millstone." });
    let fact = id(&t.gm.post(&t.at("facts"), fact).await.created());
    let everybody = async |q: &str| {
        let mut seen = Vec::new();
        for client in [&t.gm, &t.mira, &t.tom] {
            seen.push(found(client, &t, q).await["total"].as_u64().unwrap());
        }
        seen
    };
    assert_eq!(everybody("whistle").await, [1, 0, 0]);
    let to = json!({ "to": [{ "type": "character", "id": t.mira_pc }] });
    t.gm.post(&format!("/facts/{fact}/reveal"), to).await.ok();
    assert_eq!(everybody("whistle").await, [1, 1, 0]);
    let answer = found(&t.mira, &t, "silver whistle").await;
    let hit = &answer["items"][0];
    assert_eq!((&hit["id"], &hit["why"], &hit["fact_id"]), (&json!(mill), &json!("fact"), &json!(fact)));
    assert_eq!(marked(hit), "Old Mill hides: A <silver> <whistle> lies under the millstone.");
    let version = t.gm.get(&format!("/facts/{fact}")).await.ok()["version"].as_i64();
    t.gm.patch(&format!("/facts/{fact}"), version, json!({ "text": "A golden horn." })).await.ok();
    assert_eq!((everybody("whistle").await, everybody("golden horn").await), (vec![0, 0, 0], vec![1, 1, 0]));
    t.gm.delete(&format!("/facts/{fact}"), version.map(|v| v + 1)).await.no_content();
    assert_eq!(everybody("golden horn").await, [0, 0, 0]);
}

#[db_test]
async fn a_text_is_found_as_it_is_now_and_by_those_who_may_see_it(app: TestApp) {
    let t = Table::new(&app).await;
    let made =
        t.gm.entity(&t.campaign, json!({ "kind": "note", "name": "Draft", "body": "zebra", "visibility": "gm" })).await;
    let path = format!("/entities/{}", id(&made));
    let everybody = async |q: &str| {
        let mut seen = Vec::new();
        for client in [&t.gm, &t.mira, &t.tom] {
            seen.push(found(client, &t, q).await["total"].as_u64().unwrap());
        }
        seen
    };
    assert_eq!(everybody("zebra").await, [1, 0, 0]);
    t.gm.patch(&path, 1, json!({ "visibility": "some", "visible_to": [t.tom_pc] })).await.ok();
    assert_eq!(everybody("zebra").await, [1, 0, 1]);
    t.gm.patch(&path, 2, json!({ "visibility": "everyone", "body": "quagga" })).await.ok();
    assert_eq!((everybody("zebra").await, everybody("quagga").await), (vec![0, 0, 0], vec![1, 1, 1]));
    t.gm.delete(&path, 3).await.no_content();
    assert_eq!(everybody("quagga").await, [0, 0, 0]);
}

#[db_test]
async fn a_secret_passage_and_a_hidden_link_are_found_by_who_may_read_them(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Lantern Guild" })).await;
    t.make(json!({ "kind": "item", "name": "Zyxquor", "visibility": "gm" })).await;
    let body = "An apple.\n\n:::secret\nA banana.\n:::\n\n:::secret [[Mira Vane]] [[Lantern Guild]]\nA cherry.\n:::\n\n\
                Here lies [[Zyxquor]], the [[Zyxquor|damson]] stone.";
    t.make(json!({ "kind": "note", "name": "Fruit", "summary": "Of [[Zyxquor]].", "body": body })).await;
    let fact = json!({
        "subject_id": guild, "predicate": "fears", "text": "They fear [[Zyxquor]] and elderberries.",
        "knowers": [{ "type": "everyone" }],
    });
    t.gm.post(&t.at("facts"), fact).await.created();
    let everybody = async |q: &str| {
        let mut seen = Vec::new();
        for client in [&t.gm, &t.mira, &t.tom, &t.watcher] {
            seen.push(found(client, &t, q).await["total"].as_u64().unwrap());
        }
        seen
    };
    assert_eq!(everybody("apple").await, [1, 1, 1, 1]);
    assert_eq!(everybody("banana").await, [1, 0, 0, 0]);
    assert_eq!(everybody("cherry apple").await, [1, 1, 0, 0]);
    assert_eq!(everybody("banana cherry").await, [1, 0, 0, 0]);
    assert_eq!(everybody("damson").await, [1, 1, 1, 1]);
    assert_eq!(everybody("elderberries").await, [1, 1, 1, 1]);
    // The thing itself, the note and the fact; and nothing at all for those who do not know it.
    assert_eq!(everybody("zyxquor").await, [3, 0, 0, 0]);
    t.join(&t.tom_pc, &guild).await;
    assert_eq!(everybody("cherry").await, [1, 1, 1, 0]);
}

#[db_test]
async fn hits_come_in_pages_and_another_campaign_has_its_own(app: TestApp) {
    let t = Table::new(&app).await;
    for n in 0..7 {
        t.make(json!({ "kind": "item", "name": format!("Thing {n}"), "body": "A quince." })).await;
    }
    let other = t.gm.campaign("Elsewhere").await;
    t.gm.entity(&other, json!({ "kind": "item", "name": "Stranger", "body": "A quince." })).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = t.tom.get(&t.at(&format!("search?q=quince&limit=3{cursor}"))).await.ok();
        assert_eq!(page["total"], 7);
        seen.extend(hits(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    // Of texts that fit equally well, the newest first.
    assert_eq!(seen, (0..7).rev().map(|n| format!("Thing {n}")).collect::<Vec<_>>());
}

#[db_test]
async fn a_name_that_only_sounds_alike_is_asked_about(app: TestApp) {
    let t = Table::new(&app).await;
    t.make(json!({ "kind": "character", "name": "Drizzt Do'Urden" })).await;
    assert_eq!(found(&t.tom, &t, "Drizzt Do'Urden").await["did_you_mean"], Value::Null);
    let answer = found(&t.tom, &t, "tritst to urdn").await;
    assert_eq!(answer["did_you_mean"], "Drizzt Do'Urden", "{answer}");
    assert_eq!(answer["items"][0]["why"], "sound");
    assert_eq!(found(&t.tom, &t, "kubernetes").await["did_you_mean"], Value::Null);
}

#[db_test]
async fn reindexing_finds_the_same_and_what_was_never_indexed(app: TestApp) {
    use sea_orm::ConnectionTrait;

    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Old Mill", "body": "barley" })).await;
    let fact = json!({ "subject_id": mill, "predicate": "is", "text": "Barley is stored here.", "knowers": [{ "type": "everyone" }] });
    t.gm.post(&t.at("facts"), fact).await.created();
    let before = found(&t.tom, &t, "barley").await;
    assert_eq!(before["total"], 1);
    // As in a database that was made before there were documents.
    let tx = app.app.tx(&Actor::engine("test")).await.unwrap();
    tx.conn().execute_unprepared("DELETE FROM search_documents").await.unwrap();
    tx.conn().execute_unprepared("DELETE FROM installation WHERE name = 'search_documents'").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(&t.tom, &t, "barley").await["total"], 0);
    let mut told = Vec::new();
    skald_canon::search::reindex(&app.app, &mut |done, all| told.push((done, all))).await.unwrap();
    assert_eq!(told.last(), Some(&(4, 4)));
    assert_eq!(found(&t.tom, &t, "barley").await, before);
}
