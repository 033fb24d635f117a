//! The verbs of entities: create, update, replace, delete.
//!
//! Each is valid by the rules, names only what its campaign has, and leaves an audit row and an event. A stale version is
//! refused with what is stored, as the game master sees it.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, Result, error::ErrorCode};
use skald_platform::Tx;

use super::{
    dto::{EntityIn, EntityKind, EntityOut, EntityPatch, Visibility},
    find, queries, rules,
};
use crate::{
    history::{self, Change, Subject},
    links, locations, media, search, systems,
};

/// Makes an entity.
///
/// # Errors
/// Invalid fields; ids in them that are not the campaign's.
pub async fn create(tx: &mut Tx, by: &Gm, mut input: EntityIn) -> Result<EntityOut> {
    rules::tidy(&mut input);
    rules::check(&input)?;
    if input.parent_id.is_some() {
        locations::lock(tx.conn(), by.campaign).await?;
    }
    check_names(tx, by, &input, None).await?;
    systems::check(tx.conn(), by.campaign, &input, None).await?;
    let id: EntityId = tx.ids().next();
    queries::insert(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    if input.kind == EntityKind::Location {
        locations::settle(tx.conn(), by.campaign, id, input.parent_id).await?;
    }
    links::write(tx.conn(), by.campaign, id, &input.body).await?;
    links::arrived(tx.conn(), by.campaign, id, &rules::names_of(&input)).await?;
    search::entity_changed(tx, by.campaign, id).await?;
    news(tx, by, "entity.created", id, &[input.visibility]);
    tx.audit(Some(by.campaign), "entity.create", id.0, json!({"kind": input.kind, "name": input.name}));
    let change = Change::new(Subject::Entity, id.0, 1, "create").to(rules::snapshot(&input, &[]));
    history::record(tx, by.campaign, &[change]).await?;
    find(tx.conn(), &by.viewer(), id).await
}

/// Changes some of an entity; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields, also one that is locked; `location_cycle`.
pub async fn update(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, patch: EntityPatch) -> Result<EntityOut> {
    update_as(tx, by, id, expected, patch, "update").await
}

/// The same under another name in the history: `update`, `revert`, `move`.
pub(crate) async fn update_as(
    tx: &mut Tx,
    by: &Gm,
    id: EntityId,
    expected: i64,
    mut patch: EntityPatch,
    action: &'static str,
) -> Result<EntityOut> {
    let stored = expect(tx, by, id, expected).await?;
    let locked = patch.locked.take().map(|locked| rules::check_locked(locked.unwrap_or_default())).transpose()?;
    let before = rules::input_of(&stored);
    let after = rules::patched(&before, patch)?;
    write(tx, by, &stored, before, after, locked, action).await
}

/// Puts `input` in an entity's place; what it leaves out is empty afterwards. The kind and the locks stay.
///
/// # Errors
/// As [`update`].
pub async fn replace(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: EntityIn) -> Result<EntityOut> {
    let stored = expect(tx, by, id, expected).await?;
    let before = rules::input_of(&stored);
    rules::same_kind(&before, &input)?;
    write(tx, by, &stored, before, input, None, "update").await
}

/// Deletes an entity softly. Its facts and relationships are no longer read; locations inside it move up to where it lay.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64) -> Result<()> {
    let stored = expect(tx, by, id, expected).await?;
    if stored.kind == EntityKind::Location {
        locations::lock(tx.conn(), by.campaign).await?;
    }
    if !queries::delete(tx.conn(), by.campaign, id, expected, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    if stored.kind == EntityKind::Location {
        locations::move_children_up(tx, by, id, stored.parent_id).await?;
    }
    search::entity_changed(tx, by.campaign, id).await?;
    news(tx, by, "entity.deleted", id, &[stored.visibility]);
    tx.audit(Some(by.campaign), "entity.delete", id.0, json!({"kind": stored.kind, "name": stored.name}));
    let snapshot = rules::snapshot_of(&stored);
    let change = Change::new(Subject::Entity, id.0, expected + 1, "delete").from(snapshot.clone()).to(snapshot);
    history::record(tx, by.campaign, &[change]).await?;
    Ok(())
}

/// The stored entity, when it has the expected version.
async fn expect(tx: &Tx, by: &Gm, id: EntityId, expected: i64) -> Result<EntityOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

/// Somebody was faster between reading and writing.
async fn stale(tx: &Tx, by: &Gm, id: EntityId) -> Error {
    match find(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

async fn write(
    tx: &mut Tx,
    by: &Gm,
    stored: &EntityOut,
    before: EntityIn,
    mut after: EntityIn,
    locks: Option<Vec<String>>,
    action: &'static str,
) -> Result<EntityOut> {
    let id = stored.id;
    rules::tidy(&mut after);
    rules::check(&after)?;
    let locked = stored.locked.clone().unwrap_or_default();
    let locks = locks.unwrap_or_else(|| locked.clone());
    rules::refuse_locked(&rules::locked_changes(&before, &after, &locked, &locks))?;
    let moves = before.parent_id != after.parent_id;
    if moves {
        locations::lock(tx.conn(), by.campaign).await?;
    }
    check_names(tx, by, &after, Some(&before)).await?;
    systems::check(tx.conn(), by.campaign, &after, Some(&before)).await?;
    if moves
        && let Some(parent) = after.parent_id
        && locations::lies_in(tx.conn(), by.campaign, parent, id).await?
    {
        return Err(Error::new(
            ErrorCode::LocationCycle,
            "The new parent lies inside this location. Choose another one.",
        ));
    }
    if !queries::update(tx.conn(), by.campaign, id, stored.version, &before, (&after, &locks), tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    if moves {
        locations::settle(tx.conn(), by.campaign, id, after.parent_id).await?;
    }
    if before.body != after.body {
        links::write(tx.conn(), by.campaign, id, &after.body).await?;
    }
    let known = rules::names_of(&before);
    let names: Vec<&str> = rules::names_of(&after).into_iter().filter(|name| !known.contains(name)).collect();
    links::arrived(tx.conn(), by.campaign, id, &names).await?;
    search::entity_changed(tx, by.campaign, id).await?;
    news(tx, by, "entity.updated", id, &[before.visibility, after.visibility]);
    let mut changed = rules::changed(&before, &after);
    if locked != locks {
        changed.push("locked");
    }
    tx.audit(Some(by.campaign), "entity.update", id.0, json!({"changed": changed, "version": stored.version + 1}));
    let change = Change::new(Subject::Entity, id.0, stored.version + 1, action)
        .from(rules::snapshot(&before, &locked))
        .to(rules::snapshot(&after, &locks));
    history::record(tx, by.campaign, &[change]).await?;
    find(tx.conn(), &by.viewer(), id).await
}

async fn check_names(tx: &Tx, by: &Gm, after: &EntityIn, before: Option<&EntityIn>) -> Result<()> {
    let names = rules::names(after, before);
    super::check_names(tx.conn(), by.campaign, &names).await?;
    match after.portrait_id.filter(|id| before.is_none_or(|old| old.portrait_id != Some(*id))) {
        Some(id) if media::existing(tx.conn(), by.campaign, &[id]).await?.is_empty() => {
            Err(Error::field("portrait_id", "unknown", "There is no such picture in this campaign."))
        }
        _ => Ok(()),
    }
}

pub(super) fn news(tx: &mut Tx, by: &Gm, kind: &'static str, id: EntityId, visibilities: &[Visibility]) {
    let lane = if rules::is_news_for_all(visibilities) { Lane::Shared } else { Lane::Gm };
    tx.event(Event { campaign: by.campaign, lane, kind, subject: id.0 });
}
