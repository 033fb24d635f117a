//! The rows of providers and routes.

use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{Error, ErrorCode, ProviderId, Result, model::Task};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};

use super::{Dialect, Stored};

const COLUMNS: &str =
    "p.id, p.name, p.dialect, p.base_url, p.model, p.api_key_sealed, p.outside, p.enabled, p.max_parallel, p.version";

pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<Stored>> {
    let rows = sql(db, format!("SELECT {COLUMNS} FROM ai_providers p ORDER BY p.id"), []);
    db.query_all_raw(rows).await.db()?.iter().map(read).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, id: ProviderId) -> Result<Option<Stored>> {
    let row = sql(db, format!("SELECT {COLUMNS} FROM ai_providers p WHERE p.id = $1"), [id.0.into()]);
    db.query_one_raw(row).await.db()?.as_ref().map(read).transpose()
}

/// A task's route, disabled providers included.
pub(super) async fn route(db: &impl ConnectionTrait, task: Task) -> Result<Vec<Stored>> {
    let text = format!(
        "SELECT {COLUMNS} FROM ai_routes r JOIN ai_providers p ON p.id = r.provider_id WHERE r.task = $1 ORDER BY r.place"
    );
    db.query_all_raw(sql(db, text, [task.as_str().into()])).await.db()?.iter().map(read).collect()
}

pub(super) async fn insert(tx: &Tx, new: &Stored) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO ai_providers (id, name, dialect, base_url, model, api_key_sealed, outside, enabled, version, created_at, updated_at, \
         max_parallel) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        [
            new.id.0.into(),
            new.name.clone().into(),
            new.dialect.as_str().into(),
            new.base_url.clone().into(),
            new.model.clone().into(),
            new.api_key_sealed.clone().into(),
            new.outside.into(),
            new.enabled.into(),
            new.version.into(),
            tx.now().into(),
            new.max_parallel.into(),
        ],
    );
    tx.conn().execute_raw(row).await.on_unique(name_taken)?;
    Ok(())
}

/// Writes the next version; `false` when the row no longer has the version before it.
pub(super) async fn update(tx: &Tx, next: &Stored) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE ai_providers SET name = $2, base_url = $3, model = $4, api_key_sealed = $5, outside = $6, enabled = $7, \
         version = $8, updated_at = $9, dialect = $10, max_parallel = $11 WHERE id = $1 AND version = $8 - 1",
        [
            next.id.0.into(),
            next.name.clone().into(),
            next.base_url.clone().into(),
            next.model.clone().into(),
            next.api_key_sealed.clone().into(),
            next.outside.into(),
            next.enabled.into(),
            next.version.into(),
            tx.now().into(),
            next.dialect.as_str().into(),
            next.max_parallel.into(),
        ],
    );
    Ok(tx.conn().execute_raw(row).await.on_unique(name_taken)?.rows_affected() == 1)
}

/// Deletes a provider at a version, and with it its places in routes.
pub(super) async fn delete(tx: &Tx, id: ProviderId, version: i64) -> Result<bool> {
    let row = sql(tx.conn(), "DELETE FROM ai_providers WHERE id = $1 AND version = $2", [id.0.into(), version.into()]);
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

pub(super) async fn replace_route(tx: &Tx, task: Task, ids: &[ProviderId]) -> Result<()> {
    let clear = sql(tx.conn(), "DELETE FROM ai_routes WHERE task = $1", [task.as_str().into()]);
    tx.conn().execute_raw(clear).await.db()?;
    for (place, id) in (0_i32..).zip(ids) {
        let row = sql(
            tx.conn(),
            "INSERT INTO ai_routes (task, place, provider_id) VALUES ($1, $2, $3)",
            [task.as_str().into(), place.into(), id.0.into()],
        );
        tx.conn().execute_raw(row).await.on_unique(|| {
            Error::new(ErrorCode::Conflict, "Somebody else is changing the routes. Look at them and try again.")
        })?;
    }
    Ok(())
}

fn name_taken() -> Error {
    Error::new(ErrorCode::NameTaken, "Another provider has this name. Choose a different one.")
}

fn read(row: &QueryResult) -> Result<Stored> {
    Ok(Stored {
        id: ProviderId(row.try_get("", "id").db()?),
        name: row.try_get("", "name").db()?,
        dialect: Dialect::read(&row.try_get::<String>("", "dialect").db()?)?,
        base_url: row.try_get("", "base_url").db()?,
        model: row.try_get("", "model").db()?,
        api_key_sealed: row.try_get("", "api_key_sealed").db()?,
        outside: row.try_get("", "outside").db()?,
        enabled: row.try_get("", "enabled").db()?,
        max_parallel: row.try_get("", "max_parallel").db()?,
        version: row.try_get("", "version").db()?,
    })
}
