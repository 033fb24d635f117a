//! Setting and removing budgets.

use serde_json::json;
use skald_kernel::{Error, ErrorCode, Result, error::Fields};
use skald_platform::Tx;

use super::{BudgetIn, Scope, queries};

/// The highest limit, of any kind.
const HIGHEST: i64 = 1_000_000_000_000_000;

/// Sets a budget in place of the one there is, or removes it when nothing is limited. `by_admin` tells the admin's from the
/// game master's; who may do so was checked.
pub(super) async fn put(tx: &mut Tx, budget: BudgetIn, by_admin: bool) -> Result<()> {
    check(&budget)?;
    let found = match (budget.scope, budget.scope_id) {
        (Scope::User, Some(id)) => queries::exists(tx, "users", id).await?,
        (Scope::Campaign, Some(id)) => queries::exists(tx, "campaigns", id).await?,
        _ => true,
    };
    if !found {
        return Err(Error::new(ErrorCode::NotFound, "There is no such user or campaign."));
    }
    let limits = [budget.limit_nano, budget.limit_calls, budget.limit_tokens];
    let none = limits.iter().all(Option::is_none);
    if none {
        queries::remove(tx, &budget, by_admin).await?;
    } else {
        queries::put(tx, &budget, by_admin).await?;
    }
    let campaign = budget.scope_id.filter(|_| budget.scope == Scope::Campaign).map(skald_kernel::CampaignId);
    let detail = json!({
        "scope": budget.scope, "scope_id": budget.scope_id, "period": budget.period, "limit_nano": budget.limit_nano,
        "limit_calls": budget.limit_calls, "limit_tokens": budget.limit_tokens, "allow_unknown": budget.allow_unknown,
        "by_admin": by_admin,
    });
    tx.audit(campaign, if none { "ai.budget.remove" } else { "ai.budget.set" }, None, detail);
    Ok(())
}

fn check(budget: &BudgetIn) -> Result<()> {
    let mut fields = Fields::default();
    if budget.scope == Scope::Site && budget.scope_id.is_some() {
        fields.add("scope_id", "unknown", "The site's budget is for nobody in particular.");
    }
    if budget.scope != Scope::Site && budget.scope_id.is_none() {
        fields.add("scope_id", "empty", "Say whose budget it is.");
    }
    let limits =
        [("limit_nano", budget.limit_nano), ("limit_calls", budget.limit_calls), ("limit_tokens", budget.limit_tokens)];
    for (name, limit) in limits {
        if limit.is_some_and(|limit| !(0..=HIGHEST).contains(&limit)) {
            fields.add(name, "out_of_range", format!("Between 0 and {HIGHEST}."));
        }
    }
    fields.check()
}
