//! Facts: single statements, each with who knows it.
//!
//! A member reads a fact only when it is canon, somebody they look through knows it, and they may know its subject and its
//! object. Game masters read all, with the knowers and how hard a fact is to find. The subject of a fact never changes.
//!
//! Story time is in it twice: when a fact holds (`story_from` to `story_to`, both included), and since when each knower
//! knows it (`known_from`). Asked as of a moment, both count; asked without one, neither does.

mod actions;
pub(crate) mod drafts;
mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_access::campaigns;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, FactId, Result, Viewer};
use skald_platform::{App, http::Page};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{queries::KnownTo, rules::Asked};
use crate::entities;

pub use actions::{create, delete, restore, reveal, reveal_many, reveal_to, update};
pub use dto::{
    Evidence, EvidenceKind, FactIn, FactKind, FactOrder, FactOut, FactPatch, FactQuery, FactStatus, Knower, Known,
    RevealIn, RevealManyIn,
};

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

/// A page of facts with the count of all that the viewer may know and that are asked for.
///
/// # Errors
/// Forbidden, when somebody who is no game master asks who knows; `knower` invalid; a filter that cannot be read.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer, query: &FactQuery) -> Result<Page<FactOut>> {
    rules::check_query(query)?;
    let known_to = match &query.knower {
        None => None,
        Some(_) if !viewer.sees_all() => {
            return Err(Error::new(ErrorCode::Forbidden, "Only the game master may ask who knows what."));
        }
        Some(knower) => Some(known_to(db, viewer.campaign(), knower).await?),
    };
    queries::list(db, viewer, query, known_to.as_ref()).await
}

/// Whose knowledge `knower` names.
async fn known_to(db: &impl ConnectionTrait, campaign: CampaignId, knower: &str) -> Result<KnownTo> {
    let eyes = |ids| KnownTo::Eyes(Viewer::characters(campaign, ids));
    match rules::read_knower(knower)? {
        Asked::Party => {
            let played = campaigns::players(db, campaign).await?;
            Ok(eyes(played.into_iter().map(|(character, _)| character).collect()))
        }
        Asked::Knower(Knower::Everyone) => Ok(eyes(Vec::new())),
        Asked::Knower(knower @ (Knower::Character { id } | Knower::Faction { id })) => {
            let mut named = rules::knower_names("knower", &[knower]);
            named.iter_mut().for_each(|named| named.field = "knower".into());
            entities::check_names(db, campaign, &named).await?;
            Ok(eyes(vec![id]))
        }
        Asked::Knower(word) => Ok(KnownTo::Word(rules::stored(word).0)),
    }
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
pub async fn these(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[FactId]) -> Result<Vec<FactOut>> {
    queries::these(db, viewer, ids).await
}

/// Whether the viewer sees a fact by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: FactId) -> Result<bool> {
    Ok(queries::find(db, viewer, id).await?.is_some())
}
