//! The addresses of facts.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::{Gm, Observer};
use skald_kernel::{CampaignId, FactId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{FactIn, FactOut, FactPatch, FactQuery, RevealIn};
use crate::editor::Editor;

/// The facts of a campaign that you may know; at a moment of the story, those that held then and were known by then.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/facts", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), FactQuery),
    responses(
        (status = 200, body = Page<FactOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may ask who knows"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn list_facts(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<FactQuery>,
) -> Result<Response, Problem> {
    let facts = super::list(app.db().read(), &observer.viewer(), &query).await?;
    Ok(Json(facts).into_response())
}

/// Notes a fact.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/facts", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = FactIn,
    responses(
        (status = 201, body = FactOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_fact(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<FactIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let fact = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/facts/{}", fact.id), Versioned(fact.version, fact)))
}

/// One fact.
#[utoipa::path(
    get, path = "/facts/{fact_id}", tag = "canon", security(("bearer" = [])),
    params(("fact_id" = FactId, Path, description = "The fact")),
    responses(
        (status = 200, body = FactOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_fact(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<FactId>,
) -> Result<Versioned<FactOut>, Problem> {
    let fact = super::find(app.db().read(), &observer.viewer(), id).await?;
    Ok(Versioned(fact.version, fact))
}

/// Changes some of a fact: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/facts/{fact_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("fact_id" = FactId, Path, description = "The fact"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = FactPatch,
    responses(
        (status = 200, body = FactOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_fact(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<FactId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<FactPatch>,
) -> Result<Versioned<FactOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let fact = super::update(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(fact.version, fact))
}

/// Deletes a fact.
#[utoipa::path(
    delete, path = "/facts/{fact_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("fact_id" = FactId, Path, description = "The fact"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_fact(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<FactId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets more know a fact.
#[utoipa::path(
    post, path = "/facts/{fact_id}/reveal", tag = "canon", security(("bearer" = [])),
    params(("fact_id" = FactId, Path, description = "The fact")),
    request_body = RevealIn,
    responses(
        (status = 200, body = FactOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The fact is not canon"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Knowers that are not the campaign's"),
    )
)]
pub(super) async fn reveal_fact(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<FactId>,
    Body(input): Body<RevealIn>,
) -> Result<Versioned<FactOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let fact = super::reveal(&mut tx, &gm, id, &input.to, input.known_from).await?;
    tx.commit().await?;
    Ok(Versioned(fact.version, fact))
}
