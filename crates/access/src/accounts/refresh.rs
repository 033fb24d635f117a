//! Refresh: a token is used once and gets a successor; one that comes back reveals that two hold it.

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_kernel::{Error, ErrorCode, Result};
use skald_platform::{Actor, App, http::RequestId, live::Revoked};

use super::{
    queries::{self, Shown},
    rules::{Rotation, lasts, rotation, token_hash},
    session::{SignedIn, fresh_token, signed_out},
};
use crate::visitor::Visitor;

/// Trades a refresh token for its successor and a new access token.
///
/// # Errors
/// Sign-in needed for a token we do not know or a device that has ended, `session_revoked` for a device that was signed out
/// and for a token that was used before.
pub(super) async fn refresh(app: &App, visitor: &Visitor, token: &str) -> Result<SignedIn> {
    let actor = Actor { request_id: RequestId::current(), ..Actor::default() };
    let mut tx = app.tx(&actor).await?;
    let shown = queries::lock_token(tx.conn(), &token_hash(token)).await?.ok_or_else(signed_out)?;
    let now = tx.now();
    if shown.revoked {
        return Err(revoked());
    }
    let idle = queries::idle(app);
    if !lasts(shown.last_used_at, shown.expires_at, idle, now) {
        return Err(Error::new(ErrorCode::SignInNeeded, "You signed in too long ago. Sign in again."));
    }
    let user = queries::user(tx.conn(), shown.user).await?.ok_or_else(signed_out)?;
    let successor = successor(app, tx.conn(), &shown).await?;
    match rotation(shown.used_at, successor.is_some(), now) {
        Rotation::Again => {
            let refresh = successor.ok_or_else(|| Error::internal("a successor is gone"))?;
            Ok(SignedIn { user, device: shown.device, refresh })
        }
        Rotation::Rotate => {
            let refresh = fresh_token(app);
            let sealed = app.secrets().seal(app.seeds(), &place(&shown), &refresh)?;
            queries::use_token(&tx, shown.id, shown.device, &sealed).await?;
            queries::insert_token(&tx, shown.device, &token_hash(&refresh)).await?;
            queries::touch_device(&tx, shown.device, visitor.ip).await?;
            tx.audit(None, "device.refresh", shown.device.0, json!({ "user_id": user.id }));
            tx.commit().await?;
            Ok(SignedIn { user, device: shown.device, refresh })
        }
        Rotation::Reused => {
            queries::revoke_device(&tx, shown.user, shown.device).await?;
            tx.revoke(Revoked::Device(shown.device));
            tx.audit(None, "device.reuse", shown.device.0, json!({ "user_id": user.id, "ip": visitor.ip.to_string() }));
            tx.commit().await?;
            tracing::warn!(device = %shown.device, user = %shown.user, "a used refresh token came back; the device was signed out");
            Err(revoked())
        }
    }
}

/// The successor of a used token, as long as it waits for its own first use.
async fn successor(app: &App, conn: &impl ConnectionTrait, shown: &Shown) -> Result<Option<String>> {
    let Some(sealed) = &shown.successor else { return Ok(None) };
    let token = app.secrets().open(&place(shown), sealed)?;
    let fresh = queries::is_unused(conn, &token_hash(&token)).await?;
    Ok(fresh.then_some(token))
}

fn place(shown: &Shown) -> String {
    format!("refresh:{}", shown.id)
}

fn revoked() -> Error {
    Error::new(ErrorCode::SessionRevoked, "This device was signed out. Sign in again.")
}
