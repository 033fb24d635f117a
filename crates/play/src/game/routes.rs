//! The addresses of a game.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use skald_access::{Observer, Player, User};
use skald_canon::{
    entities::{self, EntityKind, FieldIs},
    links, passages,
};
use skald_kernel::{CampaignId, SessionId};
use skald_platform::{
    App, Tx,
    http::{Body, Page, Path, Problem, ProblemBody, Versioned, created},
};
use skald_table::{
    sessions::{self, SessionOut},
    timeline::EntryOut,
};

use super::{GameOut, JoinIn, ReadyMade, RollIn, SessionRollIn, TravelIn, UseIn, actions};
use crate::dice::{Dice, Roll};

async fn session(app: &App, tx: &Tx, by: &Player, id: SessionId) -> Result<SessionOut, Problem> {
    Ok(sessions::queries::find(app, tx.conn(), &by.viewer(), id).await?)
}

fn appended(entry: EntryOut) -> Response {
    created(&format!("/sessions/{}/entries", entry.session_id), Json(entry))
}

/// Characters that can be played, and by whom they are.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/ready-made", tag = "play", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path)),
    responses(
        (status = 200, body = Page<ReadyMade>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ready_made(State(app): State<App>, by: Observer) -> Result<Json<Page<ReadyMade>>, Problem> {
    let db = app.db().read();
    let viewer = by.viewer();
    let characters = entities::with_field(db, &viewer, EntityKind::Character, "ready_made", FieldIs::True).await?;
    let taken = skald_access::campaigns::players(db, by.campaign).await?;
    let items = characters
        .into_iter()
        .map(|entity| ReadyMade {
            taken_by: taken.iter().find(|(character, _)| *character == entity.id).map(|(_, user)| *user),
            id: entity.id,
            name: entity.name,
            summary: entity.summary,
            body: links::plain(&passages::unfenced(&entity.body)).into_owned(),
            fields: serde_json::Value::Object(entity.fields),
        })
        .collect();
    Ok(Json(Page::whole(items)))
}

/// Begins a session.
#[utoipa::path(
    post, path = "/sessions/{session_id}/start", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 200, body = SessionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn start_session(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
) -> Result<Versioned<SessionOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let before = session(&app, &tx, &by, id).await?;
    actions::start(&mut tx, &by, &before).await?;
    let after = session(&app, &tx, &by, id).await?;
    tx.commit().await?;
    Ok(Versioned(after.version, after))
}

/// Ends a session; it stays readable, and what the party found out is known to its characters.
#[utoipa::path(
    post, path = "/sessions/{session_id}/end", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 200, body = SessionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end_session(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
) -> Result<Versioned<SessionOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let before = session(&app, &tx, &by, id).await?;
    actions::end(&mut tx, &by, &before).await?;
    let after = session(&app, &tx, &by, id).await?;
    tx.commit().await?;
    Ok(Versioned(after.version, after))
}

/// Takes part, with a character.
#[utoipa::path(
    post, path = "/sessions/{session_id}/join", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = JoinIn,
    responses(
        (status = 200, body = SessionOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn join_session(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<JoinIn>,
) -> Result<Versioned<SessionOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let before = session(&app, &tx, &by, id).await?;
    actions::join(&mut tx, &by, &before, input.character_id).await?;
    let after = session(&app, &tx, &by, id).await?;
    tx.commit().await?;
    Ok(Versioned(after.version, after))
}

/// Leaves a session.
#[utoipa::path(
    post, path = "/sessions/{session_id}/leave", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 204, description = "Left"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn leave_session(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let before = session(&app, &tx, &by, id).await?;
    actions::leave(&mut tx, &by, &before).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The state of a game, as the party sees it.
#[utoipa::path(
    get, path = "/game/{session_id}/state", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)),
    responses(
        (status = 200, body = GameOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_game_state(
    State(app): State<App>,
    by: Observer,
    Path(id): Path<SessionId>,
) -> Result<Json<GameOut>, Problem> {
    let db = app.db().read();
    let session = sessions::queries::find(&app, db, &by.viewer(), id).await?;
    Ok(Json(actions::state_of(db, &session).await?))
}

/// Throws dice for all at the table to see.
#[utoipa::path(
    post, path = "/game/{session_id}/roll", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = SessionRollIn,
    responses(
        (status = 201, body = EntryOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn roll_in_session(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<SessionRollIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let session = session(&app, &tx, &by, id).await?;
    let purpose = input.purpose.as_deref();
    let entry = actions::roll(&mut tx, &by, &session, &input.notation, purpose, input.character_id).await?;
    tx.commit().await?;
    Ok(appended(entry))
}

/// Uses something carried.
#[utoipa::path(
    post, path = "/game/{session_id}/use", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = UseIn,
    responses(
        (status = 201, body = EntryOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn use_item(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<UseIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let session = session(&app, &tx, &by, id).await?;
    let entry = actions::use_item(&mut tx, &by, &session, input.character_id, &input.item).await?;
    tx.commit().await?;
    Ok(appended(entry))
}

/// Takes the party to a place next to where it is.
#[utoipa::path(
    post, path = "/game/{session_id}/move", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = TravelIn,
    responses(
        (status = 201, body = EntryOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn move_party(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<TravelIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let session = session(&app, &tx, &by, id).await?;
    let entry = actions::move_party(&mut tx, &by, &session, input.location_id).await?;
    tx.commit().await?;
    Ok(appended(entry))
}

/// Throws dice outside of any session.
#[utoipa::path(
    post, path = "/dice/roll", tag = "play", security(("bearer" = [])), request_body = RollIn,
    responses(
        (status = 200, body = Roll),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn roll_dice(
    State(app): State<App>,
    _: User,
    Body(input): Body<RollIn>,
) -> Result<Json<Roll>, Problem> {
    let dice = Dice::parse(&input.notation)?;
    Ok(Json(dice.roll(input.seed.unwrap_or_else(|| app.seeds().seed()))))
}
