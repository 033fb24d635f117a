//! Asking the canon: a question, answered from what its reader may know, with what the answer rests on.
//!
//! Gathering goes through the reader's [`Viewer`](skald_kernel::Viewer), so neither a model nor the oracle is told what the
//! reader may not know. An answer names the pieces it rests on; names of pieces that were not given are dropped, a quote
//! that a piece does not hold is replaced by the piece, and an answer that rests on nothing is none.

mod actions;
mod dto;
mod gather;
mod routes;
mod rules;

use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::ask_canon))
}
