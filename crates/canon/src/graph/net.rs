//! All relationships that one viewer may know, in memory. Pure.

use std::{
    collections::{HashMap, VecDeque},
    sync::OnceLock,
};

use skald_kernel::EntityId;

use super::figures::Figures;
use crate::relationships::Edge;

/// Entities are numbered in the order of their ids, so that nothing depends on the order in which rows came.
#[derive(Debug)]
pub struct Net {
    ids: Vec<EntityId>,
    edges: Vec<Edge>,
    /// Both ends of each edge, by number.
    ends: Vec<(u32, u32)>,
    /// Where the neighbours of a number begin in `near`; one longer than `ids`.
    begin: Vec<u32>,
    /// Neighbours with the edge that leads there, by number.
    near: Vec<(u32, u32)>,
    truncated: bool,
    figures: OnceLock<Figures>,
}

impl Net {
    /// A net of edges, of which some may have been left out.
    pub fn new(mut edges: Vec<Edge>, truncated: bool) -> Self {
        edges.sort_unstable_by_key(|edge| edge.id);
        let mut ids: Vec<EntityId> = edges.iter().flat_map(|edge| [edge.from_id, edge.to_id]).collect();
        ids.sort_unstable();
        ids.dedup();
        let number = |id: &EntityId| ids.binary_search(id).map_or(0, |n| n as u32);
        let ends: Vec<(u32, u32)> = edges.iter().map(|edge| (number(&edge.from_id), number(&edge.to_id))).collect();
        let mut begin = vec![0_u32; ids.len() + 1];
        for (a, b) in &ends {
            begin[*a as usize + 1] += 1;
            begin[*b as usize + 1] += 1;
        }
        for n in 1..begin.len() {
            begin[n] += begin[n - 1];
        }
        let mut next = begin.clone();
        let mut near = vec![(0, 0); ends.len() * 2];
        for ((a, b), edge) in ends.iter().zip(0_u32..) {
            for (at, to) in [(*a, *b), (*b, *a)] {
                let slot = &mut next[at as usize];
                near[*slot as usize] = (to, edge);
                *slot += 1;
            }
        }
        for n in 0..ids.len() {
            near[begin[n] as usize..begin[n + 1] as usize].sort_unstable();
        }
        Self { ids, edges, ends, begin, near, truncated, figures: OnceLock::new() }
    }

    /// Entities with a tie.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nothing is tied to anything.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Ties.
    pub fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Whether some ties were left out.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// The entity of a number.
    pub(super) fn id(&self, of: u32) -> EntityId {
        self.ids[of as usize]
    }

    /// The neighbours of a number, each with the edge that leads there.
    pub(super) fn near(&self, of: u32) -> &[(u32, u32)] {
        &self.near[self.begin[of as usize] as usize..self.begin[of as usize + 1] as usize]
    }

    /// The ends of each edge, by number, with its strength.
    pub(super) fn ties(&self) -> impl Iterator<Item = (u32, u32, i32)> {
        self.ends.iter().zip(&self.edges).map(|((a, b), edge)| (*a, *b, edge.strength))
    }

    /// Figures, computed when they are first asked for. That takes a while for a large net.
    pub(super) fn figures(&self) -> &Figures {
        self.figures.get_or_init(|| Figures::of(self))
    }

    fn fits(&self, edge: u32, kind: Option<&str>) -> bool {
        kind.is_none_or(|kind| self.edges[edge as usize].kind == kind)
    }

    /// The entities with the most ties and the edges among them, and whether there are more.
    pub(super) fn busiest(&self, limit: usize, kind: Option<&str>) -> (Vec<EntityId>, Vec<Edge>, bool) {
        let mut ties: HashMap<u32, u32> = HashMap::new();
        for ((a, b), edge) in self.ends.iter().zip(0..) {
            if self.fits(edge, kind) {
                *ties.entry(*a).or_default() += 1;
                *ties.entry(*b).or_default() += 1;
            }
        }
        let mut order: Vec<(u32, u32)> = ties.into_iter().collect();
        order.sort_unstable_by_key(|(of, count)| (u32::MAX - count, *of));
        let cut = order.len() > limit;
        order.truncate(limit);
        let chosen: HashMap<u32, u32> = order.iter().copied().collect();
        let mut edges: Vec<Edge> = self
            .ends
            .iter()
            .zip(0..)
            .filter(|((a, b), edge)| chosen.contains_key(a) && chosen.contains_key(b) && self.fits(*edge, kind))
            .map(|(_, edge)| self.edges[edge as usize].clone())
            .collect();
        edges.sort_by_key(|edge| std::cmp::Reverse(edge.strength.abs()));
        (order.into_iter().map(|(of, _)| self.id(of)).collect(), edges, cut)
    }

    /// The entities and edges along a shortest way; of several, the one whose steps have the smallest ids.
    pub(super) fn shortest(
        &self,
        from: EntityId,
        to: EntityId,
        kind: Option<&str>,
    ) -> Option<(Vec<EntityId>, Vec<Edge>)> {
        if from == to {
            return Some((vec![from], Vec::new()));
        }
        let start = self.ids.binary_search(&from).ok()? as u32;
        let goal = self.ids.binary_search(&to).ok()? as u32;
        // How each entity was first reached: from where, over which edge.
        let mut reached: HashMap<u32, (u32, u32)> = HashMap::from([(start, (start, 0))]);
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            if at == goal {
                break;
            }
            for (next, edge) in self.near(at) {
                if self.fits(*edge, kind) && !reached.contains_key(next) {
                    reached.insert(*next, (at, *edge));
                    queue.push_back(*next);
                }
            }
        }
        let (mut ids, mut edges) = (vec![to], Vec::new());
        let mut at = goal;
        while at != start {
            let (before, edge) = *reached.get(&at)?;
            ids.push(self.id(before));
            edges.push(self.edges[edge as usize].clone());
            at = before;
        }
        ids.reverse();
        edges.reverse();
        Some((ids, edges))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use skald_kernel::RelationshipId;
    use uuid::Uuid;

    use super::*;

    pub fn id(n: u128) -> EntityId {
        EntityId(Uuid::from_u128(n))
    }

    pub fn net(ties: &[(u128, u128, i32)]) -> Net {
        let edges = ties.iter().zip(1_u128..).map(|((from, to, strength), n)| Edge {
            id: RelationshipId(Uuid::from_u128(n)),
            from_id: id(*from),
            to_id: id(*to),
            kind: if *strength < 0 { "hates".into() } else { "knows".into() },
            strength: *strength,
            symmetric: false,
        });
        Net::new(edges.collect(), false)
    }

    #[test]
    fn a_way_is_the_shortest_whichever_way_ties_point_and_of_one_kind_if_asked() {
        let net = net(&[(1, 2, 1), (3, 2, 1), (3, 4, 1), (1, 4, -5), (5, 6, 0)]);
        let way = |from, to, kind| net.shortest(id(from), id(to), kind).map(|(ids, edges)| (ids, edges.len()));
        assert_eq!(way(1, 4, None), Some((vec![id(1), id(4)], 1)));
        assert_eq!(way(1, 4, Some("knows")), Some((vec![id(1), id(2), id(3), id(4)], 3)));
        assert_eq!(way(4, 1, Some("knows")), Some((vec![id(4), id(3), id(2), id(1)], 3)));
        assert_eq!(way(1, 6, None), None);
        assert_eq!(way(1, 9, None), None);
        assert_eq!(way(9, 9, None), Some((vec![id(9)], 0)));
    }

    #[test]
    fn the_overview_keeps_who_has_the_most_ties() {
        let net = net(&[(1, 2, 1), (1, 3, 9), (1, 4, -5), (3, 4, 0), (5, 6, 0)]);
        let (ids, edges, cut) = net.busiest(3, None);
        assert_eq!((ids, cut), (vec![id(1), id(3), id(4)], true));
        assert_eq!(edges.iter().map(|edge| edge.strength).collect::<Vec<_>>(), [9, -5, 0]);
        assert_eq!(net.busiest(10, Some("hates")).0, [id(1), id(4)]);
    }
}
