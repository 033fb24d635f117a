//! The verbs of invitations.

use serde_json::json;
use skald_kernel::{CampaignId, Error, ErrorCode, InvitationId, Result, UserId};
use skald_platform::{App, Tx};

use super::{
    dto::{InvitationIn, InvitationOut, InvitationPreview},
    queries, rules,
};
use crate::{Gm, Guard, campaigns::members, visitor::Visitor};

/// Makes an invitation.
pub(super) async fn create(tx: &mut Tx, by: &Gm, input: &InvitationIn) -> Result<InvitationOut> {
    let expires_at = rules::expiry(input, tx.now())?;
    let mut random = [0; 18];
    tx.app().seeds().fill(&mut random);
    let invitation = InvitationOut {
        id: tx.ids().next(),
        code: rules::code(random),
        role: input.role,
        uses: 0,
        max_uses: input.max_uses,
        expires_at: Some(expires_at),
    };
    queries::insert(tx, by.campaign, by.user, &invitation).await?;
    let detail = json!({ "role": input.role, "max_uses": input.max_uses, "expires_at": expires_at });
    tx.audit(Some(by.campaign), "invitation.create", invitation.id.0, detail);
    Ok(invitation)
}

/// Ends an invitation; who followed it stays.
pub(super) async fn revoke(tx: &mut Tx, by: &Gm, id: InvitationId) -> Result<()> {
    if !queries::revoke(tx, by.campaign, id).await? {
        return Err(Error::not_found());
    }
    tx.audit(Some(by.campaign), "invitation.revoke", id.0, json!({}));
    Ok(())
}

/// What a link leads to. Unknown codes are counted by address.
///
/// # Errors
/// Not found for an unknown code, `invitation_spent` for one that no longer holds.
pub(crate) async fn preview(app: &App, visitor: &Visitor, code: &str) -> Result<InvitationPreview> {
    let guard = app.part::<Guard>();
    let now = app.clock().now();
    guard.codes.take(&visitor.key(), now)?;
    let (preview, standing) = queries::preview(app.db().read(), code).await?.ok_or_else(unknown)?;
    guard.codes.give_back(&visitor.key());
    if standing.holds(now) { Ok(preview) } else { Err(spent()) }
}

/// Makes a user a member by an invitation. Who is one already keeps the higher of both roles, and a use that gives nothing
/// is not counted.
///
/// # Errors
/// As [`preview`].
pub(crate) async fn join(tx: &mut Tx, user: UserId, code: &str) -> Result<CampaignId> {
    let shown = queries::lock(tx, code).await?.ok_or_else(unknown)?;
    if queries::role_of(tx, shown.campaign, user).await?.is_some_and(|role| role >= shown.role) {
        return Ok(shown.campaign);
    }
    if !shown.standing.holds(tx.now()) {
        return Err(spent());
    }
    queries::use_once(tx, shown.id).await?;
    tx.audit(Some(shown.campaign), "invitation.accept", shown.id.0, json!({ "user_id": user, "role": shown.role }));
    members::enroll(tx, shown.campaign, user, shown.role).await?;
    Ok(shown.campaign)
}

fn unknown() -> Error {
    Error::new(ErrorCode::NotFound, "There is no such invitation. Check the link, or ask for a new one.")
}

fn spent() -> Error {
    Error::new(
        ErrorCode::InvitationSpent,
        "This invitation was used up, has expired or was revoked. Ask for a new one.",
    )
}
