//! How far two words are apart, as they are written and as they sound.

use super::ear::is_vowel;

/// What one wrong letter costs at most.
const WHOLE: u32 = 20;

/// Rows of the tables, kept between comparisons.
#[derive(Default)]
pub(super) struct Rows {
    before: Vec<u32>,
    last: Vec<u32>,
    this: Vec<u32>,
}

impl Rows {
    /// How alike two words are written, 0 to 1: 1 − edits / letters of the longer one. An edit is a letter too much, one too
    /// few, a wrong one, or two that changed places (optimal string alignment).
    pub fn written(&mut self, a: &[char], b: &[char]) -> f32 {
        self.alike(a, b, &Letters)
    }

    /// How alike two ear forms sound, 0 to 1: as [`Rows::written`], but a sound for another of its class costs little, as do
    /// vowels, which are heard least clearly.
    pub fn heard(&mut self, a: &[char], b: &[char]) -> f32 {
        self.alike(a, b, &Sounds)
    }

    fn alike(&mut self, a: &[char], b: &[char], costs: &impl Costs) -> f32 {
        let longer = a.len().max(b.len());
        if longer == 0 {
            return 0.0;
        }
        if a == b {
            return 1.0;
        }
        let distance = self.distance(a, b, costs) as f32;
        (1.0 - distance / (longer as f32 * WHOLE as f32)).max(0.0)
    }

    fn distance(&mut self, a: &[char], b: &[char], costs: &impl Costs) -> u32 {
        let Self { before, last, this } = self;
        last.clear();
        last.push(0);
        for (j, c) in b.iter().enumerate() {
            last.push(last[j] + costs.single(*c));
        }
        before.clear();
        before.resize(b.len() + 1, 0);
        for (i, &x) in a.iter().enumerate() {
            let single = costs.single(x);
            this.clear();
            this.push(last[0] + single);
            for (j, &y) in b.iter().enumerate() {
                let mut least = (last[j] + costs.swap(x, y)).min(last[j + 1] + single).min(this[j] + costs.single(y));
                if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                    least = least.min(before[j - 1] + costs.turned());
                }
                this.push(least);
            }
            std::mem::swap(before, last);
            std::mem::swap(last, this);
        }
        last[b.len()]
    }
}

trait Costs {
    /// A letter too much or too few.
    fn single(&self, c: char) -> u32;
    /// One letter in another's place.
    fn swap(&self, a: char, b: char) -> u32;
    /// Two neighbours that changed places.
    fn turned(&self) -> u32;
}

struct Letters;

impl Costs for Letters {
    fn single(&self, _: char) -> u32 {
        WHOLE
    }

    fn swap(&self, a: char, b: char) -> u32 {
        if a == b { 0 } else { WHOLE }
    }

    fn turned(&self) -> u32 {
        WHOLE
    }
}

struct Sounds;

impl Costs for Sounds {
    fn single(&self, c: char) -> u32 {
        match c {
            'h' => 5,
            'w' | 'y' => 8,
            c if is_vowel(c) => 9,
            _ => WHOLE - 2,
        }
    }

    fn swap(&self, a: char, b: char) -> u32 {
        if a == b {
            return 0;
        }
        if is_vowel(a) && is_vowel(b) {
            return 5;
        }
        match (a.min(b), a.max(b)) {
            ('b', 'p') | ('f', 'v') | ('d', 't') | ('s', 'z') | ('g', 'k') | ('m', 'n') | ('c', 'x') | ('c', 'j') => 5,
            ('0', 'f') | ('0', 't') | ('0', 'd') | ('0', 's') | ('l', 'r') | ('v', 'w') | ('b', 'v') | ('s', 'x') => 7,
            ('x', 'z') | ('j', 'z') | ('c', 'k') | ('g', 'j') | ('j', 'y') | ('c', 't') | ('h', 'k') | ('g', 'h') => 9,
            ('k', 's') | ('c', 's') | ('f', 'p') | ('b', 'f') | ('j', 'x') => 11,
            // A vowel for a half-vowel.
            ('u', 'w') | ('o', 'w') | ('i', 'y') | ('e', 'y') => 5,
            _ => WHOLE,
        }
    }

    fn turned(&self) -> u32 {
        WHOLE - 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn an_edit_is_a_letter_added_lost_wrong_or_turned() {
        let mut rows = Rows::default();
        for (a, b, edits) in [
            ("moradin", "moradin", 0),
            ("moradin", "moradn", 1),
            ("moradin", "moraddin", 1),
            ("moradin", "moralin", 1),
            ("moradin", "mroadin", 1),
            ("moradin", "", 7),
            ("ca", "abc", 3),
        ] {
            let longer = a.chars().count().max(b.chars().count()) as f32;
            let wanted = 1.0 - edits as f32 / longer;
            assert!((rows.written(&chars(a), &chars(b)) - wanted).abs() < 1e-6, "{a} {b}");
            assert!((rows.written(&chars(b), &chars(a)) - wanted).abs() < 1e-6, "{b} {a}");
        }
    }

    #[test]
    fn sounds_of_one_class_are_nearer_than_others() {
        let mut rows = Rows::default();
        let mut heard = |a: &str, b: &str| rows.heard(&chars(a), &chars(b));
        assert!(heard("bal", "pal") > heard("bal", "sal"));
        assert!(heard("bal", "bel") > heard("bal", "bas"));
        assert!(heard("tiamat", "tiamot") > heard("tiamat", "tiamar"));
        assert_eq!(heard("", ""), 0.0);
    }
}
