//! The address of vaults; they leave through that of archives.

use axum::{
    Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use skald_access::Gm;
use skald_kernel::CampaignId;
use skald_platform::{
    App,
    http::{Path, Problem, ProblemBody, Query},
    jobs::NewJob,
};

use super::import::{KIND, Work};
use crate::{
    archive::{Begun, ImportQuery},
    files,
};

/// Reads a zip file of Markdown pages, of this server or any other, and suggests what is new or differs as proposals. The work
/// goes on in the background; its result is a `VaultReport`.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/import", tag = "exchange", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ImportQuery),
    request_body(content = String, content_type = "application/zip", description = "The pages"),
    responses(
        (status = 202, body = Begun),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Larger than this server takes"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Empty"),
    )
)]
pub(super) async fn import_vault(
    State(app): State<App>,
    gm: Gm,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let (file, bytes) = files::take(&app, request).await?;
    let mut tx = app.tx(&gm.actor).await?;
    let work = Work { file, campaign, user: gm.user, dry_run: query.dry_run };
    let job_id = tx.job(NewJob::new(KIND, &work).by(gm.user).max_attempts(1));
    tx.audit(Some(campaign), "canon.import", job_id.0, json!({ "bytes": bytes, "dry_run": query.dry_run }));
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { job_id })).into_response())
}
