//! The SQL of invitations.

use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, InvitationId, Result, Role, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};

use super::{
    dto::{InvitationOut, InvitationPreview},
    rules::Standing,
};
use crate::campaigns::queries::role;

/// An invitation somebody shows.
pub(super) struct Shown {
    pub(super) id: InvitationId,
    pub(super) campaign: CampaignId,
    pub(super) role: Role,
    pub(super) standing: Standing,
}

fn standing(row: &QueryResult) -> Result<Standing> {
    Ok(Standing {
        uses: row.try_get("", "uses").db()?,
        max_uses: row.try_get("", "max_uses").db()?,
        expires_at: row.try_get("", "expires_at").db()?,
        revoked: row.try_get::<Option<chrono::DateTime<chrono::Utc>>>("", "revoked_at").db()?.is_some(),
    })
}

/// The invitations of a campaign that were not revoked, newest first; one more than asked for.
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    after: Option<InvitationId>,
    limit: u64,
) -> Result<Vec<InvitationOut>> {
    let older = if after.is_some() { "AND id < $3" } else { "" };
    let mut values = vec![campaign.0.into(), (limit as i64 + 1).into()];
    values.extend(after.map(|id| id.0.into()));
    let rows = sql(
        conn,
        format!(
            "SELECT id, code, role, uses, max_uses, expires_at FROM invitations \
             WHERE campaign_id = $1 AND revoked_at IS NULL {older} ORDER BY id DESC LIMIT $2"
        ),
        values,
    );
    let invitation = |row: &QueryResult| {
        Ok(InvitationOut {
            id: InvitationId(row.try_get("", "id").db()?),
            code: row.try_get("", "code").db()?,
            role: role(row)?,
            uses: row.try_get("", "uses").db()?,
            max_uses: row.try_get("", "max_uses").db()?,
            expires_at: row.try_get("", "expires_at").db()?,
        })
    };
    conn.query_all_raw(rows).await.db()?.iter().map(invitation).collect()
}

pub(super) async fn insert(tx: &Tx, campaign: CampaignId, inviter: UserId, invitation: &InvitationOut) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO invitations (id, campaign_id, code, role, inviter_id, uses, max_uses, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8)",
        [
            invitation.id.0.into(),
            campaign.0.into(),
            invitation.code.clone().into(),
            invitation.role.as_str().into(),
            inviter.0.into(),
            invitation.max_uses.into(),
            tx.now().into(),
            invitation.expires_at.into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn revoke(tx: &Tx, campaign: CampaignId, id: InvitationId) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "UPDATE invitations SET revoked_at = $3 WHERE id = $1 AND campaign_id = $2 AND revoked_at IS NULL",
        [id.0.into(), campaign.0.into(), tx.now().into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

/// What the link tells, and whether it still holds.
pub(super) async fn preview(conn: &impl ConnectionTrait, code: &str) -> Result<Option<(InvitationPreview, Standing)>> {
    let row = sql(
        conn,
        "SELECT c.name, i.role, u.display_name, i.uses, i.max_uses, i.expires_at, i.revoked_at FROM invitations i \
         JOIN campaigns c ON c.id = i.campaign_id AND c.deleted_at IS NULL \
         JOIN users u ON u.id = i.inviter_id WHERE i.code = $1",
        [code.into()],
    );
    let Some(row) = conn.query_one_raw(row).await.db()? else { return Ok(None) };
    let preview = InvitationPreview {
        campaign_name: row.try_get("", "name").db()?,
        role: role(&row)?,
        inviter: row.try_get("", "display_name").db()?,
    };
    Ok(Some((preview, standing(&row)?)))
}

/// Finds an invitation and holds it until the end of the change, so that its last use is given once. The update that
/// changes nothing is the lock that both databases have.
pub(super) async fn lock(tx: &Tx, code: &str) -> Result<Option<Shown>> {
    let row = sql(
        tx.conn(),
        "UPDATE invitations SET uses = uses WHERE code = $1 \
         AND EXISTS (SELECT 1 FROM campaigns c WHERE c.id = campaign_id AND c.deleted_at IS NULL) \
         RETURNING id, campaign_id, role, uses, max_uses, expires_at, revoked_at",
        [code.into()],
    );
    let Some(row) = tx.conn().query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(Shown {
        id: InvitationId(row.try_get("", "id").db()?),
        campaign: CampaignId(row.try_get("", "campaign_id").db()?),
        role: role(&row)?,
        standing: standing(&row)?,
    }))
}

pub(super) async fn use_once(tx: &Tx, id: InvitationId) -> Result<()> {
    let row = sql(tx.conn(), "UPDATE invitations SET uses = uses + 1 WHERE id = $1", [id.0.into()]);
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// The role a user has in a campaign already.
pub(super) async fn role_of(tx: &Tx, campaign: CampaignId, user: UserId) -> Result<Option<Role>> {
    let row = sql(
        tx.conn(),
        "SELECT role FROM members WHERE campaign_id = $1 AND user_id = $2",
        [campaign.0.into(), user.0.into()],
    );
    tx.conn().query_one_raw(row).await.db()?.as_ref().map(role).transpose()
}
