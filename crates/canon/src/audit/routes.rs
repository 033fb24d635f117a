//! The address of the audit log. Game masters only.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_access::Gm;
use skald_kernel::CampaignId;
use skald_platform::{
    App,
    http::{Page, Path, Problem, ProblemBody, Query},
};

use super::{AuditOut, AuditQuery};

/// Who did what in a campaign, the newest first. Game masters only.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/audit", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), AuditQuery),
    responses(
        (status = 200, body = Page<AuditOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn list_audit(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<AuditQuery>,
) -> Result<Response, Problem> {
    let page = super::list(app.db().read(), gm.campaign, &query).await?;
    Ok(Json(page).into_response())
}
