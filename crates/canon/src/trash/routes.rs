//! The addresses of the trash. Game masters only.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, FactId, RelationshipId};
use skald_platform::{
    App,
    http::{Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned},
};

use super::dto::{TrashOut, TrashQuery};
use crate::{
    editor::Editor,
    entities::{self, EntityOut},
    facts::{self, FactOut},
    relationships::{self, RelationshipOut},
};

/// What was deleted, the latest first. Game masters only.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/trash", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), TrashQuery),
    responses(
        (status = 200, body = Page<TrashOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn list_trash(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<TrashQuery>,
) -> Result<Response, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let page = super::list(app.db().read(), gm.campaign, query.type_, &page).await?;
    Ok(Json(page).into_response())
}

/// Brings an entity back from the trash. A location lies where it lay, or is a root when that is gone.
#[utoipa::path(
    post, path = "/entities/{entity_id}/restore", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "Which")),
    responses(
        (status = 200, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is not in the trash, or what it is about is"),
    )
)]
pub(super) async fn restore_entity(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
) -> Result<Versioned<EntityOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let restored = entities::restore(&mut tx, &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(restored.version, restored))
}

/// Brings a fact back from the trash. Who knew it knows it again.
#[utoipa::path(
    post, path = "/facts/{fact_id}/restore", tag = "canon", security(("bearer" = [])),
    params(("fact_id" = FactId, Path, description = "Which")),
    responses(
        (status = 200, body = FactOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is not in the trash, or what it is about is"),
    )
)]
pub(super) async fn restore_fact(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<FactId>,
) -> Result<Versioned<FactOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let restored = facts::restore(&mut tx, &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(restored.version, restored))
}

/// Brings a relationship back from the trash. All its states come back.
#[utoipa::path(
    post, path = "/relationships/{relationship_id}/restore", tag = "canon", security(("bearer" = [])),
    params(("relationship_id" = RelationshipId, Path, description = "Which")),
    responses(
        (status = 200, body = RelationshipOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is not in the trash, or what it is about is"),
    )
)]
pub(super) async fn restore_relationship(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<RelationshipId>,
) -> Result<Versioned<RelationshipOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let restored = relationships::restore(&mut tx, &gm, id).await?;
    tx.commit().await?;
    Ok(Versioned(restored.version, restored))
}
