//! Passages: the parts of a text that not everybody may read.
//!
//! ```text
//! Everybody reads this.
//!
//! :::secret
//! Game masters only.
//! :::
//!
//! :::secret [[Aldric]] [[Lantern Guild]]
//! Game masters, Aldric, and the members of the Lantern Guild.
//! :::
//! ```
//!
//! This module is pure: it splits a text, says what is wrong with its fences, and renders what a reader gets. Who a name in
//! a fence stands for is decided when the text is saved (see [`crate::links`]). A doubt is decided on the safe side:
//!
//! - A passage without its closing `:::` is secret until the end, also when the code block inside it never ends.
//! - A passage inside another is for game masters only, and so is one whose audience cannot be read. [`check`] refuses
//!   both, so they can only be found in texts that never passed it.
//! - Inside a passage any `:::word` needs a `:::` of its own, so that no other directive ends a secret early.
//! - What a code block holds is text; in open text a code fence that never closes begins no block.
//!
//! What a reader may not know leaves no trace: no fence, no gap. What they may know stays marked as not for everyone, but
//! does not tell who else knows it.

mod parse;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use parse::{Misfit, check, passages};

/// Who may read a passage, besides the game masters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// Whoever reads the text.
    Everyone,
    /// Nobody else.
    Gm,
    /// The characters and the members of the factions that bear these names.
    Named(Vec<&'a str>),
}

/// A part of a text for one audience; the lines of its fence belong to no passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage<'a> {
    /// Who may read it.
    pub audience: Audience<'a>,
    /// What it says.
    pub markdown: &'a str,
}

/// Whether a text has passages that not everybody may read.
pub fn has_secrets(body: &str) -> bool {
    // Only fences belong to no passage; one with nothing in it is a secret as well.
    body.contains(":::") && passages(body).iter().map(|passage| passage.markdown.len()).sum::<usize>() < body.len()
}

/// What a reader gets who is no game master and is among the audiences that `knows` says yes to.
pub fn render<'a>(body: &'a str, knows: impl Fn(&[&str]) -> bool) -> Cow<'a, str> {
    if !has_secrets(body) {
        return Cow::Borrowed(body);
    }
    let mut blocks: Vec<(bool, String)> = Vec::new();
    for passage in passages(body) {
        let secret = match &passage.audience {
            Audience::Everyone => false,
            Audience::Gm => continue,
            Audience::Named(names) if knows(names) => true,
            Audience::Named(_) => continue,
        };
        let text = without_blank_ends(passage.markdown);
        match blocks.last_mut() {
            _ if text.is_empty() => {}
            // What was left out between two passages must not show, so they become one.
            Some((last, block)) if *last == secret => {
                block.push_str("\n\n");
                block.push_str(text);
            }
            _ => blocks.push((secret, text.to_owned())),
        }
    }
    let blocks: Vec<String> = blocks
        .into_iter()
        .map(|(secret, text)| if secret { format!(":::secret\n{text}\n:::") } else { text })
        .collect();
    Cow::Owned(blocks.join("\n\n"))
}

/// What everybody may read of a text.
pub fn open(text: &str) -> Cow<'_, str> {
    render(text, |_| false)
}

/// A rendered text without its fences, for a reader that is no screen, such as a prompt.
pub fn unfenced(body: &str) -> Cow<'_, str> {
    if !has_secrets(body) {
        return Cow::Borrowed(body);
    }
    let texts: Vec<&str> = passages(body)
        .into_iter()
        .map(|passage| without_blank_ends(passage.markdown))
        .filter(|text| !text.is_empty())
        .collect();
    Cow::Owned(texts.join("\n\n"))
}

/// Without empty lines before and after; the first line keeps its indentation, which means something in Markdown.
fn without_blank_ends(text: &str) -> &str {
    let text = text.trim_end();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    text.get(start..).unwrap_or_default()
}
