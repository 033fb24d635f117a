//! Invitations: a link that makes whoever follows it a member with a role.
//!
//! An invitation ends when it is used up, expired or revoked. Following one never lowers a role, and following it twice
//! changes nothing and uses it once. The code is the whole secret, so it is long; guesses are counted by address.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

pub(crate) use actions::{join, preview};
pub use dto::{InvitationIn, InvitationOut, InvitationPreview};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_invitations, routes::create_invitation))
        .routes(routes!(routes::revoke_invitation))
        .routes(routes!(routes::preview_invitation))
        .routes(routes!(routes::accept_invitation))
}
