//! The tables of the canon, one file per migration. A published migration is never edited.
//!
//! Keys that are sorted by compare byte by byte on both databases, so that a page begins where the last one ended.

mod m0003_canon;
mod m0007_search;
mod m0008_knowledge;
mod m0009_pages;
mod m0010_media;
mod m0011_plots;
mod m0012_world;
mod m0014_proposals;
mod m0022_maps;
mod m0023_history;
mod m0024_systems;

use sea_orm::DbBackend;
use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0003_canon::Tables),
        Box::new(m0007_search::Tables),
        Box::new(m0008_knowledge::Knowledge),
        Box::new(m0009_pages::Pages),
        Box::new(m0010_media::Media),
        Box::new(m0011_plots::Plots),
        Box::new(m0012_world::World),
        Box::new(m0014_proposals::Proposals),
        Box::new(m0022_maps::Maps),
        Box::new(m0024_systems::Systems),
        Box::new(m0023_history::History),
    ]
}

/// A folded text: SQLite compares bytes by itself, PostgreSQL is told to.
fn key(m: &SchemaManager, name: &'static str) -> ColumnDef {
    let mut column = text(name);
    if m.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

fn belongs_to(column: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(column).to(table, "id").on_delete(ForeignKeyAction::Cascade).take()
}
