//! The addresses of maps and pins.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::{Gm, Observer};
use skald_kernel::{CampaignId, MapId, PinId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{MapIn, MapOut, MapPatch, MapQuery, PinIn, PinOut, PinPatch};
use crate::editor::Editor;

/// The maps that you may know, by name, without their pins.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/maps", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), MapQuery),
    responses(
        (status = 200, body = Page<MapOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_maps(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<MapQuery>,
) -> Result<Response, Problem> {
    let maps = super::list(app.db().read(), &observer.viewer(), &query).await?;
    Ok(Json(Page::whole(maps)).into_response())
}

/// Makes a map of a picture.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/maps", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = MapIn,
    responses(
        (status = 201, body = MapOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_map(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<MapIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let map = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/maps/{}", map.id), Versioned(map.version, map)))
}

/// One map with the pins that you may know.
#[utoipa::path(
    get, path = "/maps/{map_id}", tag = "canon", security(("bearer" = [])),
    params(("map_id" = MapId, Path, description = "The map")),
    responses(
        (status = 200, body = MapOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_map(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<MapId>,
) -> Result<Versioned<MapOut>, Problem> {
    let map = super::find(app.db().read(), &observer.viewer(), id).await?;
    Ok(Versioned(map.version, map))
}

/// Changes some of a map: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/maps/{map_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("map_id" = MapId, Path, description = "The map"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = MapPatch,
    responses(
        (status = 200, body = MapOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_map(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<MapId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<MapPatch>,
) -> Result<Versioned<MapOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let map = super::update(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(map.version, map))
}

/// Deletes a map with its pins.
#[utoipa::path(
    delete, path = "/maps/{map_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("map_id" = MapId, Path, description = "The map"),
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
pub(super) async fn delete_map(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<MapId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a pin on a map.
#[utoipa::path(
    post, path = "/maps/{map_id}/pins", tag = "canon", security(("bearer" = [])),
    params(("map_id" = MapId, Path, description = "The map")),
    request_body = PinIn,
    responses(
        (status = 201, body = PinOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_pin(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<MapId>,
    Body(input): Body<PinIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let pin = super::pin(&mut tx, &gm, id, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/maps/{}", pin.map_id), Versioned(pin.version, pin)))
}

/// Changes some of a pin: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/pins/{pin_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("pin_id" = PinId, Path, description = "The pin"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = PinPatch,
    responses(
        (status = 200, body = PinOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_pin(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<PinId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<PinPatch>,
) -> Result<Versioned<PinOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let pin = super::update_pin(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(pin.version, pin))
}

/// Takes a pin off its map.
#[utoipa::path(
    delete, path = "/pins/{pin_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("pin_id" = PinId, Path, description = "The pin"),
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
pub(super) async fn delete_pin(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<PinId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete_pin(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
