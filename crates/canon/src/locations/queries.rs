//! The SQL of the tree: up from a location, the children of one that goes away, the lock.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use skald_kernel::{CampaignId, EntityId, Result, Viewer};

use crate::{
    bind::{Binds, column},
    entities::{EntityName, Visibility},
    sight::Sight,
};

/// A tree deeper than this shows its nearest ancestors only.
const DEEPEST: i32 = 100;

pub(super) async fn ancestors(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<Vec<EntityName>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "WITH RECURSIVE up(id, name, parent_id, steps) AS (\
         SELECT e.id, e.name, e.parent_id, 0 FROM entities e WHERE e.id = {} AND {seen} \
         UNION ALL \
         SELECT e.id, e.name, e.parent_id, up.steps + 1 FROM entities e JOIN up ON e.id = up.parent_id \
         WHERE up.steps < {DEEPEST} AND {seen}) \
         SELECT id, name FROM up WHERE steps > 0 ORDER BY steps DESC",
        binds.add(id.0),
        seen = sight.entity("e"),
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok(EntityName { id: EntityId(column(row, "id")?), name: column(row, "name")? })).collect()
}

/// Whether going up from `from` passes `id`, or begins there.
pub(super) async fn lies_in(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    from: EntityId,
    id: EntityId,
) -> Result<bool> {
    let mut binds = Binds::default();
    let campaign = binds.add(campaign.0);
    // UNION instead of UNION ALL ends also in a circle.
    let text = format!(
        "WITH RECURSIVE up(id, parent_id) AS (\
         SELECT e.id, e.parent_id FROM entities e WHERE e.id = {} AND e.campaign_id = {campaign} \
         UNION \
         SELECT e.id, e.parent_id FROM entities e JOIN up ON e.id = up.parent_id WHERE e.campaign_id = {campaign}) \
         SELECT id FROM up WHERE id = {}",
        binds.add(from.0),
        binds.add(id.0),
    );
    Ok(!binds.rows(db, text).await?.is_empty())
}

/// Gives the children of a location another parent, and says which they are and who sees them.
pub(super) async fn adopt(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    from: EntityId,
    to: Option<EntityId>,
    now: DateTime<Utc>,
) -> Result<Vec<(EntityId, Visibility)>> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE entities SET parent_id = {}, version = version + 1, updated_at = {} \
         WHERE campaign_id = {} AND parent_id = {} AND deleted_at IS NULL RETURNING id, visibility",
        binds.add(to.map(|id| id.0)),
        binds.add(now),
        binds.add(campaign.0),
        binds.add(from.0),
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| Ok((EntityId(column(row, "id")?), Visibility::read(&column::<String>(row, "visibility")?)?)))
        .collect()
}

/// Makes changes of one campaign's tree wait for each other: two moves at once could close a circle that neither sees.
/// SQLite has one writer anyway.
pub(super) async fn lock(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        let mut binds = Binds::default();
        let text = format!("SELECT id FROM campaigns WHERE id = {} FOR NO KEY UPDATE", binds.add(campaign.0));
        binds.rows(db, text).await?;
    }
    Ok(())
}
