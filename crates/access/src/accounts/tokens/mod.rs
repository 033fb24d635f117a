//! Personal access tokens: a program speaks for its owner, with less than the owner's rights.
//!
//! - A token is shown once, when it is made. What is stored is its SHA-256: it is 32 random bytes, so nothing slower is
//!   needed. It is never logged and never kept as an answer.
//! - A token never allows more than its owner may do at that moment. One that only reads may nothing but `GET` and `HEAD`;
//!   one for a campaign finds that campaign and nothing else; none is an admin of the site, and none manages what its owner
//!   signs in with ([`crate::authority::InPerson`]).
//! - It is looked up at each request: deleting it, or the account, or the membership, takes effect at once.
//! - When it was last used is written at most once a minute, after the request has gone on.
//! - Who shows tokens that are none is slowed down by address; tokens that hold are never slowed by that.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

pub use dto::{AccessTokenIn, AccessTokenMade, AccessTokenOut, TokenScope};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use actions::{authenticate, find};
pub(super) use queries::purge;
pub(crate) use rules::is_one;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_access_tokens, routes::create_access_token))
        .routes(routes!(routes::revoke_access_token))
}
