//! The addresses of relationships.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::{Gm, Observer};
use skald_kernel::{CampaignId, EntityId, Error, RelationshipId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{AsOf, RelationshipIn, RelationshipOut, RelationshipPatch, RelationshipState, StateQuery, TieIn};
use crate::{editor::Editor, entities};

/// The relationships of an entity that you may know, all of them.
#[utoipa::path(
    get, path = "/entities/{entity_id}/relationships", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "The entity"), AsOf),
    responses(
        (status = 200, body = Page<RelationshipOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn list_relationships(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
    Query(AsOf { as_of }): Query<AsOf>,
) -> Result<Response, Problem> {
    list(&app, &observer, id, as_of).await
}

async fn list(app: &App, observer: &Observer, id: EntityId, as_of: Option<i64>) -> Result<Response, Problem> {
    let (db, viewer) = (app.db().read(), observer.viewer());
    if entities::named(db, &viewer, &[id]).await?.is_empty() {
        return Err(Error::not_found().into());
    }
    Ok(Json(Page::whole(super::of_at(db, &viewer, id, as_of).await?)).into_response())
}

/// The relationships of a character that you may know, all of them.
#[utoipa::path(
    get, path = "/characters/{character_id}/relationships", tag = "canon", security(("bearer" = [])),
    params(("character_id" = EntityId, Path, description = "The character"), AsOf),
    responses(
        (status = 200, body = Page<RelationshipOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn list_character_relationships(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
    Query(AsOf { as_of }): Query<AsOf>,
) -> Result<Response, Problem> {
    list(&app, &observer, id, as_of).await
}

/// Notes a relationship from a character's side.
#[utoipa::path(
    post, path = "/characters/{character_id}/relationships", tag = "canon", security(("bearer" = [])),
    params(("character_id" = EntityId, Path, description = "The character")),
    request_body = TieIn,
    responses(
        (status = 201, body = RelationshipOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_character_relationship(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    Body(input): Body<TieIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let relationship = super::create(&mut tx, &gm, input.of(id)).await?;
    tx.commit().await?;
    Ok(created(&format!("/relationships/{}", relationship.id), Versioned(relationship.version, relationship)))
}

/// How a relationship was over story time, the earliest state first.
#[utoipa::path(
    get, path = "/relationships/{relationship_id}/history", tag = "canon", security(("bearer" = [])),
    params(("relationship_id" = RelationshipId, Path, description = "The relationship")),
    responses(
        (status = 200, body = Page<RelationshipState>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn list_relationship_states(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<RelationshipId>,
) -> Result<Response, Problem> {
    Ok(Json(Page::whole(super::history(app.db().read(), &observer.viewer(), id).await?)).into_response())
}

/// Takes a state out of a relationship's history.
#[utoipa::path(
    delete, path = "/relationships/{relationship_id}/history", tag = "canon", security(("bearer" = [])),
    params(
        ("relationship_id" = RelationshipId, Path, description = "The relationship"),
        StateQuery,
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    responses(
        (status = 200, body = RelationshipOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of, or no state begins then"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is the only state"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_relationship_state(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<RelationshipId>,
    IfMatch(expected): IfMatch,
    Query(query): Query<StateQuery>,
) -> Result<Versioned<RelationshipOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let relationship = super::remove_state(&mut tx, &gm, id, expected, query.since).await?;
    tx.commit().await?;
    Ok(Versioned(relationship.version, relationship))
}

/// Notes a relationship.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/relationships", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = RelationshipIn,
    responses(
        (status = 201, body = RelationshipOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_relationship(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<RelationshipIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let relationship = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/relationships/{}", relationship.id), Versioned(relationship.version, relationship)))
}

/// One relationship.
#[utoipa::path(
    get, path = "/relationships/{relationship_id}", tag = "canon", security(("bearer" = [])),
    params(("relationship_id" = RelationshipId, Path, description = "The relationship"), AsOf),
    responses(
        (status = 200, body = RelationshipOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_relationship(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<RelationshipId>,
    Query(AsOf { as_of }): Query<AsOf>,
) -> Result<Versioned<RelationshipOut>, Problem> {
    let relationship = super::find_at(app.db().read(), &observer.viewer(), id, as_of).await?;
    Ok(Versioned(relationship.version, relationship))
}

/// Changes some of a relationship: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/relationships/{relationship_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("relationship_id" = RelationshipId, Path, description = "The relationship"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = RelationshipPatch,
    responses(
        (status = 200, body = RelationshipOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_relationship(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<RelationshipId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<RelationshipPatch>,
) -> Result<Versioned<RelationshipOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let relationship = super::update(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(relationship.version, relationship))
}

/// Deletes a relationship.
#[utoipa::path(
    delete, path = "/relationships/{relationship_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("relationship_id" = RelationshipId, Path, description = "The relationship"),
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
pub(super) async fn delete_relationship(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<RelationshipId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
