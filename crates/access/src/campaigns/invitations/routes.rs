//! The addresses of invitations.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use skald_kernel::{CampaignId, Error, InvitationId};
use skald_platform::{
    App,
    http::{Body, Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::{
    actions,
    dto::{InvitationIn, InvitationOut, InvitationPreview},
    queries,
};
use crate::{
    Gm, User,
    campaigns::{CampaignOut, queries as campaigns},
    visitor::Visitor,
};

/// The invitations of a campaign that were not revoked, newest first.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/invitations", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), PageQuery),
    responses(
        (status = 200, body = Page<InvitationOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_invitations(
    State(app): State<App>,
    by: Gm,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<InvitationOut>>, Problem> {
    let limit = page.limit()?;
    let rows = queries::list(app.db().read(), by.campaign, page.after()?, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |invitation| invitation.id)))
}

/// Makes an invitation.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/invitations", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path)), request_body = InvitationIn,
    responses(
        (status = 201, body = InvitationOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_invitation(
    State(app): State<App>,
    by: Gm,
    Body(input): Body<InvitationIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let invitation = actions::create(&mut tx, &by, &input).await?;
    tx.commit().await?;
    Ok(created(&format!("/invitations/code/{}", invitation.code), Json(invitation)))
}

/// Ends an invitation.
#[utoipa::path(
    delete, path = "/invitations/{invitation_id}", tag = "campaigns", security(("bearer" = [])),
    params(("invitation_id" = InvitationId, Path)),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_invitation(
    State(app): State<App>,
    by: Gm,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    actions::revoke(&mut tx, &by, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation leads to.
#[utoipa::path(
    get, path = "/invitations/code/{code}", tag = "campaigns",
    params(("code" = String, Path)),
    responses(
        (status = 200, body = InvitationPreview),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn preview_invitation(
    State(app): State<App>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Json<InvitationPreview>, Problem> {
    Ok(Json(actions::preview(&app, &visitor, &code).await?))
}

/// Follows an invitation into its campaign.
#[utoipa::path(
    post, path = "/invitations/code/{code}/accept", tag = "campaigns", security(("bearer" = [])),
    params(("code" = String, Path)),
    responses(
        (status = 200, body = CampaignOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accept_invitation(
    State(app): State<App>,
    by: User,
    Path(code): Path<String>,
) -> Result<Versioned<CampaignOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let id = actions::join(&mut tx, by.id, &code).await?;
    let campaign = campaigns::find(tx.conn(), id, by.id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(Versioned(campaign.version, campaign))
}
