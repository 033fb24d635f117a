//! Joining two changes of one text, line by line. Pure.
//!
//! Both began with `base`. Lines that only one of them changed are taken from that one; where both changed the same lines
//! differently, or both put something at the same place, they do not fit and nobody guesses.

/// Texts with more lines than this in what differs are not compared; they fit only when one side is unchanged.
const MOST: usize = 4_000_000;

/// Lines of `base` from `start` to `end` that became `lines`.
#[derive(Debug, PartialEq, Eq)]
struct Hunk<'a> {
    start: usize,
    end: usize,
    lines: &'a [&'a str],
}

/// The text with both changes; none where they do not fit.
pub(super) fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (base, ours, theirs) = (lines(base), lines(ours), lines(theirs));
    let (ours, theirs) = (hunks(&base, &ours)?, hunks(&base, &theirs)?);
    let (mut out, mut at): (Vec<&str>, usize) = (Vec::new(), 0);
    let (mut mine, mut other) = (ours.iter().peekable(), theirs.iter().peekable());
    loop {
        let hunk = match (mine.peek(), other.peek()) {
            (None, None) => break,
            (Some(_), None) => mine.next(),
            (None, Some(_)) => other.next(),
            (Some(a), Some(b)) if a == b => {
                mine.next();
                other.next()
            }
            (Some(a), Some(b)) if collide(a, b) => return None,
            (Some(a), Some(b)) if (a.start, a.end) < (b.start, b.end) => mine.next(),
            _ => other.next(),
        }?;
        out.extend(base.get(at..hunk.start)?.iter().copied());
        out.extend(hunk.lines.iter().copied());
        at = hunk.end;
    }
    out.extend(base.get(at..)?.iter().copied());
    Some(out.join("\n"))
}

/// The lines without their ends, so that a break after the last one is a line of its own and not a change of that line.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

fn collide(a: &Hunk<'_>, b: &Hunk<'_>) -> bool {
    (a.start < b.end && b.start < a.end) || (a.start == b.start && (a.start == a.end) == (b.start == b.end))
}

/// What of `base` became what in `text`, by their longest common lines.
fn hunks<'a>(base: &[&str], text: &'a [&'a str]) -> Option<Vec<Hunk<'a>>> {
    let head = base.iter().zip(text).take_while(|(a, b)| a == b).count();
    let rest = base.len().min(text.len()) - head;
    let tail = base.iter().rev().zip(text.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (a, b) = (&base[head..base.len() - tail], &text[head..text.len() - tail]);
    if (a.len() + 1) * (b.len() + 1) > MOST {
        return None;
    }
    let width = b.len() + 1;
    // The length of what is common from here to the end.
    let mut common = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut found, mut i, mut j) = (Vec::new(), 0, 0);
    while i < a.len() || j < b.len() {
        let (start, from) = (i, j);
        while i < a.len() || j < b.len() {
            if i < a.len() && j < b.len() && a[i] == b[j] {
                break;
            }
            let drops = i < a.len() && (j == b.len() || common[(i + 1) * width + j] >= common[i * width + j + 1]);
            if drops { i += 1 } else { j += 1 }
        }
        if start < i || from < j {
            found.push(Hunk { start: head + start, end: head + i, lines: &b[from..j] });
        }
        while i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_one_side_changed_is_taken_and_what_both_changed_is_not_guessed() {
        for (base, ours, theirs, both) in [
            ("a\nb\nc\n", "a\nb\nc\n", "a\nB\nc\n", Some("a\nB\nc\n")),
            ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", Some("A\nb\nC\n")),
            ("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", Some("a\nB\nc\n")),
            ("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", None),
            // A secret between lines that the other side does not see.
            ("a\nb\n", "a\n:::secret\ns\n:::\nb\n", "A\nb\n", Some("A\n:::secret\ns\n:::\nb\n")),
            ("a\nb\n", "a\n:::secret\ns\n:::\nb\n", "a\nB\n", Some("a\n:::secret\ns\n:::\nB\n")),
            ("a\nb\n", "a\nx\nb\n", "a\ny\nb\n", None),
            ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", None),
            ("", "x\n", "y\n", None),
            ("a", "a\nb", "a", Some("a\nb")),
            ("a\nb", "a\nb\n", "a\nB", Some("a\nB\n")),
        ] {
            assert_eq!(merged(base, ours, theirs).as_deref(), both, "{base:?} {ours:?} {theirs:?}");
        }
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a\n", "b\n", "c\n", "\n"]), 0..12).prop_map(|l| l.concat())
    }

    proptest! {
        #[test]
        fn a_change_joined_with_none_is_the_change(base in text(), other in text()) {
            prop_assert_eq!(merged(&base, &base, &other), Some(other.clone()));
            prop_assert_eq!(merged(&base, &other, &base), Some(other.clone()));
            prop_assert_eq!(merged(&base, &other, &other), Some(other));
        }

        #[test]
        fn it_does_not_matter_whose_change_comes_first(base in text(), ours in text(), theirs in text()) {
            prop_assert_eq!(merged(&base, &ours, &theirs), merged(&base, &theirs, &ours));
        }
    }
}
