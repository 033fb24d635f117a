//! The database and the key: migrating, refusing what is newer, keeping secrets to the owner.

use sea_orm::ConnectionTrait;
use skald::wiring::{self, Given, Schema};
use skald_platform::{
    Actor, App, Config, Db,
    db::sql,
    testing::{Backend, TestDb},
};

use crate::support::*;

async fn change(app: &App, text: &str, values: Vec<sea_orm::Value>) {
    let tx = app.tx(&Actor::engine("test")).await.unwrap();
    tx.conn().execute_raw(sql(tx.conn(), text, values)).await.unwrap();
    tx.commit().await.unwrap();
}

fn files(config: &Config) -> Vec<String> {
    let names = std::fs::read_dir(&config.data_dir).unwrap();
    names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[db_test]
async fn migrating_twice_changes_nothing(t: TestDb) {
    let db = Db::connect(&t.config).await.unwrap();
    db.migrate::<Schema>().await.unwrap();
    let count = |db: Db| async move {
        let row =
            db.read().query_one_raw(sql(db.read(), "SELECT COUNT(*) AS n FROM seaql_migrations", [])).await.unwrap();
        row.unwrap().try_get::<i64>("", "n").unwrap()
    };
    let applied = count(db.clone()).await;
    assert!(applied >= 5);
    db.migrate::<Schema>().await.unwrap();
    assert_eq!(count(db.clone()).await, applied);
    db.close().await.unwrap();
    let again = Db::connect(&t.config).await.unwrap();
    again.migrate::<Schema>().await.unwrap();
    assert_eq!(count(again).await, applied);
    let copies: Vec<_> = files(&t.config).into_iter().filter(|name| name.contains("before")).collect();
    assert!(copies.is_empty(), "nothing to migrate, nothing to back up: {copies:?}");
}

#[db_test]
async fn a_database_of_a_newer_skald_is_refused_and_left_alone(t: TestDb) {
    let app = wiring::assemble(t.config.clone(), Given::default()).await.unwrap();
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ($1, $2)";
    change(&app, insert, vec!["m9999_from_the_future".into(), 1_900_000_000_i64.into()]).await;
    app.db().clone().close().await.unwrap();
    let error = match wiring::assemble(t.config.clone(), Given::default()).await {
        Ok(_) => panic!("it was taken"),
        Err(error) => format!("{error:#}"),
    };
    assert!(error.contains("newer Skald") && error.contains("update Skald"), "{error}");
    assert!(files(&t.config).iter().all(|name| !name.contains("before")));
}

#[db_test]
async fn a_file_with_data_is_copied_before_it_is_migrated(t: TestDb) {
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    app.admin().await;
    // As if the last migration had not been there yet; it adds tables only.
    for table in ["generations", "game_states"] {
        change(&app.app, &format!("DROP TABLE {table}"), vec![]).await;
    }
    change(&app.app, "DELETE FROM seaql_migrations WHERE version = 'm0006_play'", vec![]).await;
    app.stop().await;
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    app.anonymous().post("/auth/login", json!({ "username": "admin", "password": PASSWORD })).await.ok();
    let copies = files(&t.config).into_iter().filter(|name| name.starts_with("skald.db.before-")).count();
    assert_eq!(copies, usize::from(t.backend == Backend::Sqlite));
}

#[db_test]
async fn the_epoch_stays_the_same_as_long_as_the_database_does(t: TestDb) {
    let first = wiring::assemble(t.config.clone(), Given::default()).await.unwrap();
    let second = wiring::assemble(t.config.clone(), Given::default()).await.unwrap();
    let row = sql(first.db().read(), "SELECT COUNT(*) AS n FROM installation WHERE name = 'epoch'", []);
    let row = second.db().read().query_one_raw(row).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1);
}

#[cfg(unix)]
#[db_test]
async fn the_key_is_the_owners_alone_and_never_changes(t: TestDb) {
    use std::os::unix::fs::PermissionsExt;
    let path = t.config.data_dir.join("secret.key");
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = std::fs::read(&path).unwrap();
    app.stop().await;
    let app = TestApp::with(t.config, Given::default()).await;
    app.anonymous().get("/health").await.ok();
    assert_eq!(std::fs::read(&path).unwrap(), key);
}

#[db_test]
async fn a_database_address_that_makes_no_sense_is_refused(t: TestDb) {
    for url in ["mysql://localhost/skald", "skald.db", ""] {
        let config = Config { database_url: url.into(), ..t.config.clone() };
        let error = Db::connect(&config).await.unwrap_err().to_string();
        assert!(error.contains("database_url"), "{url}: {error}");
    }
}
