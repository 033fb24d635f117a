//! What a valid suggestion is, what refs in it stand for, and how it fits what is there now. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};
use skald_kernel::{Error, Result, error::Fields};

use super::{
    authors::Author,
    dto::{
        ProposalAuthorKind, ProposalDecision, ProposalField, ProposalFieldChange, ProposalIn, ProposalOperation,
        ProposalRule, ProposalSource, ProposalTarget, ProposalsIn,
    },
    merge::merged,
};
use crate::entities::{EntityKind, storable};

const AT_ONCE: usize = 200;
const TITLE: usize = 120;
const REASON: usize = 2_000;
pub(super) const NOTE: usize = 500;
const EVIDENCE: usize = 20;
const QUOTE: usize = 2_000;
const EVIDENCE_REF: usize = 200;
const TASK: usize = 60;
const REF: usize = 40;
/// What stands before the name of an entity that is still to be made.
const REF_MARK: &str = "ref:";
/// Undecided suggestions of one member, and of a campaign.
pub(super) const OPEN_OF_ONE: u64 = 200;
pub(super) const OPEN: u64 = 10_000;

/// Refuses what is too long, too many or of the wrong shape; what the change holds is checked by what it changes.
pub(super) fn check(author: &Author, input: &ProposalsIn) -> Result<()> {
    let mut wrong = Fields::default();
    if let Author::Ai { task, .. } = author {
        wrong.text("task", task, TASK);
    }
    if let Some(title) = &input.title {
        wrong.text("title", title, TITLE);
        storable(&mut wrong, "title", title);
        if input.batch_id.is_some() {
            wrong.add("title", "not_wanted", "A batch has its title already.");
        }
    }
    let count = input.proposals.len();
    if count == 0 {
        wrong.add("proposals", "empty", "Suggest something.");
    }
    if count > AT_ONCE {
        wrong.add("proposals", "too_many", format!("At most {AT_ONCE} at once."));
    }
    if count > 1 && input.title.is_none() && input.batch_id.is_none() {
        wrong.add("title", "missing", "Several proposals make a batch, which has a title.");
    }
    for (n, proposal) in input.proposals.iter().enumerate() {
        one(&mut wrong, &format!("proposals.{n}"), proposal);
    }
    wrong.check()
}

fn one(wrong: &mut Fields, place: &str, proposal: &ProposalIn) {
    let at = |field: &str| format!("{place}.{field}");
    wrong.at_most(&at("reason"), &proposal.reason, REASON);
    storable(wrong, &at("reason"), &proposal.reason);
    let creates = proposal.operation == ProposalOperation::Create;
    if creates && (proposal.target_id.is_some() || proposal.base_version.is_some()) {
        wrong.add(&at("target_id"), "not_wanted", "What is made has no id and no version yet.");
    }
    if !creates && proposal.target_id.is_none() {
        wrong.add(&at("target_id"), "missing", "Say what is changed or retired.");
    }
    if proposal.operation == ProposalOperation::Retire && !proposal.change.is_empty() {
        wrong.add(&at("change"), "not_wanted", "To retire something changes nothing else.");
    }
    if proposal.operation != ProposalOperation::Retire && proposal.change.is_empty() {
        wrong.add(&at("change"), "empty", "Say what to change.");
    }
    if let Some(name) = &proposal.reference {
        if !creates || proposal.target_type != ProposalTarget::Entity {
            wrong.add(&at("ref"), "not_wanted", "Only a new entity can be referred to.");
        }
        if !is_ref_name(name) {
            wrong.add(&at("ref"), "wrong_type", format!("1 to {REF} of a-z, 0-9, _ and -."));
        }
    }
    if proposal.evidence.len() > EVIDENCE {
        wrong.add(&at("evidence"), "too_many", format!("At most {EVIDENCE}."));
    }
    for (m, evidence) in proposal.evidence.iter().enumerate() {
        for (field, text, most) in [("ref", &evidence.reference, EVIDENCE_REF), ("quote", &evidence.quote, QUOTE)] {
            if let Some(text) = text {
                let field = at(&format!("evidence.{m}.{field}"));
                wrong.at_most(&field, text, most);
                storable(wrong, &field, text);
            }
        }
        if evidence.kind == ProposalSource::Text && evidence.quote.as_ref().is_none_or(|quote| quote.trim().is_empty())
        {
            wrong.add(&at(&format!("evidence.{m}.quote")), "empty", "Quote the passage.");
        }
    }
}

/// A word with a decision.
pub(super) fn check_note(note: &str) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.at_most("note", note, NOTE);
    storable(&mut wrong, "note", note);
    wrong.check()
}

fn is_ref_name(name: &str) -> bool {
    (1..=REF).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// The same error, about fields inside another.
pub(super) fn within(error: Error, place: &str) -> Error {
    if error.fields().is_empty() {
        return error;
    }
    let mut fields = error.fields().to_vec();
    for field in &mut fields {
        field.field = if field.field.is_empty() { place.to_owned() } else { format!("{place}.{}", field.field) };
    }
    error.with_fields(fields)
}

/// The refs that stand in a change.
pub(super) fn refs(change: &Map<String, Value>) -> HashSet<String> {
    let mut found = HashSet::new();
    change.values().for_each(|value| refs_in(value, &mut found));
    found
}

fn refs_in(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            found.extend(text.strip_prefix(REF_MARK).filter(|name| is_ref_name(name)).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| refs_in(item, found)),
        Value::Object(map) => map.values().for_each(|value| refs_in(value, found)),
        _ => {}
    }
}

/// The change with ids in the place of its refs; those that are not known stay.
pub(super) fn resolved(change: &Map<String, Value>, ids: &HashMap<String, String>) -> Map<String, Value> {
    change.iter().map(|(key, value)| (key.clone(), resolved_value(value, ids))).collect()
}

fn resolved_value(value: &Value, ids: &HashMap<String, String>) -> Value {
    match value {
        Value::String(text) => {
            let id = text.strip_prefix(REF_MARK).and_then(|name| ids.get(name));
            Value::String(id.unwrap_or(text).clone())
        }
        Value::Array(items) => items.iter().map(|item| resolved_value(item, ids)).collect(),
        Value::Object(map) => Value::Object(resolved(map, ids)),
        other => other.clone(),
    }
}

/// Whether two values of a field mean the same: what is empty is empty, however it is written.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    a == b || (is_empty(a) && is_empty(b))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Of a relationship: says to which moment a change belongs and how it is known; it is no state that two could change.
fn is_about_the_change(target: ProposalTarget, field: &str) -> bool {
    target == ProposalTarget::Relationship && matches!(field, "story_time" | "evidence")
}

/// A change beside what it began from and what is there now.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// The change that does what was meant to what is there now.
    pub change: Map<String, Value>,
    /// Field by field, without what stays as it is.
    pub fields: Vec<ProposalField>,
}

impl Fit {
    /// The fields that both sides changed.
    pub fn conflicts(&self) -> Vec<&str> {
        self.fields.iter().filter(|field| field.conflict).map(|field| field.field.as_str()).collect()
    }
}

/// How a change that was made from `base` fits `current`.
pub(super) fn fit(
    target: ProposalTarget,
    base: &Map<String, Value>,
    change: &Map<String, Value>,
    current: &Map<String, Value>,
    locked: &[String],
) -> Fit {
    let mut out = Fit::default();
    for (name, wanted) in change {
        let nothing = Value::Null;
        let now = current.get(name).unwrap_or(&nothing);
        let seen = base.get(name).unwrap_or(now);
        let is_locked = locks(locked, name);
        if name == "fields"
            && let (Value::Object(now), Value::Object(wanted)) = (now, wanted)
        {
            let seen = seen.as_object().unwrap_or(now);
            out.change.insert(name.clone(), Value::Object(keys(&mut out.fields, seen, wanted, now, locked)));
            continue;
        }
        let (value, conflict) = if is_about_the_change(target, name) || same(seen, now) || same(now, wanted) {
            (wanted.clone(), false)
        } else {
            match (name.as_str(), seen, now, wanted) {
                ("body" | "text", Value::String(seen), Value::String(now), Value::String(wanted)) => {
                    merged(seen, now, wanted)
                        .map_or_else(|| (wanted.as_str().into(), true), |both| (both.into(), false))
                }
                _ => (wanted.clone(), true),
            }
        };
        out.fields.extend(field(name.clone(), seen, now, &value, conflict, is_locked));
        out.change.insert(name.clone(), value);
    }
    out
}

/// The keys of `fields`, each on its own.
fn keys(
    fields: &mut Vec<ProposalField>,
    seen: &Map<String, Value>,
    wanted: &Map<String, Value>,
    now: &Map<String, Value>,
    locked: &[String],
) -> Map<String, Value> {
    if seen == now {
        for (key, (before, after)) in both(now, wanted) {
            let name = format!("fields.{key}");
            let is_locked = locks(locked, &name);
            fields.extend(field(name, &before, &before, &after, false, is_locked));
        }
        return wanted.clone();
    }
    let mut out = now.clone();
    for (key, (before, after)) in both(seen, wanted) {
        if before == after {
            continue;
        }
        let there = now.get(&key).cloned().unwrap_or_default();
        let conflict = before != there && there != after;
        let name = format!("fields.{key}");
        let is_locked = locks(locked, &name);
        fields.extend(field(name, &before, &there, &after, conflict, is_locked));
        match wanted.get(&key) {
            Some(value) => drop(out.insert(key, value.clone())),
            None => drop(out.remove(&key)),
        }
    }
    out
}

/// The keys of two maps with the value in each; null where there is none.
fn both(a: &Map<String, Value>, b: &Map<String, Value>) -> BTreeMap<String, (Value, Value)> {
    let of = |map: &Map<String, Value>, key: &String| map.get(key).cloned().unwrap_or_default();
    a.keys().chain(b.keys()).map(|key| (key.clone(), (of(a, key), of(b, key)))).collect()
}

fn field(
    name: String,
    seen: &Value,
    now: &Value,
    after: &Value,
    conflict: bool,
    locked: bool,
) -> Option<ProposalField> {
    if same(now, after) {
        return None;
    }
    let change = match (is_empty(now), is_empty(after)) {
        (true, _) => ProposalFieldChange::Added,
        (_, true) => ProposalFieldChange::Removed,
        _ => ProposalFieldChange::Changed,
    };
    let base = (!same(seen, now)).then(|| seen.clone());
    Some(ProposalField { field: name, change, before: now.clone(), after: after.clone(), base, conflict, locked })
}

/// Whether a lock covers a field: of the same name, of the whole it is part of, or of a part of it.
pub(super) fn locks(locked: &[String], field: &str) -> bool {
    let inside = |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'));
    locked.iter().any(|lock| lock == field || inside(lock, field) || inside(field, lock))
}

/// The locked fields that a change touches.
pub(super) fn locked_in(locked: &[String], base: &Map<String, Value>, change: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, wanted) in change {
        if let ("fields", Some(wanted)) = (name.as_str(), wanted.as_object())
            && !locked.iter().any(|lock| lock == "fields")
        {
            let nothing = Map::new();
            let seen = base.get(name).and_then(Value::as_object).unwrap_or(&nothing);
            let changed = both(seen, wanted).into_iter().filter(|(_, (before, after))| before != after);
            found.extend(changed.map(|(key, _)| format!("fields.{key}")).filter(|name| locks(locked, name)));
        } else if locks(locked, name) {
            found.push(name.clone());
        }
    }
    found
}

/// What the rules say of a suggestion.
pub(super) fn decision(
    rules: &[ProposalRule],
    author: ProposalAuthorKind,
    target: ProposalTarget,
    kind: Option<EntityKind>,
) -> ProposalDecision {
    let fits = |rule: &&ProposalRule| rule.author == author && rule.target_type == target;
    let rules: Vec<&ProposalRule> = rules.iter().filter(fits).collect();
    let exact = rules.iter().find(|rule| kind.is_some() && rule.entity_kind == kind);
    exact.or_else(|| rules.iter().find(|rule| rule.entity_kind.is_none())).map_or(ProposalDecision::Ask, |r| r.decision)
}

/// Refuses rules that contradict each other or can never fit.
pub(super) fn check_policy(rules: &[ProposalRule]) -> Result<()> {
    let mut wrong = Fields::default();
    let mut seen = HashSet::new();
    for (n, rule) in rules.iter().enumerate() {
        if rule.entity_kind.is_some() && rule.target_type != ProposalTarget::Entity {
            wrong.add(&format!("rules.{n}.entity_kind"), "not_wanted", "Only entities have a kind.");
        }
        if !seen.insert((rule.author, rule.target_type, rule.entity_kind)) {
            wrong.add(&format!("rules.{n}"), "twice", "There is a rule for this already.");
        }
    }
    wrong.check()
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
