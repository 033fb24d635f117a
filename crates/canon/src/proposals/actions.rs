//! Deciding: accept, reject, take back.
//!
//! A decision is written first, for open proposals only, so that of two who decide at once the second is told what happened.
//! What is accepted goes through the actions of its slice, in the same transaction.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use skald_access::Gm;
use skald_kernel::{Error, ErrorCode, Event, FieldError, ProposalId, Result, UserId, Viewer};
use skald_platform::Tx;

use super::{
    dto::{ProposalAccept, ProposalOperation, ProposalReject, ProposalStatus},
    propose::refuse_locked,
    queries::{self, Decided, Promise, Reader, Row},
    read, rules,
    targets::{self, Target},
};

/// A change that can be made.
pub(super) struct Ready {
    stored: Option<Target>,
    change: Map<String, Value>,
}

/// Makes what a proposal suggests, or what is given in its place.
///
/// # Errors
/// Not found; conflict with the proposal in `current`, when it is decided already; conflict, when a proposal it needs is not
/// accepted, its target is gone, or (with the fields) both changed the same; `version_stale`, when `target_version` is not
/// the stored one; invalid fields, also `locked` ones.
pub async fn accept(tx: &mut Tx, by: &Gm, id: ProposalId, input: ProposalAccept) -> Result<()> {
    rules::check_note(&input.note)?;
    let row = claim(tx, by, id, ProposalStatus::Accepted, &input.note, input.change.as_ref()).await?;
    let ready = ready(tx, &row, &input).await?;
    make(tx, by, &row, ready, input.change.as_ref()).await
}

/// Refuses a proposal, with a word to its author.
///
/// # Errors
/// Not found; conflict with the proposal in `current`, when it is decided already.
pub async fn reject(tx: &mut Tx, by: &Gm, id: ProposalId, input: ProposalReject) -> Result<()> {
    rules::check_note(&input.note)?;
    let row = claim(tx, by, id, ProposalStatus::Rejected, &input.note, None).await?;
    told(tx, &row, "proposal.rejected", "proposal.reject");
    Ok(())
}

/// The proposal, decided in this transaction.
async fn claim(
    tx: &Tx,
    by: &Gm,
    id: ProposalId,
    status: ProposalStatus,
    note: &str,
    edited: Option<&Map<String, Value>>,
) -> Result<Row> {
    let reader = Reader::all(by.campaign);
    let row = queries::find(tx.conn(), reader, id).await?.ok_or_else(Error::not_found)?;
    let status = if edited.is_some_and(|edited| *edited != row.change) { ProposalStatus::Edited } else { status };
    let who = (by.user != UserId::default()).then_some(by.user);
    let decided = Decided { status, by: who, note: note.trim(), at: tx.now() };
    if queries::decide(tx.conn(), by.campaign, &[id], &decided).await? == 0 {
        let row = queries::find(tx.conn(), reader, id).await?.ok_or_else(Error::not_found)?;
        let current = read::briefs(tx.conn(), &by.viewer(), vec![row]).await?;
        return Err(Error::new(ErrorCode::Conflict, "It is decided already; `current` says how.")
            .with_current(json!(current.first())));
    }
    Ok(row)
}

/// What a proposal would do now.
pub(super) async fn ready(tx: &Tx, row: &Row, input: &ProposalAccept) -> Result<Ready> {
    let wanted = input.change.as_ref().unwrap_or(&row.change);
    if row.operation == ProposalOperation::Retire && !wanted.is_empty() {
        return Err(Error::field("change", "not_wanted", "To retire something changes nothing else."));
    }
    let change = with_ids(tx, row, wanted).await?;
    let Some(target) = row.target_id else { return Ok(Ready { stored: None, change }) };
    let viewer = Viewer::gm(row.campaign);
    let stored = targets::load(tx.conn(), &viewer, &[(row.target_type, target)]).await?.remove(&target);
    let stored = stored.ok_or_else(|| Error::new(ErrorCode::Conflict, "What it would change is gone. Reject it."))?;
    if let Some(version) = input.target_version
        && version != stored.version()
    {
        return Err(Error::stale(stored.json()));
    }
    let current = stored.state();
    // What a game master wrote over what they saw is not joined with anything.
    let exact = input.change.is_some() && input.target_version.is_some();
    let base = if exact { &current } else { &row.base };
    let locked = queries::locked(tx.conn(), row.campaign, &[target]).await?.remove(&target).unwrap_or_default();
    refuse_locked(&locked, row.operation, base, &change, "")?;
    let fit = rules::fit(row.target_type, base, &change, &current, &locked);
    let conflicts = fit.conflicts();
    if !conflicts.is_empty() {
        return Err(both_changed(&conflicts, &stored));
    }
    Ok(Ready { stored: Some(stored), change: fit.change })
}

fn both_changed(conflicts: &[&str], stored: &Target) -> Error {
    let field = |name: &&str| FieldError {
        field: format!("change.{name}"),
        code: "conflict".into(),
        message: "It was changed since, in another way. Edit it, then accept.".into(),
    };
    Error::new(ErrorCode::Conflict, "Some fields were changed since; `errors` names them, `current` is what is stored.")
        .with_fields(conflicts.iter().map(field).collect())
        .with_current(stored.json())
}

/// The change with what was made in the place of its refs.
async fn with_ids(tx: &Tx, row: &Row, change: &Map<String, Value>) -> Result<Map<String, Value>> {
    let refs = rules::refs(change);
    let (Some(batch), false) = (&row.batch, refs.is_empty()) else { return Ok(change.clone()) };
    let promises = queries::promises(tx.conn(), batch.id).await?;
    let missing = needed(&refs, &promises);
    if let Some(first) = missing.first() {
        let detail = format!("Accept `{}` of the same batch first.", first.label);
        return Err(Error::new(ErrorCode::Conflict, detail)
            .with_current(json!({"needs": missing.iter().map(|promise| promise.id).collect::<Vec<_>>()})));
    }
    let made = promises.iter().filter_map(|promise| Some((promise.reference.clone(), promise.made?.to_string())));
    Ok(rules::resolved(change, &made.collect::<HashMap<_, _>>()))
}

/// The proposals that some refs stand for and that are not accepted.
pub(super) fn needed<'a>(refs: &HashSet<String>, promises: &'a [Promise]) -> Vec<&'a Promise> {
    promises.iter().filter(|promise| promise.made.is_none() && refs.contains(&promise.reference)).collect()
}

/// Makes a change, and writes down how to take it back.
pub(super) async fn make(
    tx: &mut Tx,
    by: &Gm,
    row: &Row,
    ready: Ready,
    edited: Option<&Map<String, Value>>,
) -> Result<()> {
    let before = ready.stored.as_ref().map(Target::state).unwrap_or_default();
    let made = targets::apply(tx, by, row.target_type, row.operation, ready.stored, &ready.change)
        .await
        .map_err(|error| rules::within(error, "change"))?;
    let after = made.state();
    let names: Vec<&String> = match row.operation {
        ProposalOperation::Create => Vec::new(),
        ProposalOperation::Update => ready.change.keys().collect(),
        ProposalOperation::Retire => before.keys().filter(|name| before.get(*name) != after.get(*name)).collect(),
    };
    let of = |state: &Map<String, Value>| -> Map<String, Value> {
        names.iter().map(|name| ((*name).clone(), state.get(*name).cloned().unwrap_or_default())).collect()
    };
    let undo = json!({"version": made.version(), "before": of(&before), "after": of(&after)});
    let edited = edited.filter(|edited| **edited != row.change);
    queries::finish(tx.conn(), row.id, made.id(), edited, undo).await?;
    told(tx, row, "proposal.accepted", "proposal.accept");
    Ok(())
}

fn told(tx: &mut Tx, row: &Row, event: &'static str, action: &'static str) {
    tx.event(Event::for_gm(row.campaign, event, row.id));
    let detail = json!({"target": row.target_id, "operation": row.operation, "label": row.label});
    tx.audit(Some(row.campaign), action, row.id.0, detail);
}

/// Takes a decision back: what was made is unmade, what was changed is as it was, and the proposal is open again.
///
/// # Errors
/// Not found; conflict, when it is open or superseded, something needs what it made, what it made was changed since (with
/// the fields, for a change), or it took out what can only be restored from its history.
pub async fn undo(tx: &mut Tx, by: &Gm, id: ProposalId) -> Result<()> {
    let row = queries::find(tx.conn(), Reader::all(by.campaign), id).await?.ok_or_else(Error::not_found)?;
    let decided = matches!(row.status, ProposalStatus::Accepted | ProposalStatus::Edited | ProposalStatus::Rejected);
    if !decided || !queries::reopen(tx.conn(), id, row.version).await? {
        return Err(Error::new(ErrorCode::Conflict, "There is no decision to take back."));
    }
    if row.status != ProposalStatus::Rejected {
        unmake(tx, by, &row).await?;
    }
    told(tx, &row, "proposal.reopened", "proposal.undo");
    Ok(())
}

async fn unmake(tx: &mut Tx, by: &Gm, row: &Row) -> Result<()> {
    let (Some(result), Some(undo)) = (row.result_id, &row.undo) else {
        return Err(Error::internal("an accepted proposal without what it made"));
    };
    let viewer = Viewer::gm(row.campaign);
    let stored = targets::load(tx.conn(), &viewer, &[(row.target_type, result)]).await?.remove(&result);
    let Some(stored) = stored else {
        return Err(Error::new(ErrorCode::Conflict, "It is gone: restore it from its history."));
    };
    if row.operation == ProposalOperation::Create {
        nothing_needs(tx, row).await?;
        if undo["version"].as_i64() != Some(stored.version()) {
            return Err(Error::new(ErrorCode::Conflict, "What it made was changed since. Delete it by hand.")
                .with_current(stored.json()));
        }
        return targets::unmake(tx, by, &stored).await;
    }
    let part = |name: &str| undo[name].as_object().cloned().unwrap_or_default();
    let (before, after) = (part("before"), part("after"));
    if before.get("story_time") != after.get("story_time") {
        return Err(Error::new(
            ErrorCode::Conflict,
            "It began a new state. Remove that from the relationship's history.",
        ));
    }
    let fit = rules::fit(row.target_type, &after, &before, &stored.state(), &[]);
    let conflicts = fit.conflicts();
    if !conflicts.is_empty() {
        return Err(both_changed(&conflicts, &stored));
    }
    targets::apply(tx, by, row.target_type, ProposalOperation::Update, Some(stored), &fit.change).await.map(drop)
}

async fn nothing_needs(tx: &Tx, row: &Row) -> Result<()> {
    let (Some(batch), Some(name)) = (&row.batch, &row.reference) else { return Ok(()) };
    let accepted = queries::accepted(tx.conn(), batch.id).await?;
    let uses = |other: &&Row| rules::refs(other.edited.as_ref().unwrap_or(&other.change)).contains(name);
    match accepted.iter().find(uses) {
        Some(other) => {
            Err(Error::new(ErrorCode::Conflict, format!("Take `{}` back first: it needs this.", other.label)))
        }
        None => Ok(()),
    }
}
