//! Commands and frames that are wrong: each effect once, each mistake answered, the socket lives on.

use futures::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::*;

#[db_test]
async fn a_command_sent_twice_has_one_effect_and_the_same_ack(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (stream, mut socket) = (stream(&session), gm.live().await);
    let first = socket.command("c-1", &stream, "say", json!({ "text": "Once" })).await;
    assert_eq!((&first["type"], seq(&first)), (&json!("ack"), 1));
    let again = socket.command("c-1", &stream, "say", json!({ "text": "Once" })).await;
    assert_eq!(again, first);
    // From another socket of the same user, as after a lost connection.
    let mut other = gm.live().await;
    assert_eq!(other.command("c-1", &stream, "say", json!({ "text": "Once" })).await, first);
    let entries = gm.get(&format!("/sessions/{session}/entries")).await.ok();
    assert_eq!(entries["items"].as_array().unwrap().len(), 1);

    let mixed_up = socket.command("c-1", &stream, "say", json!({ "text": "Twice" })).await;
    assert_eq!((&mixed_up["type"], &mixed_up["error"]["error_code"]), (&json!("nack"), &json!("idempotency_mismatch")));
    assert_eq!(mixed_up["error"]["status"], 409);
    let mixed_up = socket.command("c-1", &stream, "roll", json!({ "notation": "1d6" })).await;
    assert_eq!(mixed_up["error"]["error_code"], "idempotency_mismatch");
    assert_eq!(seq(&socket.command("c-2", &stream, "say", json!({ "text": "Twice" })).await), 2);
}

#[db_test]
async fn the_same_command_sent_at_once_over_many_sockets_has_one_effect(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let stream = stream(&session);
    let answers = futures::future::join_all(
        (0..8).map(|_| async { gm.live().await.command("c", &stream, "say", json!({ "text": "Once" })).await }),
    )
    .await;
    let acks: Vec<&Value> = answers.iter().filter(|answer| answer["type"] == "ack").collect();
    assert!(!acks.is_empty());
    // One that finds it done but not yet answered learns that it is done, and the entry comes with the stream.
    assert!(acks.iter().all(|ack| ack["seq"].is_null() || seq(ack) == 1), "{acks:?}");
    for nack in answers.iter().filter(|answer| answer["type"] == "nack") {
        assert_eq!(nack["error"]["error_code"], "idempotency_running", "{nack}");
        assert_eq!(nack["error"]["retryable"], true);
    }
    assert_eq!(gm.get(&format!("/sessions/{session}")).await.ok()["seq"], 1);
}

#[db_test]
async fn two_users_may_use_the_same_command_id(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let session = table(&gm, &campaign).await;
    let stream = stream(&session);
    assert_eq!(seq(&gm.live().await.command("1", &stream, "say", json!({ "text": "A" })).await), 1);
    assert_eq!(seq(&player.live().await.command("1", &stream, "say", json!({ "text": "A" })).await), 2);
}

#[db_test]
async fn a_refused_command_gives_its_id_back(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (stream, mut socket) = (stream(&session), gm.live().await);
    let refused = socket.command("c", &stream, "say", json!({ "text": " " })).await;
    assert_eq!(refused["type"], "nack");
    assert_eq!(refused["error"]["errors"][0]["field"], "text");
    assert_eq!(seq(&socket.command("c", &stream, "say", json!({ "text": "Better" })).await), 1);
}

#[db_test]
async fn a_roll_is_one_entry_with_its_dice(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (stream, mut socket) = (stream(&session), gm.live().await);
    socket.follow(&stream).await;
    let ack = socket.command("c", &stream, "roll", json!({ "notation": "2d6+1", "purpose": "luck" })).await;
    assert_eq!(seq(&ack), 1);
    let entry = gm.get(&format!("/sessions/{session}/entries")).await.ok()["items"][0].clone();
    assert_eq!((&entry["kind"], &entry["data"]["modifier"]), (&json!("roll"), &json!(1)));
    assert_eq!(entry["data"]["dice"].as_array().unwrap().len(), 2);
}

#[db_test]
async fn mistakes_are_answered_and_the_socket_lives_on(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (stream, mut socket) = (stream(&session), gm.live().await);

    let unknown = socket.command("c", &stream, "dance", json!({})).await;
    assert_eq!((&unknown["type"], &unknown["error"]["error_code"]), (&json!("nack"), &json!("bad_request")));
    for (args, field) in
        [(json!({}), "notation"), (json!({ "notation": "2d6", "loaded": true }), "loaded"), (json!([]), "")]
    {
        let wrong = socket.command("c", &stream, "roll", args.clone()).await;
        assert_eq!(wrong["error"]["error_code"], "invalid", "{args}");
        let named = wrong["error"]["errors"][0]["field"].as_str().unwrap();
        assert!(field.is_empty() || named.is_empty() || named == field, "{wrong}");
    }
    for id in ["", "two words", &"x".repeat(200)] {
        let wrong = socket.command(id, &stream, "roll", json!({ "notation": "1d6" })).await;
        assert_eq!(wrong["error"]["error_code"], "bad_request", "{id:?}");
    }
    for (text, code) in [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("hello", "invalid_json"),
        ("{}", "invalid"),
        ("[1]", "invalid"),
        (r#"{"type":"dance"}"#, "invalid"),
        (r#"{"type":"subscribe"}"#, "invalid"),
        (r#"{"type":"subscribe","stream":"session:x","last_seq":-1}"#, "invalid"),
        (r#"{"type":"ping"} {"type":"ping"}"#, "invalid_json"),
    ] {
        socket.send_text(text).await;
        let error = socket.next().await;
        assert_eq!((&error["type"], &error["error"]["error_code"]), (&json!("error"), &json!(code)), "{text}: {error}");
    }
    for name in ["", "session", "session:x", "novel:00000000-0000-0000-0000-000000000007"] {
        socket.send(json!({ "type": "subscribe", "stream": name })).await;
        let error = socket.next().await;
        assert_eq!((&error["type"], &error["stream"]), (&json!("error"), &json!(name)), "{error}");
        assert_eq!(error["error"]["errors"][0]["field"], "stream");
        let nack = socket.command("c", name, "say", json!({ "text": "x" })).await;
        assert_eq!(nack["type"], "nack", "{nack}");
    }
    for name in ["session:00000000-0000-0000-0000-000000000007", "campaign:00000000-0000-0000-0000-000000000007"] {
        let error = socket.follow(name).await;
        assert_eq!((&error["stream"], &error["error"]["error_code"]), (&json!(name), &json!("not_found")));
    }
    assert_eq!(seq(&socket.command("c", &stream, "say", json!({ "text": "Still here" })).await), 1);
}

/// A socket without the kit around it, for frames the kit does not send.
async fn bare(
    app: &TestApp,
    by: &Client,
) -> impl SinkExt<Message, Error = tokio_tungstenite::tungstenite::Error>
+ StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>>
+ Unpin {
    let ticket = by.post("/live/ticket", json!({})).await.ok();
    let address =
        format!("{}/api/v1/live?ticket={}", app.url.replacen("http", "ws", 1), ticket["ticket"].as_str().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.expect("the socket opens");
    socket.next().await.expect("a hello").expect("a hello");
    socket
}

#[db_test]
async fn a_binary_frame_is_refused_and_the_socket_lives_on(app: TestApp) {
    let gm = app.admin().await;
    let mut socket = bare(&app, &gm).await;
    socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    let error: Value = serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
    assert_eq!((&error["type"], &error["error"]["error_code"]), (&json!("error"), &json!("bad_request")));
    socket.send(Message::text(r#"{"type":"ping"}"#)).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().to_text().unwrap(), r#"{"type":"pong"}"#);
}

#[db_test]
async fn a_frame_of_more_than_64_kib_closes_the_socket(app: TestApp) {
    let gm = app.admin().await;
    let mut socket = gm.live().await;
    let within = json!({ "type": "typing", "stream": "x".repeat(60 * 1024) });
    socket.send(within).await;
    assert_eq!(before_pong(&mut socket).await, Vec::<Value>::new());
    let beyond = json!({ "type": "typing", "stream": "x".repeat(70 * 1024) });
    socket.send(beyond).await;
    let came = socket.came().await;
    assert!(matches!(came, Came::Closed(_)), "{came:?}");
}
