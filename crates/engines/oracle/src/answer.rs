//! Answering from pieces of text: the sentences that say the most of the question's words, as they stand.
//!
//! A word weighs more the fewer pieces hold it, counted among the given pieces alone. Where the pieces say too little of
//! what was asked, there is no answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use skald_kernel::scene::WorkPiece;

use crate::words::{is_stop, stem, words};

/// Pieces of an answer at most.
const MOST: usize = 3;
/// Of what the question's words weigh, an answer must hold at least this.
const ENOUGH: f32 = 0.45;
/// A further piece must be this good beside the best.
const NEAR: f32 = 0.75;
/// What a word counts that is only in the name of what the piece is about.
const BY_NAME: f32 = 0.95;

/// Words of a question that ask, and say nothing about what it is about.
const ASKING: &[&str] = &[
    "anybody", "anyone", "anything", "ask", "happen", "kind", "know", "many", "mean", "much", "name", "people",
    "person", "say", "should", "tell", "thing", "why", "whom", "whose", "world",
];

/// An answer with the pieces it rests on: `{"answer", "cites": [{"piece", "quote"}]}`.
pub(crate) fn answer(question: &str, pieces: &[WorkPiece]) -> Value {
    let chosen = chosen(question, pieces);
    let mut said: Vec<&str> = Vec::new();
    for piece in &chosen {
        if !said.contains(&piece.text.as_str()) {
            said.push(&piece.text);
        }
    }
    let cites: Vec<Value> = chosen.iter().map(|piece| json!({"piece": piece.id, "quote": piece.text})).collect();
    json!({"answer": said.join(" "), "cites": cites})
}

struct Read<'a> {
    piece: &'a WorkPiece,
    text: BTreeSet<String>,
    about: BTreeSet<String>,
}

fn chosen<'a>(question: &str, pieces: &'a [WorkPiece]) -> Vec<&'a WorkPiece> {
    let read: Vec<Read<'_>> =
        pieces.iter().map(|piece| Read { piece, text: stems(&piece.text), about: stems(&piece.about) }).collect();
    let asked = stems(question);
    let names: BTreeSet<&String> = read.iter().flat_map(|read| &read.about).collect();
    // `What do people say of the Mill?` is about the Mill and nothing else.
    let mut wanted: BTreeSet<&String> = asked
        .iter()
        .filter(|word| names.contains(word) || !ASKING.iter().any(|asking| stem(asking) == **word))
        .collect();
    if wanted.is_empty() {
        wanted = asked.iter().collect();
    }
    let weights: BTreeMap<&String, f32> = wanted
        .into_iter()
        .map(|word| {
            let holding = read.iter().filter(|read| read.text.contains(word) || read.about.contains(word)).count();
            (word, (1.0 + read.len() as f32 / (1.0 + holding as f32)).ln())
        })
        .collect();
    let whole: f32 = weights.values().sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    let score = |read: &Read<'_>| -> f32 {
        let held = weights.iter().map(|(word, weight)| match () {
            () if read.text.contains(*word) => *weight,
            () if read.about.contains(*word) => weight * BY_NAME,
            () => 0.0,
        });
        held.sum::<f32>() / whole
    };
    let mut scored: Vec<(f32, usize)> = read.iter().enumerate().map(|(n, read)| (score(read), n)).collect();
    // The earlier one, where two are alike: what the question names comes first.
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let Some((best, _)) = scored.first().copied().filter(|(best, _)| *best >= ENOUGH) else { return Vec::new() };
    let mut places: Vec<usize> =
        scored.into_iter().take_while(|(score, _)| *score >= best * NEAR).take(MOST).map(|(_, n)| n).collect();
    places.sort_unstable();
    places.into_iter().map(|n| read[n].piece).collect()
}

fn stems(text: &str) -> BTreeSet<String> {
    // The name's `'s` is cut off, as in `Mira's brother`.
    let text = text.replace("'s ", " ").replace("’s ", " ");
    words(&text).iter().filter(|word| !is_stop(word)).map(|word| stem(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(all: &[(&str, &str)]) -> Vec<WorkPiece> {
        let piece = |(n, (about, text)): (usize, &(&str, &str))| WorkPiece {
            id: format!("p{}", n + 1),
            about: (*about).into(),
            text: (*text).into(),
        };
        all.iter().enumerate().map(piece).collect()
    }

    #[test]
    fn the_sentence_that_says_so_is_the_answer() {
        let pieces = pieces(&[
            ("Mira Vane", "A ranger of the vale."),
            ("Mira Vane", "Her brother is Tom Ash."),
            ("Old Mill", "The mill burned down in spring."),
            ("Old Mill", "It belongs to the Lantern Guild."),
            ("Lantern Guild", "A guild of lamp lighters."),
        ]);
        for (question, wanted) in [
            ("Who is Mira's brother?", "p2"),
            ("When did the mill burn?", "p3"),
            ("Who has lamps?", "p5"),
            ("To whom does the Old Mill belong?", "p4"),
        ] {
            let answer = answer(question, &pieces);
            let cites: Vec<&str> =
                answer["cites"].as_array().unwrap().iter().map(|cite| cite["piece"].as_str().unwrap()).collect();
            assert!(cites.contains(&wanted), "{question}: {answer}");
        }
        for question in ["What does a dragon eat?", "Who?", "", "How old is the king of Marrow?"] {
            assert_eq!(answer(question, &pieces), json!({"answer": "", "cites": []}), "{question}");
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(answer("Who is Mira?", &[]), json!({"answer": "", "cites": []}));
    }
}
