//! Relationships: typed edges between two entities of a campaign.
//!
//! A member sees one that is open to everyone when they may know both its ends. `member_of` from a character to a faction
//! is more than a word: the character knows what the faction knows, and sees what the faction may see. The ends of a
//! relationship never change. Two entities may be tied by more than one, also of the same kind.
//!
//! A relationship has states: kind, strength and note from a moment of story time until the next state begins, at least one.
//! Its own row repeats the latest, so that only who asks how it was at another moment reads the states. Before its first
//! state a relationship is not there. Whoever sees a relationship sees all its states; an ended one is deleted, or has a
//! last state that says so.

mod actions;
pub(crate) mod drafts;
mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, RelationshipId, Result, Viewer};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::links;

pub use actions::{create, delete, remove_state, restore, update};
pub use dto::{
    AsOf, Openness, RelationshipIn, RelationshipOut, RelationshipPatch, RelationshipState, StateQuery, TieIn,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_relationships))
        .routes(routes!(routes::create_relationship))
        .routes(routes!(routes::list_character_relationships, routes::create_character_relationship))
        .routes(routes!(routes::list_relationship_states, routes::delete_relationship_state))
        .routes(routes!(routes::get_relationship, routes::update_relationship, routes::delete_relationship))
}

/// One relationship.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: RelationshipId) -> Result<RelationshipOut> {
    queries::find(db, viewer, id, None).await?.ok_or_else(Error::not_found)
}

/// Those of the ids that the viewer may know.
///
/// # Errors
/// When the database fails.
pub async fn these(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[RelationshipId]) -> Result<Vec<RelationshipOut>> {
    queries::these(db, viewer, ids).await
}

/// One relationship as it was at a minute of story time, or as it is.
///
/// # Errors
/// Not found, also for what the viewer may not know, and before it began.
pub async fn find_at(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: RelationshipId,
    as_of: Option<i64>,
) -> Result<RelationshipOut> {
    queries::find(db, viewer, id, as_of).await?.ok_or_else(Error::not_found)
}

/// The states of a relationship, the earliest first.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn history(db: &impl ConnectionTrait, viewer: &Viewer, id: RelationshipId) -> Result<Vec<RelationshipState>> {
    find(db, viewer, id).await?;
    let mut states = queries::states(db, id).await?;
    links::quote(db, viewer, states.iter_mut().map(|state| &mut state.note)).await?;
    Ok(states)
}

/// A relationship as an edge, without names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The relationship.
    pub id: RelationshipId,
    /// One end.
    pub from_id: EntityId,
    /// The other end.
    pub to_id: EntityId,
    /// What kind.
    pub kind: String,
    /// −10 to 10.
    pub strength: i32,
    /// Whether it holds the other way round as well.
    pub symmetric: bool,
}

/// Which ends edges must have.
#[derive(Clone, Copy, Debug)]
pub enum Ends<'a> {
    /// Any.
    Any,
    /// At least one of these.
    One(&'a [EntityId]),
    /// Two of these.
    Both(&'a [EntityId]),
}

/// Which edges.
#[derive(Clone, Copy, Debug)]
pub struct EdgeFilter<'a> {
    /// With these ends.
    pub ends: Ends<'a>,
    /// Of this kind only.
    pub kind: Option<&'a str>,
    /// As they were at a minute of story time; as they are, when absent.
    pub as_of: Option<i64>,
    /// At most so many. With ends given, the strongest in love or hate.
    pub limit: usize,
}

/// The relationships that the viewer may know, as edges.
///
/// # Errors
/// When the database fails.
pub async fn edges(db: &impl ConnectionTrait, viewer: &Viewer, filter: &EdgeFilter<'_>) -> Result<Vec<Edge>> {
    queries::edges(db, viewer, filter).await
}

/// All relationships an entity is an end of, by kind; none when the viewer may not know the entity.
///
/// # Errors
/// When the database fails.
pub async fn of(db: &impl ConnectionTrait, viewer: &Viewer, entity: EntityId) -> Result<Vec<RelationshipOut>> {
    queries::of(db, viewer, entity, None).await
}

/// The same, as they were at a minute of story time; all as they are, when there is none.
///
/// # Errors
/// When the database fails.
pub async fn of_at(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    entity: EntityId,
    as_of: Option<i64>,
) -> Result<Vec<RelationshipOut>> {
    queries::of(db, viewer, entity, as_of).await
}

/// Whether the viewer sees a relationship by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: RelationshipId) -> Result<bool> {
    Ok(queries::find(db, viewer, id, None).await?.is_some())
}
