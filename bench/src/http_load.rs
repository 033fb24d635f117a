//! Requests as fast as they are answered: each connection asks again when it has its answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::{
    client::{Ask, Client},
    server::Server,
    table::Samples,
};

/// How much load, for how long.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Connections that ask at the same time.
    pub connections: usize,
    /// Not counted.
    pub warm_up: Duration,
    /// Counted.
    pub length: Duration,
}

/// What came of it.
#[derive(Debug)]
pub struct Load {
    /// How long each answer took.
    pub latencies: Samples,
    /// Answers a second.
    pub per_s: f64,
    /// Cores the server kept busy meanwhile.
    pub server_cores: f64,
}

/// Asks what `next` says until the time is over.
///
/// # Errors
/// At the first answer that is no success.
pub async fn load<F>(client: &Client, server: &Server, plan: Plan, next: F) -> Result<Load>
where
    F: Fn(&mut Random) -> Ask + Send + Sync + 'static,
{
    let next = Arc::new(next);
    let from = Instant::now() + plan.warm_up;
    let to = from + plan.length;
    let mut tasks = JoinSet::new();
    for number in 0..plan.connections {
        let (mut client, next, mut random) = (client.another(), Arc::clone(&next), Random::new(number as u64));
        tasks.spawn(async move {
            let mut took = Vec::new();
            loop {
                let ask = next(&mut random);
                let begin = Instant::now();
                client.ask(&ask).await?;
                let end = Instant::now();
                if end >= to {
                    return anyhow::Ok(took);
                }
                if end >= from {
                    took.push(end - begin);
                }
            }
        });
    }
    tokio::time::sleep_until(from.into()).await;
    let before = server.cpu()?;
    tokio::time::sleep_until(to.into()).await;
    let used = server.cpu()? - before;
    let mut all = Vec::new();
    while let Some(took) = tasks.join_next().await {
        all.extend(took??);
    }
    let per_s = all.len() as f64 / plan.length.as_secs_f64();
    Ok(Load { latencies: Samples::new(all), per_s, server_cores: used.as_secs_f64() / plan.length.as_secs_f64() })
}

/// Numbers that look random and are the same at each run (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(1))
    }

    /// One of several; `from` must not be empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        &from[((mixed ^ (mixed >> 31)) % from.len() as u64) as usize]
    }
}
