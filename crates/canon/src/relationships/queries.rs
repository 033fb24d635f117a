//! The SQL of relationships. Reads go through [`Sight`].

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, EntityId, RelationshipId, Result, Viewer};

use super::dto::{Openness, RelationshipIn, RelationshipOut};
use crate::{
    bind::{Binds, column},
    sight::Sight,
};

/// `symmetric` is a word of PostgreSQL's own, so it is quoted.
const COLUMNS: &str = "r.id, r.from_id, a.name AS from_name, r.to_id, b.name AS to_name, r.kind, r.strength, r.\"symmetric\", \
                       r.visibility, r.note, r.version";

pub(super) async fn find(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: RelationshipId,
) -> Result<Option<RelationshipOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {COLUMNS} {} AND r.id = {}", sight.relationships(), binds.add(id.0));
    binds.rows(db, text).await?.first().map(relationship).transpose()
}

pub(super) async fn of(db: &impl ConnectionTrait, viewer: &Viewer, entity: EntityId) -> Result<Vec<RelationshipOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let end = binds.add(entity.0);
    let text = format!(
        "SELECT {COLUMNS} {} AND (r.from_id = {end} OR r.to_id = {end}) ORDER BY r.kind, r.id",
        sight.relationships()
    );
    binds.rows(db, text).await?.iter().map(relationship).collect()
}

fn relationship(row: &QueryResult) -> Result<RelationshipOut> {
    Ok(RelationshipOut {
        id: RelationshipId(column(row, "id")?),
        from_id: EntityId(column(row, "from_id")?),
        from_name: column(row, "from_name")?,
        to_id: EntityId(column(row, "to_id")?),
        to_name: column(row, "to_name")?,
        kind: column(row, "kind")?,
        strength: column(row, "strength")?,
        symmetric: column(row, "symmetric")?,
        visibility: Openness::read(&column::<String>(row, "visibility")?)?,
        note: column(row, "note")?,
        version: column(row, "version")?,
    })
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    relationship: &RelationshipIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        relationship.from_id.0.into(),
        relationship.to_id.0.into(),
        relationship.kind.clone().into(),
        relationship.strength.into(),
        relationship.symmetric.into(),
        relationship.visibility.as_str().into(),
        relationship.note.clone().into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO relationships (id, campaign_id, from_id, to_id, kind, strength, \"symmetric\", visibility, note, version, \
         created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    expected: i64,
    relationship: &RelationshipIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE relationships SET kind = {}, strength = {}, \"symmetric\" = {}, visibility = {}, note = {}, updated_at = {}, \
         version = version + 1 WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(relationship.kind.clone()),
        binds.add(relationship.strength),
        binds.add(relationship.symmetric),
        binds.add(relationship.visibility.as_str()),
        binds.add(relationship.note.clone()),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE relationships SET deleted_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}
