//! The SQL of personal access tokens.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{AccessTokenId, CampaignId, Result, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{
    dto::{AccessTokenOut, TokenScope},
    rules::USE_STEP,
};

/// A token that was shown, with its owner.
pub(super) struct Shown {
    pub(super) id: AccessTokenId,
    pub(super) user: UserId,
    pub(super) scope: TokenScope,
    pub(super) campaign: Option<CampaignId>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
}

pub(super) async fn shown(conn: &impl ConnectionTrait, hash: &[u8]) -> Result<Option<Shown>> {
    let row = sql(
        conn,
        "SELECT t.id, t.user_id, t.scope, t.campaign_id, t.expires_at, t.last_used_at FROM access_tokens t \
         JOIN users u ON u.id = t.user_id AND u.deleted_at IS NULL WHERE t.hash = $1",
        [hash.to_vec().into()],
    );
    let Some(row) = conn.query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(Shown {
        id: AccessTokenId(row.try_get("", "id").db()?),
        user: UserId(row.try_get("", "user_id").db()?),
        scope: TokenScope::parse(&row.try_get::<String>("", "scope").db()?),
        campaign: row.try_get::<Option<Uuid>>("", "campaign_id").db()?.map(CampaignId),
        expires_at: row.try_get("", "expires_at").db()?,
        last_used_at: row.try_get("", "last_used_at").db()?,
    }))
}

/// The tokens of a user, newest first, or one of them.
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    user: UserId,
    only: Option<AccessTokenId>,
) -> Result<Vec<AccessTokenOut>> {
    let mut values = vec![user.0.into()];
    values.extend(only.map(|id| id.0.into()));
    let only = if only.is_some() { "AND t.id = $2" } else { "" };
    let rows = sql(
        conn,
        format!(
            "SELECT t.id, t.name, t.scope, t.campaign_id, t.created_at, t.expires_at, t.last_used_at, \
             c.name AS campaign_name FROM access_tokens t \
             LEFT JOIN members m ON m.campaign_id = t.campaign_id AND m.user_id = t.user_id \
             LEFT JOIN campaigns c ON c.id = m.campaign_id AND c.deleted_at IS NULL \
             WHERE t.user_id = $1 {only} ORDER BY t.id DESC"
        ),
        values,
    );
    let token = |row: &QueryResult| {
        Ok(AccessTokenOut {
            id: AccessTokenId(row.try_get("", "id").db()?),
            name: row.try_get("", "name").db()?,
            scope: TokenScope::parse(&row.try_get::<String>("", "scope").db()?),
            campaign_id: row.try_get::<Option<Uuid>>("", "campaign_id").db()?.map(CampaignId),
            campaign_name: row.try_get("", "campaign_name").db()?,
            created_at: row.try_get("", "created_at").db()?,
            expires_at: row.try_get("", "expires_at").db()?,
            last_used_at: row.try_get("", "last_used_at").db()?,
        })
    };
    conn.query_all_raw(rows).await.db()?.iter().map(token).collect()
}

pub(super) async fn count(conn: &impl ConnectionTrait, user: UserId) -> Result<i64> {
    let row = sql(conn, "SELECT COUNT(*) AS tokens FROM access_tokens WHERE user_id = $1", [user.0.into()]);
    conn.query_one_raw(row).await.db()?.map_or(Ok(0), |row| row.try_get("", "tokens").db())
}

/// What a new token is stored as.
pub(super) struct New<'a> {
    pub(super) id: AccessTokenId,
    pub(super) user: UserId,
    pub(super) name: &'a str,
    pub(super) hash: &'a [u8],
    pub(super) scope: TokenScope,
    pub(super) campaign: Option<CampaignId>,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(tx: &Tx, new: New<'_>) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO access_tokens (id, user_id, name, hash, scope, campaign_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            new.id.0.into(),
            new.user.0.into(),
            new.name.into(),
            new.hash.to_vec().into(),
            new.scope.as_str().into(),
            new.campaign.map(|id| id.0).into(),
            tx.now().into(),
            new.expires_at.into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn delete(tx: &Tx, user: UserId, id: AccessTokenId) -> Result<bool> {
    let row = sql(tx.conn(), "DELETE FROM access_tokens WHERE id = $1 AND user_id = $2", [id.0.into(), user.0.into()]);
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// Writes down a use, unless one of the minute before it is there already.
pub(super) async fn touch(tx: &Tx, id: AccessTokenId, at: DateTime<Utc>) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE access_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
        [id.0.into(), at.into(), (at - USE_STEP).into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Forgets the tokens that ended before.
pub(crate) async fn purge(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let old = sql(tx.conn(), "DELETE FROM access_tokens WHERE expires_at < $1", [before.into()]);
    Ok(tx.conn().execute_raw(old).await.db()?.rows_affected())
}
