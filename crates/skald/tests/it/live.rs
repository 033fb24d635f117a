//! The live socket: who gets in, what frames mean, and (in the modules below) that nothing is lost, doubled or leaked.

mod commands;
mod load;
mod members;
mod nodes;
mod resume;
mod tickets;

use skald_kernel::SessionId;
use skald_platform::{Actor, App};
use skald_table::timeline::{
    Author, EntryKind, NewEntry,
    actions::{At, append},
};

use crate::support::*;

/// A running session of kind `table`: what is said there is one entry, and nobody answers.
async fn table(gm: &Client, campaign: &str) -> String {
    let session = id(&gm.post(&format!("/campaigns/{campaign}/sessions"), json!({ "kind": "table" })).await.created());
    gm.post(&format!("/sessions/{session}/start"), json!({})).await.ok();
    session
}

/// The stream of a session.
fn stream(session: &str) -> String {
    format!("session:{session}")
}

/// Says something over HTTP, which is one entry.
async fn say(by: &Client, session: &str, text: &str) -> u64 {
    let said = by.post(&format!("/game/{session}/chat"), json!({ "text": text })).await.accepted();
    said["entry"]["seq"].as_u64().expect("a number")
}

/// Appends entries in one transaction, as the program itself does.
async fn write(app: &App, session: &str, texts: impl IntoIterator<Item = String>) {
    let entries = texts
        .into_iter()
        .map(|text| NewEntry {
            kind: EntryKind::Narration,
            author: Author::Engine { name: "Test".into() },
            text,
            data: json!({}),
            generation_id: None,
        })
        .collect();
    let session: SessionId = session.parse().expect("an id");
    let mut tx = app.tx(&Actor::engine("test")).await.expect("a transaction");
    append(&mut tx, session, At::Head, entries).await.expect("appended");
    tx.commit().await.expect("committed");
}

fn is_entry(frame: &Value) -> bool {
    frame["type"] == "entry"
}

fn seq(frame: &Value) -> u64 {
    frame["seq"].as_u64().unwrap_or_else(|| panic!("a number in {frame}"))
}

/// Takes frames until the entry `last` has come, and returns the numbers of all entries in the order they came.
async fn numbers_to(socket: &mut Socket, stream: &str, last: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        let frame = socket.until(is_entry).await;
        assert_eq!(frame["stream"], stream);
        let own = &frame["entry"]["seq"];
        assert!(own.is_null() || own == &frame["seq"], "{frame}");
        numbers.push(seq(&frame));
    }
    numbers
}

/// Asks for a `pong` and returns everything that came before it.
async fn before_pong(socket: &mut Socket) -> Vec<Value> {
    socket.send(json!({ "type": "ping" })).await;
    let mut before = Vec::new();
    loop {
        let frame = socket.next().await;
        if frame["type"] == "pong" {
            return before;
        }
        before.push(frame);
    }
}

#[db_test]
async fn hello_tells_the_epoch_and_the_heartbeat(app: TestApp) {
    let gm = app.admin().await;
    let ticket = gm.post("/live/ticket", json!({})).await.ok();
    assert!(ticket["expires_in"].as_i64().unwrap() > 0);
    let mut socket = Socket::open(&app.url, ticket["ticket"].as_str().unwrap()).await.unwrap();
    let hello = socket.next().await;
    assert_eq!(hello["type"], "hello");
    assert_eq!(hello["heartbeat_ms"], 30_000);
    let epoch = hello["epoch"].as_str().unwrap();
    assert!(!epoch.is_empty());
    assert_eq!(gm.live().await.epoch, epoch);
}

#[db_test]
async fn a_newcomer_gets_a_snapshot_and_then_every_entry(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    write(&app.app, &session, (1..=60).map(|n| format!("{n}"))).await;
    let mut socket = gm.live().await;
    let snapshot = socket.follow(&stream(&session)).await;
    assert_eq!(snapshot["type"], "snapshot", "{snapshot}");
    assert_eq!(snapshot["seq"], 60);
    assert_eq!(snapshot["state"]["session"]["id"], session);
    let entries = snapshot["state"]["entries"].as_array().unwrap();
    let numbers: Vec<u64> = entries.iter().map(seq).collect();
    assert_eq!(numbers, (11..=60).collect::<Vec<_>>(), "the newest 50, oldest first");
    for n in 61..=63 {
        assert_eq!(say(&gm, &session, "And then?").await, n);
    }
    let first = socket.until(is_entry).await;
    assert_eq!((seq(&first), &first["entry"]["text"]), (61, &json!("And then?")));
    assert_eq!(first["entry"]["author"]["name"], "Ada");
    assert_eq!(numbers_to(&mut socket, &stream(&session), 63).await, [62, 63]);
}

#[db_test]
async fn the_numbers_after_a_snapshot_follow_it_while_others_write(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let writing = async {
        for n in 1..=100 {
            write(&app.app, &session, [format!("{n}")]).await;
        }
    };
    let following = futures::future::join_all((0..4).map(|_| async {
        let mut socket = gm.live().await;
        let snapshot = socket.follow(&stream(&session)).await;
        let from = seq(&snapshot);
        let newest = snapshot["state"]["entries"].as_array().unwrap().last().map_or(0, seq);
        assert_eq!(newest, from);
        let came = if from < 100 { numbers_to(&mut socket, &stream(&session), 100).await } else { Vec::new() };
        assert_eq!(came, (from + 1..=100).collect::<Vec<_>>());
    }));
    futures::join!(writing, following);
}

#[db_test]
async fn presence_shows_who_is_here_and_who_leaves(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let session = table(&gm, &campaign).await;
    let present = |frame: &Value, names: &[&str]| {
        let users = frame["data"]["users"].as_array().cloned().unwrap_or_default();
        let mut here: Vec<String> =
            users.iter().map(|user| user["display_name"].as_str().unwrap_or_default().to_owned()).collect();
        here.sort();
        frame["type"] == "ephemeral" && frame["kind"] == "presence" && here == names
    };
    let mut watching = gm.live().await;
    watching.follow(&stream(&session)).await;
    watching.until(|frame| present(frame, &["Ada"])).await;
    let (mut one, mut other) = (player.live().await, player.live().await);
    one.follow(&stream(&session)).await;
    watching.until(|frame| present(frame, &["Ada", "Pim"])).await;
    one.until(|frame| present(frame, &["Ada", "Pim"])).await;
    // A second browser of the same user changes nothing for the others, and is told who is here.
    other.follow(&stream(&session)).await;
    other.until(|frame| present(frame, &["Ada", "Pim"])).await;
    let seen = gm.get(&format!("/sessions/{session}")).await.ok();
    assert_eq!(seen["participants"], json!([]), "following is not taking part");

    // One of two browsers goes: still here. The other one goes, too: gone.
    one.send(json!({ "type": "unsubscribe", "stream": stream(&session) })).await;
    before_pong(&mut one).await;
    let heard = before_pong(&mut watching).await;
    assert!(heard.iter().all(|frame| frame["kind"] != "presence"), "{heard:?}");
    other.send(json!({ "type": "unsubscribe", "stream": stream(&session) })).await;
    watching.until(|frame| present(frame, &["Ada"])).await;
}

#[db_test]
async fn others_see_who_is_typing(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let session = table(&gm, &campaign).await;
    let (mut watching, mut typing) = (gm.live().await, player.live().await);
    watching.follow(&stream(&session)).await;
    typing.follow(&stream(&session)).await;
    typing.until(|frame| frame["kind"] == "presence").await;
    typing.send(json!({ "type": "typing", "stream": stream(&session) })).await;
    let frame = watching.until(|frame| frame["kind"] == "typing").await;
    assert_eq!(frame["type"], "ephemeral");
    assert_eq!(frame["stream"], stream(&session));
    assert_eq!(frame["data"], json!({ "user_id": player.id, "display_name": "Pim" }));
}

#[db_test]
async fn typing_into_a_stream_one_does_not_follow_tells_nobody(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let stranger = app.user("Stranger").await;
    let session = table(&gm, &campaign).await;
    let (mut watching, mut typing) = (gm.live().await, stranger.live().await);
    watching.follow(&stream(&session)).await;
    typing.send(json!({ "type": "typing", "stream": stream(&session) })).await;
    assert_eq!(before_pong(&mut typing).await, Vec::<Value>::new());
    let heard = before_pong(&mut watching).await;
    assert!(heard.iter().all(|frame| frame["kind"] != "typing"), "{heard:?}");
}

#[db_test]
async fn who_stops_following_hears_no_more(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (mut staying, mut leaving) = (gm.live().await, gm.live().await);
    staying.follow(&stream(&session)).await;
    leaving.follow(&stream(&session)).await;
    leaving.send(json!({ "type": "unsubscribe", "stream": stream(&session) })).await;
    before_pong(&mut leaving).await;
    say(&gm, &session, "Still there?").await;
    numbers_to(&mut staying, &stream(&session), 1).await;
    assert_eq!(before_pong(&mut leaving).await, Vec::<Value>::new());
}

#[db_test]
async fn following_a_stream_twice_doubles_nothing(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let mut socket = gm.live().await;
    socket.follow(&stream(&session)).await;
    socket.follow(&stream(&session)).await;
    for n in 1..=3 {
        say(&gm, &session, &format!("{n}")).await;
    }
    assert_eq!(numbers_to(&mut socket, &stream(&session), 3).await, [1, 2, 3]);
    let rest = before_pong(&mut socket).await;
    assert!(!rest.iter().any(is_entry), "{rest:?}");
}

#[db_test]
async fn one_socket_follows_two_streams(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let (one, other) = (table(&gm, &campaign).await, table(&gm, &campaign).await);
    let mut socket = gm.live().await;
    socket.follow(&stream(&one)).await;
    socket.follow(&stream(&other)).await;
    say(&gm, &one, "Here").await;
    let frame = socket.until(is_entry).await;
    assert_eq!((&frame["stream"], seq(&frame)), (&json!(stream(&one)), 1));
    say(&gm, &other, "There").await;
    let frame = socket.until(is_entry).await;
    assert_eq!((&frame["stream"], seq(&frame)), (&json!(stream(&other)), 1));
}
