//! Who knew what, when: facts as of a moment, whose knowledge, many revealed at once.

use super::*;

async fn known(t: &Table, client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&t.at(&format!("facts?{query}"))).await.ok();
    let mut texts = all(&list, "text");
    assert_eq!(list["total"], texts.len(), "{query}");
    texts.sort();
    texts
}

async fn note(t: &Table, text: &str, more: Value) -> String {
    let mut body = json!({ "subject_id": t.mira_pc, "predicate": "says", "text": text });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    id(&t.gm.post(&t.at("facts"), body).await.created())
}

#[db_test]
async fn what_was_known_on_a_day_is_what_held_then_and_was_known_by_then(app: TestApp) {
    let t = Table::new(&app).await;
    let mira = json!([{ "type": "character", "id": t.mira_pc }]);
    note(&t, "always", json!({ "knowers": mira })).await;
    note(&t, "later true", json!({ "knowers": mira, "story_from": 100 })).await;
    note(&t, "once true", json!({ "knowers": mira, "story_to": 50 })).await;
    note(&t, "told on 100", json!({ "knowers": mira, "known_from": 100 })).await;
    let told = note(&t, "told on 30", json!({})).await;
    let body = json!({ "to": mira, "known_from": 30 });
    let revealed = t.gm.post(&format!("/facts/{told}/reveal"), body).await.ok();
    let by_mira = revealed["known"].as_array().unwrap().iter().find(|known| known["by"]["type"] == "character");
    assert_eq!(by_mira.unwrap()["known_from"], 30);
    assert_eq!(revealed["known_from"], Value::Null);

    assert_eq!(known(&t, &t.mira, "as_of=29").await, ["always", "once true"]);
    assert_eq!(known(&t, &t.mira, "as_of=50").await, ["always", "once true", "told on 30"]);
    assert_eq!(known(&t, &t.mira, "as_of=51").await, ["always", "told on 30"]);
    assert_eq!(known(&t, &t.mira, "as_of=100").await, ["always", "later true", "told on 100", "told on 30"]);
    assert_eq!(known(&t, &t.mira, "").await.len(), 5, "without a moment, none counts");
    assert_eq!(known(&t, &t.tom, "as_of=100").await, [""; 0]);
    assert_eq!(known(&t, &t.gm, "as_of=29").await, ["always", "once true", "told on 100", "told on 30"]);
    let as_mira = format!("viewer=character:{}", t.mira_pc);
    assert_eq!(known(&t, &t.gm, &format!("as_of=29&{as_mira}")).await, ["always", "once true"]);
    assert_eq!(known(&t, &t.gm, &format!("as_of=29&knower=character:{}", t.mira_pc)).await, ["always", "once true"]);
    let seen = t.mira.get(&format!("/facts/{told}")).await.ok();
    assert_eq!(seen["known_from"], 30);
    assert!(seen.get("known").is_none() && seen.get("knowers").is_none(), "{seen}");
    // What everybody has always known is known from the beginning, whatever else is noted.
    t.gm.post(&format!("/facts/{told}/reveal"), json!({ "to": [{ "type": "everyone" }], "known_from": null }))
        .await
        .ok();
    assert_eq!(t.mira.get(&format!("/facts/{told}")).await.ok()["known_from"], Value::Null);
    assert_eq!(known(&t, &t.tom, "as_of=0").await, ["told on 30"]);
}

#[db_test]
async fn being_told_happens_in_the_present_unless_it_is_said(app: TestApp) {
    let t = Table::new(&app).await;
    let fact = note(&t, "news", json!({})).await;
    let definition = t.gm.get(&t.at("calendar")).await.ok()["definition"].clone();
    t.gm.put(&t.at("calendar"), 0, json!({ "definition": definition, "present": 500 })).await.ok();
    let path = format!("/facts/{fact}/reveal");
    t.gm.post(&path, json!({ "to": [{ "type": "character", "id": t.mira_pc }] })).await.ok();
    assert_eq!(t.mira.get(&format!("/facts/{fact}")).await.ok()["known_from"], 500);
    let to_tom = json!({ "to": [{ "type": "character", "id": t.tom_pc }], "known_from": null });
    t.gm.post(&path, to_tom).await.ok();
    assert_eq!(t.tom.get(&format!("/facts/{fact}")).await.ok()["known_from"], Value::Null);
    let again = json!({ "to": [{ "type": "character", "id": t.mira_pc }], "known_from": 3 });
    t.gm.post(&path, again).await.ok();
    let kept = t.mira.get(&format!("/facts/{fact}")).await.ok();
    assert_eq!(kept["known_from"], 500, "who knows it already keeps when they learned it");
}

#[db_test]
async fn facts_are_found_by_kind_status_words_and_who_knows(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    let vault = t.make(json!({ "kind": "location", "name": "Ozymandias", "visibility": "gm" })).await;
    t.join(&t.tom_pc, &guild).await;
    let everyone = json!([{ "type": "everyone" }]);
    note(&t, "seven silver rings", json!({ "kind": "quantity", "knowers": everyone })).await;
    note(&t, "the guild's silver", json!({ "kind": "possession", "knowers": [{ "type": "faction", "id": guild }] }))
        .await;
    note(&t, "for readers", json!({ "knowers": [{ "type": "reader" }] })).await;
    note(&t, "a rumour", json!({ "status": "proposed", "knowers": everyone })).await;
    note(&t, &format!("buried under [[{vault}]]"), json!({ "knowers": everyone, "kind": "location" })).await;
    let tie = json!({ "subject_id": t.mira_pc, "predicate": "trusts", "object_id": t.tom_pc, "knowers": everyone });
    assert_eq!(t.gm.post(&t.at("facts"), tie).await.created()["kind"], "relation");
    let list = t.gm.get(&t.at("facts?q=Mira%20rings")).await.ok();
    assert_eq!(all(&list, "text"), ["seven silver rings"], "the subject's name is looked in as well");

    for (client, query, expected) in [
        (&t.gm, "kind=quantity".to_owned(), vec!["seven silver rings"]),
        (&t.gm, "status=proposed".into(), vec!["a rumour"]),
        (&t.mira, "status=proposed".into(), vec![]),
        (&t.gm, "q=SILVER".into(), vec!["seven silver rings", "the guild's silver"]),
        (&t.mira, "q=silv".into(), vec!["seven silver rings"]),
        (&t.tom, "q=silver".into(), vec!["seven silver rings", "the guild's silver"]),
        (&t.tom, "q=silver&kind=possession".into(), vec!["the guild's silver"]),
        (&t.mira, "q=Ozymandias".into(), vec![]),
        (&t.gm, "q=%25".into(), vec![]),
        (&t.gm, "knower=reader".into(), vec!["for readers"]),
        (&t.gm, format!("knower=faction:{guild}&q=silver"), vec!["seven silver rings", "the guild's silver"]),
        (&t.gm, format!("knower=character:{}&q=silver", t.tom_pc), vec!["seven silver rings", "the guild's silver"]),
        (&t.gm, "knower=party&q=silver".into(), vec!["seven silver rings", "the guild's silver"]),
        (&t.gm, "knower=everyone&q=silver".into(), vec!["seven silver rings"]),
        (&t.gm, format!("subject={}&kind=quantity", t.tom_pc), vec![]),
    ] {
        assert_eq!(known(&t, client, &query).await, expected, "{query}");
    }
    for knower in ["everyone".to_owned(), format!("character:{}", t.tom_pc), "nonsense".into()] {
        t.mira.get(&t.at(&format!("facts?knower={knower}"))).await.refused(403, "forbidden");
    }
    let problem = t.gm.get(&t.at("facts?knower=nonsense")).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("knower", "unknown")]);
    let problem = t.gm.get(&t.at(&format!("facts?knower=character:{guild}"))).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("knower", "wrong_kind")]);
    t.gm.get(&t.at("facts?kind=nonsense")).await.refused(422, "invalid");
}

#[db_test]
async fn facts_come_by_subject_in_pages(app: TestApp) {
    let t = Table::new(&app).await;
    let abbey = t.make(json!({ "kind": "location", "name": "Abbey" })).await;
    for (n, subject) in [&t.tom_pc, &abbey, &t.mira_pc, &t.tom_pc, &abbey].into_iter().enumerate() {
        note(&t, &n.to_string(), json!({ "subject_id": subject, "knowers": [{ "type": "everyone" }] })).await;
    }
    let mut texts = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = t.mira.get(&t.at(&format!("facts?order=subject&limit=2{cursor}"))).await.ok();
        assert_eq!(page["total"], 5);
        texts.extend(all(&page, "text"));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(texts, ["1", "4", "2", "0", "3"]);
}

#[db_test]
async fn many_facts_are_revealed_at_once_or_none_is(app: TestApp) {
    let t = Table::new(&app).await;
    let (one, two) = (note(&t, "one", json!({})).await, note(&t, "two", json!({})).await);
    let idea = note(&t, "idea", json!({ "status": "proposed" })).await;
    let path = t.at("facts/reveal");
    let party = json!({ "fact_ids": [one, two], "party": true, "known_from": 90 });
    t.mira.post(&path, party.clone()).await.refused(403, "forbidden");
    let with_idea = json!({ "fact_ids": [one, idea], "to": [{ "type": "everyone" }] });
    t.gm.post(&path, with_idea).await.refused(409, "conflict");
    let with_nothing = json!({ "fact_ids": [one, NOTHING], "to": [{ "type": "everyone" }] });
    t.gm.post(&path, with_nothing).await.refused(404, "not_found");
    assert_eq!(known(&t, &t.mira, "").await, [""; 0]);
    let problem = t.gm.post(&path, json!({ "fact_ids": [], "party": true })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("fact_ids", "out_of_range")]);
    let problem = t.gm.post(&path, json!({ "fact_ids": [one] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("to", "empty")]);

    let revealed = t.gm.post(&path, party.clone()).await.ok();
    assert_eq!(
        (all(&revealed, "text"), &revealed["items"][0]["version"]),
        (vec!["one".into(), "two".into()], &json!(2))
    );
    for client in [&t.mira, &t.tom] {
        assert_eq!(known(&t, client, "").await, ["one", "two"]);
        assert_eq!(known(&t, client, "as_of=89").await, [""; 0]);
    }
    assert_eq!(known(&t, &t.watcher, "").await, [""; 0]);
    let again = t.gm.post(&path, party).await.ok();
    assert_eq!(again["items"][0]["version"], 2, "who knows it already learns nothing");
}

#[db_test]
async fn the_table_is_told_no_more_than_all_of_it_may_know(app: TestApp) {
    let t = Table::new(&app).await;
    let hidden = t.make(json!({ "kind": "item", "name": "Orb", "visibility": "gm" })).await;
    let open = note(&t, "an open word", json!({})).await;
    let secret = note(&t, "a hidden word", json!({ "subject_id": hidden })).await;
    let own = note(&t, "a private word", json!({})).await;
    let session = t.gm.post(&t.at("sessions"), json!({ "kind": "game", "title": "Night" })).await.created();
    let session = id(&session);
    t.gm.post(&format!("/sessions/{session}/start"), json!({})).await;
    let entries = async || {
        let list = t.watcher.get(&format!("/sessions/{session}/entries?limit=200")).await.ok();
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().filter(|entry| entry["data"].get("revealed").is_some()).collect::<Vec<_>>()
    };
    let path = t.at("facts/reveal");
    let to_mira = json!([{ "type": "character", "id": t.mira_pc }]);
    t.gm.post(&path, json!({ "fact_ids": [own], "to": to_mira })).await.ok();
    assert!(entries().await.is_empty());
    t.gm.post(&path, json!({ "fact_ids": [own], "party": true })).await.ok();
    t.gm.post(&path, json!({ "fact_ids": [open, secret], "to": [{ "type": "everyone" }] })).await.ok();
    let told = entries().await;
    let texts: Vec<&str> = told.iter().map(|entry| entry["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["The party learns something new.", "It becomes known:\n\nan open word"]);
    assert_eq!((&told[0]["data"], &told[1]["data"]), (&json!({ "revealed": [] }), &json!({ "revealed": [open] })));
}
