//! The seam to models: what a provider is asked, what it answers, and exactly how it can fail.
//!
//! A stream of deltas either ends with one `Finish` or with an error; a connection that just stops is `Truncated`, never a
//! silent end. The fake is [`Scripted`].

use std::{collections::VecDeque, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream::BoxStream};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Error, ErrorCode, scene::Scene};

/// What a call is for; the router picks models by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Telling what happens in a game session.
    Narrate,
    /// Speaking as somebody of the world.
    Dialogue,
    /// Making up people, places and things.
    Generate,
    /// Finding in texts what they say.
    Extract,
    /// Telling much in few words.
    Summarize,
    /// Sorting something into one of several kinds.
    Classify,
    /// Planning a text.
    Outline,
    /// Writing a text.
    Write,
    /// Judging a text.
    Critique,
    /// Turning texts into vectors.
    Embed,
    /// A short reply to show that a provider works.
    Probe,
}

impl Task {
    /// Those with a route of their own: all but the probe, which names whom it asks.
    pub const ROUTED: [Self; 10] = [
        Self::Narrate,
        Self::Dialogue,
        Self::Generate,
        Self::Extract,
        Self::Summarize,
        Self::Classify,
        Self::Outline,
        Self::Write,
        Self::Critique,
        Self::Embed,
    ];

    /// Whether the built-in oracle can do it.
    pub fn oracle(self) -> bool {
        matches!(self, Self::Narrate | Self::Extract | Self::Probe)
    }

    /// The word stored in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Narrate => "narrate",
            Self::Dialogue => "dialogue",
            Self::Generate => "generate",
            Self::Extract => "extract",
            Self::Summarize => "summarize",
            Self::Classify => "classify",
            Self::Outline => "outline",
            Self::Write => "write",
            Self::Critique => "critique",
            Self::Embed => "embed",
            Self::Probe => "probe",
        }
    }
}

/// Whether what is in the request may go to a service outside the house.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Any provider an admin has added.
    #[default]
    Any,
    /// Only providers that run in the house.
    LocalOnly,
}

/// One message of the conversation a model continues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// Instructions.
    System {
        /// Their text.
        text: String,
    },
    /// What people said.
    User {
        /// Its text.
        text: String,
        /// What goes with it, for models that see.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        images: Vec<Image>,
    },
    /// What the model said, and the tools it called.
    Assistant {
        /// Its text, possibly empty.
        text: String,
        /// The tools it called.
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool answered.
    Tool {
        /// The call it answers.
        call_id: String,
        /// The tool.
        name: String,
        /// The answer, as text or JSON.
        content: String,
    },
}

impl Message {
    /// What people said, in words alone.
    pub fn user(text: impl Into<String>) -> Self {
        Self::User { text: text.into(), images: Vec::new() }
    }
}

/// An image for a model that sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Such as `image/png`.
    pub media_type: String,
    /// The file, in base64 (RFC 4648, with padding).
    pub base64: String,
}

/// The shape an answer shall have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerSchema {
    /// A word for it: letters, digits and underscores.
    pub name: String,
    /// The JSON schema of an object.
    pub schema: Value,
}

/// A tool the model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON schema of its arguments.
    pub parameters: Value,
}

/// A call of a tool. The arguments are what the model wrote: not necessarily JSON, never trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Ties the answer to the call.
    pub id: String,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// The arguments, as the model wrote them.
    pub arguments: String,
}

/// How the model samples. `None` leaves it to the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 is the most likely continuation.
    pub temperature: Option<f32>,
    /// At most this many tokens are generated.
    pub max_tokens: Option<u32>,
}

/// How long a provider may be silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeouts {
    /// Until the connection stands, in milliseconds.
    pub connect_ms: u64,
    /// From the request to the first byte of the answer, in milliseconds.
    pub first_byte_ms: u64,
    /// Between two pieces of the answer, in milliseconds.
    pub idle_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 5_000, first_byte_ms: 60_000, idle_ms: 20_000 }
    }
}

impl Timeouts {
    /// The time to the first byte.
    pub fn first_byte(&self) -> Duration {
        Duration::from_millis(self.first_byte_ms)
    }

    /// The time between two pieces.
    pub fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }
}

/// A request to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRequest {
    /// What it is for.
    pub task: Task,
    /// The service's name of the model.
    pub model: String,
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// The tools the model may call.
    pub tools: Vec<ToolSpec>,
    /// The shape of the answer, which then is JSON; free text where there is none. Wires ask for it in the way their service
    /// knows; whether the answer fits is checked by the engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<AnswerSchema>,
    /// How to sample.
    pub sampling: Sampling,
    /// Makes the answer reproducible where the provider can.
    pub seed: Option<u64>,
    /// Where it may go.
    pub privacy: Privacy,
    /// How long the provider may be silent.
    pub timeouts: Timeouts,
    /// What the prompt says, once more as data, for a provider that is not a language model (the oracle). Wires to model
    /// services never send it.
    pub scene: Option<Box<Scene>>,
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It waits for the answers of the tools it called.
    ToolCalls,
    /// The token limit was reached.
    Length,
}

/// Tokens, normalised: cached ones are counted inside `input`, reasoning inside `output`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub input: u64,
    /// Of these, read from the service's cache.
    pub cached: u64,
    /// Tokens generated, reasoning included.
    pub output: u64,
    /// Of these, spent on reasoning that is not shown, where the service says.
    #[serde(default)]
    pub reasoning: u64,
    /// What the service itself reported.
    #[schema(value_type = Object)]
    pub raw: Value,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// More text.
    Text(String),
    /// A whole tool call: wires gather its fragments.
    ToolCall(ToolCall),
    /// The end. Nothing follows.
    Finish {
        /// Why it ended.
        reason: FinishReason,
        /// Tokens, where the provider says.
        usage: Option<Usage>,
    },
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The text.
    pub text: String,
    /// The tools it wants called.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended.
    pub reason: FinishReason,
    /// Tokens, where the provider says.
    pub usage: Option<Usage>,
}

/// How a provider failed. The engine decides from this, so no two are mixed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AiErrorKind {
    /// The key is missing, wrong or not allowed.
    Auth,
    /// Too many requests; trying later helps.
    RateLimited,
    /// The account is out of credit; trying later does not help.
    Quota,
    /// The service is overloaded or restarting.
    Overloaded,
    /// The prompt does not fit.
    ContextTooLong,
    /// The model or a filter declined.
    Refused,
    /// The service did not accept the request.
    BadRequest,
    /// No connection, or it broke before the answer began.
    Transport,
    /// Connected, then silent for too long.
    Idle,
    /// The answer began and broke off without an end.
    Truncated,
    /// The answer is not in the dialect that was expected.
    Garbage,
    /// The reader went away or asked to stop.
    Cancelled,
    /// A budget of the house does not cover it. Nothing was sent.
    Budget,
    /// A budget in money applies, and nobody knows the price. Nothing was sent.
    Unpriced,
}

/// A provider's failure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{kind:?}: {message}")]
pub struct AiError {
    /// Which.
    pub kind: AiErrorKind,
    /// What the service said, shortened; no keys.
    pub message: String,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// When to try again, where the service said.
    pub retry_after: Option<Duration>,
}

impl AiError {
    /// A failure of a kind, with what the service said.
    pub fn new(kind: AiErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, retry_after: None }
    }

    /// Whether the same request to the same provider may succeed shortly.
    pub fn retryable(&self) -> bool {
        matches!(
            self.kind,
            AiErrorKind::RateLimited
                | AiErrorKind::Overloaded
                | AiErrorKind::Transport
                | AiErrorKind::Idle
                | AiErrorKind::Truncated
        )
    }
}

impl From<AiError> for Error {
    fn from(error: AiError) -> Self {
        let code = match error.kind {
            AiErrorKind::Auth => ErrorCode::ProviderAuth,
            AiErrorKind::RateLimited => ErrorCode::ProviderRateLimited,
            AiErrorKind::Quota => ErrorCode::ProviderQuota,
            AiErrorKind::Overloaded => ErrorCode::ProviderOverloaded,
            AiErrorKind::ContextTooLong => ErrorCode::ProviderContextTooLong,
            AiErrorKind::Refused => ErrorCode::ProviderRefused,
            AiErrorKind::BadRequest => ErrorCode::ProviderBadRequest,
            AiErrorKind::Transport => ErrorCode::ProviderUnreachable,
            AiErrorKind::Idle => ErrorCode::ProviderIdle,
            AiErrorKind::Truncated => ErrorCode::ProviderTruncated,
            AiErrorKind::Garbage => ErrorCode::ProviderGarbage,
            AiErrorKind::Cancelled => ErrorCode::Cancelled,
            AiErrorKind::Budget => ErrorCode::BudgetSpent,
            AiErrorKind::Unpriced => ErrorCode::PriceUnknown,
        };
        let retry = error.retry_after.map(|d| d.as_secs().max(1));
        let out = Self::new(code, error.message.clone()).because(error);
        match retry {
            Some(seconds) => out.retry_after(seconds),
            None => out,
        }
    }
}

/// A model a provider offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelInfo {
    /// The service's name of it.
    pub id: String,
    /// Tokens that fit into a prompt, where the service says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u64>,
}

/// Texts to turn into vectors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmbedRequest {
    /// The service's name of the model.
    pub model: String,
    /// The texts; none is empty.
    pub texts: Vec<String>,
    /// How long the provider may be silent.
    pub timeouts: Timeouts,
}

/// Vectors, one for each text, in their order, all of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// The vectors.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens of the texts, where the provider says.
    pub input_tokens: Option<u64>,
}

/// Pieces of an answer as they arrive. Dropping it cancels the request.
pub type DeltaStream = BoxStream<'static, Result<Delta, AiError>>;

/// A service, or something in the house, that answers requests.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Starts an answer. An error here means that nothing was shown yet.
    async fn stream(&self, request: ModelRequest) -> Result<DeltaStream, AiError>;

    /// The models on offer.
    async fn models(&self) -> Result<Vec<ModelInfo>, AiError>;

    /// The texts as vectors.
    async fn embed(&self, _request: EmbedRequest) -> Result<Embeddings, AiError> {
        Err(AiError::new(AiErrorKind::BadRequest, "This service makes no embeddings. Choose another one for them."))
    }

    /// A whole answer at once.
    async fn complete(&self, request: ModelRequest) -> Result<Completion, AiError> {
        collect(self.stream(request).await?).await
    }
}

/// Gathers a stream into a whole answer.
pub async fn collect(mut deltas: DeltaStream) -> Result<Completion, AiError> {
    let mut text = String::new();
    let mut tool_calls = Vec::new();
    while let Some(delta) = deltas.next().await {
        match delta? {
            Delta::Text(more) => text.push_str(&more),
            Delta::ToolCall(call) => tool_calls.push(call),
            Delta::Finish { reason, usage } => return Ok(Completion { text, tool_calls, reason, usage }),
        }
    }
    Err(AiError::new(AiErrorKind::Truncated, "the answer ended without its end"))
}

/// What a scripted answer consists of.
type Pieces = Vec<Result<Delta, AiError>>;

/// The fake: answers what it was told to, in order, and remembers what it was asked.
#[derive(Default)]
pub struct Scripted {
    answers: Mutex<VecDeque<Result<Pieces, AiError>>>,
    asked: Mutex<Vec<ModelRequest>>,
}

impl Scripted {
    /// Adds the next answer: pieces, each of which may be an error.
    pub fn then(&self, pieces: Vec<Result<Delta, AiError>>) -> &Self {
        self.answers.lock().push_back(Ok(pieces));
        self
    }

    /// Adds a refusal before anything is said.
    pub fn then_fail(&self, error: AiError) -> &Self {
        self.answers.lock().push_back(Err(error));
        self
    }

    /// Adds a plain text answer.
    pub fn then_say(&self, text: &str) -> &Self {
        self.then(vec![
            Ok(Delta::Text(text.into())),
            Ok(Delta::Finish {
                reason: FinishReason::Stop,
                usage: Some(Usage { input: 1, output: 1, ..Usage::default() }),
            }),
        ])
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<ModelRequest> {
        self.asked.lock().clone()
    }
}

#[async_trait]
impl Provider for Scripted {
    async fn stream(&self, request: ModelRequest) -> Result<DeltaStream, AiError> {
        self.asked.lock().push(request);
        let answer = self.answers.lock().pop_front();
        match answer {
            Some(Ok(pieces)) => Ok(futures::stream::iter(pieces).boxed()),
            Some(Err(error)) => Err(error),
            None => Err(AiError::new(AiErrorKind::BadRequest, "the script has no further answer")),
        }
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        Ok(vec![ModelInfo { id: "scripted".into(), ..ModelInfo::default() }])
    }
}
