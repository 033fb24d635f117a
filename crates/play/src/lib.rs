//! Play: a party against an AI game master. The rules decide, the model (or the oracle) tells.
//!
//! `dice` and `rules` are pure. `game` keeps the state of a session, which is the fold of the effects along the active
//! branch, and what players do directly. `master` makes the game master's answers. `stream` is what browsers follow.

pub use skald_kernel::dice;
pub mod game;
pub mod master;
pub mod rules;
pub mod schema;
mod stream;

pub use master::{Answers, Narrate};
use skald_platform::App;
pub use stream::SessionStream;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this crate.
pub fn router() -> OpenApiRouter<App> {
    game::router().merge(master::router())
}
