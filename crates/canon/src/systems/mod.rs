//! Rule systems: what the sheet of a character (`fields.sheet`) looks like in a campaign.
//!
//! A system is a JSON Schema with hints for a form. Two come with Skald, a campaign may add its own and follows one or none.
//! A change of a sheet may not bring in new problems; what was wrong before stays stored and is reported, so that choosing
//! or changing a system never loses a sheet, and fields that a system does not know are kept.

mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use skald_access::{Gm, campaigns};
use skald_kernel::{
    CampaignId, Error, Event, Result,
    error::{ErrorCode, FieldError},
};
use skald_platform::{App, Tx};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use dto::{SystemChoice, SystemGroup, SystemIn, SystemOut, SystemUi};

use crate::entities::{EntityIn, EntityKind};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_systems, routes::create_system))
        .routes(routes!(routes::get_system, routes::replace_system, routes::delete_system))
        .routes(routes!(routes::choose_system))
}

/// The systems a campaign may follow: those that come with Skald, then its own by key.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<SystemOut>> {
    let chosen = campaigns::rule_system(db, campaign).await?;
    let mut systems = rules::shipped()?;
    systems.extend(queries::own(db, campaign, None).await?);
    for system in &mut systems {
        system.chosen = chosen.as_deref() == Some(&system.key);
    }
    Ok(systems)
}

/// One system.
///
/// # Errors
/// Not found.
pub async fn find(db: &impl ConnectionTrait, campaign: CampaignId, key: &str) -> Result<SystemOut> {
    if key.contains('\0') {
        return Err(Error::not_found());
    }
    let shipped = rules::shipped()?.into_iter().find(|system| system.key == key);
    let mut system = match shipped {
        Some(system) => system,
        None => queries::own(db, campaign, Some(key)).await?.pop().ok_or_else(Error::not_found)?,
    };
    system.chosen = campaigns::rule_system(db, campaign).await?.as_deref() == Some(&system.key);
    Ok(system)
}

/// The system a campaign follows.
///
/// # Errors
/// When the database fails.
pub async fn chosen(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<SystemOut>> {
    let Some(key) = campaigns::rule_system(db, campaign).await? else { return Ok(None) };
    match find(db, campaign, &key).await {
        Ok(system) => Ok(Some(system)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What of a sheet does not follow a system; nothing where there is no sheet.
///
/// # Errors
/// Internal, for a stored schema that cannot be followed.
pub fn problems(system: &SystemOut, sheet: Option<&Value>) -> Result<Vec<FieldError>> {
    sheet.map_or(Ok(Vec::new()), |sheet| rules::problems(&system.schema, sheet))
}

/// Refuses a sheet that is wrong where it was not wrong before.
pub(crate) async fn check(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    after: &EntityIn,
    before: Option<&EntityIn>,
) -> Result<()> {
    let (sheet, old) = (after.fields.get("sheet"), before.and_then(|before| before.fields.get("sheet")));
    if after.kind != EntityKind::Character || sheet.is_none() || sheet == old {
        return Ok(());
    }
    let Some(system) = chosen(db, campaign).await? else { return Ok(()) };
    let known = problems(&system, old)?;
    let mut wrong = problems(&system, sheet)?;
    wrong.retain(|problem| !known.iter().any(|old| old.field == problem.field && old.code == problem.code));
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Adds a system to a campaign.
///
/// # Errors
/// Invalid fields; a key that is taken.
pub async fn create(tx: &mut Tx, by: &Gm, input: SystemIn) -> Result<SystemOut> {
    rules::check(&input)?;
    let taken = || Error::field("key", "taken", "There is a rule system by that key.");
    if rules::shipped()?.iter().any(|system| system.key == input.key) {
        return Err(taken());
    }
    if queries::own(tx.conn(), by.campaign, None).await?.len() >= rules::SYSTEMS {
        return Err(Error::field("key", "too_many", format!("A campaign has at most {} of its own.", rules::SYSTEMS)));
    }
    let id: skald_kernel::EntityId = tx.ids().next();
    if !queries::insert(tx.conn(), by.campaign, id.0, &input, tx.now()).await? {
        return Err(taken());
    }
    note(tx, by, "system.create", id.0, &input.key);
    find(tx.conn(), by.campaign, &input.key).await
}

/// Puts another system in the place of a campaign's own. Sheets that do not fit any more stay as they are.
///
/// # Errors
/// Not found; conflict, for what comes with Skald; `version_stale`; invalid fields.
pub async fn replace(tx: &mut Tx, by: &Gm, key: &str, expected: i64, input: SystemIn) -> Result<SystemOut> {
    expect(tx, by, key, expected).await?;
    if input.key != key {
        return Err(Error::field("key", "fixed", "The key of a rule system never changes."));
    }
    rules::check(&input)?;
    if !queries::update(tx.conn(), by.campaign, expected, &input, tx.now()).await? {
        return Err(Error::stale(json!(find(tx.conn(), by.campaign, key).await?)));
    }
    note(tx, by, "system.update", by.campaign.0, key);
    find(tx.conn(), by.campaign, key).await
}

/// Deletes a campaign's own system. If the campaign followed it, it follows none afterwards.
///
/// # Errors
/// Not found; conflict, for what comes with Skald; `version_stale`.
pub async fn delete(tx: &mut Tx, by: &Gm, key: &str, expected: i64) -> Result<()> {
    let stored = expect(tx, by, key, expected).await?;
    if !queries::delete(tx.conn(), by.campaign, key, expected).await? {
        return Err(Error::stale(json!(find(tx.conn(), by.campaign, key).await?)));
    }
    if stored.chosen {
        campaigns::set_rule_system(tx, by, None).await?;
    }
    note(tx, by, "system.delete", by.campaign.0, key);
    Ok(())
}

/// Makes a campaign follow a system, or none. No sheet is changed.
///
/// # Errors
/// A key that the campaign does not have.
pub async fn choose(tx: &mut Tx, by: &Gm, key: Option<&str>) -> Result<()> {
    if let Some(key) = key {
        find(tx.conn(), by.campaign, key).await.map_err(|error| match error.code() {
            ErrorCode::NotFound => Error::field("key", "unknown", "There is no such rule system in this campaign."),
            _ => error,
        })?;
    }
    campaigns::set_rule_system(tx, by, key).await
}

async fn expect(tx: &Tx, by: &Gm, key: &str, expected: i64) -> Result<SystemOut> {
    let stored = find(tx.conn(), by.campaign, key).await?;
    if stored.shipped {
        return Err(Error::new(ErrorCode::Conflict, "It comes with Skald and stays as it is. Make your own from it."));
    }
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

fn note(tx: &mut Tx, by: &Gm, what: &'static str, subject: Uuid, key: &str) {
    tx.event(Event::shared(by.campaign, "campaign.updated", by.campaign));
    tx.audit(Some(by.campaign), what, subject, json!({ "key": key }));
}
