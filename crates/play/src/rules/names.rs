//! Names as people and models write them: found whatever their case, accents, article or punctuation.
//!
//! A match is exact after folding, or else the one candidate that holds every word written. Two candidates are never
//! chosen between: the writer is asked.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A name without case, accents, punctuation and a leading English article.
pub fn fold(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => letters.push_str("ss"),
            'æ' => letters.push_str("ae"),
            'œ' => letters.push_str("oe"),
            'þ' => letters.push_str("th"),
            'ø' => letters.push('o'),
            'ł' => letters.push('l'),
            'đ' | 'ð' => letters.push('d'),
            'ı' => letters.push('i'),
            '\'' | '’' | '‘' => {}
            c if c.is_alphanumeric() => letters.push(c),
            c if is_combining_mark(c) => {}
            _ => letters.push(' '),
        }
    }
    let mut words: Vec<&str> = letters.split_whitespace().collect();
    if words.len() > 1 && matches!(words[0], "the" | "a" | "an") {
        words.remove(0);
    }
    words.join(" ")
}

/// Whether two names are the same to a reader.
pub fn same(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

/// How a search for a name ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// One thing.
    One(T),
    /// Nothing by that name.
    None,
    /// More than one thing, with their names.
    Several(Vec<String>),
}

/// Finds what is meant among things of which each gives its id (where it has one) and its name.
pub(crate) fn find<T>(
    written: &str,
    things: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> Option<String>,
    name: impl Fn(&T) -> String,
) -> Found<T> {
    let wanted = fold(written);
    let id_wanted = written.trim().to_lowercase();
    let (mut same, mut holding) = (Vec::new(), Vec::new());
    for thing in things {
        if id(&thing).is_some_and(|id| id == id_wanted) {
            return Found::One(thing);
        }
        let known = fold(&name(&thing));
        if known == wanted {
            same.push(thing);
        } else if !wanted.is_empty() && wanted.split(' ').all(|word| known.split(' ').any(|w| w == word)) {
            holding.push(thing);
        }
    }
    let mut matching = if same.is_empty() { holding } else { same };
    match matching.len() {
        0 => Found::None,
        1 => Found::One(matching.remove(0)),
        _ => Found::Several(matching.iter().map(name).collect()),
    }
}

/// Names as the end of a sentence: `Mira, Tam or the Old Mill`; `nobody` or `nothing` is the caller's word for none.
pub(crate) fn choices(names: impl IntoIterator<Item = String>, none: &str) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    let more = names.len().saturating_sub(12);
    names.truncate(12);
    match (names.pop(), more) {
        (None, _) => none.to_owned(),
        (Some(last), 0) if names.is_empty() => last,
        (Some(last), 0) => format!("{} or {last}", names.join(", ")),
        (Some(last), more) => format!("{}, {last} or {more} others", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(written: &str, names: &[&str]) -> Found<String> {
        find(written, names.iter().map(|n| (*n).to_owned()), |_| None, Clone::clone)
    }

    #[test]
    fn case_accents_articles_and_punctuation_do_not_matter() {
        for (a, b) in [
            ("The Old Mill", "old mill"),
            ("Éowyn", "eowyn"),
            ("Straße", "STRASSE"),
            ("Thora's  Axe!", "thoras axe"),
            ("Smørås", "smoras"),
            ("Łódź", "lodz"),
            ("İzmir", "izmir"),
        ] {
            assert!(same(a, b), "{a} and {b}: {} {}", fold(a), fold(b));
        }
        assert!(!same("A", "the a rope"));
    }

    #[test]
    fn part_of_a_name_is_enough_where_it_is_the_only_one() {
        assert_eq!(find_in("brom", &["Brom the Innkeeper", "Mira"]), Found::One("Brom the Innkeeper".into()));
        assert_eq!(
            find_in("key", &["Silver Key", "Iron Key"]),
            Found::Several(vec!["Silver Key".into(), "Iron Key".into()])
        );
        assert_eq!(find_in("key", &["Silver Key", "Key"]), Found::One("Key".into()));
        assert_eq!(find_in("", &["Silver Key"]), Found::None);
        assert_eq!(find_in("!!", &["Silver Key"]), Found::None);
    }

    #[test]
    fn long_lists_of_choices_are_cut() {
        assert_eq!(choices([], "nobody"), "nobody");
        assert_eq!(choices(["Mira".into(), "Tam".into()], ""), "Mira or Tam");
        assert!(choices((0..20).map(|n| n.to_string()), "").ends_with("11 or 8 others"));
    }
}
