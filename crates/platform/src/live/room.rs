//! A room: everybody on this node who follows one stream.
//!
//! Invariant: a follower has been sent every entry up to `last`, or up to its own `after` where it came with more. The
//! room's lock is held while a batch is handed to the queues, so nobody joins between two entries of it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use skald_kernel::{Result, StreamKey, UserId};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::{Source, protocol};
use crate::App;

/// Entries read from the log at once.
const BATCH: u64 = 200;

/// Where a socket's frames go. The queue is bounded: a reader that lets it fill is closed and resumes later.
#[derive(Clone, Debug)]
pub(super) struct Outbox {
    pub(super) queue: mpsc::Sender<Utf8Bytes>,
    pub(super) too_slow: CancellationToken,
}

impl Outbox {
    fn offer(&self, frame: Utf8Bytes) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(frame) {
            self.too_slow.cancel();
        }
    }
}

struct Follower {
    socket: u64,
    after: u64,
    outbox: Outbox,
}

#[derive(Default)]
struct State {
    /// The last entry handed to everybody; meaningless while nobody follows.
    last: u64,
    followers: Vec<Follower>,
    /// Ephemeral frames that belong behind an entry that was not handed out yet.
    behind: Vec<(u64, Utf8Bytes)>,
    present: BTreeMap<UserId, (String, usize)>,
}

/// Everybody on this node who follows one stream.
pub struct Room {
    stream: StreamKey,
    source: Arc<dyn Source>,
    inside: AtomicUsize,
    known: AtomicU64,
    state: Mutex<State>,
    wake: Notify,
    closed: CancellationToken,
}

impl Room {
    pub(super) fn open(app: &App, stream: StreamKey, source: Arc<dyn Source>) -> Arc<Self> {
        let room = Arc::new(Self {
            stream,
            source,
            inside: AtomicUsize::new(0),
            known: AtomicU64::new(0),
            state: Mutex::default(),
            wake: Notify::new(),
            closed: app.tasks().stopping().child_token(),
        });
        app.tasks().spawn("room", Arc::clone(&room).pump(app.clone()));
        room
    }

    /// The stream.
    pub fn stream(&self) -> StreamKey {
        self.stream
    }

    pub(super) fn enter(&self) {
        self.inside.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether the last one left.
    pub(super) fn leave(&self) -> bool {
        self.inside.fetch_sub(1, Ordering::AcqRel) == 1
    }

    pub(super) fn close(&self) {
        self.closed.cancel();
    }

    pub(super) fn grew(&self, seq: u64) {
        if self.known.fetch_max(seq, Ordering::AcqRel) < seq {
            self.wake.notify_one();
        }
    }

    /// Hands what is new to all followers, in order, until the room closes.
    async fn pump(self: Arc<Self>, app: App) {
        loop {
            tokio::select! {
                () = self.closed.cancelled() => return,
                () = self.wake.notified() => {}
            }
            while let Some(from) = self.behind() {
                let items = match self.source.read_after(&app, self.stream, from, BATCH).await {
                    Ok(items) if !items.is_empty() => items,
                    // The counter ran ahead of what this connection can read; the safety poll comes back to it.
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(stream = %self.stream, error = &error as &dyn std::error::Error, "reading a stream failed");
                        break;
                    }
                };
                self.deliver(from, &items);
            }
        }
    }

    fn behind(&self) -> Option<u64> {
        let state = self.state.lock();
        (!state.followers.is_empty() && state.last < self.known.load(Ordering::Acquire)).then_some(state.last)
    }

    fn deliver(&self, from: u64, items: &[protocol::Item]) {
        let frames: Vec<_> = items.iter().map(|item| (item.seq, protocol::entry(self.stream, item))).collect();
        let mut state = self.state.lock();
        if state.last != from {
            return;
        }
        for (seq, frame) in frames {
            if seq != state.last + 1 {
                // A hole cannot be: numbers become visible in order. Refuse to skip it.
                tracing::error!(stream = %self.stream, expected = state.last + 1, seq, "a hole in a stream");
                return;
            }
            for follower in state.followers.iter().filter(|follower| follower.after < seq) {
                follower.outbox.offer(frame.clone());
            }
            state.last = seq;
        }
        let last = state.last;
        let due: Vec<Utf8Bytes> =
            state.behind.extract_if(.., |(seq, _)| *seq <= last).map(|(_, frame)| frame).collect();
        for frame in due {
            for follower in &state.followers {
                follower.outbox.offer(frame.clone());
            }
        }
    }

    /// Brings a follower from `after` to the present and keeps it there, unless it is no longer `wanted` on the way. The
    /// caller has entered the room before.
    pub(super) async fn join(
        &self,
        app: &App,
        socket: u64,
        mut after: u64,
        outbox: &Outbox,
        resumed: bool,
        wanted: impl Fn() -> bool,
    ) -> Result<()> {
        loop {
            let items = self.source.read_after(app, self.stream, after, BATCH).await?;
            if !wanted() {
                return Ok(());
            }
            let more = items.len() as u64 == BATCH;
            for item in items {
                after = item.seq;
                if outbox.queue.send(protocol::entry(self.stream, &item)).await.is_err() {
                    return Ok(());
                }
            }
            if more {
                continue;
            }
            let Ok(place) = outbox.queue.reserve().await else { return Ok(()) };
            if !wanted() {
                return Ok(());
            }
            let mut state = self.state.lock();
            if state.followers.is_empty() {
                state.last = after;
            } else if state.last > after {
                continue;
            }
            if resumed {
                place.send(protocol::resumed(self.stream, after));
            }
            state.followers.push(Follower { socket, after, outbox: outbox.clone() });
            drop(state);
            if self.known.load(Ordering::Acquire) > after {
                self.wake.notify_one();
            }
            return Ok(());
        }
    }

    pub(super) fn forget(&self, socket: u64) {
        self.state.lock().followers.retain(|follower| follower.socket != socket);
    }

    pub(super) fn ephemeral(&self, kind: &str, data: &Value) {
        self.ephemeral_behind(0, kind, data);
    }

    /// Sends an ephemeral frame once everybody has been handed the entry `seq`.
    pub(super) fn ephemeral_behind(&self, seq: u64, kind: &str, data: &Value) {
        let frame = protocol::ephemeral(self.stream, kind, data);
        let mut state = self.state.lock();
        if state.followers.is_empty() {
            return;
        }
        if seq > state.last {
            state.behind.push((seq, frame));
            return;
        }
        for follower in &state.followers {
            follower.outbox.offer(frame.clone());
        }
    }

    /// Counts a user's socket in or out, and tells everybody who is present when that changed.
    pub(super) fn present(&self, user: UserId, name: Option<String>) {
        let changed = {
            let mut state = self.state.lock();
            match name {
                Some(name) => {
                    let (_, sockets) = state.present.entry(user).or_insert((name, 0));
                    *sockets += 1;
                    *sockets == 1
                }
                None => match state.present.get_mut(&user) {
                    Some((_, sockets)) if *sockets > 1 => {
                        *sockets -= 1;
                        false
                    }
                    Some(_) => state.present.remove(&user).is_some(),
                    None => false,
                },
            }
        };
        if changed {
            self.ephemeral("presence", &self.presence());
        }
    }

    /// The name of a user who is present.
    pub(super) fn name_of(&self, user: UserId) -> Option<String> {
        self.state.lock().present.get(&user).map(|(name, _)| name.clone())
    }

    /// Who is present, for a newcomer.
    pub(super) fn presence(&self) -> Value {
        let state = self.state.lock();
        let users: Vec<_> =
            state.present.iter().map(|(id, (name, _))| json!({ "user_id": id, "display_name": name })).collect();
        json!({ "users": users })
    }

    /// The users who follow the stream on this node.
    pub fn users(&self) -> Vec<UserId> {
        self.state.lock().present.keys().copied().collect()
    }
}
