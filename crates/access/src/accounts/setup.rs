//! Set-up: the first visitor makes the admin with a one-time code that the console shows.
//!
//! A code is made at each start as long as there is no admin; only a keyed hash of it is stored. It is spent in the same
//! transaction that makes the admin, so of two who set up at once one is told that it is done.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use skald_kernel::{Error, ErrorCode, Result, SiteRole, UserId};
use skald_platform::{Actor, App, Tx};

use super::{
    dto::SetupIn,
    passwords, queries,
    register::{self, Account},
    rules::{setup_code, typed_code},
    session::{self, SignedIn},
};
use crate::{Guard, campaigns::members, visitor::Visitor};

/// A fresh set-up code to show on the console, while there is no admin. Any code shown before is void.
///
/// # Errors
/// When the database fails.
pub async fn code(app: &App) -> Result<Option<String>> {
    let mut tx = app.tx(&Actor::engine("setup")).await?;
    if queries::has_admin(tx.conn()).await? {
        return Ok(None);
    }
    let mut random = [0; 8];
    app.seeds().fill(&mut random);
    let code = setup_code(random);
    queries::set_setup_code(tx.conn(), &hash(app, &code)).await?;
    tx.audit(None, "setup.code", None, serde_json::json!({}));
    tx.commit().await?;
    Ok(Some(code))
}

/// Whether there is no admin yet.
pub(super) async fn needed(conn: &impl ConnectionTrait) -> Result<bool> {
    Ok(!queries::has_admin(conn).await?)
}

/// Makes the admin.
pub(super) async fn set_up(app: &App, visitor: &Visitor, input: SetupIn) -> Result<SignedIn> {
    if !needed(app.db().read()).await? {
        return Err(done());
    }
    let account = Account::new(&input.username, &input.display_name, input.email.as_deref(), &input.password)?;
    let guard = app.part::<Guard>();
    guard.codes.take(&visitor.key(), app.clock().now())?;
    let given = hash(app, &input.code);
    let stored = queries::setup_code(app.db().read()).await?.unwrap_or_default();
    if verify_slices_are_equal(given.as_bytes(), stored.as_bytes()).is_err() {
        return Err(Error::new(
            ErrorCode::WrongSetupCode,
            "This is not the code of the latest start. Copy the one the console shows.",
        ));
    }
    guard.codes.give_back(&visitor.key());
    let hash_of_password = passwords::hash(app, &input.password).await?;
    let (actor, device) = session::newcomer(app, app.ids().next());
    let user = actor.user.ok_or_else(|| Error::internal("a newcomer without an id"))?;
    let mut tx = app.tx(&actor).await?;
    // Whoever deletes the code first has won; the other waits here and finds it gone.
    if !queries::spend_setup_code(tx.conn(), &given).await? {
        return Err(done());
    }
    register::insert(&mut tx, user, &account, &hash_of_password, SiteRole::Admin).await?;
    become_admin(&mut tx, user).await?;
    let signed_in = session::open(&mut tx, user, device, visitor).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// What the first admin gets besides the account: the campaigns that have no GM, such as the demo. Ends the set-up.
pub(super) async fn become_admin(tx: &mut Tx, user: UserId) -> Result<()> {
    queries::drop_setup_code(tx.conn()).await?;
    members::adopt_orphans(tx, user).await
}

fn done() -> Error {
    Error::new(ErrorCode::SetupDone, "Skald is set up already. Sign in instead.")
}

fn hash(app: &App, code: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(app.secrets().derive("setup-code"));
    hasher.update(typed_code(code).as_bytes());
    hex::encode(hasher.finalize())
}
