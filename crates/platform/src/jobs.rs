//! Background work: a lease queue in the same database as the data.
//!
//! A job is enqueued in the transaction of the change that needs it, claimed with a lease, and acknowledged only by the
//! holder of that lease, so a worker that was thought dead cannot finish what another has taken over. A failed job waits
//! longer each time (doubling from one second, at most ten minutes) and is `dead`, visible and retryable, when its attempts
//! are used up, be it by failures or by workers that were lost. Handlers must be idempotent. On start a node releases the leases its former life left behind.

pub mod watch;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::RwLock;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::Serialize;
use serde_json::Value;
use skald_kernel::{Error, Ids, JobId, Result, UserId};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    App,
    db::{DbResult, sql},
};

/// How long a worker may be silent before its job is taken over.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How often a worker says that it is still at it.
const BEAT: Duration = Duration::from_secs(10);
/// How often the queue is looked at without being woken: other nodes' jobs, retries that fall due.
const POLL: Duration = Duration::from_secs(1);
/// The longest wait between two attempts, in seconds.
const LONGEST_WAIT_S: i64 = 600;

/// Work to enqueue.
#[derive(Clone, Debug)]
pub struct NewJob {
    id: Option<JobId>,
    kind: &'static str,
    payload: Value,
    max_attempts: i32,
    delay: TimeDelta,
    dedup_key: Option<String>,
    user: Option<UserId>,
}

impl NewJob {
    /// A job of a registered kind.
    ///
    /// # Panics
    /// When the payload cannot be JSON, which is a mistake in its type.
    pub fn new(kind: &'static str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_value(payload).expect("a payload is plain data");
        Self { id: None, kind, payload, max_attempts: 5, delay: TimeDelta::zero(), dedup_key: None, user: None }
    }

    /// How often it is tried at most (5 unless said).
    #[must_use]
    pub fn max_attempts(mut self, attempts: i32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Not before this much time has passed.
    #[must_use]
    pub fn after(mut self, delay: TimeDelta) -> Self {
        self.delay = delay;
        self
    }

    /// At most one unfinished job with this key exists.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedup_key = Some(key.into());
        self
    }

    /// Who asked for it: they see how far it is ([`watch::find`]) and may cancel it.
    #[must_use]
    pub fn by(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    pub(crate) fn id(&self, ids: &Ids) -> JobId {
        self.id.unwrap_or_else(|| ids.next())
    }

    pub(crate) fn with_id(mut self, id: JobId) -> Self {
        self.id = Some(id);
        self
    }
}

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    max_attempts: i32,
    lease: Uuid,
}

/// Does the jobs of one kind.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// The kind.
    fn kind(&self) -> &'static str;

    /// Does the job; may run more than once.
    async fn run(&self, app: &App, job: &Job) -> Result<()>;

    /// When set, a job of this kind is always waiting, due this long after the last one.
    fn every(&self) -> Option<TimeDelta> {
        None
    }
}

/// The queue.
#[derive(Default)]
pub struct Jobs {
    handlers: RwLock<HashMap<&'static str, Arc<dyn Handler>>>,
    wake: Arc<Notify>,
}

impl Jobs {
    pub(crate) fn register(&self, handler: Arc<dyn Handler>) {
        self.handlers.write().insert(handler.kind(), handler);
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    fn handler(&self, kind: &str) -> Option<Arc<dyn Handler>> {
        self.handlers.read().get(kind).cloned()
    }

    fn recurring(&self) -> Vec<(&'static str, TimeDelta)> {
        self.handlers.read().values().filter_map(|h| h.every().map(|every| (h.kind(), every))).collect()
    }
}

pub(crate) async fn insert(tx: &DatabaseTransaction, jobs: &[NewJob], now: DateTime<Utc>) -> Result<()> {
    for job in jobs {
        let row = sql(
            tx,
            "INSERT INTO jobs (id, kind, payload, state, priority, run_at, attempts, max_attempts, dedup_key, created_at, \
             user_id, cancelled) \
             VALUES ($1, $2, $3, 'ready', 0, $4, 0, $5, $6, $7, $8, $9) ON CONFLICT (dedup_key) DO NOTHING",
            [
                job.id.map(|id| id.0).into(),
                job.kind.into(),
                job.payload.clone().into(),
                (now + job.delay).into(),
                job.max_attempts.into(),
                job.dedup_key.clone().into(),
                now.into(),
                job.user.map(|user| user.0).into(),
                false.into(),
            ],
        );
        tx.execute_raw(row).await.db()?;
    }
    Ok(())
}

/// Starts the worker loop of this node: first releases the leases that the node's former life left, then claims and runs
/// jobs, as many at once as configured, until the program stops.
///
/// # Errors
/// When the database fails while starting.
pub async fn start(app: &App) -> Result<()> {
    let node = app.node();
    let released = sql(
        app.db().write(),
        "UPDATE jobs SET lease_until = $2 WHERE node = $1 AND state = 'running'",
        [node.clone().into(), app.clock().now().into()],
    );
    app.db().write().execute_raw(released).await.db()?;
    ensure_recurring(app).await?;
    let worker = app.clone();
    app.tasks().spawn("jobs", async move { work(worker, node).await });
    Ok(())
}

async fn ensure_recurring(app: &App) -> Result<()> {
    let recurring = app.jobs().recurring();
    if recurring.is_empty() {
        return Ok(());
    }
    let mut tx = app.tx(&crate::Actor::engine("jobs")).await?;
    for (kind, every) in recurring {
        tx.job(NewJob::new(kind, &Value::Null).after(every).once(format!("every:{kind}")));
    }
    tx.commit().await
}

async fn work(app: App, node: String) {
    let places = Arc::new(tokio::sync::Semaphore::new(app.config().job_workers.max(1)));
    let stopping = app.tasks().stopping();
    let wake = Arc::clone(&app.jobs().wake);
    loop {
        let place = tokio::select! {
            biased;
            // Before each claim: a worker that stops takes nothing more, however long it waited for a place.
            () = stopping.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { return };
        let claimed = match claim(&app, &node).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "claiming a job failed");
                None
            }
        };
        match claimed {
            // Claimed while the stop was on its way.
            Some(job) if stopping.is_cancelled() => {
                if let Err(error) = give_back(&app, &job).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a job was not given back");
                }
                return;
            }
            Some(job) => {
                let app_of_job = app.clone();
                let wake = Arc::clone(&wake);
                app.tasks().spawn("job", async move {
                    run(&app_of_job, job).await;
                    drop(place);
                    wake.notify_one();
                });
            }
            None => {
                drop(place);
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = wake.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
        if stopping.is_cancelled() {
            return;
        }
    }
}

async fn claim(app: &App, node: &str) -> Result<Option<Job>> {
    let db = app.db().write();
    let now = app.clock().now();
    let lease: Uuid = app.ids().next();
    let due = "SELECT id FROM jobs WHERE (state = 'ready' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1) \
               ORDER BY priority DESC, run_at, id LIMIT 1";
    // A look before the claim: an idle queue must not take the writer's place every second.
    if !app.db().is_postgres() && app.db().read().query_one_raw(sql(db, due, [now.into()])).await.db()?.is_none() {
        return Ok(None);
    }
    let skip_locked = if app.db().is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let claim = sql(
        db,
        format!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_token = $2, lease_until = $3, node = $4 \
             WHERE id = ({due}{skip_locked}) RETURNING id, kind, payload, attempts, max_attempts"
        ),
        [now.into(), lease.into(), (now + LEASE).into(), node.into()],
    );
    let Some(row) = db.query_one_raw(claim).await.db()? else { return Ok(None) };
    Ok(Some(Job {
        id: JobId(row.try_get("", "id").db()?),
        kind: row.try_get("", "kind").db()?,
        payload: row.try_get("", "payload").db()?,
        attempt: row.try_get("", "attempts").db()?,
        max_attempts: row.try_get("", "max_attempts").db()?,
        lease,
    }))
}

/// Leaves a job that was claimed and not begun to whoever comes next.
async fn give_back(app: &App, job: &Job) -> Result<()> {
    let row = sql(
        app.db().write(),
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, lease_token = NULL, lease_until = NULL, node = NULL \
         WHERE id = $1 AND lease_token = $2",
        [job.id.0.into(), job.lease.into()],
    );
    app.db().write().execute_raw(row).await.db()?;
    Ok(())
}

async fn run(app: &App, job: Job) {
    let outcome = match app.jobs().handler(&job.kind) {
        None => Err(Error::internal(format!("no handler for jobs of kind {}", job.kind))),
        // Its attempts were used up by workers that were lost with it, so it may be what takes them down.
        Some(handler) if job.attempt > job.max_attempts && handler.every().is_none() => {
            Err(Error::internal("every worker that tried was lost"))
        }
        Some(handler) => {
            let work = handler.run(app, &job);
            let beat = keep_lease(app, &job);
            tokio::select! {
                done = work => done,
                () = beat => {
                    tracing::warn!(job = %job.id, kind = job.kind, "another worker took the job over");
                    return;
                }
            }
        }
    };
    metrics::counter!("skald_jobs_total", "kind" => job.kind.clone(), "ok" => outcome.is_ok().to_string()).increment(1);
    if let Err(error) = &outcome {
        tracing::warn!(job = %job.id, kind = job.kind, error = error as &dyn std::error::Error, "job failed");
    }
    if let Err(error) = settle(app, &job, outcome).await {
        tracing::error!(job = %job.id, error = &error as &dyn std::error::Error, "a job's end was not recorded");
    }
}

/// Extends the lease until it is lost; then returns.
async fn keep_lease(app: &App, job: &Job) {
    loop {
        tokio::time::sleep(BEAT).await;
        let extend = sql(
            app.db().write(),
            "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND lease_token = $2 AND state = 'running'",
            [job.id.0.into(), job.lease.into(), (app.clock().now() + LEASE).into()],
        );
        match app.db().write().execute_raw(extend).await {
            Ok(done) if done.rows_affected() == 0 => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a lease was not extended"),
        }
    }
}

async fn settle(app: &App, job: &Job, outcome: Result<()>) -> Result<()> {
    let now = app.clock().now();
    let db = app.db().write();
    let every = app.jobs().handler(&job.kind).and_then(|handler| handler.every());
    let (state, run_at, error) = match (&outcome, every) {
        (_, Some(every)) => ("ready", now + every, outcome.as_ref().err().map(ToString::to_string)),
        (Ok(()), None) => ("done", now, None),
        (Err(error), None) if job.attempt >= job.max_attempts => ("dead", now, Some(error.to_string())),
        (Err(error), None) => {
            let wait = (1_i64 << (job.attempt - 1).clamp(0, 20)).min(LONGEST_WAIT_S);
            ("ready", now + TimeDelta::seconds(wait), Some(error.to_string()))
        }
    };
    let finished = matches!(state, "done" | "dead").then_some(now);
    let row = sql(
        db,
        "UPDATE jobs SET state = $3, run_at = $4, error = $5, finished_at = $6, lease_token = NULL, lease_until = NULL, \
         node = NULL, dedup_key = CASE WHEN $3 = 'ready' THEN dedup_key ELSE NULL END \
         WHERE id = $1 AND lease_token = $2",
        [job.id.0.into(), job.lease.into(), state.into(), run_at.into(), error.into(), finished.into()],
    );
    db.execute_raw(row).await.db()?;
    Ok(())
}

/// How many jobs wait and how long the oldest has been due, in seconds; for metrics and readiness.
///
/// # Errors
/// When the database fails.
pub async fn backlog(app: &App) -> Result<(u64, u64)> {
    let now = app.clock().now();
    let row = sql(
        app.db().read(),
        "SELECT COUNT(*) AS waiting, MIN(run_at) AS oldest FROM jobs WHERE state = 'ready' AND run_at <= $1",
        [now.into()],
    );
    let Some(row) = app.db().read().query_one_raw(row).await.db()? else { return Ok((0, 0)) };
    let waiting: i64 = row.try_get("", "waiting").db()?;
    let oldest: Option<DateTime<Utc>> = row.try_get("", "oldest").db()?;
    Ok((waiting as u64, oldest.map_or(0, |at| (now - at).num_seconds().max(0) as u64)))
}

/// Hourly tidying: finished jobs older than a week and idempotency keys older than a day go.
pub struct Housekeeping;

#[async_trait]
impl Handler for Housekeeping {
    fn kind(&self) -> &'static str {
        "platform.housekeeping"
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::hours(1))
    }

    async fn run(&self, app: &App, _: &Job) -> Result<()> {
        crate::idempotency::purge(app).await?;
        let old = sql(
            app.db().write(),
            "DELETE FROM jobs WHERE state = 'done' AND finished_at < $1",
            [(app.clock().now() - TimeDelta::days(7)).into()],
        );
        app.db().write().execute_raw(old).await.db()?;
        Ok(())
    }
}
