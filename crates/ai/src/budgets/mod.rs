//! Budgets: what a day or a month of models may take, for the site, a user or a campaign, in money, calls or tokens.
//!
//! - What a request may take is reserved before it is sent and settled when it has ended, in the database and with one
//!   conditional statement for each budget, so that no number of requests on no number of nodes gets past a limit together.
//! - Every budget that applies must cover the request. What costs nothing is not refused for money.
//! - A request whose price nobody knows counts as a call and its tokens; a budget in money refuses it unless it allows that.
//! - What a killed node had reserved is given back when it starts again, at the latest when the lease ends. A request that
//!   outlives its lease is still counted when it ends.
//! - A probe is an admin's own act: it is counted, never refused.
//!
//! The site's and the users' budgets are the admin's. A campaign may have one of its GM and one of the admin beside it, which
//! the GM sees and cannot change. Periods are those of UTC.

mod actions;
mod dto;
mod purse;
mod queries;
mod routes;
pub(crate) mod rules;

use async_trait::async_trait;
use chrono::TimeDelta;
use skald_kernel::Result;
use skald_platform::{
    Actor, App,
    jobs::{Handler, Job},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use dto::{AmountOut, BudgetIn, BudgetOut, Period, Scope, SetBy};
pub(crate) use purse::{Hold, Purse, Spent, settle};

/// How long what is reserved is kept for a request of which nothing is heard.
const LEASE: TimeDelta = TimeDelta::minutes(15);

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_ai_budgets, routes::replace_ai_budget))
}

/// Money in nano-dollars, calls and tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) nano: i64,
    pub(crate) calls: i64,
    pub(crate) tokens: i64,
}

/// What a budget limits; none is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) nano: Option<i64>,
    pub(crate) calls: Option<i64>,
    pub(crate) tokens: Option<i64>,
}

/// A budget that applies to a request, with what its present period has seen.
#[derive(Clone, Debug)]
pub(crate) struct Applying {
    id: Uuid,
    scope: Scope,
    period: Period,
    limits: Limits,
    allow_unknown: bool,
    /// The word of the present period.
    word: String,
    /// Whether the present period has a row.
    counted: bool,
    spent: Amount,
    reserved: Amount,
}

/// Gives back what this node's former life had reserved.
///
/// # Errors
/// When the database fails.
pub async fn recover(app: &App) -> Result<()> {
    let tx = app.tx(&Actor::engine("ai.budgets")).await?;
    queries::give_back_of(&tx, &app.node()).await?;
    tx.commit().await
}

/// Gives back what was reserved for requests of which nothing was heard.
///
/// # Errors
/// When the database fails.
pub async fn give_back_expired(app: &App) -> Result<()> {
    let tx = app.tx(&Actor::engine("ai.budgets")).await?;
    queries::give_back_before(&tx, tx.now()).await?;
    tx.commit().await
}

/// Runs [`give_back_expired`] each minute.
#[derive(Debug)]
pub struct GiveBack;

#[async_trait]
impl Handler for GiveBack {
    fn kind(&self) -> &'static str {
        "ai.give_back"
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::minutes(1))
    }

    async fn run(&self, app: &App, _: &Job) -> Result<()> {
        give_back_expired(app).await
    }
}
