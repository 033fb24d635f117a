//! Work that somebody waits for: how far it is, what came of it, and ending it early.
//!
//! A handler calls [`report`] between two steps, outside of any transaction, and stops when it answers that somebody wants
//! the end of it. What came of the work is left by [`conclude`]; a failure that is the asker's to mend is a result too.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::Serialize;
use serde_json::Value;
use skald_kernel::{Error, JobId, Result, UserId};
use utoipa::ToSchema;

use super::Job;
use crate::{
    App,
    db::{DbResult, sql},
};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nobody has begun.
    Waiting,
    /// Under way.
    Running,
    /// Over; `result` says what came of it.
    Done,
    /// Given up after all attempts; `error` says why.
    Failed,
    /// Ended early because somebody asked for it.
    Cancelled,
}

/// A job as the one who asked for it sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobOut {
    /// Its id.
    pub id: JobId,
    /// What is done, such as `exchange.import`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// How far it is: `phase`, and `done` of `total` where that is known. Absent before it begins.
    #[schema(value_type = Option<Object>)]
    pub progress: Option<Value>,
    /// What came of it; its shape depends on the kind.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it failed, or failed last and is tried again.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Notes how far a job is. Answers whether to go on: no, when it was cancelled or another worker has it.
///
/// # Errors
/// When the database fails.
pub async fn report(app: &App, job: &Job, progress: Value) -> Result<bool> {
    let db = app.db().write();
    let row = sql(
        db,
        "UPDATE jobs SET progress = $3 WHERE id = $1 AND lease_token = $2 RETURNING cancelled",
        [job.id.0.into(), job.lease.into(), progress.into()],
    );
    match db.query_one_raw(row).await.db()? {
        Some(row) => Ok(!row.try_get::<bool>("", "cancelled").db()?),
        None => Ok(false),
    }
}

/// Leaves what came of a job.
///
/// # Errors
/// When the database fails.
pub async fn conclude(app: &App, job: &Job, result: Value) -> Result<()> {
    let db = app.db().write();
    let row = sql(
        db,
        "UPDATE jobs SET result = $3 WHERE id = $1 AND lease_token = $2",
        [job.id.0.into(), job.lease.into(), result.into()],
    );
    db.execute_raw(row).await.db()?;
    Ok(())
}

/// A job that a user asked for.
///
/// # Errors
/// Not found, when there is none or somebody else asked for it.
pub async fn find(app: &App, user: UserId, id: JobId) -> Result<JobOut> {
    let db = app.db().read();
    let row = sql(
        db,
        "SELECT id, kind, state, progress, result, error, cancelled, created_at, finished_at FROM jobs \
         WHERE id = $1 AND user_id = $2",
        [id.0.into(), user.0.into()],
    );
    let row = db.query_one_raw(row).await.db()?.ok_or_else(Error::not_found)?;
    out(&row)
}

/// Asks for the end of a job. One that has begun ends at its next step; one that is over stays as it is.
///
/// # Errors
/// Not found, when there is none or somebody else asked for it.
pub async fn cancel(app: &App, user: UserId, id: JobId) -> Result<JobOut> {
    let db = app.db().write();
    let row = sql(
        db,
        "UPDATE jobs SET cancelled = $4, finished_at = CASE WHEN state = 'ready' THEN $3 ELSE finished_at END, \
         state = CASE WHEN state = 'ready' THEN 'done' ELSE state END \
         WHERE id = $1 AND user_id = $2 AND state IN ('ready', 'running')",
        [id.0.into(), user.0.into(), app.clock().now().into(), true.into()],
    );
    db.execute_raw(row).await.db()?;
    find(app, user, id).await
}

fn out(row: &QueryResult) -> Result<JobOut> {
    let cancelled: bool = row.try_get("", "cancelled").db()?;
    let result: Option<Value> = row.try_get("", "result").db()?;
    let state = match row.try_get::<String>("", "state").db()?.as_str() {
        "ready" => JobState::Waiting,
        "running" => JobState::Running,
        "dead" => JobState::Failed,
        _ if cancelled && result.is_none() => JobState::Cancelled,
        _ => JobState::Done,
    };
    Ok(JobOut {
        id: JobId(row.try_get("", "id").db()?),
        kind: row.try_get("", "kind").db()?,
        state,
        progress: row.try_get("", "progress").db()?,
        result,
        error: row.try_get("", "error").db()?,
        created_at: row.try_get("", "created_at").db()?,
        finished_at: row.try_get("", "finished_at").db()?,
    })
}
