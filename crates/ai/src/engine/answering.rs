//! An answer as it arrives, and its end in the ledger.

use std::{fmt, time::Duration};

use skald_kernel::model::{AiError, Delta, DeltaStream, Timeouts};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use super::gate::Pass;
use super::{
    Answerer, Piece,
    attempts::{Begun, cancelled, idle_limit, piece, silent},
};
use crate::ledger::{Open, Outcome};

/// An answer that has begun. Dropped before its end, it is recorded as cancelled and the provider's connection is closed.
pub struct Answering {
    /// Who answers.
    pub by: Answerer,
    first: Option<Delta>,
    rest: Option<DeltaStream>,
    idle: Duration,
    cancel: CancellationToken,
    pass: Option<Pass>,
    open: Option<Open>,
    /// The end, held back until the ledger has it.
    ending: Option<(JoinHandle<()>, Result<Piece, AiError>)>,
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").field("by", &self.by).finish_non_exhaustive()
    }
}

impl Answering {
    pub(super) fn new(by: Answerer, begun: Begun, timeouts: &Timeouts, cancel: CancellationToken, open: Open) -> Self {
        let idle = idle_limit(timeouts);
        let Begun { first, rest, pass } = begun;
        Self { by, first: Some(first), rest: Some(rest), idle, cancel, pass, open: Some(open), ending: None }
    }

    /// The next piece; after `Finish` or an error, none. Nothing is lost when the future is dropped and called again.
    pub async fn next(&mut self) -> Option<Result<Piece, AiError>> {
        if self.ending.is_none() {
            match self.delta().await? {
                Ok(Delta::Text(text)) => {
                    self.open.as_mut()?.draft().reply.push_str(&text);
                    return Some(Ok(Piece::Text(text)));
                }
                Ok(Delta::ToolCall(call)) => {
                    self.open.as_mut()?.draft().tool_calls.push(call.clone());
                    return Some(Ok(Piece::ToolCall(call)));
                }
                Ok(Delta::Finish { reason, usage }) => {
                    self.open.as_mut()?.draft().usage.clone_from(&usage);
                    self.end(Outcome::Ok, Ok(Piece::Finish { reason, usage }));
                }
                Err(error) => self.end(Outcome::of(&error), Err(error)),
            }
        }
        let (written, _) = self.ending.as_mut()?;
        if let Err(lost) = written.await {
            tracing::error!(%lost, "writing the ledger was broken off");
        }
        self.ending.take().map(|(_, end)| end)
    }

    async fn delta(&mut self) -> Option<Result<Delta, AiError>> {
        if self.cancel.is_cancelled() {
            return self.rest.as_ref().map(|_| Err(cancelled()));
        }
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        let rest = self.rest.as_mut()?;
        Some(tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(cancelled()),
            next = timeout(self.idle, piece(rest)) => {
                next.unwrap_or_else(|_| Err(silent("The model service stopped in the middle of its answer.")))
            }
        })
    }

    /// Closes the provider's connection and lets the ledger row be written.
    fn end(&mut self, outcome: Outcome, end: Result<Piece, AiError>) {
        self.first = None;
        self.rest = None;
        if let Some(pass) = self.pass.take() {
            pass.ended(end.as_ref().err());
        }
        if let Some(open) = self.open.take() {
            self.ending = Some((open.close(outcome, end.as_ref().err()), end));
        }
    }
}
