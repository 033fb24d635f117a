//! The addresses of the game master.

use std::convert::Infallible;

use axum::{
    Json,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, stream};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use skald_access::Player;
use skald_kernel::SessionId;
use skald_platform::{
    App,
    http::{Body, Path, Problem, ProblemBody},
};
use skald_table::{sessions, timeline::EntryOut};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Answers, CancelIn, ChatIn, Chatted, Retried, RetryIn, Told, actions};

/// Says something to the game master. With `Accept: text/event-stream` the answer comes as events `entry`, `token`, `tool`,
/// `effect`, `done` and `error`.
#[utoipa::path(
    post, path = "/game/{session_id}/chat", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = ChatIn,
    responses(
        (status = 202, body = Chatted),
        (status = 200, description = "The answer as server-sent events", content_type = "text/event-stream"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn chat(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Body(input): Body<ChatIn>,
) -> Result<Response, Problem> {
    let streamed = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/event-stream"));
    let mut tx = app.tx(&by.actor).await?;
    let session = sessions::queries::find(&app, tx.conn(), &by.viewer(), id).await?;
    let (entry, generation_id) = actions::say(&mut tx, &by, &session, &input.text, input.character_id).await?;
    match generation_id {
        Some(generation) if streamed => {
            // Before the commit, so that nothing is said before somebody listens.
            let told = app.part::<Answers>().open(&app, generation, id).listen();
            tx.commit().await?;
            Ok(Sse::new(events(entry, told)).keep_alive(KeepAlive::default()).into_response())
        }
        _ => {
            tx.commit().await?;
            Ok((StatusCode::ACCEPTED, Json(Chatted { entry, generation_id })).into_response())
        }
    }
}

fn events(first: EntryOut, told: Receiver<Told>) -> impl Stream<Item = Result<Event, Infallible>> {
    let first = Told::Entry { entry: Box::new(first) };
    stream::unfold((Some(first), Some(told)), |(first, told)| async move {
        let mut receiver = told?;
        let next = match first {
            Some(first) => first,
            None => match receiver.recv().await {
                Ok(next) => next,
                Err(RecvError::Lagged(_)) => {
                    let event =
                        Event::default().event("error").data("You read too slowly. Read the session's entries.");
                    return Some((Ok(event), (None, None)));
                }
                Err(RecvError::Closed) => return None,
            },
        };
        let ended = matches!(next, Told::Ended);
        Some((Ok(event(next)), (None, (!ended).then_some(receiver))))
    })
}

fn event(told: Told) -> Event {
    let (name, data) = match told {
        Told::Token { text } => ("token", json!({ "text": text })),
        Told::Tool { name, answer } => ("tool", json!({ "name": name, "answer": answer })),
        Told::Entry { entry } => {
            let failed = entry.data["status"].as_str().is_some_and(|status| status != "complete");
            let name = match entry.kind {
                skald_table::timeline::EntryKind::Effect => "effect",
                skald_table::timeline::EntryKind::Narration if failed => "error",
                _ => "entry",
            };
            (name, serde_json::to_value(entry).unwrap_or_default())
        }
        Told::Ended => ("done", json!({})),
    };
    Event::default().event(name).data(data.to_string())
}

/// Tries an answer again.
#[utoipa::path(
    post, path = "/game/{session_id}/retry", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = RetryIn,
    responses(
        (status = 202, body = Retried),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn retry_answer(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<RetryIn>,
) -> Result<(StatusCode, Json<Retried>), Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let session = sessions::queries::find(&app, tx.conn(), &by.viewer(), id).await?;
    let (generation_id, _) = actions::retry(&mut tx, &by, &session, input.generation_id, input.with_oracle).await?;
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Retried { generation_id })))
}

/// Stops an answer; what was shown stays.
#[utoipa::path(
    post, path = "/game/{session_id}/cancel", tag = "play", security(("bearer" = [])),
    params(("session_id" = SessionId, Path)), request_body = CancelIn,
    responses(
        (status = 202, description = "It will stop"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel_answer(
    State(app): State<App>,
    by: Player,
    Path(id): Path<SessionId>,
    Body(input): Body<CancelIn>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let session = sessions::queries::find(&app, tx.conn(), &by.viewer(), id).await?;
    actions::cancel(&mut tx, &session, input.generation_id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
