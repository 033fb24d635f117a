//! The verbs of lorebook rules: set and delete.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, Result};
use skald_platform::Tx;

use super::{
    dto::{LoreRuleIn, LoreRuleOut},
    find, queries, rules,
};

/// Gives an entity a rule; `expected` is the version it had, 0 for none.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn set(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, mut input: LoreRuleIn) -> Result<LoreRuleOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    rules::tidy(&mut input);
    rules::check(&input)?;
    if stored.version != expected || !queries::write(tx.conn(), by.campaign, id, expected, &input, tx.now()).await? {
        return Err(Error::stale(json!(find(tx.conn(), &by.viewer(), id).await?)));
    }
    tx.event(Event { campaign: by.campaign, lane: Lane::Gm, kind: "lorebook.updated", subject: id.0 });
    tx.audit(Some(by.campaign), "lorebook.set", id.0, json!({"name": stored.name, "version": expected + 1}));
    find(tx.conn(), &by.viewer(), id).await
}

/// Takes an entity's rule away.
///
/// # Errors
/// Not found, also for an entity without a rule; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64) -> Result<()> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == 0 {
        return Err(Error::not_found());
    }
    if stored.version != expected || !queries::delete(tx.conn(), by.campaign, id, expected).await? {
        return Err(Error::stale(json!(find(tx.conn(), &by.viewer(), id).await?)));
    }
    tx.event(Event { campaign: by.campaign, lane: Lane::Gm, kind: "lorebook.updated", subject: id.0 });
    tx.audit(Some(by.campaign), "lorebook.delete", id.0, json!({"name": stored.name}));
    Ok(())
}
