//! What the ledger shows.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use skald_kernel::{CallId, CampaignId, ProviderId, SessionId, UserId};
use utoipa::ToSchema;

/// A call, without what was said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallOut {
    /// Its id.
    pub id: CallId,
    /// The campaign it was for.
    pub campaign_id: Option<CampaignId>,
    /// The session it was for.
    pub session_id: Option<SessionId>,
    /// Who asked.
    pub user_id: Option<UserId>,
    /// What it was for: `narrate`, `probe`.
    pub task: String,
    /// Who was asked last; null for the oracle and for an address that was only tried.
    pub provider_id: Option<ProviderId>,
    /// Its name then.
    pub provider: String,
    /// The model.
    pub model: String,
    /// What people read under the answer.
    pub label: String,
    /// `ok`, `failed` or `cancelled`.
    pub outcome: String,
    /// How it failed, as a code.
    pub error_code: Option<String>,
    /// How it failed, in the provider's words.
    pub error_detail: Option<String>,
    /// Requests made, over all providers.
    pub attempts: i32,
    /// Tokens of the prompt.
    pub input_tokens: i64,
    /// Tokens of the answer.
    pub output_tokens: i64,
    /// Tokens of the prompt that came from the provider's cache.
    pub cached_tokens: i64,
    /// Tokens of the answer that were reasoning and not shown, where the provider says.
    pub reasoning_tokens: i64,
    /// What all its requests cost, in nano-dollars; null when a part of it has no known price.
    pub cost_nano: Option<i64>,
    /// Where the price is from: `set`, `table`, `local` or `unknown`.
    pub price_source: String,
    /// Whether anything of it left the house.
    pub outside: bool,
    /// Whether the tokens are estimated because the provider did not count, or not believably.
    pub estimated: bool,
    /// Until the first piece; null when there was none.
    pub first_token_ms: Option<i64>,
    /// Until the end.
    pub total_ms: i64,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// A call with everything that was sent and came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallDetailOut {
    /// The call.
    #[serde(flatten)]
    pub call: CallOut,
    /// SHA-256 of messages and tools: the same prompt, the same hash.
    pub prompt_hash: String,
    /// What was sent: `messages`, `tools`, `sampling`, `seed`, `privacy`.
    #[schema(value_type = Object)]
    pub request: Value,
    /// What the prompt was made of: viewer, entities, facts, entries, tokens of each part, what was dropped.
    #[schema(value_type = Option<Object>)]
    pub receipt: Option<Value>,
    /// The text that came back.
    pub reply: String,
    /// The tools the model called.
    #[schema(value_type = Vec<Object>)]
    pub tool_calls: Value,
    /// Attempts that failed: `provider`, `model`, `error_code`, `detail`.
    #[schema(value_type = Vec<Object>)]
    pub tried: Value,
    /// The provider's own count.
    #[schema(value_type = Option<Object>)]
    pub usage_raw: Option<Value>,
}
