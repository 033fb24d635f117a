//! Search: names by ear, texts by words, always through a viewer.
//!
//! Names and aliases are found in an index in memory ([`names`]), which knows sounds and slips of the finger. The viewer's
//! filter is part of finding, never applied to what was found: what somebody may not know shifts no rank, count or
//! suggestion. Texts (summaries, bodies, facts) are found by their words in the database's own full text ([`documents`]),
//! in the transaction that changed them. [`blend`] puts both together. Absent by design: search by meaning.

mod blend;
mod campaigns;
mod documents;
mod dto;
mod grammar;
mod lookup;
pub mod names;
mod queries;
mod routes;
mod snippet;
mod texts;
mod words;

use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use campaigns::Indexes;
pub use documents::{Reindex, index, reindex, start};
pub(crate) use documents::{entity_changed, fact_changed};
pub use dto::{FacetCount, Facets, Hit, Piece, SearchOut, SearchQuery, SuggestQuery, Suggestion, Suggestions, Why};
pub(crate) use lookup::matching;
pub use lookup::{Mention, resolve};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::search_campaign)).routes(routes!(routes::suggest_names))
}
