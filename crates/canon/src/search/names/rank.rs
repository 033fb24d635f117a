//! How well one name answers a query, 0 to 1.
//!
//! The letters of both run together are compared, and word with word whatever their order; the better of the two counts. In
//! each comparison the writing and the sound are weighed together, so that a slip of the finger and a slip of the ear cost
//! about the same.

use super::distance::Rows;

/// Words ready to compare: their letters run together, and where each begins and ends.
#[derive(Default)]
pub(super) struct Spelled {
    written: Vec<char>,
    heard: Vec<char>,
    words: Vec<Word>,
}

#[derive(Clone, Copy)]
struct Word {
    written: (usize, usize),
    heard: (usize, usize),
    weight: f32,
}

/// How much a small word counts beside others.
const SMALL: f32 = 0.25;
/// Words that are compared one by one at most; the rest only counts in the letters run together.
const WORDS: usize = 10;
/// Letters that are compared at most.
const LETTERS: usize = 80;
/// What a word of the name counts that the query does not have.
const LEFT_OVER: f32 = 0.35;
/// The same while somebody is still typing.
const STILL_TO_COME: f32 = 0.12;
/// Words less alike than this have nothing to do with each other.
const UNLIKE: f32 = 0.5;

impl Spelled {
    /// Takes up words, each as it is written and heard.
    pub fn set<'a>(&mut self, words: impl Iterator<Item = (&'a str, &'a str, bool)>) {
        self.written.clear();
        self.heard.clear();
        self.words.clear();
        for (written, heard, small) in words {
            if self.written.len() >= LETTERS {
                break;
            }
            let (from, heard_from) = (self.written.len(), self.heard.len());
            self.written.extend(written.chars());
            self.heard.extend(heard.chars());
            let length = self.written.len() - from;
            let weight = (length as f32).sqrt() * if small { SMALL } else { 1.0 };
            self.words.push(Word {
                written: (from, self.written.len()),
                heard: (heard_from, self.heard.len()),
                weight,
            });
        }
    }

    fn written(&self, word: Word) -> &[char] {
        &self.written[word.written.0..word.written.1]
    }

    fn heard(&self, word: Word) -> &[char] {
        &self.heard[word.heard.0..word.heard.1]
    }
}

/// How a query is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Written to its end.
    Whole,
    /// Its last word may still be growing.
    Typing,
    /// Taken down by ear: nothing is abbreviated, and the sound counts more than the writing.
    Spoken,
}

/// Why a name was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is what was asked for, whatever the case, accents and apostrophes.
    Exact,
    /// It begins so, or one of its words does.
    Prefix,
    /// It is written nearly so.
    Spelling,
    /// It sounds so.
    Sound,
}

#[derive(Default)]
pub(super) struct Ranker {
    rows: Rows,
    pairs: Vec<(f32, How, usize, usize)>,
}

impl Ranker {
    pub fn score(&mut self, query: &Spelled, name: &Spelled, mode: Mode) -> (f32, How) {
        if query.written == name.written {
            return (1.0, How::Exact);
        }
        let whole = self.alike((&query.written, &query.heard), (&name.written, &name.heard), mode);
        let mut best = whole;
        // Who wrote more than one word of a name has begun it for sure.
        let begun = if query.words.len() > 1 { Mode::Typing } else { mode };
        if mode != Mode::Spoken
            && let Some(begun) = begins(&query.written, &name.written, begun)
        {
            best = better(best, (begun + 0.03, How::Prefix));
        }
        if query.words.len() > 1 || name.words.len() > 1 {
            best = better(best, self.aligned(query, name, mode));
            // Several words heard where the name has one: "crag maw" for the Cragmaw Hideout.
            if query.words.len() > 1 {
                best = better(best, self.run_together(query, name, mode));
            }
        }
        best
    }

    fn alike(&mut self, a: (&[char], &[char]), b: (&[char], &[char]), mode: Mode) -> (f32, How) {
        let written = self.rows.written(a.0, b.0);
        let heard = self.rows.heard(a.1, b.1);
        let (less, more) = (written.min(heard), written.max(heard));
        let score = match mode {
            Mode::Spoken => heard * 0.8 + written * 0.2,
            _ => more * 0.75 + less * 0.25,
        };
        // Only what is written alike to the letter is certain.
        (score.min(0.995), if heard > written { How::Sound } else { How::Spelling })
    }

    /// Word with word: the pairs that are most alike first, each word once.
    fn aligned(&mut self, query: &Spelled, name: &Spelled, mode: Mode) -> (f32, How) {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.clear();
        let last = query.words.len() - 1;
        for (i, mine) in query.words.iter().enumerate().take(WORDS) {
            for (j, theirs) in name.words.iter().enumerate().take(WORDS) {
                let (a, b) = (query.written(*mine), name.written(*theirs));
                let mut alike = if a == b {
                    (1.0, How::Exact)
                } else {
                    self.alike((a, query.heard(*mine)), (b, name.heard(*theirs)), mode)
                };
                if mode != Mode::Spoken
                    && i == last
                    && let Some(begun) = begins(a, b, mode)
                {
                    alike = better(alike, (begun, How::Prefix));
                }
                if alike.0 >= UNLIKE {
                    pairs.push((alike.0, alike.1, i, j));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.2.abs_diff(a.3)).cmp(&b.2.abs_diff(b.3))));
        let (mut mine, mut theirs) = ([false; WORDS], [false; WORDS]);
        let (mut sum, mut how, mut turned) = (0.0, How::Exact, 0.0);
        let mut left_over = 0.0;
        for &(alike, why, i, j) in &pairs {
            if mine[i] || theirs[j] {
                continue;
            }
            (mine[i], theirs[j]) = (true, true);
            sum += alike * query.words[i].weight;
            how = weaker(how, why);
            if i != j {
                turned = 0.01;
            }
        }
        self.pairs = pairs;
        for (j, word) in name.words.iter().enumerate() {
            if j >= WORDS || !theirs[j] {
                left_over += word.weight;
            }
        }
        let asked: f32 = query.words.iter().map(|word| word.weight).sum();
        let left = if mode == Mode::Typing { STILL_TO_COME } else { LEFT_OVER };
        let score = sum / (asked + left * left_over).max(f32::EPSILON) - turned;
        let how = if how == How::Exact { How::Prefix } else { how };
        (score.min(0.99), how)
    }

    /// All of the query's letters against each single word of the name.
    fn run_together(&mut self, query: &Spelled, name: &Spelled, mode: Mode) -> (f32, How) {
        let mut best = (0.0, How::Sound);
        let all: f32 = name.words.iter().map(|word| word.weight).sum();
        for word in name.words.iter().take(WORDS) {
            let alike = self.alike((&query.written, &query.heard), (name.written(*word), name.heard(*word)), mode);
            let left = if mode == Mode::Typing { STILL_TO_COME } else { LEFT_OVER };
            let share = word.weight / (word.weight + left * (all - word.weight)).max(f32::EPSILON);
            best = better(best, (alike.0 * share, alike.1));
        }
        best
    }
}

/// How well the beginning `a` of a word stands for the whole word `b`: less when nobody is typing any more.
fn begins(a: &[char], b: &[char], mode: Mode) -> Option<f32> {
    let least = if mode == Mode::Typing { 0.86 } else { 0.79 };
    (!a.is_empty() && a.len() < b.len() && b.starts_with(a)).then(|| least + 0.12 * a.len() as f32 / b.len() as f32)
}

fn better(a: (f32, How), b: (f32, How)) -> (f32, How) {
    if b.0 > a.0 { b } else { a }
}

/// What a match of several words is no better than.
fn weaker(a: How, b: How) -> How {
    let rank = |how| match how {
        How::Exact => 0,
        How::Prefix => 1,
        How::Spelling => 2,
        How::Sound => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}
