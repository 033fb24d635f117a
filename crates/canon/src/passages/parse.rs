//! From a text to its passages, line by line.

use super::{Audience, Passage};

/// Something about a fence that has to be corrected before the text is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The line, from 1.
    pub line: usize,
    /// A word to match on.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
}

/// The passages of a text, in order; together with the lines of the fences they are the whole text.
pub fn passages(body: &str) -> Vec<Passage<'_>> {
    read(body, &mut Vec::new())
}

/// What is wrong with the fences of a text. One that is not closed is not wrong: the rest is secret.
pub fn check(body: &str) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    read(body, &mut misfits);
    misfits
}

/// A line: where it begins, where the next one begins, and what it says.
struct Line<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

/// Lines as Markdown has them: ended by LF, CRLF or CR.
fn lines(body: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for piece in body.split_inclusive(['\n', '\r']) {
        let end = start + piece.len();
        match lines.last_mut() {
            // The LF of a CRLF.
            Some(Line { end: before, .. }) if piece == "\n" && *before == start && body[..start].ends_with('\r') => {
                *before = end;
            }
            _ => lines.push(Line { start, end, text: piece.trim_end_matches(['\n', '\r']) }),
        }
        start = end;
    }
    lines
}

/// What a line does to the passages.
enum Directive<'a> {
    /// Begins a secret for an audience, or for nobody who can be told.
    Secret(Option<Audience<'a>>),
    /// Begins something else that ends with `:::`.
    Other,
    /// Ends what was begun last.
    End,
}

/// What was begun and not yet ended, inside a secret.
enum Level<'a> {
    Secret(Audience<'a>),
    Other,
}

fn audience_of<'a>(levels: &[Level<'a>]) -> Audience<'a> {
    let mut secrets = levels.iter().filter_map(|level| match level {
        Level::Secret(audience) => Some(audience),
        Level::Other => None,
    });
    match (secrets.next(), secrets.next()) {
        (None, _) => Audience::Everyone,
        (Some(audience), None) => audience.clone(),
        (Some(_), Some(_)) => Audience::Gm,
    }
}

fn read<'a>(body: &'a str, misfits: &mut Vec<Misfit>) -> Vec<Passage<'a>> {
    let lines = lines(body);
    let closers = closers(&lines);
    let mut passages = Vec::new();
    let mut levels: Vec<Level<'a>> = Vec::new();
    let mut code: Option<Ticks> = None;
    let mut from = 0;
    let mut pass = |from: usize, to: usize, levels: &[Level<'a>]| {
        if let Some(markdown) = body.get(from..to).filter(|markdown| !markdown.is_empty()) {
            passages.push(Passage { audience: audience_of(levels), markdown });
        }
    };
    for (n, line) in lines.iter().enumerate() {
        let bare = bare(line.text);
        if let Some(ticks) = code {
            if ticks.end_with(bare) {
                code = None;
            }
            continue;
        }
        if let Some(ticks) = Ticks::begin(bare) {
            // In a secret a block that never ends keeps the rest secret; in open text it must not make a secret open.
            if !levels.is_empty() || ticks.end_in(closers.get(n + 1)) {
                code = Some(ticks);
            }
            continue;
        }
        let mut wrong = |code, message: &str| misfits.push(Misfit { line: n + 1, code, message: message.to_owned() });
        match directive(bare) {
            Some(Directive::Secret(audience)) => {
                if bare.len() != line.text.trim_start().len() {
                    wrong("passage_misplaced", "`:::secret` begins a line of its own, outside lists and quotes.");
                }
                if !levels.is_empty() {
                    wrong(
                        "passage_nested",
                        "A passage cannot lie inside another. Close the one before with `:::` first.",
                    );
                }
                if audience.is_none() {
                    wrong(
                        "audience_unreadable",
                        "Write who may know it as `[[Name]]`, or nothing for game masters only.",
                    );
                }
                pass(from, line.start, &levels);
                from = line.end;
                levels.push(Level::Secret(audience.unwrap_or(Audience::Gm)));
            }
            Some(Directive::Other) if !levels.is_empty() => levels.push(Level::Other),
            // Only a line of its own ends a secret.
            Some(Directive::End) if bare.len() == line.text.trim_start().len() => {
                if let Some(Level::Secret(_)) = levels.last() {
                    pass(from, line.start, &levels);
                    from = line.end;
                }
                levels.pop();
            }
            _ => {}
        }
    }
    pass(from, body.len(), &levels);
    passages
}

/// A line without white space and the marks of quotes and list items before it.
fn bare(line: &str) -> &str {
    let mut rest = line.trim_start();
    loop {
        let unmarked = rest.strip_prefix('>').or_else(|| {
            let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            let marks: &[char] = if number.len() == rest.len() { &['-', '*', '+'] } else { &['.', ')'] };
            number.strip_prefix(marks).filter(|after| after.starts_with([' ', '\t']))
        });
        match unmarked {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

fn directive(bare: &str) -> Option<Directive<'_>> {
    let word = bare.trim_start_matches(':');
    if bare.len() - word.len() < 3 {
        return None;
    }
    let word = word.trim();
    if word.is_empty() {
        return Some(Directive::End);
    }
    let secret = word.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("secret"));
    match word.get(6..).filter(|_| secret) {
        Some("") => Some(Directive::Secret(Some(Audience::Gm))),
        Some(names) if names.starts_with(|c: char| !c.is_alphanumeric() && c != '_' && c != '-') => {
            Some(Directive::Secret(named(names)))
        }
        _ => Some(Directive::Other),
    }
}

/// The names of an audience, each in `[[…]]`; nothing when anything else stands there.
fn named(text: &str) -> Option<Audience<'_>> {
    let mut names = Vec::new();
    let mut rest = text.trim_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix("[[")?.split_once("]]")?;
        let name = name.split('|').next().unwrap_or(name).trim();
        if name.is_empty() || name.contains(['[', ']']) {
            return None;
        }
        names.push(name);
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    Some(if names.is_empty() { Audience::Gm } else { Audience::Named(names) })
}

/// What a code block is fenced with.
#[derive(Clone, Copy)]
struct Ticks {
    mark: char,
    count: usize,
}

impl Ticks {
    fn of(bare: &str) -> Option<(Self, &str)> {
        let mark = bare.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let after = bare.trim_start_matches(mark);
        let count = bare.len() - after.len();
        (count >= 3).then_some((Self { mark, count }, after))
    }

    fn begin(bare: &str) -> Option<Self> {
        Self::of(bare).filter(|(ticks, info)| ticks.mark == '~' || !info.contains('`')).map(|(ticks, _)| ticks)
    }

    fn end_with(self, bare: &str) -> bool {
        Self::of(bare)
            .is_some_and(|(end, rest)| end.mark == self.mark && end.count >= self.count && rest.trim().is_empty())
    }

    fn end_in(self, longest: Option<&[usize; 2]>) -> bool {
        longest.is_some_and(|longest| longest[usize::from(self.mark == '~')] >= self.count)
    }
}

/// For each line, the longest fence of either mark that could end a block on it or on a later one: asked for every fence,
/// so it must not cost a walk through the rest of the text.
fn closers(lines: &[Line<'_>]) -> Vec<[usize; 2]> {
    let mut longest = [0; 2];
    let mut closers = vec![longest; lines.len()];
    for (line, closer) in lines.iter().zip(&mut closers).rev() {
        if let Some((ticks, _)) = Ticks::of(bare(line.text)).filter(|(_, rest)| rest.trim().is_empty()) {
            let mark = &mut longest[usize::from(ticks.mark == '~')];
            *mark = ticks.count.max(*mark);
        }
        *closer = longest;
    }
    closers
}
