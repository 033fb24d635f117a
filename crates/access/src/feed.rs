//! The live stream of a campaign: its events, as notices of what to read again.

use async_trait::async_trait;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use skald_kernel::{CampaignId, Error, ErrorCode, Lane, Result, Role, StreamKey, StreamKind, UserId, event::EventOut};
use skald_platform::{
    Actor, App,
    db::{DbResult, sql},
    live::{Item, Snapshot, Source},
};

use crate::Member;

/// Serves `campaign:<id>` to members and `campaign:<id>:gm` to GMs.
pub struct CampaignStream;

#[async_trait]
impl Source for CampaignStream {
    fn kind(&self) -> StreamKind {
        StreamKind::Campaign
    }

    async fn authorize(&self, app: &App, actor: &Actor, stream: StreamKey) -> Result<()> {
        let member = Member::of(app, actor, CampaignId(stream.id)).await?;
        if stream.lane == Lane::Gm && member.role != Role::Gm {
            return Err(Error::not_found());
        }
        Ok(())
    }

    async fn snapshot(&self, app: &App, _: &Actor, stream: StreamKey) -> Result<Snapshot> {
        let db = app.db().read();
        let row = sql(db, "SELECT seq FROM streams WHERE key = $1", [stream.to_string().into()]);
        let seq = match db.query_one_raw(row).await.db()? {
            Some(row) => row.try_get::<i64>("", "seq").db()? as u64,
            None => 0,
        };
        Ok(Snapshot { seq, state: json!({}) })
    }

    async fn read_after(&self, app: &App, stream: StreamKey, seq: u64, limit: u64) -> Result<Vec<Item>> {
        let db = app.db().read();
        let rows = sql(
            db,
            "SELECT seq, kind, subject_id, user_id FROM events WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            [stream.to_string().into(), (seq as i64).into(), (limit as i64).into()],
        );
        let mut items = Vec::new();
        for row in db.query_all_raw(rows).await.db()? {
            let event = EventOut {
                kind: row.try_get("", "kind").db()?,
                subject: row.try_get("", "subject_id").db()?,
                by: row.try_get("", "user_id").db()?,
            };
            let seq: i64 = row.try_get("", "seq").db()?;
            items.push(Item { seq: seq as u64, entry: serde_json::to_value(event).map_err(Error::internal)? });
        }
        Ok(items)
    }

    async fn command(&self, _: &App, _: &Actor, _: StreamKey, name: &str, _: Value) -> Result<Option<u64>> {
        Err(Error::new(ErrorCode::BadRequest, format!("A campaign's stream has no command `{name}`.")))
    }

    async fn display_name(&self, app: &App, user: UserId) -> Result<String> {
        let db = app.db().read();
        let row =
            db.query_one_raw(sql(db, "SELECT display_name FROM users WHERE id = $1", [user.0.into()])).await.db()?;
        row.map_or_else(|| Ok(String::new()), |row| row.try_get("", "display_name").db())
    }
}
