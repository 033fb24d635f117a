//! Ways into and out of Skald.
//!
//! An [`archive`] is a whole campaign in one file, for its game master: to keep, or to move to another server. Deliberately
//! absent: backups of a whole server, which the database and the data folder give (see the operations guide).

pub mod archive;

use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// All addresses of this crate, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    archive::router()
}
