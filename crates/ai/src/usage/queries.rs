//! Sums and the log, over the ledger's attempts. Each is one query over an index.

use chrono::NaiveDate;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Value};
use skald_kernel::{CallId, CampaignId, ProviderId, Result, UserId};
use skald_platform::db::{DbResult, sql};
use uuid::Uuid;

use super::{GroupBy, OutboundOut, UsageRow};

/// Rows at most.
const MOST: u64 = 500;

/// Whose usage.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whose {
    pub(super) campaign: Option<CampaignId>,
    pub(super) user: Option<UserId>,
}

impl Whose {
    /// Adds what it wants to a condition.
    fn wanted(self, wanted: &mut Vec<String>, values: &mut Vec<Value>) {
        for (column, id) in [("campaign_id", self.campaign.map(|id| id.0)), ("user_id", self.user.map(|id| id.0))] {
            if let Some(id) = id {
                values.push(id.into());
                wanted.push(format!("a.{column} = ${}", values.len()));
            }
        }
    }
}

/// Sums from one day to another. The oracle is no model and is left out.
pub(super) async fn sums(
    db: &DatabaseConnection,
    whose: Whose,
    from: NaiveDate,
    to: NaiveDate,
    by: GroupBy,
) -> Result<Vec<UsageRow>> {
    let mut values: Vec<Value> = vec![from.to_string().into(), to.to_string().into()];
    let mut wanted = vec![
        "a.day >= $1".to_owned(),
        "a.day <= $2".to_owned(),
        "NOT (a.provider_id IS NULL AND a.host = '')".to_owned(),
    ];
    whose.wanted(&mut wanted, &mut values);
    let dearest = "cost_nano DESC, requests DESC, key_text";
    let (key, name, join, order) = match by {
        GroupBy::Day => ("a.day", "NULL", "", "key_text"),
        GroupBy::Task => ("a.task", "NULL", "", dearest),
        GroupBy::Model => ("a.provider_name || ' · ' || a.model", "NULL", "", dearest),
        GroupBy::Member => ("a.user_id", "MAX(n.display_name)", "LEFT JOIN users n ON n.id = a.user_id", dearest),
        GroupBy::Campaign => ("a.campaign_id", "MAX(n.name)", "LEFT JOIN campaigns n ON n.id = a.campaign_id", dearest),
    };
    let sum = |of: &str, name: &str| format!("CAST(COALESCE(SUM({of}), 0) AS BIGINT) AS {name}");
    let when = |condition: &str, name: &str| sum(&format!("CASE WHEN {condition} THEN 1 ELSE 0 END"), name);
    let sums = [
        "COUNT(*) AS requests".to_owned(),
        when("a.status <> 'ok'", "failed"),
        when("a.outside", "outside"),
        sum("a.input_tokens", "input_tokens"),
        sum("a.cached_tokens", "cached_tokens"),
        sum("a.output_tokens", "output_tokens"),
        sum("a.reasoning_tokens", "reasoning_tokens"),
        sum("a.cost_nano", "cost_nano"),
        when("a.cost_nano IS NULL", "unknown_requests"),
    ];
    let text = format!(
        "SELECT {key} AS key_text, CAST({name} AS TEXT) AS name, {} FROM ai_attempts a {join} WHERE {} GROUP BY {key} ORDER BY \
         {order} LIMIT {MOST}",
        sums.join(", "),
        wanted.join(" AND ")
    );
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    rows.iter().map(|row| sum_row(row, matches!(by, GroupBy::Member | GroupBy::Campaign))).collect()
}

fn sum_row(row: &QueryResult, of_id: bool) -> Result<UsageRow> {
    let number = |name: &str| row.try_get::<i64>("", name).db();
    let key = match of_id {
        true => row.try_get::<Option<Uuid>>("", "key_text").db()?.map(|id| id.to_string()).unwrap_or_default(),
        false => row.try_get("", "key_text").db()?,
    };
    Ok(UsageRow {
        key,
        name: row.try_get("", "name").db()?,
        requests: number("requests")?,
        failed: number("failed")?,
        outside: number("outside")?,
        input_tokens: number("input_tokens")?,
        cached_tokens: number("cached_tokens")?,
        output_tokens: number("output_tokens")?,
        reasoning_tokens: number("reasoning_tokens")?,
        cost_nano: number("cost_nano")?,
        unknown_requests: number("unknown_requests")?,
    })
}

/// What left the house, newest first; one row more than `limit` says that there are more.
pub(super) async fn outbound(
    db: &DatabaseConnection,
    whose: Whose,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<OutboundOut>> {
    let mut values: Vec<Value> = vec![true.into()];
    let mut wanted = vec!["a.outside = $1".to_owned()];
    whose.wanted(&mut wanted, &mut values);
    if let Some(before) = before {
        values.push(before.into());
        wanted.push(format!("a.id < ${}", values.len()));
    }
    let text = format!(
        "SELECT a.id, a.call_id, a.created_at, a.provider_id, a.provider_name, a.host, a.model, a.task, a.campaign_id, c.name \
         AS campaign, a.user_id, u.display_name, a.sent_bytes, a.status, a.error_code, a.cost_nano FROM ai_attempts a LEFT \
         JOIN campaigns c ON c.id = a.campaign_id LEFT JOIN users u ON u.id = a.user_id WHERE {} ORDER BY a.id DESC LIMIT {}",
        wanted.join(" AND "),
        limit + 1
    );
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    rows.iter().map(outbound_row).collect()
}

fn outbound_row(row: &QueryResult) -> Result<OutboundOut> {
    let id = |name: &str| row.try_get::<Option<Uuid>>("", name).db();
    Ok(OutboundOut {
        id: row.try_get("", "id").db()?,
        call_id: CallId(row.try_get("", "call_id").db()?),
        at: row.try_get("", "created_at").db()?,
        provider_id: id("provider_id")?.map(ProviderId),
        provider: row.try_get("", "provider_name").db()?,
        host: row.try_get("", "host").db()?,
        model: row.try_get("", "model").db()?,
        task: row.try_get("", "task").db()?,
        campaign_id: id("campaign_id")?.map(CampaignId),
        campaign: row.try_get("", "campaign").db()?,
        user_id: id("user_id")?.map(UserId),
        user: row.try_get("", "display_name").db()?,
        sent_bytes: row.try_get("", "sent_bytes").db()?,
        status: row.try_get("", "status").db()?,
        error_code: row.try_get("", "error_code").db()?,
        cost_nano: row.try_get("", "cost_nano").db()?,
    })
}
