//! Bringing an entity back: from the trash, or to what it was.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Result};
use skald_platform::Tx;
use uuid::Uuid;

use super::{
    actions::news,
    dto::{EntityIn, EntityKind, EntityOut, EntityPatch, Visibility},
    find, queries, rules,
};
use crate::{
    bind::{Binds, column},
    history::{self, Change, Subject},
    links, locations, media, search,
};

/// Brings a deleted entity back, with its facts and relationships. A location lies where it lay, or is a root when that is
/// gone; what once lay in it stays where it was moved.
///
/// # Errors
/// Not found; `conflict`, when it is not in the trash; `too_deep`, when there is no room where it lay.
pub async fn restore(tx: &mut Tx, by: &Gm, id: EntityId) -> Result<EntityOut> {
    if let Some(deleted) = deleted(tx.conn(), by.campaign, id).await?
        && deleted.kind == EntityKind::Location
    {
        locations::lock(tx.conn(), by.campaign).await?;
    }
    // Read again behind the lock: where it lay may have gone meanwhile.
    let deleted = deleted(tx.conn(), by.campaign, id).await?.ok_or_else(not_in_trash)?;
    if !bring_back(tx.conn(), by.campaign, id, &deleted, tx.now()).await? {
        return Err(not_in_trash());
    }
    if deleted.kind == EntityKind::Location {
        locations::settle(tx.conn(), by.campaign, id, deleted.parent_id).await?;
    }
    let names: Vec<&str> = std::iter::once(&deleted.name).chain(&deleted.aliases).map(String::as_str).collect();
    links::arrived(tx.conn(), by.campaign, id, &names).await?;
    search::entity_changed(tx, by.campaign, id).await?;
    news(tx, by, "entity.restored", id, &[deleted.visibility]);
    tx.audit(Some(by.campaign), "entity.restore", id.0, json!({"kind": deleted.kind, "name": deleted.name}));
    let entity = find(tx.conn(), &by.viewer(), id).await?;
    let change = Change::new(Subject::Entity, id.0, entity.version, "restore").to(rules::snapshot_of(&entity));
    history::record(tx, by.campaign, &[change]).await?;
    Ok(entity)
}

/// What is asked back is not in the trash.
pub(crate) fn not_in_trash() -> Error {
    Error::new(ErrorCode::Conflict, "It is not in the trash. Somebody may have brought it back already.")
}

/// An entity in the trash: what it is, what it is called and where it lay.
struct Deleted {
    kind: EntityKind,
    name: String,
    visibility: Visibility,
    aliases: Vec<String>,
    /// Where it lay, if that is still there.
    parent_id: Option<EntityId>,
    version: i64,
}

/// A deleted entity of the campaign.
async fn deleted(db: &impl ConnectionTrait, campaign: CampaignId, id: EntityId) -> Result<Option<Deleted>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT e.kind, e.name, e.visibility, e.aliases, p.id AS parent_id, e.version FROM entities e \
         LEFT JOIN entities p ON p.id = e.parent_id AND p.deleted_at IS NULL \
         WHERE e.id = {} AND e.campaign_id = {} AND e.deleted_at IS NOT NULL",
        binds.add(id.0),
        binds.add(campaign.0)
    );
    let rows = binds.rows(db, text).await?;
    rows.first()
        .map(|row| {
            Ok(Deleted {
                kind: EntityKind::read(&column::<String>(row, "kind")?)?,
                name: column(row, "name")?,
                visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
                aliases: serde_json::from_value(column(row, "aliases")?).map_err(Error::internal)?,
                parent_id: column::<Option<Uuid>>(row, "parent_id")?.map(EntityId),
                version: column(row, "version")?,
            })
        })
        .transpose()
}

/// Whether it was deleted in that version and is back now.
async fn bring_back(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    deleted: &Deleted,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE entities SET deleted_at = NULL, parent_id = {}, updated_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NOT NULL",
        binds.add(deleted.parent_id.map(|id| id.0)),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(deleted.version)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// The patch that makes an entity what a snapshot of it holds, without what is gone since: its parent, its picture, who may
/// see it, exits.
pub(crate) async fn patch_to(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    stored: &EntityOut,
    mut snapshot: Value,
) -> Result<EntityPatch> {
    if let Some(fields) = snapshot.as_object_mut() {
        fields.remove("locked");
    }
    let mut then: EntityIn = serde_json::from_value(snapshot).map_err(Error::internal)?;
    let names = rules::names(&then, Some(&rules::input_of(stored)));
    let ids: Vec<EntityId> = names.iter().map(|name| name.id).collect();
    let there = queries::kinds(db, campaign, &ids).await?;
    let gone: HashSet<EntityId> = ids.into_iter().filter(|id| !there.contains_key(id)).collect();
    then.parent_id = then.parent_id.filter(|id| !gone.contains(id));
    then.visible_to.retain(|id| !gone.contains(id));
    if let Some(Value::Array(exits)) = then.fields.get_mut("exits") {
        exits.retain(|exit| !gone.iter().any(|id| exit.as_str() == Some(&id.to_string())));
    }
    if let Some(picture) = then.portrait_id.filter(|id| stored.portrait_id != Some(*id))
        && media::existing(db, campaign, &[picture]).await?.is_empty()
    {
        then.portrait_id = None;
    }
    Ok(EntityPatch {
        subtype: Some(then.subtype),
        name: Some(Some(then.name)),
        aliases: Some(Some(then.aliases)),
        summary: Some(Some(then.summary)),
        body: Some(Some(then.body)),
        tags: Some(Some(then.tags)),
        fields: Some(Some(then.fields)),
        visibility: Some(Some(then.visibility)),
        visible_to: Some(Some(then.visible_to)),
        parent_id: Some(then.parent_id),
        portrait_id: Some(then.portrait_id),
        locked: None,
    })
}
