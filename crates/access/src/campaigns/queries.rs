//! The SQL of campaigns.

use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, Error, Result, Role, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};

use super::dto::CampaignOut;

const COLUMNS: &str = "c.id, c.name, c.description, m.role, c.version, c.created_at, c.updated_at, \
    (SELECT COUNT(*) FROM members n WHERE n.campaign_id = c.id) AS member_count \
    FROM campaigns c JOIN members m ON m.campaign_id = c.id";

fn campaign(row: &QueryResult) -> Result<CampaignOut> {
    Ok(CampaignOut {
        id: CampaignId(row.try_get("", "id").db()?),
        name: row.try_get("", "name").db()?,
        description: row.try_get("", "description").db()?,
        role: role(row)?,
        version: row.try_get("", "version").db()?,
        created_at: row.try_get("", "created_at").db()?,
        updated_at: row.try_get("", "updated_at").db()?,
        member_count: row.try_get("", "member_count").db()?,
    })
}

/// The role in a row.
pub(super) fn role(row: &QueryResult) -> Result<Role> {
    let word: String = row.try_get("", "role").db()?;
    Role::parse(&word).ok_or_else(|| Error::internal(format!("unknown role {word}")))
}

/// The campaigns of a user, or only one of them, newest first; one more than asked for, to know whether there are more.
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    user: UserId,
    only: Option<CampaignId>,
    after: Option<CampaignId>,
    limit: u64,
) -> Result<Vec<CampaignOut>> {
    let mut values = vec![user.0.into(), (limit as i64 + 1).into()];
    let mut which = String::new();
    for (id, sign) in [(after, "<"), (only, "=")] {
        if let Some(id) = id {
            values.push(id.0.into());
            which += &format!(" AND c.id {sign} ${}", values.len());
        }
    }
    let rows = sql(
        conn,
        format!("SELECT {COLUMNS} WHERE m.user_id = $1 AND c.deleted_at IS NULL{which} ORDER BY c.id DESC LIMIT $2"),
        values,
    );
    conn.query_all_raw(rows).await.db()?.iter().map(campaign).collect()
}

/// A campaign as one of its members sees it.
pub(super) async fn find(conn: &impl ConnectionTrait, id: CampaignId, user: UserId) -> Result<Option<CampaignOut>> {
    let row = sql(
        conn,
        format!("SELECT {COLUMNS} WHERE c.id = $1 AND m.user_id = $2 AND c.deleted_at IS NULL"),
        [id.0.into(), user.0.into()],
    );
    conn.query_one_raw(row).await.db()?.as_ref().map(campaign).transpose()
}

pub(super) async fn insert(tx: &Tx, id: CampaignId, name: &str, description: &str) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO campaigns (id, name, description, settings, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, 1, $5, $5)",
        [id.0.into(), name.into(), description.into(), serde_json::json!({}).into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn any(conn: &impl ConnectionTrait) -> Result<bool> {
    Ok(conn.query_one_raw(sql(conn, "SELECT 1 AS one FROM campaigns LIMIT 1", [])).await.db()?.is_some())
}

pub(super) async fn name(conn: &impl ConnectionTrait, id: CampaignId) -> Result<Option<String>> {
    let row = sql(conn, "SELECT name FROM campaigns WHERE id = $1 AND deleted_at IS NULL", [id.0.into()]);
    conn.query_one_raw(row).await.db()?.map(|row| row.try_get("", "name").db()).transpose()
}

pub(super) async fn settings(conn: &impl ConnectionTrait, id: CampaignId) -> Result<Option<serde_json::Value>> {
    let row = sql(conn, "SELECT settings FROM campaigns WHERE id = $1 AND deleted_at IS NULL", [id.0.into()]);
    conn.query_one_raw(row).await.db()?.map(|row| row.try_get("", "settings").db()).transpose()
}

pub(super) async fn set_settings(tx: &Tx, id: CampaignId, settings: serde_json::Value) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE campaigns SET settings = $2, version = version + 1, updated_at = $3 WHERE id = $1",
        [id.0.into(), settings.into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Changes a campaign whose version is still the one that was seen.
pub(super) async fn update(tx: &Tx, id: CampaignId, seen: i64, name: &str, description: &str) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE campaigns SET name = $3, description = $4, version = version + 1, updated_at = $5 \
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        [id.0.into(), seen.into(), name.into(), description.into(), tx.now().into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// Deletes a campaign whose version is still the one that was seen.
pub(super) async fn delete(tx: &Tx, id: CampaignId, seen: i64) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE campaigns SET deleted_at = $3, version = version + 1, updated_at = $3 \
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        [id.0.into(), seen.into(), tx.now().into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}
