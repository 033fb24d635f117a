//! Dice: a notation for throws, and throws that can be repeated.
//!
//! A notation is a sum of dice and numbers: `2d6+3`, `4d6kh3` (keep the highest three), `4d6kl1`, `d20 adv`, `d%`, `3d6!`
//! (a die that shows its highest side is thrown again, at most [`MAX_EXPLOSIONS`] times). It is bounded before it is
//! thrown, so no notation can hang or overflow. The same seed throws the same dice for ever: seeding and the way from
//! random bits to a side are written out here rather than left to a library that may change them; a test pins values.
//! Absent on purpose: multiplication, brackets and success counting.

mod notation;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::Result;
use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// At most this many dice in one notation, explosions not counted.
pub const MAX_DICE: u32 = 100;
/// At most this many sides on a die.
pub const MAX_SIDES: u32 = 1_000;
/// At most this many terms in one notation.
pub const MAX_TERMS: usize = 10;
/// A notation is at most this many characters long.
pub const MAX_NOTATION: usize = 64;
/// No number in a notation is larger.
pub const MAX_NUMBER: u32 = 100_000;
/// An exploding die is thrown again at most this many times.
pub const MAX_EXPLOSIONS: u32 = 10;

/// A notation that was read and is within the limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    minus: bool,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Number(u32),
    Throw(Throw),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Throw {
    count: u32,
    sides: u32,
    explodes: bool,
    keep: Option<Keep>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Highest(u32),
    Lowest(u32),
}

/// Dice that were thrown. `total` is `modifier` plus the values of the kept dice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roll {
    /// The notation, in its canonical form.
    pub notation: String,
    /// Every die, in the order thrown.
    pub dice: Vec<DieRolled>,
    /// The sum of the numbers in the notation.
    pub modifier: i32,
    /// What it comes to.
    pub total: i32,
    /// Throws the same dice again; fits 53 bits when it came from [`sub_seed`] or the kernel's `Seeds`.
    pub seed: u64,
}

/// One die that was thrown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DieRolled {
    /// How many sides it has.
    pub sides: u32,
    /// What it shows; negative where the notation subtracts it.
    pub value: i32,
    /// Whether it counts.
    pub kept: bool,
}

impl Dice {
    /// Reads a notation. Upper and lower case are the same, and spaces may stand between its parts.
    ///
    /// # Errors
    /// `invalid` on the field `notation`, saying what is wrong: `empty`, `too_long`, `not_dice`, `too_few`,
    /// `too_many_dice`, `too_many_sides`, `too_many_terms`, `too_large` or `keep`.
    pub fn parse(text: &str) -> Result<Self> {
        notation::read(text)
    }

    /// Throws the dice. The same seed gives the same roll, whatever the version of Skald.
    pub fn roll(&self, seed: u64) -> Roll {
        let mut source = Source::new(seed);
        let (mut dice, mut modifier) = (Vec::new(), 0);
        for term in &self.terms {
            let sign = if term.minus { -1 } else { 1 };
            match &term.what {
                What::Number(n) => modifier += sign * *n as i32,
                What::Throw(throw) => {
                    let first = dice.len();
                    throw.roll(&mut source, &mut dice);
                    dice[first..].iter_mut().for_each(|die: &mut DieRolled| die.value *= sign);
                }
            }
        }
        let total = modifier + dice.iter().filter(|d| d.kept).map(|d| d.value).sum::<i32>();
        Roll { notation: self.to_string(), dice, modifier, total, seed }
    }

    /// The least it can come to.
    pub fn min(&self) -> i32 {
        self.terms.iter().map(|t| if t.minus { -t.what.max() } else { t.what.min() }).sum()
    }

    /// The most it can come to, explosions included.
    pub fn max(&self) -> i32 {
        self.terms.iter().map(|t| if t.minus { -t.what.min() } else { t.what.max() }).sum()
    }

    /// How many dice are thrown, explosions not counted; 0 for a plain number.
    pub fn count(&self) -> u32 {
        let count = |t: &Term| if let What::Throw(throw) = &t.what { throw.count } else { 0 };
        self.terms.iter().map(count).sum()
    }
}

impl What {
    fn min(&self) -> i32 {
        match self {
            Self::Number(n) => *n as i32,
            Self::Throw(throw) => throw.kept().unwrap_or(throw.count) as i32,
        }
    }

    fn max(&self) -> i32 {
        match self {
            Self::Number(n) => *n as i32,
            Self::Throw(throw) => {
                let again = if throw.explodes { 1 + MAX_EXPLOSIONS } else { 1 };
                (throw.kept().unwrap_or(throw.count * again) * throw.sides) as i32
            }
        }
    }
}

impl Throw {
    fn kept(&self) -> Option<u32> {
        self.keep.map(|(Keep::Highest(n) | Keep::Lowest(n))| n)
    }

    fn roll(&self, source: &mut Source, dice: &mut Vec<DieRolled>) {
        let first = dice.len();
        for _ in 0..self.count {
            let mut again = if self.explodes { MAX_EXPLOSIONS } else { 0 };
            loop {
                let value = source.side(self.sides);
                dice.push(DieRolled { sides: self.sides, value: value as i32, kept: true });
                if value < self.sides || again == 0 {
                    break;
                }
                again -= 1;
            }
        }
        let Some(keep) = self.keep else { return };
        let mut order: Vec<usize> = (first..dice.len()).collect();
        // Stable, so of equal dice the one thrown first is kept.
        let kept = match keep {
            Keep::Highest(n) => {
                order.sort_by_key(|&i| std::cmp::Reverse(dice[i].value));
                n
            }
            Keep::Lowest(n) => {
                order.sort_by_key(|&i| dice[i].value);
                n
            }
        };
        order.into_iter().skip(kept as usize).for_each(|i| dice[i].kept = false);
    }
}

impl fmt::Display for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, term) in self.terms.iter().enumerate() {
            match (term.minus, i) {
                (true, _) => f.write_str("-")?,
                (false, 0) => {}
                (false, _) => f.write_str("+")?,
            }
            match &term.what {
                What::Number(n) => write!(f, "{n}")?,
                What::Throw(throw) => throw.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Throw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d{}{}", self.count, self.sides, if self.explodes { "!" } else { "" })?;
        match self.keep {
            Some(Keep::Highest(n)) => write!(f, "kh{n}"),
            Some(Keep::Lowest(n)) => write!(f, "kl{n}"),
            None => Ok(()),
        }
    }
}

/// Random sides: the ChaCha8 stream under a key of four SplitMix64 steps from the seed.
struct Source(ChaCha8Rng);

impl Source {
    fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        for (i, part) in key.chunks_exact_mut(8).enumerate() {
            part.copy_from_slice(&splitmix(seed, i as u64).to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A side from 1 to `sides`, each equally likely: words beyond the last whole multiple of `sides` are thrown away.
    fn side(&mut self, sides: u32) -> u32 {
        let fair = u32::MAX - u32::MAX % sides;
        loop {
            let word = self.0.next_u32();
            if word < fair {
                return word % sides + 1;
            }
        }
    }
}

/// One throw of a die with any number of sides, 1 at least: the same for the same seed for ever.
pub fn side(seed: u64, sides: u32) -> u32 {
    Source::new(seed).side(sides.max(1))
}

/// The seed of the `counter`-th roll of something that has one seed, so that its rolls do not depend on each other.
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), cut to the 53 bits that a
/// JSON number holds exactly.
pub fn sub_seed(seed: u64, counter: u64) -> u64 {
    splitmix(seed, counter) >> 11
}

fn splitmix(seed: u64, counter: u64) -> u64 {
    let mut z = seed.wrapping_add(counter.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
