//! The one retry loop: who is asked, how often and after which pause, until there is a first piece.
//!
//! Only failures that may pass are tried again, at most three times per candidate, with truncated exponential backoff and
//! jitter. A service that asks to wait longer than ten seconds is not waited for, and one that used up its time to the
//! first byte is not asked again: the next candidate is quicker. Each request is paid for by the purse before it is sent and
//! settled when it fails; the one that answers is settled with the ledger. Where no budget applies, nothing is written.

use std::{sync::Arc, time::Duration};

use super::gate::{Gates, Pass};
use chrono::{DateTime, Utc};
use futures::StreamExt;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use serde::Serialize;
use skald_kernel::{
    Error, ProviderId,
    model::{AiError, AiErrorKind, Delta, DeltaStream, ModelRequest, Provider, Task, Timeouts, Usage},
};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::ORACLE;
use crate::{
    budgets::{Hold, Purse, Spent, rules::USUAL_OUTPUT},
    ledger::{Outcome, estimated_usage},
    prices::Priced,
};

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
    /// Whether what is sent there leaves the house.
    pub(crate) outside: bool,
    /// The host of its address; empty for the oracle.
    pub(crate) host: String,
    /// What its tokens cost.
    pub(crate) priced: Priced,
    /// The provider, or why there is none.
    pub(crate) provider: Result<Arc<dyn Provider>, AiError>,
}

impl Candidate {
    /// Whether it is the oracle, which no budget counts.
    pub(crate) fn is_oracle(&self) -> bool {
        self.id.is_none() && self.name == ORACLE
    }
}

/// A request that was sent.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) id: Uuid,
    /// To which candidate.
    pub(crate) candidate: usize,
    pub(crate) at: DateTime<Utc>,
    /// What is reserved for it, until it is settled.
    pub(crate) hold: Option<Hold>,
    /// How it ended; none for the one that answers, of which the ledger knows.
    pub(crate) end: Option<Ended>,
}

/// How a request ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) error_code: Option<&'static str>,
    /// The tokens it counts as.
    pub(crate) usage: Usage,
    /// Whether they are our own estimate.
    pub(crate) estimated: bool,
    /// Whether the service may have taken something for it.
    pub(crate) billed: bool,
}

impl Ended {
    /// The end of a request that failed before anything came. A service that was silent, broke off, sent noise or was hung
    /// up on has read the prompt and may bill it; one that refused takes nothing.
    pub(crate) fn failed(error: &AiError, request: &ModelRequest) -> Self {
        let billed = matches!(
            error.kind,
            AiErrorKind::Idle | AiErrorKind::Truncated | AiErrorKind::Garbage | AiErrorKind::Cancelled
        );
        let usage = if billed { estimated_usage(request, "", &[]) } else { Usage::default() };
        Self { outcome: Outcome::of(error), error_code: Some(code(error)), usage, estimated: billed, billed }
    }

    /// What that took.
    pub(crate) fn spent(&self, priced: &Priced) -> Spent {
        let nano = if self.billed { priced.price.map(|price| price.cost(&self.usage)) } else { Some(0) };
        let tokens = i64::try_from(self.usage.input.saturating_add(self.usage.output)).unwrap_or(i64::MAX);
        Spent { nano, calls: i64::from(self.billed), tokens }
    }
}

fn code(error: &AiError) -> &'static str {
    Error::from(error.clone()).code().as_str()
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
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The candidate asked last.
    pub(crate) candidate: usize,
    /// Requests made, over all candidates.
    pub(crate) attempts: u32,
    /// Those that failed.
    pub(crate) tried: Vec<Tried>,
    /// Those that were sent.
    pub(crate) made: Vec<Attempt>,
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
    purse: &Purse,
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
            let error = match attempt_one(gates, purse, candidate, &request, cancel, progress).await {
                Ok(begun) => return Ok(begun),
                Err(error) => error,
            };
            progress.tried.push(Tried {
                provider: candidate.name.clone(),
                model: candidate.model.clone(),
                error_code: code(&error),
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
    purse: &Purse,
    candidate: &Candidate,
    request: &ModelRequest,
    cancel: &CancellationToken,
    progress: &mut Progress,
) -> Result<Begun, AiError> {
    let provider = match &candidate.provider {
        Ok(provider) => provider,
        Err(error) => {
            progress.attempts += 1;
            return Err(error.clone());
        }
    };
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
    let hold = purse.take(candidate, request).await?;
    let mut request = request.clone();
    if hold.limited() {
        // What is reserved has to cover the answer.
        request.sampling.max_tokens.get_or_insert(USUAL_OUTPUT);
    }
    progress.attempts += 1;
    let (id, index) = (hold.id, progress.candidate);
    progress.made.push(Attempt { id, candidate: index, at: purse.now(), hold: Some(hold), end: None });
    match ask(provider, request.clone(), cancel).await {
        Ok((first, rest)) => Ok(Begun { first, rest, pass }),
        Err(error) => {
            if let Some(pass) = pass {
                pass.ended(Some(&error));
            }
            if let Some(attempt) = progress.made.last_mut() {
                let end = Ended::failed(&error, &request);
                let spent = end.spent(&candidate.priced);
                attempt.end = Some(end);
                if let Some(hold) = attempt.hold.take() {
                    purse.settle(hold, spent).await;
                }
            }
            Err(error)
        }
    }
}

/// One request, up to its first piece.
async fn ask(
    provider: &Arc<dyn Provider>,
    request: ModelRequest,
    cancel: &CancellationToken,
) -> Result<(Delta, DeltaStream), AiError> {
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
