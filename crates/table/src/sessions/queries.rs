//! Reading and writing sessions.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QueryResult, Value as Bind};
use skald_access::Player;
use skald_kernel::{CampaignId, EntityId, Error, Result, SessionId, StreamKey, UserId, Viewer};
use skald_platform::{
    App, Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{Participant, SessionKind, SessionOut, SessionStatus};

pub(super) async fn insert(tx: &Tx, by: &Player, id: SessionId, kind: SessionKind, title: &str) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO sessions (id, campaign_id, kind, title, status, created_by, version, created_at) \
         VALUES ($1, $2, $3, $4, 'planned', $5, 1, $6)",
        [id.0.into(), by.campaign.0.into(), kind.as_str().into(), title.into(), by.user.0.into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn set_status(tx: &Tx, id: SessionId, status: SessionStatus) -> Result<()> {
    let stamp = match status {
        SessionStatus::Running => ", started_at = COALESCE(started_at, $3)",
        SessionStatus::Ended => ", ended_at = $3",
        SessionStatus::Planned => ", ended_at = CASE WHEN $3 IS NULL THEN ended_at ELSE NULL END",
    };
    let row = sql(
        tx.conn(),
        format!("UPDATE sessions SET status = $2, version = version + 1{stamp} WHERE id = $1"),
        [id.0.into(), status.as_str().into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn join(tx: &Tx, id: SessionId, user: UserId, character: Option<EntityId>) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO participants (session_id, user_id, character_id, joined_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (session_id, user_id) DO UPDATE SET character_id = excluded.character_id",
        [id.0.into(), user.0.into(), character.map(|id| id.0).into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn leave(tx: &Tx, id: SessionId, user: UserId) -> Result<()> {
    let row =
        sql(tx.conn(), "DELETE FROM participants WHERE session_id = $1 AND user_id = $2", [id.0.into(), user.0.into()]);
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

const SELECT: &str = "SELECT s.id, s.campaign_id, s.kind, s.title, s.status, s.created_by, s.version, s.created_at, \
                      s.started_at, s.ended_at FROM sessions s";

fn read(row: &QueryResult) -> Result<SessionOut> {
    let (kind, status): (String, String) = (row.try_get("", "kind").db()?, row.try_get("", "status").db()?);
    Ok(SessionOut {
        id: SessionId(row.try_get("", "id").db()?),
        campaign_id: CampaignId(row.try_get("", "campaign_id").db()?),
        kind: SessionKind::parse(&kind),
        title: row.try_get("", "title").db()?,
        status: SessionStatus::parse(&status),
        created_by: UserId(row.try_get("", "created_by").db()?),
        created_at: row.try_get("", "created_at").db()?,
        started_at: row.try_get("", "started_at").db()?,
        ended_at: row.try_get("", "ended_at").db()?,
        version: row.try_get("", "version").db()?,
        seq: 0,
        participants: Vec::new(),
    })
}

/// One session of the viewer's campaign, with its participants.
///
/// # Errors
/// Not found.
pub async fn find(app: &App, db: &impl ConnectionTrait, viewer: &Viewer, id: SessionId) -> Result<SessionOut> {
    let row =
        sql(db, format!("{SELECT} WHERE s.id = $1 AND s.campaign_id = $2"), [id.0.into(), viewer.campaign().0.into()]);
    let row = db.query_one_raw(row).await.db()?.ok_or_else(Error::not_found)?;
    let mut sessions = vec![read(&row)?];
    complete(app, db, viewer, &mut sessions).await?;
    sessions.pop().ok_or_else(Error::not_found)
}

/// The session of a campaign that runs; of several, the one started last.
///
/// # Errors
/// When the database fails.
pub async fn running(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<SessionId>> {
    let text = "SELECT id FROM sessions WHERE campaign_id = $1 AND status = 'running' ORDER BY started_at DESC, id DESC LIMIT 1";
    let row = db.query_one_raw(sql(db, text, [campaign.0.into()])).await.db()?;
    row.map(|row| Ok(SessionId(row.try_get("", "id").db()?))).transpose()
}

/// The sessions of the viewer's campaign, newest first, one more than `limit` if there are more.
///
/// # Errors
/// When the database fails.
pub async fn list(app: &App, viewer: &Viewer, before: Option<SessionId>, limit: u64) -> Result<Vec<SessionOut>> {
    let db = app.db().read();
    let mut values: Vec<Bind> = vec![viewer.campaign().0.into(), (limit as i64 + 1).into()];
    let mut older = "";
    if let Some(before) = before {
        values.push(before.0.into());
        older = " AND s.id < $3";
    }
    let text = format!("{SELECT} WHERE s.campaign_id = $1{older} ORDER BY s.id DESC LIMIT $2");
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    let mut sessions = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    complete(app, db, viewer, &mut sessions).await?;
    Ok(sessions)
}

/// Adds numbers and participants to all of them at once.
async fn complete(app: &App, db: &impl ConnectionTrait, viewer: &Viewer, sessions: &mut [SessionOut]) -> Result<()> {
    if sessions.is_empty() {
        return Ok(());
    }
    let marks: Vec<String> = (1..=sessions.len()).map(|n| format!("${n}")).collect();
    let marks = marks.join(", ");
    let keys = sessions.iter().map(|s| StreamKey::session(s.id).to_string().into());
    let rows =
        db.query_all_raw(sql(db, format!("SELECT key, seq FROM streams WHERE key IN ({marks})"), keys)).await.db()?;
    let mut numbers: HashMap<String, u64> = HashMap::new();
    for row in rows {
        numbers.insert(row.try_get("", "key").db()?, row.try_get::<i64>("", "seq").db()? as u64);
    }
    let text = format!(
        "SELECT p.session_id, p.user_id, p.character_id, u.display_name FROM participants p JOIN users u ON u.id = p.user_id \
         WHERE p.session_id IN ({marks}) ORDER BY p.joined_at, p.user_id"
    );
    let rows = db.query_all_raw(sql(db, text, sessions.iter().map(|s| s.id.0.into()))).await.db()?;
    let mut participants: HashMap<SessionId, Vec<Participant>> = HashMap::new();
    let mut characters = Vec::new();
    for row in rows {
        let session = SessionId(row.try_get("", "session_id").db()?);
        let user_id = UserId(row.try_get("", "user_id").db()?);
        let character_id = row.try_get::<Option<Uuid>>("", "character_id").db()?.map(EntityId);
        characters.extend(character_id);
        participants.entry(session).or_default().push(Participant {
            user_id,
            display_name: row.try_get("", "display_name").db()?,
            character_id,
            character_name: None,
            online: app.live().users(StreamKey::session(session)).contains(&user_id),
        });
    }
    let names: HashMap<EntityId, String> = skald_canon::entities::named(db, viewer, &characters)
        .await?
        .into_iter()
        .map(|entity| (entity.id, entity.name))
        .collect();
    for session in sessions {
        session.seq = numbers.get(&StreamKey::session(session.id).to_string()).copied().unwrap_or_default();
        session.participants = participants.remove(&session.id).unwrap_or_default();
        for participant in &mut session.participants {
            participant.character_name = participant.character_id.and_then(|id| names.get(&id).cloned());
        }
    }
    Ok(())
}

/// The name a user is shown by.
///
/// # Errors
/// When the database fails.
pub async fn display_name(db: &impl ConnectionTrait, user: UserId) -> Result<String> {
    let row = db.query_one_raw(sql(db, "SELECT display_name FROM users WHERE id = $1", [user.0.into()])).await.db()?;
    match row {
        Some(row) => row.try_get("", "display_name").db(),
        None => Ok(String::new()),
    }
}
