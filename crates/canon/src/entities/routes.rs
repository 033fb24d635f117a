//! The addresses of entities.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::{Gm, Observer};
use skald_kernel::{CampaignId, EntityId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{EntityBrief, EntityIn, EntityOut, EntityPatch, EntityQuery};
use crate::{editor::Editor, search};

/// The entities of a campaign that you may know, by name.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/entities", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), EntityQuery),
    responses(
        (status = 200, body = Page<EntityBrief>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn list_entities(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<EntityQuery>,
) -> Result<Response, Problem> {
    let q = query.q.clone().unwrap_or_default();
    let page = search::matching(&app, &observer.viewer(), &q, &query.into()).await?;
    Ok(axum::Json(page).into_response())
}

/// Makes an entity.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/entities", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = EntityIn,
    responses(
        (status = 201, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_entity(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<EntityIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let entity = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/entities/{}", entity.id), Versioned(entity.version, entity)))
}

/// One entity; a location with its ancestors.
#[utoipa::path(
    get, path = "/entities/{entity_id}", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "The entity")),
    responses(
        (status = 200, body = EntityOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_entity(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
) -> Result<Versioned<EntityOut>, Problem> {
    let entity = super::find(app.db().read(), &observer.viewer(), id).await?;
    Ok(Versioned(entity.version, entity))
}

/// Puts another entity of the same kind in its place.
#[utoipa::path(
    put, path = "/entities/{entity_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = EntityIn,
    responses(
        (status = 200, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "A location would lie inside itself"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn replace_entity(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<EntityIn>,
) -> Result<Versioned<EntityOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let entity = super::replace(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(entity.version, entity))
}

/// Changes some of an entity: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/entities/{entity_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = EntityPatch,
    responses(
        (status = 200, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "A location would lie inside itself"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_entity(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<EntityPatch>,
) -> Result<Versioned<EntityOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let entity = super::update(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(entity.version, entity))
}

/// Deletes an entity; locations inside it move up.
#[utoipa::path(
    delete, path = "/entities/{entity_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
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
pub(super) async fn delete_entity(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
