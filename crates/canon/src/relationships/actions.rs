//! The verbs of relationships: create, update, delete.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, RelationshipId, Result};
use skald_platform::Tx;

use super::{
    dto::{Openness, RelationshipIn, RelationshipOut, RelationshipPatch},
    find, queries, rules,
};
use crate::entities::{self, Visibility};

/// Notes a relationship.
///
/// # Errors
/// Invalid fields; ends that are not the campaign's.
pub async fn create(tx: &mut Tx, by: &Gm, mut input: RelationshipIn) -> Result<RelationshipOut> {
    input.kind = input.kind.trim().to_owned();
    rules::check(&input)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&input)).await?;
    let id: RelationshipId = tx.ids().next();
    queries::insert(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    news(tx, by, "relationship.created", id, &[&input]).await?;
    let detail = json!({"from": input.from_id, "to": input.to_id, "kind": input.kind});
    tx.audit(Some(by.campaign), "relationship.create", id.0, detail);
    find(tx.conn(), &by.viewer(), id).await
}

/// Changes some of a relationship; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn update(
    tx: &mut Tx,
    by: &Gm,
    id: RelationshipId,
    expected: i64,
    patch: RelationshipPatch,
) -> Result<RelationshipOut> {
    let stored = expect(tx, by, id, expected).await?;
    let before = rules::input_of(&stored);
    let mut after = rules::patched(&before, patch)?;
    after.kind = after.kind.trim().to_owned();
    rules::check(&after)?;
    if !queries::update(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "relationship.updated", id, &[&before, &after]).await?;
    let detail = json!({"kind": after.kind, "strength": after.strength, "version": expected + 1});
    tx.audit(Some(by.campaign), "relationship.update", id.0, detail);
    find(tx.conn(), &by.viewer(), id).await
}

/// Deletes a relationship softly. Who belonged to a faction by it no longer knows what the faction knows.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: RelationshipId, expected: i64) -> Result<()> {
    let stored = expect(tx, by, id, expected).await?;
    if !queries::delete(tx.conn(), by.campaign, id, expected, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "relationship.deleted", id, &[&rules::input_of(&stored)]).await?;
    let detail = json!({"from": stored.from_id, "to": stored.to_id, "kind": stored.kind});
    tx.audit(Some(by.campaign), "relationship.delete", id.0, detail);
    Ok(())
}

async fn expect(tx: &Tx, by: &Gm, id: RelationshipId, expected: i64) -> Result<RelationshipOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

async fn stale(tx: &Tx, by: &Gm, id: RelationshipId) -> Error {
    match find(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

/// News reaches every member only when everybody may see the relationship, or might until now, with both its ends.
async fn news(tx: &mut Tx, by: &Gm, kind: &'static str, id: RelationshipId, states: &[&RelationshipIn]) -> Result<()> {
    let mut lane = Lane::Gm;
    if let Some(open) = states.iter().find(|state| state.visibility == Openness::Everyone) {
        let ends: [EntityId; 2] = [open.from_id, open.to_id];
        let seen = entities::named(tx.conn(), &by.viewer(), &ends).await?;
        if seen.iter().all(|entity| entity.visibility == Visibility::Everyone) {
            lane = Lane::Shared;
        }
    }
    tx.event(Event { campaign: by.campaign, lane, kind, subject: id.0 });
    Ok(())
}
