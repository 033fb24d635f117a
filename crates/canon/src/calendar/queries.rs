//! The SQL of calendars: one row per campaign that has set one.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_kernel::{CampaignId, Error, Result};

use super::{
    dto::{Calendar, CalendarIn},
    rules,
};
use crate::bind::{Binds, column};

/// The calendar, the present and the version.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Option<(Calendar, Option<i64>, i64)>> {
    let mut binds = Binds::default();
    let text =
        format!("SELECT definition, present, version FROM calendars WHERE campaign_id = {}", binds.add(campaign.0));
    let rows = binds.rows(db, text).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let definition = serde_json::from_value(column(row, "definition")?).map_err(Error::internal)?;
    let stored = CalendarIn { definition, present: column(row, "present")? };
    // What came in with an archive was not checked: dates must be countable whatever stands there.
    let sound = rules::check(&stored).is_ok();
    let CalendarIn { definition, present } = stored;
    let version = column(row, "version")?;
    Ok(Some(if sound { (definition, present, version) } else { (Calendar::default(), None, version) }))
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    expected: i64,
    input: &CalendarIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let row = binds.row([
        campaign.0.into(),
        json!(input.definition).into(),
        input.present.into(),
        (expected + 1).into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO calendars (campaign_id, definition, present, version, updated_at) VALUES {row} \
         ON CONFLICT (campaign_id) DO UPDATE SET definition = excluded.definition, present = excluded.present, \
         version = excluded.version, updated_at = excluded.updated_at WHERE calendars.version = {}",
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}
