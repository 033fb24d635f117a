//! The SQL of the trash.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, EntityId, Result};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::dto::{TrashOut, TrashType};
use crate::{
    bind::{Binds, column},
    entities::EntityKind,
    history,
};

const ENTITIES: &str = "SELECT 'entity' AS type, x.id, x.id AS entity_id, x.kind AS entity_kind, x.name, NULL AS predicate, \
                        NULL AS other_name, x.summary AS text, NULL AS waits_for, x.version, x.deleted_at FROM entities x";
const FACTS: &str = "SELECT 'fact' AS type, x.id, a.id AS entity_id, a.kind AS entity_kind, a.name, x.predicate, \
                     b.name AS other_name, x.text, CASE WHEN a.deleted_at IS NOT NULL THEN a.name \
                     WHEN b.deleted_at IS NOT NULL THEN b.name END AS waits_for, x.version, x.deleted_at FROM facts x \
                     JOIN entities a ON a.id = x.subject_id LEFT JOIN entities b ON b.id = x.object_id";
const RELATIONSHIPS: &str = "SELECT 'relationship' AS type, x.id, a.id AS entity_id, a.kind AS entity_kind, a.name, \
                             x.kind AS predicate, b.name AS other_name, x.note AS text, \
                             CASE WHEN a.deleted_at IS NOT NULL THEN a.name WHEN b.deleted_at IS NOT NULL THEN b.name END \
                             AS waits_for, x.version, x.deleted_at FROM relationships x \
                             JOIN entities a ON a.id = x.from_id JOIN entities b ON b.id = x.to_id";
/// So much of a text is shown.
const TEXT: usize = 300;

pub(super) async fn list(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    only: Option<TrashType>,
    page: &PageQuery,
) -> Result<Page<TrashOut>> {
    let limit = page.limit()?;
    let after = page.after::<(DateTime<Utc>, Uuid)>()?;
    let mut binds = Binds::default();
    let campaign = binds.add(campaign.0);
    let before = after.map(|(at, id)| {
        let (at, id) = (binds.add(at), binds.add(id));
        format!(" AND (x.deleted_at, x.id) < ({at}, {id})")
    });
    let before = before.unwrap_or_default();
    let parts: Vec<String> =
        [(TrashType::Entity, ENTITIES), (TrashType::Fact, FACTS), (TrashType::Relationship, RELATIONSHIPS)]
            .into_iter()
            .filter(|(type_, _)| only.is_none_or(|only| only == *type_))
            .map(|(_, select)| {
                format!("{select} WHERE x.campaign_id = {campaign} AND x.deleted_at IS NOT NULL{before}")
            })
            .collect();
    let text = format!(
        "SELECT t.*, h.user_id FROM ({}) t LEFT JOIN canon_history h ON h.subject_id = t.id AND h.version = t.version \
         ORDER BY t.deleted_at DESC, t.id DESC LIMIT {}",
        parts.join(" UNION ALL "),
        binds.add(limit as i64 + 1)
    );
    let rows = binds.rows(db, text).await?;
    let users: Result<Vec<Option<Uuid>>> = rows.iter().map(|row| column(row, "user_id")).collect();
    let users = users?;
    let people = history::people(db, &users.iter().flatten().copied().collect::<Vec<_>>()).await?;
    let mut items = Vec::new();
    for (row, user) in rows.iter().zip(users) {
        let mut item = trash(row)?;
        item.deleted_by = user.and_then(|id| people.get(&id).cloned());
        items.push(item);
    }
    Ok(Page::from_rows(items, limit, |item| (item.deleted_at, item.id)))
}

fn trash(row: &QueryResult) -> Result<TrashOut> {
    let text: String = column(row, "text")?;
    Ok(TrashOut {
        type_: TrashType::read(&column::<String>(row, "type")?)?,
        id: column(row, "id")?,
        entity_id: EntityId(column(row, "entity_id")?),
        entity_kind: EntityKind::read(&column::<String>(row, "entity_kind")?)?,
        name: column(row, "name")?,
        predicate: column(row, "predicate")?,
        other_name: column(row, "other_name")?,
        text: text.chars().take(TEXT).collect(),
        waits_for: column(row, "waits_for")?,
        version: column(row, "version")?,
        deleted_by: None,
        deleted_at: column(row, "deleted_at")?,
    })
}
