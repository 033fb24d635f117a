//! The canon of a campaign: entities, the tree of locations, facts with their knowers, relationships.
//!
//! Every read takes a [`skald_kernel::Viewer`], and the filter for it is part of the query ([`sight`] is the only place that
//! writes it). What a viewer may not know is absent from lists, counts, trees and references, and answers 404 by its id.
//! Every change is versioned, made by a game master (or by the engine, for a clue that was found), and commits with its
//! audit row and its events. Absent by design: plots with dependencies, lorebooks.

pub mod audit;
mod bind;
pub mod calendar;
pub mod characters;
mod editor;
pub mod entities;
pub mod facts;
pub mod graph;
pub mod history;
pub mod links;
pub mod locations;
pub mod lorebook;
pub mod maps;
pub mod media;
pub mod passages;
pub mod plots;
pub mod proposals;
pub mod relationships;
pub mod schema;
pub mod search;
mod sight;
pub mod systems;
pub mod tables;
pub mod trash;
mod words;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Which path parameters name rows of this crate's tables, so that authority is found in one query.
pub const OWNED: &[(&str, &str)] = &[
    ("entity_id", "entities"),
    ("location_id", "entities"),
    ("character_id", "entities"),
    ("fact_id", "facts"),
    ("relationship_id", "relationships"),
    ("proposal_id", "proposals"),
    ("map_id", "maps"),
    ("pin_id", "map_pins"),
    ("table_id", "random_tables"),
    ("plot_id", "entities"),
    ("media_id", "media"),
];

/// All routes of the canon, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(entities::router())
        .merge(links::router())
        .merge(locations::router())
        .merge(calendar::router())
        .merge(facts::router())
        .merge(characters::router())
        .merge(systems::router())
        .merge(relationships::router())
        .merge(tables::router())
        .merge(plots::router())
        .merge(lorebook::router())
        .merge(history::router())
        .merge(trash::router())
        .merge(audit::router())
        .merge(proposals::router())
        .merge(search::router())
        .merge(media::router())
        .merge(graph::router())
        .merge(maps::router())
}
