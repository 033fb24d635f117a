//! The addresses of rule systems.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::{Gm, Observer};
use skald_kernel::CampaignId;
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Versioned, created},
};

use super::dto::{SystemChoice, SystemIn, SystemOut};

/// The rule systems a campaign may follow: those that come with Skald, then its own.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/systems", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    responses(
        (status = 200, body = Page<SystemOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_systems(
    State(app): State<App>,
    _observer: Observer,
    Path(campaign): Path<CampaignId>,
) -> Result<Response, Problem> {
    let systems = super::list(app.db().read(), campaign).await?;
    Ok(Json(Page::whole(systems)).into_response())
}

/// Adds a rule system to a campaign.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/systems", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = SystemIn,
    responses(
        (status = 201, body = SystemOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_system(
    State(app): State<App>,
    gm: Gm,
    Path(campaign): Path<CampaignId>,
    Body(input): Body<SystemIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let system = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/campaigns/{campaign}/systems/{}", system.key), Versioned(system.version, system)))
}

/// One rule system.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/systems/{key}", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ("key" = String, Path, description = "What the system is called by")),
    responses(
        (status = 200, body = SystemOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such rule system, or you are no member"),
    )
)]
pub(super) async fn get_system(
    State(app): State<App>,
    _observer: Observer,
    Path((campaign, key)): Path<(CampaignId, String)>,
) -> Result<Versioned<SystemOut>, Problem> {
    let system = super::find(app.db().read(), campaign, &key).await?;
    Ok(Versioned(system.version, system))
}

/// Puts another rule system in the place of a campaign's own. Sheets that do not fit any more stay as they are.
#[utoipa::path(
    put, path = "/campaigns/{campaign_id}/systems/{key}", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ("key" = String, Path, description = "What the system is called by"), ("If-Match" = String, Header, description = "The ETag you saw")),
    request_body = SystemIn,
    responses(
        (status = 200, body = SystemOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such rule system, or you are no member"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It comes with Skald"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn replace_system(
    State(app): State<App>,
    gm: Gm,
    Path((_campaign, key)): Path<(CampaignId, String)>,
    IfMatch(expected): IfMatch,
    Body(input): Body<SystemIn>,
) -> Result<Versioned<SystemOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let system = super::replace(&mut tx, &gm, &key, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(system.version, system))
}

/// Deletes a campaign's own rule system; sheets stay as they are.
#[utoipa::path(
    delete, path = "/campaigns/{campaign_id}/systems/{key}", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ("key" = String, Path, description = "What the system is called by"), ("If-Match" = String, Header, description = "The ETag you saw")),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such rule system, or you are no member"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It comes with Skald"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_system(
    State(app): State<App>,
    gm: Gm,
    Path((_campaign, key)): Path<(CampaignId, String)>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, &key, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the sheets of a campaign follow a rule system, or none. No sheet is changed.
#[utoipa::path(
    put, path = "/campaigns/{campaign_id}/system", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = SystemChoice,
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn choose_system(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(choice): Body<SystemChoice>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::choose(&mut tx, &gm, choice.key.as_deref()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
