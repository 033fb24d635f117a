//! Sessions: one sitting of a group, planned, running or ended.
//!
//! Anybody who plays may start a game session; its starter and the GM may end it. Who takes part joins, with a character
//! where the session is played. Only a running session takes messages.

pub mod actions;
mod dto;
pub mod queries;
mod routes;

pub use dto::{Participant, SessionIn, SessionKind, SessionOut, SessionStatus};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_sessions, routes::create_session))
        .routes(routes!(routes::find_session))
}
