//! The calendar of a campaign: how minutes of story time read as dates, and when the present is.
//!
//! Story time is stored as minutes since the calendar's epoch, everywhere. A calendar only says how such a number reads:
//! changing it changes no number. A campaign that has set none has [`Calendar::default`], and no present.
//! Members read it; game masters change it, with the version they saw (0 before the first).

mod dto;
mod queries;
mod routes;
mod rules;
mod text;

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_access::Gm;
use skald_kernel::{CampaignId, Error, Event, Lane, Result};
use skald_platform::{App, Tx};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use dto::{Calendar, CalendarIn, CalendarOut, DateOut, DateQuery, Epoch, Era, Leap, Month};
pub use rules::{Date, FARTHEST};
pub use text::Style;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::find_calendar, routes::replace_calendar))
        .routes(routes!(routes::read_date))
}

/// The calendar of a campaign, with its present.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<CalendarOut> {
    let (definition, present, version) = queries::find(db, campaign).await?.unwrap_or_default();
    let present_text = present.map(|minute| definition.format(minute, Style::Time));
    Ok(CalendarOut { definition, present, present_text, version })
}

/// The present of the story, in minutes; none until a game master says when it is.
///
/// # Errors
/// When the database fails.
pub async fn present(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Option<i64>> {
    Ok(queries::find(db, campaign).await?.and_then(|(_, present, _)| present))
}

/// Sets the calendar and the present; `expected` is the version it was made from, 0 where none was set.
///
/// # Errors
/// `version_stale` with what is stored; invalid fields.
pub async fn replace(tx: &mut Tx, by: &Gm, expected: i64, input: CalendarIn) -> Result<CalendarOut> {
    let stored = find(tx.conn(), by.campaign).await?;
    if stored.version != expected {
        return Err(Error::stale(json!(stored)));
    }
    rules::check(&input)?;
    if !queries::write(tx.conn(), by.campaign, expected, &input, tx.now()).await? {
        return Err(Error::stale(json!(find(tx.conn(), by.campaign).await?)));
    }
    tx.event(Event { campaign: by.campaign, lane: Lane::Shared, kind: "calendar.updated", subject: by.campaign.0 });
    let what = json!({"name": input.definition.name, "present": input.present, "version": expected + 1});
    tx.audit(Some(by.campaign), "calendar.update", by.campaign.0, what);
    find(tx.conn(), by.campaign).await
}
