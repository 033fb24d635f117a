//! Idempotency keys: the same key from the same user has one effect and one answer, for a day.
//!
//! The key's row is taken before the work (`running`), marked inside the work's own transaction (`committed`), and given
//! the answer after it (`done`). A process killed in between leaves `running` (nothing happened: the key is taken over) or
//! `committed` (it happened, the answer is lost: the client is told so, and it never happens twice).

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use sha2::{Digest, Sha256};
use skald_kernel::{Error, ErrorCode, Result, UserId};

use crate::{
    App,
    db::{DbResult, sql},
};

/// How long a running request keeps its key before another may take it over.
const TAKEOVER: TimeDelta = TimeDelta::seconds(60);
/// How long an answer is kept.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// What becomes of a request that carries a key.
#[derive(Debug)]
pub enum Claim {
    /// It is new: do it, then call [`finish`].
    New,
    /// It was done: this is its answer.
    Done {
        /// The HTTP status, or 0 for a socket command.
        status: u16,
        /// The answer as it was given.
        answer: String,
    },
}

/// The hash that tells two requests under one key apart.
pub fn hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

/// Checks that a key is 1 to 128 visible ASCII characters.
///
/// # Errors
/// Bad request, saying so.
pub fn check_key(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > 128 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::new(ErrorCode::BadRequest, "Idempotency-Key takes 1 to 128 visible ASCII characters."));
    }
    Ok(())
}

/// Takes a key for a request.
///
/// # Errors
/// `idempotency_mismatch` when it was used for another request, `idempotency_running` while that one runs, `conflict` when
/// it was done but its answer is lost.
pub async fn claim(app: &App, user: UserId, key: &str, request_hash: &[u8]) -> Result<Claim> {
    check_key(key)?;
    let db = app.db().write();
    let now = app.clock().now();
    let taken = sql(
        db,
        "INSERT INTO idempotency_keys (user_id, key, request_hash, state, created_at, node) VALUES ($1, $2, $3, 'running', $4, $5) \
         ON CONFLICT (user_id, key) DO NOTHING",
        [user.0.into(), key.into(), request_hash.to_vec().into(), now.into(), app.node().into()],
    );
    if db.execute_raw(taken).await.db()?.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let row = sql(
        db,
        "SELECT request_hash, state, status, answer FROM idempotency_keys WHERE user_id = $1 AND key = $2",
        [user.0.into(), key.into()],
    );
    let Some(row) = db.query_one_raw(row).await.db()? else {
        return Err(running());
    };
    if row.try_get::<Vec<u8>>("", "request_hash").db()? != request_hash {
        return Err(Error::new(
            ErrorCode::IdempotencyMismatch,
            "This idempotency key was used for a different request. Use a new key.",
        ));
    }
    match row.try_get::<String>("", "state").db()?.as_str() {
        "done" => Ok(Claim::Done {
            status: row.try_get::<Option<i32>>("", "status").db()?.unwrap_or_default() as u16,
            answer: row.try_get::<Option<String>>("", "answer").db()?.unwrap_or_default(),
        }),
        "committed" => Err(Error::new(
            ErrorCode::Conflict,
            "This request was carried out, but its answer was lost. Read the present state instead of repeating it.",
        )),
        _ => {
            let take_over = sql(
                db,
                "UPDATE idempotency_keys SET created_at = $3 \
                 WHERE user_id = $1 AND key = $2 AND state = 'running' AND created_at < $4",
                [user.0.into(), key.into(), now.into(), (now - TAKEOVER).into()],
            );
            match db.execute_raw(take_over).await.db()?.rows_affected() {
                1 => Ok(Claim::New),
                _ => Err(running()),
            }
        }
    }
}

fn running() -> Error {
    Error::new(ErrorCode::IdempotencyRunning, "The first request with this key is still running.").retry_after(1)
}

pub(crate) async fn mark_committed(tx: &DatabaseTransaction, user: UserId, key: &str) -> Result<()> {
    let mark = sql(
        tx,
        "UPDATE idempotency_keys SET state = 'committed' WHERE user_id = $1 AND key = $2 AND state = 'running'",
        [user.0.into(), key.into()],
    );
    tx.execute_raw(mark).await.db()?;
    Ok(())
}

/// Keeps the answer of a request that went through.
///
/// # Errors
/// When the database fails.
pub async fn finish(app: &App, user: UserId, key: &str, status: u16, answer: &str) -> Result<()> {
    let db = app.db().write();
    let row = sql(
        db,
        "UPDATE idempotency_keys SET state = 'done', status = $3, answer = $4 WHERE user_id = $1 AND key = $2",
        [user.0.into(), key.into(), i32::from(status).into(), answer.into()],
    );
    db.execute_raw(row).await.db()?;
    Ok(())
}

/// Gives a key back when the request was refused and nothing happened, so that a corrected one may use it.
///
/// # Errors
/// When the database fails.
pub async fn release(app: &App, user: UserId, key: &str) -> Result<()> {
    let db = app.db().write();
    let row = sql(
        db,
        "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND state = 'running'",
        [user.0.into(), key.into()],
    );
    db.execute_raw(row).await.db()?;
    Ok(())
}

/// Gives back the keys of requests that this node's former life did not finish: nothing of them happened.
///
/// # Errors
/// When the database fails.
pub async fn recover(app: &App) -> Result<()> {
    let db = app.db().write();
    let row = sql(db, "DELETE FROM idempotency_keys WHERE node = $1 AND state = 'running'", [app.node().into()]);
    db.execute_raw(row).await.db()?;
    Ok(())
}

/// Forgets keys older than [`KEPT`].
///
/// # Errors
/// When the database fails.
pub async fn purge(app: &App) -> Result<u64> {
    let db = app.db().write();
    let row = sql(db, "DELETE FROM idempotency_keys WHERE created_at < $1", [(app.clock().now() - KEPT).into()]);
    Ok(db.execute_raw(row).await.db()?.rows_affected())
}
