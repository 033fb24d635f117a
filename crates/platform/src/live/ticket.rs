//! Tickets: a browser cannot send a header with a WebSocket, so it fetches a short-lived, single-use ticket over HTTPS.
//!
//! A ticket is signed, not stored, so any node can take it; each node remembers those it has seen until they expire.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use skald_kernel::{DeviceId, Error, ErrorCode, Result, SiteRole, UserId};
use uuid::Uuid;

use crate::{Actor, App};

/// Seconds a ticket lasts.
pub const TICKET_S: i64 = 30;

#[derive(Serialize, Deserialize)]
struct Claims {
    id: Uuid,
    user: UserId,
    device: Option<DeviceId>,
    site_role: SiteRole,
    expires: i64,
}

/// Tickets that were used, with their expiry in seconds since 1970.
#[derive(Default)]
pub(super) struct Spent(Mutex<Vec<(Uuid, i64)>>);

impl Spent {
    fn spend(&self, id: Uuid, expires: i64, now: i64) -> bool {
        let mut spent = self.0.lock();
        spent.retain(|(_, expires)| *expires >= now);
        let fresh = !spent.iter().any(|(seen, _)| *seen == id);
        if fresh {
            spent.push((id, expires));
        }
        fresh
    }
}

fn key(app: &App) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &app.secrets().derive("live-ticket"))
}

/// Makes a ticket for a signed-in user.
///
/// # Errors
/// Sign-in needed, for an actor without a user.
pub fn issue(app: &App, actor: &Actor) -> Result<String> {
    let user = actor.user.ok_or_else(|| Error::new(ErrorCode::SignInNeeded, "Sign in first."))?;
    let claims = Claims {
        id: app.ids().next(),
        user,
        device: actor.device,
        site_role: if actor.admin { SiteRole::Admin } else { SiteRole::User },
        expires: app.clock().now().timestamp() + TICKET_S,
    };
    let body = serde_json::to_vec(&claims).map_err(Error::internal)?;
    let tag = hmac::sign(&key(app), &body);
    Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(body), URL_SAFE_NO_PAD.encode(tag)))
}

/// Takes a ticket, once.
pub(super) fn redeem(app: &App, ticket: &str) -> Result<Actor> {
    let refused = || Error::new(ErrorCode::SignInNeeded, "The ticket is not valid, spent or expired. Fetch a new one.");
    let (body, tag) = ticket.split_once('.').ok_or_else(refused)?;
    let (body, tag) = (URL_SAFE_NO_PAD.decode(body).ok(), URL_SAFE_NO_PAD.decode(tag).ok());
    let (Some(body), Some(tag)) = (body, tag) else { return Err(refused()) };
    hmac::verify(&key(app), &body, &tag).map_err(|_| refused())?;
    let claims: Claims = serde_json::from_slice(&body).map_err(|_| refused())?;
    let now = app.clock().now().timestamp();
    if claims.expires < now || !app.live().tickets.spend(claims.id, claims.expires, now) {
        return Err(refused());
    }
    Ok(Actor::user(claims.user, claims.device, claims.site_role))
}
