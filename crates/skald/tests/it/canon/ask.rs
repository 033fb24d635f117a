//! Questions to the canon: answered from what the reader may know, with what the answer rests on.

use skald_models::wire_server::{Script, WireServer};

use super::Table;
use crate::support::*;

/// What everybody may know, and its ids by name.
async fn open(table: &Table) -> Vec<(String, String)> {
    let mut made = Vec::new();
    for (kind, name, summary, body) in [
        ("location", "Old Mill", "A mill without a wheel.", "The mill burned down in spring. Rats live in the cellar."),
        ("faction", "Lantern Guild", "Lamp lighters of the town.", "They meet in the [[Old Mill]] at new moon."),
        ("character", "Osk Barrel", "A ferryman with one eye.", "He lost his eye to a heron."),
    ] {
        let body = json!({ "kind": kind, "name": name, "summary": summary, "body": body });
        made.push((name.to_owned(), table.make(body).await));
    }
    fact(table, &made[2].1, "His brother is Tom Ash.", json!({ "type": "everyone" })).await;
    made
}

/// What only the game master, or Tom, may know: told in the words of the same questions.
async fn hide(table: &Table, osk: &str) {
    let gm = json!({ "type": "gm" });
    table.make(json!({ "kind": "character", "name": "Vesna Crow", "summary": "She burned the mill down.", "visibility": "gm" })).await;
    table
        .make(json!({ "kind": "lore", "name": "The fire", "body": "The mill burned because of the guild.",
            "visibility": "some", "visible_to": [table.tom_pc] }))
        .await;
    fact(table, osk, "His brother is really Vesna Crow in disguise.", gm.clone()).await;
    fact(table, osk, "He lost his eye in a fight.", json!({ "type": "character", "id": table.tom_pc })).await;
    for n in 0..30 {
        fact(table, osk, &format!("The ferryman's heron number {n} burned his brother's mill."), gm.clone()).await;
    }
}

async fn fact(table: &Table, subject: &str, text: &str, knower: Value) {
    let body = json!({ "subject_id": subject, "predicate": "is", "text": text, "knowers": [knower] });
    table.gm.post(&table.at("facts"), body).await.created();
}

async fn ask(table: &Table, client: &Client, question: &str) -> Value {
    client.post(&table.at("ask"), json!({ "question": question })).await.ok()
}

const QUESTIONS: [&str; 7] = [
    "Who burned the mill?",
    "Who is the brother of Osk Barrel?",
    "How did Osk lose his eye?",
    "Who is Vesna Crow?",
    "Where does the guild meet?",
    "What about the fire?",
    "heron number 7",
];

#[db_test]
async fn the_oracle_answers_in_the_words_of_the_canon_and_names_them(app: TestApp) {
    let table = Table::new(&app).await;
    let made = open(&table).await;
    let answer = ask(&table, &table.mira, "Where does the guild meet?").await;
    assert_eq!(answer["answer"], "They meet in the Old Mill at new moon.");
    assert_eq!((&answer["known"], &answer["by"]), (&json!(true), &json!("oracle (no model)")));
    assert_eq!(
        (&answer["cites"][0]["entity_id"], &answer["cites"][0]["name"]),
        (&json!(made[1].1), &json!("Lantern Guild"))
    );

    let answer = ask(&table, &table.mira, "Who is Osk's brother?").await;
    assert_eq!(answer["answer"], "His brother is Tom Ash.");
    assert!(answer["cites"][0]["fact_id"].is_string(), "{answer}");

    let nothing = ask(&table, &table.mira, "What do dragons eat?").await;
    assert_eq!((&nothing["known"], &nothing["answer"], &nothing["cites"]), (&json!(false), &json!(""), &json!([])));
    for question in ["", "  ", &"x".repeat(501)] {
        let refused = table.mira.post(&table.at("ask"), json!({ "question": question })).await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["field"], "question");
    }
}

#[db_test]
async fn a_player_is_answered_as_if_what_is_hidden_did_not_exist(app: TestApp) {
    let table = Table::new(&app).await;
    let made = open(&table).await;
    let everyone = format!("{}?viewer=everyone", table.at("ask"));
    let mut before = Vec::new();
    for question in QUESTIONS {
        before.push((ask(&table, &table.watcher, question).await, ask(&table, &table.mira, question).await));
    }
    hide(&table, &made[2].1).await;
    for (question, (watcher, mira)) in QUESTIONS.into_iter().zip(before) {
        assert_eq!(ask(&table, &table.watcher, question).await, watcher, "{question}");
        assert_eq!(ask(&table, &table.mira, question).await, mira, "{question}");
        let seen = table.gm.post(&everyone, json!({ "question": question })).await.ok();
        assert_eq!(seen, watcher, "through the eyes of everyone: {question}");
    }
    let all = ask(&table, &table.gm, "Who is Vesna Crow?").await;
    assert!(all["answer"].as_str().unwrap().contains("burned the mill"), "the game master reads all: {all}");
    let tom = ask(&table, &table.tom, "Was the eye of Osk lost in a fight?").await;
    assert!(tom["answer"].as_str().unwrap().contains("in a fight"), "{tom}");
    table.watcher.post(&everyone, json!({ "question": "Who?" })).await.refused(403, "forbidden");
}

#[db_test]
async fn what_a_model_cites_must_be_among_the_pieces(app: TestApp) {
    let table = Table::new(&app).await;
    open(&table).await;
    let wire = WireServer::start().await;
    let body = json!({ "name": "Wire", "base_url": wire.url(), "model": "m" });
    let provider = table.gm.post("/ai/providers", body).await.created();
    table.gm.put("/ai/routes", None, json!({ "default": [id(&provider)] })).await.ok();

    let cites = json!([{ "piece": "p1", "quote": "made up" }, { "piece": "p99", "quote": "x" }]);
    wire.then(Script::stream(&[&json!({ "answer": "In the mill.", "cites": cites }).to_string()]));
    let answer = ask(&table, &table.mira, "Where does the guild meet?").await;
    assert_eq!((&answer["answer"], &answer["by"]), (&json!("In the mill."), &json!("Wire · m")));
    assert_eq!(answer["cites"].as_array().unwrap().len(), 1, "{answer}");
    assert_ne!(answer["cites"][0]["quote"], "made up");

    // Nothing that was given is named: then it is not in the canon, whatever the model says.
    let alone = json!({ "answer": "On the moon.", "cites": [{ "piece": "p99", "quote": "moon" }] });
    wire.then(Script::stream(&[&alone.to_string()]));
    let answer = ask(&table, &table.mira, "Where does the guild meet?").await;
    assert_eq!((&answer["known"], &answer["answer"]), (&json!(false), &json!("")));

    let oracle = json!({ "question": "Where does the guild meet?", "with_oracle": true });
    let answer = table.mira.post(&table.at("ask"), oracle).await.ok();
    assert_eq!(answer["by"], "oracle (no model)");
    assert_eq!(wire.requests().len(), 2);

    // The ledger says what was told, and with whose eyes.
    let call = table.gm.get(&format!("/ai/calls?campaign_id={}", table.campaign)).await.ok()["items"][1].clone();
    let call = table.gm.get(&format!("/ai/calls/{}", id(&call))).await.ok();
    assert_eq!((&call["task"], &call["receipt"]["viewer"]["gm"]), (&json!("extract"), &json!(false)));
    assert!(!call["receipt"]["entity_ids"].as_array().unwrap().is_empty(), "{call}");
}
