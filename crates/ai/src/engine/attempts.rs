//! The one retry loop: who is asked, how often and after which pause, until there is a first piece.
//!
//! Only failures that may pass are tried again, at most three times per candidate, with truncated exponential backoff and
//! jitter. A service that asks to wait longer than ten seconds is not waited for, and one that used up its time to the
//! first byte is not asked again: the next candidate is quicker. Pure but for the waiting: no database, no ledger.

use std::{sync::Arc, time::Duration};

use super::gate::{Gates, Pass};
use futures::StreamExt;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use serde::Serialize;
use skald_kernel::{
    Error, ProviderId,
    model::{AiError, AiErrorKind, Delta, DeltaStream, ModelRequest, Provider, Task, Timeouts},
};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Attempts per candidate.
const MOST: u32 = 3;
/// The first pause, before jitter; doubles with each attempt.
const BASE: Duration = Duration::from_millis(250);
/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(4);
/// The longest pause a service may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(10);
/// How many times a request's own limits the engine waits. Wires watch bytes, the engine sees only pieces, and a model that
/// reasons first sends many bytes before a piece: this is the backstop for a provider whose own limits fail.
const PATIENCE: u32 = 5;

/// Somebody who may answer.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// The stored provider; none for the oracle and for one that is only being tried.
    pub(crate) id: Option<ProviderId>,
    /// Its name.
    pub(crate) name: String,
    /// The model to ask for.
    pub(crate) model: String,
    /// Requests it takes at once.
    pub(crate) places: usize,
    /// The provider, or why there is none.
    pub(crate) provider: Result<Arc<dyn Provider>, AiError>,
}

/// A failed attempt, kept in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Tried {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) error_code: &'static str,
    pub(crate) detail: String,
}

/// How far the loop has come; readable also when it is dropped half way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// The candidate asked last.
    pub(crate) candidate: usize,
    /// Requests made, over all candidates.
    pub(crate) attempts: u32,
    /// Those that failed.
    pub(crate) tried: Vec<Tried>,
}

/// An answer that has begun.
pub(super) struct Begun {
    /// Its first piece.
    pub(super) first: Delta,
    /// What follows.
    pub(super) rest: DeltaStream,
    /// The way through the gate, held until the end.
    pub(super) pass: Option<Pass>,
}

/// Asks until there is a first piece; then nobody else is asked. A model that rests is passed over.
pub(super) async fn begin(
    gates: &Gates,
    candidates: &[Candidate],
    request: &ModelRequest,
    seed: u64,
    cancel: &CancellationToken,
    progress: &mut Progress,
) -> Result<Begun, AiError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut last = AiError::new(AiErrorKind::BadRequest, "nobody to ask");
    // A probe shows what the first request meets.
    let most = if request.task == Task::Probe { 1 } else { MOST };
    for (index, candidate) in candidates.iter().enumerate() {
        progress.candidate = index;
        let request = ModelRequest { model: candidate.model.clone(), ..request.clone() };
        let asked_at = Instant::now();
        for attempt in 1..=most {
            let error = match attempt_one(gates, candidate, &request, cancel, progress).await {
                Ok(begun) => return Ok(begun),
                Err(error) => error,
            };
            progress.tried.push(Tried {
                provider: candidate.name.clone(),
                model: candidate.model.clone(),
                error_code: Error::from(error.clone()).code().as_str(),
                detail: error.message.clone(),
            });
            tracing::info!(provider = candidate.name, model = candidate.model, attempt, %error, "asking a model failed");
            if error.kind == AiErrorKind::Cancelled {
                return Err(error);
            }
            let spent = asked_at.elapsed() >= request.timeouts.first_byte();
            let pause = if attempt == most || spent { None } else { pause(attempt, &error, &mut rng) };
            last = error;
            let Some(pause) = pause else { break };
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(cancelled()),
                () = sleep(pause) => {}
            }
        }
    }
    Err(last)
}

/// One request through the gate, up to its first piece.
async fn attempt_one(
    gates: &Gates,
    candidate: &Candidate,
    request: &ModelRequest,
    cancel: &CancellationToken,
    progress: &mut Progress,
) -> Result<Begun, AiError> {
    // A probe is there to find out, so nothing keeps it back.
    let gated = candidate.id.filter(|_| request.task != Task::Probe);
    let pass = match gated {
        None => None,
        Some(id) => Some(tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            pass = gates.enter(id, &candidate.model, candidate.places) => pass?,
        }),
    };
    progress.attempts += 1;
    match ask(candidate, request.clone(), cancel).await {
        Ok((first, rest)) => Ok(Begun { first, rest, pass }),
        Err(error) => {
            if let Some(pass) = pass {
                pass.ended(Some(&error));
            }
            Err(error)
        }
    }
}

/// One request, up to its first piece.
async fn ask(
    candidate: &Candidate,
    request: ModelRequest,
    cancel: &CancellationToken,
) -> Result<(Delta, DeltaStream), AiError> {
    let provider = candidate.provider.as_ref().map_err(Clone::clone)?;
    let limit = first_limit(&request.timeouts);
    let first = async {
        let mut rest = provider.stream(request).await?;
        let first = piece(&mut rest).await?;
        Ok((first, rest))
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(cancelled()),
        first = timeout(limit, first) => first.unwrap_or_else(|_| Err(silent("The model service did not begin to answer."))),
    }
}

/// The next piece that says something. A stream that just stops is cut off.
pub(super) async fn piece(rest: &mut DeltaStream) -> Result<Delta, AiError> {
    loop {
        match rest.next().await {
            Some(Ok(Delta::Text(text))) if text.is_empty() => {}
            Some(delta) => return delta,
            None => return Err(AiError::new(AiErrorKind::Truncated, "The answer stopped without its end.")),
        }
    }
}

/// The pause before the next attempt, or none when there is to be no other.
fn pause(attempt: u32, error: &AiError, rng: &mut ChaCha8Rng) -> Option<Duration> {
    if !error.retryable() {
        return None;
    }
    let most = BASE.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST);
    let own = most.mul_f64(rng.random_range(0.5..=1.0));
    match error.retry_after {
        Some(asked) if asked > LONGEST_ASKED => None,
        Some(asked) => Some(own.max(asked)),
        None => Some(own),
    }
}

fn first_limit(timeouts: &Timeouts) -> Duration {
    timeouts.first_byte().saturating_mul(PATIENCE)
}

/// How long the engine waits for a further piece.
pub(super) fn idle_limit(timeouts: &Timeouts) -> Duration {
    timeouts.idle().saturating_mul(PATIENCE)
}

pub(super) fn cancelled() -> AiError {
    AiError::new(AiErrorKind::Cancelled, "The answer was cancelled.")
}

pub(super) fn silent(message: &str) -> AiError {
    AiError::new(AiErrorKind::Idle, message)
}

#[cfg(test)]
mod tests;
