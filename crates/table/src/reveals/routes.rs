//! The address of revealing.

use axum::{Json, extract::State};
use skald_access::Gm;
use skald_canon::facts::{FactOut, RevealManyIn};
use skald_kernel::CampaignId;
use skald_platform::{
    App,
    http::{Body, Page, Path, Problem, ProblemBody},
};

/// Lets more know several facts at once: all or none. A running session is told when it is for everyone or the party.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/facts/reveal", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = RevealManyIn,
    responses(
        (status = 200, body = Page<FactOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "One of them is no fact of this campaign"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "One of them is not canon"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Nobody to reveal to, or knowers that are not the campaign's"),
    )
)]
pub(super) async fn reveal_facts(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<RevealManyIn>,
) -> Result<Json<Page<FactOut>>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let facts = super::reveal(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(facts)))
}
