//! One's own account.

use serde_json::json;
use skald_kernel::{Error, Event, Result, error::Fields};
use skald_platform::App;

use super::{
    dto::{UserOut, UserPatch},
    queries,
    rules::{check_display_name, check_email},
};
use crate::{User, campaigns::members};

/// The account of who asks.
pub(super) async fn find(app: &App, by: &User) -> Result<UserOut> {
    queries::user(app.db().read(), by.id).await?.ok_or_else(Error::not_found)
}

/// Changes name or address; campaigns hear of a new name.
pub(super) async fn update(app: &App, by: &User, patch: UserPatch) -> Result<UserOut> {
    let mut fields = Fields::default();
    match &patch.display_name {
        Some(Some(name)) => check_display_name(&mut fields, name.trim()),
        Some(None) => {
            fields.add("display_name", "empty", "Others need a name to call you by.");
        }
        None => {}
    }
    if let Some(Some(email)) = &patch.email {
        check_email(&mut fields, email.trim());
    }
    fields.check()?;
    let mut tx = app.tx(&by.actor).await?;
    let before = queries::user(tx.conn(), by.id).await?.ok_or_else(Error::not_found)?;
    let name = patch.display_name.flatten().map_or(before.display_name.clone(), |name| name.trim().to_owned());
    let email = patch.email.map_or(before.email.clone(), |email| email.map(|email| email.trim().to_owned()));
    let renamed = name != before.display_name;
    let changed = json!({ "display_name": renamed, "email": email != before.email });
    queries::update_user(&tx, by.id, &name, email.as_deref()).await?;
    if renamed {
        for campaign in members::campaigns_of(tx.conn(), by.id).await? {
            tx.event(Event::shared(campaign, "member.updated", by.id));
        }
    }
    tx.audit(None, "user.update", by.id.0, json!({ "changed": changed }));
    tx.commit().await?;
    Ok(UserOut { display_name: name, email, ..before })
}
