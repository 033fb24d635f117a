//! Suggesting: what comes in is checked as if it were made now, by eyes of its author, and kept until somebody decides.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use skald_access::Gm;
use skald_kernel::{BatchId, EntityId, Error, ErrorCode, Event, MediaId, ProposalId, Result, Viewer};
use skald_platform::Tx;
use uuid::Uuid;

use super::{
    actions,
    authors::Author,
    dto::{
        ProposalAccept, ProposalBatch, ProposalDecision, ProposalIn, ProposalOperation, ProposalStatus, ProposalTarget,
        ProposalsIn,
    },
    policy, queries,
    queries::{Decided, Promise, Row},
    rules,
    targets::{self, Label, Target},
};
use crate::entities::{EntityKind, Named};

/// What was suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The batch, if there is one.
    pub batch: Option<BatchId>,
    /// The proposals, in their order.
    pub ids: Vec<ProposalId>,
}

/// What the proposals of one call are checked with.
struct Desk<'a> {
    viewer: &'a Viewer,
    author: &'a Author,
    batch: Option<ProposalBatch>,
    stored: HashMap<Uuid, Target>,
    locked: HashMap<Uuid, Vec<String>>,
    /// Of this batch; an id stands for what is still to be made.
    promised: HashMap<String, (EntityId, EntityKind, String)>,
    names: Vec<Named>,
    pictures: Vec<(String, MediaId)>,
    labels: Vec<Option<Label>>,
}

/// Suggests changes of the canon, for models, imports and members. `viewer` are the eyes of the author: what they do not see
/// is, to them, not there. What the campaign's policy accepts is made at once.
///
/// # Errors
/// Invalid fields, with their place below `proposals.<n>`: what could not be made, is not seen, is `locked` or is `refused`;
/// `version_stale` with what is stored; conflict, when too many wait already.
pub async fn propose(tx: &mut Tx, viewer: &Viewer, author: &Author, input: ProposalsIn) -> Result<Proposed> {
    rules::check(author, &input)?;
    let campaign = viewer.campaign();
    let (all, own) = queries::waiting(tx.conn(), campaign, author).await?;
    let (more, member) = (input.proposals.len() as u64, matches!(author, Author::Member { .. }));
    if all + more > rules::OPEN || (member && own + more > rules::OPEN_OF_ONE) {
        return Err(Error::new(ErrorCode::Conflict, "Too many suggestions wait already. Wait until some are decided."));
    }
    let wanted: Vec<(ProposalTarget, Uuid)> =
        input.proposals.iter().filter_map(|one| Some((one.target_type, one.target_id?))).collect();
    let ids: Vec<Uuid> = wanted.iter().map(|(_, id)| *id).collect();
    let (batch, promised) = batch_of(tx, viewer, author, &input).await?;
    let mut desk = Desk {
        viewer,
        author,
        batch,
        stored: targets::load(tx.conn(), viewer, &wanted).await?,
        locked: queries::locked(tx.conn(), campaign, &ids).await?,
        promised,
        names: Vec::new(),
        pictures: Vec::new(),
        labels: Vec::new(),
    };
    let mut rows = Vec::new();
    for (n, proposal) in input.proposals.into_iter().enumerate() {
        let id: ProposalId = tx.ids().next();
        let place = format!("proposals.{n}");
        let mut row = desk.row(id, &place, proposal)?;
        row.created_at = tx.now();
        rows.push(row);
    }
    let promised = desk.promised.values().map(|(id, kind, name)| (*id, (*kind, name.clone()))).collect();
    let called = targets::check_seen(tx.conn(), viewer, &desk.names, &promised).await?;
    let user = match author {
        Author::Member { user } => Some(*user),
        _ => None,
    };
    targets::check_pictures(tx.conn(), viewer, user, &desk.pictures).await?;
    for (row, label) in rows.iter_mut().zip(&desk.labels) {
        if let Some(label) = label {
            row.label = label.written(&called);
        }
    }
    let decisions = decisions(tx, &rows).await?;
    queries::insert(tx.conn(), &rows).await?;
    supersede(tx, author, &rows).await?;
    for (row, decision) in rows.iter().zip(decisions) {
        tx.event(Event::for_gm(campaign, "proposal.created", row.id));
        if decision == ProposalDecision::Accept {
            accept_at_once(tx, row).await?;
        }
    }
    let detail = json!({"author": author.kind(), "proposals": rows.iter().map(|row| row.id).collect::<Vec<_>>()});
    tx.audit(Some(campaign), "proposal.create", rows.first().map(|row| row.id.0), detail);
    Ok(Proposed { batch: desk.batch.map(|batch| batch.id), ids: rows.iter().map(|row| row.id).collect() })
}

type Promised = HashMap<String, (EntityId, EntityKind, String)>;

/// The batch of the call, made where it is new, and what its earlier proposals can be referred to by.
async fn batch_of(
    tx: &Tx,
    viewer: &Viewer,
    author: &Author,
    input: &ProposalsIn,
) -> Result<(Option<ProposalBatch>, Promised)> {
    let campaign = viewer.campaign();
    if let Some(title) = &input.title {
        let batch = ProposalBatch { id: tx.ids().next(), title: title.trim().to_owned() };
        queries::insert_batch(tx.conn(), campaign, &batch, author, tx.now()).await?;
        return Ok((Some(batch), HashMap::new()));
    }
    let Some(id) = input.batch_id else { return Ok((None, HashMap::new())) };
    if !queries::is_batch_of(tx.conn(), campaign, id, author).await? {
        return Err(Error::field("batch_id", "unknown", "There is no such batch of yours."));
    }
    let before = queries::promises(tx.conn(), id).await?;
    let promised = before
        .into_iter()
        .map(|Promise { id, reference, kind, label, made }| (reference, (made.unwrap_or(EntityId(id.0)), kind, label)))
        .collect();
    Ok((Some(ProposalBatch { id, title: String::new() }), promised))
}

impl Desk<'_> {
    fn row(&mut self, id: ProposalId, place: &str, proposal: ProposalIn) -> Result<Row> {
        let stored = match proposal.target_id {
            None => None,
            Some(target) => {
                let unknown = || Error::field(&format!("{place}.target_id"), "unknown", "There is no such thing here.");
                Some(self.stored.get(&target).filter(|stored| fits(stored, proposal.target_type)).ok_or_else(unknown)?)
            }
        };
        if let (Some(stored), Some(base)) = (stored, proposal.base_version)
            && stored.version() != base
        {
            return Err(Error::stale(stored.json()));
        }
        let within = |error: Error| rules::within(error, &format!("{place}.change"));
        let (mut kind, mut label) = (stored.and_then(Target::kind), None);
        if proposal.operation != ProposalOperation::Retire {
            let ids = self.promised.iter().map(|(name, (id, ..))| (name.clone(), id.to_string())).collect();
            let change = rules::resolved(&proposal.change, &ids);
            let checked =
                targets::check(proposal.target_type, stored, &change, !self.viewer.sees_all()).map_err(within)?;
            for mut name in checked.names {
                name.field = format!("{place}.change.{}", name.field);
                self.names.push(name);
            }
            self.pictures.extend(checked.portrait.map(|id| (format!("{place}.change.portrait_id"), id)));
            if stored.is_none() {
                kind = checked.kind;
                label = Some(checked.label);
            }
        }
        let state = stored.map(Target::state).unwrap_or_default();
        let mut base: Map<String, Value> = Map::new();
        for name in proposal.change.keys().filter(|_| stored.is_some()) {
            base.insert(name.clone(), state.get(name).cloned().unwrap_or_default());
        }
        if let Some(locked) = proposal.target_id.and_then(|id| self.locked.get(&id)) {
            refuse_locked(locked, proposal.operation, &base, &proposal.change, place)?;
        }
        if let (Some(name), Some(kind)) = (&proposal.reference, kind) {
            let title = match &label {
                Some(Label::Name(title)) => title.clone(),
                _ => String::new(),
            };
            if self.promised.insert(name.clone(), (EntityId(id.0), kind, title)).is_some() {
                return Err(Error::field(&format!("{place}.ref"), "twice", "The batch has that already."));
            }
        }
        self.labels.push(label);
        Ok(Row {
            id,
            campaign: self.viewer.campaign(),
            author: self.author.clone(),
            author_name: None,
            batch: self.batch.clone(),
            target_type: proposal.target_type,
            operation: proposal.operation,
            entity_kind: kind,
            target_id: proposal.target_id,
            base_version: stored.map(Target::version),
            base,
            change: proposal.change,
            reference: proposal.reference,
            label: stored.map(Target::label).unwrap_or_default(),
            evidence: proposal.evidence,
            reason: proposal.reason.trim().to_owned(),
            status: ProposalStatus::Open,
            decided_by: None,
            decided_at: None,
            decided_note: String::new(),
            result_id: None,
            edited: None,
            undo: None,
            version: 1,
            created_at: chrono::DateTime::default(),
        })
    }
}

fn fits(stored: &Target, target: ProposalTarget) -> bool {
    matches!(
        (stored, target),
        (Target::Entity(_), ProposalTarget::Entity)
            | (Target::Fact(_), ProposalTarget::Fact)
            | (Target::Relationship(_), ProposalTarget::Relationship)
    )
}

/// Refuses a change of locked fields, naming them below `place`.
pub(super) fn refuse_locked(
    locked: &[String],
    operation: ProposalOperation,
    base: &Map<String, Value>,
    change: &Map<String, Value>,
    place: &str,
) -> Result<()> {
    let at = |field: &str| if place.is_empty() { field.to_owned() } else { format!("{place}.{field}") };
    let mut wrong = skald_kernel::error::Fields::default();
    if change.contains_key("locked") {
        wrong.add(&at("change.locked"), "locked", "Locks are set by a game master alone.");
    }
    for name in rules::locked_in(locked, base, change) {
        wrong.add(&at(&format!("change.{name}")), "locked", "A game master has locked this field.");
    }
    if operation == ProposalOperation::Retire && !locked.is_empty() {
        wrong.add(&at("operation"), "locked", format!("A game master has locked {}.", locked.join(", ")));
    }
    wrong.check()
}

/// What the campaign's policy says of each; refuses, when it refuses one.
async fn decisions(tx: &Tx, rows: &[Row]) -> Result<Vec<ProposalDecision>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let policy = policy::policy(tx.conn(), first.campaign).await?;
    let mut wrong = skald_kernel::error::Fields::default();
    let mut found = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let decision = rules::decision(&policy.rules, row.author.kind(), row.target_type, row.entity_kind);
        if decision == ProposalDecision::Refuse {
            wrong.add(&format!("proposals.{n}"), "refused", "This campaign takes no such suggestions.");
        }
        found.push(decision);
    }
    wrong.check()?;
    Ok(found)
}

/// What the author suggested before about the same things gives way to what says at least as much.
async fn supersede(tx: &mut Tx, author: &Author, rows: &[Row]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let targets: Vec<Uuid> = rows.iter().filter_map(|row| row.target_id).collect();
    let replaced = |old: &Row| {
        rows.iter().any(|new| {
            new.id != old.id
                && new.target_id == old.target_id
                && new.operation == old.operation
                && old.change.keys().all(|field| new.change.contains_key(field))
        }) && rows.iter().all(|new| new.id != old.id)
    };
    let older = queries::older(tx.conn(), first.campaign, author, &targets).await?;
    let old: Vec<ProposalId> = older.iter().filter(|old| replaced(old)).map(|old| old.id).collect();
    let decided = Decided { status: ProposalStatus::Superseded, by: None, note: "", at: tx.now() };
    queries::decide(tx.conn(), first.campaign, &old, &decided).await?;
    for id in old {
        tx.event(Event::for_gm(first.campaign, "proposal.superseded", id));
    }
    Ok(())
}

/// Makes what the policy accepts. What does not fit as it stands waits for a game master.
async fn accept_at_once(tx: &mut Tx, row: &Row) -> Result<()> {
    let by = Gm::engine(row.campaign);
    let asked = ProposalAccept::default();
    match actions::ready(tx, row, &asked).await {
        Ok(ready) => {
            let decided = Decided { status: ProposalStatus::Accepted, by: None, note: "", at: tx.now() };
            queries::decide(tx.conn(), row.campaign, &[row.id], &decided).await?;
            actions::make(tx, &by, row, ready, None).await
        }
        Err(error) if error.code() == ErrorCode::Conflict => Ok(()),
        Err(error) => Err(error),
    }
}
