//! The verbs of members.

use serde_json::json;
use skald_kernel::{CampaignId, Error, ErrorCode, Event, Result, Role, UserId};
use skald_platform::{Tx, live::Revoked};

use super::{dto::MemberOut, queries};
use crate::{Gm, Member};

/// Makes a user a member with this role.
pub(crate) async fn enroll(tx: &mut Tx, campaign: CampaignId, user: UserId, role: Role) -> Result<()> {
    queries::put(tx, campaign, user, role).await?;
    tx.audit(Some(campaign), "member.join", user.0, json!({ "role": role }));
    tx.event(Event::shared(campaign, "member.joined", user));
    tx.revoke(Revoked::Member(campaign, user));
    Ok(())
}

/// Makes a user the GM of every campaign that has none.
pub(crate) async fn adopt_orphans(tx: &mut Tx, user: UserId) -> Result<()> {
    for campaign in queries::orphans(tx.conn()).await? {
        enroll(tx, campaign, user, Role::Gm).await?;
    }
    Ok(())
}

/// Gives a member another role.
pub(super) async fn change_role(tx: &mut Tx, by: &Gm, user: UserId, role: Role) -> Result<MemberOut> {
    queries::lock(tx, by.campaign).await?;
    let before = queries::find(tx.conn(), by.campaign, user).await?.ok_or_else(Error::not_found)?;
    if before.role == role {
        return Ok(before);
    }
    if before.role == Role::Gm {
        keep_a_gm(tx, by.campaign, user).await?;
    }
    queries::put(tx, by.campaign, user, role).await?;
    if role == Role::Observer {
        queries::release_all(tx, by.campaign, user).await?;
    }
    tx.audit(Some(by.campaign), "member.update", user.0, json!({ "from": before.role, "to": role }));
    tx.event(Event::shared(by.campaign, "member.updated", user));
    tx.revoke(Revoked::Member(by.campaign, user));
    queries::find(tx.conn(), by.campaign, user).await?.ok_or_else(Error::not_found)
}

/// Removes a member, or leaves.
pub(super) async fn remove(tx: &mut Tx, by: &Member, user: UserId) -> Result<()> {
    if user != by.user && by.role != Role::Gm {
        return Err(Error::new(ErrorCode::Forbidden, "Only the game master removes others; you may leave yourself."));
    }
    queries::lock(tx, by.campaign).await?;
    let before = queries::find(tx.conn(), by.campaign, user).await?.ok_or_else(Error::not_found)?;
    if before.role == Role::Gm {
        keep_a_gm(tx, by.campaign, user).await?;
    }
    queries::release_all(tx, by.campaign, user).await?;
    queries::remove(tx, by.campaign, user).await?;
    tx.audit(Some(by.campaign), "member.remove", user.0, json!({ "role": before.role, "left": user == by.user }));
    tx.event(Event::shared(by.campaign, "member.removed", user));
    tx.revoke(Revoked::Member(by.campaign, user));
    Ok(())
}

async fn keep_a_gm(tx: &Tx, campaign: CampaignId, but: UserId) -> Result<()> {
    if queries::other_gms(tx, campaign, but).await? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::LastGm, "Make somebody else a game master first, or delete the campaign."))
}
