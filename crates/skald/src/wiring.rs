//! Puts the program together: schema, engines, streams, jobs.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};
use skald_ai::Dialect;
use skald_kernel::{
    Clock, Ids, Seeds,
    model::{Provider, Timeouts},
};
use skald_models::{Anthropic, Cohere, Gemini, Ollama, OpenAi};
use skald_platform::{App, Blobs, Config, Db, jobs, live, secrets::Secrets};

/// All tables, in the order of the crates.
pub struct Schema;

#[async_trait::async_trait]
impl MigratorTrait for Schema {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            skald_platform::db::schema::migrations(),
            skald_access::schema::migrations(),
            skald_canon::schema::migrations(),
            skald_ai::schema::migrations(),
            skald_table::schema::migrations(),
            skald_play::schema::migrations(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What a test may set; a server uses the system's.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub seeds: Seeds,
}

/// Connects, migrates and wires. Nothing runs in the background yet.
///
/// # Errors
/// When the database, the data folder or the key cannot be used.
pub async fn assemble(config: Config, given: Given) -> anyhow::Result<App> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("making the data folder {}", config.data_dir.display()))?;
    let secrets = Secrets::load(config.secret_key.as_deref(), &config.data_dir, &given.seeds)?;
    let db = Db::connect(&config).await?;
    db.migrate::<Schema>().await?;
    let epoch = live::epoch(&db, &Ids).await?;
    let pace = config.oracle_pace_ms;
    let client = skald_models::client(&Timeouts::default()).context("preparing connections to model services")?;
    let oracle: Arc<dyn Provider> = match pace {
        0 => Arc::new(skald_oracle::Oracle::new()),
        ms => Arc::new(skald_oracle::Oracle::new().paced(Duration::from_millis(ms))),
    };
    let connect: skald_ai::Connect = Arc::new(move |endpoint| {
        let (client, url, key) = (client.clone(), &endpoint.base_url, endpoint.api_key.clone());
        Ok(match endpoint.dialect {
            Dialect::Openai => Arc::new(OpenAi::new(client, url, key)?) as Arc<dyn Provider>,
            Dialect::Anthropic => Arc::new(Anthropic::new(client, url, key)?),
            Dialect::Gemini => Arc::new(Gemini::new(client, url, key)?),
            Dialect::Cohere => Arc::new(Cohere::new(client, url, key)?),
            Dialect::Ollama => Arc::new(Ollama::new(client, url, key)?),
        })
    });
    let services = skald_ai::Services { connect, is_outside: skald_models::is_outside };
    let blobs = Blobs::open(&config.data_dir).context("preparing the folder for pictures")?;
    let (media_bytes, import_bytes) = (config.max_media_bytes, config.max_import_bytes);
    let app = App::builder(config, db, blobs, secrets, epoch)
        .clock(given.clock)
        .seeds(given.seeds)
        .owned(skald_access::OWNED)
        .owned(skald_canon::OWNED)
        .body_limit("/api/v1/campaigns/{campaign_id}/media", media_bytes)
        .body_limit("/api/v1/campaigns/import", import_bytes)
        .body_limit("/api/v1/campaigns/{campaign_id}/import", import_bytes)
        .owned(skald_table::OWNED)
        .part(skald_access::Guard::default())
        .part(skald_canon::search::Indexes::default())
        .part(skald_ai::Engine::new(oracle, services))
        .part(skald_canon::graph::Nets::default())
        .part(skald_play::Answers::default())
        .source(skald_play::SessionStream)
        .source(skald_access::CampaignStream)
        .job(skald_platform::jobs::Housekeeping)
        .job(skald_access::Housekeeping)
        .job(skald_canon::media::Housekeeping)
        .job(skald_canon::search::Reindex)
        .job(skald_ai::budgets::GiveBack)
        .job(skald_play::Narrate)
        .job(skald_exchange::archive::Import)
        .job(skald_exchange::markdown::ReadVault)
        .build();
    Ok(app)
}

/// What of the program runs in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The live streams of this node's sockets.
    pub live: bool,
    /// The job workers.
    pub worker: bool,
}

/// Cleans up after this node's former life and starts the background work.
///
/// # Errors
/// When the database fails, or another process serves the same data folder on SQLite.
pub async fn start(app: &App, roles: Roles) -> anyhow::Result<()> {
    if !app.db().is_postgres() {
        hold_data_folder(app)?;
    }
    skald_platform::idempotency::recover(app).await?;
    skald_ai::budgets::recover(app).await?;
    if roles.live {
        live::start(app);
    }
    if roles.worker {
        skald_canon::search::start(app).await?;
        jobs::start(app).await?;
    }
    Ok(())
}

/// One process serves an SQLite data folder: two would take each other's running work for that of a killed one. The lock
/// ends with the process, however it ends.
fn hold_data_folder(app: &App) -> anyhow::Result<()> {
    let path = app.config().data_dir.join("skald.lock");
    let file = std::fs::File::create(&path).with_context(|| format!("making {}", path.display()))?;
    if file.try_lock().is_err() {
        anyhow::bail!(
            "another Skald serves the data folder {}. Stop it first, or use PostgreSQL to run several.",
            app.config().data_dir.display()
        );
    }
    let stopping = app.tasks().stopping();
    app.tasks().spawn("data folder", async move {
        stopping.cancelled().await;
        drop(file);
    });
    Ok(())
}
