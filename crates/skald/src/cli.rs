//! The command line.

use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use sea_orm_migration::MigratorTrait;
use serde_json::json;
use skald_kernel::SiteRole;
use skald_platform::{
    App, Config, Db,
    config::Loaded,
    http::{bind, serve},
    telemetry,
};

use crate::{
    router, seed,
    wiring::{self, Given, Roles, Schema},
};

/// A self-hosted story server.
#[derive(Debug, Parser)]
#[command(name = "skald", version, about)]
struct Cli {
    /// Configuration file; `skald.toml` here when absent.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for the database and the key.
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// `sqlite`, or a postgres:// address.
    #[arg(long, global = true, value_name = "ADDRESS")]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server: web app, API, live socket and jobs.
    Serve {
        /// Address and port, such as 0.0.0.0:8000.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Fills an empty database with the demo world first.
        #[arg(long)]
        demo: bool,
        /// What this node does: any of api, live, worker.
        #[arg(long, value_delimiter = ',', default_value = "api,live,worker")]
        roles: Vec<String>,
    },
    /// Runs jobs only.
    Worker,
    /// Brings the database's schema up to date.
    Migrate,
    /// Adds the demo world to a database that has no campaign yet.
    Seed,
    /// Writes the search index of all texts again, as after a repair by hand.
    Reindex,
    /// Shows every setting, its value and where it comes from.
    Config,
    /// Prints the description of the API.
    Openapi,
    /// Works with accounts.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Looks for what is wrong with this installation.
    Doctor,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Makes an account; the password is read from standard input.
    Create {
        /// The name to sign in with.
        username: String,
        /// The name to show; the username when absent.
        #[arg(long)]
        display_name: Option<String>,
        /// With an admin's rights.
        #[arg(long)]
        admin: bool,
    },
}

/// Runs what the command line says.
pub async fn run() -> ExitCode {
    match command(Cli::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("skald: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn command(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Openapi = cli.command {
        // A reader that has read enough, such as `head`, is no failure.
        let _ = std::io::stdout().write_all(format!("{}\n", openapi()?).as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    let mut flags = serde_json::Map::new();
    flags.extend(cli.data_dir.map(|folder| ("data_dir".into(), json!(folder))));
    flags.extend(cli.database_url.map(|url| ("database_url".into(), json!(url))));
    if let Command::Serve { listen: Some(listen), .. } = &cli.command {
        flags.insert("listen".into(), json!(listen));
    }
    let loaded = Config::load(cli.config, &json!(flags))?;
    if let Command::Config = cli.command {
        show(&loaded);
        return Ok(ExitCode::SUCCESS);
    }
    let config = loaded.config;
    telemetry::start_logging(&config)?;
    match cli.command {
        Command::Serve { demo, roles, .. } => serve_until_stopped(config, demo, &roles).await,
        Command::Worker => {
            let mut config = config;
            // Another name than the server's on the same machine: each cleans up after its own former life only.
            config.node_name.get_or_insert(format!("{}:worker", config.node()));
            let app = wiring::assemble(config, Given::default()).await?;
            telemetry::metrics();
            wiring::start(&app, Roles { live: false, worker: true }).await?;
            until_stopped(&app).await
        }
        Command::Migrate => {
            wiring::assemble(config, Given::default()).await?;
            println!("The schema is up to date.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Seed => {
            let app = wiring::assemble(config, Given::default()).await?;
            match seed::demo(&app).await? {
                Some(name) => println!("Added the demo world: {name}."),
                None => println!("There is a campaign already; nothing was added."),
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Reindex => {
            let app = wiring::assemble(config, Given::default()).await?;
            let mut progress = |done: u64, all: u64| eprint!("\r{done} of {all} entities and facts");
            skald_canon::search::reindex(&app, &mut progress).await?;
            eprintln!();
            println!("The search index is written.");
            Ok(ExitCode::SUCCESS)
        }
        Command::User { command: UserCommand::Create { username, display_name, admin } } => {
            let app = wiring::assemble(config, Given::default()).await?;
            let mut password = String::new();
            std::io::stdin().read_line(&mut password).context("reading the password from standard input")?;
            let display_name = display_name.unwrap_or_else(|| username.clone());
            let role = if admin { SiteRole::Admin } else { SiteRole::User };
            let password = password.trim_end_matches(['\r', '\n']);
            let id = skald_access::accounts::create_user(&app, &username, &display_name, password, role).await?;
            println!("Made the account {username} ({id}).");
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor => doctor(config).await,
        Command::Config | Command::Openapi => Ok(ExitCode::SUCCESS),
    }
}

/// The description of the API as JSON.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi() -> anyhow::Result<String> {
    let (_, openapi) = router::api().split_for_parts();
    Ok(openapi.to_pretty_json()?)
}

fn show(loaded: &Loaded) {
    let settings = loaded.settings();
    let width = settings.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
    for setting in settings {
        println!("{:width$}  {}  ({})", setting.name, setting.value, setting.origin);
    }
}

async fn serve_until_stopped(config: Config, demo: bool, roles: &[String]) -> anyhow::Result<ExitCode> {
    if let Some(unknown) = roles.iter().find(|role| !matches!(role.as_str(), "api" | "live" | "worker")) {
        bail!("unknown role `{unknown}`: a node's roles are api, live and worker");
    }
    let has = |role: &str| roles.iter().any(|one| one == role);
    telemetry::metrics();
    let listener = bind(&config).await?;
    let app = wiring::assemble(config, Given::default()).await?;
    if demo && let Some(name) = seed::demo(&app).await? {
        tracing::info!(name, "demo world added");
    }
    wiring::start(&app, Roles { live: has("live") || has("api"), worker: has("worker") }).await?;
    let listening = serve(&app, listener, router::router(&app))?;
    announce(&app, listening.address).await?;
    let code = until_stopped(&app).await?;
    listening.stopped().await;
    Ok(code)
}

async fn announce(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    let base = match (&app.config().public_url, app.config().listen.port()) {
        (None, 0) => format!("http://{address}"),
        _ => app.config().base_url(),
    };
    match skald_access::accounts::setup::code(app).await? {
        Some(code) => println!(
            "\n  Skald is running.\n\n  Open   {base}/setup?code={code}\n  to create the admin account (set-up code {code}).\n"
        ),
        None => println!("\n  Skald is running at {base}\n"),
    }
    Ok(())
}

async fn until_stopped(app: &App) -> anyhow::Result<ExitCode> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    tracing::info!("stopping");
    app.tasks().stop().await;
    app.db().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn doctor(config: Config) -> anyhow::Result<ExitCode> {
    let mut well = true;
    let mut say = |good: bool, what: String| {
        well &= good;
        println!("{} {what}", if good { "ok  " } else { "FAIL" });
    };
    let folder = &config.data_dir;
    let probe = folder.join(".doctor");
    let writable = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    say(writable.is_ok(), format!("data folder {} can be written{}", folder.display(), reason(writable.err())));
    match Db::connect(&config).await {
        Err(error) => say(false, format!("database: {error:#}")),
        Ok(db) => {
            let kind = if db.is_postgres() { "PostgreSQL" } else { "SQLite" };
            say(true, format!("{kind} answers"));
            match Schema::get_pending_migrations_read_only(db.read()).await {
                Ok(pending) if pending.is_empty() => say(true, "the schema is up to date".into()),
                Ok(pending) => say(true, format!("{} migrations wait for the next start", pending.len())),
                Err(error) => say(false, format!("the schema cannot be read, or is newer than this program: {error}")),
            }
        }
    }
    let port = std::net::TcpListener::bind(config.listen);
    say(port.is_ok(), format!("{} is free{}", config.listen, reason(port.err())));
    if !config.listen.ip().is_loopback() && config.public_url.is_none() {
        println!(
            "note listening beyond this machine without public_url: links point to localhost and cookies are not Secure"
        );
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn reason(error: Option<std::io::Error>) -> String {
    error.map(|error| format!(": {error}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_api_describes_itself_with_an_operation_id_for_each_operation() {
        let openapi: serde_json::Value = serde_json::from_str(&openapi().unwrap()).unwrap();
        let mut seen = std::collections::HashSet::new();
        for (path, methods) in openapi["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap_or_default();
                assert!(seen.insert(id.to_owned()), "{method} {path}: operation id {id:?} twice");
                assert!(path.starts_with("/api/v1/"), "{path}");
            }
        }
        assert!(seen.len() > 40, "{}", seen.len());
    }
}
