//! The rows of providers and routes.

use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{Error, ErrorCode, ProviderId, Result, model::Task};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};

use super::{Dialect, Stored, USUAL};
use crate::prices::Price;

const COLUMNS: &str = "p.id, p.name, p.dialect, p.base_url, p.model, p.api_key_sealed, p.outside, p.enabled, p.max_parallel, p.version, \
     p.price_input, p.price_output, p.price_cached, p.price_reasoning";

pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<Stored>> {
    let rows = sql(db, format!("SELECT {COLUMNS} FROM ai_providers p ORDER BY p.id"), []);
    db.query_all_raw(rows).await.db()?.iter().map(read).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, id: ProviderId) -> Result<Option<Stored>> {
    let row = sql(db, format!("SELECT {COLUMNS} FROM ai_providers p WHERE p.id = $1"), [id.0.into()]);
    db.query_one_raw(row).await.db()?.as_ref().map(read).transpose()
}

/// A task's own route, then the usual one, disabled providers included; each with whether it is of its own.
pub(super) async fn route(db: &impl ConnectionTrait, task: Task) -> Result<Vec<(bool, Stored)>> {
    let text = format!(
        "SELECT {COLUMNS}, r.task FROM ai_routes r JOIN ai_providers p ON p.id = r.provider_id \
         WHERE r.task IN ($1, $2) ORDER BY r.place"
    );
    let rows = db.query_all_raw(sql(db, text, [task.as_str().into(), USUAL.into()])).await.db()?;
    rows.iter().map(|row| Ok((row.try_get::<String>("", "task").db()? == task.as_str(), read(row)?))).collect()
}

/// Every place in every route, by its task, in order.
pub(super) async fn routes(db: &impl ConnectionTrait) -> Result<Vec<(String, ProviderId)>> {
    let rows = sql(db, "SELECT task, provider_id FROM ai_routes ORDER BY task, place", []);
    let read =
        |row: &QueryResult| Ok((row.try_get("", "task").db()?, ProviderId(row.try_get("", "provider_id").db()?)));
    db.query_all_raw(rows).await.db()?.iter().map(read).collect()
}

pub(super) async fn insert(tx: &Tx, new: &Stored) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO ai_providers (id, name, dialect, base_url, model, api_key_sealed, outside, enabled, version, created_at, updated_at, \
         max_parallel, price_input, price_output, price_cached, price_reasoning) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15)",
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
            new.price.map(|price| price.input).into(),
            new.price.map(|price| price.output).into(),
            new.price.and_then(|price| price.cached).into(),
            new.price.and_then(|price| price.reasoning).into(),
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
         version = $8, updated_at = $9, dialect = $10, max_parallel = $11, price_input = $12, \
         price_output = $13, price_cached = $14, price_reasoning = $15 WHERE id = $1 AND version = $8 - 1",
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
            next.price.map(|price| price.input).into(),
            next.price.map(|price| price.output).into(),
            next.price.and_then(|price| price.cached).into(),
            next.price.and_then(|price| price.reasoning).into(),
        ],
    );
    Ok(tx.conn().execute_raw(row).await.on_unique(name_taken)?.rows_affected() == 1)
}

/// Deletes a provider at a version, and with it its places in routes.
pub(super) async fn delete(tx: &Tx, id: ProviderId, version: i64) -> Result<bool> {
    let row = sql(tx.conn(), "DELETE FROM ai_providers WHERE id = $1 AND version = $2", [id.0.into(), version.into()]);
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// Puts these routes in the place of all.
pub(super) async fn replace_routes(tx: &Tx, routes: &[(&str, Vec<ProviderId>)]) -> Result<()> {
    tx.conn().execute_raw(sql(tx.conn(), "DELETE FROM ai_routes", [])).await.db()?;
    let mut values = Vec::new();
    for (task, ids) in routes {
        for (place, id) in (0_i32..).zip(ids) {
            values.extend([(*task).into(), place.into(), id.0.into()]);
        }
    }
    if values.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> =
        (0..values.len() / 3).map(|n| format!("(${}, ${}, ${})", 3 * n + 1, 3 * n + 2, 3 * n + 3)).collect();
    let text = format!("INSERT INTO ai_routes (task, place, provider_id) VALUES {}", rows.join(", "));
    tx.conn().execute_raw(sql(tx.conn(), text, values)).await.on_unique(|| {
        Error::new(ErrorCode::Conflict, "Somebody else is changing the routes. Look at them and try again.")
    })?;
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
        price: price(row)?,
        version: row.try_get("", "version").db()?,
    })
}

fn price(row: &QueryResult) -> Result<Option<Price>> {
    let of = |name: &str| row.try_get::<Option<i64>>("", name).db();
    let (input, output) = (of("price_input")?, of("price_output")?);
    let Some((input, output)) = input.zip(output) else { return Ok(None) };
    Ok(Some(Price { input, output, cached: of("price_cached")?, reasoning: of("price_reasoning")? }))
}
