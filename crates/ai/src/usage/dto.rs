//! What usage shows.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CallId, CampaignId, ProviderId, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

/// What sums are made over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AiUsageBy)]
pub enum GroupBy {
    /// Days, in UTC, oldest first.
    #[default]
    Day,
    /// Tasks, the dearest first.
    Task,
    /// Models, the dearest first.
    Model,
    /// Who asked, the dearest first.
    Member,
    /// Campaigns, the dearest first.
    Campaign,
}

/// What models took.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AiUsageOut)]
pub struct UsageOut {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What the rows are.
    pub by: GroupBy,
    /// All of it.
    pub total: UsageRow,
    /// Its parts; at most 500.
    pub rows: Vec<UsageRow>,
}

/// A sum.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = AiUsageRow)]
pub struct UsageRow {
    /// The day, the task, the model's label, or the id of the member or campaign; empty for what belongs to none, and for
    /// the total.
    pub key: String,
    /// The name of the member or campaign, where there still is one.
    pub name: Option<String>,
    /// Requests that were sent.
    pub requests: i64,
    /// Of these, those that failed or were cancelled.
    pub failed: i64,
    /// Of these, those that left the house.
    pub outside: i64,
    /// Tokens of prompts.
    pub input_tokens: i64,
    /// Of these, from the services' caches.
    pub cached_tokens: i64,
    /// Tokens of answers.
    pub output_tokens: i64,
    /// Of these, reasoning that is not shown.
    pub reasoning_tokens: i64,
    /// What it cost as far as prices are known, in nano-dollars.
    pub cost_nano: i64,
    /// Requests whose price nobody knows: what they cost is not in `cost_nano`.
    pub unknown_requests: i64,
}

/// A request that left the house.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundOut {
    /// Its id.
    pub id: Uuid,
    /// The call it belongs to, which holds what was sent and why.
    pub call_id: CallId,
    /// When.
    pub at: DateTime<Utc>,
    /// To whom.
    pub provider_id: Option<ProviderId>,
    /// Its name then.
    pub provider: String,
    /// Its host then.
    pub host: String,
    /// The model.
    pub model: String,
    /// What it was for.
    pub task: String,
    /// The campaign it was for.
    pub campaign_id: Option<CampaignId>,
    /// The campaign's name.
    pub campaign: Option<String>,
    /// Who asked.
    pub user_id: Option<UserId>,
    /// The name of who asked.
    pub user: Option<String>,
    /// Bytes of texts and tools that were sent.
    pub sent_bytes: i64,
    /// `ok`, `failed` or `cancelled`.
    pub status: String,
    /// How it failed, as a code.
    pub error_code: Option<String>,
    /// What it cost, in nano-dollars; null when nobody knows the price.
    pub cost_nano: Option<i64>,
}
