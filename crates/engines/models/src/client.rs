//! The HTTP client all wires share, so that connections are reused and the limits are the same everywhere.

use std::time::Duration;

use reqwest::{Client, redirect::Policy};
use skald_kernel::{Error, model::Timeouts};

/// The client for all wires. Follows no redirect (it would carry the prompt to a place nobody chose) and heeds no proxy
/// from the environment; of the timeouts only the one to connect is the client's, the others are each request's.
///
/// # Errors
/// When the machine's TLS roots cannot be read.
pub fn client(timeouts: &Timeouts) -> Result<Client, Error> {
    Client::builder()
        .user_agent(concat!("skald/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_millis(timeouts.connect_ms))
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .map_err(Error::internal)
}
