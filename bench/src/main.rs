//! Benchmarks: a real server as a child process, measured through its own addresses.
//!
//! Prints one table of figures and judges none of them; it fails only where an answer is wrong. The load generator runs on
//! the same machine and shares its cores with the server, so figures under load are what is left for the server.
//! Absent: other machines as load generators, and anything measured inside the server.

mod canon;
mod client;
mod http_load;
mod idle;
mod play;
mod search;
mod server;
mod sockets;
mod table;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use serde_json::json;

use canon::Canon;
use client::{Client, text};
use server::{Launch, Server};
use table::{Table, machine, ms};

/// How old the access token may be when a figure begins; it lasts fifteen minutes.
const TOKEN_AGE: Duration = Duration::from_secs(240);
const USERNAME: &str = "bench";
const PASSWORD: &str = "correct horse battery";

/// Measures a Skald server that it starts itself, and prints a table.
#[derive(Debug, Parser)]
#[command(name = "skald-bench", version)]
struct Options {
    /// What to measure; everything when absent.
    #[arg(value_enum)]
    figures: Vec<Figure>,
    /// An empty PostgreSQL database to use instead of SQLite.
    #[arg(long, value_name = "ADDRESS")]
    postgres: Option<String>,
    /// The server to measure; `skald` of the release build when absent.
    #[arg(long, env = "SKALD_BENCH_BINARY", value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Where the data folder is made and deleted again. On a disk, as that is what a server writes to.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// The labelled questions for `search`: a folder with `docs.jsonl.gz` and `queries.jsonl`.
    #[arg(long, env = "SKALD_BENCH_SEARCH", value_name = "FOLDER")]
    search: Option<PathBuf>,
    /// A tenth of everything: shows that the benchmarks run, the figures mean little.
    #[arg(long)]
    quick: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Figure {
    /// From starting the program to its first answer.
    Start,
    /// Memory at start and with idle live sockets.
    Memory,
    /// Making entities.
    Entities,
    /// Reading one entity, and lists.
    Reads,
    /// The first word of the oracle's answer.
    Oracle,
    /// Entries appended to a timeline.
    Append,
    /// Missed entries after coming back.
    Replay,
    /// One entry to many sockets.
    Fanout,
    /// What search finds, and how fast.
    Search,
}

/// What the figures are taken from.
struct Bench {
    launch: Launch,
    server: Server,
    client: Client,
    signed_in: Instant,
    demo: String,
    canon: Option<Canon>,
    table: Table,
    /// Everything is divided by this.
    divide: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let folder = Folder::make(options.folder.clone().unwrap_or_else(|| target().join("tmp")))?;
    let binary = options.binary.clone().unwrap_or_else(|| target().join("release/skald"));
    let binary = binary
        .canonicalize()
        .with_context(|| format!("{} is not there; `cargo build --release -p skald` makes it", binary.display()))?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let launch = Launch {
        binary,
        folder: folder.0.clone(),
        database: options.postgres.clone(),
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
    };
    let database = if options.postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    println!("{}; {database}; the load generator shares the cores\n", machine());
    server::allow_many_sockets();

    let wants = |figure| options.figures.is_empty() || options.figures.contains(&figure);
    let mut bench = Bench::begin(launch, if options.quick { 10 } else { 1 }, wants(Figure::Start)).await?;
    let ended = bench.measure(&wants, options.search.as_deref()).await;
    bench.table.print();
    if ended.is_err() {
        eprintln!("The end of the server's log:\n{}", bench.server.log_tail());
    }
    let stopped = bench.server.stop().await;
    ended.and(stopped)
}

impl Bench {
    /// Starts a server with nothing, sets it up, and starts it once more: that is the state of everyday life.
    async fn begin(launch: Launch, divide: usize, show_start: bool) -> Result<Self> {
        let mut table = Table::default();
        let (mut server, first) = Server::start(&launch).await?;
        let code = server.setup_code.clone().context("the server is set up already; give an empty database")?;
        let mut client = Client::new(launch.address);
        let account = json!({ "code": code, "username": USERNAME, "display_name": "Bench", "password": PASSWORD });
        let signed_in = client.post("/setup", &account).await?;
        client.sign_in(text(&signed_in, "access_token")?)?;
        let demo = client.get("/campaigns").await?;
        let demo = text(&demo["items"][0], "id").context("the demo campaign")?;
        server.stop().await?;
        let (server, again) = Server::start(&launch).await?;
        client.disconnect();
        if show_start {
            table.row(
                "start to healthy, first time",
                ms(first),
                "—",
                "empty folder: makes the schema and the demo world",
            );
            table.row(
                "start to healthy, demo world",
                ms(again),
                "—",
                "from spawning the process; `/health` tried every ms",
            );
        }
        Ok(Self { launch, server, client, signed_in: Instant::now(), demo, canon: None, table, divide })
    }

    async fn measure(&mut self, wants: &impl Fn(Figure) -> bool, labelled: Option<&Path>) -> Result<()> {
        // First, while the process has done nothing else.
        if wants(Figure::Memory) {
            self.begin_figure("memory").await?;
            idle::memory(self).await.context("memory")?;
        }
        if wants(Figure::Entities) || wants(Figure::Reads) || wants(Figure::Start) {
            self.begin_figure("entities").await?;
            canon::fill(self, wants(Figure::Entities)).await.context("entities")?;
        }
        if wants(Figure::Start) {
            idle::start_with_data(self).await.context("start")?;
        }
        if wants(Figure::Reads) {
            self.begin_figure("reads").await?;
            canon::reads(self).await.context("reads")?;
        }
        if wants(Figure::Oracle) {
            self.begin_figure("oracle").await?;
            play::oracle(self).await.context("oracle")?;
        }
        if wants(Figure::Append) {
            self.begin_figure("append").await?;
            play::append(self).await.context("append")?;
        }
        if wants(Figure::Replay) {
            self.begin_figure("replay").await?;
            play::replay(self).await.context("replay")?;
        }
        if wants(Figure::Fanout) {
            self.begin_figure("fanout").await?;
            play::fan_out(self).await.context("fanout")?;
        }
        if wants(Figure::Search) {
            self.begin_figure("search").await?;
            search::search(self, labelled).await.context("search")?;
        }
        Ok(())
    }

    /// Says what comes, with a token that lasts long enough for it.
    async fn begin_figure(&mut self, name: &str) -> Result<()> {
        eprintln!("… {name}");
        self.refresh().await
    }

    /// Signs in again when the token grows old.
    async fn refresh(&mut self) -> Result<()> {
        if self.signed_in.elapsed() > TOKEN_AGE {
            let account = json!({ "username": USERNAME, "password": PASSWORD });
            let signed_in = self.client.post("/auth/login", &account).await?;
            self.client.sign_in(text(&signed_in, "access_token")?)?;
            self.signed_in = Instant::now();
        }
        Ok(())
    }
}

/// A folder that goes when the benchmarks end.
struct Folder(PathBuf);

impl Folder {
    fn make(inside: PathBuf) -> Result<Self> {
        let path = inside.join(format!("skald-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path.canonicalize()?))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} was not deleted: {error}", self.0.display());
        }
    }
}

/// Cargo's target folder.
fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
    }
}
