//! Reading the log of a session.

use axum::{Json, extract::State};
use serde::Deserialize;
use skald_access::Observer;
use skald_kernel::{Error, SessionId};
use skald_platform::{
    App,
    http::{Page, Path, Problem, ProblemBody, Query},
};
use utoipa::IntoParams;

use super::{EntryOut, queries};

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EntriesQuery {
    /// Entries after this number.
    after_seq: Option<u64>,
    /// The last entries before this number.
    before_seq: Option<u64>,
    /// Entries, 1 to 500; 50 when absent.
    limit: Option<u64>,
}

/// The entries of a session, oldest first: after a number, before one, or the newest.
#[utoipa::path(
    get, path = "/sessions/{session_id}/entries", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = SessionId, Path), EntriesQuery),
    responses(
        (status = 200, body = Page<EntryOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_entries(
    State(app): State<App>,
    _: Observer,
    Path(session): Path<SessionId>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Page<EntryOut>>, Problem> {
    let limit = match query.limit.unwrap_or(50) {
        limit @ 1..=500 => limit,
        _ => return Err(Error::field("limit", "out_of_range", "Between 1 and 500.").into()),
    };
    let db = app.db().read();
    let items = match (query.after_seq, query.before_seq) {
        (Some(_), Some(_)) => {
            return Err(Error::field("before_seq", "exclusive", "Give after_seq or before_seq, not both.").into());
        }
        (Some(seq), None) => queries::after(db, session, seq.min(i64::MAX as u64), limit).await?,
        (None, seq) => queries::before(db, session, seq.map(|seq| seq.min(i64::MAX as u64)), limit).await?,
    };
    Ok(Json(Page::whole(items)))
}
