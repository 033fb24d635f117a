//! The game master's answers.
//!
//! A message that wants an answer and the job that makes it commit together, so an acknowledged message is always answered.
//! One answer is made at a time per session; messages that arrive meanwhile are answered together by the next. The words
//! reach the table as they come, without a write in between; what was shown is noted aside twice a second. Tool calls are
//! carried out by the rules, each with its entries in one transaction. An answer whose server was killed is marked as
//! interrupted with what was shown, and can be tried again: that starts behind the message it answers, so the failed
//! attempt and its effects leave the active branch.

pub mod actions;
mod answers;
mod dto;
mod narrate;
mod queries;
mod routes;

pub use answers::{Answers, Told};
pub use dto::{CancelIn, ChatIn, Chatted, Retried, RetryIn};
pub use narrate::Narrate;
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::chat))
        .routes(routes!(routes::retry_answer))
        .routes(routes!(routes::cancel_answer))
}
