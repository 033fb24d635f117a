//! Links: what the `[[names]]` in a body lead to, from both ends, and who the names in a secret passage's fence stand for.
//!
//! A name is looked up when the body is saved, among names first, then among aliases; of several bearers the oldest counts.
//! From then on the link follows the entity: a new name changes nothing, and saving the body again keeps what the name meant
//! before. A name nobody bears yet is found when an entity of that name appears. When the entity goes away its links wait for
//! it, and go to the next that takes the name. An audience does not: what one was told, another of the same name never gets.
//!
//! What a viewer may not know is shown as its label or `…`, and a page they may not know, or whose passage they may not
//! read, links to nothing for them: not in lists, not in counts.

mod actions;
mod dto;
mod queries;
mod read;
mod routes;
mod text;

use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use actions::{arrived, write};
pub use dto::BacklinkOut;
pub(crate) use read::{backlinks, quote, read};
pub use text::{Mention, Shown, mentions, plain, shown};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_backlinks))
}
