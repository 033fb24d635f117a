//! The SQL of lorebook rules. Rules go with their entities: what a viewer does not see has none.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Value, json};
use skald_kernel::{CampaignId, EntityId, Error, Result, Viewer};

use super::dto::{LoreRuleIn, LoreRuleOut};
use crate::{
    bind::{Binds, column},
    entities::{EntityKind, Visibility},
    sight::Sight,
};

/// The rules of all entities that the viewer sees, or of one of them, by name.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    one: Option<EntityId>,
) -> Result<Vec<LoreRuleOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let mut text = format!(
        "SELECT e.id, e.name, e.kind, e.visibility, l.rule, l.version FROM lorebook_rules l \
         JOIN entities e ON e.id = l.entity_id WHERE l.campaign_id = {} AND {}",
        sight.campaign(),
        sight.entity("e")
    );
    if let Some(id) = one {
        text.push_str(&format!(" AND l.entity_id = {}", binds.add(id.0)));
    }
    text.push_str(" ORDER BY e.name, e.id");
    binds.rows(db, text).await?.iter().map(rule).collect()
}

fn rule(row: &QueryResult) -> Result<LoreRuleOut> {
    let rule: LoreRuleIn = serde_json::from_value(column::<Value>(row, "rule")?).map_err(Error::internal)?;
    Ok(LoreRuleOut {
        entity_id: EntityId(column(row, "id")?),
        name: column(row, "name")?,
        kind: EntityKind::read(&column::<String>(row, "kind")?)?,
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        rule,
        version: column(row, "version")?,
    })
}

/// Whether the stored version was the expected one (0 where there is no rule); if not, nothing is changed.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    expected: i64,
    rule: &LoreRuleIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let row = binds.row([id.0.into(), campaign.0.into(), json!(rule).into(), (expected + 1).into(), now.into()]);
    let text = format!(
        "INSERT INTO lorebook_rules (entity_id, campaign_id, rule, version, updated_at) VALUES {row} \
         ON CONFLICT (entity_id) DO UPDATE SET rule = excluded.rule, version = excluded.version, \
         updated_at = excluded.updated_at WHERE lorebook_rules.version = {}",
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    expected: i64,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "DELETE FROM lorebook_rules WHERE entity_id = {} AND campaign_id = {} AND version = {}",
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}
