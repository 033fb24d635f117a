//! Proposals: changes of the canon that somebody suggests and a game master decides on.
//!
//! A model, an import or a member suggests to make, change or retire an entity, a fact or a relationship, in the form in
//! which the slice itself takes the change, with a reason and what it rests on ([`propose`]). It is checked at once, by the
//! eyes of its author: what they do not see is not there, and their own suggestions are all that a player reads of this.
//!
//! What is accepted goes through the actions of the slice that owns it. A proposal remembers what its author saw of the
//! fields it sets; where the campaign moved on, it is joined field by field (texts line by line, `fields` key by key), and
//! refused only where both changed the same. So a player may suggest a new line for a page whose secrets they cannot read.
//! A decision can be taken back as long as what it made is still as it was made.
//!
//! A campaign may accept or refuse some kinds without asking ([`policy()`]); locked fields are never touched.

mod actions;
mod authors;
mod dto;
mod many;
mod merge;
mod policy;
mod propose;
mod queries;
mod read;
mod routes;
mod rules;
mod targets;

use sea_orm::ConnectionTrait;
use skald_access::Member;
use skald_kernel::{Error, ProposalId, Result};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{accept, reject, undo};
pub use authors::Author;
pub use dto::{
    ProposalAccept, ProposalAuthor, ProposalAuthorKind, ProposalBatch, ProposalBrief, ProposalCounts, ProposalDecision,
    ProposalEvidence, ProposalField, ProposalFieldChange, ProposalFilter, ProposalIn, ProposalMany, ProposalOperation,
    ProposalOut, ProposalPage, ProposalPolicy, ProposalPolicyIn, ProposalQuery, ProposalReject, ProposalReport,
    ProposalRule, ProposalSource, ProposalStatus, ProposalTarget, ProposalsIn, ProposalsOut,
};
pub use many::{accept_all, reject_all};
pub use policy::{policy, set_policy};
pub use propose::{Proposed, propose};

use queries::Reader;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_proposals, routes::create_proposals))
        .routes(routes!(routes::get_proposal_policy, routes::replace_proposal_policy))
        .routes(routes!(routes::accept_all_proposals))
        .routes(routes!(routes::reject_all_proposals))
        .routes(routes!(routes::get_proposal))
        .routes(routes!(routes::accept_proposal))
        .routes(routes!(routes::reject_proposal))
        .routes(routes!(routes::undo_proposal))
}

/// One proposal beside what is there now.
///
/// # Errors
/// Not found, also for what is somebody else's and the member is no game master.
pub async fn find(db: &impl ConnectionTrait, member: &Member, id: ProposalId) -> Result<ProposalOut> {
    let row = queries::find(db, Reader::of(member), id).await?.ok_or_else(Error::not_found)?;
    read::out(db, &member.viewer(), row).await
}

/// A page of the proposals that a member may read, with how many there are of each status.
///
/// # Errors
/// Invalid limit or cursor.
pub async fn list(db: &impl ConnectionTrait, member: &Member, query: &ProposalQuery) -> Result<ProposalPage> {
    let (page, counts) = queries::list(db, Reader::of(member), query).await?;
    let items = read::briefs(db, &member.viewer(), page.items).await?;
    Ok(ProposalPage { items, next_cursor: page.next_cursor, counts })
}

/// What was suggested, as a member reads it.
///
/// # Errors
/// When the database fails.
pub async fn suggested(db: &impl ConnectionTrait, member: &Member, proposed: &Proposed) -> Result<ProposalsOut> {
    let rows = queries::these(db, Reader::of(member), &proposed.ids).await?;
    Ok(ProposalsOut { batch_id: proposed.batch, items: read::briefs(db, &member.viewer(), rows).await? })
}

/// Whether a member who is no game master made a proposal by that id.
pub(crate) async fn is_own(db: &impl ConnectionTrait, member: &Member, id: ProposalId) -> Result<bool> {
    Ok(queries::find(db, Reader::of(member), id).await?.is_some())
}
