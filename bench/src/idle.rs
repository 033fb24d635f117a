//! What a server costs that nobody uses: its start and its memory.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use crate::{
    Bench,
    server::Server,
    sockets::Idle,
    table::{ms, thousands},
};

/// How long memory is given to settle.
const SETTLE: Duration = Duration::from_secs(3);

/// Memory after the start, and what an idle socket adds.
pub async fn memory(bench: &mut Bench) -> Result<()> {
    let (few, many) = (100 / bench.divide, 1_000 / bench.divide);
    let stream = format!("campaign:{}", bench.demo);
    sleep(SETTLE).await;
    let start = bench.server.memory_kb()?;
    bench.table.row(
        "memory at start",
        format!("{:.1} MB", mb(start)),
        "—",
        "RSS 3 s after a start with the demo world",
    );
    let mut idle = Idle::default();
    idle.open(&bench.client, &stream, few).await?;
    sleep(SETTLE).await;
    let with_few = bench.server.memory_kb()?;
    idle.open(&bench.client, &stream, many - few).await?;
    sleep(SETTLE).await;
    let with_many = bench.server.memory_kb()?;
    idle.all_open()?;
    let each = grown(start, with_many, many);
    let how = format!(
        "(RSS {:.1} MB − at start) / {many}; each follows one campaign; {:.1} KB from the {few}th to the {many}th",
        mb(with_many),
        grown(with_few, with_many, many - few)
    );
    bench.table.row("memory of an idle live socket", format!("{each:.1} KB"), "≤ 10 KB", how);
    Ok(())
}

/// The start again, with everything that was filled in.
pub async fn start_with_data(bench: &mut Bench) -> Result<()> {
    let entities = bench.canon.as_ref().map_or(0, |canon| canon.ids.len());
    bench.server.stop().await?;
    let (server, took) = Server::start(&bench.launch).await?;
    bench.server = server;
    bench.client.disconnect();
    bench.table.row(
        format!("start to healthy, {} entities", thousands(entities as f64)),
        ms(took),
        "—",
        "after SIGTERM",
    );
    Ok(())
}

fn mb(kb: u64) -> f64 {
    kb as f64 / 1024.0
}

fn grown(from: u64, to: u64, by: usize) -> f64 {
    (to as f64 - from as f64) / by as f64
}
