//! The timeline of a session: an append-only log that is also a tree.
//!
//! Entries are numbered per session without gaps, in the order in which they were committed. Each has a parent; the newest
//! entry and its ancestors are the **active branch**. An answer that is tried again starts at the entry it answers, so the
//! failed attempt and its effects leave the active branch but stay readable. Nothing is ever changed or removed.

pub mod actions;
mod dto;
pub mod queries;
mod routes;

pub use dto::{Author, EntryKind, EntryOut, NewEntry};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_entries))
}
