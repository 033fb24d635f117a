//! What stands between a visitor and an account: the limits on guessing and the places for password hashes.
//!
//! One per program, put in by the wiring with `.part(Guard::default())`.

use std::{net::IpAddr, sync::Arc};

use skald_kernel::AccessTokenId;
use tokio::sync::Semaphore;

use crate::limits::{Backoff, Window};

/// Password hashes made at once: each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;

/// The part of the program that `access` keeps in memory.
pub struct Guard {
    pub(crate) hashes: Arc<Semaphore>,
    /// Wrong passwords for an account, from addresses it is known from and from all others: a stranger who guesses does not
    /// slow the owner down.
    pub(crate) accounts: Backoff<(Vec<u8>, bool)>,
    /// Sign-ins from an address.
    pub(crate) logins: Window<IpAddr>,
    /// Registrations from an address without an invitation.
    pub(crate) registrations: Window<IpAddr>,
    /// Wrong set-up codes and unknown invitations from an address.
    pub(crate) codes: Window<IpAddr>,
    /// Personal access tokens from an address that are none.
    pub(crate) tokens: Window<IpAddr>,
    /// When the use of a personal access token was last written down.
    pub(crate) uses: Window<AccessTokenId>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            hashes: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            accounts: Backoff::default(),
            logins: Window::per_minute(30),
            registrations: Window::per_minute(30),
            codes: Window::per_minute(10),
            tokens: Window::per_minute(10),
            uses: Window::per_minute(1),
        }
    }
}
