//! Searching the index: candidates from pieces, bones and beginnings, each compared in full.

use std::{collections::HashMap, ops::Bound};

use uuid::Uuid;

use super::{
    NameIndex, NameKind, Pieces,
    grams::{self, Counts, cut},
    normal,
    rank::{How, Mode, Ranker, Spelled},
};

/// Names of each lane that are compared in full.
const LANE: usize = 50;
/// Names with a begun word that are compared in full; more than anybody reads.
const BEGUN: usize = 200;
/// Letters of a query that count.
const QUERY: usize = 120;

/// What a search works with, kept for the next one.
#[derive(Default)]
pub(super) struct Scratch {
    counts: Counts,
    ranker: Ranker,
    query: Spelled,
    name: Spelled,
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The name, as somebody writes or hears it.
    pub text: &'a str,
    /// How it is meant.
    pub mode: Mode,
    /// What scores less is not found.
    pub cut_off: f32,
}

/// A bearer that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The bearer.
    pub id: Uuid,
    /// 0 to 1; 1 is exactly what was asked for.
    pub score: f32,
    /// Why.
    pub how: How,
    /// Which of its names fits best.
    pub kind: NameKind,
    /// That name, as it is shown.
    pub name: String,
}

impl<T> NameIndex<T> {
    /// The bearers whose names answer a query, the best first; only those that are admitted, and nothing of the others. Equal
    /// answers are ordered by `tie`, ascending.
    pub fn search<K: Ord>(
        &self,
        ask: Ask<'_>,
        limit: usize,
        admit: impl Fn(Uuid, &T) -> bool,
        tie: impl Fn(Uuid, &T) -> K,
    ) -> Vec<Found> {
        let text: String = ask.text.chars().take(QUERY).collect();
        let words = normal::words(&text);
        if words.is_empty() || limit == 0 {
            return Vec::new();
        }
        let heard: Vec<String> = words.iter().map(|word| self.ear.word(word)).collect();
        let mut scratch = self.scratch.lock().pop().unwrap_or_default();
        let candidates = self.candidates(&words, &heard, ask.mode, &admit, &mut scratch.counts);
        let small = grams::small_among(&words);
        let spelled = words.iter().zip(&heard).zip(&small).map(|((w, h), small)| (w.as_str(), h.as_str(), *small));
        scratch.query.set(spelled);
        // The best form of each bearer.
        let mut best: HashMap<u32, (f32, How, u32)> = HashMap::with_capacity(candidates.len());
        for at in candidates {
            let Some(form) = &self.forms[at as usize] else { continue };
            scratch
                .name
                .set(form.written.split(' ').zip(form.heard.split(' ')).map(|(w, h)| (w, h, normal::is_small(w))));
            let (score, how) = scratch.ranker.score(&scratch.query, &scratch.name, ask.mode);
            if score < ask.cut_off {
                continue;
            }
            let score = score - form.kind.discount();
            let entry = best.entry(form.entry).or_insert((score, how, at));
            if score > entry.0 {
                *entry = (score, how, at);
            }
        }
        self.scratch.lock().push(scratch);
        let mut found: Vec<(i32, K, Uuid, f32, How, u32)> = best
            .into_iter()
            .filter_map(|(slot, (score, how, at))| {
                let entry = self.entry(slot)?;
                // In thousandths: what is equally good to a reader is ordered by what breaks ties.
                Some((-(score * 1000.0).round() as i32, tie(entry.id, &entry.about), entry.id, score, how, at))
            })
            .collect();
        found.sort_unstable_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
        found.truncate(limit);
        found
            .into_iter()
            .filter_map(|(_, _, id, score, how, at)| {
                let form = self.forms[at as usize].as_ref()?;
                Some(Found { id, score, how, kind: form.kind, name: form.shown.to_string() })
            })
            .collect()
    }

    fn candidates(
        &self,
        words: &[String],
        heard: &[String],
        mode: Mode,
        admit: &impl Fn(Uuid, &T) -> bool,
        counts: &mut Counts,
    ) -> Vec<u32> {
        let mut admitted = |at: u32| self.bearer(at).is_some_and(|(entry, _)| admit(entry.id, &entry.about));
        let pieces = Pieces::of(words, heard);
        let mut found = Vec::with_capacity(4 * LANE);
        let order = |at: u32| self.bearer(at).map(|(entry, form)| (entry.id, form.nth));
        for (lane, pieces) in
            [(&self.written, &pieces.written), (&self.heard, &pieces.heard), (&self.bones, &pieces.bones)]
        {
            lane.nearest(pieces, LANE, counts, &mut admitted, &order, &mut found);
        }
        if mode != Mode::Spoken {
            self.begun(words, &mut admitted, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The forms that have a word which begins like the last one of the query, and all the words before it.
    fn begun(&self, words: &[String], admitted: &mut dyn FnMut(u32) -> bool, found: &mut Vec<u32>) {
        let Some((last, before)) = words.split_last() else { return };
        // A word that no admitted name has asks for nothing.
        let known = before.iter().filter_map(|word| self.words.get(word.as_str()));
        let others: Vec<&Vec<u32>> = known.filter(|forms| forms.iter().any(|at| admitted(*at))).collect();
        let range = self.words.range::<str, _>((Bound::Included(last.as_str()), Bound::Unbounded));
        // Shorter words first, by their order; within one word by the bearers' ids, which mean nothing but stay the same.
        let mut left = BEGUN;
        for (_, forms) in range.take_while(|(word, _)| word.starts_with(last.as_str())) {
            let mut these: Vec<u32> = forms
                .iter()
                .copied()
                .filter(|at| others.iter().all(|others| others.binary_search(at).is_ok()) && admitted(*at))
                .collect();
            cut(&mut these, left, &|at| self.bearer(at).map(|(entry, form)| (entry.id, form.nth)));
            left -= these.len();
            found.append(&mut these);
            if left == 0 {
                break;
            }
        }
    }
}
