//! The database: one query path on SQLite and PostgreSQL.
//!
//! On SQLite there are two pools on one file in WAL mode: many readers and exactly one writer, so that writers queue in the
//! process instead of failing on a lock. On PostgreSQL both are the same pool. Reads go through [`Db::read`]; every change
//! goes through a [`crate::Tx`].

pub mod schema;

use std::{path::Path, time::Duration};

use anyhow::{Context, bail};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use sea_orm_migration::MigratorTrait;
use skald_kernel::{Error, ErrorCode};

use crate::Config;

/// Handles to the database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

impl Db {
    /// Connects as the configuration says; the SQLite file is made when it is missing.
    ///
    /// # Errors
    /// When the address is not understood or the database does not answer.
    pub async fn connect(config: &Config) -> anyhow::Result<Self> {
        if config.is_postgres() {
            let mut options = ConnectOptions::new(&config.database_url);
            options
                .max_connections(config.database_connections.max(2))
                .acquire_timeout(Duration::from_secs(10))
                .sqlx_logging(false);
            let pool = Database::connect(options).await.context("connecting to PostgreSQL")?;
            return Ok(Self { read: pool.clone(), write: pool });
        }
        let path = match config.database_url.as_str() {
            "sqlite" => config.data_dir.join("skald.db"),
            url => match url.strip_prefix("sqlite:") {
                Some(path) => path.trim_start_matches("//").into(),
                None => bail!("database_url must be `sqlite`, `sqlite:<file>` or `postgres://…`"),
            },
        };
        let synchronous = config.sqlite_synchronous.clone();
        if !matches!(synchronous.as_str(), "normal" | "full") {
            bail!("sqlite_synchronous must be `normal` or `full`");
        }
        let write = sqlite(&path, 1, false, &synchronous).await?;
        let read = sqlite(&path, config.database_connections.max(1), true, &synchronous).await?;
        Ok(Self { read, write })
    }

    /// For queries that change nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    pub(crate) fn write(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Opens a transaction that may write from its first statement on.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (!self.is_postgres()).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
    }

    /// Brings the schema up to date. An SQLite file that holds data is copied beside itself first.
    ///
    /// # Errors
    /// When the database was written by a newer Skald, or a migration fails.
    pub async fn migrate<M: MigratorTrait>(&self) -> anyhow::Result<()> {
        let pending = M::get_pending_migrations(&self.write)
            .await
            .context("the database was written by a newer Skald, or cannot be read: update Skald first")?;
        if pending.is_empty() {
            return Ok(());
        }
        let applied = M::get_applied_migrations(&self.write).await?.len();
        if applied > 0 && !self.is_postgres() {
            self.copy_aside(applied).await.context("backing the database up before migrating")?;
        }
        M::up(&self.write, None).await.context("migrating the database")?;
        tracing::info!(applied = pending.len(), "database migrated");
        Ok(())
    }

    async fn copy_aside(&self, applied: usize) -> anyhow::Result<()> {
        let row = self
            .write
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA database_list"))
            .await?
            .context("no database file")?;
        let file: String = row.try_get("", "file")?;
        let copy = format!("{file}.before-{applied}");
        if Path::new(&copy).exists() {
            std::fs::remove_file(&copy)?;
        }
        let sql = format!("VACUUM INTO '{}'", copy.replace('\'', "''"));
        self.write.execute_unprepared(&sql).await?;
        tracing::info!(copy, "database copied before migrating");
        Ok(())
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When a connection cannot be closed cleanly.
    pub async fn close(self) -> anyhow::Result<()> {
        if !self.is_postgres() {
            self.read.close().await?;
        }
        self.write.close().await?;
        Ok(())
    }
}

async fn sqlite(
    path: &Path,
    connections: u32,
    read_only: bool,
    synchronous: &str,
) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    let synchronous = synchronous.to_owned();
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(15))
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", synchronous.clone())
                .pragma("busy_timeout", "10000")
                .pragma("foreign_keys", "ON")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-4000")
                .pragma("query_only", if read_only { "ON" } else { "OFF" })
                .statement_cache_capacity(200)
        });
    Database::connect(options).await.with_context(|| format!("opening {}", path.display()))
}

/// A statement with `$1`-style parameters, which both databases understand.
pub fn sql<I: IntoIterator<Item = Value>>(on: &impl ConnectionTrait, text: impl Into<String>, values: I) -> Statement {
    Statement::from_sql_and_values(on.get_database_backend(), text, values)
}

/// Turns a database failure into an error without telling the client what it was.
pub fn failed(error: DbErr) -> Error {
    match &error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => {
            Error::new(ErrorCode::Unavailable, "The database is busy or away. Try again shortly.")
                .retry_after(2)
                .because(error)
        }
        _ => Error::internal(error),
    }
}

/// `?` on database results, and a violated constraint as an error of the domain.
pub trait DbResult<T> {
    /// Any failure is internal.
    ///
    /// # Errors
    /// The failure, for the log.
    fn db(self) -> Result<T, Error>;

    /// A violated unique constraint becomes `error`; any other failure is internal.
    ///
    /// # Errors
    /// `error`, or the failure.
    fn on_unique(self, error: impl FnOnce() -> Error) -> Result<T, Error>;
}

impl<T> DbResult<T> for Result<T, DbErr> {
    fn db(self) -> Result<T, Error> {
        self.map_err(failed)
    }

    fn on_unique(self, error: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(|e| match e.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => error(),
            _ => failed(e),
        })
    }
}
