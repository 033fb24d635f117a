//! What is asked of the graph, and what it answers.

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, Error, RelationshipId, Result};
use utoipa::{IntoParams, ToSchema};

use crate::{
    entities::{EntityKind, Subtype},
    relationships::Edge,
};

const DEEPEST: u32 = 4;
const NODES: usize = 1_000;

/// Which part of the graph.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GraphQuery {
    /// As it was at this minute of story time; as it is now, when absent.
    pub as_of: Option<i64>,
    /// What is around this entity; without it, the entities with the most ties.
    pub center: Option<EntityId>,
    /// With `center`: how many ties away, 1 to 4; 2 when absent.
    pub depth: Option<u32>,
    /// Ties of this kind only.
    pub kind: Option<String>,
    /// Entities, 1 to 1000; 200 when absent.
    pub limit: Option<usize>,
}

impl GraphQuery {
    /// How many ties away.
    ///
    /// # Errors
    /// Out of range.
    pub fn depth(&self) -> Result<u32> {
        match self.depth.unwrap_or(2) {
            depth @ 1..=DEEPEST => Ok(depth),
            _ => Err(Error::field("depth", "out_of_range", format!("Between 1 and {DEEPEST}."))),
        }
    }

    /// How many entities.
    ///
    /// # Errors
    /// Out of range.
    pub fn limit(&self) -> Result<usize> {
        within(self.limit.unwrap_or(200), NODES)
    }
}

fn within(limit: usize, most: usize) -> Result<usize> {
    if (1..=most).contains(&limit) {
        Ok(limit)
    } else {
        Err(Error::field("limit", "out_of_range", format!("Between 1 and {most}.")))
    }
}

/// From where to where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathQuery {
    /// Where the way begins.
    pub from: EntityId,
    /// Where it ends.
    pub to: EntityId,
    /// As it was at this minute of story time; as it is now, when absent.
    pub as_of: Option<i64>,
    /// Over ties of this kind only.
    pub kind: Option<String>,
}

/// Of when, and how much.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AnalyticsQuery {
    /// As it was at this minute of story time; as it is now, when absent.
    pub as_of: Option<i64>,
    /// Entities that are listed as central, 1 to 100; 20 when absent.
    pub limit: Option<usize>,
}

impl AnalyticsQuery {
    /// How many entities.
    ///
    /// # Errors
    /// Out of range.
    pub fn limit(&self) -> Result<usize> {
        within(self.limit.unwrap_or(20), 100)
    }
}

/// An entity in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphNode {
    /// The entity.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// For characters.
    pub subtype: Option<Subtype>,
    /// With a center: how many ties away it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
}

/// A relationship in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphEdge {
    /// The relationship.
    pub id: RelationshipId,
    /// One end.
    pub from_id: EntityId,
    /// The other end.
    pub to_id: EntityId,
    /// What kind.
    pub kind: String,
    /// −10 to 10.
    pub strength: i32,
    /// Whether it holds the other way round as well.
    pub symmetric: bool,
}

impl From<Edge> for GraphEdge {
    fn from(edge: Edge) -> Self {
        let Edge { id, from_id, to_id, kind, strength, symmetric } = edge;
        Self { id, from_id, to_id, kind, strength, symmetric }
    }
}

/// Entities and the relationships among them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Graph {
    /// The entities.
    pub nodes: Vec<GraphNode>,
    /// The relationships between two of them.
    pub edges: Vec<GraphEdge>,
    /// Whether there is more than what is shown.
    pub truncated: bool,
}

/// A way from one entity to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Path {
    /// Whether there is one.
    pub found: bool,
    /// The entities along it, in order, with both ends.
    pub nodes: Vec<GraphNode>,
    /// The relationships along it, in order: one fewer.
    pub edges: Vec<GraphEdge>,
}

/// An entity that much depends on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Central {
    /// The entity.
    pub node: GraphNode,
    /// Its ties.
    pub degree: u32,
    /// Its share of the attention of all, 0 to 1 (PageRank).
    pub rank: f64,
    /// The share of shortest ways between others that lead over it, 0 to 1 (betweenness; estimated for large graphs).
    pub betweenness: f64,
    /// The number of its community.
    pub community: u32,
}

/// Entities that are tied more to each other than to the rest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Community {
    /// Its number, from 0 for the largest.
    pub number: u32,
    /// How many belong to it.
    pub size: u64,
    /// The first of them by rank, at most 10.
    pub members: Vec<GraphNode>,
}

/// Figures of the graph that the viewer may know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Analytics {
    /// Entities with at least one tie.
    pub nodes_total: u64,
    /// Ties.
    pub edges_total: u64,
    /// The most central entities, by rank.
    pub central: Vec<Central>,
    /// Communities of two or more, at most 50, the largest first.
    pub communities: Vec<Community>,
    /// Whether the graph is so large that some of it was left out.
    pub truncated: bool,
}
