//! Sign-in with name and password.

use sha2::{Digest, Sha256};
use skald_kernel::{Error, ErrorCode, Result};
use skald_platform::App;

use super::{
    dto::LoginIn,
    passwords, queries,
    rules::username_key,
    session::{self, SignedIn},
};
use crate::{Guard, visitor::Visitor};

/// Signs somebody in on a new device.
///
/// # Errors
/// `wrong_credentials`, the same for an unknown name; `rate_limited` after too many attempts.
pub(super) async fn login(app: &App, visitor: &Visitor, input: LoginIn) -> Result<SignedIn> {
    let guard = app.part::<Guard>();
    let now = app.clock().now();
    guard.logins.take(&visitor.key(), now)?;
    let key = username_key(&input.username);
    let account = queries::credentials(app.db().read(), &key, visitor.ip).await?;
    let counted =
        (Sha256::digest(key.as_bytes()).to_vec(), account.as_ref().is_some_and(|account| account.known_address));
    guard.accounts.take(counted.clone(), now)?;
    let (user, hash) = account.map(|account| (account.user, account.password_hash)).unzip();
    let right = passwords::matches(app, &input.password, hash).await?;
    let Some(user) = user.filter(|_| right) else {
        tracing::info!(ip = %visitor.ip, "a sign-in failed");
        return Err(Error::new(ErrorCode::WrongCredentials, "Check the name and the password, and try again."));
    };
    guard.accounts.succeeded(&counted);
    let (actor, device) = session::newcomer(app, user);
    let mut tx = app.tx(&actor).await?;
    let signed_in = session::open(&mut tx, user, device, visitor).await?;
    tx.commit().await?;
    Ok(signed_in)
}
