//! The verbs of campaigns.

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_kernel::{CampaignId, Error, Event, Result, Role, UserId};
use skald_platform::{Tx, http::IfMatch, live::Revoked};

use super::{
    dto::{CampaignIn, CampaignOut, CampaignPatch},
    members, queries, rules,
};
use crate::Gm;

/// Makes a campaign. Its maker runs it; one made at start-up, as the demo, has no GM until set-up makes the admin its GM.
///
/// # Errors
/// Fields that are not valid.
pub async fn create(tx: &mut Tx, gm: Option<UserId>, input: &CampaignIn) -> Result<CampaignId> {
    rules::check(Some(&input.name), Some(&input.description))?;
    let id = tx.ids().next();
    queries::insert(tx, id, input.name.trim(), &input.description).await?;
    tx.audit(Some(id), "campaign.create", id.0, json!({ "name": input.name.trim() }));
    tx.event(Event::shared(id, "campaign.created", id));
    if let Some(gm) = gm {
        members::enroll(tx, id, gm, Role::Gm).await?;
    }
    Ok(id)
}

/// Makes a user the game master of a campaign that came in from elsewhere.
///
/// # Errors
/// When the database fails.
pub async fn take_over(tx: &mut Tx, campaign: CampaignId, gm: UserId) -> Result<()> {
    tx.event(Event::shared(campaign, "campaign.created", campaign));
    members::enroll(tx, campaign, gm, Role::Gm).await
}

/// Whether there is a campaign at all.
///
/// # Errors
/// When the database fails.
pub async fn any(conn: &impl ConnectionTrait) -> Result<bool> {
    queries::any(conn).await
}

/// The name of a campaign.
///
/// # Errors
/// Not found.
pub async fn name(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<String> {
    queries::name(conn, campaign).await?.ok_or_else(Error::not_found)
}

/// The words a new game in the campaign begins with, if somebody wrote them.
///
/// # Errors
/// Not found.
pub async fn opening(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<String>> {
    let settings = queries::settings(conn, campaign).await?.ok_or_else(Error::not_found)?;
    Ok(settings["opening"].as_str().map(str::to_owned))
}

/// Writes the words a new game in the campaign begins with.
///
/// # Errors
/// Not found; fields that are not valid.
pub async fn set_opening(tx: &mut Tx, by: &Gm, text: &str) -> Result<()> {
    rules::check_opening(text)?;
    let mut settings = queries::settings(tx.conn(), by.campaign).await?.ok_or_else(Error::not_found)?;
    settings["opening"] = json!(text.trim());
    queries::set_settings(tx, by.campaign, settings).await?;
    tx.audit(Some(by.campaign), "campaign.update", by.campaign.0, json!({ "opening": true }));
    tx.event(Event::shared(by.campaign, "campaign.updated", by.campaign));
    Ok(())
}

/// The key of the rule system that the sheets of the campaign follow, if one was chosen.
///
/// # Errors
/// Not found.
pub async fn rule_system(conn: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<String>> {
    let settings = queries::settings(conn, campaign).await?.ok_or_else(Error::not_found)?;
    Ok(settings["rule_system"].as_str().map(str::to_owned))
}

/// Chooses a rule system, or none. The caller has made sure that the campaign has one by that key.
///
/// # Errors
/// Not found.
pub async fn set_rule_system(tx: &mut Tx, by: &Gm, key: Option<&str>) -> Result<()> {
    let mut settings = queries::settings(tx.conn(), by.campaign).await?.ok_or_else(Error::not_found)?;
    settings["rule_system"] = json!(key);
    queries::set_settings(tx, by.campaign, settings).await?;
    tx.audit(Some(by.campaign), "campaign.update", by.campaign.0, json!({ "rule_system": key }));
    tx.event(Event::shared(by.campaign, "campaign.updated", by.campaign));
    Ok(())
}

/// Changes name or description.
pub(super) async fn update(tx: &mut Tx, by: &Gm, seen: IfMatch, patch: CampaignPatch) -> Result<CampaignOut> {
    let name = match patch.name {
        Some(None) => return Err(Error::field("name", "empty", "A campaign needs a name.")),
        Some(Some(name)) => Some(name.trim().to_owned()),
        None => None,
    };
    let description = patch.description.map(Option::unwrap_or_default);
    rules::check(name.as_deref(), description.as_deref())?;
    let before = find(tx, by).await?;
    seen.check(before.version, || json!(before))?;
    let (name, description) = (name.unwrap_or(before.name), description.unwrap_or(before.description));
    if !queries::update(tx, by.campaign, seen.0, &name, &description).await? {
        return Err(stale(tx, by).await);
    }
    tx.audit(Some(by.campaign), "campaign.update", by.campaign.0, json!({ "name": name, "version": seen.0 + 1 }));
    tx.event(Event::shared(by.campaign, "campaign.updated", by.campaign));
    find(tx, by).await
}

/// Deletes a campaign: it is kept, and nobody sees it any more.
pub(super) async fn delete(tx: &mut Tx, by: &Gm, seen: IfMatch) -> Result<()> {
    let before = find(tx, by).await?;
    seen.check(before.version, || json!(before))?;
    if !queries::delete(tx, by.campaign, seen.0).await? {
        return Err(stale(tx, by).await);
    }
    for member in members::users(tx.conn(), by.campaign).await? {
        tx.revoke(Revoked::Member(by.campaign, member));
    }
    tx.audit(Some(by.campaign), "campaign.delete", by.campaign.0, json!({ "name": before.name }));
    tx.event(Event::shared(by.campaign, "campaign.deleted", by.campaign));
    Ok(())
}

async fn find(tx: &Tx, by: &Gm) -> Result<CampaignOut> {
    queries::find(tx.conn(), by.campaign, by.user).await?.ok_or_else(Error::not_found)
}

/// Somebody was faster between our look and our write.
async fn stale(tx: &Tx, by: &Gm) -> Error {
    match find(tx, by).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}
