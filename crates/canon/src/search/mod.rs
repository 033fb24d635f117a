//! Search: names by ear, texts by words, always through a viewer.
//!
//! Names and aliases are found in an index in memory ([`names`]), which knows sounds and slips of the finger. The viewer's
//! filter is part of finding, never applied to what was found: what somebody may not know shifts no rank, count or
//! suggestion. Texts (summaries, bodies, facts) are found by their words in the database's own full text ([`documents`]),
//! in the transaction that changed them. [`blend`] puts both together. Absent by design: search by meaning.

mod asked;
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

use crate::{bind::Binds, sight::Sight};

pub use asked::asked_about;
pub use campaigns::Indexes;
pub use documents::{Reindex, index, reindex, start};
pub(crate) use documents::{entity_changed, fact_changed};
pub use dto::{FacetCount, Facets, Hit, Piece, SearchOut, SearchQuery, SuggestQuery, Suggestion, Suggestions, Why};
pub(crate) use lookup::matching;
pub use lookup::{Mention, resolve};

/// ` AND …`: that each word of `q` begins a word of the fact `f`, as its viewer reads it, or of the name of its subject `s`.
pub(crate) fn fact_says(sight: &Sight, q: &str, binds: &mut Binds) -> String {
    let found = words::words(q);
    if found.is_empty() {
        return " AND 1 = 0".to_owned();
    }
    let holds: Vec<String> = found
        .into_iter()
        .map(|word| {
            let like = binds.add(format!("% {}%", word.text));
            format!("(' ' || d.words LIKE {like} OR ' ' || s.name_key LIKE {like})")
        })
        .collect();
    format!(
        " AND EXISTS (SELECT 1 FROM search_documents d WHERE d.subject_id = f.id AND d.subject_type = 'fact'{} AND {})",
        sight.document("d"),
        holds.join(" AND ")
    )
}

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::search_campaign)).routes(routes!(routes::suggest_names))
}
