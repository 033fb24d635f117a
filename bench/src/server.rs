//! The server as a child process: started, watched, stopped as an operator would.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::client::Client;

/// How long a start or a stop may take before the benchmarks give up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Clock ticks a second in /proc, on every Linux that matters.
const TICKS: u32 = 100;
/// Open files wanted: two for each socket, here and in the server.
const FILES: u64 = 8_192;

/// How to start a server.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program.
    pub binary: PathBuf,
    /// Its working folder; its data and its log lie there.
    pub folder: PathBuf,
    /// A PostgreSQL address; SQLite when absent.
    pub database: Option<String>,
    /// Where it listens. The same at each start, as a node's name holds it.
    pub address: SocketAddr,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// The code that makes the admin, if there is none yet.
    pub setup_code: Option<String>,
    child: Child,
    pid: u32,
    log: PathBuf,
    /// Reads what the server prints, so that it never waits for a reader.
    reader: JoinSet<()>,
}

impl Server {
    /// Starts it, and tells how long it took until it answered.
    ///
    /// # Errors
    /// When it ends, or does not answer for a minute; with the end of its log.
    pub async fn start(launch: &Launch) -> Result<(Self, Duration)> {
        let log = launch.folder.join("server.log");
        let file = std::fs::File::options().create(true).append(true).open(&log)?;
        let mut command = Command::new(&launch.binary);
        command.arg("serve").arg("--demo").arg("--listen").arg(launch.address.to_string());
        command.arg("--data-dir").arg(launch.folder.join("data"));
        if let Some(database) = &launch.database {
            command.arg("--database-url").arg(database);
        }
        // What this machine sets for its own server is not for this one.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SKALD_")) {
            command.env_remove(name);
        }
        command.env("SKALD_ORACLE_PACE_MS", "0");
        command.current_dir(&launch.folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file).kill_on_drop(true);
        let begin = Instant::now();
        let mut child = command.spawn().with_context(|| format!("starting {}", launch.binary.display()))?;
        let pid = child.id().context("the server ended at once")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut server = Self { setup_code: None, child, pid, log, reader: JoinSet::new() };
        while !healthy(launch.address).await {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", server.log_tail());
            }
            if begin.elapsed() > PATIENCE {
                bail!("the server does not answer on {}:\n{}", launch.address, server.log_tail());
            }
            sleep(Duration::from_millis(1)).await;
        }
        let took = begin.elapsed();
        let mut lines = BufReader::new(stdout).lines();
        server.setup_code =
            timeout(PATIENCE, announced(&mut lines)).await.context("the server prints no address")??;
        server.reader.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok((server, took))
    }

    /// Ends it with SIGTERM, and waits until it has ended.
    ///
    /// # Errors
    /// When it does not end, or badly.
    pub async fn stop(&mut self) -> Result<()> {
        let sent = Command::new("kill").arg("-TERM").arg(self.pid.to_string()).status().await?;
        if !sent.success() {
            bail!("the server was gone before it was stopped:\n{}", self.log_tail());
        }
        let status = timeout(PATIENCE, self.child.wait()).await.context("the server does not stop")??;
        if !status.success() {
            bail!("the server ended with {status}:\n{}", self.log_tail());
        }
        Ok(())
    }

    /// Memory it holds (RSS), in KB of 1,024 bytes.
    ///
    /// # Errors
    /// When it has ended, or this is not Linux.
    pub fn memory_kb(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse()?)
    }

    /// Processor time it has used so far.
    ///
    /// # Errors
    /// When it has ended, or this is not Linux.
    pub fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name in parentheses may hold spaces; what follows is counted from field 3.
        let (_, rest) = stat.rsplit_once(')').context("no process name")?;
        let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(Duration::from_secs(1) * ticks / TICKS)
    }

    /// The last lines it wrote to its log.
    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

async fn healthy(address: SocketAddr) -> bool {
    let answer = Client::new(address).fetch("/health").await;
    answer.is_ok_and(|status| status.is_success())
}

/// Reads until the server has said where it is, and with which code it is set up.
async fn announced(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<Option<String>> {
    while let Some(line) = lines.next_line().await? {
        if let Some((_, code)) = line.split_once("code=") {
            return Ok(Some(code.trim().to_owned()));
        }
        if line.contains("running at") {
            return Ok(None);
        }
    }
    bail!("the server closed its output")
}

/// Raises the limit of open files of this process, which the server inherits. Where that fails, sockets will.
pub fn allow_many_sockets() {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
    let mut numbers = line.split_whitespace().map(|number| number.parse().unwrap_or(u64::MAX));
    let (Some(soft), Some(hard)) = (numbers.next(), numbers.next()) else { return };
    if soft >= FILES {
        return;
    }
    let wanted = FILES.min(hard);
    let raised = std::process::Command::new("prlimit")
        .arg(format!("--pid={}", std::process::id()))
        .arg(format!("--nofile={wanted}:{hard}"))
        .status();
    if !raised.is_ok_and(|status| status.success()) {
        eprintln!("Only {soft} files may be open here; raise it with `ulimit -n {FILES}`.");
    }
}
