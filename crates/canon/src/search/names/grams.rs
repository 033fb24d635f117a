//! Which names share pieces with a query: three letters in a row, of the writing, of the sound, of the bare consonants.
//!
//! A piece knows the names it occurs in, ascending, so that a name is added and taken out where it stands.

use std::collections::HashMap;

use super::{
    ear::is_vowel,
    normal::{is_dense, is_small},
};

/// Begins and ends a word in its pieces.
const EDGE: char = '\u{1}';

/// The pieces of words as they are written or heard, once each. Small words have none, unless there is nothing else.
pub(super) fn of_words<'a>(words: impl Iterator<Item = &'a str> + Clone, small: impl Fn(usize) -> bool) -> Vec<u64> {
    let mut grams = Vec::new();
    let all_small = (0..words.clone().count()).all(&small);
    for (n, word) in words.enumerate() {
        if all_small || !small(n) {
            let dense = word.chars().any(is_dense);
            let letters: Vec<char> = std::iter::once(EDGE).chain(word.chars()).chain([EDGE]).collect();
            push(&mut grams, &letters, if dense { 2 } else { 3 });
        }
    }
    once_each(grams)
}

/// The pieces inside a part of a word: those every word with that part has.
pub(super) fn inside(part: &str) -> Vec<u64> {
    let mut grams = Vec::new();
    push(&mut grams, &part.chars().collect::<Vec<_>>(), 3);
    once_each(grams)
}

/// The pieces of what is left of a sound when only classes of consonants are kept.
pub(super) fn of_bones<'a>(heard: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let mut bones = vec![EDGE];
    for c in heard.flat_map(str::chars) {
        let bone = match c {
            'b' | 'p' => 'p',
            'f' | 'v' => 'f',
            'd' | 't' | '0' => 't',
            's' | 'z' | 'x' | 'c' | 'j' => 's',
            'g' | 'k' => 'k',
            'm' | 'n' => 'n',
            'l' | 'r' => 'l',
            'h' | 'w' => continue,
            c if is_vowel(c) => continue,
            c => c,
        };
        if bones.last() != Some(&bone) {
            bones.push(bone);
        }
    }
    bones.push(EDGE);
    let mut grams = Vec::new();
    push(&mut grams, &bones, 3);
    once_each(grams)
}

/// Small words among words.
pub(super) fn small_among(words: &[String]) -> Vec<bool> {
    words.iter().map(|word| is_small(word)).collect()
}

fn push(grams: &mut Vec<u64>, letters: &[char], length: usize) {
    if letters.len() < length {
        return;
    }
    // A letter takes 21 bits, so three fit.
    grams
        .extend(letters.windows(length).map(|some| some.iter().fold(0, |key, c| key << 21 | u64::from(u32::from(*c)))));
}

fn once_each(mut grams: Vec<u64>) -> Vec<u64> {
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// In which names a piece occurs.
#[derive(Default)]
pub(super) struct Postings {
    names: HashMap<u64, Vec<u32>>,
    /// How many different pieces each name has.
    sizes: Vec<u8>,
}

impl Postings {
    pub fn add(&mut self, name: u32, grams: &[u64]) {
        for gram in grams {
            add_sorted(self.names.entry(*gram).or_default(), name);
        }
        let at = name as usize;
        if self.sizes.len() <= at {
            self.sizes.resize(at + 1, 0);
        }
        self.sizes[at] = grams.len().min(255) as u8;
    }

    pub fn remove(&mut self, name: u32, grams: &[u64]) {
        for gram in grams {
            if let Some(names) = self.names.get_mut(gram) {
                remove_sorted(names, name);
                if names.is_empty() {
                    self.names.remove(gram);
                }
            }
        }
    }

    /// The names that share most with the query (twice the pieces in common / all pieces of both), at most `limit`, and as
    /// many again that tie with the last. Names that are not `admitted` are as if they were not there. Of names that tie the
    /// first by `order` stay, so that what is found depends on nothing else.
    pub fn nearest<K: Ord>(
        &self,
        grams: &[u64],
        limit: usize,
        counts: &mut Counts,
        admitted: &mut dyn FnMut(u32) -> bool,
        order: &impl Fn(u32) -> K,
        found: &mut Vec<u32>,
    ) {
        counts.begin(self.sizes.len());
        for gram in grams {
            if let Some(names) = self.names.get(gram) {
                names.iter().for_each(|name| counts.count(*name));
            }
        }
        let share = |name: u32, shared: u8| {
            let all = grams.len() + usize::from(self.sizes[name as usize]);
            // In thousandths: equal shares must compare as equal.
            (u32::from(shared) * 2_000) / all.max(1) as u32
        };
        let mut shares: Vec<(u32, u32)> =
            counts.seen.iter().map(|&name| (share(name, counts.of[name as usize]), name)).collect();
        // Far more share something than can matter: the best are looked at until enough are admitted.
        let by_share = |a: &(u32, u32), b: &(u32, u32)| b.0.cmp(&a.0);
        let mut rest = shares.as_mut_slice();
        let mut best: Vec<(u32, u32)> = Vec::with_capacity(2 * limit);
        while !rest.is_empty() && best.len() < limit {
            let some = rest.len().min(4 * limit);
            if some < rest.len() {
                rest.select_nth_unstable_by(some - 1, by_share);
            }
            let (these, later) = rest.split_at_mut(some);
            these.sort_unstable_by(by_share);
            best.extend(these.iter().filter(|(_, name)| admitted(*name)));
            rest = later;
        }
        let Some(&(floor, _)) = best.get(limit - 1) else {
            found.extend(best.iter().map(|(_, name)| *name));
            return;
        };
        let mut ties: Vec<u32> = best.iter().filter(|(share, _)| *share == floor).map(|(_, name)| *name).collect();
        // What ties with the last one is in no order yet, and may not have been looked at.
        ties.extend(rest.iter().filter(|(share, name)| *share == floor && admitted(*name)).map(|(_, name)| *name));
        cut(&mut ties, limit, order);
        found.extend(best.iter().filter(|(share, _)| *share > floor).map(|(_, name)| *name));
        found.append(&mut ties);
    }

    /// The names with the rarest of these pieces; none, when one of the pieces occurs nowhere.
    pub fn rarest(&self, grams: &[u64]) -> Option<&[u32]> {
        let lists = grams.iter().map(|gram| self.names.get(gram).map_or(&[][..], Vec::as_slice));
        lists.min_by_key(|names| names.len())
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        self.sizes.capacity()
            + self.names.capacity() * (size_of::<u64>() + size_of::<Vec<u32>>() + 1)
            + self.names.values().map(|names| names.capacity() * size_of::<u32>()).sum::<usize>()
    }
}

/// Leaves the first `most` of names by their order.
pub(super) fn cut<K: Ord>(names: &mut Vec<u32>, most: usize, order: &impl Fn(u32) -> K) {
    if names.len() > most {
        let mut keyed: Vec<(K, u32)> = names.iter().map(|name| (order(*name), *name)).collect();
        if most > 0 {
            keyed.select_nth_unstable_by(most - 1, |a, b| a.0.cmp(&b.0));
        }
        names.clear();
        names.extend(keyed.into_iter().take(most).map(|(_, name)| name));
    }
}

pub(super) fn add_sorted(list: &mut Vec<u32>, item: u32) {
    match list.last() {
        Some(last) if *last >= item => {
            if let Err(at) = list.binary_search(&item) {
                list.insert(at, item);
            }
        }
        _ => list.push(item),
    }
}

pub(super) fn remove_sorted(list: &mut Vec<u32>, item: u32) {
    if let Ok(at) = list.binary_search(&item) {
        list.remove(at);
    }
}

/// How many pieces each name shares with the query at hand.
#[derive(Default)]
pub(super) struct Counts {
    of: Vec<u8>,
    seen: Vec<u32>,
}

impl Counts {
    fn begin(&mut self, names: usize) {
        for name in self.seen.drain(..) {
            self.of[name as usize] = 0;
        }
        if self.of.len() < names {
            self.of.resize(names, 0);
        }
    }

    fn count(&mut self, name: u32) {
        let count = &mut self.of[name as usize];
        if *count == 0 {
            self.seen.push(name);
        }
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(words: &str) -> Vec<u64> {
        of_words(words.split(' '), |_| false)
    }

    fn nearest(postings: &Postings, query: &str, limit: usize, hidden: &[u32]) -> Vec<u32> {
        let mut found = Vec::new();
        let mut admitted = |name| !hidden.contains(&name);
        postings.nearest(&grams(query), limit, &mut Counts::default(), &mut admitted, &|name| name, &mut found);
        found
    }

    #[test]
    fn the_names_that_share_most_come_back() {
        let mut postings = Postings::default();
        for (n, name) in ["moradin", "moredin", "morgan", "tiamat"].iter().enumerate() {
            postings.add(n as u32, &grams(name));
        }
        assert_eq!(nearest(&postings, "moradin", 2, &[]), [0, 1]);
        postings.remove(0, &grams("moradin"));
        assert_eq!(nearest(&postings, "moradin", 1, &[]), [1]);
    }

    #[test]
    fn a_hidden_name_takes_no_place() {
        let mut postings = Postings::default();
        for n in 0..100 {
            postings.add(n, &grams("moradin"));
        }
        postings.add(100, &grams("moradan"));
        let hidden: Vec<u32> = (0..100).collect();
        assert_eq!(nearest(&postings, "moradin", 3, &hidden), [100]);
    }

    #[test]
    fn of_names_that_tie_the_first_stay_whatever_else_there_is() {
        let mut postings = Postings::default();
        for n in (0..400).rev() {
            postings.add(n, &grams("moradin"));
        }
        let odd: Vec<u32> = (0..400).filter(|n| n % 2 == 1).collect();
        let mut found = nearest(&postings, "moradin", 3, &odd);
        found.sort_unstable();
        assert_eq!(found, [0, 2, 4]);
    }

    #[test]
    fn bones_forget_vowels_and_tell_classes_of_consonants() {
        let bones = |word: &str| of_bones([word].into_iter());
        assert_eq!(bones("bal"), bones("pil"));
        assert_ne!(bones("bal"), bones("ban"));
        assert_eq!(bones("tiamat"), bones("diamod"));
    }
}
