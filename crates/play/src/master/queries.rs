//! The stored answers.

use sea_orm::ConnectionTrait;
use skald_kernel::{CallId, CampaignId, EntityId, EntryId, Error, GenerationId, Result, SessionId, UserId};
use skald_platform::{
    App, Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

/// An answer as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Generation {
    pub(super) id: GenerationId,
    pub(super) session: SessionId,
    pub(super) campaign: CampaignId,
    pub(super) answers: EntryId,
    pub(super) user: Option<UserId>,
    pub(super) character: Option<EntityId>,
    pub(super) with_oracle: bool,
    pub(super) status: String,
    pub(super) part: u32,
    pub(super) shown: String,
    pub(super) label: String,
    pub(super) seed: u64,
}

const SELECT: &str = "SELECT id, session_id, campaign_id, answers_id, user_id, character_id, with_oracle, status, part, \
                      shown, label, seed FROM generations";

fn read(row: &sea_orm::QueryResult) -> Result<Generation> {
    Ok(Generation {
        id: GenerationId(row.try_get("", "id").db()?),
        session: SessionId(row.try_get("", "session_id").db()?),
        campaign: CampaignId(row.try_get("", "campaign_id").db()?),
        answers: EntryId(row.try_get("", "answers_id").db()?),
        user: row.try_get::<Option<Uuid>>("", "user_id").db()?.map(UserId),
        character: row.try_get::<Option<Uuid>>("", "character_id").db()?.map(EntityId),
        with_oracle: row.try_get("", "with_oracle").db()?,
        status: row.try_get("", "status").db()?,
        part: row.try_get::<i32>("", "part").db()? as u32,
        shown: row.try_get("", "shown").db()?,
        label: row.try_get("", "label").db()?,
        seed: row.try_get::<i64>("", "seed").db()? as u64,
    })
}

pub(super) async fn insert(tx: &Tx, generation: &Generation) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO generations (id, session_id, campaign_id, answers_id, user_id, character_id, with_oracle, status, \
         part, shown, label, seed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', '', $9, $10)",
        [
            generation.id.0.into(),
            generation.session.0.into(),
            generation.campaign.0.into(),
            generation.answers.0.into(),
            generation.user.map(|id| id.0).into(),
            generation.character.map(|id| id.0).into(),
            generation.with_oracle.into(),
            generation.status.clone().into(),
            (generation.seed as i64).into(),
            tx.now().into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// An answer of a session.
pub(super) async fn find(db: &impl ConnectionTrait, id: GenerationId) -> Result<Generation> {
    let row = db.query_one_raw(sql(db, format!("{SELECT} WHERE id = $1"), [id.0.into()])).await.db()?;
    read(&row.ok_or_else(Error::not_found)?)
}

/// The answer of a session in a state, the oldest if there are several.
pub(super) async fn in_state(
    db: &impl ConnectionTrait,
    session: SessionId,
    status: &str,
) -> Result<Option<Generation>> {
    let text = format!("{SELECT} WHERE session_id = $1 AND status = $2 ORDER BY id LIMIT 1");
    let row = db.query_one_raw(sql(db, text, [session.0.into(), status.into()])).await.db()?;
    row.as_ref().map(read).transpose()
}

/// Makes the answer the running one; false when it is not waiting any more.
pub(super) async fn begin(tx: &Tx, id: GenerationId) -> Result<bool> {
    let row =
        sql(tx.conn(), "UPDATE generations SET status = 'running' WHERE id = $1 AND status = 'queued'", [id.0.into()]);
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// How an answer ended.
pub(super) struct Ending<'a> {
    pub(super) status: &'a str,
    pub(super) label: &'a str,
    pub(super) part: u32,
    pub(super) call: Option<CallId>,
    pub(super) error_code: Option<&'a str>,
    pub(super) error_detail: Option<&'a str>,
}

/// Ends an answer; false when it had ended already.
pub(super) async fn end(tx: &Tx, id: GenerationId, ending: Ending<'_>) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE generations SET status = $2, label = $3, part = $4, call_id = $5, error_code = $6, error_detail = $7, \
         finished_at = $8 WHERE id = $1 AND status IN ('queued', 'running')",
        [
            id.0.into(),
            ending.status.into(),
            ending.label.into(),
            (ending.part as i32).into(),
            ending.call.map(|id| id.0).into(),
            ending.error_code.map(str::to_owned).into(),
            ending.error_detail.map(str::to_owned).into(),
            tx.now().into(),
        ],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// Notes what was shown of an answer, beside its making.
pub(super) async fn note_shown(app: &App, id: GenerationId, part: u32, label: &str, text: &str) -> Result<()> {
    let tx = app.tx(&skald_platform::Actor::engine("answer")).await?;
    let row = sql(
        tx.conn(),
        "UPDATE generations SET part = $2, label = $3, shown = $4 WHERE id = $1 AND status = 'running'",
        [id.0.into(), (part as i32).into(), label.into(), text.into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    tx.commit().await
}

/// A part is in the log now; nothing of the next was shown yet.
pub(super) async fn part_done(tx: &Tx, id: GenerationId, next: u32) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE generations SET part = $2, shown = '' WHERE id = $1",
        [id.0.into(), (next as i32).into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}
