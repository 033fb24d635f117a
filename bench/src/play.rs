//! Sessions: the oracle's first word, entries appended, missed, and sent to many.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};

use crate::{
    Bench,
    client::{Ask, Client, text},
    http_load::{Plan, load},
    sockets::{Socket, open_many},
    table::{Samples, thousands},
};

/// What the party does; none of it ends badly.
const DEEDS: [&str; 6] = [
    "I look around.",
    "I listen to what people say.",
    "I ask whether anything happened last night.",
    "I wait and watch the road.",
    "I study the nearest building.",
    "I tell the others what I think of this place.",
];
/// Answers that are made before any is measured.
const UNCOUNTED: usize = 2;
/// Between two entries to many, so that each is delivered before the next.
const APART: Duration = Duration::from_millis(50);

/// From sending a message to the first words of the answer on the socket, and to its end.
pub async fn oracle(bench: &mut Bench) -> Result<()> {
    let samples = (30 / bench.divide).max(3);
    let session = begin(&mut bench.client, &bench.demo, "Oracle").await?;
    let ready_made = bench.client.get(&format!("/campaigns/{}/ready-made", bench.demo)).await?;
    let character = text(&ready_made["items"][0], "id").context("a ready-made character")?;
    bench.client.post(&format!("/sessions/{session}/join"), &json!({ "character_id": character })).await?;
    let mut socket = Socket::open(&mut bench.client).await?;
    socket.subscribe(&format!("session:{session}")).await?;
    let path = format!("/game/{session}/chat");
    let (mut first, mut whole) = (Vec::new(), Vec::new());
    for n in 0..UNCOUNTED + samples {
        let said = json!({ "text": DEEDS[n % DEEDS.len()] });
        let begin = Instant::now();
        let answered = async {
            let (delta, _) = socket.until(|frame| frame.tells("delta")).await?;
            let (ended, _) = socket.until(|frame| frame.tells("ended")).await?;
            anyhow::Ok((delta - begin, ended - begin))
        };
        let (_, (delta, ended)) = tokio::try_join!(bench.client.post(&path, &said), answered)?;
        if n >= UNCOUNTED {
            first.push(delta);
            whole.push(ended);
        }
    }
    let how = format!(
        "from sending POST chat to the first `delta` on the socket; no pause between words; {samples} samples, so p99 is the slowest"
    );
    bench.table.row("oracle, first words", Samples::new(first).p50_p99(), "—", how);
    bench.table.row("oracle, whole answer", Samples::new(whole).p50_p99(), "—", "to `ended`, its entries committed");
    Ok(())
}

/// Entries appended to one timeline, each acknowledged when committed.
pub async fn append(bench: &mut Bench) -> Result<()> {
    let campaign = campaign(bench).await?;
    for connections in [1, 16] {
        let session = begin(&mut bench.client, &campaign, "Append").await?;
        let plan = Plan {
            connections,
            warm_up: Duration::from_millis(500 / bench.divide as u64),
            length: Duration::from_millis(5_000 / bench.divide as u64),
        };
        let ask = roll(&session);
        let load = load(&bench.client, &bench.server, plan, move |_| ask.clone()).await?;
        bench.table.row(
            format!("append entries, {connections} connection{}", if connections == 1 { "" } else { "s" }),
            format!("{}/s; {}", thousands(load.per_s), load.latencies.p50_p99()),
            "—",
            format!(
                "POST roll, one session, {} entries; the server used {:.1} cores",
                thousands(load.latencies.len() as f64),
                load.server_cores
            ),
        );
    }
    Ok(())
}

/// Coming back after having missed many entries.
pub async fn replay(bench: &mut Bench) -> Result<()> {
    let missed = 1_000 / bench.divide as u64;
    let campaign = campaign(bench).await?;
    let session = begin(&mut bench.client, &campaign, "Replay").await?;
    let ask = roll(&session);
    for _ in 0..missed {
        bench.client.ask(&ask).await?;
    }
    let seq = bench.client.get(&format!("/sessions/{session}")).await?["seq"].as_u64().context("no seq")?;
    let stream = format!("session:{session}");
    let mut took = Vec::new();
    for _ in 0..10 {
        let mut socket = Socket::open(&mut bench.client).await?;
        let (entries, time) = socket.resume(&stream, seq - missed).await?;
        ensure!(entries as u64 == missed, "{entries} entries came instead of {missed}");
        took.push(time);
    }
    bench.table.row(
        format!("replay {} missed entries", thousands(missed as f64)),
        Samples::new(took).min_median_max(),
        "≤ 250 ms",
        "from sending `subscribe` with `last_seq` to `resumed`, 10 new sockets one after another",
    );
    Ok(())
}

/// Entries of one client to many sockets.
pub async fn fan_out(bench: &mut Bench) -> Result<()> {
    let (sockets, entries) = (200 / bench.divide, 50 / bench.divide);
    let campaign = campaign(bench).await?;
    let session = begin(&mut bench.client, &campaign, "Fan-out").await?;
    let mut listeners = JoinSet::new();
    let (ready, mut is_ready) = mpsc::channel(sockets);
    open_many(&bench.client, &format!("session:{session}"), sockets, |socket| {
        listeners.spawn(listen(socket, entries, ready.clone()));
    })
    .await?;
    for _ in 0..sockets {
        is_ready.recv().await.context("a listener ended early")?;
    }
    // The news of each other's presence is over then.
    sleep(Duration::from_secs(1)).await;
    let ask = roll(&session);
    let mut appended = HashMap::new();
    for _ in 0..entries {
        let sent = Instant::now();
        let entry: Value = serde_json::from_slice(&bench.client.ask(&ask).await?)?;
        let seq = entry["seq"].as_u64().context("an entry without a number")?;
        appended.insert(seq, (sent, Instant::now()));
        sleep(APART).await;
    }
    let (mut from_ack, mut from_sending) = (Vec::new(), Vec::new());
    while let Some(heard) = listeners.join_next().await {
        for (seq, at) in heard?? {
            let (sent, acked) = appended.get(&seq).with_context(|| format!("nobody appended entry {seq}"))?;
            from_ack.push(at.saturating_duration_since(*acked));
            from_sending.push(at - *sent);
        }
    }
    let (from_ack, from_sending) = (Samples::new(from_ack), Samples::new(from_sending));
    let how = format!(
        "{} deliveries, one entry each {} ms; ack of POST roll → frame (0 where the frame was first); from sending: {}",
        thousands(from_ack.len() as f64),
        APART.as_millis(),
        from_sending.p50_p99()
    );
    bench.table.row(format!("an entry to {sockets} sockets"), from_ack.p50_p99(), "p99 ≤ 200 ms", how);
    Ok(())
}

/// Reads until so many entries have come.
async fn listen(mut socket: Socket, entries: usize, ready: mpsc::Sender<()>) -> Result<Vec<(u64, Instant)>> {
    ready.send(()).await.context("nobody waits")?;
    let mut heard = Vec::with_capacity(entries);
    while heard.len() < entries {
        let (at, frame) = socket.until(|frame| frame.r#type == "entry").await?;
        heard.push((frame.seq.context("an entry without a number")?, at));
    }
    Ok(heard)
}

/// A campaign with nothing in it.
async fn campaign(bench: &mut Bench) -> Result<String> {
    text(&bench.client.post("/campaigns", &json!({ "name": "Benches" })).await?, "id")
}

/// A game that runs.
async fn begin(client: &mut Client, campaign: &str, title: &str) -> Result<String> {
    let planned = json!({ "kind": "game", "title": title });
    let session = text(&client.post(&format!("/campaigns/{campaign}/sessions"), &planned).await?, "id")?;
    client.post(&format!("/sessions/{session}/start"), &Value::Null).await?;
    Ok(session)
}

fn roll(session: &str) -> Ask {
    Ask::post(&format!("/game/{session}/roll"), &json!({ "notation": "2d6+3", "purpose": "a benchmark" }))
}
