//! What a valid relationship is, and what a patch makes of it. Pure.

use serde_json::{Value, json};
use skald_kernel::{Result, error::Fields};

use super::dto::{RelationshipIn, RelationshipOut, RelationshipPatch, RelationshipState};
use crate::{
    entities::{Named, not_null, storable},
    facts::Evidence,
};

const KIND: usize = 60;
const NOTE: usize = 2_000;
const REFERENCE: usize = 200;
/// Story times are whole numbers that a browser can hold as well.
const STORY: i64 = 9_000_000_000_000_000;
/// What is stored for "since always", so that it can be part of a key.
pub(super) const BEGINNING: i64 = i64::MIN;

pub(super) fn check(relationship: &RelationshipIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.text("kind", &relationship.kind, KIND).at_most("note", &relationship.note, NOTE);
    storable(&mut wrong, "kind", &relationship.kind);
    storable(&mut wrong, "note", &relationship.note);
    if !(-10..=10).contains(&relationship.strength) {
        wrong.add("strength", "out_of_range", "Between -10 and 10.");
    }
    if relationship.from_id == relationship.to_id {
        wrong.add("to_id", "same", "A relationship needs two ends.");
    }
    if relationship.story_time.is_some_and(|minute| minute.unsigned_abs() > STORY.unsigned_abs()) {
        wrong.add("story_time", "out_of_range", "Between -9 000 000 000 000 000 and 9 000 000 000 000 000 minutes.");
    }
    if let Some(reference) = &relationship.evidence.reference {
        wrong.at_most("evidence.ref", reference, REFERENCE);
        storable(&mut wrong, "evidence.ref", reference);
    }
    wrong.check()
}

pub(super) fn names(relationship: &RelationshipIn) -> [Named; 2] {
    [
        Named { field: "from_id".into(), id: relationship.from_id, kinds: &[] },
        Named { field: "to_id".into(), id: relationship.to_id, kinds: &[] },
    ]
}

pub(super) fn input_of(relationship: &RelationshipOut) -> RelationshipIn {
    RelationshipIn {
        from_id: relationship.from_id,
        to_id: relationship.to_id,
        kind: relationship.kind.clone(),
        strength: relationship.strength,
        symmetric: relationship.symmetric,
        visibility: relationship.visibility,
        note: relationship.note.clone(),
        story_time: relationship.since,
        evidence: Evidence::default(),
    }
}

/// What the history keeps of a relationship.
pub(super) fn snapshot(relationship: &RelationshipOut, states: &[RelationshipState]) -> Value {
    json!({
        "from_id": relationship.from_id, "to_id": relationship.to_id, "kind": relationship.kind,
        "strength": relationship.strength, "symmetric": relationship.symmetric,
        "visibility": relationship.visibility, "note": relationship.note, "story_time": relationship.since,
        "states": states,
    })
}

/// The relationship as it was in a state.
pub(super) fn in_state(relationship: &RelationshipIn, state: &RelationshipState) -> RelationshipIn {
    RelationshipIn {
        kind: state.kind.clone(),
        strength: state.strength,
        note: state.note.clone(),
        story_time: state.since,
        evidence: state.evidence.clone(),
        ..relationship.clone()
    }
}

/// The state in force at a moment, of those in their order.
pub(super) fn at(states: &[RelationshipState], moment: i64) -> Option<&RelationshipState> {
    states.iter().rev().find(|state| stored(state.since) <= moment)
}

/// A moment as it is stored.
pub(super) fn stored(since: Option<i64>) -> i64 {
    since.unwrap_or(BEGINNING)
}

/// A stored moment.
pub(super) fn since(stored: i64) -> Option<i64> {
    (stored != BEGINNING).then_some(stored)
}

/// The relationship after the patch.
pub(super) fn patched(relationship: &RelationshipIn, patch: RelationshipPatch) -> Result<RelationshipIn> {
    let mut wrong = Fields::default();
    let mut out = relationship.clone();
    match patch.kind {
        Some(Some(kind)) => out.kind = kind,
        Some(None) => not_null(&mut wrong, "kind"),
        None => {}
    }
    match patch.visibility {
        Some(Some(visibility)) => out.visibility = visibility,
        Some(None) => not_null(&mut wrong, "visibility"),
        None => {}
    }
    if let Some(strength) = patch.strength {
        out.strength = strength.unwrap_or_default();
    }
    if let Some(symmetric) = patch.symmetric {
        out.symmetric = symmetric.unwrap_or_default();
    }
    if let Some(note) = patch.note {
        out.note = note.unwrap_or_default();
    }
    if let Some(moment) = patch.story_time {
        out.story_time = moment;
    }
    if let Some(evidence) = patch.evidence {
        out.evidence = evidence.unwrap_or_default();
    }
    wrong.check()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use skald_kernel::EntityId;
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> EntityId {
        EntityId(Uuid::from_u128(n))
    }

    fn codes(result: Result<()>) -> Vec<(String, String)> {
        result.unwrap_err().fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect()
    }

    #[test]
    fn a_relationship_has_two_ends_and_a_strength_within_bounds() {
        let mut relationship = RelationshipIn::new(id(1), "hates", id(1));
        relationship.strength = -11;
        assert_eq!(
            codes(check(&relationship)),
            [("strength".into(), "out_of_range".into()), ("to_id".into(), "same".into())]
        );
        relationship.to_id = id(2);
        relationship.strength = -10;
        assert!(check(&relationship).is_ok());
    }

    #[test]
    fn a_patch_leaves_clears_and_sets() {
        let mut relationship = RelationshipIn::new(id(1), "hates", id(2));
        relationship.strength = -3;
        relationship.note = "since the fire".into();
        let patch: RelationshipPatch = serde_json::from_value(json!({"strength": null, "kind": "fears"})).unwrap();
        let after = patched(&relationship, patch).unwrap();
        assert_eq!((after.kind.as_str(), after.strength, after.note.as_str()), ("fears", 0, "since the fire"));
        let patch: RelationshipPatch = serde_json::from_value(json!({"visibility": null})).unwrap();
        assert_eq!(codes(patched(&relationship, patch).map(drop)), [("visibility".into(), "null".into())]);
    }
}
