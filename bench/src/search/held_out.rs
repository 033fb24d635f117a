//! A campaign's worth of invented names and questions about them, the same for the same seed: a set that nothing was tuned on.
//!
//! Five cultures of syllables, none of them those of the labelled set; mishearings by rules of their own.

use crate::http_load::Random;

use super::{Doc, Question};

/// A culture: how its names begin, go on and end.
struct Culture {
    begin: &'static [&'static str],
    middle: &'static [&'static str],
    end: &'static [&'static str],
}

const CULTURES: [Culture; 5] = [
    Culture {
        begin: &["Bor", "Dra", "Lju", "Mir", "Rado", "Sve", "Vla", "Zde", "Yaro", "Kasi", "Milo", "Stani"],
        middle: &["di", "go", "ma", "ri", "sla", "to", "vo", "ze", "ni", "bu", ""],
        end: &["mir", "slav", "ka", "nik", "ova", "tin", "rad", "vid", "sha", "goj"],
    },
    Culture {
        begin: &["Ak", "Chi", "Cuau", "Itz", "Mal", "Ne", "Pa", "Quet", "Te", "Tla", "Xo", "Za"],
        middle: &["cal", "huat", "li", "mo", "pil", "qui", "tal", "tzin", "yo", "ca", ""],
        end: &["tli", "pan", "lotl", "can", "huac", "zin", "tec", "mitl", "chi", "co"],
    },
    Culture {
        begin: &["Ade", "Ba", "Chi", "Eze", "Fo", "Ife", "Ke", "Nna", "Olu", "Temi", "Uzo", "Yeti"],
        middle: &["ba", "di", "fe", "ko", "la", "mi", "nwa", "re", "si", "to", ""],
        end: &["yemi", "ola", "kwe", "nde", "tunde", "biyi", "chukwu", "ma", "wale", "sola"],
    },
    Culture {
        begin: &["As", "Bjar", "Ein", "Frey", "Gud", "Hal", "Ing", "Ketil", "Orm", "Sig", "Thor", "Ulf"],
        middle: &["ar", "bjo", "dis", "fri", "ge", "kel", "mund", "ne", "sten", ""],
        end: &["grim", "hild", "run", "vald", "leif", "dottir", "heim", "garth", "vik", "borg"],
    },
    Culture {
        begin: &["Ara", "Dar", "Farha", "Gul", "Jama", "Kam", "Meh", "Nav", "Par", "Roza", "Shah", "Zar"],
        middle: &["ba", "di", "fe", "gha", "ja", "ma", "na", "ri", "sha", "yar", ""],
        end: &["bad", "dokht", "far", "gan", "jan", "khan", "mand", "nush", "rokh", "zad"],
    },
];

const EPITHETS: [&str; 14] = [
    "the Patient",
    "the Unwashed",
    "Two-Rivers",
    "Saltbeard",
    "of the Ninth Gate",
    "Lampwright",
    "the Younger",
    "Quickhand",
    "Marshwalker",
    "the Unbent",
    "Coldwell",
    "Thornapple",
    "Greywater",
    "the Kind",
];
const PLACES: [&str; 10] = [
    "{} Ford",
    "Caravanserai of {}",
    "{} Fell",
    "The Steps of {}",
    "New {}",
    "Lake {}",
    "{}'s Rest",
    "Abbey of Saint {}",
    "{} Market",
    "The Well at {}",
];
const THINGS: [&str; 10] = [
    "{}'s Compass",
    "Lute of {}",
    "The Broken Scale of {}",
    "Drum of the {} Host",
    "{} Codex",
    "Mirror of {}",
    "Salt of {}",
    "The {} Accord",
    "Oath of {}",
    "Hourglass of {}",
];
/// What is in no campaign.
const ABSENT: [&str; 30] = [
    "dishwasher",
    "tax return",
    "broadband router",
    "parking ticket",
    "spreadsheet",
    "bluetooth speaker",
    "helicopter",
    "chemotherapy",
    "postgraduate",
    "wheelchair ramp",
    "zebra crossing",
    "skateboard",
    "x ray machine",
    "credit score",
    "vacuum cleaner",
    "laptop charger",
    "submarine",
    "football league",
    "stock exchange",
    "qwertyuiop",
    "xzqv",
    "1234567",
    "air conditioner",
    "pizza delivery",
    "motorcycle",
    "electronics",
    "gymnasium",
    "videotape",
    "aspirin",
    "dentist",
];

struct Maker(Random);

impl Maker {
    fn below(&mut self, n: usize) -> usize {
        let numbers: [usize; 1024] = std::array::from_fn(|n| n);
        *self.0.pick(&numbers[..n.clamp(1, 1024)])
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        self.0.pick::<&'static str>(from)
    }

    fn word(&mut self) -> String {
        let culture = &CULTURES[self.below(CULTURES.len())];
        let mut word = self.pick(culture.begin).to_owned();
        for _ in 0..self.below(3) {
            word.push_str(self.pick(culture.middle));
        }
        word.push_str(self.pick(culture.end));
        word
    }

    fn name(&mut self) -> (&'static str, String) {
        let word = self.word();
        match self.below(10) {
            0..=1 => ("character", word),
            2..=3 => ("character", format!("{word} {}", self.pick(&EPITHETS))),
            4 => ("character", format!("{word} {}", self.word())),
            5..=6 => ("location", self.pick(&PLACES).replace("{}", &word)),
            7 => ("faction", format!("House {word}")),
            _ => ("item", self.pick(&THINGS).replace("{}", &word)),
        }
    }

    fn typo(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let places: Vec<usize> = (1..letters.len()).filter(|n| letters[*n].is_alphabetic()).collect();
        if places.is_empty() {
            return text.to_owned();
        }
        let at = *self.0.pick(&places);
        let other = *self.0.pick(&['a', 'e', 'n', 'r', 's', 't', 'l', 'o', 'k', 'g']);
        match self.below(4) {
            0 => letters[at] = other,
            1 => letters.insert(at, other),
            2 => drop(letters.remove(at)),
            _ if at + 1 < letters.len() && letters[at + 1].is_alphabetic() => letters.swap(at, at + 1),
            _ => letters[at] = other,
        }
        letters.into_iter().collect()
    }

    /// Written down by somebody who only heard it.
    fn misheard(&mut self, text: &str) -> String {
        const HEARD: [(&str, &[&str]); 26] = [
            ("sh", &["ch", "sch"]),
            ("th", &["t", "d", "f"]),
            ("kh", &["k", "h"]),
            ("tz", &["ts", "z"]),
            ("tl", &["tel", "l"]),
            ("hu", &["w", "u"]),
            ("qu", &["k", "kw"]),
            ("ch", &["sh", "tch"]),
            ("ei", &["ay", "ai"]),
            ("ey", &["ay", "ee"]),
            ("ya", &["ia", "ja"]),
            ("lj", &["l", "li"]),
            ("gh", &["g", ""]),
            ("x", &["sh", "z", "ks"]),
            ("c", &["k"]),
            ("k", &["c", "ck", "g"]),
            ("v", &["w", "f"]),
            ("z", &["s"]),
            ("d", &["t"]),
            ("g", &["k"]),
            ("b", &["p"]),
            ("m", &["n"]),
            ("i", &["ee", "y", "e"]),
            ("u", &["oo", "o"]),
            ("a", &["ah", "e", "o"]),
            ("o", &["aw", "u"]),
        ];
        let mut text = text.to_lowercase();
        for _ in 0..2 + self.below(2) {
            let fits: Vec<&(&str, &[&str])> = HEARD.iter().filter(|(from, _)| text[1..].contains(from)).collect();
            if fits.is_empty() {
                break;
            }
            let (from, to) = **self.0.pick(&fits);
            let to = *self.0.pick(to);
            let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).filter(|at| *at > 0).collect();
            if let Some(at) = (!places.is_empty()).then(|| *self.0.pick(&places)) {
                text.replace_range(at..at + from.len(), to);
            }
        }
        text
    }
}

/// So many documents, a fifth of them for game masters only, and questions about them.
pub fn set(seed: u64, count: usize, per_class: usize) -> (Vec<Doc>, Vec<Question>) {
    let mut maker = Maker(Random::new(seed));
    let docs: Vec<Doc> = (0..count)
        .map(|n| {
            let (kind, name) = maker.name();
            Doc { id: format!("h{n}"), kind: kind.to_owned(), name, open: maker.below(5) != 0, ..Doc::default() }
        })
        .collect();
    let mut questions = Vec::new();
    let short = |name: &str| name.chars().count() < 6 || !name.is_ascii();
    for class in ["exact", "prefix", "typo1", "typo2", "misheard", "split", "word_order", "part", "hidden"] {
        let mut left = per_class;
        while left > 0 {
            let doc = &docs[maker.below(1024) * (count / 1024).max(1) % count];
            let words: Vec<&str> = doc.name.split(' ').collect();
            let many = words.len() > 1;
            let q = match class {
                "exact" | "hidden" => doc.name.to_lowercase(),
                "prefix" => doc.name.chars().take(doc.name.chars().count().min(4 + maker.below(5))).collect(),
                "typo1" => maker.typo(&doc.name.to_lowercase()),
                "typo2" => {
                    let once = maker.typo(&doc.name.to_lowercase());
                    maker.typo(&once)
                }
                "misheard" => maker.misheard(&doc.name),
                "split" => {
                    let at = 3 + maker.below(3);
                    let name = doc.name.to_lowercase();
                    format!("{} {}", &name[..at.min(name.len())], &name[at.min(name.len())..])
                }
                "word_order" => words.iter().rev().copied().collect::<Vec<_>>().join(" ").to_lowercase(),
                _ => words.iter().filter(|word| word.len() > 3).copied().collect::<Vec<_>>().join(" ").to_lowercase(),
            };
            if short(&doc.name)
                || (doc.open == (class == "hidden"))
                || (!many && matches!(class, "word_order" | "part"))
            {
                continue;
            }
            left -= 1;
            // Names come more than once: any of them is right. A beginning is right for every name that begins so.
            let begins = |name: &str| {
                name.to_lowercase().split(' ').any(|word| word.starts_with(q.trim()))
                    || name.to_lowercase().starts_with(&q.to_lowercase())
            };
            let right = |other: &&Doc| match class {
                "prefix" => begins(&other.name),
                "part" => words.iter().filter(|word| word.len() > 3).all(|word| other.name.contains(word)),
                _ => other.name == doc.name,
            };
            let these: Vec<String> = docs.iter().filter(right).map(|doc| doc.id.clone()).collect();
            let (targets, forbidden) = if class == "hidden" {
                (Vec::new(), docs.iter().filter(right).filter(|doc| !doc.open).map(|doc| doc.id.clone()).collect())
            } else {
                (these, Vec::new())
            };
            questions.push(Question { class: class.to_owned(), q, targets, forbidden, gm: class != "hidden" });
        }
    }
    questions.extend(ABSENT.iter().map(|q| Question {
        class: "miss".into(),
        q: (*q).into(),
        gm: true,
        ..Question::default()
    }));
    (docs, questions)
}
