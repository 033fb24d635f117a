//! The test kit: one test, two databases; a real server on a free port; a client for the live socket.
//!
//! `#[db_test]` on `async fn name(t: T)` makes `name::sqlite` and `name::postgres`. `T` is built from a fresh, empty
//! database by [`FromTestDb`]. PostgreSQL is found by `SKALD_TEST_POSTGRES_URL`; a test that needs it and finds none fails.

use std::{future::Future, path::PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database};
pub use skald_platform_macros::db_test;
use uuid::Uuid;

use crate::Config;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary folder.
    Sqlite,
    /// A database of its own on the server the environment names.
    Postgres,
}

/// An empty database and folder of one test.
#[derive(Clone, Debug)]
pub struct TestDb {
    /// A configuration that points at it; the port is 0 and the log is off.
    pub config: Config,
    /// Which kind it is.
    pub backend: Backend,
    name: String,
}

/// What a test asks for, built from an empty database.
pub trait FromTestDb: Sized {
    /// Builds it.
    fn from_db(db: TestDb) -> impl Future<Output = Self>;
}

impl FromTestDb for TestDb {
    async fn from_db(db: TestDb) -> Self {
        db
    }
}

fn server_url() -> String {
    std::env::var("SKALD_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "SKALD_TEST_POSTGRES_URL is not set. `make test` starts a PostgreSQL of its own; to run without one, use \
             cargo nextest run -E 'not test(/::postgres$/)'"
        )
    })
}

fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, ""), |(base, query)| (base, query));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}/{name}{query}", &base[..end])
}

async fn on_server(statement: String) {
    let mut options = ConnectOptions::new(server_url());
    options.max_connections(1).sqlx_logging(false);
    let server = Database::connect(options).await.expect("the PostgreSQL of the tests answers");
    server.execute_unprepared(&statement).await.expect("the PostgreSQL of the tests makes and drops databases");
    server.close().await.expect("closing");
}

impl TestDb {
    async fn create(backend: Backend) -> Self {
        let id: Uuid = skald_kernel::Ids.next();
        let name = format!("skald_test_{}", id.simple());
        let data_dir: PathBuf = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&data_dir).expect("a temporary folder");
        let database_url = match backend {
            Backend::Sqlite => "sqlite".to_owned(),
            Backend::Postgres => {
                on_server(format!("CREATE DATABASE {name}")).await;
                with_database(&server_url(), &name)
            }
        };
        let config = Config {
            data_dir,
            database_url,
            database_connections: 4,
            listen: ([127, 0, 0, 1], 0).into(),
            oracle_pace_ms: 0,
            shutdown_timeout_ms: 2_000,
            ..Config::default()
        };
        Self { config, backend, name }
    }

    async fn remove(&self) {
        if self.backend == Backend::Postgres {
            on_server(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
        }
        // A file still open on some systems is left to the temporary folder's own cleaning.
        let _ = std::fs::remove_dir_all(&self.config.data_dir);
    }
}

/// Runs one test on one database and removes it, also when the test fails.
pub fn run<T, F>(backend: Backend, test: impl FnOnce(T) -> F + Send + 'static)
where
    T: FromTestDb,
    F: Future<Output = ()>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = TestDb::create(backend).await;
        let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(async {
            test(T::from_db(db.clone()).await).await;
        }))
        .await;
        db.remove().await;
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_in_an_address_is_replaced() {
        for (url, wanted) in [
            ("postgres://u@h:5/postgres", "postgres://u@h:5/x"),
            ("postgres://u@h:5", "postgres://u@h:5/x"),
            ("postgres:///postgres?host=/run/pg", "postgres:///x?host=/run/pg"),
        ] {
            assert_eq!(with_database(url, "x"), wanted);
        }
    }
}
