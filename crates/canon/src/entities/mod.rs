//! Entities: anything in the canon with a name.
//!
//! Members read what their [`Viewer`] may know, game masters write. The kind of an entity never changes; only locations lie
//! inside another, only characters have a subtype. An entity that is deleted is read by nobody until it is
//! brought back from the trash.

mod actions;
pub(crate) mod drafts;
mod dto;
mod queries;
mod restore;
mod routes;
mod rules;

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Error, Result, Viewer};
use skald_platform::{App, http::Page};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use actions::update_as;
pub use actions::{create, delete, replace, update};
pub use dto::{
    EntityBrief, EntityIn, EntityKind, EntityName, EntityOut, EntityPatch, EntityQuery, Filter, LinkOut, Place,
    Subtype, Visibility,
};
pub use restore::restore;
pub(crate) use restore::{not_in_trash, patch_to};
pub(crate) use rules::check_names as check_known;
pub(crate) use rules::{KNOWERS, Named, name_key, not_null, snapshot_of, storable, tag_key, words};

use crate::locations;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_entities, routes::create_entity)).routes(routes!(
        routes::get_entity,
        routes::replace_entity,
        routes::update_entity,
        routes::delete_entity
    ))
}

/// One entity; a location with its ancestors.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<EntityOut> {
    let found = queries::full(db, viewer, queries::Which::These(&[id])).await?;
    let mut entity = found.into_iter().next().ok_or_else(Error::not_found)?;
    if entity.kind == EntityKind::Location {
        entity.ancestors = Some(locations::ancestors(db, viewer, id).await?);
    }
    Ok(entity)
}

/// A page of entities by name, with the count of all that match and that the viewer may know.
///
/// # Errors
/// Invalid filter or cursor.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> Result<Page<EntityBrief>> {
    queries::list(db, viewer, filter).await
}

/// Those of the ids that the viewer may know, in the order of the ids.
///
/// # Errors
/// When the database fails.
pub async fn named(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<Vec<EntityBrief>> {
    queries::named(db, viewer, ids).await
}

/// Those of the ids that the viewer may know, whole (without ancestors), by name.
///
/// # Errors
/// When the database fails.
pub async fn full(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<Vec<EntityOut>> {
    queries::full(db, viewer, queries::Which::These(ids)).await
}

/// All entities of a kind that the viewer may know, whole (without ancestors), by name.
///
/// # Errors
/// When the database fails.
pub async fn by_kind_full(db: &impl ConnectionTrait, viewer: &Viewer, kind: EntityKind) -> Result<Vec<EntityOut>> {
    queries::full(db, viewer, queries::Which::Kind(kind)).await
}

/// What a field of an entity holds.
#[derive(Clone, Copy, Debug)]
pub enum FieldIs<'a> {
    /// The JSON value true.
    True,
    /// The id of another entity.
    Id(&'a EntityId),
}

/// All entities of a kind that the viewer may know and whose `fields` hold this, whole (without ancestors), by name.
///
/// # Errors
/// When the database fails.
pub async fn with_field(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    kind: EntityKind,
    field: &str,
    is: FieldIs<'_>,
) -> Result<Vec<EntityOut>> {
    queries::full(db, viewer, queries::Which::Field(kind, field, is)).await
}

/// All entities of a kind that the viewer may know and that bear one of the names, whatever its case and accents.
///
/// # Errors
/// When the database fails.
pub async fn by_names(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    kind: EntityKind,
    names: &[String],
) -> Result<Vec<EntityOut>> {
    queries::full(db, viewer, queries::Which::Names(kind, names)).await
}

/// At most 20 entities with exactly this name or alias, whatever its case and accents; bearers of the name first.
///
/// # Errors
/// When the database fails.
pub async fn called(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    name: &str,
    kind: Option<EntityKind>,
) -> Result<Vec<EntityBrief>> {
    queries::called(db, viewer, name, kind).await
}

/// Whether the viewer sees a location by that id.
pub(crate) async fn is_location(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<bool> {
    Ok(named(db, viewer, &[id]).await?.iter().any(|entity| entity.kind == EntityKind::Location))
}

/// Refuses ids that are none of the campaign's or of a kind that does not fit, each at its field.
pub(crate) async fn check_names(db: &impl ConnectionTrait, campaign: CampaignId, names: &[Named]) -> Result<()> {
    let mut ids: Vec<EntityId> = names.iter().map(|name| name.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let known: HashMap<EntityId, EntityKind> = queries::kinds(db, campaign, &ids).await?;
    rules::check_names(names, &known)
}
