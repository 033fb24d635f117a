//! Sessions and their timelines: what happened at one sitting, in order, for everybody who sat there.

pub mod reveals;
pub mod schema;
pub mod sessions;
pub mod timeline;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Path parameters that are ids of this crate's tables.
pub const OWNED: &[(&str, &str)] = &[("session_id", "sessions")];

/// All routes of this crate.
pub fn router() -> OpenApiRouter<App> {
    sessions::router().merge(reveals::router()).merge(timeline::router())
}
