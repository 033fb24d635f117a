//! What a valid fact is, what a patch makes of it, who knows it after it was revealed. Pure.

use skald_kernel::{EntityId, Error, Result, error::Fields};
use uuid::Uuid;

use super::dto::{Evidence, FactIn, FactKind, FactOut, FactPatch, FactQuery, FactStatus, Knower};
use crate::{
    calendar::FARTHEST,
    entities::{EntityKind, KNOWERS, Named, not_null, storable},
};

const PREDICATE: usize = 80;
const TEXT: usize = 4_000;
const REFERENCE: usize = 200;
const KNOWN_BY: usize = 200;
const SOURCES: usize = 20;
/// Facts that are revealed at once.
const AT_ONCE: usize = 100;

/// Brings a fact into the form that is stored: each knower once, and the game master where nobody is named; a kind and
/// a source.
pub(super) fn tidy(fact: &mut FactIn) {
    fact.kind = Some(kind(fact));
    if fact.evidence.is_empty() {
        fact.evidence.push(Evidence::default());
    }
    fact.predicate = fact.predicate.trim().to_owned();
    fact.knowers.sort_unstable();
    fact.knowers.dedup();
    if fact.knowers.is_empty() {
        fact.knowers.push(Knower::Gm);
    }
}

/// What a fact says of its subject.
pub(super) fn kind(fact: &FactIn) -> FactKind {
    fact.kind.unwrap_or(if fact.object_id.is_some() { FactKind::Relation } else { FactKind::Attribute })
}

pub(super) fn check(fact: &FactIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.text("predicate", &fact.predicate, PREDICATE).at_most("text", &fact.text, TEXT);
    storable(&mut wrong, "predicate", &fact.predicate);
    storable(&mut wrong, "text", &fact.text);
    if fact.evidence.len() > SOURCES {
        wrong.add("evidence", "too_many", format!("At most {SOURCES}."));
    }
    for (n, evidence) in fact.evidence.iter().enumerate() {
        let field = format!("evidence.{n}.ref");
        if let Some(reference) = &evidence.reference {
            wrong.at_most(&field, reference, REFERENCE);
            storable(&mut wrong, &field, reference);
        }
        if evidence.at.is_some_and(|at| at < 0) {
            wrong.add(&format!("evidence.{n}.at"), "out_of_range", "Not negative.");
        }
    }
    for (field, minute) in
        [("story_from", fact.story_from), ("story_to", fact.story_to), ("known_from", fact.known_from)]
    {
        story(&mut wrong, field, minute);
    }
    if fact.object_id.is_none() && fact.text.trim().is_empty() {
        wrong.add("text", "empty", "A fact needs an object or a text.");
    }
    if let (Some(from), Some(to)) = (fact.story_from, fact.story_to)
        && from > to
    {
        wrong.add("story_to", "out_of_range", "Not before story_from.");
    }
    if fact.find_dc.is_some_and(|dc| !(1..=40).contains(&dc)) {
        wrong.add("find_dc", "out_of_range", "Between 1 and 40.");
    }
    at_most(&mut wrong, "knowers", &fact.knowers);
    wrong.check()
}

/// Refuses a minute that no calendar counts to.
pub(super) fn story(wrong: &mut Fields, field: &str, minute: Option<i64>) {
    if minute.is_some_and(|minute| minute.unsigned_abs() > FARTHEST.unsigned_abs()) {
        wrong.add(field, "out_of_range", format!("Between -{FARTHEST} and {FARTHEST} minutes."));
    }
}

fn at_most(wrong: &mut Fields, field: &str, knowers: &[Knower]) {
    if knowers.len() > KNOWN_BY {
        wrong.add(field, "too_many", format!("At most {KNOWN_BY}; a faction counts as one."));
    }
}

/// The ids a fact names that it did not name before.
pub(super) fn names(fact: &FactIn, before: Option<&FactIn>) -> Vec<Named> {
    let mut names = Vec::new();
    if before.is_none() {
        names.push(Named { field: "subject_id".into(), id: fact.subject_id, kinds: &[] });
    }
    if let Some(id) = fact.object_id.filter(|id| before.is_none_or(|old| old.object_id != Some(*id))) {
        names.push(Named { field: "object_id".into(), id, kinds: &[] });
    }
    let old = before.map_or(&[][..], |old| &old.knowers);
    names.extend(
        knower_names("knowers", &fact.knowers).into_iter().filter(|n| !old.iter().any(|k| id_of(*k) == Some(n.id))),
    );
    names
}

/// The ids among knowers.
pub(super) fn knower_names(field: &str, knowers: &[Knower]) -> Vec<Named> {
    let named = |(n, knower): (usize, &Knower)| {
        let kinds = match knower {
            Knower::Character { .. } => &KNOWERS[..1],
            _ => &[EntityKind::Faction][..],
        };
        id_of(*knower).map(|id| Named { field: format!("{field}.{n}.id"), id, kinds })
    };
    knowers.iter().enumerate().filter_map(named).collect()
}

fn id_of(knower: Knower) -> Option<EntityId> {
    match knower {
        Knower::Character { id } | Knower::Faction { id } => Some(id),
        Knower::Everyone | Knower::Gm | Knower::Reader => None,
    }
}

/// How a knower is stored: a word, and an id that is nil where the word says all.
pub(super) fn stored(knower: Knower) -> (&'static str, Uuid) {
    let word = match knower {
        Knower::Everyone => "everyone",
        Knower::Gm => "gm",
        Knower::Character { .. } => "character",
        Knower::Faction { .. } => "faction",
        Knower::Reader => "reader",
    };
    (word, id_of(knower).map_or(Uuid::nil(), |id| id.0))
}

/// The knower that was stored so.
pub(super) fn read(word: &str, id: Uuid) -> Option<Knower> {
    match word {
        "everyone" => Some(Knower::Everyone),
        "gm" => Some(Knower::Gm),
        "character" => Some(Knower::Character { id: EntityId(id) }),
        "faction" => Some(Knower::Faction { id: EntityId(id) }),
        "reader" => Some(Knower::Reader),
        _ => None,
    }
}

/// Who a list is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Every character that is played, together.
    Party,
    Knower(Knower),
}

/// Reads `character:<id>`, `faction:<id>`, `party`, `everyone`, `gm` or `reader`.
pub(super) fn read_knower(text: &str) -> Result<Asked> {
    let (word, id) = text.split_once(':').map_or((text, None), |(word, id)| (word, Some(id)));
    let id = id.map(Uuid::try_parse).transpose().ok().map(Option::unwrap_or_default);
    let named = matches!(word, "character" | "faction");
    match id {
        Some(id) if word == "party" && id.is_nil() && !text.contains(':') => Some(Asked::Party),
        Some(id) if named == text.contains(':') => read(word, id).map(Asked::Knower),
        _ => None,
    }
    .ok_or_else(|| {
        let ways = "Write `character:<id>`, `faction:<id>`, `party`, `everyone`, `gm` or `reader`.";
        Error::field("knower", "unknown", ways)
    })
}

/// Refuses a moment that no calendar counts to.
pub(super) fn check_query(query: &FactQuery) -> Result<()> {
    let mut wrong = Fields::default();
    story(&mut wrong, "as_of", query.as_of);
    if let Some(q) = &query.q {
        wrong.at_most("q", q, REFERENCE);
    }
    wrong.check()
}

/// Refuses to reveal to nobody, or to too many, or nothing, or too much.
pub(super) fn check_reveal(facts: usize, to: &[Knower], known_from: Option<i64>) -> Result<()> {
    let mut wrong = Fields::default();
    if !(1..=AT_ONCE).contains(&facts) {
        wrong.add("fact_ids", "out_of_range", format!("Between 1 and {AT_ONCE}."));
    }
    story(&mut wrong, "known_from", known_from);
    if to.is_empty() {
        wrong.add("to", "empty", "Name at least one who shall know it.");
    }
    at_most(&mut wrong, "to", to);
    wrong.check()
}

/// Those of `to` that do not know it yet, once each.
pub(super) fn learning(known: &[Knower], to: &[Knower]) -> Vec<Knower> {
    let mut new: Vec<Knower> = to.iter().copied().filter(|knower| !known.contains(knower)).collect();
    new.sort_unstable();
    new.dedup();
    new
}

/// What a fact, as a GM sees it, was made from.
pub(super) fn input_of(fact: &FactOut) -> FactIn {
    FactIn {
        subject_id: fact.subject_id,
        kind: Some(fact.kind),
        predicate: fact.predicate.clone(),
        object_id: fact.object_id,
        text: fact.text.clone(),
        knowers: fact.knowers.clone().unwrap_or_default(),
        known_from: None,
        story_from: fact.story_from,
        story_to: fact.story_to,
        find_dc: fact.find_dc,
        status: fact.status,
        evidence: fact.evidence.clone(),
    }
}

/// The fact after the patch.
pub(super) fn patched(fact: &FactIn, patch: FactPatch) -> Result<FactIn> {
    let mut wrong = Fields::default();
    let mut out = fact.clone();
    match patch.predicate {
        Some(Some(predicate)) => out.predicate = predicate,
        Some(None) => not_null(&mut wrong, "predicate"),
        None => {}
    }
    match patch.kind {
        Some(Some(kind)) => out.kind = Some(kind),
        Some(None) => not_null(&mut wrong, "kind"),
        None => {}
    }
    match patch.status {
        Some(Some(status)) => out.status = status,
        Some(None) => not_null(&mut wrong, "status"),
        None => {}
    }
    if let Some(object_id) = patch.object_id {
        out.object_id = object_id;
    }
    if let Some(text) = patch.text {
        out.text = text.unwrap_or_default();
    }
    if let Some(knowers) = patch.knowers {
        out.knowers = knowers.unwrap_or_default();
    }
    out.known_from = patch.known_from.flatten();
    if let Some(story_from) = patch.story_from {
        out.story_from = story_from;
    }
    if let Some(story_to) = patch.story_to {
        out.story_to = story_to;
    }
    if let Some(find_dc) = patch.find_dc {
        out.find_dc = find_dc;
    }
    if let Some(evidence) = patch.evidence {
        out.evidence = evidence.unwrap_or_default();
    }
    wrong.check()?;
    Ok(out)
}

/// Whether every member may know a fact, as far as the fact itself says.
pub(super) fn is_open(fact: &FactIn) -> bool {
    fact.status == FactStatus::Canon && fact.knowers.contains(&Knower::Everyone)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(n: u128) -> EntityId {
        EntityId(Uuid::from_u128(n))
    }

    fn codes(result: Result<()>) -> Vec<(String, String)> {
        result.unwrap_err().fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect()
    }

    #[test]
    fn a_fact_says_something_within_limits() {
        let mut fact = FactIn::new(id(1), "owes", "");
        assert_eq!(codes(check(&fact)), [("text".into(), "empty".into())]);
        fact.object_id = Some(id(2));
        assert!(check(&fact).is_ok());
        fact.story_from = Some(3);
        fact.story_to = Some(2);
        fact.find_dc = Some(41);
        assert_eq!(
            codes(check(&fact)),
            [("story_to".into(), "out_of_range".into()), ("find_dc".into(), "out_of_range".into())]
        );
        fact.story_to = Some(3);
        fact.find_dc = Some(40);
        assert!(check(&fact).is_ok());
    }

    #[test]
    fn a_fact_nobody_is_named_for_is_the_game_masters() {
        let mut fact = FactIn::new(id(1), "owes", "gold");
        tidy(&mut fact);
        assert_eq!(fact.knowers, [Knower::Gm]);
        fact.knowers = vec![Knower::Reader, Knower::Everyone, Knower::Reader];
        tidy(&mut fact);
        assert_eq!(fact.knowers, [Knower::Everyone, Knower::Reader]);
    }

    #[test]
    fn knowers_are_stored_and_read_back() {
        for knower in [
            Knower::Everyone,
            Knower::Gm,
            Knower::Reader,
            Knower::Character { id: id(1) },
            Knower::Faction { id: id(2) },
        ] {
            let (word, id) = stored(knower);
            assert_eq!(read(word, id), Some(knower));
            assert_eq!(serde_json::to_value(knower).unwrap()["type"], word);
        }
    }

    #[test]
    fn only_who_does_not_know_it_learns_it_once() {
        let (a, b) = (Knower::Character { id: id(1) }, Knower::Character { id: id(2) });
        assert_eq!(learning(&[Knower::Gm, a], &[a, b, b]), [b]);
        assert_eq!(codes(check_reveal(1, &[], None)), [("to".into(), "empty".into())]);
    }

    #[test]
    fn whose_knowledge_is_asked_for_is_read_exactly() {
        let some = Uuid::from_u128(7);
        for (text, expected) in [
            ("party".to_owned(), Some(Asked::Party)),
            ("everyone".into(), Some(Asked::Knower(Knower::Everyone))),
            ("gm".into(), Some(Asked::Knower(Knower::Gm))),
            ("reader".into(), Some(Asked::Knower(Knower::Reader))),
            (format!("character:{some}"), Some(Asked::Knower(Knower::Character { id: id(7) }))),
            (format!("faction:{some}"), Some(Asked::Knower(Knower::Faction { id: id(7) }))),
            (format!("gm:{some}"), None),
            (format!("party:{some}"), None),
            ("character".into(), None),
            ("character:mira".into(), None),
            (String::new(), None),
        ] {
            assert_eq!(read_knower(&text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_fact_has_a_kind_and_a_source() {
        let mut fact = FactIn::new(id(1), "owes", "gold");
        tidy(&mut fact);
        assert_eq!((fact.kind, fact.evidence.len()), (Some(FactKind::Attribute), 1));
        let mut fact = FactIn::new(id(1), "owes", "gold");
        fact.object_id = Some(id(2));
        tidy(&mut fact);
        assert_eq!(fact.kind, Some(FactKind::Relation));
        fact.evidence[0].at = Some(-1);
        fact.story_from = Some(FARTHEST + 1);
        let wrong = codes(check(&fact));
        assert_eq!(
            wrong,
            [("evidence.0.at".into(), "out_of_range".into()), ("story_from".into(), "out_of_range".into())]
        );
    }

    #[test]
    fn a_patch_leaves_clears_and_sets() {
        let mut fact = FactIn::new(id(1), "owes", "gold");
        fact.find_dc = Some(12);
        let patch: FactPatch = serde_json::from_value(json!({"find_dc": null, "text": "silver"})).unwrap();
        let after = patched(&fact, patch).unwrap();
        assert_eq!((after.find_dc, after.text.as_str(), after.predicate.as_str()), (None, "silver", "owes"));
        let patch: FactPatch = serde_json::from_value(json!({"status": null})).unwrap();
        assert_eq!(codes(patched(&fact, patch).map(drop)), [("status".into(), "null".into())]);
    }

    #[test]
    fn knowers_that_were_named_before_are_not_looked_up_again() {
        let mut before = FactIn::new(id(1), "owes", "gold");
        before.knowers = vec![Knower::Character { id: id(2) }];
        let mut after = before.clone();
        after.knowers.push(Knower::Faction { id: id(3) });
        let named: Vec<_> = names(&after, Some(&before)).into_iter().map(|n| (n.field, n.id)).collect();
        assert_eq!(named, [("knowers.1.id".into(), id(3))]);
    }
}
