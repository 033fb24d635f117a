//! The SQL of the tree: up from a location, the children of one that goes away, paths, the lock.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use skald_kernel::{CampaignId, EntityId, Error, Result, Viewer};

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

/// Letters of one step of a path: an id without its hyphens.
const STEP: usize = 32;
/// A path of more steps does not fit into an index of PostgreSQL.
const STEPS: usize = 64;

fn step(id: EntityId) -> String {
    id.0.simple().to_string()
}

/// The first text after all that begin with `path`: `g` follows the last hexadecimal digit.
fn end_of(path: &str) -> String {
    format!("{path}g")
}

async fn path(db: &impl ConnectionTrait, campaign: CampaignId, id: EntityId) -> Result<Option<String>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT path FROM location_paths WHERE entity_id = {} AND campaign_id = {}",
        binds.add(id.0),
        binds.add(campaign.0)
    );
    binds.rows(db, text).await?.first().map(|row| column(row, "path")).transpose()
}

/// Writes where a location lies now: its own path, and the paths of all that lie in it.
pub(super) async fn settle(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    parent: Option<EntityId>,
) -> Result<()> {
    let mut above = String::new();
    if let Some(parent) = parent {
        above = path(db, campaign, parent).await?.ok_or_else(|| Error::internal("a parent without a path"))?;
    }
    let Some(old) = path(db, campaign, id).await? else {
        fits(&above, STEP)?;
        let mut binds = Binds::default();
        let row = binds.row([id.0.into(), campaign.0.into(), format!("{above}{}", step(id)).into()]);
        let text = format!("INSERT INTO location_paths (entity_id, campaign_id, path) VALUES {row}");
        return binds.run(db, text).await.map(drop);
    };
    let mut binds = Binds::default();
    let text = format!(
        "SELECT MAX(LENGTH(path)) AS longest FROM location_paths WHERE campaign_id = {} AND path >= {} AND path < {}",
        binds.add(campaign.0),
        binds.add(old.clone()),
        binds.add(end_of(&old)),
    );
    let rows = binds.rows(db, text).await?;
    let longest = rows.first().map(|row| longest(db, row)).transpose()?.unwrap_or_default();
    fits(&above, (longest + STEP).saturating_sub(old.len()))?;
    rewrite(db, campaign, &old, &above, old.len() - STEP).await
}

/// LENGTH is an integer of 32 bits on PostgreSQL, of 64 on SQLite.
fn longest(db: &impl ConnectionTrait, row: &sea_orm::QueryResult) -> Result<usize> {
    let length = match db.get_database_backend() {
        DbBackend::Postgres => i64::from(column::<Option<i32>>(row, "longest")?.unwrap_or_default()),
        _ => column::<Option<i64>>(row, "longest")?.unwrap_or_default(),
    };
    Ok(usize::try_from(length).unwrap_or_default())
}

fn fits(above: &str, below: usize) -> Result<()> {
    if above.len() + below <= STEPS * STEP {
        return Ok(());
    }
    Err(Error::field("parent_id", "too_deep", format!("At most {STEPS} locations lie inside one another.")))
}

/// Puts `above` in the place of the first `cut` letters of every path that begins with `old`.
async fn rewrite(db: &impl ConnectionTrait, campaign: CampaignId, old: &str, above: &str, cut: usize) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE location_paths SET path = {} || substr(path, {}) WHERE campaign_id = {} AND path >= {} AND path < {}",
        binds.add(above),
        binds.add(i32::try_from(cut + 1).unwrap_or(i32::MAX)),
        binds.add(campaign.0),
        binds.add(old),
        binds.add(end_of(old)),
    );
    binds.run(db, text).await.map(drop)
}

/// Takes a location out of the paths: what lies in it lies in what it lay in.
pub(super) async fn lift(db: &impl ConnectionTrait, campaign: CampaignId, id: EntityId) -> Result<()> {
    let Some(old) = path(db, campaign, id).await? else { return Ok(()) };
    let mut binds = Binds::default();
    let text = format!("DELETE FROM location_paths WHERE entity_id = {}", binds.add(id.0));
    binds.run(db, text).await?;
    let above = old.get(..old.len() - STEP).unwrap_or_default();
    rewrite(db, campaign, &old, above, old.len()).await
}

/// Makes all paths of a campaign again from the parents. Answers whether every location got one: not those in a circle, or
/// too deep.
pub(super) async fn rebuild(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<bool> {
    let step = match db.get_database_backend() {
        DbBackend::Postgres => "replace(e.id::text, '-', '')",
        _ => "lower(hex(e.id))",
    };
    let mut binds = Binds::default();
    let of = binds.add(campaign.0);
    binds.run(db, format!("DELETE FROM location_paths WHERE campaign_id = {of}")).await?;
    let mut binds = Binds::default();
    let of = binds.add(campaign.0);
    let text = format!(
        "INSERT INTO location_paths (entity_id, campaign_id, path) \
         WITH RECURSIVE tree(id, path) AS (\
         SELECT e.id, {step} FROM entities e \
         WHERE e.campaign_id = {of} AND e.kind = 'location' AND e.deleted_at IS NULL AND e.parent_id IS NULL \
         UNION ALL \
         SELECT e.id, tree.path || {step} FROM entities e JOIN tree ON e.parent_id = tree.id \
         WHERE e.campaign_id = {of} AND e.kind = 'location' AND e.deleted_at IS NULL AND LENGTH(tree.path) < {}) \
         SELECT id, {of}, path FROM tree",
        STEPS * STEP
    );
    binds.run(db, text).await?;
    let mut binds = Binds::default();
    let text = format!(
        "SELECT e.id FROM entities e LEFT JOIN location_paths p ON p.entity_id = e.id \
         WHERE e.campaign_id = {} AND e.kind = 'location' AND e.deleted_at IS NULL AND p.entity_id IS NULL LIMIT 1",
        binds.add(campaign.0)
    );
    Ok(binds.rows(db, text).await?.is_empty())
}
