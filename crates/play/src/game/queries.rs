//! The stored state of games.

use sea_orm::ConnectionTrait;
use skald_kernel::{Error, GenerationId, Result, SessionId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};

use super::dto::GenerationOut;
use crate::rules::GameState;

/// The state of a session's game; empty before it began.
pub(crate) async fn load(db: &impl ConnectionTrait, session: SessionId) -> Result<GameState> {
    let row = db
        .query_one_raw(sql(db, "SELECT state FROM game_states WHERE session_id = $1", [session.0.into()]))
        .await
        .db()?;
    match row {
        Some(row) => serde_json::from_value(row.try_get("", "state").db()?).map_err(Error::internal),
        None => Ok(GameState::default()),
    }
}

/// The state, locked until the transaction ends.
pub(super) async fn lock(tx: &Tx, session: SessionId) -> Result<GameState> {
    let db = tx.conn();
    let empty = serde_json::to_value(GameState::default()).map_err(Error::internal)?;
    let make = sql(
        db,
        "INSERT INTO game_states (session_id, state, updated_at) VALUES ($1, $2, $3) ON CONFLICT (session_id) DO NOTHING",
        [session.0.into(), empty.into(), tx.now().into()],
    );
    db.execute_raw(make).await.db()?;
    if tx.app().db().is_postgres() {
        let lock = sql(db, "SELECT 1 AS one FROM game_states WHERE session_id = $1 FOR UPDATE", [session.0.into()]);
        db.query_one_raw(lock).await.db()?;
    }
    load(db, session).await
}

pub(super) async fn save(tx: &Tx, session: SessionId, state: &GameState) -> Result<()> {
    let value = serde_json::to_value(state).map_err(Error::internal)?;
    let row = sql(
        tx.conn(),
        "UPDATE game_states SET state = $2, updated_at = $3 WHERE session_id = $1",
        [session.0.into(), value.into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// The answer that is being made for a session.
pub(super) async fn running(db: &impl ConnectionTrait, session: SessionId) -> Result<Option<GenerationOut>> {
    let text = "SELECT id, status FROM generations WHERE session_id = $1 AND status IN ('queued', 'running') \
                ORDER BY CASE WHEN status = 'running' THEN 0 ELSE 1 END, id LIMIT 1";
    let Some(row) = db.query_one_raw(sql(db, text, [session.0.into()])).await.db()? else { return Ok(None) };
    Ok(Some(GenerationOut { id: GenerationId(row.try_get("", "id").db()?), status: row.try_get("", "status").db()? }))
}
