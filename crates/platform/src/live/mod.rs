//! The live hub: clients follow numbered streams over one socket and get every entry, in order, without gaps.
//!
//! The log in the database is the truth. A [`Room`] exists per stream while somebody follows it; after a commit it is told
//! that the stream grew and reads what is new, whoever wrote it. A lost wake-up, or a change by another node, is found by a
//! look every second. What is sent is serialised once and shared. A reader too slow for its queue is closed with a code
//! that says "come back and resume", which loses nothing. Ephemeral news (typing, presence, words of an answer) has no
//! number and may be lost.

mod nodes;
mod protocol;
mod room;
mod socket;
mod ticket;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::{Mutex, RwLock};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use skald_kernel::{CampaignId, DeviceId, Result, StreamKey, StreamKind, UserId};

pub use protocol::{ClientFrame, Item, Snapshot};
pub use room::Room;
pub use socket::route;
pub use ticket::{TICKET_S, issue};

use crate::{
    Actor, App,
    db::{DbResult, sql},
};

/// How often rooms look for entries that nobody woke them for.
const SAFETY_POLL: Duration = Duration::from_millis(1000);

/// Where the entries of one kind of stream come from, and who may follow it.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// The kind it serves.
    fn kind(&self) -> StreamKind;

    /// Refuses those who may not follow the stream (not found, so that its existence is not told).
    async fn authorize(&self, app: &App, actor: &Actor, stream: StreamKey) -> Result<()>;

    /// The present state for a client that has nothing, and the number it is true for.
    async fn snapshot(&self, app: &App, actor: &Actor, stream: StreamKey) -> Result<Snapshot>;

    /// Entries after `seq`, ascending, at most `limit`. The same for everybody who may follow the stream.
    async fn read_after(&self, app: &App, stream: StreamKey, seq: u64, limit: u64) -> Result<Vec<Item>>;

    /// What a newcomer should hear of what is not in the log, such as the words of a running answer.
    async fn ephemeral(&self, _app: &App, _stream: StreamKey) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Carries out a command and tells the number of the entry it made, if it made one.
    async fn command(
        &self,
        app: &App,
        actor: &Actor,
        stream: StreamKey,
        name: &str,
        args: Value,
    ) -> Result<Option<u64>>;

    /// The name to show for a user who is present.
    async fn display_name(&self, app: &App, user: UserId) -> Result<String>;
}

/// Whose live connections or subscriptions must go after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoked {
    /// A device was signed out: its sockets close.
    Device(DeviceId),
    /// A user was removed: all sockets close.
    User(UserId),
    /// Roles in a campaign changed: each subscription of the user is checked again.
    Member(CampaignId, UserId),
}

/// The hub of one process.
pub struct Live {
    epoch: String,
    heartbeat_s: u64,
    sources: RwLock<HashMap<StreamKind, Arc<dyn Source>>>,
    rooms: Mutex<HashMap<StreamKey, Arc<Room>>>,
    revocations: tokio::sync::broadcast::Sender<Revoked>,
    tickets: ticket::Spent,
    others: nodes::Others,
}

impl Live {
    pub(crate) fn new(epoch: String, heartbeat_s: u64) -> Self {
        Self {
            epoch,
            heartbeat_s,
            sources: RwLock::default(),
            rooms: Mutex::default(),
            revocations: tokio::sync::broadcast::Sender::new(256),
            tickets: ticket::Spent::default(),
            others: nodes::Others::default(),
        }
    }

    pub(crate) fn register(&self, source: Arc<dyn Source>) {
        self.sources.write().insert(source.kind(), source);
    }

    pub(crate) fn source(&self, kind: StreamKind) -> Option<Arc<dyn Source>> {
        self.sources.read().get(&kind).cloned()
    }

    /// Tells followers of a stream that it has grown to `seq`. Called after the commit.
    pub fn appended(&self, stream: StreamKey, seq: u64) {
        self.grew(stream, seq);
        self.others.tell(|| nodes::News::Grew(stream.to_string(), seq));
    }

    fn grew(&self, stream: StreamKey, seq: u64) {
        if let Some(room) = self.rooms.lock().get(&stream) {
            room.grew(seq);
        }
    }

    /// Sends something without a number to everybody who follows the stream right now.
    pub fn ephemeral(&self, stream: StreamKey, kind: &str, data: &Value) {
        self.ephemeral_behind(stream, 0, kind, data);
    }

    /// The same, but not before the followers have the entry `seq`, which must be committed.
    pub fn ephemeral_behind(&self, stream: StreamKey, seq: u64, kind: &str, data: &Value) {
        self.show(stream, seq, kind, data);
        self.others.tell(|| nodes::News::Said(stream.to_string(), seq, kind.to_owned(), data.clone()));
    }

    fn show(&self, stream: StreamKey, seq: u64, kind: &str, data: &Value) {
        let room = self.rooms.lock().get(&stream).cloned();
        if let Some(room) = room {
            room.ephemeral_behind(seq, kind, data);
        }
    }

    /// Whether anybody follows the stream on this node.
    pub fn is_followed(&self, stream: StreamKey) -> bool {
        self.rooms.lock().contains_key(&stream)
    }

    pub(crate) fn revoke(&self, revoked: Revoked) {
        self.close(revoked);
        self.others.tell(|| nodes::News::Revoked(revoked));
    }

    fn close(&self, revoked: Revoked) {
        // Nobody connected is no error.
        let _ = self.revocations.send(revoked);
    }

    /// The room of a stream, made when there is none, with the caller counted in.
    pub(crate) fn enter(&self, app: &App, stream: StreamKey, source: &Arc<dyn Source>) -> Arc<Room> {
        let mut rooms = self.rooms.lock();
        let room = rooms.entry(stream).or_insert_with(|| Room::open(app, stream, Arc::clone(source)));
        room.enter();
        Arc::clone(room)
    }

    /// Counts the caller out; the last one closes the room.
    pub(crate) fn leave(&self, room: &Room) {
        let mut rooms = self.rooms.lock();
        if room.leave() {
            rooms.remove(&room.stream());
            room.close();
        }
    }

    /// The users who follow a stream on this node.
    pub fn users(&self, stream: StreamKey) -> Vec<UserId> {
        let room = self.rooms.lock().get(&stream).cloned();
        room.map(|room| room.users()).unwrap_or_default()
    }

    /// How many streams are followed on this node, for metrics.
    pub fn rooms(&self) -> usize {
        self.rooms.lock().len()
    }
}

/// The epoch of a database: it changes when the numbers of its streams can no longer be compared with what clients hold,
/// as after restoring a backup. Made on first start.
///
/// # Errors
/// When the database fails.
pub async fn epoch(db: &crate::Db, ids: &skald_kernel::Ids) -> Result<String> {
    let fresh: uuid::Uuid = ids.next();
    let insert = sql(
        db.write(),
        "INSERT INTO installation (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING",
        [fresh.simple().to_string().into()],
    );
    db.write().execute_raw(insert).await.db()?;
    let read = sql(db.write(), "SELECT value FROM installation WHERE name = 'epoch'", []);
    let row = db.write().query_one_raw(read).await.db()?;
    row.ok_or_else(|| skald_kernel::Error::internal("the epoch is gone"))?.try_get("", "value").db()
}

/// Starts the look for what no wake-up announced, and the talk with other nodes.
pub fn start(app: &App) {
    nodes::start(app);
    let hub = app.clone();
    app.tasks().spawn("live", async move {
        let stopping = hub.tasks().stopping();
        let mut tick = tokio::time::interval(SAFETY_POLL);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = tick.tick() => {}
            }
            if let Err(error) = look(&hub).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "looking for news failed");
            }
        }
    });
}

/// Compares the counters of all open rooms with what they have delivered, in one query per hundred rooms.
async fn look(app: &App) -> Result<()> {
    let rooms: Vec<Arc<Room>> = app.live().rooms.lock().values().cloned().collect();
    for some in rooms.chunks(100) {
        let marks: Vec<String> = (1..=some.len()).map(|n| format!("${n}")).collect();
        let counters = sql(
            app.db().read(),
            format!("SELECT key, seq FROM streams WHERE key IN ({})", marks.join(", ")),
            some.iter().map(|room| room.stream().to_string().into()),
        );
        let rows = app.db().read().query_all_raw(counters).await.db()?;
        for row in rows {
            let (key, seq): (String, i64) = (row.try_get("", "key").db()?, row.try_get("", "seq").db()?);
            if let Ok(stream) = key.parse() {
                app.live().grew(stream, seq as u64);
            }
        }
    }
    Ok(())
}
