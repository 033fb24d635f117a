//! What an answer must look like, and what of it is kept.

use serde::Deserialize;
use serde_json::json;
use skald_canon::entities::EntityKind;
use skald_kernel::{EntityId, FactId, model::AnswerSchema, scene::WorkPiece};

use super::dto::{AskCite, AskOut};

/// Letters of a piece.
const LONGEST: usize = 400;
/// Cites that are kept.
const CITES: usize = 8;

/// Something that may be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub entity: EntityId,
    pub name: String,
    pub kind: EntityKind,
    pub fact: Option<FactId>,
    pub text: String,
}

/// The pieces as they are told, each with what it is called.
pub(super) fn told(pieces: &[Piece]) -> Vec<WorkPiece> {
    let told = |(n, piece): (usize, &Piece)| WorkPiece {
        id: format!("p{}", n + 1),
        about: piece.name.clone(),
        text: piece.text.clone(),
    };
    pieces.iter().enumerate().map(told).collect()
}

/// What a model or the oracle says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Said {
    pub answer: String,
    pub cites: Vec<SaidCite>,
}

/// What it says it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct SaidCite {
    pub piece: String,
    pub quote: String,
}

/// The shape of [`Said`].
pub(super) fn schema() -> AnswerSchema {
    let cite = json!({
        "type": "object", "required": ["piece", "quote"], "additionalProperties": false,
        "properties": {
            "piece": {"type": "string", "description": "The name of the piece, such as p3"},
            "quote": {"type": "string", "description": "The words of the piece that say so"},
        },
    });
    let schema = json!({
        "type": "object", "required": ["answer", "cites"], "additionalProperties": false,
        "properties": {
            "answer": {"type": "string", "maxLength": 4000, "description": "Empty when the pieces do not say"},
            "cites": {"type": "array", "maxItems": 20, "items": cite},
        },
    });
    AnswerSchema { name: "canon_answer".into(), schema }
}

/// What of an answer is kept: cites of pieces that were given, with words that stand in them. Without any, there is none.
pub(super) fn checked(said: Said, pieces: &[Piece], by: String) -> AskOut {
    let mut cites: Vec<AskCite> = Vec::new();
    for cite in said.cites {
        let number = cite.piece.trim().trim_matches(['[', ']']).strip_prefix('p').and_then(|n| n.parse::<usize>().ok());
        let Some(piece) = number.and_then(|n| pieces.get(n.checked_sub(1)?)) else { continue };
        let quote = plain(&cite.quote);
        let stands = !quote.is_empty() && plain(&piece.text).contains(&quote);
        let quote = if stands { quote } else { piece.text.clone() };
        let cite =
            AskCite { entity_id: piece.entity, name: piece.name.clone(), kind: piece.kind, fact_id: piece.fact, quote };
        if cites.len() < CITES && !cites.contains(&cite) {
            cites.push(cite);
        }
    }
    let answer = said.answer.trim().to_owned();
    let known = !answer.is_empty() && !cites.is_empty();
    match known {
        true => AskOut { answer, known, cites, by },
        false => AskOut { answer: String::new(), known, cites: Vec::new(), by },
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentences of a Markdown text, without its marks: a line break of a list or a heading ends one too.
pub(super) fn sentences(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks(markdown) {
        let text = unmarked(&block);
        let mut from = 0;
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            if matches!(letter, '.' | '!' | '?' | '…') && next.is_none_or(char::is_whitespace) {
                let end = at + letter.len_utf8();
                found.push(text[from..end].trim().to_owned());
                from = end;
            }
        }
        found.push(text[from..].trim().to_owned());
    }
    found.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    for sentence in &mut found {
        if sentence.chars().count() > LONGEST {
            *sentence = sentence.chars().take(LONGEST).chain(['…']).collect();
        }
    }
    found
}

/// Paragraphs, and the lines of lists and headings by themselves, without the marks at their beginning.
fn blocks(markdown: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in markdown.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("```") || line.starts_with(":::") || line.starts_with('|') {
            open = false;
            continue;
        }
        let marked = line.trim_start_matches(['#', '>', '-', '*', '+']).trim_start();
        let alone = marked.len() < line.len() && !line.starts_with("**");
        let text = if alone { marked } else { line };
        match blocks.last_mut() {
            Some(last) if open && !alone => {
                last.push(' ');
                last.push_str(text);
            }
            _ => blocks.push(text.to_owned()),
        }
        // A heading goes no further; a point of a list may.
        open = !line.starts_with('#');
    }
    blocks
}

/// `[[Name|label]]` becomes the label, and `**stress**` loses its marks.
fn unmarked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        let Some((link, behind)) = after.split_once("]]") else { break };
        out.push_str(before);
        out.push_str(link.rsplit('|').next().unwrap_or(link));
        rest = behind;
    }
    out.push_str(rest);
    plain(&out.replace("**", "").replace("__", "").replace('`', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece {
            entity: EntityId::default(),
            name: "Mill".into(),
            kind: EntityKind::Location,
            fact: None,
            text: text.into(),
        }
    }

    fn said(answer: &str, cites: &[(&str, &str)]) -> Said {
        let cite = |(piece, quote): &(&str, &str)| SaidCite { piece: (*piece).into(), quote: (*quote).into() };
        Said { answer: answer.into(), cites: cites.iter().map(cite).collect() }
    }

    #[test]
    fn a_text_falls_into_its_sentences() {
        for (text, wanted) in [
            ("", vec![]),
            ("The mill burned. Who did it?\n\nNobody knows", vec!["The mill burned.", "Who did it?", "Nobody knows"]),
            ("# Past\nIt was *old*.\n- one\n- two\n", vec!["Past", "It was *old*.", "one", "two"]),
            ("**Osk** saw [[Mira Vane|her]] and\n[[Tom]].", vec!["Osk saw her and Tom."]),
            ("It costs 3.5 crowns.", vec!["It costs 3.5 crowns."]),
            (":::secret\nHe lies.\n:::\n| a | b |", vec!["He lies."]),
        ] {
            assert_eq!(sentences(text), wanted, "{text}");
        }
    }

    #[test]
    fn only_what_was_given_is_cited() {
        let pieces = [piece("The mill  burned in spring."), piece("It has no wheel.")];
        let out = checked(
            said("It burned.", &[("p1", "burned in spring"), ("p9", "x"), ("[p2]", "made up"), ("q", ""), ("p0", "")]),
            &pieces,
            "m".into(),
        );
        let quotes: Vec<&str> = out.cites.iter().map(|cite| cite.quote.as_str()).collect();
        assert_eq!(quotes, ["burned in spring", "It has no wheel."]);
        assert!(out.known);
    }

    #[test]
    fn an_answer_that_rests_on_nothing_is_none() {
        let pieces = [piece("The mill burned.")];
        for said in [said("Aliens did it.", &[]), said("Aliens.", &[("p7", "x")]), said("  ", &[("p1", "burned")])] {
            let out = checked(said, &pieces, "m".into());
            assert_eq!((out.known, out.answer.as_str(), out.cites.len()), (false, "", 0));
        }
    }

    #[test]
    fn the_schema_is_wholly_checked() {
        assert_eq!(skald_ai::structured::unknown_words(&schema().schema), Vec::<String>::new());
    }
}
