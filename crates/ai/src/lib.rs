//! The AI: one engine around any model service, a ledger of every call, prompts as templates, and the context builder.
//!
//! A call goes through [`Engine::stream`]: it picks who answers (the admin's route, or the oracle), tries again where that
//! helps, and falls back to the next candidate only before the first token. Every call leaves a row in the ledger before
//! its end is handed out. What a model is told is built by [`context::build`] for a [`skald_kernel::Viewer`], with a
//! [`Receipt`] of what went in and what was left out.
//!
//! Deliberately absent: the providers themselves (`engines/*`, linked by the binary only), the canon (callers gather what
//! the viewer may know), and what a tool call does (the engine of `play` decides).

pub mod budgets;
pub mod context;
pub mod engine;
pub mod ledger;
mod prices;
pub mod prompts;
pub mod providers;
pub mod schema;
pub mod structured;
pub mod usage;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

pub use context::{ContextInput, Prompt, Receipt, ReceiptViewer, Turn};
pub use engine::{Answerer, Answering, Call, Choice, Connect, Endpoint, Engine, Failed, Piece, Services};
pub use prices::{Price, PriceSource};
pub use providers::Dialect;
pub use structured::Shaped;

/// Path parameters that are ids of this crate's tables: none belongs to exactly one campaign.
pub const OWNED: &[(&str, &str)] = &[];

/// All routes of this crate.
pub fn router() -> OpenApiRouter<App> {
    providers::router().merge(ledger::router()).merge(budgets::router()).merge(usage::router())
}
