//! Relationships: typed edges between two entities of a campaign.
//!
//! A member sees one that is open to everyone when they may know both its ends. `member_of` from a character to a faction
//! is more than a word: the character knows what the faction knows, and sees what the faction may see. The ends of a
//! relationship never change. Two entities may be tied by more than one, also of the same kind.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, RelationshipId, Result, Viewer};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{create, delete, update};
pub use dto::{Openness, RelationshipIn, RelationshipOut, RelationshipPatch};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_relationships))
        .routes(routes!(routes::create_relationship))
        .routes(routes!(routes::get_relationship, routes::update_relationship, routes::delete_relationship))
}

/// One relationship.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: RelationshipId) -> Result<RelationshipOut> {
    queries::find(db, viewer, id).await?.ok_or_else(Error::not_found)
}

/// All relationships an entity is an end of, by kind; none when the viewer may not know the entity.
///
/// # Errors
/// When the database fails.
pub async fn of(db: &impl ConnectionTrait, viewer: &Viewer, entity: EntityId) -> Result<Vec<RelationshipOut>> {
    queries::of(db, viewer, entity).await
}

/// Whether the viewer sees a relationship by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: RelationshipId) -> Result<bool> {
    Ok(queries::find(db, viewer, id).await?.is_some())
}
