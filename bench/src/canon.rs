//! A large canon: filled in through the API, then read by many.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    Bench,
    client::{Ask, Client, text},
    http_load::{Plan, load},
    table::{Samples, thousands},
};

/// Connections that write at the same time.
const WRITERS: usize = 8;
/// Connections that read at the same time.
const READERS: usize = 50;
/// Pages of each kind that are read.
const PAGES: usize = 10;

const KINDS: [&str; 7] = ["character", "location", "faction", "item", "lore", "note", "quest"];
const TAGS: [&str; 12] =
    ["river", "old", "secret", "guild", "north", "winter", "trade", "war", "song", "grave", "magic", "road"];
const FIRST: [&str; 24] = [
    "Ash", "Birch", "Cold", "Dusk", "Elder", "Fern", "Grey", "Hollow", "Iron", "Juniper", "Keen", "Lost", "Moss",
    "Night", "Oaken", "Pale", "Quiet", "Raven", "Salt", "Thorn", "Under", "Vale", "Winter", "Yew",
];
const SECOND: [&str; 16] = [
    "Mill", "Bridge", "Tower", "Warden", "Crown", "Ferry", "Hound", "Lantern", "Market", "Oath", "Pilgrim", "Road",
    "Smith", "Tide", "Watch", "Well",
];
const BODY: &str = "It stood here before the road did, and whoever passes leaves a coin on the sill. People say that the \
    first of them paid with a name instead, and that the name is still kept. In winter the river brings what the hills \
    have lost: a boot, a bell, once a whole door with its lock. Nobody asks aloud whose it was.\n\nThose who live near \
    count the bells twice. The second count is the one they believe.\n";

/// What was filled in.
pub struct Canon {
    /// The campaign.
    pub campaign: String,
    /// Its entities.
    pub ids: Vec<String>,
}

/// Makes a campaign with many entities, and facts about some.
pub async fn fill(bench: &mut Bench, show: bool) -> Result<()> {
    let count = 10_000 / bench.divide;
    let made = bench.client.post("/campaigns", &json!({ "name": "A large canon" })).await?;
    let campaign = text(&made, "id")?;

    let path = format!("/campaigns/{campaign}/entities");
    let cpu = bench.server.cpu()?;
    let begin = Instant::now();
    let (answers, latencies) = post_all(&bench.client, count, move |n| Ask::post(&path, &entity(n))).await?;
    let took = begin.elapsed();
    let cores = (bench.server.cpu()? - cpu).as_secs_f64() / took.as_secs_f64();
    let ids = answers.iter().map(|answer| text(answer, "id")).collect::<Result<Vec<_>>>()?;

    let path = format!("/campaigns/{campaign}/facts");
    let about: Vec<String> = ids.iter().step_by(10).cloned().collect();
    let facts = about.len();
    let begin = Instant::now();
    post_all(&bench.client, facts, move |n| Ask::post(&path, &fact(n, &about[n]))).await?;
    let facts_per_s = facts as f64 / begin.elapsed().as_secs_f64();

    if show {
        let per_s = thousands(count as f64 / took.as_secs_f64());
        bench.table.row(
            format!("make {} entities", thousands(count as f64)),
            format!("{per_s}/s; {}", latencies.p50_p99()),
            "—",
            format!(
                "POST, {WRITERS} connections, 800-byte texts; the server used {cores:.1} cores; then {} facts at {}/s",
                thousands(facts as f64),
                thousands(facts_per_s)
            ),
        );
    }
    bench.canon = Some(Canon { campaign, ids });
    Ok(())
}

/// Reads single entities and pages of lists, by one connection and by many.
pub async fn reads(bench: &mut Bench) -> Result<()> {
    let Some(canon) = &bench.canon else { return Ok(()) };
    let one: Vec<String> = canon.ids.iter().map(|id| format!("/entities/{id}")).collect();
    let lists = pages(&mut bench.client, &canon.campaign).await?;
    let kinds = format!("lists of 50 of {}: by word, tag, kind, and further pages", thousands(canon.ids.len() as f64));
    let seconds = |s: u64| Duration::from_millis(s * 1000 / bench.divide as u64);
    for (figure, paths, what) in
        [("GET one entity", one, "random ids".to_owned()), ("GET a list of entities", lists, kinds)]
    {
        let paths = Arc::new(paths);
        for connections in [1, READERS] {
            let plan = Plan { connections, warm_up: seconds(1), length: seconds(if connections == 1 { 2 } else { 5 }) };
            let paths = Arc::clone(&paths);
            let load =
                load(&bench.client, &bench.server, plan, move |random| Ask::get(random.pick::<String>(&paths))).await?;
            bench.table.row(
                format!("{figure}, {connections} connection{}", if connections == 1 { "" } else { "s" }),
                format!("{}/s; {}", thousands(load.per_s), load.latencies.p50_p99()),
                "—",
                format!("{what}; keep-alive; the server used {:.1} cores", load.server_cores),
            );
        }
    }
    Ok(())
}

/// Addresses of lists as people ask for them.
async fn pages(client: &mut Client, campaign: &str) -> Result<Vec<String>> {
    let base = format!("/campaigns/{campaign}/entities?limit=50");
    let words = FIRST.iter().chain(&SECOND).map(|word| format!("{base}&q={word}"));
    let tags = TAGS.iter().map(|tag| format!("{base}&tag={tag}"));
    let mut pages: Vec<String> = words.chain(tags).collect();
    let all = std::iter::once(base.clone());
    for list in all.chain(KINDS.iter().map(|kind| format!("{base}&kind={kind}"))) {
        let mut next = Some(list.clone());
        for _ in 0..PAGES {
            let Some(page) = next else { break };
            let answer = client.get(&page).await?;
            pages.push(page);
            next = answer["next_cursor"].as_str().map(|cursor| format!("{list}&cursor={cursor}"));
        }
    }
    Ok(pages)
}

/// Posts so many bodies over a few connections. The answers are in the order of the bodies.
pub async fn post_all<F>(client: &Client, count: usize, ask: F) -> Result<(Vec<Value>, Samples)>
where
    F: Fn(usize) -> Ask + Send + Sync + 'static,
{
    let (ask, begun) = (Arc::new(ask), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let (mut client, ask, begun) = (client.another(), Arc::clone(&ask), Arc::clone(&begun));
        tasks.spawn(async move {
            let mut done = Vec::new();
            loop {
                let n = begun.fetch_add(1, Ordering::Relaxed);
                if n >= count {
                    return anyhow::Ok(done);
                }
                let ask = ask(n);
                let begin = Instant::now();
                let answer = client.ask(&ask).await?;
                done.push((n, begin.elapsed(), serde_json::from_slice(&answer)?));
            }
        });
    }
    let mut all: Vec<(usize, Duration, Value)> = Vec::with_capacity(count);
    while let Some(done) = tasks.join_next().await {
        all.extend(done??);
    }
    all.sort_unstable_by_key(|(n, ..)| *n);
    let samples = Samples::new(all.iter().map(|(_, took, _)| *took).collect());
    Ok((all.into_iter().map(|(.., answer)| answer).collect(), samples))
}

fn entity(n: usize) -> Value {
    let (first, second) = (FIRST[n % FIRST.len()], SECOND[n / FIRST.len() % SECOND.len()]);
    let tags: Vec<&str> = (0..n % 3).map(|k| TAGS[(n / 3 + k * 5) % TAGS.len()]).collect();
    let aliases: Vec<String> = if n.is_multiple_of(5) { vec![format!("The {second} of {first}")] } else { Vec::new() };
    json!({
        "kind": KINDS[n / 5 % KINDS.len()],
        "name": format!("{first} {second} {n}"),
        "aliases": aliases,
        "summary": format!("Known along the river as {first} {second}, and in the hills by an older name."),
        "body": format!("{BODY}{BODY}"),
        "tags": tags,
        "fields": { "goals": "to be left alone", "gm_note": "owes the ferry a name" },
        "visibility": if n % 10 == 9 { "gm" } else { "everyone" },
    })
}

fn fact(n: usize, subject: &str) -> Value {
    let knowers = if n.is_multiple_of(2) { json!([{ "type": "everyone" }]) } else { json!([{ "type": "gm" }]) };
    json!({
        "subject_id": subject,
        "predicate": "is said to",
        "text": format!("keep the bell that was lost in the winter of {}", 1_000 + n),
        "knowers": knowers,
    })
}
