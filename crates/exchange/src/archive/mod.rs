//! A campaign as one file: a zip with `skald.json`, `data/<table>.jsonl` (a row of the database per line) and `media/<id>`.
//!
//! - It holds everything that is the campaign's: the canon with its history and what was deleted, pictures, sessions with
//!   their timelines. It does not hold people, their invitations, the ledger of AI calls, the audit log, nor what is derived
//!   from the rest ([`tables::LEFT_OUT`] says why for each).
//! - It is written from one snapshot of the database while it is sent, and read in pieces, so its size is not a matter of memory.
//! - An import makes a new campaign, whose game master is who imports. Nobody sees it before it is whole; one that fails or is
//!   cancelled leaves nothing. Ids stay as they are where the campaign is not on the server yet, else all are made anew.
//! - An archive is not trusted: a row can only name rows of the same archive, and nobody but the importer becomes an author.

mod columns;
mod dto;
mod export;
mod import;
mod reading;
mod routes;
pub mod tables;

use skald_platform::App;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use dto::{Begun, ImportQuery};
pub use import::Import;
pub(crate) use reading::bad;

/// What `format` in `skald.json` says.
const FORMAT: &str = "skald-archive";
/// The version of the format this writes, and the newest it reads.
const VERSION: u32 = 1;

/// What no address answers, but the result of a job holds.
#[derive(OpenApi)]
#[openapi(components(schemas(dto::ImportReport)))]
struct Shapes;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Shapes::openapi())
        .routes(routes!(routes::export_campaign))
        .routes(routes!(routes::import_campaign))
}
