//! `[[Name]]` and `[[Name|label]]` in a text. Pure.
//!
//! Wherever the brackets stand they name something, also in a code block: a name that is hidden is hidden everywhere.

use std::borrow::Cow;

use crate::entities::name_key;

/// A name longer than this can be nobody's.
const NAME: usize = 120;

/// One place in a text that names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The name, as it is written.
    pub name: &'a str,
    /// What to show instead of the name.
    pub label: Option<&'a str>,
}

impl Mention<'_> {
    /// The key the name is looked up by.
    pub fn key(&self) -> String {
        name_key(self.name)
    }
}

/// All mentions of a text, in order.
pub fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut mentions = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("[[")) {
        let start = at + found;
        // One bracket on, so that of three the last two count.
        at = start + 1;
        let inner = text.get(start + 2..).unwrap_or_default();
        let Some(length) = inner.find(['[', ']', '\n', '\r']) else { break };
        let (inside, after) = inner.split_at(length);
        if !after.starts_with("]]") {
            continue;
        }
        let (name, label) = match inside.split_once('|') {
            Some((name, label)) => (name.trim(), Some(label.trim()).filter(|label| !label.is_empty())),
            None => (inside.trim(), None),
        };
        let end = start + 2 + length + 2;
        if !name.is_empty() && name.chars().count() <= NAME && !name_key(name).is_empty() {
            mentions.push(Mention { start, end, name, label });
            at = end;
        }
    }
    mentions
}

/// What a reader sees of a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The link as it is written.
    Link,
    /// Its words, without a link: there is nothing by that name.
    Words,
    /// Its label, or that something is left out: the reader may not know what it names.
    Hidden,
}

/// The text with every mention shown as `shown` says of its key.
pub fn shown<'a>(text: &'a str, shown: impl Fn(&str) -> Shown) -> Cow<'a, str> {
    let mentions = mentions(text);
    if mentions.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for mention in mentions {
        out.push_str(text.get(from..mention.start).unwrap_or_default());
        out.push_str(match shown(&mention.key()) {
            Shown::Link => text.get(mention.start..mention.end).unwrap_or_default(),
            Shown::Words => mention.label.unwrap_or(mention.name),
            Shown::Hidden => mention.label.unwrap_or("…"),
        });
        from = mention.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The words of a text, without the brackets.
pub fn plain(text: &str) -> Cow<'_, str> {
    shown(text, |_| Shown::Words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(&str, Option<&str>)> {
        mentions(text).into_iter().map(|mention| (mention.name, mention.label)).collect()
    }

    #[test]
    fn names_stand_in_double_brackets_with_or_without_a_label() {
        for (text, found) in [
            ("See [[Mira]].", vec![("Mira", None)]),
            ("[[ Old Mill | the mill ]] and [[Éowyn]]", vec![("Old Mill", Some("the mill")), ("Éowyn", None)]),
            ("[[[Mira]]]", vec![("Mira", None)]),
            ("[[a]][[b]]", vec![("a", None), ("b", None)]),
            ("[[a|]]", vec![("a", None)]),
            ("[[a|b|c]]", vec![("a", Some("b|c"))]),
            ("[[]] [[ ]] [[|x]] [a] [[b] [[c", vec![]),
            ("[[two\nlines]]", vec![]),
            ("`[[code]]`", vec![("code", None)]),
        ] {
            assert_eq!(names(text), found, "{text}");
        }
        assert!(names(&format!("[[{}]]", "n".repeat(121))).is_empty());
    }

    #[test]
    fn what_is_hidden_leaves_its_label_or_three_dots() {
        let text = "[[Mira]] met [[Vex|the stranger]] and [[Vex]] near [[Nowhere]].";
        let seen = shown(text, |key| match key {
            "vex" => Shown::Hidden,
            "nowhere" => Shown::Words,
            _ => Shown::Link,
        });
        assert_eq!(seen, "[[Mira]] met the stranger and … near Nowhere.");
        assert_eq!(plain(text), "Mira met the stranger and Vex near Nowhere.");
    }

    #[test]
    fn many_open_brackets_are_read_in_one_go() {
        assert!(mentions(&"[".repeat(100_000)).is_empty());
    }
}
