//! The graph of relationships: who is tied to whom, over how many corners, and who stands in the middle.
//!
//! Everything here is made of the relationships that the viewer may know ([`relationships::edges`]), before anything is
//! counted, ranked or cut: a path never leads through what they may not know, and no figure counts it. Ties are followed
//! both ways. Every answer is bounded and says when it was cut, and the same canon gives the same answer.
//!
//! The neighbourhood of one entity is read level by level, from indexes. Paths, figures and the overview need the whole
//! [`Net`] of the viewer, which is kept in memory ([`Nets`]) until the campaign changes.

mod communities;
mod dto;
mod figures;
mod net;
mod nets;
mod queries;
mod routes;

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, Result, Viewer};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use dto::{
    Analytics, AnalyticsQuery, Central, Community, Graph, GraphEdge, GraphNode, GraphQuery, Path, PathQuery,
};
pub use net::Net;
pub use nets::Nets;

use crate::{
    entities::{self, EntityBrief},
    relationships::{self, Edge, EdgeFilter, Ends},
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::find_graph))
        .routes(routes!(routes::find_path))
        .routes(routes!(routes::analyse_graph))
}

/// Edges read for one level of a neighbourhood, and edges answered at most.
const EDGES: usize = 5_000;

/// What is around an entity, up to `depth` ties away, at most `limit` entities: of each level the most strongly tied.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn around(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    center: EntityId,
    depth: u32,
    limit: usize,
    kind: Option<&str>,
    as_of: Option<i64>,
) -> Result<Graph> {
    if entities::named(db, viewer, &[center]).await?.is_empty() {
        return Err(Error::not_found());
    }
    let mut distances = HashMap::from([(center, 0)]);
    let mut level = vec![center];
    let mut truncated = false;
    for distance in 1..=depth {
        let filter = EdgeFilter { ends: Ends::One(&level), kind, as_of, limit: EDGES + 1 };
        let edges = relationships::edges(db, viewer, &filter).await?;
        truncated |= edges.len() > EDGES;
        // The edges come strongest first, so that those who do not fit are the most weakly tied.
        level.clear();
        for end in edges.iter().take(EDGES).flat_map(|edge| [edge.from_id, edge.to_id]) {
            if distances.contains_key(&end) {
                continue;
            }
            if distances.len() == limit {
                truncated = true;
                break;
            }
            distances.insert(end, distance);
            level.push(end);
        }
        if level.is_empty() {
            break;
        }
    }
    let mut ids: Vec<EntityId> = distances.keys().copied().collect();
    ids.sort_unstable();
    let filter = EdgeFilter { ends: Ends::Both(&ids), kind, as_of, limit: EDGES + 1 };
    let mut edges = relationships::edges(db, viewer, &filter).await?;
    truncated |= edges.len() > EDGES;
    edges.truncate(EDGES);
    let mut nodes = nodes(db, viewer, &ids).await?;
    for node in &mut nodes {
        node.distance = distances.get(&node.id).copied();
    }
    Ok(whole(nodes, edges, truncated))
}

/// The entities with the most ties, at most `limit`, and the ties among them.
///
/// # Errors
/// When the database fails.
pub async fn overview(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    net: &Net,
    limit: usize,
    kind: Option<&str>,
) -> Result<Graph> {
    let (ids, mut edges, cut) = net.busiest(limit, kind);
    let truncated = cut || net.truncated() || edges.len() > EDGES;
    edges.truncate(EDGES);
    Ok(whole(nodes(db, viewer, &ids).await?, edges, truncated))
}

/// The shortest way from one entity to another over relationships, whichever way they point.
///
/// # Errors
/// Not found, when the viewer may not know one of them.
pub async fn path(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    net: &Net,
    (from, to): (EntityId, EntityId),
    kind: Option<&str>,
) -> Result<Path> {
    let ends: HashSet<EntityId> = [from, to].into();
    if entities::named(db, viewer, &[from, to]).await?.len() < ends.len() {
        return Err(Error::not_found());
    }
    let Some((ids, edges)) = net.shortest(from, to, kind) else {
        return Ok(Path { found: false, nodes: Vec::new(), edges: Vec::new() });
    };
    let nodes = nodes(db, viewer, &ids).await?;
    Ok(Path { found: true, nodes, edges: edges.into_iter().map(GraphEdge::from).collect() })
}

/// The entities that hold the graph together, and which belong together.
///
/// # Errors
/// When the database fails.
pub async fn analyse(db: &impl ConnectionTrait, viewer: &Viewer, net: &Net, limit: usize) -> Result<Analytics> {
    let figures = net.figures();
    let central: Vec<_> = figures.central.iter().take(limit).copied().collect();
    let mut ids: Vec<EntityId> = central.iter().map(|of| net.id(*of)).collect();
    ids.extend(figures.communities.iter().flat_map(|members| members.iter().take(MEMBERS)).map(|of| net.id(*of)));
    ids.sort_unstable();
    ids.dedup();
    let named: HashMap<EntityId, GraphNode> =
        nodes(db, viewer, &ids).await?.into_iter().map(|node| (node.id, node)).collect();
    let node = |of: u32| named.get(&net.id(of)).cloned();
    Ok(Analytics {
        nodes_total: net.len() as u64,
        edges_total: net.edges() as u64,
        central: central
            .into_iter()
            .filter_map(|of| {
                let figure = figures.of.get(of as usize)?;
                Some(Central {
                    node: node(of)?,
                    degree: figure.degree,
                    rank: figure.rank,
                    betweenness: figure.betweenness,
                    community: figure.community,
                })
            })
            .collect(),
        communities: figures
            .communities
            .iter()
            .zip(0..)
            .map(|(members, number)| Community {
                number,
                size: members.len() as u64,
                members: members.iter().take(MEMBERS).filter_map(|of| node(*of)).collect(),
            })
            .collect(),
        truncated: net.truncated(),
    })
}

/// Members of a community that are named.
const MEMBERS: usize = 10;

async fn nodes(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<Vec<GraphNode>> {
    Ok(entities::named(db, viewer, ids).await?.into_iter().map(node).collect())
}

fn node(entity: EntityBrief) -> GraphNode {
    GraphNode { id: entity.id, name: entity.name, kind: entity.kind, subtype: entity.subtype, distance: None }
}

/// A graph of what was read; an entity that vanished in between takes its edges along.
fn whole(nodes: Vec<GraphNode>, edges: Vec<Edge>, truncated: bool) -> Graph {
    let there: HashSet<EntityId> = nodes.iter().map(|node| node.id).collect();
    let edges = edges
        .into_iter()
        .filter(|edge| there.contains(&edge.from_id) && there.contains(&edge.to_id))
        .map(GraphEdge::from)
        .collect();
    Graph { nodes, edges, truncated }
}
