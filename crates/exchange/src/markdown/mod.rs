//! The canon as pages: a zip of Markdown with front matter, a folder for each kind, a file for each entity, which editors such
//! as Obsidian open as a vault.
//!
//! - Everybody takes what they may know: the pages are made through their eyes.
//! - What a game master takes has everything of an entity: its fields, the facts about it, the ties that begin at it. Read again, a
//!   page that nobody has touched changes nothing.
//! - Reading a vault makes proposals: one batch, which the game master decides on, or the campaign's policy. What is not in the
//!   file is left alone. Keys of the front matter that mean nothing here become fields, and are written back.

mod dto;
mod export;
mod import;
mod page;
mod reading;
mod routes;

use skald_platform::App;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use export::stream;
pub use import::ReadVault;

/// What no address answers, but the result of a job holds.
#[derive(OpenApi)]
#[openapi(components(schemas(dto::VaultReport)))]
struct Shapes;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Shapes::openapi()).routes(routes!(routes::import_vault))
}

/// The folder of the entities of a kind.
const FOLDERS: [(&str, &str); 9] = [
    ("character", "Characters"),
    ("location", "Places"),
    ("faction", "Factions"),
    ("item", "Items"),
    ("lore", "Lore"),
    ("plot", "Plots"),
    ("quest", "Quests"),
    ("note", "Notes"),
    ("scenario", "Scenarios"),
];

/// What of an entity stands in the front matter, besides its id, facts and ties; as `EntityIn` takes it.
const KEYS: [&str; 11] = [
    "kind",
    "subtype",
    "name",
    "aliases",
    "summary",
    "tags",
    "visibility",
    "visible_to",
    "parent_id",
    "portrait_id",
    "fields",
];
