//! Facts: single statements, each with who knows it.
//!
//! A member reads a fact only when it is canon, somebody they look through knows it, and they may know its subject and its
//! object. Game masters read all, with the knowers and how hard a fact is to find. The subject of a fact never changes.

mod actions;
pub(crate) mod drafts;
mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, FactId, Result, Viewer};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{create, delete, restore, reveal, reveal_to, update};
pub use dto::{Evidence, EvidenceKind, FactIn, FactOut, FactPatch, FactQuery, FactStatus, Knower, RevealIn};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_facts, routes::create_fact))
        .routes(routes!(routes::get_fact, routes::update_fact, routes::delete_fact))
        .routes(routes!(routes::reveal_fact))
}

/// One fact.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: FactId) -> Result<FactOut> {
    queries::find(db, viewer, id).await?.ok_or_else(Error::not_found)
}

/// A page of facts, oldest first, with the count of all that the viewer may know; of one subject, when it is given.
///
/// # Errors
/// Invalid cursor.
pub async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    subject: Option<EntityId>,
    page: &PageQuery,
) -> Result<Page<FactOut>> {
    queries::list(db, viewer, subject, page).await
}

/// What the viewer knows of these subjects and is canon, oldest first, at most `limit` facts. For prompts.
///
/// # Errors
/// When the database fails.
pub async fn about(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    subjects: &[EntityId],
    limit: u64,
) -> Result<Vec<FactOut>> {
    queries::about(db, viewer, subjects, limit).await
}

/// What the party could still discover of these subjects: canon with a `find_dc` that none of them knows, easiest first, as
/// a game master sees it. For the engine, which rolls before it tells; never for a prompt.
///
/// # Errors
/// When the database fails.
pub async fn to_find(db: &impl ConnectionTrait, party: &Viewer, subjects: &[EntityId]) -> Result<Vec<FactOut>> {
    queries::to_find(db, party, subjects).await
}

/// Those of the ids that the viewer may know.
///
/// # Errors
/// When the database fails.
pub(crate) async fn these(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[FactId]) -> Result<Vec<FactOut>> {
    queries::these(db, viewer, ids).await
}

/// Whether the viewer sees a fact by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: FactId) -> Result<bool> {
    Ok(queries::find(db, viewer, id).await?.is_some())
}
