//! How a name is written, without what people leave out when they type it.
//!
//! Case, accents and the marks of Arabic and Hebrew vowels come off; apostrophes go, all other punctuation parts words. The
//! words keep their order; articles and prepositions ([`is_small`]) weigh little, because people forget them.

use skald_kernel::text::fold;

/// The words of a name or a query, in their order.
pub(in crate::search) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in fold(text).chars() {
        match c {
            '\'' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | '\u{200b}'..='\u{200f}' | '\u{ad}' => {}
            c if is_mark(c) => {}
            c if c.is_alphanumeric() || is_sign(c) => word.push(plain(c)),
            _ => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Vowel points, hamzas and the stretching line, which Arabic and Hebrew writers set or leave.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{610}'..='\u{61a}' | '\u{640}'
        | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Vowel signs and other marks that are part of a word in the scripts that have them.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}'
        | '\u{f71}'..='\u{f84}' | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}' | '\u{3099}' | '\u{309a}')
}

/// Letters that writers of Arabic and Persian use for each other.
fn plain(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ئ' => 'ي',
        'ة' => 'ه',
        'ؤ' => 'و',
        'ک' => 'ك',
        c => c,
    }
}

/// Whether a word is small: an article or preposition that people leave out or mix up.
pub(super) fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

/// Whether a part of a word may stand in a small one, which the pieces of a name leave out.
pub(super) fn is_part_of_small(part: &str) -> bool {
    SMALL.iter().any(|small| small.contains(part))
}

const SMALL: [&str; 38] = [
    "the", "of", "a", "an", "and", "in", "on", "at", "to", "for", "from", "with", "by", "de", "da", "di", "du", "des",
    "del", "della", "la", "le", "les", "el", "los", "las", "der", "die", "das", "dem", "den", "von", "vom", "van",
    "und", "et", "y", "al",
];

/// Whether a letter belongs to a script that is written without spaces, where two letters say as much as three elsewhere.
pub(in crate::search) fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_without_what_people_leave_out() {
        for (name, wanted) in [
            ("Kel'thaze'stra  the Quiet", "kelthazestra the quiet"),
            ("Urg’grat Half-Hand", "urggrat half hand"),
            ("Selûne", "selune"),
            ("Ærøskøbing / Þórr", "aeroskobing thorr"),
            ("Session 539: Dinner", "session 539 dinner"),
            ("Щёлково", "щелково"),
            ("Ἀθηνᾶ", "αθηνα"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("東京・大阪", "東京 大阪"),
            ("दिल्ली", "दिल्ली"),
            ("…", ""),
        ] {
            assert_eq!(words(name).join(" "), wanted, "{name}");
        }
    }

    #[test]
    fn small_words_are_told_from_names() {
        assert!(is_small("of") && is_small("von") && !is_small("thay"));
    }
}
