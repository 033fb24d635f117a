//! The SQL of the history.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Value, json};
use skald_kernel::{CampaignId, Error, Result, UserId};
use skald_platform::{
    Tx,
    http::{Page, PageQuery},
};
use uuid::Uuid;

use super::{
    Change, Subject,
    dto::{HistoryOut, Person},
    rules,
};
use crate::bind::{Binds, column};

/// Rows of one insert.
const AT_ONCE: usize = 500;

pub(super) async fn record(tx: &Tx, campaign: CampaignId, changes: &[Change]) -> Result<()> {
    let user = tx.actor().user.map(|id| id.0);
    for some in changes.chunks(AT_ONCE) {
        let (mut kept, mut made) = ((Binds::default(), Vec::new()), (Binds::default(), Vec::new()));
        for change in some {
            let nothing = Value::Null;
            let changed = match &change.before {
                Some(before) => rules::changed(before, &change.after),
                None => Vec::new(),
            };
            let row = |into: &mut (Binds, Vec<String>), version: i64, action: &str, changed, snapshot: &Value, by| {
                let id: Uuid = tx.ids().next();
                let row = into.0.row([
                    id.into(),
                    campaign.0.into(),
                    change.subject.as_str().into(),
                    change.id.into(),
                    version.into(),
                    action.into(),
                    json!(changed).into(),
                    snapshot.clone().into(),
                    sea_orm::Value::from(by),
                    tx.now().into(),
                ]);
                into.1.push(row);
            };
            if change.version > 1 {
                let before = change.before.as_ref().unwrap_or(&nothing);
                if !before.is_null() {
                    row(&mut kept, change.version - 1, "kept", Vec::new(), before, None::<Uuid>);
                }
            }
            row(&mut made, change.version, change.action, changed, &change.after, user);
        }
        let insert = "INSERT INTO canon_history (id, campaign_id, subject_type, subject_id, version, action, changed, \
                      snapshot, user_id, created_at) VALUES";
        if !kept.1.is_empty() {
            let text = format!("{insert} {} ON CONFLICT (subject_id, version) DO NOTHING", kept.1.join(", "));
            kept.0.run(tx.conn(), text).await?;
        }
        if !made.1.is_empty() {
            made.0.run(tx.conn(), format!("{insert} {}", made.1.join(", "))).await?;
        }
    }
    Ok(())
}

/// Which version of a subject.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Version(i64),
    Before(i64),
    Latest,
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    subject: Subject,
    id: Uuid,
    page: &PageQuery,
) -> Result<Page<HistoryOut>> {
    let limit = page.limit()?;
    let after = page.after::<i64>()?;
    let mut binds = Binds::default();
    let mut text = format!(
        "SELECT version, action, changed, user_id, created_at FROM canon_history \
         WHERE subject_id = {} AND campaign_id = {} AND subject_type = {}",
        binds.add(id),
        binds.add(campaign.0),
        binds.add(subject.as_str())
    );
    if let Some(version) = after {
        text.push_str(&format!(" AND version < {}", binds.add(version)));
    }
    text.push_str(&format!(" ORDER BY version DESC LIMIT {}", binds.add(limit as i64 + 1)));
    let rows = binds.rows(db, text).await?;
    let people = people(db, &users(&rows)?).await?;
    let entries: Result<Vec<HistoryOut>> = rows.iter().map(|row| entry(row, &people)).collect();
    Ok(Page::from_rows(entries?, limit, |entry| entry.version))
}

pub(super) async fn snapshot(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    subject: Subject,
    id: Uuid,
    at: At,
) -> Result<Option<(HistoryOut, Value)>> {
    let mut binds = Binds::default();
    let mut text = format!(
        "SELECT version, action, changed, snapshot, user_id, created_at FROM canon_history \
         WHERE subject_id = {} AND campaign_id = {} AND subject_type = {}",
        binds.add(id),
        binds.add(campaign.0),
        binds.add(subject.as_str())
    );
    match at {
        At::Version(version) => text.push_str(&format!(" AND version = {}", binds.add(version))),
        At::Before(version) => text.push_str(&format!(" AND version < {}", binds.add(version))),
        At::Latest => {}
    }
    text.push_str(" ORDER BY version DESC LIMIT 1");
    let rows = binds.rows(db, text).await?;
    let people = people(db, &users(&rows)?).await?;
    rows.first().map(|row| Ok((entry(row, &people)?, column(row, "snapshot")?))).transpose()
}

fn users(rows: &[QueryResult]) -> Result<Vec<Uuid>> {
    let users: Result<Vec<Option<Uuid>>> = rows.iter().map(|row| column(row, "user_id")).collect();
    Ok(users?.into_iter().flatten().collect())
}

fn entry(row: &QueryResult, people: &HashMap<Uuid, Person>) -> Result<HistoryOut> {
    Ok(HistoryOut {
        version: column(row, "version")?,
        action: column(row, "action")?,
        changed: serde_json::from_value(column(row, "changed")?).map_err(Error::internal)?,
        by: column::<Option<Uuid>>(row, "user_id")?.and_then(|id| people.get(&id).cloned()),
        at: column::<DateTime<Utc>>(row, "created_at")?,
    })
}

/// How users are called.
pub(crate) async fn people(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Person>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let text = format!("SELECT id, display_name FROM users WHERE id IN {}", binds.ids(&ids));
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| {
            let id: Uuid = column(row, "id")?;
            Ok((id, Person { id: UserId(id), display_name: column(row, "display_name")? }))
        })
        .collect()
}
