//! Words: splitting what people write, cutting words to their stems, and finding names in it.
//!
//! English, and deliberately shallow: two words count as the same when their stems are equal. Only the beginning of a long
//! text is read.

use std::collections::BTreeSet;

/// How much of a text is read, in characters.
const READ: usize = 2_000;

/// Words that say nothing about what a text is about.
const STOP: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "around", "as", "at", "back", "be", "been",
    "before", "but", "by", "can", "could", "did", "do", "does", "down", "for", "from", "had", "has", "have", "he",
    "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "let", "lets", "like",
    "me", "my", "near", "no", "not", "now", "of", "off", "on", "onto", "or", "our", "out", "over", "please", "she",
    "so", "some", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to",
    "try", "up", "us", "very", "want", "was", "we", "well", "were", "what", "when", "where", "which", "who", "will",
    "with", "would", "you", "your",
];

/// The words of a text in lower case, without marks. An apostrophe joins (`let's` is `lets`), and `'s` of a name goes.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    for letter in text.chars().take(READ).chain([' ']) {
        match letter {
            '\'' | '’' => {}
            letter if letter.is_alphanumeric() => word.extend(letter.to_lowercase()),
            _ if word.is_empty() => {}
            _ => found.push(std::mem::take(&mut word)),
        }
    }
    found
}

/// A word cut to its stem: `searching`, `searched` and `searches` are `search`, `ruins` and `ruined` are `ruin`.
pub fn stem(word: &str) -> String {
    let long = |stem: &str| stem.chars().count() >= 3;
    let cut = |end: &str| word.strip_suffix(end).filter(|stem| long(stem));
    let mut stem = if let Some(stem) = cut("ies").or_else(|| cut("ied")) {
        format!("{stem}y")
    } else if let Some(stem) = cut("ing").or_else(|| cut("ed")) {
        undoubled(stem).to_owned()
    } else if let Some(stem) = cut("es").filter(|stem| ["s", "x", "ch", "sh"].iter().any(|end| stem.ends_with(end))) {
        stem.to_owned()
    } else if let Some(stem) = cut("s").filter(|stem| !stem.ends_with('s')) {
        stem.to_owned()
    } else {
        word.to_owned()
    };
    if stem.ends_with('e') && stem.chars().count() > 3 {
        stem.pop();
    }
    stem
}

/// `stopp` is `stop`; double l, s and z often belong to the word.
fn undoubled(stem: &str) -> &str {
    let mut letters = stem.chars().rev();
    match (letters.next(), letters.next()) {
        (Some(last), Some(before)) if last == before && !"lsz".contains(last) => &stem[..stem.len() - last.len_utf8()],
        _ => stem,
    }
}

/// The stems of the words that carry meaning.
pub fn stems(text: &str) -> BTreeSet<String> {
    words(text)
        .iter()
        .filter(|word| word.chars().count() > 2 && !STOP.contains(&word.as_str()))
        .map(|word| stem(word))
        .collect()
}

/// Whether a word says nothing about what a text is about.
pub fn is_stop(word: &str) -> bool {
    STOP.contains(&word)
}

/// How well a text names something: 0 not at all; each word of the name counts 4, a beginning of one 2, and a telling word
/// of its description 1.
pub fn naming(text: &[String], name: &str, described: &str) -> usize {
    let text_stems: Vec<String> = text.iter().map(|word| stem(word)).collect();
    let mut score = 0;
    for part in words(name) {
        if is_stop(&part) || part.chars().count() < 2 {
            continue;
        }
        let part = stem(&part);
        if text_stems.contains(&part) {
            score += 4;
        } else if text.iter().any(|word| word.chars().count() >= 4 && part.starts_with(word.as_str())) {
            score += 2;
        }
    }
    if score == 0 && !described.is_empty() {
        let described = stems(described);
        score += text
            .iter()
            .filter(|word| word.chars().count() >= 4 && !is_stop(word))
            .filter(|word| described.contains(&stem(word)))
            .count()
            .min(1);
    }
    score
}

/// The place of what a text names best; `None` when it names none of them.
pub fn best_named<'a>(text: &[String], of: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
    let mut best = (0, None);
    for (at, (name, described)) in of.enumerate() {
        let score = naming(text, name, described);
        if score > best.0 {
            best = (score, Some(at));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for group in [
            &["search", "searches", "searched", "searching"][..],
            &["ruin", "ruins", "ruined"],
            &["track", "tracks", "tracking"],
            &["investigate", "investigating", "investigated"],
            &["stop", "stopped", "stopping"],
            &["body", "bodies"],
        ] {
            assert!(group.iter().all(|word| stem(word) == stem(group[0])), "{group:?}");
        }
        assert_ne!(stem("bell"), stem("bed"));
    }

    #[test]
    fn words_survive_any_script() {
        assert_eq!(words("Let's go — “Straße”, ΑΒΓ! 日本"), ["lets", "go", "straße", "αβγ", "日本"]);
        assert_eq!(words("🎲🎲"), Vec::<String>::new());
        assert!(words(&"word ".repeat(20_000)).len() < 500);
        let _ = stem("éés");
        let _ = stem("日日ing");
    }

    #[test]
    fn a_name_beats_a_description() {
        let people = [("Old Brannoc", "The innkeeper"), ("Sela Marsh", "A smith")];
        let named = |text: &str| best_named(&words(text), people.iter().copied());
        assert_eq!(named("I ask Sela about the innkeeper"), Some(1));
        assert_eq!(named("I wave at the innkeeper"), Some(0));
        assert_eq!(named("Bran, hello"), Some(0));
        assert_eq!(named("I wait"), None);
    }
}
