//! Devices: see where one is signed in, and end it there.

use serde_json::json;
use skald_kernel::{DeviceId, Error, ErrorCode, Result};
use skald_platform::{Actor, App, live::Revoked};

use super::{DeviceOut, queries};
use crate::User;

/// The devices that are signed in, the last used one first.
pub(super) async fn list(app: &App, by: &User) -> Result<Vec<DeviceOut>> {
    queries::devices(app, by.id, by.actor.device).await
}

/// Ends one device of the user: its refresh tokens are void and its sockets close.
pub(super) async fn revoke(app: &App, by: &User, device: DeviceId) -> Result<()> {
    let mut tx = app.tx(&by.actor).await?;
    if !queries::revoke_device(&tx, by.id, device).await? {
        return Err(Error::not_found());
    }
    tx.revoke(Revoked::Device(device));
    tx.audit(None, "device.revoke", device.0, json!({}));
    tx.commit().await
}

/// Ends all devices of the user but the one that asks.
pub(super) async fn revoke_others(app: &App, by: &User) -> Result<()> {
    let mut tx = app.tx(&by.actor).await?;
    for device in queries::revoke_other_devices(&tx, by.id, by.actor.device).await? {
        tx.revoke(Revoked::Device(device));
        tx.audit(None, "device.revoke", device.0, json!({}));
    }
    tx.commit().await
}

/// Ends the device that asks; one that has ended already is as good.
pub(super) async fn logout(app: &App, by: &User) -> Result<()> {
    let Some(device) = by.actor.device else { return Ok(()) };
    match revoke(app, by, device).await {
        Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
        done => done,
    }
}

/// Refuses an access token that outlived its device: for what lasts longer than the token, such as a socket.
pub(crate) async fn must_be_signed_in(app: &App, actor: &Actor) -> Result<()> {
    let Some(device) = actor.device else { return Ok(()) };
    if queries::is_signed_in(app.db().read(), device).await? {
        return Ok(());
    }
    Err(Error::new(ErrorCode::SessionRevoked, "This device was signed out. Sign in again."))
}
