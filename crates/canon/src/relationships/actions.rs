//! The verbs of relationships: create, update, remove a state, delete.

use serde_json::{Value, json};
use skald_access::Gm;
use skald_kernel::{EntityId, Error, ErrorCode, Event, Lane, RelationshipId, Result};
use skald_platform::Tx;

use super::{
    dto::{Openness, RelationshipIn, RelationshipOut, RelationshipPatch},
    find, queries, rules,
};
use crate::{
    entities::{self, Visibility},
    facts::Evidence,
    history::{self, Change, Subject},
};

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
    queries::put_state(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    news(tx, by, "relationship.created", id, &[&input]).await?;
    let detail = json!({"from": input.from_id, "to": input.to_id, "kind": input.kind});
    tx.audit(Some(by.campaign), "relationship.create", id.0, detail);
    keep(tx, by, id, "create", None).await
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
    let states = queries::states(tx.conn(), id).await?;
    let was = rules::snapshot(&stored, &states);
    let moment = rules::stored(patch.story_time.unwrap_or(stored.since));
    let mut state = rules::at(&states, moment).map_or_else(|| before.clone(), |state| rules::in_state(&before, state));
    // A new state has a source of its own; a correction keeps the one it had.
    if rules::stored(state.story_time) != moment {
        state.evidence = Evidence::default();
    }
    let mut after = rules::patched(&state, patch)?;
    after.story_time = rules::since(moment);
    after.kind = after.kind.trim().to_owned();
    rules::check(&after)?;
    queries::put_state(tx.conn(), by.campaign, id, &after, tx.now()).await?;
    // What comes before the latest state leaves the row's own state as it is.
    let row = if moment < rules::stored(stored.since) {
        RelationshipIn { symmetric: after.symmetric, visibility: after.visibility, ..before.clone() }
    } else {
        after.clone()
    };
    if !queries::update(tx.conn(), by.campaign, id, expected, &row, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "relationship.updated", id, &[&before, &after]).await?;
    let detail = json!({
        "kind": after.kind, "strength": after.strength, "since": after.story_time, "version": expected + 1,
    });
    tx.audit(Some(by.campaign), "relationship.update", id.0, detail);
    keep(tx, by, id, "update", Some(was)).await
}

/// Takes a state out of a relationship's history; the one before holds until the next begins.
///
/// # Errors
/// Not found, also when no state begins then; `version_stale`; `conflict` for the only state.
pub async fn remove_state(
    tx: &mut Tx,
    by: &Gm,
    id: RelationshipId,
    expected: i64,
    since: Option<i64>,
) -> Result<RelationshipOut> {
    let stored = expect(tx, by, id, expected).await?;
    let before = rules::input_of(&stored);
    let was = rules::snapshot(&stored, &queries::states(tx.conn(), id).await?);
    if !queries::delete_state(tx.conn(), id, since).await? {
        return Err(Error::not_found());
    }
    let states = queries::states(tx.conn(), id).await?;
    let Some(latest) = states.last() else {
        return Err(Error::new(ErrorCode::Conflict, "It is the only state. Delete the relationship instead."));
    };
    let after = rules::in_state(&before, latest);
    if !queries::update(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "relationship.updated", id, &[&before]).await?;
    tx.audit(Some(by.campaign), "relationship.remove_state", id.0, json!({"since": since, "version": expected + 1}));
    keep(tx, by, id, "update", Some(was)).await
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
    let snapshot = rules::snapshot(&stored, &queries::states(tx.conn(), id).await?);
    let change = Change::new(Subject::Relationship, id.0, expected + 1, "delete").from(snapshot.clone()).to(snapshot);
    history::record(tx, by.campaign, &[change]).await
}

/// Brings a deleted relationship back, with all its states.
///
/// # Errors
/// `conflict`, when it is not in the trash, or one of its ends is.
pub async fn restore(tx: &mut Tx, by: &Gm, id: RelationshipId) -> Result<RelationshipOut> {
    if !queries::restore(tx.conn(), by.campaign, id, tx.now()).await? {
        return Err(entities::not_in_trash());
    }
    let Ok(relationship) = find(tx.conn(), &by.viewer(), id).await else {
        return Err(Error::new(ErrorCode::Conflict, "One of its ends is in the trash. Bring that back first."));
    };
    news(tx, by, "relationship.restored", id, &[&rules::input_of(&relationship)]).await?;
    let detail = json!({"from": relationship.from_id, "to": relationship.to_id, "kind": relationship.kind});
    tx.audit(Some(by.campaign), "relationship.restore", id.0, detail);
    keep(tx, by, id, "restore", None).await
}

/// Writes down what a relationship has become, with all its states, and answers it.
async fn keep(
    tx: &mut Tx,
    by: &Gm,
    id: RelationshipId,
    action: &'static str,
    before: Option<Value>,
) -> Result<RelationshipOut> {
    let relationship = find(tx.conn(), &by.viewer(), id).await?;
    let after = rules::snapshot(&relationship, &queries::states(tx.conn(), id).await?);
    let mut change = Change::new(Subject::Relationship, id.0, relationship.version, action).to(after);
    if let Some(before) = before {
        change = change.from(before);
    }
    history::record(tx, by.campaign, &[change]).await?;
    Ok(relationship)
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
