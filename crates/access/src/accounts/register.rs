//! New accounts: by invitation, openly where the configuration says so, or by the command line.

use serde_json::json;
use skald_kernel::{Error, ErrorCode, Result, SiteRole, UserId};
use skald_platform::{Actor, App, Tx};

use super::{
    dto::RegisterIn,
    passwords, queries,
    rules::{NewAccount, username_key},
    session::{self, SignedIn},
    setup,
};
use crate::{Guard, campaigns::invitations, visitor::Visitor};

/// A checked account, ready to be stored.
pub(super) struct Account {
    pub(super) username: String,
    pub(super) username_key: String,
    pub(super) display_name: String,
    pub(super) email: Option<String>,
}

impl Account {
    /// Checks name, password and the rest, and says everything that is wrong.
    pub(super) fn new(username: &str, display_name: &str, email: Option<&str>, password: &str) -> Result<Self> {
        let (display_name, email) = (display_name.trim(), email.map(str::trim));
        NewAccount { username, display_name, email, password }.check()?;
        Ok(Self {
            username: username.to_owned(),
            username_key: username_key(username),
            display_name: display_name.to_owned(),
            email: email.map(str::to_owned),
        })
    }
}

/// Registers a visitor and signs them in; with an invitation they join its campaign in the same change.
pub(super) async fn register(app: &App, visitor: &Visitor, input: RegisterIn) -> Result<SignedIn> {
    let guard = app.part::<Guard>();
    match &input.invitation {
        Some(code) => {
            invitations::preview(app, visitor, code).await?;
        }
        None if app.config().open_registration => guard.registrations.take(&visitor.key(), app.clock().now())?,
        None => {
            return Err(Error::new(
                ErrorCode::RegistrationClosed,
                "Ask a game master for an invitation link; accounts are made with one.",
            ));
        }
    }
    let account = Account::new(&input.username, &input.display_name, input.email.as_deref(), &input.password)?;
    let hash = passwords::hash(app, &input.password).await?;
    let (actor, device) = session::newcomer(app, app.ids().next());
    let user = actor.user.ok_or_else(|| Error::internal("a newcomer without an id"))?;
    let mut tx = app.tx(&actor).await?;
    insert(&mut tx, user, &account, &hash, SiteRole::User).await?;
    if let Some(code) = &input.invitation {
        invitations::join(&mut tx, user, code).await?;
    }
    let signed_in = session::open(&mut tx, user, device, visitor).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Makes an account for the command line. An admin made this way ends the set-up.
///
/// # Errors
/// Fields that are not valid, or `name_taken`.
pub async fn create_user(
    app: &App,
    username: &str,
    display_name: &str,
    password: &str,
    site_role: SiteRole,
) -> Result<UserId> {
    let account = Account::new(username, display_name, None, password)?;
    let hash = passwords::hash(app, password).await?;
    let mut tx = app.tx(&Actor::engine("command line")).await?;
    let user = tx.ids().next();
    insert(&mut tx, user, &account, &hash, site_role).await?;
    if site_role == SiteRole::Admin {
        setup::become_admin(&mut tx, user).await?;
    }
    tx.commit().await?;
    Ok(user)
}

pub(super) async fn insert(tx: &mut Tx, user: UserId, account: &Account, hash: &str, role: SiteRole) -> Result<()> {
    queries::insert_user(tx, user, account, hash, role).await?;
    tx.audit(None, "user.create", user.0, json!({ "username": account.username, "site_role": role }));
    Ok(())
}
