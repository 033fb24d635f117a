//! The desk of whoever writes or reads a world: questions to the canon.
//!
//! Nothing here changes the canon. What a model says is checked against what it was given.

mod ask;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this crate, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    ask::router()
}
