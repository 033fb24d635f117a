//! The SQL of accounts, devices and refresh tokens.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{DeviceId, Error, ErrorCode, Result, SiteRole, UserId};
use skald_platform::{
    App, Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{
    dto::{DeviceOut, UserOut},
    register::Account,
};

/// What a sign-in is checked against.
pub(super) struct Credentials {
    pub(super) user: UserId,
    pub(super) password_hash: String,
    /// Whether the user is signed in from the same address already.
    pub(super) known_address: bool,
}

/// A refresh token that was shown, with its device.
pub(super) struct Shown {
    pub(super) id: Uuid,
    pub(super) device: DeviceId,
    pub(super) user: UserId,
    pub(super) successor: Option<String>,
    pub(super) used_at: Option<DateTime<Utc>>,
    pub(super) revoked: bool,
    pub(super) last_used_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

pub(super) async fn has_admin(conn: &impl ConnectionTrait) -> Result<bool> {
    let admin = sql(conn, "SELECT id FROM users WHERE site_role = 'admin' AND deleted_at IS NULL LIMIT 1", []);
    Ok(conn.query_one_raw(admin).await.db()?.is_some())
}

pub(super) async fn set_setup_code(conn: &impl ConnectionTrait, hash: &str) -> Result<()> {
    let set = sql(
        conn,
        "INSERT INTO installation (name, value) VALUES ('setup_code', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [hash.into()],
    );
    conn.execute_raw(set).await.db()?;
    Ok(())
}

pub(super) async fn setup_code(conn: &impl ConnectionTrait) -> Result<Option<String>> {
    let code = sql(conn, "SELECT value FROM installation WHERE name = 'setup_code'", []);
    conn.query_one_raw(code).await.db()?.map(|row| row.try_get("", "value").db()).transpose()
}

pub(super) async fn spend_setup_code(conn: &impl ConnectionTrait, hash: &str) -> Result<bool> {
    let spend = sql(conn, "DELETE FROM installation WHERE name = 'setup_code' AND value = $1", [hash.into()]);
    Ok(conn.execute_raw(spend).await.db()?.rows_affected() == 1)
}

pub(super) async fn drop_setup_code(conn: &impl ConnectionTrait) -> Result<()> {
    conn.execute_raw(sql(conn, "DELETE FROM installation WHERE name = 'setup_code'", [])).await.db()?;
    Ok(())
}

pub(super) async fn insert_user(tx: &Tx, id: UserId, account: &Account, hash: &str, role: SiteRole) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO users (id, username, username_key, display_name, email, password_hash, site_role, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
        [
            id.0.into(),
            account.username.clone().into(),
            account.username_key.clone().into(),
            account.display_name.clone().into(),
            account.email.clone().into(),
            hash.into(),
            role.as_str().into(),
            tx.now().into(),
        ],
    );
    let taken = || Error::new(ErrorCode::NameTaken, "Somebody has this username already. Choose another.");
    tx.conn().execute_raw(row).await.on_unique(taken)?;
    Ok(())
}

pub(super) async fn update_user(tx: &Tx, id: UserId, display_name: &str, email: Option<&str>) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE users SET display_name = $2, email = $3, version = version + 1 WHERE id = $1",
        [id.0.into(), display_name.into(), email.map(str::to_owned).into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn user(conn: &impl ConnectionTrait, id: UserId) -> Result<Option<UserOut>> {
    let row = sql(
        conn,
        "SELECT id, username, display_name, email, site_role, created_at FROM users WHERE id = $1 AND deleted_at IS NULL",
        [id.0.into()],
    );
    let Some(row) = conn.query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(UserOut {
        id: UserId(row.try_get("", "id").db()?),
        username: row.try_get("", "username").db()?,
        display_name: row.try_get("", "display_name").db()?,
        email: row.try_get("", "email").db()?,
        site_role: SiteRole::parse(&row.try_get::<String>("", "site_role").db()?),
        created_at: row.try_get("", "created_at").db()?,
    }))
}

pub(super) async fn credentials(conn: &impl ConnectionTrait, key: &str, ip: IpAddr) -> Result<Option<Credentials>> {
    let row = sql(
        conn,
        "SELECT u.id, u.password_hash, \
         (SELECT COUNT(*) FROM devices d WHERE d.user_id = u.id AND d.ip = $2 AND d.revoked_at IS NULL) AS devices \
         FROM users u WHERE u.username_key = $1 AND u.deleted_at IS NULL",
        [key.into(), ip.to_string().into()],
    );
    let Some(row) = conn.query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(Credentials {
        user: UserId(row.try_get("", "id").db()?),
        password_hash: row.try_get("", "password_hash").db()?,
        known_address: row.try_get::<i64>("", "devices").db()? > 0,
    }))
}

pub(super) async fn insert_device(tx: &Tx, id: DeviceId, user: UserId, label: &str, ip: IpAddr) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO devices (id, user_id, label, ip, created_at, last_used_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        [
            id.0.into(),
            user.0.into(),
            label.into(),
            ip.to_string().into(),
            tx.now().into(),
            (tx.now() + super::rules::LONGEST).into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn touch_device(tx: &Tx, id: DeviceId, ip: IpAddr) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE devices SET last_used_at = $2, ip = $3 WHERE id = $1",
        [id.0.into(), tx.now().into(), ip.to_string().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn revoke_device(tx: &Tx, user: UserId, id: DeviceId) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE devices SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
        [id.0.into(), user.0.into(), tx.now().into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

pub(super) async fn revoke_other_devices(tx: &Tx, user: UserId, but: Option<DeviceId>) -> Result<Vec<DeviceId>> {
    let rows = sql(
        tx.conn(),
        "UPDATE devices SET revoked_at = $3 WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id",
        [user.0.into(), but.unwrap_or_default().0.into(), tx.now().into()],
    );
    let rows = tx.conn().query_all_raw(rows).await.db()?;
    rows.iter().map(|row| Ok(DeviceId(row.try_get("", "id").db()?))).collect()
}

/// How long a device lasts without use.
pub(super) fn idle(app: &App) -> TimeDelta {
    TimeDelta::hours(app.config().session_idle_hours.min(24 * 365).cast_signed())
}

pub(super) async fn devices(app: &App, user: UserId, current: Option<DeviceId>) -> Result<Vec<DeviceOut>> {
    let (db, now) = (app.db().read(), app.clock().now());
    let rows = sql(
        db,
        "SELECT id, label, ip, created_at, last_used_at FROM devices \
         WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND last_used_at > $3 ORDER BY last_used_at DESC, id DESC",
        [user.0.into(), now.into(), (now - idle(app)).into()],
    );
    let device = |row: &QueryResult| {
        let id = DeviceId(row.try_get("", "id").db()?);
        Ok(DeviceOut {
            id,
            label: row.try_get("", "label").db()?,
            ip: row.try_get("", "ip").db()?,
            created_at: row.try_get("", "created_at").db()?,
            last_used_at: row.try_get("", "last_used_at").db()?,
            current: current == Some(id),
        })
    };
    db.query_all_raw(rows).await.db()?.iter().map(device).collect()
}

pub(super) async fn is_signed_in(conn: &impl ConnectionTrait, id: DeviceId) -> Result<bool> {
    let row = sql(
        conn,
        "SELECT d.id FROM devices d JOIN users u ON u.id = d.user_id AND u.deleted_at IS NULL \
         WHERE d.id = $1 AND d.revoked_at IS NULL",
        [id.0.into()],
    );
    Ok(conn.query_one_raw(row).await.db()?.is_some())
}

pub(super) async fn insert_token(tx: &Tx, device: DeviceId, hash: &[u8]) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO refresh_tokens (id, device_id, hash, created_at) VALUES ($1, $2, $3, $4)",
        [tx.ids().next::<Uuid>().into(), device.0.into(), hash.to_vec().into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Finds a token and holds it until the end of the change, so that of two who show it at once one waits. The update that
/// changes nothing is the lock that both databases have.
pub(super) async fn lock_token(conn: &impl ConnectionTrait, hash: &[u8]) -> Result<Option<Shown>> {
    let token = sql(
        conn,
        "UPDATE refresh_tokens SET used_at = used_at WHERE hash = $1 RETURNING id, device_id, successor, used_at",
        [hash.to_vec().into()],
    );
    let Some(token) = conn.query_one_raw(token).await.db()? else { return Ok(None) };
    let device = DeviceId(token.try_get("", "device_id").db()?);
    let row =
        sql(conn, "SELECT user_id, revoked_at, last_used_at, expires_at FROM devices WHERE id = $1", [device.0.into()]);
    let Some(row) = conn.query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(Shown {
        id: token.try_get("", "id").db()?,
        device,
        user: UserId(row.try_get("", "user_id").db()?),
        successor: token.try_get("", "successor").db()?,
        used_at: token.try_get("", "used_at").db()?,
        revoked: row.try_get::<Option<DateTime<Utc>>>("", "revoked_at").db()?.is_some(),
        last_used_at: row.try_get("", "last_used_at").db()?,
        expires_at: row.try_get("", "expires_at").db()?,
    }))
}

pub(super) async fn is_unused(conn: &impl ConnectionTrait, hash: &[u8]) -> Result<bool> {
    let row = sql(conn, "SELECT id FROM refresh_tokens WHERE hash = $1 AND used_at IS NULL", [hash.to_vec().into()]);
    Ok(conn.query_one_raw(row).await.db()?.is_some())
}

/// Marks a token used and keeps its successor, sealed; those of earlier tokens are no longer needed.
pub(super) async fn use_token(tx: &Tx, id: Uuid, device: DeviceId, successor: &str) -> Result<()> {
    let forget = sql(
        tx.conn(),
        "UPDATE refresh_tokens SET successor = NULL WHERE device_id = $1 AND successor IS NOT NULL",
        [device.0.into()],
    );
    tx.conn().execute_raw(forget).await.db()?;
    let used = sql(
        tx.conn(),
        "UPDATE refresh_tokens SET used_at = $2, successor = $3 WHERE id = $1",
        [id.into(), tx.now().into(), successor.into()],
    );
    tx.conn().execute_raw(used).await.db()?;
    Ok(())
}

pub(super) async fn purge_devices(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let idle_before = before - idle(tx.app());
    let old = sql(
        tx.conn(),
        "DELETE FROM devices WHERE revoked_at < $1 OR expires_at < $1 OR last_used_at < $2",
        [before.into(), idle_before.into()],
    );
    Ok(tx.conn().execute_raw(old).await.db()?.rows_affected())
}

pub(super) async fn purge_tokens(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    let old = sql(tx.conn(), "DELETE FROM refresh_tokens WHERE used_at < $1", [before.into()]);
    Ok(tx.conn().execute_raw(old).await.db()?.rows_affected())
}
