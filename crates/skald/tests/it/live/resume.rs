//! Coming back: exactly what was missed, in order, then `resumed`; or an explicit reset, never a silent hole.

use skald::wiring::{self, Given};
use skald_platform::testing::TestDb;

use super::*;

/// Subscribes with what the client has.
async fn resume(socket: &mut Socket, stream: &str, last_seq: u64) {
    let epoch = socket.epoch.clone();
    socket.send(json!({ "type": "subscribe", "stream": stream, "last_seq": last_seq, "epoch": epoch })).await;
}

/// Takes frames until `resumed`: the numbers that came before it, and its own.
async fn replay(socket: &mut Socket, stream: &str) -> (Vec<u64>, u64) {
    let mut numbers = Vec::new();
    loop {
        let frame = socket.until(|frame| frame["type"] != "ephemeral").await;
        assert_eq!(frame["stream"], stream);
        match frame["type"].as_str() {
            Some("entry") => numbers.push(seq(&frame)),
            Some("resumed") => return (numbers, seq(&frame)),
            _ => panic!("{frame}"),
        }
    }
}

#[db_test]
async fn who_comes_back_gets_exactly_what_was_missed(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let name = stream(&session);
    write(&app.app, &session, (1..=9).map(|n| format!("{n}"))).await;
    for (last, missed) in [(0, (1..=9).collect::<Vec<u64>>()), (4, (5..=9).collect()), (9, Vec::new())] {
        let mut socket = gm.live().await;
        resume(&mut socket, &name, last).await;
        assert_eq!(replay(&mut socket, &name).await, (missed, 9), "from {last}");
        let rest = before_pong(&mut socket).await;
        assert!(!rest.iter().any(is_entry), "{rest:?}");
    }
    let mut socket = gm.live().await;
    resume(&mut socket, &name, 8).await;
    replay(&mut socket, &name).await;
    say(&gm, &session, "Ten").await;
    assert_eq!(numbers_to(&mut socket, &name, 10).await, [10]);
}

#[db_test]
async fn an_empty_log_is_resumed_from_nothing(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), gm.live().await);
    resume(&mut socket, &name, 0).await;
    assert_eq!(replay(&mut socket, &name).await, (Vec::new(), 0));
    say(&gm, &session, "First").await;
    assert_eq!(numbers_to(&mut socket, &name, 1).await, [1]);
}

#[db_test]
async fn a_long_absence_is_replayed_whole(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    // More than the log is read at once, and more than a queue holds.
    for batch in 0..7 {
        write(&app.app, &session, (1..=100).map(|n| format!("{}", batch * 100 + n))).await;
    }
    for last in [0, 99, 300, 500] {
        let (name, mut socket) = (stream(&session), gm.live().await);
        resume(&mut socket, &name, last).await;
        assert_eq!(replay(&mut socket, &name).await, ((last + 1..=700).collect::<Vec<_>>(), 700));
    }
}

#[db_test]
async fn a_replay_joins_the_present_without_a_gap_while_others_write(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let name = stream(&session);
    for _ in 0..3 {
        write(&app.app, &session, (0..100).map(|n| format!("{n}"))).await;
    }
    let writing = async {
        for n in 0..60 {
            write(&app.app, &session, (0..5).map(|m| format!("{n} {m}"))).await;
        }
    };
    let returning = futures::future::join_all([0, 120, 299].into_iter().map(|last| {
        let (gm, name) = (&gm, &name);
        async move {
            let mut socket = gm.live().await;
            resume(&mut socket, name, last).await;
            let (mut numbers, resumed) = replay(&mut socket, name).await;
            assert_eq!(numbers.last().copied().unwrap_or(last), resumed);
            if resumed < 600 {
                numbers.extend(numbers_to(&mut socket, name, 600).await);
            }
            assert_eq!(numbers, (last + 1..=600).collect::<Vec<_>>());
        }
    }));
    futures::join!(writing, returning);
}

#[db_test]
async fn who_claims_more_than_there_is_starts_anew(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    write(&app.app, &session, (1..=3).map(|n| format!("{n}"))).await;
    for last in [4, 1_000_000, i64::MAX as u64, u64::MAX] {
        let (name, mut socket) = (stream(&session), gm.live().await);
        resume(&mut socket, &name, last).await;
        let reset = socket.next().await;
        assert_eq!((&reset["type"], &reset["reason"]), (&json!("reset"), &json!("ahead")), "{reset}");
        let snapshot = socket.next().await;
        assert_eq!((&snapshot["type"], seq(&snapshot)), (&json!("snapshot"), 3));
    }
}

#[db_test]
async fn numbers_of_another_epoch_start_anew(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    write(&app.app, &session, (1..=3).map(|n| format!("{n}"))).await;
    let (name, mut socket) = (stream(&session), gm.live().await);
    socket.send(json!({ "type": "subscribe", "stream": name, "last_seq": 2, "epoch": "before" })).await;
    let reset = socket.next().await;
    assert_eq!((&reset["type"], &reset["reason"]), (&json!("reset"), &json!("epoch")), "{reset}");
    let snapshot = socket.next().await;
    assert_eq!((&snapshot["type"], seq(&snapshot)), (&json!("snapshot"), 3));
    say(&gm, &session, "Four").await;
    assert_eq!(numbers_to(&mut socket, &name, 4).await, [4]);
}

#[db_test]
async fn a_client_resumes_after_the_server_was_restarted(t: TestDb) {
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), gm.live().await);
    let epoch = socket.epoch.clone();
    socket.follow(&name).await;
    for text in ["One", "Two", "Three"] {
        say(&gm, &session, text).await;
    }
    // Two of three reach the client before the server stops.
    numbers_to(&mut socket, &name, 2).await;
    drop(socket);
    app.stop().await;

    let app = TestApp::with(t.config, Given::default()).await;
    assert_eq!(app.setup_code(), "", "it is set up already");
    let answer = app.anonymous().post("/auth/login", json!({ "username": "admin", "password": PASSWORD })).await.ok();
    let gm = app.anonymous().signed_in(&answer);
    say(&gm, &session, "Four").await;
    let mut socket = gm.live().await;
    assert_eq!(socket.epoch, epoch);
    resume(&mut socket, &name, 2).await;
    assert_eq!(replay(&mut socket, &name).await, (vec![3, 4], 4));
}

#[db_test]
async fn what_another_node_writes_arrives(t: TestDb) {
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    let mut config = t.config;
    config.node_name = Some("other".into());
    let other = wiring::assemble(config, Given::default()).await.unwrap();
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), gm.live().await);
    socket.follow(&name).await;
    write(&other, &session, (1..=3).map(|n| format!("{n}"))).await;
    assert_eq!(numbers_to(&mut socket, &name, 3).await, [1, 2, 3]);
    say(&gm, &session, "Four").await;
    assert_eq!(numbers_to(&mut socket, &name, 4).await, [4]);
}
