//! The SQL of members and of who plays whom.

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Result, Role, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::dto::MemberOut;
use crate::campaigns::queries::role;

/// The members of a campaign in the order they joined, or one of them.
pub(super) async fn list(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    user: Option<UserId>,
) -> Result<Vec<MemberOut>> {
    let only = if user.is_some() { "AND m.user_id = $2" } else { "" };
    let mut values = vec![campaign.0.into()];
    values.extend(user.map(|user| user.0.into()));
    let rows = sql(
        conn,
        format!(
            "SELECT m.user_id, u.display_name, m.role, m.joined_at, mc.character_id \
             FROM members m JOIN users u ON u.id = m.user_id \
             LEFT JOIN member_characters mc ON mc.campaign_id = m.campaign_id AND mc.user_id = m.user_id \
             WHERE m.campaign_id = $1 {only} ORDER BY m.joined_at, m.user_id, mc.since, mc.character_id"
        ),
        values,
    );
    let mut members: Vec<MemberOut> = Vec::new();
    for row in conn.query_all_raw(rows).await.db()? {
        let user_id = UserId(row.try_get("", "user_id").db()?);
        let character = row.try_get::<Option<Uuid>>("", "character_id").db()?.map(EntityId);
        if let Some(last) = members.last_mut().filter(|last| last.user_id == user_id) {
            last.characters.extend(character);
            continue;
        }
        members.push(MemberOut {
            user_id,
            display_name: row.try_get("", "display_name").db()?,
            role: role(&row)?,
            joined_at: row.try_get("", "joined_at").db()?,
            characters: character.into_iter().collect(),
        });
    }
    Ok(members)
}

pub(crate) async fn find(conn: &impl ConnectionTrait, campaign: CampaignId, user: UserId) -> Result<Option<MemberOut>> {
    Ok(list(conn, campaign, Some(user)).await?.pop())
}

/// The users of a campaign.
pub(crate) async fn users(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<UserId>> {
    let rows = sql(conn, "SELECT user_id FROM members WHERE campaign_id = $1", [campaign.0.into()]);
    let rows = conn.query_all_raw(rows).await.db()?;
    rows.iter().map(|row| Ok(UserId(row.try_get("", "user_id").db()?))).collect()
}

/// The campaigns of a user that are not deleted.
pub(crate) async fn campaigns_of(conn: &impl ConnectionTrait, user: UserId) -> Result<Vec<CampaignId>> {
    let rows = sql(
        conn,
        "SELECT m.campaign_id FROM members m JOIN campaigns c ON c.id = m.campaign_id AND c.deleted_at IS NULL \
         WHERE m.user_id = $1",
        [user.0.into()],
    );
    let rows = conn.query_all_raw(rows).await.db()?;
    rows.iter().map(|row| Ok(CampaignId(row.try_get("", "campaign_id").db()?))).collect()
}

/// The campaigns nobody runs.
pub(super) async fn orphans(conn: &impl ConnectionTrait) -> Result<Vec<CampaignId>> {
    let rows = sql(
        conn,
        "SELECT c.id FROM campaigns c WHERE c.deleted_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM members m WHERE m.campaign_id = c.id AND m.role = 'gm') ORDER BY c.id",
        [],
    );
    let rows = conn.query_all_raw(rows).await.db()?;
    rows.iter().map(|row| Ok(CampaignId(row.try_get("", "id").db()?))).collect()
}

/// Holds the campaign's row until the end of the change, so that two changes of its members wait for each other. The
/// update that changes nothing is the lock that both databases have.
pub(super) async fn lock(tx: &Tx, campaign: CampaignId) -> Result<()> {
    let hold = sql(tx.conn(), "UPDATE campaigns SET version = version WHERE id = $1", [campaign.0.into()]);
    tx.conn().execute_raw(hold).await.db()?;
    Ok(())
}

pub(super) async fn other_gms(tx: &Tx, campaign: CampaignId, but: UserId) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "SELECT user_id FROM members WHERE campaign_id = $1 AND role = 'gm' AND user_id <> $2 LIMIT 1",
        [campaign.0.into(), but.0.into()],
    );
    Ok(tx.conn().query_one_raw(row).await.db()?.is_some())
}

/// Makes the user a member with this role, whatever they were before.
pub(super) async fn put(tx: &Tx, campaign: CampaignId, user: UserId, role: Role) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO members (campaign_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (campaign_id, user_id) DO UPDATE SET role = excluded.role",
        [campaign.0.into(), user.0.into(), role.as_str().into(), tx.now().into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

pub(super) async fn remove(tx: &Tx, campaign: CampaignId, user: UserId) -> Result<()> {
    let row = sql(
        tx.conn(),
        "DELETE FROM members WHERE campaign_id = $1 AND user_id = $2",
        [campaign.0.into(), user.0.into()],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Gives all characters of a member back.
pub(super) async fn release_all(tx: &Tx, campaign: CampaignId, user: UserId) -> Result<()> {
    let rows = sql(
        tx.conn(),
        "DELETE FROM member_characters WHERE campaign_id = $1 AND user_id = $2",
        [campaign.0.into(), user.0.into()],
    );
    tx.conn().execute_raw(rows).await.db()?;
    Ok(())
}

/// Takes a free character; false when it has a player already.
pub(in crate::campaigns) async fn claim(
    tx: &Tx,
    campaign: CampaignId,
    character: EntityId,
    user: UserId,
) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "INSERT INTO member_characters (campaign_id, character_id, user_id, since) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (campaign_id, character_id) DO NOTHING",
        [campaign.0.into(), character.0.into(), user.0.into(), tx.now().into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

pub(in crate::campaigns) async fn release(
    tx: &Tx,
    campaign: CampaignId,
    character: EntityId,
    user: UserId,
) -> Result<bool> {
    let row = sql(
        tx.conn(),
        "DELETE FROM member_characters WHERE campaign_id = $1 AND character_id = $2 AND user_id = $3",
        [campaign.0.into(), character.0.into(), user.0.into()],
    );
    Ok(tx.conn().execute_raw(row).await.db()?.rows_affected() == 1)
}

pub(in crate::campaigns) async fn player_of(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    character: EntityId,
) -> Result<Option<UserId>> {
    let row = sql(
        conn,
        "SELECT user_id FROM member_characters WHERE campaign_id = $1 AND character_id = $2",
        [campaign.0.into(), character.0.into()],
    );
    let row = conn.query_one_raw(row).await.db()?;
    row.map(|row| Ok(UserId(row.try_get("", "user_id").db()?))).transpose()
}

pub(in crate::campaigns) async fn players(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Vec<(EntityId, UserId)>> {
    let rows = sql(
        conn,
        "SELECT character_id, user_id FROM member_characters WHERE campaign_id = $1 ORDER BY since, character_id",
        [campaign.0.into()],
    );
    let rows = conn.query_all_raw(rows).await.db()?;
    let pair = |row: &sea_orm::QueryResult| {
        Ok((EntityId(row.try_get("", "character_id").db()?), UserId(row.try_get("", "user_id").db()?)))
    };
    rows.iter().map(pair).collect()
}
