//! How a word sounds: two spellings that are heard alike have the same ear form, or nearly.
//!
//! One small table per language of the listener, run by the same machinery; English is the one there is. What is not written
//! in Latin letters is first spelled in them ([`romanise`]), as far as an alphabet allows; what has none stays as it is.
//! The letters of an ear form: `b c d f g h j k l m n p r s t v w x y z`, where `c` is ch, `x` is sh and `0` is th, and the
//! vowels `a e i o u`.

/// The language that the listener is at home in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ear {
    /// English, with the spellings of invented names that English readers know.
    #[default]
    English,
}

impl Ear {
    fn rules(self) -> &'static [Rule] {
        match self {
            Self::English => ENGLISH,
        }
    }

    /// The ear form of one normalised word.
    pub(super) fn word(self, word: &str) -> String {
        let spelled: Vec<char> = romanise(word).collect();
        let mut heard: Vec<char> = Vec::with_capacity(spelled.len());
        let mut at = 0;
        while at < spelled.len() {
            let rest = &spelled[at..];
            let before = at.checked_sub(1).map(|n| spelled[n]);
            let rule = self.rules().iter().find(|rule| rule.fits(before, rest));
            let (sounds, length) = rule.map_or((None, 1), |rule| (Some(rule.sounds), rule.letters.len()));
            match sounds {
                Some(sounds) => sounds.chars().for_each(|c| hear(&mut heard, c)),
                None => hear(&mut heard, rest[0]),
            }
            at += length;
        }
        heard.into_iter().collect()
    }
}

/// Adds a sound; the same one twice is heard once.
fn hear(heard: &mut Vec<char>, c: char) {
    if heard.last() != Some(&c) {
        heard.push(c);
    }
}

/// Where in a word a rule holds.
#[derive(Clone, Copy)]
enum Place {
    Anywhere,
    First,
    Last,
    /// Before one of `e i y`.
    Soft,
    /// Before a consonant or at the end, behind a vowel.
    Closed,
    /// Not at the beginning.
    Inside,
}

struct Rule {
    letters: &'static str,
    sounds: &'static str,
    place: Place,
}

impl Rule {
    fn fits(&self, before: Option<char>, rest: &[char]) -> bool {
        let length = self.letters.len();
        if rest.len() < length || !self.letters.chars().eq(rest[..length].iter().copied()) {
            return false;
        }
        let next = rest.get(length);
        match self.place {
            Place::Anywhere => true,
            Place::First => before.is_none(),
            Place::Last => next.is_none() && before.is_some(),
            Place::Soft => matches!(next, Some('e' | 'i' | 'y')),
            Place::Closed => before.is_some_and(is_vowel) && next.is_none_or(|c| !is_vowel(*c)),
            Place::Inside => before.is_some(),
        }
    }
}

pub(super) fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

const fn rule(letters: &'static str, sounds: &'static str, place: Place) -> Rule {
    Rule { letters, sounds, place }
}

use Place::{Anywhere, Closed, First, Inside, Last, Soft};

/// The first rule that fits counts.
const ENGLISH: &[Rule] = &[
    // Silent beginnings.
    rule("kn", "n", First),
    rule("gn", "n", First),
    rule("pn", "n", First),
    rule("mn", "n", First),
    rule("wr", "r", First),
    rule("ps", "s", First),
    rule("pt", "t", First),
    rule("x", "z", First),
    rule("rh", "r", Anywhere),
    // Consonants written with several letters.
    rule("tsch", "c", Anywhere),
    rule("tch", "c", Anywhere),
    rule("sch", "sk", Anywhere),
    rule("dge", "j", Anywhere),
    rule("dj", "j", Anywhere),
    rule("chr", "kr", Anywhere),
    rule("ch", "c", Anywhere),
    rule("ck", "k", Anywhere),
    rule("cqu", "kw", Anywhere),
    rule("que", "k", Last),
    rule("qu", "kw", Anywhere),
    rule("q", "k", Anywhere),
    rule("ph", "f", Anywhere),
    rule("sh", "x", Anywhere),
    rule("zh", "z", Anywhere),
    rule("th", "0", Anywhere),
    rule("dh", "d", Anywhere),
    rule("bh", "b", Anywhere),
    rule("kh", "k", Anywhere),
    rule("lh", "l", Anywhere),
    rule("wh", "w", Anywhere),
    rule("gh", "g", First),
    rule("augh", "of", Last),
    rule("ough", "o", Anywhere),
    rule("igh", "i", Anywhere),
    rule("gh", "", Closed),
    rule("gh", "g", Anywhere),
    rule("tz", "ts", Anywhere),
    rule("zz", "z", Anywhere),
    rule("cc", "ks", Soft),
    rule("sc", "s", Soft),
    rule("c", "s", Soft),
    rule("c", "k", Anywhere),
    rule("x", "ks", Anywhere),
    rule("mb", "m", Last),
    // Vowels written with several letters.
    rule("eau", "o", Anywhere),
    rule("aigh", "e", Anywhere),
    rule("eigh", "e", Anywhere),
    rule("ae", "e", Anywhere),
    rule("ai", "e", Anywhere),
    rule("ay", "e", Anywhere),
    rule("ei", "e", Anywhere),
    rule("ey", "e", Anywhere),
    rule("ao", "o", Anywhere),
    rule("au", "o", Anywhere),
    rule("aw", "o", Closed),
    rule("aw", "o", Last),
    rule("ee", "i", Anywhere),
    rule("ea", "i", Anywhere),
    rule("ie", "i", Anywhere),
    rule("oo", "u", Anywhere),
    rule("ou", "u", Anywhere),
    rule("ow", "o", Closed),
    rule("oa", "o", Anywhere),
    rule("oe", "o", Anywhere),
    rule("oi", "oi", Anywhere),
    rule("oy", "oi", Anywhere),
    rule("ue", "u", Anywhere),
    rule("ew", "u", Closed),
    rule("y", "i", Inside),
    // Letters that are not heard.
    rule("ah", "a", Closed),
    rule("eh", "e", Closed),
    rule("oh", "o", Closed),
    rule("uh", "u", Closed),
    rule("e", "", Last),
];

/// The word in Latin letters, as far as its script is an alphabet whose letters have sounds of their own.
fn romanise(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(|c| {
        let latin = latin(c);
        let own = latin.is_none().then_some(c);
        latin.unwrap_or_default().chars().chain(own)
    })
}

fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        // Latin letters that folding leaves.
        'ŋ' => "ng",
        'ħ' => "h",
        'ŧ' => "t",
        'ə' | 'ɛ' => "e",
        'ɔ' => "o",
        'ƿ' => "w",
        'ȝ' => "y",
        // Cyrillic.
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'э' | 'є' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' | 'ы' | 'ї' | 'й' => "i",
        'ј' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' | 'ћ' => "ch",
        'ш' => "sh",
        'щ' => "sh",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'ђ' => "dj",
        'љ' => "l",
        'њ' => "n",
        'џ' => "j",
        // Greek.
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' | 'υ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "ks",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'φ' => "f",
        'χ' => "h",
        'ψ' => "ps",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(words: &str) -> String {
        words.split(' ').map(|word| Ear::English.word(word)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn spellings_that_sound_alike_have_one_ear_form() {
        for (one, other) in [
            ("phandalin", "fandalin"),
            ("knight", "nite"),
            ("wraith", "raith"),
            ("xanathar", "zanathar"),
            ("thay", "thae"),
            ("bhaal", "bal"),
            ("auril", "oril"),
            ("vex", "veks"),
            ("castle", "kastle"),
            ("keep", "keap"),
            ("djinni", "jinni"),
            ("christoff", "kristoff"),
            ("tarrasque", "tarrask"),
            ("moon", "moun"),
        ] {
            assert_eq!(heard(one), heard(other), "{one} and {other}");
        }
    }

    #[test]
    fn sounds_that_differ_stay_apart() {
        for (one, other) in [("cat", "chat"), ("thin", "tin"), ("ship", "sip"), ("bat", "bit")] {
            assert_ne!(heard(one), heard(other), "{one} and {other}");
        }
    }

    #[test]
    fn other_alphabets_are_heard_as_their_latin_spelling() {
        for (written, latin) in
            [("владимир", "vladimir"), ("харьков", "harkov"), ("αθηνα", "athina"), ("ξενια", "ksenia")]
        {
            assert_eq!(heard(written), heard(latin), "{written}");
        }
        assert_eq!(heard("東京"), "東京");
    }
}
