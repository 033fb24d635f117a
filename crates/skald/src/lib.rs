//! The whole program: which parts there are, how they are wired, what the addresses are.
//!
//! This is the only crate that knows the engines (oracle, models). `wiring` puts the parts together, `router` lists the
//! addresses, `web` serves the app, `seed` fills the demo world, `cli` is what a person types.

pub mod cli;
mod health;
mod mcp;
pub mod router;
pub mod seed;
mod web;
pub mod wiring;
