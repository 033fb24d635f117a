//! The addresses of random tables.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::Gm;
use skald_kernel::{CampaignId, TableId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{TableIn, TableOut, TablePatch, TableRollIn, TableRollOut};
use crate::editor::Editor;

/// The random tables by name, without their rows.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/tables", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    responses(
        (status = 200, body = Page<TableOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_tables(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
) -> Result<Response, Problem> {
    let tables = super::list(app.db().read(), &gm.viewer()).await?;
    Ok(Json(Page::whole(tables)).into_response())
}

/// Makes a random table.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/tables", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = TableIn,
    responses(
        (status = 201, body = TableOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "A row leads back to the table"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_table(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<TableIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let table = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/tables/{}", table.id), Versioned(table.version, table)))
}

/// One random table with its rows.
#[utoipa::path(
    get, path = "/tables/{table_id}", tag = "canon", security(("bearer" = [])),
    params(("table_id" = TableId, Path, description = "The table")),
    responses(
        (status = 200, body = TableOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_table(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<TableId>,
) -> Result<Versioned<TableOut>, Problem> {
    let table = super::find(app.db().read(), &gm.viewer(), id).await?;
    Ok(Versioned(table.version, table))
}

/// Changes some of a random table: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/tables/{table_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("table_id" = TableId, Path, description = "The table"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = TablePatch,
    responses(
        (status = 200, body = TableOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "A row leads back to the table"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_table(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<TableId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<TablePatch>,
) -> Result<Versioned<TableOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let table = super::update(&mut tx, &gm, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(table.version, table))
}

/// Deletes a random table.
#[utoipa::path(
    delete, path = "/tables/{table_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("table_id" = TableId, Path, description = "The table"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    responses(
        (status = 204),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_table(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<TableId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rolls on a random table. The roll is kept with its seed.
#[utoipa::path(
    post, path = "/tables/{table_id}/roll", tag = "canon", security(("bearer" = [])),
    params(("table_id" = TableId, Path, description = "The table")),
    request_body = TableRollIn,
    responses(
        (status = 201, body = TableRollOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn roll_table(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<TableId>,
    Body(input): Body<TableRollIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let roll = super::roll(&mut tx, &gm, id, input).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(roll)).into_response())
}

/// The rolls on a random table, the newest first.
#[utoipa::path(
    get, path = "/tables/{table_id}/rolls", tag = "canon", security(("bearer" = [])),
    params(("table_id" = TableId, Path, description = "The table"), PageQuery),
    responses(
        (status = 200, body = Page<TableRollOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid limit or cursor"),
    )
)]
pub(super) async fn list_table_rolls(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<TableId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TableRollOut>>, Problem> {
    Ok(Json(super::rolls(app.db().read(), &gm.viewer(), id, &page).await?))
}
