//! The purse of a call: takes what a request may cost before it is sent, and puts the rest back.

use chrono::{DateTime, Utc};
use skald_kernel::{
    CampaignId, Clock, Error, Ids, Result, UserId,
    model::{AiError, AiErrorKind, ModelRequest, Task},
};
use skald_platform::{Actor, App, Tx};
use uuid::Uuid;

use super::{Amount, Applying, queries, rules};
use crate::engine::Candidate;

/// What was reserved for one request. It has to be settled; dropped, it is given back when its lease ends.
#[derive(Debug)]
pub(crate) struct Hold {
    /// The attempt.
    pub(crate) id: Uuid,
    pub(super) amount: Amount,
    /// The counters: budgets and their periods' words, in the order in which they are taken from.
    pub(super) parts: Vec<(Uuid, String)>,
}

impl Hold {
    /// Whether a budget applies.
    pub(crate) fn limited(&self) -> bool {
        !self.parts.is_empty()
    }
}

/// What a request took in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Money; none when the price is unknown.
    pub(crate) nano: Option<i64>,
    /// 1, or 0 when the service took nothing for it.
    pub(crate) calls: i64,
    /// Tokens of prompt and answer.
    pub(crate) tokens: i64,
}

/// Who pays for a call.
#[derive(Clone, Default)]
pub(crate) struct Purse {
    /// None is a purse without a bottom, for tests of the loop alone.
    app: Option<App>,
    user: Option<UserId>,
    campaign: Option<CampaignId>,
    /// A probe is counted and never refused.
    forced: bool,
}

impl Purse {
    pub(crate) fn new(app: &App, task: Task, user: Option<UserId>, campaign: Option<CampaignId>) -> Self {
        Self { app: Some(app.clone()), user, campaign, forced: task == Task::Probe }
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.app.as_ref().map_or_else(|| Clock::default().now(), |app| app.clock().now())
    }

    /// Reserves what a request to a candidate may take from every budget that applies.
    ///
    /// # Errors
    /// `Budget`, naming the one that does not cover it and when it renews; `Unpriced` when a budget in money meets an unknown
    /// price.
    pub(crate) async fn take(&self, candidate: &Candidate, request: &ModelRequest) -> Result<Hold, AiError> {
        let Some(app) = self.app.as_ref().filter(|_| !candidate.is_oracle()) else {
            return Ok(Hold { id: Ids.next(), amount: Amount::default(), parts: Vec::new() });
        };
        self.reserve(app, candidate, request).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "the budgets could not be asked");
            Err(AiError::new(
                AiErrorKind::Budget,
                "The budgets cannot be read right now, so nothing was sent. Try again.",
            ))
        })
    }

    async fn reserve(&self, app: &App, candidate: &Candidate, request: &ModelRequest) -> Result<Result<Hold, AiError>> {
        let now = app.clock().now();
        let budgets = queries::applying(app.db().read(), now, self.user, self.campaign).await?;
        let mut hold = Hold { id: app.ids().next(), amount: Amount::default(), parts: Vec::new() };
        if budgets.is_empty() {
            return Ok(Ok(hold));
        }
        let (input, output) = (rules::most_input(request), most_output(request));
        let price = candidate.priced.price;
        hold.amount = Amount {
            nano: price.map_or(0, |price| price.most(input, output)),
            calls: 1,
            tokens: i64::try_from(input.saturating_add(output)).unwrap_or(i64::MAX),
        };
        hold.parts = budgets.iter().map(|budget| (budget.id, budget.word.clone())).collect();
        if !self.forced {
            let unpriced =
                |budget: &&Applying| price.is_none() && budget.limits.nano.is_some() && !budget.allow_unknown;
            if let Some(budget) = budgets.iter().find(unpriced) {
                return Ok(Err(no_price(budget, candidate)));
            }
            // Most refusals end here, without a write; whether it truly fits is said by the statement below.
            if let Some(budget) = budgets.iter().find(|budget| !rules::fits(budget, hold.amount)) {
                return Ok(Err(spent(budget, hold.amount, now)));
            }
        }
        let tx = app.tx(&Actor::engine("ai.budgets")).await?;
        queries::begin_counters(&tx, &budgets).await?;
        for budget in &budgets {
            if !queries::reserve(&tx, budget, hold.amount, self.forced).await? {
                return Ok(Err(spent(budget, hold.amount, now)));
            }
        }
        queries::keep(&tx, &hold, &app.node()).await?;
        tx.commit().await?;
        Ok(Ok(hold))
    }

    /// Settles a request that is over while its call goes on.
    pub(crate) async fn settle(&self, hold: Hold, spent: Spent) {
        let Some(app) = self.app.clone().filter(|_| hold.limited()) else { return };
        let tasks = app.clone();
        // A task of its own: it is settled also when nobody waits for the call any longer.
        let settled = tasks.tasks().spawn("budgets", async move {
            if let Err(error) = settle_alone(&app, &hold, spent).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a budget was not settled; its lease gives it back");
            }
        });
        if let Err(lost) = settled.await {
            tracing::error!(%lost, "settling a budget was broken off");
        }
    }
}

async fn settle_alone(app: &App, hold: &Hold, spent: Spent) -> Result<(), Error> {
    let tx = app.tx(&Actor::engine("ai.budgets")).await?;
    settle(&tx, hold, spent).await?;
    tx.commit().await
}

/// Turns what was reserved into what was spent, in the transaction of the ledger.
pub(crate) async fn settle(tx: &Tx, hold: &Hold, spent: Spent) -> Result<(), Error> {
    if hold.limited() { queries::settle(tx, hold, spent).await } else { Ok(()) }
}

fn most_output(request: &ModelRequest) -> u64 {
    u64::from(request.sampling.max_tokens.unwrap_or(rules::USUAL_OUTPUT))
}

fn spent(budget: &Applying, more: Amount, now: DateTime<Utc>) -> AiError {
    let left = (budget.period.renews(now) - now).to_std().ok();
    AiError { retry_after: left, ..AiError::new(AiErrorKind::Budget, rules::refusal(budget, more, now)) }
}

fn no_price(budget: &Applying, candidate: &Candidate) -> AiError {
    let message = format!(
        "{} is in money, and nobody knows what {} · {} costs. An admin can set its price, or the budget can allow models \
         without a known price.",
        rules::title(budget),
        candidate.name,
        candidate.model
    );
    AiError::new(AiErrorKind::Unpriced, message)
}
