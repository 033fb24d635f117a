//! What budgets take and show.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{Error, Result};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Amount;

/// For whom a budget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetScope)]
pub enum Scope {
    /// All requests.
    Site,
    /// Those a user asked for.
    User,
    /// Those for a campaign.
    Campaign,
}

impl Scope {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::User => "user",
            Self::Campaign => "campaign",
        }
    }

    pub(super) fn read(word: &str) -> Result<Self> {
        let all = [Self::Site, Self::User, Self::Campaign];
        all.into_iter()
            .find(|scope| scope.as_str() == word)
            .ok_or_else(|| Error::internal(format!("{word} is no scope")))
    }
}

/// How long a budget lasts before it begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetPeriod)]
pub enum Period {
    /// A day, from midnight UTC.
    Day,
    /// A month, from midnight UTC of its first day.
    Month,
}

impl Period {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    pub(super) fn read(word: &str) -> Result<Self> {
        let all = [Self::Day, Self::Month];
        all.into_iter()
            .find(|period| period.as_str() == word)
            .ok_or_else(|| Error::internal(format!("{word} is no period")))
    }
}

/// Who set a budget, and may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetSetBy)]
pub enum SetBy {
    /// The admin.
    Admin,
    /// The campaign's game master.
    Gm,
}

/// A budget to set, in place of the one for the same scope and period. Without any limit it is removed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetIn {
    /// For whom.
    pub scope: Scope,
    /// The user or the campaign; none for the site.
    #[serde(default)]
    pub scope_id: Option<Uuid>,
    /// How long it lasts.
    pub period: Period,
    /// Money, in nano-dollars.
    #[serde(default)]
    pub limit_nano: Option<i64>,
    /// Requests.
    #[serde(default)]
    pub limit_calls: Option<i64>,
    /// Tokens of prompts and answers.
    #[serde(default)]
    pub limit_tokens: Option<i64>,
    /// Whether a budget in money lets requests through whose price nobody knows.
    #[serde(default)]
    pub allow_unknown: bool,
}

/// What was taken from a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BudgetAmount)]
pub struct AmountOut {
    /// Money, in nano-dollars.
    pub nano: i64,
    /// Requests.
    pub calls: i64,
    /// Tokens.
    pub tokens: i64,
}

impl From<Amount> for AmountOut {
    fn from(Amount { nano, calls, tokens }: Amount) -> Self {
        Self { nano, calls, tokens }
    }
}

/// A budget, and what its present period has seen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetOut {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub scope: Scope,
    /// The user or the campaign; null for the site.
    pub scope_id: Option<Uuid>,
    /// The name of the user or the campaign.
    pub name: Option<String>,
    /// Who set it, and may change it.
    pub set_by: SetBy,
    /// How long it lasts.
    pub period: Period,
    /// Money, in nano-dollars; null is no limit.
    pub limit_nano: Option<i64>,
    /// Requests; null is no limit.
    pub limit_calls: Option<i64>,
    /// Tokens; null is no limit.
    pub limit_tokens: Option<i64>,
    /// Whether a budget in money lets requests through whose price nobody knows.
    pub allow_unknown: bool,
    /// What was spent in the present period.
    pub spent: AmountOut,
    /// What requests that are running may still take.
    pub reserved: AmountOut,
    /// Requests of the period whose price nobody knows: the money they cost is not in `spent`.
    pub unknown_calls: i64,
    /// When it begins anew.
    pub renews_at: DateTime<Utc>,
}
