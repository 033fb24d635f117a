//! The plumbing under every slice: configuration, database, transactions, jobs, HTTP, the live socket, telemetry, the test kit.
//!
//! Nothing here knows what a campaign is about. A slice gets an [`App`], opens a [`Tx`] for a change, and answers through
//! the extractors and errors of [`http`].

pub mod app;
pub mod blobs;
pub mod config;
pub mod db;
pub mod http;
pub mod idempotency;
pub mod jobs;
pub mod live;
pub mod secrets;
pub mod tasks;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub mod tx;

pub use app::{App, AppBuilder};
pub use blobs::Blobs;
pub use config::Config;
pub use db::Db;
pub use skald_kernel::{Error, ErrorCode, Result};
pub use tasks::Tasks;
pub use tx::{Actor, Audit, Grant, Tx};
