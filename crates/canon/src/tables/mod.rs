//! Random tables: results to roll on, with dice and ranges or with weights.
//!
//! Only game masters know of them; for anybody else they are not there. The ranges of a table with dice hold every total
//! once. A row may lead to other tables, never back to its own. Every roll is kept with its seed, and the same seed gives
//! the same results while the tables are the same. Absent by design: tables shared between campaigns.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;
#[cfg(test)]
mod tests;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, Result, TableId, Viewer};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{create, delete, roll, update};
pub use dto::{Rolled, TableIn, TableOut, TablePatch, TableRollIn, TableRollOut, TableRow};

use crate::entities::{self, EntityName};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_tables, routes::create_table))
        .routes(routes!(routes::get_table, routes::update_table, routes::delete_table))
        .routes(routes!(routes::roll_table))
        .routes(routes!(routes::list_table_rolls))
}

/// The tables by name, without their rows; none for who does not see all.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<TableOut>> {
    if !viewer.sees_all() {
        return Ok(Vec::new());
    }
    let mut tables = queries::list(db, viewer.campaign()).await?;
    tables.iter_mut().for_each(|table| table.rows = None);
    Ok(tables)
}

/// One table with its rows.
///
/// # Errors
/// Not found, also for who does not see all.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: TableId) -> Result<TableOut> {
    if !viewer.sees_all() {
        return Err(Error::not_found());
    }
    let mut table = queries::find(db, viewer.campaign(), id).await?.ok_or_else(Error::not_found)?;
    let about: Vec<EntityId> = table.rows.iter().flatten().filter_map(|row| row.entity_id).collect();
    table.entities = Some(names(db, viewer, about).await?);
    Ok(table)
}

/// The rolls on a table, the newest first.
///
/// # Errors
/// Not found, also for who does not see all; an invalid cursor.
pub async fn rolls(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: TableId,
    page: &PageQuery,
) -> Result<Page<TableRollOut>> {
    if !viewer.sees_all() || queries::find(db, viewer.campaign(), id).await?.is_none() {
        return Err(Error::not_found());
    }
    queries::rolls(db, id, page).await
}

async fn names(db: &impl ConnectionTrait, viewer: &Viewer, mut ids: Vec<EntityId>) -> Result<Vec<EntityName>> {
    ids.sort_unstable();
    ids.dedup();
    let named = entities::named(db, viewer, &ids).await?;
    Ok(named.into_iter().map(|entity| EntityName { id: entity.id, name: entity.name }).collect())
}
