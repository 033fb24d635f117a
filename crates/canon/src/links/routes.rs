//! The address of backlinks.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_access::Observer;
use skald_kernel::{EntityId, Error};
use skald_platform::{
    App,
    http::{Page, PageQuery, Path, Problem, ProblemBody, Query},
};

use super::dto::BacklinkOut;
use crate::entities;

/// The entities whose bodies link to this one, in passages that you may read, by name.
#[utoipa::path(
    get, path = "/entities/{entity_id}/backlinks", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "The entity"), PageQuery),
    responses(
        (status = 200, body = Page<BacklinkOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A page that cannot be read"),
    )
)]
pub(super) async fn list_backlinks(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    let (db, viewer) = (app.db().read(), observer.viewer());
    if entities::named(db, &viewer, &[id]).await?.is_empty() {
        return Err(Error::not_found().into());
    }
    Ok(Json(super::backlinks(db, &viewer, id, &page).await?).into_response())
}
