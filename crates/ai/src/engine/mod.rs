//! The engine: one way to ask any model, with one retry loop, limits on silence, exact errors and a ledger row per call.
//!
//! - Who answers is fixed with the first token: before it, a failure that may pass is tried again with growing pauses, then
//!   the next candidate of the route is asked; after it, an error is passed on exactly as it came.
//! - Where an admin has set a route, the oracle does not step in by itself: the last error is returned, so that the player
//!   sees what happened and chooses. Where no route is set (or nothing in it is enabled), the oracle plays.
//! - The ledger row is written when the call ends, however it ends, and before its `Finish` is handed out. Between the
//!   provider's token and the reader there is no database write.
//!
//! Never call the engine inside an open [`skald_platform::Tx`]: on SQLite the ledger's own transaction would wait for it.

mod answering;
mod attempts;
mod gate;

use std::{collections::HashMap, fmt, sync::Arc};

use parking_lot::Mutex;
use skald_kernel::{
    CallId, CampaignId, Error, ErrorCode, ProviderId, Result, SessionId, UserId,
    model::{AiError, AiErrorKind, FinishReason, ModelRequest, Privacy, Provider, Task, ToolCall, Usage},
};
use skald_platform::App;
use tokio_util::sync::CancellationToken;

pub use answering::Answering;
pub(crate) use attempts::{Attempt, Candidate, Ended, Progress};
use gate::Gates;
pub(crate) use gate::Resting;

use crate::{
    Receipt,
    budgets::Purse,
    ledger::{Draft, Open, Outcome},
    prices::Priced,
    providers::{self, Dialect, Stored},
};

/// How the oracle is called in routes, and its provider's name.
pub const ORACLE: &str = "oracle";
/// What stands under an answer of the oracle.
pub const ORACLE_LABEL: &str = "oracle (no model)";

/// Where a model service is.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What it speaks.
    pub dialect: Dialect,
    /// Its address.
    pub base_url: String,
    /// Its key, if it wants one.
    pub api_key: Option<String>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("dialect", &self.dialect)
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key.as_ref().map(|_| "…"))
            .finish()
    }
}

/// Makes the provider of an endpoint; refuses an address or key that cannot be one, naming `base_url` or `api_key`.
pub type Connect = Arc<dyn Fn(&Endpoint) -> Result<Arc<dyn Provider>> + Send + Sync>;

/// How services are reached: what the wires know and the engine does not.
#[derive(Clone)]
pub struct Services {
    /// Makes the provider of an endpoint.
    pub connect: Connect,
    /// Whether what is sent to an address leaves the house, as far as the address tells.
    pub is_outside: fn(&str) -> bool,
}

/// Who shall answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Whom the route of the task names; the oracle where there is none.
    #[default]
    Routed,
    /// The oracle.
    Oracle,
}

/// What a call is for, beside the request itself: goes into the ledger.
#[derive(Clone, Debug)]
pub struct Call {
    /// The task; picks the route.
    pub task: Task,
    /// The campaign it is for; its GM may see the ledger row.
    pub campaign: Option<CampaignId>,
    /// The session it is for.
    pub session: Option<SessionId>,
    /// Who asked.
    pub user: Option<UserId>,
    /// What went into the prompt.
    pub receipt: Option<Receipt>,
    /// Who shall answer.
    pub choice: Choice,
    /// Spreads the pauses between attempts; the same seed, the same pauses.
    pub seed: u64,
}

/// Who answers a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answerer {
    /// The call in the ledger.
    pub call_id: CallId,
    /// The provider, unless it is the oracle.
    pub provider_id: Option<ProviderId>,
    /// The provider's name as the admin gave it, or `oracle`.
    pub provider: String,
    /// The model; `oracle` for the oracle.
    pub model: String,
    /// What people read: `oracle (no model)` or `<provider> · <model>`.
    pub label: String,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// More text.
    Text(String),
    /// A whole tool call.
    ToolCall(ToolCall),
    /// The end; nothing follows. The call is in the ledger by now.
    Finish {
        /// Why it ended.
        reason: FinishReason,
        /// Tokens, where the provider says.
        usage: Option<Usage>,
    },
}

/// Why a call gave no answer.
#[derive(Debug)]
pub enum Failed {
    /// Everybody who was asked failed, or it was cancelled; the call is in the ledger.
    Call {
        /// Who was asked last.
        by: Answerer,
        /// How that failed, exactly.
        error: AiError,
    },
    /// Skald failed before anybody was asked.
    Skald(Error),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { by, error } => write!(f, "{}: {error}", by.label),
            Self::Skald(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failed {}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Skald(error)
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Call { error, .. } => error.into(),
            Failed::Skald(error) => error,
        }
    }
}

/// The engine; a part of the [`App`].
pub struct Engine {
    oracle: Arc<dyn Provider>,
    services: Services,
    connected: Mutex<Connected>,
    gates: Gates,
}

/// Connected providers, each with the version of the row it was made from.
type Connected = HashMap<ProviderId, (i64, Arc<dyn Provider>)>;

impl Engine {
    /// An engine around the oracle and a way to reach what an admin adds.
    pub fn new(oracle: Arc<dyn Provider>, services: Services) -> Self {
        Self { oracle, services, connected: Mutex::default(), gates: Gates::default() }
    }

    /// Asks for an answer and returns with its first piece in hand, so that it is certain who answers.
    ///
    /// # Errors
    /// What the last provider that was asked failed with (a cancelled call included), or Skald's own failure.
    pub async fn stream(
        &self,
        app: &App,
        call: Call,
        request: ModelRequest,
        cancel: CancellationToken,
    ) -> Result<Answering, Failed> {
        let candidates = match call.choice {
            Choice::Oracle => vec![self.oracle()],
            Choice::Routed => self.route(app, call.task, request.privacy).await?,
        };
        self.run(app, call, request, &candidates, cancel).await
    }

    /// Asks candidates in order; there is at least one.
    pub(crate) async fn run(
        &self,
        app: &App,
        call: Call,
        mut request: ModelRequest,
        candidates: &[Candidate],
        cancel: CancellationToken,
    ) -> Result<Answering, Failed> {
        let call_id = app.ids().next();
        let seed = call.seed;
        let purse = Purse::new(app, call.task, call.user, call.campaign);
        request.task = call.task;
        let mut open = Open::new(app, Draft::new(call_id, call, request, candidates));
        let draft = open.draft();
        match attempts::begin(&self.gates, &purse, candidates, &draft.request, seed, &cancel, &mut draft.progress).await
        {
            Ok(begun) => {
                let (by, timeouts) = (draft.answerer(), draft.request.timeouts);
                draft.first_token();
                Ok(Answering::new(by, begun, &timeouts, cancel, open))
            }
            Err(error) => {
                let by = draft.answerer();
                // A task of its own writes the row, so it is written even if nobody waits here any longer.
                if let Err(lost) = open.close(Outcome::of(&error), Some(&error)).await {
                    tracing::error!(%lost, "writing the ledger was broken off");
                }
                Err(Failed::Call { by, error })
            }
        }
    }

    /// Whom to ask for a task, in order.
    async fn route(&self, app: &App, task: Task, privacy: Privacy) -> Result<Vec<Candidate>> {
        let stored = providers::route(app, task).await?;
        let allowed = stored.into_iter().filter(|provider| privacy == Privacy::Any || !provider.outside);
        let candidates: Vec<_> = allowed.map(|provider| self.candidate(app, provider)).collect();
        if candidates.is_empty() && !task.oracle() {
            let message = "No model is set for this, and the oracle cannot do it. Ask the admin to choose one.";
            return Err(Error::new(ErrorCode::Conflict, message));
        }
        Ok(if candidates.is_empty() { vec![self.oracle()] } else { candidates })
    }

    fn oracle(&self) -> Candidate {
        Candidate {
            id: None,
            name: ORACLE.into(),
            model: ORACLE.into(),
            places: usize::MAX,
            outside: false,
            host: String::new(),
            priced: Priced::LOCAL,
            provider: Ok(self.oracle.clone()),
        }
    }

    /// A stored provider, connected. One that cannot be connected stays in its place and fails when it is asked, so that
    /// the player sees why.
    fn candidate(&self, app: &App, stored: Stored) -> Candidate {
        let provider = self.connected(app, &stored).map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, provider = stored.name, "cannot be connected");
            let message = "The stored address or key cannot be used. Enter them again in the AI settings.";
            AiError::new(AiErrorKind::Auth, message)
        });
        Candidate {
            id: Some(stored.id),
            places: stored.places(),
            outside: stored.outside,
            host: stored.host(),
            priced: stored.priced(),
            name: stored.name,
            model: stored.model,
            provider,
        }
    }

    fn connected(&self, app: &App, stored: &Stored) -> Result<Arc<dyn Provider>> {
        if let Some((version, provider)) = self.connected.lock().get(&stored.id)
            && *version == stored.version
        {
            return Ok(provider.clone());
        }
        let provider = self.connect(&stored.endpoint(app)?)?;
        self.gates.forget(stored.id);
        self.connected.lock().insert(stored.id, (stored.version, provider.clone()));
        Ok(provider)
    }

    /// A provider at an endpoint, not kept.
    pub(crate) fn connect(&self, endpoint: &Endpoint) -> Result<Arc<dyn Provider>> {
        (self.services.connect)(endpoint)
    }

    /// Whether a model is asked at present, as this node knows.
    pub(crate) fn resting(&self, provider: ProviderId, model: &str) -> Resting {
        self.gates.resting(provider, model)
    }

    /// Whether what is sent to this address leaves the house, as far as the address tells.
    pub(crate) fn is_outside(&self, base_url: &str) -> bool {
        (self.services.is_outside)(base_url)
    }

    /// Lets go of a provider that was deleted.
    pub(crate) fn forget(&self, id: ProviderId) {
        self.connected.lock().remove(&id);
        self.gates.forget(id);
    }
}

/// What people read under an answer.
pub(crate) fn label(provider_id: Option<ProviderId>, provider: &str, model: &str) -> String {
    match provider_id {
        None if provider == ORACLE => ORACLE_LABEL.to_owned(),
        _ => format!("{provider} · {model}"),
    }
}

#[cfg(test)]
mod tests;
