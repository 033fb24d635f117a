//! The SQL of the systems that campaigns wrote themselves.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Map, Value, json};
use skald_kernel::{CampaignId, Error, Result};
use uuid::Uuid;

use super::dto::{SystemIn, SystemOut};
use crate::bind::{Binds, column};

/// The systems of a campaign by key; only the one with `key`, when given.
pub(super) async fn own(db: &impl ConnectionTrait, campaign: CampaignId, key: Option<&str>) -> Result<Vec<SystemOut>> {
    let mut binds = Binds::default();
    let mut text = format!(
        "SELECT key, name, schema, ui, version FROM rule_systems WHERE campaign_id = {}",
        binds.add(campaign.0)
    );
    if let Some(key) = key {
        text.push_str(&format!(" AND key = {}", binds.add(key)));
    }
    text.push_str(" ORDER BY key");
    binds.rows(db, text).await?.iter().map(system).collect()
}

fn system(row: &QueryResult) -> Result<SystemOut> {
    Ok(SystemOut {
        key: column(row, "key")?,
        name: column(row, "name")?,
        schema: serde_json::from_value::<Map<String, Value>>(column(row, "schema")?).map_err(Error::internal)?,
        ui: serde_json::from_value(column(row, "ui")?).map_err(Error::internal)?,
        shipped: false,
        chosen: false,
        version: column(row, "version")?,
    })
}

/// Whether there was none by that key.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: Uuid,
    system: &SystemIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.into(),
        campaign.0.into(),
        system.key.clone().into(),
        system.name.trim().into(),
        Value::Object(system.schema.clone()).into(),
        json!(system.ui).into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO rule_systems (id, campaign_id, key, name, schema, ui, version, created_at, updated_at) VALUES {row} \
         ON CONFLICT (campaign_id, key) DO NOTHING"
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    expected: i64,
    system: &SystemIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE rule_systems SET name = {}, schema = {}, ui = {}, updated_at = {}, version = version + 1 \
         WHERE campaign_id = {} AND key = {} AND version = {}",
        binds.add(system.name.trim()),
        binds.add(Value::Object(system.schema.clone())),
        binds.add(json!(system.ui)),
        binds.add(now),
        binds.add(campaign.0),
        binds.add(system.key.clone()),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(db: &impl ConnectionTrait, campaign: CampaignId, key: &str, expected: i64) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "DELETE FROM rule_systems WHERE campaign_id = {} AND key = {} AND version = {}",
        binds.add(campaign.0),
        binds.add(key),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}
