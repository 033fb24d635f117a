//! Which entities belong together: the method of Louvain (Blondel and others, 2008), in a fixed order. Pure.

use std::collections::HashMap;

use super::net::Net;

/// Rounds of moving within one level, and levels: where nothing moves any more it ends sooner.
const ROUNDS: usize = 20;
const LEVELS: usize = 10;

/// Groups with weights between them. A loop counts what is inside a group.
struct Level {
    near: Vec<Vec<(u32, f64)>>,
    inside: Vec<f64>,
}

/// The label of each entity; labels are numbers of entities.
pub(super) fn communities(net: &Net) -> Vec<u32> {
    let mut weights: HashMap<(u32, u32), f64> = HashMap::new();
    for (a, b, strength) in net.ties() {
        // Who hate each other do not belong together; any other tie counts, a strong one more.
        if strength >= 0 {
            *weights.entry((a.min(b), a.max(b))).or_default() += 1.0 + f64::from(strength);
        }
    }
    let mut labels: Vec<u32> = (0..net.len() as u32).collect();
    let mut level = Level::new(net.len(), weights);
    for _ in 0..LEVELS {
        let (moved, count) = level.settle();
        for label in &mut labels {
            *label = moved[*label as usize];
        }
        if count == level.near.len() {
            break;
        }
        level = level.merged(&moved, count);
    }
    labels
}

impl Level {
    fn new(count: usize, weights: HashMap<(u32, u32), f64>) -> Self {
        let mut level = Self { near: vec![Vec::new(); count], inside: vec![0.0; count] };
        for ((a, b), weight) in weights {
            if a == b {
                level.inside[a as usize] += weight;
            } else {
                level.near[a as usize].push((b, weight));
                level.near[b as usize].push((a, weight));
            }
        }
        // The order of the map is another one each time.
        level.near.iter_mut().for_each(|near| near.sort_unstable_by_key(|(to, _)| *to));
        level
    }

    /// Moves each to the neighbouring group where it fits best, until all are content. Gives the groups, renumbered without
    /// gaps in the order of their first members, and how many there are.
    fn settle(&self) -> (Vec<u32>, usize) {
        let count = self.near.len();
        let own: Vec<f64> = (0..count)
            .map(|at| self.near[at].iter().map(|(_, weight)| weight).sum::<f64>() + 2.0 * self.inside[at])
            .collect();
        let all: f64 = own.iter().sum();
        let mut group: Vec<u32> = (0..count as u32).collect();
        let mut totals = own.clone();
        for _ in 0..ROUNDS {
            let mut moved = false;
            for at in 0..count {
                let mut towards: Vec<(u32, f64)> =
                    self.near[at].iter().map(|(to, weight)| (group[*to as usize], *weight)).collect();
                towards.sort_by_key(|(to, _)| *to);
                let mut sums: Vec<(u32, f64)> = vec![(group[at], 0.0)];
                for (to, weight) in towards {
                    // They come sorted, so a group that was met before is the last one, or its own.
                    match sums.last_mut() {
                        Some((last, sum)) if *last == to => *sum += weight,
                        _ if to == group[at] => sums[0].1 += weight,
                        _ => sums.push((to, weight)),
                    }
                }
                totals[group[at] as usize] -= own[at];
                let gain = |(to, weight): (u32, f64)| weight - totals[to as usize] * own[at] / all;
                // To stay stands first, so that only a real gain moves.
                let mut best = sums[0];
                for other in &sums[1..] {
                    if gain(*other) > gain(best) + 1e-9 {
                        best = *other;
                    }
                }
                moved |= best.0 != group[at];
                group[at] = best.0;
                totals[best.0 as usize] += own[at];
            }
            if !moved {
                break;
            }
        }
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let renumbered = group
            .into_iter()
            .map(|label| {
                let next = numbers.len() as u32;
                *numbers.entry(label).or_insert(next)
            })
            .collect();
        (renumbered, numbers.len())
    }

    /// The groups as one each.
    fn merged(&self, group: &[u32], count: usize) -> Self {
        let mut weights: HashMap<(u32, u32), f64> = HashMap::new();
        for (at, near) in self.near.iter().enumerate() {
            let from = group[at];
            *weights.entry((from, from)).or_default() += self.inside[at];
            for (to, weight) in near.iter().filter(|(to, _)| *to as usize > at) {
                let to = group[*to as usize];
                *weights.entry((from.min(to), from.max(to))).or_default() += weight;
            }
        }
        Self::new(count, weights)
    }
}
