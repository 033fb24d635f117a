//! The addresses of members.

use axum::{Json, extract::State};
use http::StatusCode;
use skald_kernel::{CampaignId, UserId};
use skald_platform::{
    App,
    http::{Body, Page, Path, Problem, ProblemBody},
};

use super::{
    actions,
    dto::{MemberOut, MemberPatch},
    queries,
};
use crate::{Gm, Observer};

/// The members of a campaign, in the order they joined.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/members", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path)),
    responses(
        (status = 200, body = Page<MemberOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_members(State(app): State<App>, by: Observer) -> Result<Json<Page<MemberOut>>, Problem> {
    Ok(Json(Page::whole(queries::list(app.db().read(), by.campaign, None).await?)))
}

/// Gives a member another role.
#[utoipa::path(
    patch, path = "/campaigns/{campaign_id}/members/{user_id}", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), ("user_id" = UserId, Path)), request_body = MemberPatch,
    responses(
        (status = 200, body = MemberOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_member(
    State(app): State<App>,
    by: Gm,
    Path((_campaign, user)): Path<(CampaignId, UserId)>,
    Body(patch): Body<MemberPatch>,
) -> Result<Json<MemberOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let member = actions::change_role(&mut tx, &by, user, patch.role).await?;
    tx.commit().await?;
    Ok(Json(member))
}

/// Removes a member; removing oneself is leaving.
#[utoipa::path(
    delete, path = "/campaigns/{campaign_id}/members/{user_id}", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), ("user_id" = UserId, Path)),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_member(
    State(app): State<App>,
    by: Observer,
    Path((_campaign, user)): Path<(CampaignId, UserId)>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    actions::remove(&mut tx, &by, user).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
