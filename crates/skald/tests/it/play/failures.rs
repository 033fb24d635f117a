//! The game master's answers when something fails: the reader sees what happened, and nothing shown is lost.

use skald::wiring::Given;
use skald_models::wire_server::{Script, WireServer};
use skald_platform::testing::TestDb;

use super::{answers::route_to, *};

/// The last narration of an answer that failed.
async fn failed(t: &Table, script: Vec<Script>) -> Value {
    let server = WireServer::start().await;
    route_to(t, &server).await;
    for one in script {
        server.then(one);
    }
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let entries = entries_of(&t.told(&mut ann, "I open my eyes").await);
    entries.last().cloned().expect("an entry says what happened")
}

#[db_test]
async fn a_refused_key_is_shown_as_such(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::status(401).body(r#"{"error":{"message":"bad key"}}"#)]).await;
    assert_eq!(last["data"]["status"], "failed");
    assert_eq!(last["data"]["error"]["error_code"], "provider_auth");
    assert!(!last.to_string().contains("sk-test"), "the key is never shown");
}

#[db_test]
async fn used_up_credit_is_shown_as_such_and_not_tried_again(app: TestApp) {
    let t = Table::set(app).await;
    let body = r#"{"error":{"code":"insufficient_quota","message":"no credit"}}"#;
    let last = failed(&t, vec![Script::status(429).body(body)]).await;
    assert_eq!(last["data"]["error"]["error_code"], "provider_quota");
}

#[db_test]
async fn a_service_that_is_down_is_shown_as_such(app: TestApp) {
    let t = Table::set(app).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    drop(server);
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let last = entries_of(&t.told(&mut ann, "Hello?").await).pop().expect("an entry");
    assert_eq!(last["data"]["error"]["error_code"], "provider_unreachable");
}

#[db_test]
async fn garbage_is_shown_as_such(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::html()]).await;
    assert_eq!(last["data"]["error"]["error_code"], "provider_garbage");
}

#[db_test]
async fn a_cut_stream_keeps_what_was_shown_and_the_oracle_can_take_over(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::stream(&["The wind ", "turns ", "north."]).cut_after(2)]).await;
    assert_eq!(last["text"], "The wind turns ");
    assert_eq!(last["data"]["status"], "failed");
    assert_eq!(last["data"]["error"]["error_code"], "provider_truncated");
    let mut bo = t.bo.live().await;
    bo.follow(&t.stream()).await;
    let retry = json!({ "generation_id": last["generation_id"], "with_oracle": true });
    bo.command("oracle-1", &t.stream(), "retry", retry).await;
    let entries = entries_of(&ending(&mut bo).await);
    let told = entries.last().expect("an answer");
    assert_eq!(told["data"]["label"], "oracle (no model)");
    assert_eq!(told["data"]["status"], "complete");
    assert!(!t.active().await.iter().any(|entry| entry["id"] == last["id"]));
}

#[db_test]
async fn a_short_failure_is_tried_again_before_anybody_sees_it(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::status(503), Script::stream(&["There you are."])]).await;
    assert_eq!((&last["text"], &last["data"]["status"]), (&json!("There you are."), &json!("complete")));
}

#[db_test]
async fn an_answer_without_a_word_is_a_failure(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::stream(&[])]).await;
    assert_eq!(last["data"]["status"], "failed");
}

#[db_test]
async fn an_answer_of_another_session_cannot_be_tried_again(app: TestApp) {
    let t = Table::set(app).await;
    let last = failed(&t, vec![Script::html()]).await;
    let other =
        id(&t.ann.post(&format!("/campaigns/{}/sessions", t.campaign), json!({ "kind": "game" })).await.created());
    t.ann.post(&format!("/sessions/{other}/start"), json!({})).await.ok();
    let body = json!({ "generation_id": last["generation_id"] });
    t.ann.post(&format!("/game/{other}/retry"), body.clone()).await.refused(404, "not_found");
    t.ann.post(&format!("/game/{other}/cancel"), body).await.refused(404, "not_found");
}

#[db_test]
async fn a_server_that_stops_mid_answer_marks_it_and_it_can_be_tried_again_after_the_restart(db: TestDb) {
    let config = db.config.clone();
    let t = Table::set(TestApp::with(config.clone(), Given::default()).await).await;
    let server = WireServer::start().await;
    route_to(&t, &server).await;
    let (script, hold) = Script::stream(&["The bell ", "rings."]).hold_after(1);
    server.then(script).then(Script::stream(&["The bell rang."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let said = t.ann.post(&t.at("chat"), json!({ "text": "I listen" })).await.accepted();
    hold.reached().await;
    ann.until(|frame| frame["data"]["status"] == "delta").await;
    let (stream, session, player, seq) = (t.stream(), t.session.clone(), t.ann.clone(), said["entry"]["seq"].clone());
    let epoch = ann.epoch.clone();
    t.app.stop().await;

    let again = TestApp::with(config, Given::default()).await;
    let ann = player.moved_to(&again);
    let mut socket = ann.live().await;
    assert_eq!(socket.epoch, epoch, "the same database");
    socket.send(json!({ "type": "subscribe", "stream": stream, "last_seq": seq, "epoch": epoch })).await;
    let interrupted = socket.until(|frame| frame["type"] == "entry").await;
    assert_eq!(interrupted["entry"]["data"]["status"], "interrupted", "{interrupted}");
    assert_eq!(interrupted["entry"]["text"], "The bell ");
    socket.until(|frame| frame["type"] == "resumed").await;
    let retry = json!({ "generation_id": said["generation_id"] });
    ann.post(&format!("/game/{session}/retry"), retry).await.accepted();
    let entries = entries_of(&ending(&mut socket).await);
    assert_eq!(entries.last().expect("an answer")["text"], "The bell rang.");
    again.stop().await;
}
