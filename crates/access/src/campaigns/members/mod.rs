//! Members: who is in a campaign and what they may do there.
//!
//! A GM changes roles and removes members; anybody may leave. Who leaves or becomes an observer gives their characters
//! back. Live subscriptions are checked again at once.

mod actions;
mod dto;
pub(super) mod queries;
mod routes;

pub(crate) use actions::{adopt_orphans, enroll};
pub use dto::{MemberOut, MemberPatch};
pub(crate) use queries::{campaigns_of, find, users};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_members))
        .routes(routes!(routes::update_member, routes::remove_member))
}
