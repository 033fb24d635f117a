//! The verb of locations: to move. The rest is done to them as entities.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, Result};
use skald_platform::Tx;

use super::queries;
use crate::{
    entities::{self, EntityKind, EntityOut, EntityPatch, Visibility},
    history::{self, Change, Subject},
};

/// Puts a location into another, or makes it a root.
///
/// # Errors
/// Not found, also for what is no location; `version_stale`; `location_cycle`; a parent that is no location of the campaign.
pub async fn move_under(
    tx: &mut Tx,
    by: &Gm,
    id: EntityId,
    expected: i64,
    parent: Option<EntityId>,
) -> Result<EntityOut> {
    let stored = entities::find(tx.conn(), &by.viewer(), id).await?;
    if stored.kind != EntityKind::Location {
        return Err(Error::not_found());
    }
    let patch = EntityPatch { parent_id: Some(parent), ..EntityPatch::default() };
    entities::update_as(tx, by, id, expected, patch, "move").await
}

/// Gives the children of a location that goes away to the one it lay in. The caller holds the lock.
pub(crate) async fn move_children_up(tx: &mut Tx, by: &Gm, from: EntityId, to: Option<EntityId>) -> Result<()> {
    queries::lift(tx.conn(), by.campaign, from).await?;
    let moved = queries::adopt(tx.conn(), by.campaign, from, to, tx.now()).await?;
    for (id, visibility) in &moved {
        let lane = if *visibility == Visibility::Everyone { Lane::Shared } else { Lane::Gm };
        tx.event(Event { campaign: by.campaign, lane, kind: "entity.updated", subject: id.0 });
    }
    if !moved.is_empty() {
        let ids: Vec<EntityId> = moved.into_iter().map(|(id, _)| id).collect();
        let changes: Vec<Change> = entities::full(tx.conn(), &by.viewer(), &ids)
            .await?
            .iter()
            .map(|child| {
                let after = entities::snapshot_of(child);
                let mut before = after.clone();
                before["parent_id"] = json!(from);
                Change::new(Subject::Entity, child.id.0, child.version, "move").from(before).to(after)
            })
            .collect();
        history::record(tx, by.campaign, &changes).await?;
        tx.audit(Some(by.campaign), "location.children_moved", from.0, json!({"children": ids, "to": to}));
    }
    Ok(())
}
