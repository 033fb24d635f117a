//! The game master's answers when everything goes well: models, tools, secrets, queueing, branches.

use skald_models::wire_server::{Script, WireServer};

use super::*;

/// Adds the wire server as a provider and routes narration to it.
pub(super) async fn route_to(t: &Table, server: &WireServer) {
    let provider =
        t.gm.post(
            "/ai/providers",
            json!({ "name": "House", "base_url": server.url(), "model": "tiny", "api_key": "sk-test" }),
        )
        .await
        .created();
    t.gm.put("/ai/routes", None, json!({ "narrate": [provider["id"]] })).await.ok();
}

#[db_test]
async fn a_model_narrates_with_tools_and_the_rules_decide(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    server
        .then(
            Script::stream(&["You lift ", "the cup."])
                .tool_call(
                    "give_item",
                    json!({ "character": t.characters[0]["name"], "item": "Chipped cup", "quantity": 1 }),
                )
                .tool_call("damage", json!({ "target": t.characters[0]["id"], "amount": "2", "reason": "a splinter" })),
        )
        .then(Script::stream(&["It is ", "yours."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let entries = entries_of(&t.told(&mut ann, "I take a cup").await);
    assert_eq!(kinds(&entries), ["message", "narration", "effect", "effect", "narration"]);
    assert_eq!(entries[1]["text"], "You lift the cup.");
    assert_eq!(entries[4]["text"], "It is yours.");
    assert_eq!(entries[4]["data"]["label"], "House · tiny");
    let state = t.state().await;
    let me = &state["characters"][0];
    assert_eq!(me["health"].as_i64().unwrap(), me["max_health"].as_i64().unwrap() - 2);
    assert!(me["inventory"].as_array().unwrap().iter().any(|item| item["name"] == "Chipped cup"));
    // The second request carries what the rules answered.
    let requests = server.requests();
    let tools: Vec<_> =
        requests[1].body["messages"].as_array().unwrap().iter().filter(|m| m["role"] == "tool").collect();
    assert_eq!(tools.len(), 2);
    assert!(tools[0]["content"].as_str().unwrap().contains("\"ok\":true"));
    // And the ledger holds both calls with their prompt.
    let calls = t.gm.get(&format!("/ai/calls?campaign_id={}", t.campaign)).await.ok();
    assert_eq!(calls["items"].as_array().unwrap().len(), 2);
    let call = t.gm.get(&format!("/ai/calls/{}", entries[4]["data"]["call_id"].as_str().unwrap())).await.ok();
    assert_eq!(call["reply"], "It is yours.");
}

#[db_test]
async fn an_invalid_tool_call_is_answered_with_the_reason_and_changes_nothing(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let before = t.state().await;
    server
        .then(
            Script::stream(&["Hm."])
                .tool_call_raw("damage", "{not json")
                .tool_call("summon_dragon", json!({ "size": "large" }))
                .tool_call("give_item", json!({ "character": "Nobody At All", "item": "Crown" }))
                .tool_call("move_party", json!({ "location": "The Moon" }))
                .tool_call("damage", json!({ "target": t.characters[0]["id"], "amount": "9999999d9999999" })),
        )
        .then(Script::stream(&["Nothing happens."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let entries = entries_of(&t.told(&mut ann, "I cheat").await);
    assert_eq!(kinds(&entries), ["message", "narration", "narration"]);
    let after = t.state().await;
    assert_eq!((&before["characters"], &before["location"]), (&after["characters"], &after["location"]));
    let requests = server.requests();
    let answers: Vec<&str> = requests[1].body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["role"] == "tool")
        .filter_map(|m| m["content"].as_str())
        .collect();
    assert_eq!(answers.len(), 5);
    assert!(answers.iter().all(|answer| answer.contains("\"ok\":false") && answer.contains("reason")), "{answers:?}");
}

#[db_test]
async fn what_the_party_does_not_know_is_never_in_a_prompt(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    server.otherwise(Script::stream(&["On you go."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    for place in ["The Ruined Chapel", "The Counting Crypt"] {
        let exit = t.exit(place).await;
        t.ann.post(&t.at("move"), json!({ "location_id": exit })).await.created();
        t.told(&mut ann, "What is here? Tell me of Oda Wick, the bell, the river and the Weigher.").await;
    }
    let sent: String = server.requests().iter().map(|request| request.body.to_string()).collect();
    let party: Vec<&str> = t.characters[..2].iter().filter_map(|c| c["id"].as_str()).collect();
    let mut known = 0;
    let mut page = t.gm.get(&format!("/campaigns/{}/facts?limit=200", t.campaign)).await.ok();
    for fact in page["items"].as_array_mut().unwrap() {
        let text = serde_json::to_string(&fact["text"]).unwrap();
        let text = serde_json::to_string(text.trim_matches('"')).unwrap();
        let in_prompt = sent.contains(text.trim_matches('"')) || sent.contains(fact["text"].as_str().unwrap());
        let may = fact["knowers"].as_array().unwrap().iter().any(|knower| match knower["type"].as_str() {
            Some("everyone") => true,
            Some("character") => party.contains(&knower["id"].as_str().unwrap()),
            // One of the party may belong to it.
            Some("faction") => true,
            _ => false,
        });
        known += usize::from(in_prompt);
        assert!(!in_prompt || may, "leaked: {fact}");
    }
    assert!(known > 0, "the party knows something about where it went");
}

#[db_test]
async fn messages_written_during_an_answer_are_answered_together_by_the_next(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let (first, hold) = Script::stream(&["One", " moment."]).hold_after(1);
    server.then(first).then(Script::stream(&["Both of you."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let one = t.ann.post(&t.at("chat"), json!({ "text": "I knock" })).await.accepted();
    hold.reached().await;
    let two = t.bo.post(&t.at("chat"), json!({ "text": "I sing" })).await.accepted();
    let three = t.ann.post(&t.at("chat"), json!({ "text": "I wait" })).await.accepted();
    assert_ne!(one["generation_id"], two["generation_id"]);
    assert_eq!(two["generation_id"], three["generation_id"]);
    hold.release();
    ending(&mut ann).await;
    let entries = entries_of(&ending(&mut ann).await);
    assert_eq!(entries.last().unwrap()["text"], "Both of you.");
    let asked = server.requests()[1].body.to_string();
    assert!(asked.contains("I sing") && asked.contains("I wait"));
}

#[db_test]
async fn trying_again_undoes_what_the_answer_changed(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let gift = json!({ "character": t.characters[0]["id"], "item": "Brass key", "quantity": 1 });
    server
        .then(Script::stream(&["Here."]).tool_call("give_item", gift))
        .then(Script::stream(&["A key."]))
        .then(Script::stream(&["No key after all."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let first = entries_of(&t.told(&mut ann, "I look in the drawer").await);
    let has_key = |state: &Value| {
        state["characters"][0]["inventory"].as_array().unwrap().iter().any(|item| item["name"] == "Brass key")
    };
    assert!(has_key(&t.state().await));
    let generation = &first.last().unwrap()["generation_id"];
    let ack = ann.command("retry-1", &t.stream(), "retry", json!({ "generation_id": generation })).await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let second = entries_of(&ending(&mut ann).await);
    assert_eq!(second.last().unwrap()["text"], "No key after all.");
    assert!(!has_key(&t.state().await), "the state follows the branch");
    let active = t.active().await;
    assert!(!active.iter().any(|entry| entry["generation_id"] == *generation));
    assert!(t.entries().await.iter().any(|entry| entry["generation_id"] == *generation), "it stays readable");
}

#[db_test]
async fn a_cancelled_answer_keeps_what_was_shown(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let (script, hold) = Script::stream(&["The door ", "opens."]).hold_after(1);
    server.then(script);
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let said = t.ann.post(&t.at("chat"), json!({ "text": "I open the door" })).await.accepted();
    hold.reached().await;
    ann.until(|frame| frame["data"]["status"] == "delta").await;
    t.bo.post(&t.at("cancel"), json!({ "generation_id": said["generation_id"] })).await.accepted();
    let last = entries_of(&ending(&mut ann).await).pop().expect("an entry");
    assert_eq!((&last["text"], &last["data"]["status"]), (&json!("The door "), &json!("cancelled")));
    assert!(t.state().await["generation"].is_null());
}

#[db_test]
async fn an_answer_can_be_read_as_server_sent_events(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    server.then(Script::stream(&["Rain ", "falls."]));
    let request = t.ann.request(reqwest::Method::POST, &t.at("chat")).header("accept", "text/event-stream");
    let answer = t.ann.send(request.json(&json!({ "text": "I look up" }))).await;
    assert_eq!(answer.status.as_u16(), 200);
    let text = answer.body.as_str().expect("events").to_owned();
    let events: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(events, ["entry", "token", "token", "entry", "done"], "{text}");
}

#[db_test]
async fn who_comes_late_hears_the_words_from_the_beginning(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let (script, hold) = Script::stream(&["Once upon ", "a time ", "it ended."]).hold_after(2);
    server.then(script);
    t.ann.post(&t.at("chat"), json!({ "text": "Tell me" })).await.accepted();
    hold.reached().await;
    let mut early = t.bo.live().await;
    early.follow(&t.stream()).await;
    let state = t.state().await;
    assert_eq!(state["generation"]["status"], "running");
    let mut late = t.ann.live().await;
    late.follow(&t.stream()).await;
    let caught_up = late.until(|frame| frame["kind"] == "generation").await;
    assert_eq!(caught_up["data"]["offset"], 0);
    hold.release();
    let entries = entries_of(&ending(&mut late).await);
    assert_eq!(entries.last().unwrap()["text"], "Once upon a time it ended.");
}
