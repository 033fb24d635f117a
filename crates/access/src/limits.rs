//! Limits on guessing: how often an address may try, and how long an account waits after wrong passwords.
//!
//! An attempt is counted when it begins, so that many at once do not slip through before the first one has failed; success
//! takes the count back. Nobody is locked out for good: the wait has a ceiling, and counts are forgotten. Memory is bounded.
//! Counts live in this process; sharing them between nodes is deliberately absent until there are several.

use std::{collections::HashMap, hash::Hash, net::IpAddr};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use skald_kernel::{Error, ErrorCode, Result};

/// Keys remembered at most; beyond it the least pressing half is forgotten.
const KEYS: usize = 10_000;
/// Failures that cost nothing: everybody mistypes.
const FREE_FAILURES: u32 = 5;
/// The longest wait between two attempts on an account, in seconds.
const LONGEST_WAIT_S: i64 = 60;
/// How long failures are remembered.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// So many attempts a minute for each key, evenly refilled (GCRA: one time per key says how far it is ahead).
pub(crate) struct Window<K> {
    attempts: i32,
    interval: TimeDelta,
    ahead: Mutex<HashMap<K, DateTime<Utc>>>,
}

impl<K: Hash + Eq + Clone> Window<K> {
    pub(crate) fn per_minute(attempts: i32) -> Self {
        Self { attempts, interval: TimeDelta::minutes(1) / attempts, ahead: Mutex::default() }
    }

    /// Counts an attempt.
    pub(crate) fn take(&self, key: &K, now: DateTime<Utc>) -> Result<()> {
        let mut ahead = self.ahead.lock();
        let at = ahead.get(key).copied().unwrap_or(now).max(now);
        let wait = at - now - self.interval * (self.attempts - 1);
        if wait > TimeDelta::zero() {
            return Err(limited(wait));
        }
        make_room(&mut ahead, |at| *at > now, |at| *at);
        ahead.insert(key.clone(), at + self.interval);
        Ok(())
    }

    /// Takes an attempt back that was no guess.
    pub(crate) fn give_back(&self, key: &K) {
        if let Some(at) = self.ahead.lock().get_mut(key) {
            *at -= self.interval;
        }
    }
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl Failures {
    fn until(self) -> DateTime<Utc> {
        self.last + wait_after(self.count)
    }
}

/// A growing wait after failures, for each key.
pub(crate) struct Backoff<K>(Mutex<HashMap<K, Failures>>);

impl<K> Default for Backoff<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Backoff<K> {
    /// Counts an attempt as failed until [`Backoff::succeeded`].
    pub(crate) fn take(&self, key: K, now: DateTime<Utc>) -> Result<()> {
        let mut failures = self.0.lock();
        let before = failures.get(&key).copied().filter(|f| now - f.last < REMEMBERED);
        if let Some(wait) = before.map(|f| f.until() - now).filter(|wait| *wait > TimeDelta::zero()) {
            return Err(limited(wait));
        }
        make_room(&mut failures, |f| now - f.last < REMEMBERED, |f| f.last);
        let count = before.map_or(0, |f| f.count).saturating_add(1);
        failures.insert(key, Failures { count, last: now });
        Ok(())
    }

    /// Forgets the failures of a key.
    pub(crate) fn succeeded(&self, key: &K) {
        self.0.lock().remove(key);
    }
}

/// How long to wait after so many failures: nothing, then 1, 2, 4 … seconds.
fn wait_after(failures: u32) -> TimeDelta {
    match failures.checked_sub(FREE_FAILURES) {
        None => TimeDelta::zero(),
        Some(more) => TimeDelta::seconds((1_i64 << more.min(30)).min(LONGEST_WAIT_S)),
    }
}

fn limited(wait: TimeDelta) -> Error {
    let seconds = (wait.num_milliseconds() + 999) / 1000;
    Error::new(ErrorCode::RateLimited, "Too many attempts. Wait as long as Retry-After says, then try again.")
        .retry_after(u64::try_from(seconds).unwrap_or_default().max(1))
}

fn make_room<K: Hash + Eq, V: Copy>(
    map: &mut HashMap<K, V>,
    counts: impl Fn(&V) -> bool,
    moment: impl Fn(&V) -> DateTime<Utc>,
) {
    if map.len() < KEYS {
        return;
    }
    map.retain(|_, value| counts(value));
    if map.len() < KEYS {
        return;
    }
    let mut moments: Vec<_> = map.values().map(&moment).collect();
    let middle = moments.len() / 2;
    let (_, middle, _) = moments.select_nth_unstable(middle);
    let middle = *middle;
    map.retain(|_, value| moment(value) > middle);
}

/// The key of an address: one person has a whole /64 of IPv6.
pub(crate) fn address_key(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_to_a_minute() {
        for (failures, seconds) in [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (400, 60)] {
            assert_eq!(wait_after(failures).num_seconds(), seconds, "{failures}");
        }
    }

    #[test]
    fn an_account_waits_after_failures_and_is_free_again_after_success_or_time() {
        let backoff = Backoff::default();
        let mut now = start();
        for _ in 0..5 {
            backoff.take("mira", now).unwrap();
        }
        let refused = backoff.take("mira", now).unwrap_err();
        assert_eq!((refused.code(), refused.retry_after_s()), (ErrorCode::RateLimited, Some(1)));
        backoff.take("pim", now).unwrap();
        now += TimeDelta::seconds(1);
        backoff.take("mira", now).unwrap();
        assert_eq!(backoff.take("mira", now).unwrap_err().retry_after_s(), Some(2));
        backoff.succeeded(&"mira");
        backoff.take("mira", now).unwrap();
    }

    #[test]
    fn failures_are_forgotten_after_an_hour() {
        let backoff = Backoff::default();
        for n in 0..8 {
            let _ = backoff.take("mira", start() + TimeDelta::seconds(n * 10));
        }
        let later = start() + TimeDelta::hours(2);
        for _ in 0..5 {
            backoff.take("mira", later).unwrap();
        }
    }

    #[test]
    fn a_window_refills_evenly_and_takes_back() {
        let window = Window::per_minute(30);
        for _ in 0..30 {
            window.take(&1, start()).unwrap();
        }
        assert_eq!(window.take(&1, start()).unwrap_err().retry_after_s(), Some(2));
        window.take(&2, start()).unwrap();
        window.take(&1, start() + TimeDelta::seconds(2)).unwrap();
        assert!(window.take(&1, start() + TimeDelta::seconds(2)).is_err());
        window.give_back(&1);
        window.take(&1, start() + TimeDelta::seconds(2)).unwrap();
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let backoff = Backoff::default();
        for n in 0..(KEYS as i64 * 3) {
            backoff.take(n, start() + TimeDelta::milliseconds(n)).unwrap();
        }
        let left = backoff.0.lock();
        assert!(left.len() <= KEYS);
        assert!(left.contains_key(&(KEYS as i64 * 3 - 1)));
    }

    #[test]
    fn addresses_of_one_network_share_a_key() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.7"), key("192.0.2.7"));
        assert_ne!(key("192.0.2.7"), key("192.0.2.8"));
    }
}
