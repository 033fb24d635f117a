//! The address of questions.

use axum::{Json, extract::State};
use skald_access::Observer;
use skald_kernel::CampaignId;
use skald_platform::{
    App,
    http::{Body, Path, Problem, ProblemBody},
};

use super::{
    actions,
    dto::{AskIn, AskOut},
};

/// Answers a question from what you may know of the campaign, with what the answer rests on. A game master may ask with the
/// eyes of others, with `viewer` as in reads: nothing is changed.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/ask", tag = "studio", security(("bearer" = [])), request_body = AskIn,
    params(
        ("campaign_id" = CampaignId, Path, description = "The campaign"),
        ("viewer" = Option<String>, Query, description = "For a game master: whose eyes"),
    ),
    responses(
        (status = 200, body = AskOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Not a question"),
        (status = 502, body = ProblemBody, content_type = "application/problem+json", description = "The model failed"),
    )
)]
pub(super) async fn ask_canon(
    State(app): State<App>,
    by: Observer,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<AskIn>,
) -> Result<Json<AskOut>, Problem> {
    Ok(Json(actions::ask(&app, &by, &input).await?))
}
