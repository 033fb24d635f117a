//! The game of a session: its state, who plays whom, and what players do directly (roll, use, move).
//!
//! The state is the fold of the effects along the active branch. It is stored beside the log and changed with it under one
//! lock, so that two actions at once are two actions one after the other. What is found out in play is a clue of this
//! branch; the characters come to know it in the canon when the session ends (ADR 0003).

pub mod actions;
mod dto;
mod entries;
mod queries;
mod routes;
mod turn;
pub mod world;

pub use dto::{
    CharacterOut, ClueOut, ExitOut, GameOut, GenerationOut, JoinIn, ObjectiveOut, PlaceOut, QuestOut, ReadyMade,
    RollIn, SessionRollIn, TravelIn, UseIn,
};
pub(crate) use entries::{entry_of, note};
pub(crate) use queries::load;
use skald_platform::App;
pub(crate) use turn::Turn;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_ready_made))
        .routes(routes!(routes::start_session))
        .routes(routes!(routes::end_session))
        .routes(routes!(routes::join_session))
        .routes(routes!(routes::leave_session))
        .routes(routes!(routes::find_game_state))
        .routes(routes!(routes::roll_in_session))
        .routes(routes!(routes::use_item))
        .routes(routes!(routes::move_party))
        .routes(routes!(routes::roll_dice))
}
