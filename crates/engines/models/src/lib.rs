//! Wires to model services: each speaks one dialect over HTTP and tells exactly how a call failed.
//!
//! What always holds: every wait has a limit, every answer has a size, a key never shows in an error or in `Debug`, and no
//! request follows a redirect. A stream ends with one `Finish` or with an error. Deliberately absent: retries, fallback,
//! budgets and routing, which are the `ai` crate's, and whether a request may leave the house, which the router decides
//! before it comes here.

mod address;
mod anthropic;
mod body;
mod client;
mod cohere;
mod dialect;
mod failure;
mod gathering;
mod gemini;
mod ollama;
mod openai;
mod wire;
#[cfg(feature = "testing")]
pub mod wire_server;

pub use address::is_outside;
pub use anthropic::Anthropic;
pub use client::client;
pub use cohere::Cohere;
pub use gemini::Gemini;
pub use ollama::{Ollama, Pulling};
pub use openai::OpenAi;
