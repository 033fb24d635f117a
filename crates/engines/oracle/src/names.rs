//! The name maker: new given names in the manner of known ones.
//!
//! An order-2 Markov chain over letters, trained on a culture of the pack or on a campaign's own names. It never repeats a
//! name it learned from. The play loop doesn't use it: a game master must not put names into the canon.

use std::collections::{BTreeMap, BTreeSet};

use crate::{chance::Chance, grammar::capitalised, pack::Pack};

const TRIES: usize = 60;

/// Letters that follow a pair of letters, as often as they were seen. `None` ends a name.
#[derive(Clone, Debug, Default)]
pub struct NameMaker {
    follows: BTreeMap<[char; 2], Vec<Option<char>>>,
    known: BTreeSet<String>,
    longest: usize,
}

impl NameMaker {
    /// Learns from names. Words that are no names (with digits, or shorter than three letters) are passed over.
    pub fn learn<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut maker = Self::default();
        for name in names {
            let letters: Vec<char> = name.trim().to_lowercase().chars().collect();
            if letters.len() < 3 || letters.len() > 24 || !letters.iter().all(|letter| letter.is_alphabetic()) {
                continue;
            }
            let mut pair = ['^', '^'];
            for &letter in &letters {
                maker.follows.entry(pair).or_default().push(Some(letter));
                pair = [pair[1], letter];
            }
            maker.follows.entry(pair).or_default().push(None);
            maker.longest = maker.longest.max(letters.len());
            maker.known.insert(letters.into_iter().collect());
        }
        maker
    }

    /// Learns from a culture of a pack; `None` when the pack has no such culture.
    pub fn of_culture(pack: &Pack, culture: &str) -> Option<Self> {
        pack.names.get(culture).map(|names| Self::learn(names.iter().map(String::as_str)))
    }

    /// A new name, or `None` when what was learned only gives back itself.
    pub fn make(&self, chance: &mut Chance) -> Option<String> {
        (0..TRIES).find_map(|_| {
            let name = self.walk(chance)?;
            let fits = (3..=self.longest + 1).contains(&name.chars().count()) && !self.known.contains(&name);
            fits.then(|| capitalised(&name))
        })
    }

    fn walk(&self, chance: &mut Chance) -> Option<String> {
        let mut name = String::new();
        let mut pair = ['^', '^'];
        for _ in 0..=self.longest + 1 {
            match chance.pick(self.follows.get(&pair)?)? {
                Some(letter) => {
                    name.push(*letter);
                    pair = [pair[1], *letter];
                }
                None => return Some(name),
            }
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_culture_makes_names_that_are_new_and_reproducible() {
        let pack = Pack::built_in();
        assert!(pack.names.len() >= 4);
        for (culture, known) in &pack.names {
            let maker = NameMaker::of_culture(pack, culture).unwrap();
            let mut made = BTreeSet::new();
            for seed in 0..200 {
                let name = maker.make(&mut Chance::new(seed, 0)).unwrap();
                assert!(!known.contains(&name), "{culture}: {name}");
                assert_eq!(maker.make(&mut Chance::new(seed, 0)), Some(name.clone()));
                made.insert(name);
            }
            assert!(made.len() > 60, "{culture}: {}", made.len());
        }
    }

    #[test]
    fn nothing_is_made_from_nothing() {
        assert_eq!(NameMaker::learn([]).make(&mut Chance::new(1, 0)), None);
        assert_eq!(NameMaker::learn(["Bo", "R2D2", ""]).make(&mut Chance::new(1, 0)), None);
        assert_eq!(NameMaker::learn(["Mira"]).make(&mut Chance::new(1, 0)), None);
    }

    #[test]
    fn names_of_other_scripts_are_learned_too() {
        let maker = NameMaker::learn(["Марина", "Марта", "Мария", "Карина", "Тарас", "Тамара"]);
        assert!((0..20).any(|seed| maker.make(&mut Chance::new(seed, 0)).is_some()));
    }
}
