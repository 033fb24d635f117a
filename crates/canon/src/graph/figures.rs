//! Who stands in the middle. Pure, and the same for the same net.

use std::collections::VecDeque;

use super::{communities::communities, net::Net};

/// The figures of one entity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figure {
    pub degree: u32,
    pub rank: f64,
    pub betweenness: f64,
    pub community: u32,
}

/// The figures of a net.
#[derive(Debug)]
pub(super) struct Figures {
    /// By number.
    pub of: Vec<Figure>,
    /// Numbers, the highest rank first.
    pub central: Vec<u32>,
    /// Members of each community of two or more, the highest rank first; the largest community first.
    pub communities: Vec<Vec<u32>>,
}

/// Communities that are answered.
const COMMUNITIES: usize = 50;
/// Share of attention that follows ties; the rest starts anew anywhere (Page and Brin, 1998).
const DAMPING: f64 = 0.85;
/// The ranks of a net of any size are steady after so many rounds.
const ROUNDS: usize = 40;
/// Steps that betweenness may take: with more, the ways from only some entities are counted.
const STEPS: usize = 20_000_000;

impl Figures {
    pub fn of(net: &Net) -> Self {
        let mut of: Vec<Figure> =
            (0..net.len() as u32).map(|at| Figure { degree: net.near(at).len() as u32, ..Figure::default() }).collect();
        for (figure, rank) in of.iter_mut().zip(ranks(net)) {
            figure.rank = rank;
        }
        for (figure, share) in of.iter_mut().zip(betweenness(net)) {
            figure.betweenness = share;
        }
        let mut central: Vec<u32> = (0..net.len() as u32).collect();
        let rank = |at: u32| of[at as usize].rank;
        central.sort_by(|a, b| rank(*b).total_cmp(&rank(*a)).then(a.cmp(b)));
        let labels = communities(net);
        let mut groups = vec![Vec::new(); net.len()];
        for at in &central {
            groups[labels[*at as usize] as usize].push(*at);
        }
        groups.sort_by_key(|members| std::cmp::Reverse(members.len()));
        for (members, number) in groups.iter().zip(0..) {
            for at in members {
                of[*at as usize].community = number;
            }
        }
        groups.retain(|members| members.len() > 1);
        groups.truncate(COMMUNITIES);
        Self { of, central, communities: groups }
    }
}

/// PageRank, with ties followed both ways.
fn ranks(net: &Net) -> Vec<f64> {
    let count = net.len() as f64;
    let mut ranks = vec![1.0 / count; net.len()];
    for _ in 0..ROUNDS {
        let mut next = vec![(1.0 - DAMPING) / count; net.len()];
        for at in 0..net.len() as u32 {
            // Every entity of a net has a tie, so no attention is lost.
            let near = net.near(at);
            let share = DAMPING * ranks[at as usize] / near.len() as f64;
            for (to, _) in near {
                next[*to as usize] += share;
            }
        }
        ranks = next;
    }
    ranks
}

/// Betweenness after Brandes (2001), as a share of all pairs. In a net too large for that, of the ways from evenly spread
/// entities only.
fn betweenness(net: &Net) -> Vec<f64> {
    let count = net.len();
    let mut between = vec![0.0; count];
    if count < 3 {
        return between;
    }
    let sources = (STEPS / (count + 2 * net.edges())).clamp(1, count);
    let mut queue = VecDeque::new();
    for source in 0..sources {
        let source = (source * count / sources) as u32;
        let mut order = Vec::new();
        let mut distance = vec![u32::MAX; count];
        let mut ways = vec![0.0_f64; count];
        distance[source as usize] = 0;
        ways[source as usize] = 1.0;
        queue.push_back(source);
        while let Some(at) = queue.pop_front() {
            order.push(at);
            let beyond = distance[at as usize] + 1;
            for (to, _) in net.near(at) {
                if distance[*to as usize] == u32::MAX {
                    distance[*to as usize] = beyond;
                    queue.push_back(*to);
                }
                if distance[*to as usize] == beyond {
                    ways[*to as usize] += ways[at as usize];
                }
            }
        }
        let mut depends = vec![0.0_f64; count];
        for at in order.into_iter().rev() {
            for (to, _) in net.near(at) {
                if distance[*to as usize] == distance[at as usize] + 1 {
                    depends[at as usize] += ways[at as usize] / ways[*to as usize] * (1.0 + depends[*to as usize]);
                }
            }
            if at != source {
                between[at as usize] += depends[at as usize];
            }
        }
    }
    let pairs = sources as f64 / count as f64 * (count - 1) as f64 * (count - 2) as f64;
    between.iter_mut().for_each(|share| *share /= pairs);
    between
}

#[cfg(test)]
mod tests {
    use super::{super::net::tests::net, *};

    /// Two triangles, tied by one edge from 3 to 4.
    const TRIANGLES: [(u128, u128, i32); 7] =
        [(1, 2, 5), (2, 3, 5), (1, 3, 5), (4, 5, 5), (5, 6, 5), (4, 6, 5), (3, 4, 1)];

    #[test]
    fn who_ties_two_groups_together_stands_in_the_middle() {
        let figures = Figures::of(&net(&TRIANGLES));
        assert_eq!(figures.central[..2], [2, 3]);
        let of = |at: usize| figures.of[at];
        assert_eq!((of(2).degree, of(0).degree), (3, 2));
        // Of the 20 ordered pairs without 3: from 1 and 2 to 4, 5 and 6, and back.
        assert!((of(2).betweenness - 12.0 / 20.0).abs() < 1e-9, "{}", of(2).betweenness);
        assert!(of(0).betweenness.abs() < 1e-9);
        assert!((figures.of.iter().map(|figure| figure.rank).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn groups_are_found_and_enmity_makes_none() {
        let figures = Figures::of(&net(&TRIANGLES));
        let mut groups = figures.communities.clone();
        groups.iter_mut().for_each(|members| members.sort_unstable());
        assert_eq!(groups, [vec![0, 1, 2], vec![3, 4, 5]]);
        let enemies = Figures::of(&net(&[(1, 2, 5), (3, 4, 5), (2, 3, -9)]));
        assert_eq!(enemies.communities.len(), 2);
        assert!(Figures::of(&net(&[])).communities.is_empty());
    }

    #[test]
    fn a_large_net_is_estimated_and_takes_no_forever() {
        let ties: Vec<_> = (0..30_000_u128).map(|n| (n % 7_001, n * 31 % 6_007, (n % 21) as i32 - 10)).collect();
        let ties: Vec<_> = ties.into_iter().filter(|(a, b, _)| a != b).collect();
        let (first, second) = (Figures::of(&net(&ties)), Figures::of(&net(&ties)));
        assert_eq!(first.of, second.of);
        assert_eq!(first.communities, second.communities);
    }
}
