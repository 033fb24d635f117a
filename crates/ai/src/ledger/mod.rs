//! The ledger: one row per call to a model, with what was sent, what came back, and what it took.
//!
//! A row is written once, when the call ends, and never changed. It is written also for a call that failed, was cancelled,
//! or whose reader went away. Tokens are the provider's own; where it reports none they are estimated as characters / 4 and
//! flagged; where it reports what cannot be, our own count stands, flagged too. Each request that was sent has a row of its own
//! (`ai_attempts`) with its tokens, its cost and where it went, and no words. No key is ever in a row. A ledger that cannot be written does not cost the reader an answer that is already
//! paid for: the loss is logged and counted (`skald_ai_ledger_lost_total`).

mod dto;
mod queries;
mod routes;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use skald_kernel::{
    CallId, Error,
    model::{AiError, AiErrorKind, Message, ModelRequest, ToolCall, Usage},
};
use skald_platform::{Actor, App};
use tokio::{task::JoinHandle, time::Instant};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use dto::{CallDetailOut, CallOut};

use crate::{
    budgets::{self, Hold, Spent, rules},
    context::estimate,
    engine::{Answerer, Attempt, Call, Candidate, Ended, Progress, label},
    prices::Priced,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_ai_calls)).routes(routes!(routes::find_ai_call))
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With its end.
    Ok,
    /// With an error.
    Failed,
    /// The reader asked to stop or went away.
    Cancelled,
}

impl Outcome {
    pub(crate) fn of(error: &AiError) -> Self {
        if error.kind == AiErrorKind::Cancelled { Self::Cancelled } else { Self::Failed }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A row in the making.
pub(crate) struct Draft {
    pub(crate) id: CallId,
    call: Call,
    pub(crate) request: ModelRequest,
    candidates: Vec<Candidate>,
    pub(crate) progress: Progress,
    pub(crate) reply: String,
    pub(crate) tool_calls: Vec<ToolCall>,
    pub(crate) usage: Option<Usage>,
    started: Instant,
    first_token_ms: Option<u64>,
}

impl Draft {
    pub(crate) fn new(id: CallId, call: Call, request: ModelRequest, candidates: &[Candidate]) -> Self {
        Self {
            id,
            call,
            request,
            candidates: candidates.to_vec(),
            progress: Progress::default(),
            reply: String::new(),
            tool_calls: Vec::new(),
            usage: None,
            started: Instant::now(),
            first_token_ms: None,
        }
    }

    /// Who was asked last.
    pub(crate) fn answerer(&self) -> Answerer {
        let candidate = &self.candidates[self.progress.candidate];
        Answerer {
            call_id: self.id,
            provider_id: candidate.id,
            provider: candidate.name.clone(),
            model: candidate.model.clone(),
            label: label(candidate.id, &candidate.name, &candidate.model),
        }
    }

    /// Notes that the first piece is here.
    pub(crate) fn first_token(&mut self) {
        self.first_token_ms = Some(self.elapsed_ms());
    }

    fn elapsed_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn row(self, created_at: DateTime<Utc>, outcome: Outcome, error: Option<&AiError>) -> Row {
        let by = self.answerer();
        let total_ms = self.elapsed_ms();
        let sent = json!({ "messages": self.request.messages, "tools": self.request.tools });
        let prompt_hash = hex::encode(Sha256::digest(sent.to_string().as_bytes()));
        let end = self.end(outcome, error);
        let sent_bytes = rules::sent_bytes(&self.request);
        let mut attempts = Vec::new();
        let mut holds = Vec::new();
        for Attempt { id, candidate, at, hold, end: ended } in self.progress.made {
            // The one without an end is the one that answered, or was being asked when the call was given up.
            let end = ended.unwrap_or_else(|| end.clone());
            let candidate = &self.candidates[candidate];
            let spent = end.spent(&candidate.priced);
            holds.extend(hold.map(|hold| (hold, spent)));
            attempts.push(AttemptRow { id, at, candidate: candidate.clone(), end, cost: spent.nano, sent_bytes });
        }
        let answered = self.first_token_ms.is_some();
        let (usage, estimated) = if answered { (end.usage, end.estimated) } else { (Usage::default(), true) };
        let priced = self.candidates[self.progress.candidate].priced;
        Row {
            cost: attempts.iter().map(|attempt| attempt.cost).sum(),
            outside: attempts.iter().any(|attempt| attempt.candidate.outside),
            made: attempts,
            holds,
            priced,
            prompt_hash,
            request: json!({
                "messages": sent["messages"],
                "tools": sent["tools"],
                "sampling": self.request.sampling,
                "seed": self.request.seed,
                "privacy": self.request.privacy,
            }),
            receipt: self.call.receipt.as_ref().map(|receipt| json!(receipt)),
            tool_calls: json!(self.tool_calls),
            error_code: error.map(|error| Error::from(error.clone()).code().as_str()),
            error_detail: error.map(|error| error.message.clone()),
            attempts: self.progress.attempts,
            tried: json!(self.progress.tried),
            estimated,
            usage,
            reply: self.reply,
            call: self.call,
            first_token_ms: self.first_token_ms,
            total_ms,
            outcome: outcome.as_str(),
            created_at,
            by,
        }
    }
}

impl Draft {
    /// How the request that answered ended, or the one that was being asked.
    fn end(&self, outcome: Outcome, error: Option<&AiError>) -> Ended {
        let Some(_) = self.first_token_ms else {
            let gone = AiError::new(AiErrorKind::Cancelled, "given up");
            return Ended::failed(error.unwrap_or(&gone), &self.request);
        };
        let oracle = self.candidates[self.progress.candidate].is_oracle();
        let (usage, estimated) = match &self.usage {
            Some(usage) if oracle => (usage.clone(), false),
            usage => believed(usage.as_ref(), &self.request, &self.reply, &self.tool_calls),
        };
        let error_code = error.map(|error| Error::from(error.clone()).code().as_str());
        Ended { outcome, error_code, usage, estimated, billed: true }
    }
}

/// The most tokens an answer can have been that nobody limited, with reasoning that is not shown.
const MOST_OUTPUT: u64 = 200_000;
/// Tokens a service may put around a prompt.
const AROUND: u64 = 4_000;

/// What a service says it counted, within reason, and whether it is our own count instead. Our own count is rough: a report
/// of at least half of it is believed. No token is shorter than a byte, so a report cannot be longer than the bytes, what the
/// service puts around them and reasoning that is not shown.
fn believed(reported: Option<&Usage>, request: &ModelRequest, reply: &str, calls: &[ToolCall]) -> (Usage, bool) {
    let own = estimated_usage(request, reply, calls);
    let Some(reported) = reported else { return (own, true) };
    let images: usize = request.messages.iter().map(rules::images).sum();
    let most_input = rules::sent_bytes(request).saturating_mul(2) + AROUND + images as u64 * 20_000;
    let said: usize = reply.len() + calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>();
    let limit = request.sampling.max_tokens.map_or(MOST_OUTPUT, u64::from);
    let within = |reported: u64, own: u64, most: u64| if reported < own / 2 { own } else { reported.min(most) };
    let input = within(reported.input, own.input, most_input);
    let output = within(reported.output, own.output, limit.max(said as u64));
    let doubted = (input, output) != (reported.input, reported.output);
    let (cached, reasoning) = (reported.cached.min(input), reported.reasoning.min(output));
    (Usage { input, cached, output, reasoning, raw: reported.raw.clone() }, doubted)
}

pub(crate) fn estimated_usage(request: &ModelRequest, reply: &str, calls: &[ToolCall]) -> Usage {
    let said = request.messages.iter().map(|message| match message {
        Message::System { text } | Message::User { text, .. } => estimate(text),
        Message::Assistant { text, tool_calls } => estimate(text) + tool_calls.iter().map(called).sum::<u64>(),
        Message::Tool { content, .. } => estimate(content),
    });
    let tools = crate::context::estimate_tools(&request.tools);
    let output = estimate(reply) + calls.iter().map(called).sum::<u64>();
    Usage { input: said.sum::<u64>() + tools, cached: 0, output, reasoning: 0, raw: Value::Null }
}

fn called(call: &ToolCall) -> u64 {
    estimate(&call.name) + estimate(&call.arguments)
}

/// A request that was sent, for its row.
struct AttemptRow {
    id: Uuid,
    at: DateTime<Utc>,
    candidate: Candidate,
    end: Ended,
    /// Nano-dollars; none when the price is unknown.
    cost: Option<i64>,
    sent_bytes: u64,
}

/// A finished row, with the rows of its attempts and what is still to be settled.
struct Row {
    made: Vec<AttemptRow>,
    holds: Vec<(Hold, Spent)>,
    /// Of all attempts, in nano-dollars; none when a part has no known price.
    cost: Option<i64>,
    /// Whether any of them left the house.
    outside: bool,
    /// The price of who was asked last.
    priced: Priced,
    by: Answerer,
    call: Call,
    prompt_hash: String,
    request: Value,
    receipt: Option<Value>,
    reply: String,
    tool_calls: Value,
    outcome: &'static str,
    error_code: Option<&'static str>,
    error_detail: Option<String>,
    attempts: u32,
    tried: Value,
    usage: Usage,
    estimated: bool,
    first_token_ms: Option<u64>,
    total_ms: u64,
    created_at: DateTime<Utc>,
}

/// A call that has not ended. Dropped, it ends as cancelled: every call leaves a row.
pub(crate) struct Open {
    app: App,
    created_at: DateTime<Utc>,
    draft: Option<Box<Draft>>,
}

impl Open {
    pub(crate) fn new(app: &App, draft: Draft) -> Self {
        Self { created_at: app.clock().now(), app: app.clone(), draft: Some(Box::new(draft)) }
    }

    /// The row in the making.
    ///
    /// # Panics
    /// Never: only closing takes the draft, and it takes the call with it.
    pub(crate) fn draft(&mut self) -> &mut Draft {
        self.draft.as_mut().expect("an open call has its draft")
    }

    /// Ends the call. The row is written by a task of its own, so that it is written even if nobody waits for it.
    pub(crate) fn close(mut self, outcome: Outcome, error: Option<&AiError>) -> JoinHandle<()> {
        let draft = self.draft.take().expect("an open call has its draft");
        self.write(*draft, outcome, error.cloned())
    }

    fn write(&self, draft: Draft, outcome: Outcome, error: Option<AiError>) -> JoinHandle<()> {
        let (app, created_at) = (self.app.clone(), self.created_at);
        self.app.tasks().spawn("ledger", async move {
            let row = draft.row(created_at, outcome, error.as_ref());
            count(&row);
            if let Err(error) = insert(&app, &row, true).await {
                // What was spent is counted even where what was said cannot be kept.
                if let Err(error) = insert(&app, &row, false).await {
                    tracing::error!(error = &error as &dyn std::error::Error, "what a call took was not counted");
                }
                metrics::counter!("skald_ai_ledger_lost_total").increment(1);
                let call_id = row.by.call_id;
                tracing::error!(error = &error as &dyn std::error::Error, %call_id, "the ledger row was not written");
            }
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(draft) = self.draft.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            let gone = AiError::new(AiErrorKind::Cancelled, "Nobody was waiting for the answer any longer.");
            drop(self.write(*draft, Outcome::Cancelled, Some(gone)));
        }
    }
}

async fn insert(app: &App, row: &Row, words: bool) -> Result<(), Error> {
    let tx = app.tx(&Actor { user: row.call.user, ..Actor::engine("ledger") }).await?;
    if words {
        queries::insert(&tx, row).await?;
    }
    queries::insert_attempts(&tx, row).await?;
    for (hold, spent) in &row.holds {
        budgets::settle(&tx, hold, *spent).await?;
    }
    tx.commit().await
}

fn count(row: &Row) {
    let task = row.call.task.as_str();
    let provider = row.by.provider.clone();
    metrics::counter!("skald_ai_calls_total", "task" => task, "provider" => provider.clone(), "outcome" => row.outcome)
        .increment(1);
    if let Some(ms) = row.first_token_ms {
        metrics::histogram!("skald_ai_first_token_seconds", "task" => task, "provider" => provider)
            .record(ms as f64 / 1000.0);
    }
}
