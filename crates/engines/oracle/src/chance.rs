//! Chance: the only source of randomness here.
//!
//! A ChaCha8 generator from the request's seed and the step of the answer. The same seed and step give the same draws on
//! every machine; another step of the same answer gives others.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

/// Draws for one step of one answer.
#[derive(Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The draws of a step (how many tool answers there are so far) of the answer with a seed.
    pub fn new(seed: u64, step: u64) -> Self {
        let mut key = [0u8; 32];
        for (slot, part) in
            key.chunks_exact_mut(8).zip([seed, step, seed.rotate_left(29) ^ step, 0x5ca1_d0ac_1e00_0001])
        {
            slot.copy_from_slice(&part.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// One of them, all equally likely; `None` when there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.0.random_range(0..from.len())) }
    }

    /// The place of one of the weights, drawn in proportion; `None` when they sum to nothing.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let total: u64 = weights.clone().map(u64::from).sum();
        if total == 0 {
            return None;
        }
        let mut left = self.0.random_range(0..total);
        for (at, weight) in weights.enumerate() {
            if left < u64::from(weight) {
                return Some(at);
            }
            left -= u64::from(weight);
        }
        None
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.0.random_range(0..100u32) < chance
    }

    /// A die: 1 to `sides`; 1 for a die without sides.
    pub fn die(&mut self, sides: u32) -> u32 {
        self.0.random_range(1..=sides.max(1))
    }
}

/// A seed made from words, for a request that carries none: FNV-1a.
pub fn seed_of<'a>(words: impl Iterator<Item = &'a str>) -> u64 {
    words
        .flat_map(str::bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, step: u64) -> Vec<u32> {
        let mut chance = Chance::new(seed, step);
        (0..20).map(|_| chance.die(1000)).collect()
    }

    #[test]
    fn the_same_seed_and_step_draw_the_same() {
        assert_eq!(draws(7, 1), draws(7, 1));
        assert_ne!(draws(7, 1), draws(7, 2));
        assert_ne!(draws(7, 1), draws(8, 1));
    }

    #[test]
    fn weights_of_nothing_draw_nothing() {
        let mut chance = Chance::new(1, 1);
        assert_eq!(chance.weighted([0, 0].into_iter()), None);
        assert_eq!(chance.weighted([].into_iter()), None);
        assert_eq!(chance.pick::<u8>(&[]), None);
        assert_eq!(chance.die(0), 1);
    }

    #[test]
    fn weights_are_drawn_in_proportion() {
        let mut chance = Chance::new(3, 0);
        let mut seen = [0u32; 3];
        for _ in 0..4000 {
            seen[chance.weighted([1, 0, 3].into_iter()).unwrap()] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!(seen[2] > seen[0] * 2 && seen[2] < seen[0] * 4, "{seen:?}");
    }
}
