//! Parts of a text around what was found in it, with the words that were found marked. Never markup: pieces of plain text.

use super::{
    dto::Piece,
    grammar::{Query, Term},
    names::normal::{self, is_dense},
};

/// Words shown around what was found.
const BEFORE: usize = 8;
const SHOWN: usize = 32;
/// Letters of a word, for scripts that have no spaces between them.
const LONG_WORD: usize = 60;

/// A word of the text: where it stands, and whether it was looked for.
struct Spot {
    start: usize,
    end: usize,
    /// Which of the terms it belongs to.
    term: Option<usize>,
}

/// The part of a text where most of what was looked for stands; its beginning, when nothing does.
pub(super) fn snippet(text: &str, query: &Query) -> Vec<Piece> {
    let text = plain(text);
    let terms: Vec<&Term> = query.terms.iter().filter(|term| !term.not).collect();
    let spots = spots(&text, &terms);
    if spots.is_empty() {
        return Vec::new();
    }
    // Where the most different terms stand together, the earliest of such places.
    let hits: Vec<usize> = (0..spots.len()).filter(|n| spots[*n].term.is_some()).collect();
    let different = |from: usize| {
        let mut seen: Vec<usize> =
            spots[from..(from + SHOWN - BEFORE).min(spots.len())].iter().filter_map(|spot| spot.term).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len()
    };
    let mut best = (0, 0);
    for at in hits {
        let count = different(at);
        if count > best.1 {
            best = (at, count);
        }
    }
    let first = best.0.saturating_sub(BEFORE).min(spots.len().saturating_sub(SHOWN));
    let last = (first + SHOWN).min(spots.len());
    let mut pieces = Vec::new();
    let mut push = |text: &str, hit: bool| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), hit });
        }
    };
    let mut at = if first == 0 { 0 } else { spots[first].start };
    if first > 0 {
        push("… ", false);
    }
    for spot in spots[first..last].iter().filter(|spot| spot.term.is_some()) {
        push(&text[at..spot.start], false);
        push(&text[spot.start..spot.end], true);
        at = spot.end;
    }
    let end = if last == spots.len() { text.len() } else { spots[last - 1].end };
    push(&text[at..end], false);
    if last < spots.len() {
        push(" …", false);
    }
    pieces
}

/// Without the marks of Markdown that would only be in the way, on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_start_matches(['#', '>', ' ', '\t']).trim_end();
        if line.starts_with(":::") || line.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        let mut rest = line;
        // [[Name|label]] is read as its label.
        while let Some((before, link)) = rest.split_once("[[") {
            out.push_str(before);
            let Some((link, after)) = link.split_once("]]") else {
                rest = link;
                break;
            };
            out.push_str(link.rsplit('|').next().unwrap_or(link));
            rest = after;
        }
        out.push_str(rest);
    }
    out.retain(|c| !matches!(c, '*' | '`' | '_' | '\0'));
    out
}

fn spots(text: &str, terms: &[&Term]) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut start = None;
    let mut add = |from: usize, to: usize| {
        let word = normal::words(&text[from..to]).concat();
        if !word.is_empty() {
            spots.push(Spot { start: from, end: to, term: None });
            words.push(word);
        }
    };
    for (at, c) in text.char_indices() {
        let dense = is_dense(c);
        let part = c.is_alphanumeric()
            || matches!(c, '\'' | '’')
            || normal::words(&format!("a{c}")).len() == 1 && !c.is_whitespace() && !c.is_ascii_punctuation();
        if let Some(from) = start.filter(|from| !part || dense || at - from > LONG_WORD * 4) {
            add(from, at);
            start = None;
        }
        if dense {
            add(at, at + c.len_utf8());
        } else if part && start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        add(from, text.len());
    }
    for (n, term) in terms.iter().enumerate() {
        mark(&mut spots, &words, n, term);
    }
    spots
}

/// Marks where the words of a term stand together.
fn mark(spots: &mut [Spot], words: &[String], n: usize, term: &Term) {
    // Pairs of letters are looked for letter by letter.
    let mut wanted: Vec<String> = Vec::new();
    for (at, word) in term.words.iter().enumerate() {
        let letters: Vec<char> = word.text.chars().collect();
        if letters.iter().any(|c| is_dense(*c)) {
            let goes_on = at > 0 && wanted.last().is_some_and(|last| word.text.starts_with(last.as_str()));
            wanted.extend(letters.iter().skip(usize::from(goes_on)).map(char::to_string));
        } else {
            wanted.push(word.text.clone());
        }
    }
    let Some(last) = wanted.len().checked_sub(1) else { return };
    for from in 0..words.len().saturating_sub(last) {
        let here = wanted.iter().enumerate().all(|(k, word)| {
            let stands = &words[from + k];
            stands == word || (k == last && term.prefix && stands.starts_with(word.as_str()))
        });
        if here {
            spots[from..=from + last].iter_mut().for_each(|spot| spot.term = Some(n));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, query: &str) -> String {
        let pieces = snippet(text, &Query::read(query));
        pieces.iter().map(|p| if p.hit { format!("<{}>", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn what_was_found_is_marked_where_it_stands() {
        for (text, query, wanted) in [
            ("The **Old Mill** turns.", "mill", "The Old <Mill> turns."),
            ("Ask Élise’s sister.", "elises", "Ask <Élise’s> sister."),
            ("a mill, an old mill", "\"old mill\"", "a mill, an <old> <mill>"),
            ("lanterns burn", "lant*", "<lanterns> burn"),
            ("東京都に行く", "京都", "東<京><都>に行く"),
            ("[[Aldric|the smith]] waits\n\n# Then", "smith", "the <smith> waits Then"),
            ("nothing of it", "mill", "nothing of it"),
            ("<b>mill</b>", "mill", "<b><mill></b>"),
            ("", "mill", ""),
        ] {
            assert_eq!(marked(text, query), wanted, "{text} / {query}");
        }
    }

    #[test]
    fn of_a_long_text_the_part_with_most_of_it_is_shown() {
        let filler = "and so on ".repeat(40);
        let text = format!("mill {filler} the old mill by the river {filler}");
        let shown = marked(&text, "old mill river");
        assert!(shown.starts_with("… ") && shown.ends_with(" …"), "{shown}");
        assert!(shown.contains("<old> <mill> by the <river>"), "{shown}");
        assert!(shown.len() < 250, "{shown}");
    }
}
