//! The addresses of the tree of locations.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_access::Observer;
use skald_kernel::{CampaignId, EntityId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned},
};

use super::dto::{ChildrenQuery, LocationQuery, MoveIn};
use crate::{
    editor::Editor,
    entities::{EntityBrief, EntityOut},
};

/// The roots of the tree: locations that lie in nothing you can see, each with the number of its children. With `under`, all
/// locations inside one.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/locations", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), LocationQuery),
    responses(
        (status = 200, body = Page<EntityBrief>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member; no location to look inside"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A limit or cursor that cannot be read"),
    )
)]
pub(super) async fn list_locations(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<LocationQuery>,
) -> Result<Response, Problem> {
    let viewer = observer.viewer();
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let found = match query.under {
        Some(id) => super::under(&app, &viewer, id, query.q.as_deref().unwrap_or_default(), page).await?,
        None => super::roots(app.db().read(), &viewer, page).await?,
    };
    Ok(Json(found).into_response())
}

/// The locations directly inside one.
#[utoipa::path(
    get, path = "/locations/{location_id}/children", tag = "canon", security(("bearer" = [])),
    params(("location_id" = EntityId, Path, description = "The location"), ChildrenQuery),
    responses(
        (status = 200, body = Page<EntityBrief>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No location you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A limit or cursor that cannot be read"),
    )
)]
pub(super) async fn list_location_children(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
    Query(query): Query<ChildrenQuery>,
) -> Result<Response, Problem> {
    Ok(Json(super::children(app.db().read(), &observer.viewer(), id, query.into()).await?).into_response())
}

/// Puts a location into another, or makes it a root.
#[utoipa::path(
    post, path = "/locations/{location_id}/move", tag = "canon", security(("bearer" = [])),
    params(
        ("location_id" = EntityId, Path, description = "The location"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = MoveIn,
    responses(
        (status = 200, body = EntityOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No location you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It would lie inside itself"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The parent is no location of the campaign"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn move_location(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<MoveIn>,
) -> Result<Versioned<EntityOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let location = super::move_under(&mut tx, &gm, id, expected, input.parent_id).await?;
    tx.commit().await?;
    Ok(Versioned(location.version, location))
}
