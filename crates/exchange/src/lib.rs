//! Ways into and out of Skald.
//!
//! An [`archive`] is a whole campaign in one file, for its game master: to keep, or to move to another server. [`markdown`] is the
//! canon as pages, for everybody as far as they may know it, and what others write as pages becomes proposals. Deliberately
//! absent: backups of a whole server, which the database and the data folder give (see the operations guide).

pub mod archive;
mod files;
pub mod markdown;
mod packing;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// All addresses of this crate, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    archive::router().merge(markdown::router())
}
