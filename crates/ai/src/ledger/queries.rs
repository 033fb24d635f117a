//! The ledger's rows.

use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult};
use serde_json::Value;
use skald_kernel::{CallId, CampaignId, ProviderId, Result, SessionId, UserId};
use skald_platform::{
    Tx,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{CallDetailOut, CallOut, Row};
use crate::engine::label;

const BRIEF: &str = "id, campaign_id, session_id, user_id, task, provider_id, provider_name, model, outcome, error_code, \
                     error_detail, attempts, input_tokens, output_tokens, cached_tokens, estimated, first_token_ms, \
                     total_ms, created_at, reasoning_tokens, cost_nano, price_source, outside";

pub(super) async fn insert(tx: &Tx, row: &Row) -> Result<()> {
    let usage = &row.usage;
    let raw = (!usage.raw.is_null()).then(|| usage.raw.clone());
    let statement = sql(
        tx.conn(),
        format!(
            "INSERT INTO ai_calls ({BRIEF}, prompt_hash, request, receipt, reply, tool_calls, tried, usage_raw) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
             $24, $25, $26, $27, $28, $29, $30)"
        ),
        [
            row.by.call_id.0.into(),
            row.call.campaign.map(|id| id.0).into(),
            row.call.session.map(|id| id.0).into(),
            row.call.user.map(|id| id.0).into(),
            row.call.task.as_str().into(),
            row.by.provider_id.map(|id| id.0).into(),
            row.by.provider.clone().into(),
            row.by.model.clone().into(),
            row.outcome.into(),
            row.error_code.map(str::to_owned).into(),
            row.error_detail.clone().into(),
            (row.attempts as i32).into(),
            (usage.input as i64).into(),
            (usage.output as i64).into(),
            (usage.cached as i64).into(),
            row.estimated.into(),
            row.first_token_ms.map(|ms| ms as i64).into(),
            (row.total_ms as i64).into(),
            row.created_at.into(),
            (usage.reasoning as i64).into(),
            row.cost.into(),
            row.priced.source.as_str().into(),
            row.outside.into(),
            row.prompt_hash.clone().into(),
            row.request.clone().into(),
            row.receipt.clone().into(),
            row.reply.clone().into(),
            row.tool_calls.clone().into(),
            row.tried.clone().into(),
            raw.into(),
        ],
    );
    tx.conn().execute_raw(statement).await.db()?;
    Ok(())
}

/// The rows of the requests that were sent.
pub(super) async fn insert_attempts(tx: &Tx, row: &Row) -> Result<()> {
    if row.made.is_empty() {
        return Ok(());
    }
    let mut values: Vec<sea_orm::Value> = Vec::new();
    let mut lines = Vec::new();
    for one in &row.made {
        let (to, usage) = (&one.candidate, &one.end.usage);
        let before = values.len();
        values.extend([
            one.id.into(),
            row.by.call_id.0.into(),
            one.at.format("%Y-%m-%d").to_string().into(),
            one.at.into(),
            row.call.campaign.map(|id| id.0).into(),
            row.call.user.map(|id| id.0).into(),
            row.call.task.as_str().into(),
            to.id.map(|id| id.0).into(),
            to.name.clone().into(),
            to.host.clone().into(),
            to.model.clone().into(),
            to.outside.into(),
            one.end.outcome.as_str().into(),
            one.end.error_code.map(str::to_owned).into(),
            (usage.input as i64).into(),
            (usage.output as i64).into(),
            (usage.cached as i64).into(),
            (usage.reasoning as i64).into(),
            one.end.estimated.into(),
            one.cost.into(),
            to.priced.source.as_str().into(),
            (one.sent_bytes as i64).into(),
        ]);
        let places: Vec<_> = (before + 1..=values.len()).map(|place| format!("${place}")).collect();
        lines.push(format!("({})", places.join(", ")));
    }
    let text = format!(
        "INSERT INTO ai_attempts (id, call_id, day, created_at, campaign_id, user_id, task, provider_id, provider_name, host, \
         model, outside, status, error_code, input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, \
         cost_nano, price_source, sent_bytes) VALUES {}",
        lines.join(", ")
    );
    tx.conn().execute_raw(sql(tx.conn(), text, values)).await.db()?;
    Ok(())
}

/// Calls, newest first; one row more than `limit` says that there are more.
pub(super) async fn list(
    db: &DatabaseConnection,
    campaign: Option<CampaignId>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<CallOut>> {
    let mut wanted = Vec::new();
    let mut values = Vec::new();
    for (column, value) in [("campaign_id =", campaign.map(|id| id.0)), ("id <", before)] {
        if let Some(value) = value {
            values.push(value.into());
            wanted.push(format!("{column} ${}", values.len()));
        }
    }
    let wanted = if wanted.is_empty() { String::new() } else { format!("WHERE {}", wanted.join(" AND ")) };
    let text = format!("SELECT {BRIEF} FROM ai_calls {wanted} ORDER BY id DESC LIMIT {}", limit + 1);
    let rows = db.query_all_raw(sql(db, text, values)).await.db()?;
    rows.iter().map(brief).collect()
}

pub(super) async fn find(db: &DatabaseConnection, id: CallId) -> Result<Option<CallDetailOut>> {
    let row = sql(db, "SELECT * FROM ai_calls WHERE id = $1", [id.0.into()]);
    let Some(row) = db.query_one_raw(row).await.db()? else { return Ok(None) };
    Ok(Some(CallDetailOut {
        call: brief(&row)?,
        prompt_hash: row.try_get("", "prompt_hash").db()?,
        request: row.try_get("", "request").db()?,
        receipt: row.try_get::<Option<Value>>("", "receipt").db()?,
        reply: row.try_get("", "reply").db()?,
        tool_calls: row.try_get("", "tool_calls").db()?,
        tried: row.try_get("", "tried").db()?,
        usage_raw: row.try_get::<Option<Value>>("", "usage_raw").db()?,
    }))
}

fn brief(row: &QueryResult) -> Result<CallOut> {
    let provider_id = row.try_get::<Option<Uuid>>("", "provider_id").db()?.map(ProviderId);
    let provider: String = row.try_get("", "provider_name").db()?;
    let model: String = row.try_get("", "model").db()?;
    Ok(CallOut {
        id: CallId(row.try_get("", "id").db()?),
        campaign_id: row.try_get::<Option<Uuid>>("", "campaign_id").db()?.map(CampaignId),
        session_id: row.try_get::<Option<Uuid>>("", "session_id").db()?.map(SessionId),
        user_id: row.try_get::<Option<Uuid>>("", "user_id").db()?.map(UserId),
        task: row.try_get("", "task").db()?,
        label: label(provider_id, &provider, &model),
        provider_id,
        provider,
        model,
        outcome: row.try_get("", "outcome").db()?,
        error_code: row.try_get("", "error_code").db()?,
        error_detail: row.try_get("", "error_detail").db()?,
        attempts: row.try_get("", "attempts").db()?,
        input_tokens: row.try_get("", "input_tokens").db()?,
        output_tokens: row.try_get("", "output_tokens").db()?,
        cached_tokens: row.try_get("", "cached_tokens").db()?,
        reasoning_tokens: row.try_get("", "reasoning_tokens").db()?,
        cost_nano: row.try_get("", "cost_nano").db()?,
        price_source: row.try_get("", "price_source").db()?,
        outside: row.try_get("", "outside").db()?,
        estimated: row.try_get("", "estimated").db()?,
        first_token_ms: row.try_get("", "first_token_ms").db()?,
        total_ms: row.try_get("", "total_ms").db()?,
        created_at: row.try_get("", "created_at").db()?,
    })
}
