//! Proposals as their readers see them, beside what is there now.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};
use skald_kernel::{EntityId, Result, Viewer};
use uuid::Uuid;

use super::{
    actions::needed,
    authors::Author,
    dto::{ProposalAuthor, ProposalBrief, ProposalField, ProposalOperation, ProposalOut, ProposalStatus},
    queries::{self, Promise, Row},
    rules,
    targets::{self, Target},
};
use crate::entities;

/// What a list tells. What was made is told to who may know it.
pub(super) async fn briefs(db: &impl ConnectionTrait, viewer: &Viewer, rows: Vec<Row>) -> Result<Vec<ProposalBrief>> {
    let mut seen: HashSet<Uuid> = rows.iter().filter_map(|row| row.result_id).collect();
    if !viewer.sees_all() {
        let made: Vec<_> = rows.iter().filter_map(|row| Some((row.target_type, row.result_id?))).collect();
        seen = targets::load(db, viewer, &made).await?.into_keys().collect();
    }
    Ok(rows.into_iter().map(|row| brief(&row, &seen)).collect())
}

fn brief(row: &Row, seen: &HashSet<Uuid>) -> ProposalBrief {
    ProposalBrief {
        id: row.id,
        author: author(row),
        batch: row.batch.clone(),
        target_type: row.target_type,
        operation: row.operation,
        entity_kind: row.entity_kind,
        target_id: row.target_id,
        label: row.label.clone(),
        fields: row.change.keys().cloned().collect(),
        reference: row.reference.clone(),
        reason: row.reason.clone(),
        status: row.status,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        decided_note: row.decided_note.clone(),
        result_id: row.result_id.filter(|id| seen.contains(id)),
        version: row.version,
        created_at: row.created_at,
    }
}

fn author(row: &Row) -> ProposalAuthor {
    let kind = row.author.kind();
    let nobody = ProposalAuthor { kind, user_id: None, name: None, task: None, call_id: None, job_id: None };
    match &row.author {
        Author::Ai { task, call } => ProposalAuthor { task: Some(task.clone()), call_id: *call, ..nobody },
        Author::Import { job } => ProposalAuthor { job_id: Some(*job).filter(|job| !job.0.is_nil()), ..nobody },
        Author::Member { user } => ProposalAuthor {
            user_id: Some(*user).filter(|user| !user.0.is_nil()),
            name: row.author_name.clone(),
            ..nobody
        },
    }
}

/// All of a proposal, with its diff.
pub(super) async fn out(db: &impl ConnectionTrait, viewer: &Viewer, row: Row) -> Result<ProposalOut> {
    let stored = match row.target_id {
        Some(id) => targets::load(db, viewer, &[(row.target_type, id)]).await?.remove(&id),
        None => None,
    };
    let locked = match row.target_id {
        Some(id) if stored.is_some() => queries::locked(db, row.campaign, &[id]).await?.remove(&id).unwrap_or_default(),
        _ => Vec::new(),
    };
    let promises = match &row.batch {
        Some(batch) => queries::promises(db, batch.id).await?,
        None => Vec::new(),
    };
    let diff = diff(&row, stored.as_ref(), &locked);
    let open = row.status == ProposalStatus::Open;
    let needs = if open { needed(&rules::refs(&row.change), &promises) } else { Vec::new() };
    let needs = needs.into_iter().map(|promise| promise.id).collect();
    let names = names(db, viewer, &diff, &promises).await?;
    let gone = row.target_id.is_some() && stored.is_none();
    let (change, evidence, base_version) = (row.change.clone(), row.evidence.clone(), row.base_version);
    let edited = row.edited.clone().filter(|_| viewer.sees_all());
    let brief = briefs(db, viewer, vec![row]).await?.pop().ok_or_else(skald_kernel::Error::not_found)?;
    let target_version = stored.map(|stored| stored.version());
    Ok(ProposalOut { brief, change, edited, evidence, base_version, target_version, gone, diff, needs, names })
}

/// Against what is there; of what is decided or whose target is gone, against what the author saw.
fn diff(row: &Row, stored: Option<&Target>, locked: &[String]) -> Vec<ProposalField> {
    let (base, change, current);
    match stored {
        Some(stored) if row.status == ProposalStatus::Open && row.operation == ProposalOperation::Retire => {
            (current, change) = stored.retired();
            base = current.clone();
        }
        Some(stored) if row.status == ProposalStatus::Open => {
            (base, change, current) = (row.base.clone(), row.change.clone(), stored.state());
        }
        _ => (base, change, current) = (row.base.clone(), row.change.clone(), row.base.clone()),
    }
    rules::fit(row.target_type, &base, &change, &current, locked).fields
}

/// The names of what ids and refs in a diff stand for.
async fn names(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    diff: &[ProposalField],
    promises: &[Promise],
) -> Result<BTreeMap<String, String>> {
    let mut ids = HashSet::new();
    for field in diff {
        for value in [&field.before, &field.after].into_iter().chain(&field.base) {
            ids_in(value, &mut ids);
        }
    }
    let ids: Vec<EntityId> = ids.into_iter().collect();
    let seen = entities::named(db, viewer, &ids).await?;
    let mut names: BTreeMap<String, String> =
        seen.into_iter().map(|entity| (entity.id.to_string(), entity.name)).collect();
    let refs: HashSet<String> = rules::refs(&Map::from_iter(diff.iter().map(|f| (f.field.clone(), f.after.clone()))));
    let called: HashMap<&str, &str> = promises.iter().map(|p| (p.reference.as_str(), p.label.as_str())).collect();
    names
        .extend(refs.iter().filter_map(|name| Some((format!("ref:{name}"), (*called.get(name.as_str())?).to_owned()))));
    Ok(names)
}

fn ids_in(value: &Value, ids: &mut HashSet<EntityId>) {
    match value {
        Value::String(text) => ids.extend(Uuid::try_parse(text).ok().map(EntityId)),
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, ids)),
        Value::Object(map) => map.values().for_each(|value| ids_in(value, ids)),
        _ => {}
    }
}
