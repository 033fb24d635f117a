//! The addresses of sessions. Starting, joining, leaving and ending are the play crate's: they change the game.

use axum::{Json, extract::State, response::Response};
use skald_access::{Observer, Player};
use skald_kernel::{CampaignId, SessionId};
use skald_platform::{
    App,
    http::{Body, Page, PageQuery, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::{SessionIn, SessionOut, actions, queries};

/// The sessions of a campaign, newest first.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/sessions", tag = "sessions", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), PageQuery),
    responses(
        (status = 200, body = Page<SessionOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_sessions(
    State(app): State<App>,
    by: Observer,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<SessionOut>>, Problem> {
    let limit = page.limit()?;
    let rows = queries::list(&app, &by.viewer(), page.after()?, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |session| session.id)))
}

/// Plans a session.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/sessions", tag = "sessions", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path)), request_body = SessionIn,
    responses(
        (status = 201, body = SessionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_session(
    State(app): State<App>,
    by: Player,
    Body(input): Body<SessionIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let id = actions::create(&mut tx, &by, input).await?;
    let session = queries::find(&app, tx.conn(), &by.viewer(), id).await?;
    tx.commit().await?;
    Ok(created(&format!("/sessions/{id}"), Versioned(session.version, session)))
}

/// One session.
#[utoipa::path(
    get, path = "/sessions/{session_id}", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 200, body = SessionOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_session(
    State(app): State<App>,
    by: Observer,
    Path(id): Path<SessionId>,
) -> Result<Versioned<SessionOut>, Problem> {
    let session = queries::find(&app, app.db().read(), &by.viewer(), id).await?;
    Ok(Versioned(session.version, session))
}
