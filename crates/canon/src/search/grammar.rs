//! What somebody typed into the search field.
//!
//! Words must all occur; `"several words"` must stand together; `word*` is the beginning of a word; `-word` must not occur.
//! `kind:`, `tag:`, `in:` (a place and all inside it), `by:` (who wrote it), `before:` and `after:` (a day such as 2026-03-01)
//! narrow it down; a value of several words stands in quotes. Nothing is an error: what cannot be read is looked for as
//! words, or left out and named in [`Query::ignored`].

use chrono::{DateTime, Days, NaiveDate, Utc};
use skald_kernel::text::fold;

use super::words::{Word, words};
use crate::entities::EntityKind;

/// Parts of a query that count.
const PARTS: usize = 32;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Query {
    /// What texts must hold, and what they must not.
    pub terms: Vec<Term>,
    /// Whether one of the terms is enough. Nobody can type this.
    pub any: bool,
    /// What may be a name: all that was asked for, as it was typed.
    pub name: String,
    pub kinds: Vec<EntityKind>,
    /// Keys of tags.
    pub tags: Vec<String>,
    pub place: Option<String>,
    pub author: Option<String>,
    /// Before this moment.
    pub before: Option<DateTime<Utc>>,
    /// At this moment or later.
    pub after: Option<DateTime<Utc>>,
    /// What could not be read.
    pub ignored: Vec<String>,
}

/// Words that stand together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub words: Vec<Word>,
    /// Whether the last word may go on.
    pub prefix: bool,
    pub not: bool,
}

impl Query {
    /// Reads it.
    pub fn read(text: &str) -> Self {
        let mut query = Self::default();
        for part in parts(text).into_iter().take(PARTS) {
            if !query.filter(&part) {
                query.term(&part);
            }
        }
        query
    }

    fn filter(&mut self, part: &Part) -> bool {
        let Some((name, value)) = part.operator() else { return false };
        let value = value.trim();
        let known = match name.to_ascii_lowercase().as_str() {
            "kind" => value.split(',').map(kind).collect::<Option<Vec<_>>>().map(|kinds| self.kinds.extend(kinds)),
            "tag" => (!value.is_empty()).then(|| self.tags.push(fold(value))),
            "in" => (!value.is_empty()).then(|| self.place = Some(value.to_owned())),
            "by" => (!value.is_empty()).then(|| self.author = Some(fold(value))),
            "before" => day(value).map(|day| self.before = Some(day)),
            // The day itself does not count.
            "after" => day(value).and_then(|day| day.checked_add_days(Days::new(1))).map(|day| self.after = Some(day)),
            _ => return false,
        };
        if known.is_none() {
            self.ignored.push(part.typed.clone());
        }
        true
    }

    fn term(&mut self, part: &Part) {
        let (not, rest) = match part.text.strip_prefix('-') {
            Some(rest) if !part.quoted => (true, rest),
            _ => (part.not, part.text.as_str()),
        };
        let (prefix, rest) = match rest.strip_suffix('*') {
            Some(rest) if !part.quoted => (true, rest),
            _ => (part.prefix, rest),
        };
        let words = words(rest);
        if words.is_empty() {
            return;
        }
        if !not {
            if !self.name.is_empty() {
                self.name.push(' ');
            }
            self.name.push_str(rest);
        }
        self.terms.push(Term { words, prefix, not });
    }

    /// Whether any word must occur.
    pub fn asks_for_words(&self) -> bool {
        self.terms.iter().any(|term| !term.not)
    }

    /// The same with every single word taken as the beginning of one.
    pub fn loosened(&self) -> Self {
        let mut query = self.clone();
        for term in query.terms.iter_mut().filter(|term| !term.not && term.words.len() == 1) {
            term.prefix |= term.words[0].text.chars().count() >= 3;
        }
        query
    }
}

fn kind(word: &str) -> Option<EntityKind> {
    let word = word.trim().to_lowercase();
    let single = word.strip_suffix('s').unwrap_or(&word);
    EntityKind::read(&word).or_else(|_| EntityKind::read(single)).ok()
}

fn day(text: &str) -> Option<DateTime<Utc>> {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    Some(NaiveDate::parse_from_str(&full, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?.and_utc())
}

/// What stands between spaces, or in quotes.
#[derive(Debug, Default)]
struct Part {
    text: String,
    typed: String,
    quoted: bool,
    not: bool,
    prefix: bool,
}

impl Part {
    /// `name:value`, where the name is a bare word.
    fn operator(&self) -> Option<(&str, &str)> {
        if self.quoted {
            return None;
        }
        self.text.split_once(':').filter(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()))
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut part = Part::default();
    let mut inside = false;
    let end = |part: &mut Part| {
        let part = std::mem::take(part);
        (!part.text.is_empty()).then_some(part)
    };
    for c in text.chars().filter(|c| *c != '\0') {
        let quote = matches!(c, '"' | '“' | '”' | '„' | '«' | '»');
        if quote && inside {
            inside = false;
        } else if quote {
            inside = true;
            // A quote behind an operator belongs to its value: tag:"old road".
            if !part.text.contains(':') {
                let not = part.text == "-";
                if not {
                    part.text.clear();
                }
                parts.extend(end(&mut part));
                part =
                    Part { quoted: true, not, typed: if not { "-".into() } else { String::new() }, ..Part::default() };
            }
        } else if !inside && c.is_whitespace() {
            parts.extend(end(&mut part));
            continue;
        } else if !inside && part.quoted {
            // Behind a phrase only a star still belongs to it.
            if c == '*' {
                part.prefix = true;
            } else {
                parts.extend(end(&mut part));
                part.text.push(c);
            }
        } else {
            part.text.push(c);
        }
        part.typed.push(c);
    }
    parts.extend(end(&mut part));
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(query: &Query) -> Vec<String> {
        let term = |term: &Term| {
            let words: Vec<&str> = term.words.iter().map(|word| word.text.as_str()).collect();
            format!("{}{}{}", if term.not { "-" } else { "" }, words.join("+"), if term.prefix { "*" } else { "" })
        };
        query.terms.iter().map(term).collect()
    }

    #[test]
    fn words_phrases_beginnings_and_exclusions_are_read() {
        for (text, terms, name) in [
            ("old lantern", vec!["old", "lantern"], "old lantern"),
            ("\"old lantern\" Mira", vec!["old+lantern", "mira"], "old lantern Mira"),
            ("lant* -mill", vec!["lant*", "-mill"], "lant"),
            ("-\"old mill\" wheel", vec!["-old+mill", "wheel"], "wheel"),
            ("“old lan”*", vec!["old+lan*"], "old lan"),
            ("\"never ends", vec!["never+ends"], "never ends"),
            ("half-hand", vec!["half+hand"], "half-hand"),
            ("Do'Urden", vec!["dourden"], "Do'Urden"),
            ("-", vec![], ""),
            ("\"\" * -* ::", vec![], ""),
            ("10:30", vec!["10+30"], "10:30"),
            ("what:ever", vec!["what+ever"], "what:ever"),
        ] {
            let query = Query::read(text);
            assert_eq!(shown(&query), terms, "{text}");
            assert_eq!(query.name, name, "{text}");
        }
    }

    #[test]
    fn filters_are_read_and_what_is_wrong_is_named() {
        let query =
            Query::read("mira kind:Characters,item tag:\"Old Road\" in:Vale by:Ada before:2026-03 after:2026-01-31");
        assert_eq!(query.kinds, [EntityKind::Character, EntityKind::Item]);
        assert_eq!(query.tags, ["old road"]);
        assert_eq!((query.place.as_deref(), query.author.as_deref()), (Some("Vale"), Some("ada")));
        let day = |text: &str| day(text).unwrap();
        assert_eq!((query.after, query.before), (Some(day("2026-02-01")), Some(day("2026-03-01"))));
        assert_eq!(query.name, "mira");
        assert_eq!(Query::read("kind:dragon tag: before:soon x").ignored, ["kind:dragon", "tag:", "before:soon"]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_an_error(text in "\\PC{0,60}") {
            let query = Query::read(&text);
            prop_assert!(query.terms.iter().all(|term| term.words.iter().all(|word| !word.text.is_empty())));
        }

        #[test]
        fn nor_is_what_looks_like_grammar(text in "[\"*:\\-a-c ]{0,40}") {
            Query::read(&text);
        }
    }
}
