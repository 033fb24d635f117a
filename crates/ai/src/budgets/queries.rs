//! The rows of budgets, of what was taken from them, and of what is reserved.
//!
//! Counters are touched one after the other in the order of their budgets' ids, never several in one statement: two requests
//! that share two budgets would otherwise lock them in different orders on PostgreSQL. At most eight budgets apply to a
//! request.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};
use skald_kernel::{CampaignId, Result, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{Amount, Applying, BudgetIn, BudgetOut, LEASE, Limits, Period, Scope, SetBy, purse::Hold, purse::Spent};

const COUNTED: &str = "b.id, b.scope, b.scope_id, b.period, b.by_admin, b.limit_nano, b.limit_calls, b.limit_tokens, \
                       b.allow_unknown, s.since, s.nano, s.calls, s.tokens, s.unknown_calls, s.reserved_nano, \
                       s.reserved_calls, s.reserved_tokens";
/// A budget with the counter of its present period: $1 the day's word, $2 the month's.
const FROM: &str = "FROM ai_budgets b LEFT JOIN ai_spending s ON s.budget_id = b.id AND s.since = CASE b.period WHEN 'day' \
                    THEN $1 ELSE $2 END";

/// The budgets that apply to a request, in the order in which they are taken from.
pub(super) async fn applying(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    user: Option<UserId>,
    campaign: Option<CampaignId>,
) -> Result<Vec<Applying>> {
    let text = format!(
        "SELECT {COUNTED} {FROM} WHERE b.scope = 'site' OR (b.scope = 'user' AND b.scope_id = $3) OR (b.scope = 'campaign' \
         AND b.scope_id = $4) ORDER BY b.id"
    );
    let values = [
        Period::Day.word(now).into(),
        Period::Month.word(now).into(),
        user.map(|id| id.0).into(),
        campaign.map(|id| id.0).into(),
    ];
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    rows.iter()
        .map(|row| {
            let period = Period::read(&row.try_get::<String>("", "period").db()?)?;
            Ok(Applying {
                id: row.try_get("", "id").db()?,
                scope: Scope::read(&row.try_get::<String>("", "scope").db()?)?,
                period,
                limits: limits(row)?,
                allow_unknown: row.try_get("", "allow_unknown").db()?,
                word: period.word(now),
                counted: row.try_get::<Option<String>>("", "since").db()?.is_some(),
                spent: amount(row, "")?,
                reserved: amount(row, "reserved_")?,
            })
        })
        .collect()
}

/// Begins the counters of periods that have none.
pub(super) async fn begin_counters(tx: &Tx, budgets: &[Applying]) -> Result<()> {
    let missing: Vec<_> = budgets.iter().filter(|budget| !budget.counted).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut values = Vec::new();
    let mut lines = Vec::new();
    for budget in missing {
        values.extend([budget.id.into(), budget.word.clone().into()]);
        lines.push(format!("(${}, ${}, 0, 0, 0, 0, 0, 0, 0)", values.len() - 1, values.len()));
    }
    let text = format!(
        "INSERT INTO ai_spending (budget_id, since, nano, calls, tokens, unknown_calls, reserved_nano, reserved_calls, \
         reserved_tokens) VALUES {} ON CONFLICT (budget_id, since) DO NOTHING",
        lines.join(", ")
    );
    tx.conn().execute_raw(sql(tx.conn(), text, values)).await.db()?;
    Ok(())
}

/// Reserves an amount, if it fits: the one conditional statement. `false` when it does not. `forced` reserves it anyway.
pub(super) async fn reserve(tx: &Tx, budget: &Applying, more: Amount, forced: bool) -> Result<bool> {
    let fits = |name: &str, value: &str| {
        format!(
            "({value} = 0 OR {name} + reserved_{name} + {value} <= COALESCE((SELECT limit_{name} FROM ai_budgets WHERE id = \
             $1), 9223372036854775807))"
        )
    };
    let condition = match forced {
        true => "1 = 1".to_owned(),
        false => format!("{} AND {} AND {}", fits("nano", "$3"), fits("calls", "$4"), fits("tokens", "$5")),
    };
    let text = format!(
        "UPDATE ai_spending SET reserved_nano = reserved_nano + $3, reserved_calls = reserved_calls + $4, reserved_tokens = \
         reserved_tokens + $5 WHERE budget_id = $1 AND since = $2 AND {condition}"
    );
    let values =
        [budget.id.into(), budget.word.clone().into(), more.nano.into(), more.calls.into(), more.tokens.into()];
    Ok(tx.conn().execute_raw(sql(tx.conn(), text, values)).await.db()?.rows_affected() == 1)
}

/// Keeps what was reserved, for whoever has to give it back.
pub(super) async fn keep(tx: &Tx, hold: &Hold, node: &str) -> Result<()> {
    let until = tx.now() + LEASE;
    let mut values = vec![
        hold.id.into(),
        node.into(),
        until.into(),
        hold.amount.nano.into(),
        hold.amount.calls.into(),
        hold.amount.tokens.into(),
    ];
    let mut lines = Vec::new();
    for (budget, since) in &hold.parts {
        values.extend([(*budget).into(), since.clone().into()]);
        lines.push(format!("($1, ${}, ${}, $2, $3, $4, $5, $6)", values.len() - 1, values.len()));
    }
    let text = format!(
        "INSERT INTO ai_reserved (attempt_id, budget_id, since, node, lease_until, nano, calls, tokens) VALUES {}",
        lines.join(", ")
    );
    tx.conn().execute_raw(sql(tx.conn(), text, values)).await.db()?;
    Ok(())
}

/// Turns what was reserved into what was spent. Where it was given back meanwhile, what was spent counts all the same.
pub(super) async fn settle(tx: &Tx, hold: &Hold, spent: Spent) -> Result<()> {
    let kept = sql(tx.conn(), "DELETE FROM ai_reserved WHERE attempt_id = $1", [hold.id.into()]);
    let held = tx.conn().execute_raw(kept).await.db()?.rows_affected() > 0;
    let back = if held { hold.amount } else { Amount::default() };
    let unknown = i64::from(spent.nano.is_none() && spent.calls > 0);
    let spent = Amount { nano: spent.nano.unwrap_or(0), calls: spent.calls, tokens: spent.tokens };
    for (budget, since) in &hold.parts {
        count(tx, *budget, since, spent, unknown, back).await?;
    }
    Ok(())
}

async fn count(tx: &Tx, budget: Uuid, since: &str, spent: Amount, unknown: i64, back: Amount) -> Result<()> {
    let row = sql(
        tx.conn(),
        "UPDATE ai_spending SET nano = nano + $3, calls = calls + $4, tokens = tokens + $5, unknown_calls = unknown_calls + \
         $6, reserved_nano = reserved_nano - $7, reserved_calls = reserved_calls - $8, reserved_tokens = reserved_tokens - \
         $9 WHERE budget_id = $1 AND since = $2",
        [
            budget.into(),
            since.into(),
            spent.nano.into(),
            spent.calls.into(),
            spent.tokens.into(),
            unknown.into(),
            back.nano.into(),
            back.calls.into(),
            back.tokens.into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Gives back what a node had reserved.
pub(super) async fn give_back_of(tx: &Tx, node: &str) -> Result<()> {
    give_back(tx, "node = $1", node.into()).await
}

/// Gives back what was reserved with a lease that has ended.
pub(super) async fn give_back_before(tx: &Tx, now: DateTime<Utc>) -> Result<()> {
    give_back(tx, "lease_until < $1", now.into()).await
}

async fn give_back(tx: &Tx, which: &str, value: sea_orm::Value) -> Result<()> {
    let text = format!("DELETE FROM ai_reserved WHERE {which} RETURNING budget_id, since, nano, calls, tokens");
    let rows = tx.conn().query_all_raw(sql(tx.conn(), text, [value])).await.db()?;
    let mut back: BTreeMap<(Uuid, String), Amount> = BTreeMap::new();
    for row in &rows {
        let key = (row.try_get("", "budget_id").db()?, row.try_get("", "since").db()?);
        let (one, sum) = (amount(row, "")?, back.entry(key).or_default());
        *sum = Amount { nano: sum.nano + one.nano, calls: sum.calls + one.calls, tokens: sum.tokens + one.tokens };
    }
    for ((budget, since), back) in back {
        count(tx, budget, &since, Amount::default(), 0, back).await?;
    }
    Ok(())
}

/// The budgets of a campaign, or all of them, with what their present period has seen.
pub(super) async fn list(
    db: &DatabaseConnection,
    now: DateTime<Utc>,
    campaign: Option<CampaignId>,
) -> Result<Vec<BudgetOut>> {
    let mut values: Vec<sea_orm::Value> = vec![Period::Day.word(now).into(), Period::Month.word(now).into()];
    let wanted = match campaign {
        None => "",
        Some(campaign) => {
            values.push(campaign.0.into());
            "WHERE b.scope = 'campaign' AND b.scope_id = $3"
        }
    };
    let text = format!(
        "SELECT {COUNTED}, COALESCE(u.display_name, c.name) AS name {FROM} LEFT JOIN users u ON b.scope = 'user' AND u.id = \
         b.scope_id LEFT JOIN campaigns c ON b.scope = 'campaign' AND c.id = b.scope_id {wanted} ORDER BY CASE b.scope WHEN \
         'site' THEN 0 WHEN 'campaign' THEN 1 ELSE 2 END, name, b.scope_id, b.period, b.by_admin DESC"
    );
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    rows.iter()
        .map(|row| {
            let period = Period::read(&row.try_get::<String>("", "period").db()?)?;
            let limits = limits(row)?;
            Ok(BudgetOut {
                id: row.try_get("", "id").db()?,
                scope: Scope::read(&row.try_get::<String>("", "scope").db()?)?,
                scope_id: Some(row.try_get("", "scope_id").db()?).filter(|id: &Uuid| !id.is_nil()),
                name: row.try_get("", "name").db()?,
                set_by: if row.try_get("", "by_admin").db()? { SetBy::Admin } else { SetBy::Gm },
                period,
                limit_nano: limits.nano,
                limit_calls: limits.calls,
                limit_tokens: limits.tokens,
                allow_unknown: row.try_get("", "allow_unknown").db()?,
                spent: amount(row, "")?.into(),
                reserved: amount(row, "reserved_")?.into(),
                unknown_calls: row.try_get::<Option<i64>>("", "unknown_calls").db()?.unwrap_or(0),
                renews_at: period.renews(now),
            })
        })
        .collect()
}

/// Sets a budget; what its present period has seen stays.
pub(super) async fn put(tx: &Tx, budget: &BudgetIn, by_admin: bool) -> Result<()> {
    let row = sql(
        tx.conn(),
        "INSERT INTO ai_budgets (id, scope, scope_id, period, by_admin, limit_nano, limit_calls, limit_tokens, allow_unknown, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) ON CONFLICT (scope, scope_id, period, \
         by_admin) DO UPDATE SET limit_nano = excluded.limit_nano, limit_calls = excluded.limit_calls, limit_tokens = \
         excluded.limit_tokens, allow_unknown = excluded.allow_unknown, updated_at = excluded.updated_at",
        [
            tx.ids().next::<Uuid>().into(),
            budget.scope.as_str().into(),
            budget.scope_id.unwrap_or_default().into(),
            budget.period.as_str().into(),
            by_admin.into(),
            budget.limit_nano.into(),
            budget.limit_calls.into(),
            budget.limit_tokens.into(),
            budget.allow_unknown.into(),
            tx.now().into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Removes a budget, and what was counted for it.
pub(super) async fn remove(tx: &Tx, budget: &BudgetIn, by_admin: bool) -> Result<()> {
    let row = sql(
        tx.conn(),
        "DELETE FROM ai_budgets WHERE scope = $1 AND scope_id = $2 AND period = $3 AND by_admin = $4",
        [
            budget.scope.as_str().into(),
            budget.scope_id.unwrap_or_default().into(),
            budget.period.as_str().into(),
            by_admin.into(),
        ],
    );
    tx.conn().execute_raw(row).await.db()?;
    Ok(())
}

/// Whether a user or a campaign exists.
pub(super) async fn exists(tx: &Tx, table: &'static str, id: Uuid) -> Result<bool> {
    let text = format!("SELECT 1 AS one FROM {table} WHERE id = $1 AND deleted_at IS NULL");
    Ok(tx.conn().query_one_raw(sql(tx.conn(), text, [id.into()])).await.db()?.is_some())
}

fn limits(row: &QueryResult) -> Result<Limits> {
    Ok(Limits {
        nano: row.try_get("", "limit_nano").db()?,
        calls: row.try_get("", "limit_calls").db()?,
        tokens: row.try_get("", "limit_tokens").db()?,
    })
}

fn amount(row: &QueryResult, before: &str) -> Result<Amount> {
    let of = |name: &str| -> Result<i64> {
        Ok(row.try_get::<Option<i64>>("", &format!("{before}{name}")).db()?.unwrap_or(0))
    };
    Ok(Amount { nano: of("nano")?, calls: of("calls")?, tokens: of("tokens")? })
}
