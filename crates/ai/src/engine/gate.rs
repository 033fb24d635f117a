//! The gate before each model: how many may ask it at once, and whether it is left alone because it keeps failing.
//!
//! The breaker of a model opens when, of at least [`LEAST`] answers within [`WINDOW`], half failed in a way that is the
//! service's (overloaded, unreachable, silent, cut off, garbled). It then rests for [`REST`]; after that one request is let
//! through, and what becomes of it decides. A service that names the time when it wants to be asked again rests until then.
//! Both are known to this node alone: each finds out by itself, which costs a handful of requests. Without a database.

use std::{collections::HashMap, collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::Mutex;
use skald_kernel::{
    ProviderId,
    model::{AiError, AiErrorKind},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// How long an answer is remembered.
pub(super) const WINDOW: Duration = Duration::from_secs(60);
/// Answers within the window that it takes to judge a model.
pub(super) const LEAST: usize = 5;
/// How long a model rests.
pub(super) const REST: Duration = Duration::from_secs(30);
/// The longest rest a service may ask for.
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

/// A model of a stored provider.
type Key = (ProviderId, String);

/// The gates of all models this node has asked.
#[derive(Clone, Default)]
pub(crate) struct Gates(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    breakers: HashMap<Key, Breaker>,
    places: HashMap<ProviderId, (usize, Arc<Semaphore>)>,
}

/// Whether a model is asked at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resting {
    /// It is.
    No,
    /// It rests for so long.
    For(Duration),
    /// It has rested, and one request finds out.
    Trying,
}

#[derive(Default)]
struct Breaker {
    /// When answers ended, and whether well.
    ended: VecDeque<(Instant, bool)>,
    rests_until: Option<Instant>,
    trying: bool,
}

impl Breaker {
    fn resting(&self, now: Instant) -> Resting {
        match self.rests_until {
            None => Resting::No,
            Some(until) if until > now => Resting::For(until - now),
            Some(_) if self.trying => Resting::Trying,
            Some(_) => Resting::No,
        }
    }

    fn ended(&mut self, well: bool, now: Instant) {
        if self.rests_until.is_some_and(|until| until <= now) {
            self.ended.clear();
            self.rests_until = if well { None } else { Some(now + REST) };
            return;
        }
        self.ended.push_back((now, well));
        while self.ended.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.ended.pop_front();
        }
        let failed = self.ended.iter().filter(|(_, well)| !well).count();
        if !well && self.ended.len() >= LEAST && failed * 2 >= self.ended.len() {
            self.rests_until = Some(now + REST);
        }
    }
}

impl Gates {
    /// Waits for a place and lets a request through, unless the model rests.
    ///
    /// # Errors
    /// Overloaded, with the time that is left of the rest.
    pub(super) async fn enter(&self, provider: ProviderId, model: &str, places: usize) -> Result<Pass, AiError> {
        let key = (provider, model.to_owned());
        let semaphore = {
            let mut inner = self.0.lock();
            resting(inner.breakers.entry(key.clone()).or_default())?;
            let known = inner.places.entry(provider).or_insert_with(|| (places, Arc::new(Semaphore::new(places))));
            if known.0 != places {
                // Those that are inside stay; from now on the new number counts.
                *known = (places, Arc::new(Semaphore::new(places)));
            }
            Arc::clone(&known.1)
        };
        let place = semaphore.acquire_owned().await.ok();
        // It may have begun to rest while this request waited.
        let mut inner = self.0.lock();
        let breaker = inner.breakers.entry(key.clone()).or_default();
        resting(breaker)?;
        let trying = breaker.rests_until.is_some();
        breaker.trying = trying;
        drop(inner);
        Ok(Pass { gates: self.clone(), key, trying, place })
    }

    /// Whether a model is asked at present.
    pub(crate) fn resting(&self, provider: ProviderId, model: &str) -> Resting {
        let inner = self.0.lock();
        inner.breakers.get(&(provider, model.to_owned())).map_or(Resting::No, |breaker| breaker.resting(Instant::now()))
    }

    /// Lets go of a provider that was changed or deleted: it begins anew.
    pub(super) fn forget(&self, provider: ProviderId) {
        let mut inner = self.0.lock();
        inner.breakers.retain(|(known, _), _| *known != provider);
        inner.places.remove(&provider);
    }
}

fn resting(breaker: &Breaker) -> Result<(), AiError> {
    let left = match breaker.resting(Instant::now()) {
        Resting::No => return Ok(()),
        Resting::For(left) => left,
        Resting::Trying => Duration::from_secs(1),
    };
    let seconds = left.as_secs().max(1);
    let message = format!("It cannot answer just now and is left alone for another {seconds} s.");
    Err(AiError { retry_after: Some(left), ..AiError::new(AiErrorKind::Overloaded, message) })
}

/// A request that was let through. What becomes of it has to be said; dropped without a word, nothing is learnt.
pub(crate) struct Pass {
    gates: Gates,
    key: Key,
    trying: bool,
    place: Option<OwnedSemaphorePermit>,
}

impl Pass {
    /// The answer ended: well, or so.
    pub(crate) fn ended(mut self, error: Option<&AiError>) {
        self.place = None;
        let now = Instant::now();
        let mut inner = self.gates.0.lock();
        let Some(breaker) = inner.breakers.get_mut(&self.key) else { return };
        match error {
            None => breaker.ended(true, now),
            Some(error) if blames(error.kind) => breaker.ended(false, now),
            Some(AiError { kind: AiErrorKind::RateLimited, retry_after: Some(asked), .. }) => {
                breaker.rests_until = Some(now + (*asked).min(LONGEST_REST));
            }
            // It answered, if only to refuse: it is there.
            Some(error) if self.trying && error.kind != AiErrorKind::Cancelled => breaker.ended(true, now),
            Some(_) => {}
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.trying
            && let Some(breaker) = self.gates.0.lock().breakers.get_mut(&self.key)
        {
            breaker.trying = false;
        }
    }
}

/// Whether a failure says that the service itself is in trouble.
fn blames(kind: AiErrorKind) -> bool {
    matches!(
        kind,
        AiErrorKind::Overloaded
            | AiErrorKind::Transport
            | AiErrorKind::Idle
            | AiErrorKind::Truncated
            | AiErrorKind::Garbage
    )
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio::time::advance;

    use super::*;

    fn provider() -> ProviderId {
        ProviderId(uuid::Uuid::from_u128(1))
    }

    fn error(kind: AiErrorKind) -> AiError {
        AiError::new(kind, "said so")
    }

    async fn end(gates: &Gates, how: Option<AiErrorKind>) {
        gates.enter(provider(), "m", 4).await.unwrap().ended(how.map(error).as_ref());
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_fails_half_the_time_rests_and_then_shows_itself_with_one_request() {
        let gates = Gates::default();
        for how in [None, None, Some(AiErrorKind::Idle), Some(AiErrorKind::Overloaded)] {
            end(&gates, how).await;
        }
        assert_eq!(gates.resting(provider(), "m"), Resting::No, "too few to judge");
        end(&gates, Some(AiErrorKind::Truncated)).await;
        assert_eq!(gates.resting(provider(), "m"), Resting::For(REST));
        assert_eq!(gates.resting(provider(), "other"), Resting::No);
        let refused = gates.enter(provider(), "m", 4).await.err().unwrap();
        assert_eq!((refused.kind, refused.retry_after), (AiErrorKind::Overloaded, Some(REST)));

        advance(REST).await;
        let one = gates.enter(provider(), "m", 4).await.unwrap();
        assert!(gates.enter(provider(), "m", 4).await.is_err(), "only one finds out");
        one.ended(Some(&error(AiErrorKind::Idle)));
        assert_eq!(gates.resting(provider(), "m"), Resting::For(REST));

        advance(REST).await;
        drop(gates.enter(provider(), "m", 4).await.unwrap());
        end(&gates, None).await;
        for _ in 0..LEAST - 1 {
            end(&gates, Some(AiErrorKind::Idle)).await;
        }
        assert_eq!(gates.resting(provider(), "m"), Resting::No, "what was before the rest is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_the_services_fault_or_long_ago_does_not_count() {
        let gates = Gates::default();
        for kind in [AiErrorKind::Auth, AiErrorKind::BadRequest, AiErrorKind::Refused, AiErrorKind::Cancelled] {
            for _ in 0..LEAST {
                end(&gates, Some(kind)).await;
            }
            assert_eq!(gates.resting(provider(), "m"), Resting::No, "{kind:?}");
        }
        for _ in 0..LEAST - 1 {
            end(&gates, Some(AiErrorKind::Idle)).await;
        }
        advance(WINDOW + Duration::from_secs(1)).await;
        end(&gates, Some(AiErrorKind::Idle)).await;
        assert_eq!(gates.resting(provider(), "m"), Resting::No);
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_says_when_is_left_alone_until_then() {
        let gates = Gates::default();
        let pass = gates.enter(provider(), "m", 4).await.unwrap();
        pass.ended(Some(&AiError { retry_after: Some(Duration::from_secs(40)), ..error(AiErrorKind::RateLimited) }));
        assert_eq!(gates.resting(provider(), "m"), Resting::For(Duration::from_secs(40)));
        gates.forget(provider());
        assert_eq!(gates.resting(provider(), "m"), Resting::No);
    }

    #[tokio::test]
    async fn no_more_are_inside_than_there_are_places() {
        let gates = Gates::default();
        let one = gates.enter(provider(), "m", 2).await.unwrap();
        let _two = gates.enter(provider(), "n", 2).await.unwrap();
        let mut third = std::pin::pin!(gates.enter(provider(), "m", 2));
        assert!(third.as_mut().now_or_never().is_none());
        one.ended(None);
        assert!(third.await.is_ok());
    }
}
