//! What models took, and what left the house: sums and a log over the ledger's attempts. No words of anybody are in them.
//!
//! An admin sees the site, a game master the campaign, everybody what they themselves asked for.

mod dto;
mod queries;
mod routes;

use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use dto::{GroupBy, OutboundOut, UsageOut, UsageRow};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::find_ai_usage)).routes(routes!(routes::list_ai_outbound))
}
