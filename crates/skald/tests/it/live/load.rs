//! Many at once, and one who is too slow.

use futures::{StreamExt, future::join_all};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use super::*;

#[db_test]
async fn sixteen_writers_at_once_leave_no_gap_for_three_followers(app: TestApp) {
    const WRITERS: u64 = 16;
    const EACH: u64 = 6;
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let observer = app.member(&gm, &campaign, "observer", "Olga").await;
    let session = table(&gm, &campaign).await;
    let name = stream(&session);
    let mut followers = Vec::new();
    for member in [&gm, &player, &observer] {
        let mut socket = member.live().await;
        assert_eq!(seq(&socket.follow(&name).await), 0);
        followers.push(socket);
    }
    let writing = join_all((0..WRITERS).map(|writer| {
        let (by, name) = (if writer % 2 == 0 { &gm } else { &player }, &name);
        async move {
            let mut socket = by.live().await;
            let mut acked = Vec::new();
            for n in 0..EACH {
                let ack = socket
                    .command(&format!("{writer}-{n}"), name, "say", json!({ "text": format!("{writer} {n}") }))
                    .await;
                assert_eq!(ack["type"], "ack", "{ack}");
                acked.push(seq(&ack));
            }
            assert!(acked.is_sorted());
            acked
        }
    }));
    let following = join_all(followers.iter_mut().map(|socket| numbers_to(socket, &name, WRITERS * EACH)));
    let (acked, heard) = futures::join!(writing, following);
    let all: Vec<u64> = (1..=WRITERS * EACH).collect();
    let mut acked: Vec<u64> = acked.into_iter().flatten().collect();
    acked.sort_unstable();
    assert_eq!(acked, all);
    for heard in heard {
        assert_eq!(heard, all);
    }
}

#[db_test]
async fn a_reader_that_stops_reading_is_closed_and_the_others_go_on(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let name = stream(&session);

    // A client with a small window, so that the server's side fills soon; it follows and then reads no more.
    let small = TcpSocket::new_v4().unwrap();
    small.set_recv_buffer_size(4 * 1024).unwrap();
    let tcp = small.connect(app.url.trim_start_matches("http://").parse().unwrap()).await.unwrap();
    let ticket = gm.post("/live/ticket", json!({})).await.ok();
    let address =
        format!("{}/api/v1/live?ticket={}", app.url.replacen("http", "ws", 1), ticket["ticket"].as_str().unwrap());
    let (mut slow, _) = tokio_tungstenite::client_async(address, tcp).await.unwrap();
    futures::SinkExt::send(&mut slow, Message::text(json!({ "type": "subscribe", "stream": name }).to_string()))
        .await
        .unwrap();
    loop {
        let frame = slow.next().await.unwrap().unwrap();
        if frame.to_text().unwrap().contains(r#""snapshot""#) {
            break;
        }
    }

    let mut well = gm.live().await;
    well.follow(&name).await;
    let text = "x".repeat(20_000);
    let mut written = 0;
    // The queue holds 512 frames and the network a few hundred of these; whoever reads sees each before more are written.
    for _ in 0..30 {
        write(&app.app, &session, std::iter::repeat_n(text.clone(), 50)).await;
        let numbers = numbers_to(&mut well, &name, written + 50).await;
        assert_eq!(numbers, (written + 1..=written + 50).collect::<Vec<_>>());
        written += 50;
    }
    // What was on its way still comes, in order; then the end, before all of it was sent.
    let mut last = 0;
    while let Some(Ok(message)) = slow.next().await {
        if let Message::Text(text) = message {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if is_entry(&frame) {
                assert_eq!(seq(&frame), last + 1);
                last = seq(&frame);
            }
        }
    }
    assert!(last < written, "the slow reader got all {last} entries");

    // It comes back and misses nothing.
    let mut back = gm.live().await;
    back.send(json!({ "type": "subscribe", "stream": name, "last_seq": last })).await;
    assert_eq!(numbers_to(&mut back, &name, written).await, (last + 1..=written).collect::<Vec<_>>());
    say(&gm, &session, "And on").await;
    assert_eq!(numbers_to(&mut well, &name, written + 1).await, [written + 1]);
}
