//! The addresses of the history. Game masters only: a version holds what is secret.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_kernel::{EntityId, FactId, RelationshipId};
use skald_platform::{
    App,
    http::{IfMatch, Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned},
};

use super::{
    Subject,
    dto::{Against, HistoryOut, VersionOut, VersionQuery},
};
use crate::{editor::Editor, entities::EntityOut};

/// The versions of an entity, the newest first. Game masters only.
#[utoipa::path(
    get, path = "/entities/{entity_id}/history", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "Which, also when it was deleted"), PageQuery),
    responses(
        (status = 200, body = Page<HistoryOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A page that cannot be read"),
    )
)]
pub(super) async fn list_entity_history(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = super::list(app.db().read(), gm.campaign, Subject::Entity, id.0, &page).await?;
    Ok(Json(page).into_response())
}

/// One version of an entity, with what differs from the one before or from the latest. Game masters only.
#[utoipa::path(
    get, path = "/entities/{entity_id}/history/{version}", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "Which, also when it was deleted"),
        ("version" = i64, Path, description = "The version"),
        VersionQuery,
    ),
    responses(
        (status = 200, body = VersionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of, or no such version"),
    )
)]
pub(super) async fn get_entity_version(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, version)): Path<(EntityId, i64)>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<VersionOut>, Problem> {
    let against = query.against.unwrap_or(Against::Previous);
    Ok(Json(super::version(app.db().read(), gm.campaign, Subject::Entity, id.0, version, against).await?))
}

/// The versions of a fact, the newest first. Game masters only.
#[utoipa::path(
    get, path = "/facts/{fact_id}/history", tag = "canon", security(("bearer" = [])),
    params(("fact_id" = FactId, Path, description = "Which, also when it was deleted"), PageQuery),
    responses(
        (status = 200, body = Page<HistoryOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A page that cannot be read"),
    )
)]
pub(super) async fn list_fact_history(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<FactId>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = super::list(app.db().read(), gm.campaign, Subject::Fact, id.0, &page).await?;
    Ok(Json(page).into_response())
}

/// One version of a fact, with what differs from the one before or from the latest. Game masters only.
#[utoipa::path(
    get, path = "/facts/{fact_id}/history/{version}", tag = "canon", security(("bearer" = [])),
    params(
        ("fact_id" = FactId, Path, description = "Which, also when it was deleted"),
        ("version" = i64, Path, description = "The version"),
        VersionQuery,
    ),
    responses(
        (status = 200, body = VersionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of, or no such version"),
    )
)]
pub(super) async fn get_fact_version(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, version)): Path<(FactId, i64)>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<VersionOut>, Problem> {
    let against = query.against.unwrap_or(Against::Previous);
    Ok(Json(super::version(app.db().read(), gm.campaign, Subject::Fact, id.0, version, against).await?))
}

/// The versions of a relationship, the newest first. Game masters only.
#[utoipa::path(
    get, path = "/relationships/{relationship_id}/versions", tag = "canon", security(("bearer" = [])),
    params(("relationship_id" = RelationshipId, Path, description = "Which, also when it was deleted"), PageQuery),
    responses(
        (status = 200, body = Page<HistoryOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A page that cannot be read"),
    )
)]
pub(super) async fn list_relationship_versions(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<RelationshipId>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let page = super::list(app.db().read(), gm.campaign, Subject::Relationship, id.0, &page).await?;
    Ok(Json(page).into_response())
}

/// One version of a relationship, with what differs from the one before or from the latest. Game masters only.
#[utoipa::path(
    get, path = "/relationships/{relationship_id}/versions/{version}", tag = "canon", security(("bearer" = [])),
    params(
        ("relationship_id" = RelationshipId, Path, description = "Which, also when it was deleted"),
        ("version" = i64, Path, description = "The version"),
        VersionQuery,
    ),
    responses(
        (status = 200, body = VersionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of, or no such version"),
    )
)]
pub(super) async fn get_relationship_version(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, version)): Path<(RelationshipId, i64)>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<VersionOut>, Problem> {
    let against = query.against.unwrap_or(Against::Previous);
    Ok(Json(super::version(app.db().read(), gm.campaign, Subject::Relationship, id.0, version, against).await?))
}

/// Makes an entity again what it was in a version, as a new version. What it named then and is gone now is left out.
#[utoipa::path(
    post, path = "/entities/{entity_id}/history/{version}/restore", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
        ("version" = i64, Path, description = "The version"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    responses(
        (status = 200, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of, or no such version"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "A location would lie inside itself"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A locked field would change, or a passage is for somebody who is gone"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn restore_entity_version(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, version)): Path<(EntityId, i64)>,
    IfMatch(expected): IfMatch,
) -> Result<Versioned<EntityOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let entity = super::revert(&mut tx, &gm, id, expected, version).await?;
    tx.commit().await?;
    Ok(Versioned(entity.version, entity))
}
