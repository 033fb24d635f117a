//! The queue: enqueued with the change, claimed by one, tried again later and later, and given up visibly.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use skald::wiring::Schema;
use skald_kernel::{Clock, Error, ErrorCode, JobId, Result, UserId};
use skald_platform::{
    Actor, App, AppBuilder, Db,
    db::sql,
    idempotency,
    jobs::{self, Handler, Housekeeping, Job, NewJob},
    secrets::Secrets,
    testing::TestDb,
};
use tokio::sync::{mpsc, oneshot};

use crate::support::*;

/// A job that runs, and how it shall end.
struct Run {
    attempt: i32,
    payload: Value,
    end: oneshot::Sender<Result<()>>,
}

/// Hands each run to the test and waits for its end.
struct Handed(mpsc::UnboundedSender<Run>);

#[async_trait::async_trait]
impl Handler for Handed {
    fn kind(&self) -> &'static str {
        "test.handed"
    }

    async fn run(&self, _: &App, job: &Job) -> Result<()> {
        let (end, ended) = oneshot::channel();
        let run = Run { attempt: job.attempt, payload: job.payload.clone(), end };
        self.0.send(run).map_err(|_| Error::internal("the test is over"))?;
        ended.await.map_err(Error::internal)?
    }
}

/// Does nothing.
struct Nothing;

#[async_trait::async_trait]
impl Handler for Nothing {
    fn kind(&self) -> &'static str {
        "test.nothing"
    }

    async fn run(&self, _: &App, _: &Job) -> Result<()> {
        Ok(())
    }
}

struct Node {
    app: App,
    runs: mpsc::UnboundedReceiver<Run>,
}

struct Row {
    state: String,
    attempts: i32,
    run_at: DateTime<Utc>,
    error: Option<String>,
    finished: bool,
}

impl Node {
    /// One of several programs on a database; its worker is not started yet.
    async fn new(t: &TestDb, name: &str, clock: &Clock, more: impl FnOnce(AppBuilder) -> AppBuilder) -> Self {
        let mut config = t.config.clone();
        config.node_name = Some(name.into());
        let db = Db::connect(&config).await.unwrap();
        db.migrate::<Schema>().await.unwrap();
        let (told, runs) = mpsc::unbounded_channel();
        let blobs = skald_platform::Blobs::open(&config.data_dir).unwrap();
        let builder = App::builder(config, db, blobs, Secrets::from_key([7; 32]), "test".into()).clock(clock.clone());
        let app = more(builder.job(Handed(told)).job(Nothing)).build();
        Self { app, runs }
    }

    async fn started(t: &TestDb, name: &str, clock: &Clock) -> Self {
        let node = Self::new(t, name, clock, |builder| builder).await;
        jobs::start(&node.app).await.unwrap();
        node
    }

    async fn enqueue(&self, job: NewJob) -> JobId {
        let mut tx = self.app.tx(&Actor::engine("test")).await.unwrap();
        let id = tx.job(job);
        tx.commit().await.unwrap();
        id
    }

    /// Wakes the worker and returns when it has looked: everything due before now was claimed.
    async fn look(&self) {
        let id = self.enqueue(NewJob::new("test.nothing", &json!({}))).await;
        self.until(id, |row| row.state == "done").await;
    }

    async fn row(&self, id: JobId) -> Option<Row> {
        let db = self.app.db().read();
        let row = sql(db, "SELECT state, attempts, run_at, error, finished_at FROM jobs WHERE id = $1", [id.0.into()]);
        let row = db.query_one_raw(row).await.unwrap()?;
        Some(Row {
            state: row.try_get("", "state").unwrap(),
            attempts: row.try_get("", "attempts").unwrap(),
            run_at: row.try_get("", "run_at").unwrap(),
            error: row.try_get("", "error").unwrap(),
            finished: row.try_get::<Option<DateTime<Utc>>>("", "finished_at").unwrap().is_some(),
        })
    }

    async fn until(&self, id: JobId, fits: impl Fn(&Row) -> bool) -> Row {
        let look = async {
            loop {
                if let Some(row) = self.row(id).await.filter(&fits) {
                    return row;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), look).await.expect("the job gets there within 20 s")
    }

    async fn run(&mut self) -> Run {
        let run = tokio::time::timeout(Duration::from_secs(20), self.runs.recv()).await;
        run.expect("a run within 20 s").expect("a run")
    }

    fn idle(&mut self) -> bool {
        self.runs.try_recv().is_err()
    }

    async fn count(&self, text: &str) -> i64 {
        let db = self.app.db().read();
        db.query_one_raw(sql(db, text, [])).await.unwrap().unwrap().try_get("", "n").unwrap()
    }
}

fn clock() -> Clock {
    Clock::fixed(DateTime::from_timestamp(1_800_000_000, 0).unwrap())
}

fn failure() -> Result<()> {
    Err(Error::new(ErrorCode::Conflict, "Not yet."))
}

#[db_test]
async fn a_failing_job_is_tried_again_after_growing_waits_and_then_given_up(t: TestDb) {
    let clock = clock();
    let mut node = Node::started(&t, "one", &clock).await;
    let id = node.enqueue(NewJob::new("test.handed", &json!({ "n": 7 })).max_attempts(12)).await;
    for attempt in 1..=12 {
        let run = node.run().await;
        assert_eq!((run.attempt, &run.payload), (attempt, &json!({ "n": 7 })));
        run.end.send(failure()).unwrap();
        if attempt == 12 {
            break;
        }
        let row = node.until(id, |row| row.state == "ready").await;
        let wait = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600][attempt as usize - 1];
        assert_eq!(row.run_at - clock.now(), TimeDelta::seconds(wait));
        assert!(row.error.unwrap().contains("Not yet."));
        assert!(!row.finished);
        clock.advance(TimeDelta::seconds(wait) - TimeDelta::milliseconds(1));
        node.look().await;
        assert!(node.idle(), "attempt {} came too early", attempt + 1);
        clock.advance(TimeDelta::milliseconds(1));
        node.look().await;
    }
    let row = node.until(id, |row| row.state == "dead").await;
    assert_eq!(row.attempts, 12);
    assert!(row.finished && row.error.unwrap().contains("Not yet."));
    clock.advance(TimeDelta::days(1));
    node.look().await;
    assert!(node.idle());
}

#[db_test]
async fn a_job_that_fails_once_succeeds_later(t: TestDb) {
    let clock = clock();
    let mut node = Node::started(&t, "one", &clock).await;
    let id = node.enqueue(NewJob::new("test.handed", &json!({}))).await;
    node.run().await.end.send(failure()).unwrap();
    node.until(id, |row| row.state == "ready").await;
    clock.advance(TimeDelta::seconds(1));
    node.look().await;
    let run = node.run().await;
    assert_eq!(run.attempt, 2);
    run.end.send(Ok(())).unwrap();
    let row = node.until(id, |row| row.state == "done").await;
    assert!(row.finished && row.error.is_none());
}

#[db_test]
async fn a_job_of_a_killed_worker_is_taken_over_once_and_the_old_worker_is_not_heard(t: TestDb) {
    let clock = clock();
    let mut killed = Node::started(&t, "killed", &clock).await;
    let id = killed.enqueue(NewJob::new("test.handed", &json!({}))).await;
    let old = killed.run().await;
    assert_eq!(old.attempt, 1);

    // While the lease holds, nobody else takes it.
    let mut heirs = [Node::started(&t, "heir", &clock).await, Node::started(&t, "other heir", &clock).await];
    clock.advance(TimeDelta::seconds(29));
    for heir in &mut heirs {
        heir.look().await;
        assert!(heir.idle());
    }
    clock.advance(TimeDelta::seconds(2));
    // Both look at the same moment.
    let [one, other] = &mut heirs;
    futures::join!(one.look(), other.look());
    let new = tokio::select! { run = one.run() => run, run = other.run() => run };
    assert_eq!(new.attempt, 2);
    futures::join!(one.look(), other.look());
    assert!(one.idle() && other.idle(), "it was taken over twice");

    // The old worker was only slow; what it says now is ignored.
    old.end.send(failure()).unwrap();
    killed.app.tasks().stop().await;
    let row = one.row(id).await.unwrap();
    assert_eq!((row.state.as_str(), row.attempts, row.error), ("running", 2, None));
    new.end.send(Ok(())).unwrap();
    let row = one.until(id, |row| row.state == "done").await;
    assert_eq!(row.attempts, 2);
}

#[db_test]
async fn a_restarted_node_takes_up_what_its_former_life_left(t: TestDb) {
    let clock = clock();
    let mut before = Node::started(&t, "one", &clock).await;
    let id = before.enqueue(NewJob::new("test.handed", &json!({}))).await;
    let lost = before.run().await;
    let mut after = Node::started(&t, "one", &clock).await;
    let run = after.run().await;
    assert_eq!(run.attempt, 2, "at once, without waiting for the lease");
    run.end.send(Ok(())).unwrap();
    after.until(id, |row| row.state == "done").await;
    drop(lost);
}

#[db_test]
async fn a_job_that_takes_its_workers_down_with_it_is_given_up(t: TestDb) {
    let clock = clock();
    let mut lives = Vec::new();
    let mut id = None;
    for life in 1..=2 {
        let mut node = Node::started(&t, "one", &clock).await;
        if life == 1 {
            id = Some(node.enqueue(NewJob::new("test.handed", &json!({})).max_attempts(2)).await);
        }
        let run = node.run().await;
        assert_eq!(run.attempt, life);
        // Killed: neither does it end nor is it stopped.
        lives.push((node, run));
    }
    let mut last = Node::started(&t, "one", &clock).await;
    last.until(id.unwrap(), |row| row.state == "dead").await;
    assert!(last.idle());
}

#[db_test]
async fn a_job_of_a_change_that_did_not_happen_never_runs(t: TestDb) {
    let clock = clock();
    let mut node = Node::started(&t, "one", &clock).await;
    let mut tx = node.app.tx(&Actor::engine("test")).await.unwrap();
    tx.job(NewJob::new("test.handed", &json!({})));
    drop(tx);
    // One that fails at its commit: two audit rows cannot have one id, so break it with a table that is not there.
    let mut tx = node.app.tx(&Actor::engine("test")).await.unwrap();
    tx.job(NewJob::new("test.handed", &json!({})));
    let broken = tx.conn().execute_unprepared("INSERT INTO no_such_table VALUES (1)").await;
    assert!(broken.is_err());
    drop(tx);
    node.look().await;
    assert!(node.idle());
    assert_eq!(node.count("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'test.handed'").await, 0);
}

#[db_test]
async fn a_job_may_wait_and_may_be_the_only_one_of_its_key(t: TestDb) {
    let clock = clock();
    let mut node = Node::started(&t, "one", &clock).await;
    let job = |n| NewJob::new("test.handed", &json!(n)).once("key").after(TimeDelta::minutes(5));
    node.enqueue(job(1)).await;
    node.enqueue(job(2)).await;
    node.look().await;
    assert!(node.idle());
    clock.advance(TimeDelta::minutes(5));
    node.look().await;
    let run = node.run().await;
    assert_eq!(run.payload, 1);
    // Also while it runs.
    node.enqueue(job(3)).await;
    assert_eq!(node.count("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'test.handed'").await, 1);
    run.end.send(Ok(())).unwrap();
    node.look().await;
    let free = async {
        while node.count("SELECT COUNT(*) AS n FROM jobs WHERE dedup_key = 'key'").await > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), free).await.expect("the key is given back");
    node.enqueue(job(4)).await;
    clock.advance(TimeDelta::minutes(5));
    node.look().await;
    let run = node.run().await;
    assert_eq!(run.payload, 4);
    run.end.send(Ok(())).unwrap();
}

#[db_test]
async fn a_job_nobody_knows_is_kept_for_who_does(t: TestDb) {
    let clock = clock();
    let node = Node::started(&t, "one", &clock).await;
    let id = node.enqueue(NewJob::new("test.unknown", &json!({})).max_attempts(1)).await;
    let row = node.until(id, |row| row.state == "dead").await;
    assert!(row.error.is_some());
}

#[db_test]
async fn a_stopping_worker_finishes_what_it_does_and_takes_nothing_more(t: TestDb) {
    let clock = clock();
    let mut node = Node::started(&t, "one", &clock).await;
    let id = node.enqueue(NewJob::new("test.handed", &json!({}))).await;
    let run = node.run().await;
    let tasks = node.app.tasks().clone();
    let mut stopping = std::pin::pin!(tasks.stop());
    assert!(futures::poll!(stopping.as_mut()).is_pending(), "it waits for the job");
    let later = node.enqueue(NewJob::new("test.handed", &json!({}))).await;
    run.end.send(Ok(())).unwrap();
    stopping.await;
    assert_eq!(node.row(id).await.unwrap().state, "done");
    assert_eq!(node.row(later).await.unwrap().state, "ready");
    assert!(node.idle());
}

#[db_test]
async fn housekeeping_forgets_what_is_old_and_stays_due_every_hour(t: TestDb) {
    let clock = clock();
    let node = Node::new(&t, "one", &clock, |builder| builder.job(Housekeeping)).await;
    jobs::start(&node.app).await.unwrap();
    // A second start does not make a second one.
    let other = Node::new(&t, "two", &clock, |builder| builder.job(Housekeeping)).await;
    jobs::start(&other.app).await.unwrap();
    other.app.tasks().stop().await;
    let kept = "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'platform.housekeeping'";
    assert_eq!(node.count(kept).await, 1);

    let user: UserId = node.app.ids().next();
    idempotency::claim(&node.app, user, "old", b"hash").await.unwrap();
    let dead = node.enqueue(NewJob::new("test.unknown", &json!({})).max_attempts(1)).await;
    node.until(dead, |row| row.state == "dead").await;
    let old = node.enqueue(NewJob::new("test.nothing", &json!({}))).await;
    node.until(old, |row| row.state == "done").await;
    clock.advance(TimeDelta::days(6));
    let young = node.enqueue(NewJob::new("test.nothing", &json!({}))).await;
    node.until(young, |row| row.state == "done").await;
    // The run that fell due meanwhile has ended, and the next is an hour off by this clock.
    let once =
        "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'platform.housekeeping' AND state = 'ready' AND attempts = 1";
    let ran = async {
        while node.count(once).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ran).await.expect("it runs when it is due");
    clock.advance(TimeDelta::days(1) + TimeDelta::minutes(1));
    idempotency::claim(&node.app, user, "new", b"hash").await.unwrap();
    node.look().await;

    let gone = async {
        while node.row(old).await.is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("it is forgotten");
    assert!(node.row(young).await.is_some());
    assert!(node.row(dead).await.is_some(), "what failed for good stays visible");
    assert_eq!(node.count("SELECT COUNT(*) AS n FROM idempotency_keys").await, 1);
    assert_eq!(node.count(kept).await, 1);
    let next = "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'platform.housekeeping' AND state = 'ready'";
    let due = async {
        while node.count(next).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), due).await.expect("it is due again");
}
