//! A change: one transaction in which rows, audit, events and jobs commit together or not at all.
//!
//! What others hear of a change (live streams, job workers) is told after the commit, never before.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::Value;
use skald_kernel::{AccessTokenId, CampaignId, DeviceId, Event, Ids, JobId, Lane, Result, SiteRole, StreamKey, UserId};
use uuid::Uuid;

use crate::{
    App,
    db::{DbResult, sql},
    jobs::NewJob,
};

/// What a personal access token leaves of its owner's rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The token.
    pub token: AccessTokenId,
    /// The only campaign it is for; absent: all of its owner's.
    pub campaign: Option<CampaignId>,
    /// Whether it may change anything.
    pub writes: bool,
}

/// Who does something, and in which request.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The user; absent for the engine itself and for visitors.
    pub user: Option<UserId>,
    /// The device it is signed in on.
    pub device: Option<DeviceId>,
    /// Whether the user is an admin of the site; never through a personal access token.
    pub admin: bool,
    /// The personal access token the user speaks through; absent where they signed in themselves.
    pub grant: Option<Grant>,
    /// The request, for the log and the audit.
    pub request_id: String,
    /// The idempotency key the request carries; the transaction marks it done.
    pub idempotency_key: Option<String>,
}

impl Actor {
    /// Skald itself: jobs, start-up, the command line.
    pub fn engine(what: &str) -> Self {
        Self { request_id: what.to_owned(), ..Self::default() }
    }

    /// A user, with nothing more known; for socket commands and tests.
    pub fn user(user: UserId, device: Option<DeviceId>, site_role: SiteRole) -> Self {
        Self { user: Some(user), device, admin: site_role == SiteRole::Admin, ..Self::default() }
    }
}

/// One line of the audit log.
#[derive(Debug)]
pub struct Audit {
    /// The campaign, if it is about one.
    pub campaign: Option<CampaignId>,
    /// The verb, such as `entity.update`.
    pub action: &'static str,
    /// What it was done to.
    pub subject: Option<Uuid>,
    /// What changed; no secrets.
    pub detail: Value,
}

/// An open transaction. Dropped without [`Tx::commit`], nothing happened.
pub struct Tx {
    app: App,
    conn: DatabaseTransaction,
    actor: Actor,
    now: DateTime<Utc>,
    events: Vec<Event>,
    audits: Vec<Audit>,
    jobs: Vec<NewJob>,
    appended: Vec<(StreamKey, u64)>,
    revoked: Vec<crate::live::Revoked>,
}

impl Tx {
    pub(crate) async fn begin(app: App, actor: Actor) -> Result<Self> {
        let conn = app.db().begin().await.db()?;
        let now = app.clock().now();
        Ok(Self {
            app,
            conn,
            actor,
            now,
            events: Vec::new(),
            audits: Vec::new(),
            jobs: Vec::new(),
            appended: Vec::new(),
            revoked: Vec::new(),
        })
    }

    /// The connection to query and write through.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    /// The moment of the change, the same for all its rows.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Makes ids.
    pub fn ids(&self) -> &Ids {
        self.app.ids()
    }

    /// The program.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Who changes something.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Tells listeners about the change once it is committed.
    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Writes a line into the audit log.
    pub fn audit(
        &mut self,
        campaign: Option<CampaignId>,
        action: &'static str,
        subject: impl Into<Option<Uuid>>,
        detail: Value,
    ) {
        self.audits.push(Audit { campaign, action, subject: subject.into(), detail });
    }

    /// Enqueues background work; it becomes visible to workers with the commit.
    pub fn job(&mut self, job: NewJob) -> JobId {
        let id = job.id(self.ids());
        self.jobs.push(job.with_id(id));
        id
    }

    /// Closes live connections, or checks their subscriptions again, once the change is committed.
    pub fn revoke(&mut self, revoked: crate::live::Revoked) {
        self.revoked.push(revoked);
    }

    /// Takes the next `count` numbers of a stream and returns the first. The counter row stays locked until the commit, so
    /// numbers become visible in order and without gaps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_seq(&mut self, stream: StreamKey, count: u64) -> Result<u64> {
        let last = take_numbers(&self.conn, stream, count).await?;
        self.appended.push((stream, last));
        Ok(last + 1 - count)
    }

    /// Commits everything, then wakes whoever listens.
    ///
    /// # Errors
    /// When the database fails; then nothing happened.
    pub async fn commit(mut self) -> Result<()> {
        self.write_audits().await?;
        if !self.jobs.is_empty() {
            crate::jobs::insert(&self.conn, &self.jobs, self.now).await?;
        }
        if let (Some(user), Some(key)) = (self.actor.user, &self.actor.idempotency_key) {
            crate::idempotency::mark_committed(&self.conn, user, key).await?;
        }
        self.write_events().await?;
        self.conn.commit().await.db()?;
        for (stream, seq) in self.appended {
            self.app.live().appended(stream, seq);
        }
        for revoked in self.revoked {
            self.app.live().revoke(revoked);
        }
        if !self.jobs.is_empty() {
            self.app.jobs().wake();
        }
        Ok(())
    }

    async fn write_audits(&mut self) -> Result<()> {
        for audit in self.audits.drain(..) {
            let row = sql(
                &self.conn,
                "INSERT INTO audit (id, campaign_id, user_id, action, subject_id, detail, request_id, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                [
                    self.app.ids().next::<Uuid>().into(),
                    audit.campaign.map(|id| id.0).into(),
                    self.actor.user.map(|id| id.0).into(),
                    audit.action.into(),
                    audit.subject.into(),
                    audit.detail.into(),
                    self.actor.request_id.clone().into(),
                    self.now.into(),
                ],
            );
            self.conn.execute_raw(row).await.db()?;
        }
        Ok(())
    }

    /// Events of one campaign and lane take their numbers at once, in a fixed order, so that two transactions never wait
    /// for each other's counters.
    async fn write_events(&mut self) -> Result<()> {
        let mut events = std::mem::take(&mut self.events);
        events.sort_by_key(|event| (event.campaign, event.lane == Lane::Gm));
        let mut rest = events.as_slice();
        while let Some(first) = rest.first() {
            let alike = rest.iter().take_while(|e| e.campaign == first.campaign && e.lane == first.lane).count();
            let (batch, later) = rest.split_at(alike);
            rest = later;
            let stream = StreamKey::campaign(first.campaign, first.lane);
            let last = take_numbers(&self.conn, stream, batch.len() as u64).await?;
            self.appended.push((stream, last));
            for (event, seq) in batch.iter().zip(last + 1 - batch.len() as u64..) {
                let row = sql(
                    &self.conn,
                    "INSERT INTO events (stream, seq, campaign_id, kind, subject_id, user_id, created_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    [
                        stream.to_string().into(),
                        (seq as i64).into(),
                        event.campaign.0.into(),
                        event.kind.into(),
                        event.subject.into(),
                        self.actor.user.map(|id| id.0).into(),
                        self.now.into(),
                    ],
                );
                self.conn.execute_raw(row).await.db()?;
            }
        }
        Ok(())
    }
}

async fn take_numbers(conn: &DatabaseTransaction, stream: StreamKey, count: u64) -> Result<u64> {
    let statement = sql(
        conn,
        "INSERT INTO streams (key, seq) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET seq = streams.seq + excluded.seq RETURNING seq",
        [stream.to_string().into(), (count as i64).into()],
    );
    let row = conn.query_one_raw(statement).await.db()?;
    let last: i64 =
        row.ok_or_else(|| skald_kernel::Error::internal("a counter gave no number"))?.try_get("", "seq").db()?;
    Ok(last as u64)
}
