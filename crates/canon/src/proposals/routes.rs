//! The addresses of proposals.

use axum::{Json, extract::State, response::Response};
use skald_access::{Gm, Observer, Player};
use skald_kernel::{CampaignId, ProposalId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::{
    authors::Author,
    dto::{
        ProposalAccept, ProposalMany, ProposalOut, ProposalPage, ProposalPolicy, ProposalPolicyIn, ProposalQuery,
        ProposalReject, ProposalReport, ProposalsIn, ProposalsOut,
    },
};
use crate::editor::Editor;

/// Suggested changes: all of them for a game master, your own for anybody else. Open ones come oldest first, others newest
/// first.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/proposals", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ProposalQuery),
    responses(
        (status = 200, body = ProposalPage),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn list_proposals(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<ProposalQuery>,
) -> Result<Json<ProposalPage>, Problem> {
    Ok(Json(super::list(app.db().read(), &observer, &query).await?))
}

/// Suggests changes. What you cannot see is, to a suggestion, not there.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/proposals", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = ProposalsIn,
    responses(
        (status = 201, body = ProposalsOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Observers suggest nothing"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Too many wait already"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "`base_version` is not the stored one; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What could not be made, is locked, or is refused by the policy; fields are named below `proposals.<n>`"),
    )
)]
pub(super) async fn create_proposals(
    State(app): State<App>,
    player: Player,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<ProposalsIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&player.actor).await?;
    let author = Author::Member { user: player.user };
    let proposed = super::propose(&mut tx, &player.viewer(), &author, input).await?;
    let out = super::suggested(tx.conn(), &player, &proposed).await?;
    tx.commit().await?;
    let path = out.items.first().map(|first| format!("/proposals/{}", first.id)).unwrap_or_default();
    Ok(created(&path, Json(out)))
}

/// One suggestion, field by field beside what is there now.
#[utoipa::path(
    get, path = "/proposals/{proposal_id}", tag = "canon", security(("bearer" = [])),
    params(("proposal_id" = ProposalId, Path, description = "The proposal")),
    responses(
        (status = 200, body = ProposalOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_proposal(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<ProposalId>,
) -> Result<Versioned<ProposalOut>, Problem> {
    let proposal = super::find(app.db().read(), &observer, id).await?;
    Ok(Versioned(proposal.brief.version, proposal))
}

/// Makes what is suggested, or what is given in its place.
#[utoipa::path(
    post, path = "/proposals/{proposal_id}/accept", tag = "canon", security(("bearer" = [])),
    params(("proposal_id" = ProposalId, Path, description = "The proposal")),
    request_body = ProposalAccept,
    responses(
        (status = 200, body = ProposalOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Decided already (`current` says how); needs another one first; its target is gone; or `errors` names the fields that were changed since"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "`target_version` is not the stored one; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid or locked fields, named below `change`"),
    )
)]
pub(super) async fn accept_proposal(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<ProposalId>,
    Body(input): Body<ProposalAccept>,
) -> Result<Versioned<ProposalOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::accept(&mut tx, &gm, id, input).await?;
    let proposal = super::find(tx.conn(), &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(proposal.brief.version, proposal))
}

/// Refuses a suggestion, with a word to its author.
#[utoipa::path(
    post, path = "/proposals/{proposal_id}/reject", tag = "canon", security(("bearer" = [])),
    params(("proposal_id" = ProposalId, Path, description = "The proposal")),
    request_body = ProposalReject,
    responses(
        (status = 200, body = ProposalOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Decided already; `current` says how"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A note that is too long"),
    )
)]
pub(super) async fn reject_proposal(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<ProposalId>,
    Body(input): Body<ProposalReject>,
) -> Result<Versioned<ProposalOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::reject(&mut tx, &gm, id, input).await?;
    let proposal = super::find(tx.conn(), &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(proposal.brief.version, proposal))
}

/// Takes a decision back: the suggestion is open again, and what it made is unmade.
#[utoipa::path(
    post, path = "/proposals/{proposal_id}/undo", tag = "canon", security(("bearer" = [])),
    params(("proposal_id" = ProposalId, Path, description = "The proposal")),
    responses(
        (status = 200, body = ProposalOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Nothing to take back, or what it made was changed since"),
    )
)]
pub(super) async fn undo_proposal(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<ProposalId>,
) -> Result<Versioned<ProposalOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::undo(&mut tx, &gm, id).await?;
    let proposal = super::find(tx.conn(), &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(proposal.brief.version, proposal))
}

/// Accepts all open suggestions that fit, the oldest first, each on its own; what cannot be accepted stays open. At most 200
/// at once: `left` says how many more there are.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/proposals/accept-all", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = ProposalMany,
    responses(
        (status = 200, body = ProposalReport),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn accept_all_proposals(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<ProposalMany>,
) -> Result<Json<ProposalReport>, Problem> {
    Ok(Json(super::accept_all(&app, &gm, &input).await?))
}

/// Rejects all open suggestions that fit, at most 200 at once: `left` says how many more there are.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/proposals/reject-all", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = ProposalMany,
    responses(
        (status = 200, body = ProposalReport),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn reject_all_proposals(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<ProposalMany>,
) -> Result<Json<ProposalReport>, Problem> {
    Ok(Json(super::reject_all(&app, &gm, &input).await?))
}

/// What the campaign does with suggestions. Where no rule fits, a game master is asked.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/proposals/policy", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    responses(
        (status = 200, body = ProposalPolicy),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn get_proposal_policy(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
) -> Result<Versioned<ProposalPolicy>, Problem> {
    let policy = super::policy(app.db().read(), observer.campaign).await?;
    Ok(Versioned(policy.version, policy))
}

/// Sets what the campaign does with suggestions, as a whole.
#[utoipa::path(
    put, path = "/campaigns/{campaign_id}/proposals/policy", tag = "canon", security(("bearer" = [])),
    params(
        ("campaign_id" = CampaignId, Path, description = "The campaign"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = ProposalPolicyIn,
    responses(
        (status = 200, body = ProposalPolicy),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Rules that contradict each other"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn replace_proposal_policy(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<ProposalPolicyIn>,
) -> Result<Versioned<ProposalPolicy>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let policy = super::set_policy(&mut tx, &gm, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(policy.version, policy))
}
