//! The SQL of plots beside their entities. Callers make sure that the viewer sees all.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Value, json};
use skald_kernel::{CampaignId, EntityId, EntryId, Error, Result, SessionId};

use super::{dto::PlotStatus, rules::Plot};
use crate::bind::{Binds, column};

/// A plot that somebody changed, with its version and when that was.
pub(super) struct Stored {
    pub plot: Plot,
    pub version: i64,
    pub touched_at: DateTime<Utc>,
}

fn list<T: serde::de::DeserializeOwned>(row: &QueryResult, name: &str) -> Result<Vec<T>> {
    serde_json::from_value(column::<Value>(row, name)?).map_err(Error::internal)
}

/// What is stored of the plots of a campaign that were ever changed.
pub(super) async fn stored(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[EntityId],
) -> Result<HashMap<EntityId, Stored>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let text = format!(
        "SELECT entity_id, status, progress, milestones, hooks, links, version, touched_at FROM plots \
         WHERE campaign_id = {} AND entity_id IN {}",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    let rows = binds.rows(db, text).await?;
    let read = |row: &QueryResult| {
        let plot = Plot {
            status: Some(PlotStatus::read(&column::<String>(row, "status")?)?),
            progress: column::<Option<i32>>(row, "progress")?.map(|progress| progress.clamp(0, 100) as u8),
            milestones: list(row, "milestones")?,
            hooks: list(row, "hooks")?,
            links: list(row, "links")?,
        };
        let stored = Stored { plot, version: column(row, "version")?, touched_at: column(row, "touched_at")? };
        Ok((EntityId(column(row, "entity_id")?), stored))
    };
    rows.iter().map(read).collect()
}

/// Whether the stored version was the expected one (0 for what was never changed); if not, nothing is changed.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    expected: i64,
    plot: &Plot,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        plot.status().as_str().into(),
        plot.progress.map(i32::from).into(),
        json!(plot.milestones).into(),
        json!(plot.hooks).into(),
        json!(plot.links).into(),
        (expected + 1).into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO plots (entity_id, campaign_id, status, progress, milestones, hooks, links, version, touched_at) \
         VALUES {row} ON CONFLICT (entity_id) DO UPDATE SET status = excluded.status, progress = excluded.progress, \
         milestones = excluded.milestones, hooks = excluded.hooks, links = excluded.links, \
         version = excluded.version, touched_at = excluded.touched_at WHERE plots.version = {}",
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Which plots of a campaign wait for which, as far as one of `ids` is among the two.
pub(super) async fn edges(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[EntityId],
) -> Result<Vec<(EntityId, EntityId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let ids = binds.ids(ids);
    let text = format!(
        "SELECT plot_id, needs_id FROM plot_dependencies WHERE campaign_id = {} AND (plot_id IN {ids} OR needs_id IN {ids}) \
         ORDER BY plot_id, needs_id",
        binds.add(campaign.0)
    );
    pairs(binds, db, text).await
}

/// What a plot waits for, and what that waits for, to the end.
pub(super) async fn edges_from(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
) -> Result<Vec<(EntityId, EntityId)>> {
    let mut binds = Binds::default();
    let campaign = binds.add(campaign.0);
    // UNION instead of UNION ALL takes every edge once.
    let text = format!(
        "WITH RECURSIVE reached(plot_id, needs_id) AS (\
         SELECT d.plot_id, d.needs_id FROM plot_dependencies d WHERE d.plot_id = {} AND d.campaign_id = {campaign} \
         UNION \
         SELECT d.plot_id, d.needs_id FROM plot_dependencies d JOIN reached ON d.plot_id = reached.needs_id \
         WHERE d.campaign_id = {campaign}) SELECT plot_id, needs_id FROM reached ORDER BY plot_id, needs_id",
        binds.add(id.0)
    );
    pairs(binds, db, text).await
}

async fn pairs(binds: Binds, db: &impl ConnectionTrait, text: String) -> Result<Vec<(EntityId, EntityId)>> {
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((EntityId(column(row, "plot_id")?), EntityId(column(row, "needs_id")?)))).collect()
}

pub(super) async fn add_need(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    needs: EntityId,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([id.0.into(), needs.0.into(), campaign.0.into()]);
    let text =
        format!("INSERT INTO plot_dependencies (plot_id, needs_id, campaign_id) VALUES {row} ON CONFLICT DO NOTHING");
    binds.run(db, text).await.map(drop)
}

/// Whether it waited for that.
pub(super) async fn remove_need(db: &impl ConnectionTrait, id: EntityId, needs: EntityId) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "DELETE FROM plot_dependencies WHERE plot_id = {} AND needs_id = {}",
        binds.add(id.0),
        binds.add(needs.0)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// When the sessions of a campaign began. Sessions are another crate's: this and [`has_entry`] read of them no more than
/// that they are there and when.
pub(super) async fn sessions_begun(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<DateTime<Utc>>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT started_at FROM sessions WHERE campaign_id = {} AND started_at IS NOT NULL",
        binds.add(campaign.0)
    );
    binds.rows(db, text).await?.iter().map(|row| column(row, "started_at")).collect()
}

/// Whether the campaign has the session, and the session the entry, as far as each is given.
pub(super) async fn has_entry(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    session: Option<SessionId>,
    entry: Option<EntryId>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let mut text = format!("SELECT s.id FROM sessions s WHERE s.campaign_id = {}", binds.add(campaign.0));
    if let Some(session) = session {
        text.push_str(&format!(" AND s.id = {}", binds.add(session.0)));
    }
    if let Some(entry) = entry {
        let entry = binds.add(entry.0);
        text.push_str(&format!(" AND EXISTS (SELECT 1 FROM entries e WHERE e.session_id = s.id AND e.id = {entry})"));
    }
    text.push_str(" LIMIT 1");
    Ok(!binds.rows(db, text).await?.is_empty())
}
