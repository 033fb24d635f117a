//! Time, ids and randomness are handed in: a server uses the system's, a test sets its own.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use rand::{Rng, SeedableRng, TryRng, rngs::SysRng};
use uuid::Uuid;

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(at)))
    }

    /// The present moment, in UTC, to the microsecond: what both databases keep.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => *at.lock(),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Moves a fixed clock forward; the system's clock moves by itself.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Fixed(at) = self {
            *at.lock() += by;
        }
    }
}

/// Where ids come from: UUIDv7, ordered by the time they were made.
#[derive(Clone, Debug, Default)]
pub struct Ids;

impl Ids {
    /// A new id of the type asked for.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn next<T: From<Uuid>>(&self) -> T {
        T::from(Uuid::now_v7())
    }
}

/// Where randomness comes from. Every roll and every generation stores the seed it was given.
#[derive(Clone, Debug, Default)]
pub enum Seeds {
    /// The operating system's randomness.
    #[default]
    System,
    /// A reproducible sequence for tests.
    Fixed(Arc<Mutex<rand::rngs::ChaCha8Rng>>),
}

impl Seeds {
    /// A sequence that is the same for the same `seed`.
    pub fn fixed(seed: u64) -> Self {
        Self::Fixed(Arc::new(Mutex::new(rand::rngs::ChaCha8Rng::seed_from_u64(seed))))
    }

    /// A seed for a roll or a generation; fits a signed 64-bit column and a JSON number (53 bits).
    pub fn seed(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes) >> 11
    }

    /// Unpredictable bytes for secrets (on a server).
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing may go on without.
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::System => SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness"),
            Self::Fixed(rng) => rng.lock().fill_bytes(bytes),
        }
    }
}
