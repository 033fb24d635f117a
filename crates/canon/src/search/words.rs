//! The words of a text, as full text finds them: the same on every database, whatever its own idea of a word.
//!
//! Case, accents and apostrophes are off, as in names. Where a script has no spaces, every two neighbouring letters make a
//! word, so that a part of a sentence is found as a phrase. The databases only get such words, with spaces between.

use super::names::normal::{self, is_dense};

/// Letters of a word that count.
const LONGEST: usize = 40;

/// A word to look for or to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// One letter of a script without spaces: it is found as the beginning of a pair.
    pub lone: bool,
}

/// The words of what somebody looks for.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut out = Vec::new();
    for run in runs(text) {
        if run.dense {
            let letters: Vec<char> = run.text.chars().collect();
            if let [one] = letters[..] {
                out.push(Word { text: one.to_string(), lone: true });
            }
            out.extend(letters.windows(2).map(|pair| Word { text: pair.iter().collect(), lone: false }));
        } else {
            out.push(Word { text: run.text, lone: false });
        }
    }
    out
}

/// The words of a text that is stored, with spaces between.
pub(super) fn stored(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut add = |word: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    };
    for run in runs(text) {
        if run.dense {
            let letters: Vec<char> = run.text.chars().collect();
            letters.windows(2).for_each(|pair| add(&pair.iter().collect::<String>()));
            // The last letter begins no pair, but is looked for as the beginning of one.
            letters.last().into_iter().for_each(|last| add(&last.to_string()));
        } else {
            add(&run.text);
        }
    }
    out
}

struct Run {
    text: String,
    dense: bool,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for word in normal::words(text) {
        let mut begun = false;
        for c in word.chars() {
            let dense = is_dense(c);
            match runs.last_mut() {
                Some(run) if begun && run.dense == dense => {
                    // A word of a thousand letters is none.
                    if dense || run.text.len() < LONGEST * 4 {
                        run.text.push(c);
                    }
                }
                _ => runs.push(Run { text: c.to_string(), dense }),
            }
            begun = true;
        }
    }
    for run in runs.iter_mut().filter(|run| !run.dense) {
        if let Some((end, _)) = run.text.char_indices().nth(LONGEST) {
            run.text.truncate(end);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_words_that_any_database_takes_as_they_are() {
        for (text, wanted) in [
            ("The **Old** Mill's [[Lantern|lamp]]!", "the old mills lantern lamp"),
            ("東京都に行く", "東京 京都 都に に行 行く く"),
            ("Tokyo東京2", "tokyo 東京 京 2"),
            ("Ünïcödé straße", "unicode strasse"),
            ("", ""),
        ] {
            assert_eq!(stored(text), wanted, "{text}");
        }
        assert_eq!(stored(&"x".repeat(5_000)).len(), LONGEST);
    }

    #[test]
    fn what_is_looked_for_is_found_among_what_is_stored() {
        let found = |text: &str, part: &str| {
            let wanted: Vec<String> = words(part).into_iter().map(|word| word.text).collect();
            format!(" {} ", stored(text)).contains(&format!(" {} ", wanted.join(" ")))
        };
        assert!(found("東京都に行く", "京都に"));
        assert!(found("the old mill", "Old Mill"));
        assert!(!found("東京都に行く", "大阪"));
        assert_eq!(words("京"), [Word { text: "京".into(), lone: true }]);
    }
}
