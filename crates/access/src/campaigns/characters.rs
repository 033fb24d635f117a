//! Who plays whom: a character has at most one player, and a player knows what their characters know.
//!
//! Whether a character may be played at all is the business of who calls: the canon lies above this crate.

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Event, Result, Role, UserId};
use skald_platform::{Tx, live::Revoked};

use super::members::queries;
use crate::Member;

/// Gives a character to a member; it stays with them until it is released or they leave.
///
/// # Errors
/// `character_taken` when somebody else plays it, forbidden for an observer.
pub async fn claim_character(tx: &mut Tx, member: &Member, character: EntityId) -> Result<()> {
    if member.role < Role::Player {
        return Err(Error::new(ErrorCode::Forbidden, "Observers play nobody; ask the GM for a player's role."));
    }
    if queries::claim(tx, member.campaign, character, member.user).await? {
        changed(tx, member, "character.claim", character);
        return Ok(());
    }
    match queries::player_of(tx.conn(), member.campaign, character).await? {
        Some(player) if player == member.user => Ok(()),
        _ => Err(Error::new(ErrorCode::CharacterTaken, "Somebody else plays this character. Pick another.")),
    }
}

/// Takes a character back from a member; one that is not theirs stays where it is.
///
/// # Errors
/// When the database fails.
pub async fn release_character(tx: &mut Tx, member: &Member, character: EntityId) -> Result<()> {
    if queries::release(tx, member.campaign, character, member.user).await? {
        changed(tx, member, "character.release", character);
    }
    Ok(())
}

/// Who plays a character.
///
/// # Errors
/// When the database fails.
pub async fn player_of(
    conn: &impl ConnectionTrait,
    campaign: CampaignId,
    character: EntityId,
) -> Result<Option<UserId>> {
    queries::player_of(conn, campaign, character).await
}

/// Every character of a campaign that is played, with its player.
///
/// # Errors
/// When the database fails.
pub async fn players(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<(EntityId, UserId)>> {
    queries::players(conn, campaign).await
}

/// What the member may know has changed with the character.
fn changed(tx: &mut Tx, member: &Member, action: &'static str, character: EntityId) {
    tx.audit(Some(member.campaign), action, character.0, json!({ "user_id": member.user }));
    tx.event(Event::shared(member.campaign, "member.updated", member.user));
    tx.revoke(Revoked::Member(member.campaign, member.user));
}
