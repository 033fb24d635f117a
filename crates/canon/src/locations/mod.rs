//! Locations: the entities that lie inside one another, a tree per campaign.
//!
//! No location lies inside itself. Where a viewer may not know a location, those inside it appear to them as roots, its id
//! is in no answer, and the way up ends below it. A location that is deleted leaves its children to the one it lay in.
//!
//! The truth is each location's parent. Beside it every location that is not deleted has a path, the ids from its root down
//! to itself, so that all that lies in one is a range of an index, however deep; whatever changes a parent [`settle`]s the
//! paths in the same transaction. At most 64 locations lie inside one another.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Result, Viewer};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use actions::move_children_up;
pub use actions::move_under;
pub use dto::{LocationQuery, MoveIn};
pub(crate) use rules::check_fields;

use crate::{
    entities::{self, EntityBrief, EntityName, Filter, Place},
    search,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_locations))
        .routes(routes!(routes::list_location_children))
        .routes(routes!(routes::move_location))
}

/// Makes the paths of a campaign's locations from their parents, where they came in from elsewhere.
///
/// # Errors
/// Invalid, when locations lie in one another in a circle, or too deep.
pub async fn rebuild_paths(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<()> {
    if queries::rebuild(db, campaign).await? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Invalid, "Some locations lie inside themselves, or too deep inside one another."))
}

/// A page of the locations that lie in nothing the viewer can see.
///
/// # Errors
/// Invalid cursor.
pub async fn roots(db: &impl ConnectionTrait, viewer: &Viewer, page: PageQuery) -> Result<Page<EntityBrief>> {
    entities::list(db, viewer, &Filter { place: Place::Roots, page, ..Filter::default() }).await
}

/// A page of the locations directly inside one.
///
/// # Errors
/// Not found, also for what is no location or hidden from the viewer; invalid cursor.
pub async fn children(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: EntityId,
    page: PageQuery,
) -> Result<Page<EntityBrief>> {
    if !entities::is_location(db, viewer, id).await? {
        return Err(Error::not_found());
    }
    // Only locations lie inside another, so the kind need not be asked for.
    entities::list(db, viewer, &Filter { place: Place::Inside(id), page, ..Filter::default() }).await
}

/// A page of the locations that lie in one, however deep, by name, perhaps only those with all words of `q` in a name or an
/// alias. For who is no game master, what lies behind a location they cannot see is not among them: they are not told that
/// it lies there.
///
/// # Errors
/// Not found, also for what is no location or hidden from the viewer; invalid words or cursor.
pub async fn under(app: &App, viewer: &Viewer, id: EntityId, q: &str, page: PageQuery) -> Result<Page<EntityBrief>> {
    if !entities::is_location(app.db().read(), viewer, id).await? {
        return Err(Error::not_found());
    }
    search::matching(app, viewer, q, &Filter { place: Place::Under(id), page, ..Filter::default() }).await
}

/// Where a location lies, from the outermost inwards, up to the first that the viewer cannot see.
///
/// # Errors
/// When the database fails.
pub async fn ancestors(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<Vec<EntityName>> {
    queries::ancestors(db, viewer, id).await
}

/// Whether `inner` is `outer` or lies in it, however deep.
pub(crate) async fn lies_in(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    inner: EntityId,
    outer: EntityId,
) -> Result<bool> {
    queries::lies_in(db, campaign, inner, outer).await
}

/// Writes the paths of a location that is new, came back, or lies elsewhere now, and of all that lie in it. The caller holds
/// the [`lock`], unless the location is new and a root.
pub(crate) async fn settle(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    parent: Option<EntityId>,
) -> Result<()> {
    queries::settle(db, campaign, id, parent).await
}

/// Makes changes of the campaign's tree wait for each other until the commit.
pub(crate) async fn lock(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<()> {
    queries::lock(db, campaign).await
}
