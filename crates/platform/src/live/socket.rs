//! One socket: its frames in, its queue out, its heartbeat, its end.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::{IntoResponse, Response},
};
use futures::{FutureExt, future::BoxFuture};
use http::{HeaderMap, header};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use skald_kernel::{Error, ErrorCode, StreamKey};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ClientFrame, Revoked, Room, protocol, room::Outbox, ticket};
use crate::{
    Actor, App,
    http::{Problem, Query, read_json},
    idempotency::{self, Claim},
};

/// Frames that wait for a reader at most; a reader further behind than this is closed.
const QUEUE: usize = 512;
/// Frames of a client that wait to be handled at most.
const BACKLOG: usize = 64;
/// A client that says nothing for so long, not even `pong`, is gone.
const DEAD: Duration = Duration::from_secs(60);
/// Bytes of a client's frame at most.
const FRAME: usize = 64 * 1024;
/// Streams one socket may follow.
const STREAMS: usize = 64;
/// "Come back and resume": too slow, or the server stops.
const RESUME: u16 = 4000;
/// The ticket or device is no longer valid.
const SIGNED_OUT: u16 = 4401;
/// How long the closing handshake may take.
const GOODBYE: Duration = Duration::from_secs(1);

static SOCKETS: AtomicU64 = AtomicU64::new(0);

/// How a client opens the socket.
#[derive(Debug, Deserialize)]
pub struct Ticket {
    ticket: String,
}

/// `GET /api/v1/live?ticket=…`
///
/// # Errors
/// Sign-in needed for a bad ticket, forbidden for a page of another origin, bad request without an upgrade.
pub async fn route(
    State(app): State<App>,
    Query(Ticket { ticket }): Query<Ticket>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    check_origin(&app, &headers)?;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            tracing::debug!(%rejection, "no upgrade");
            return Err(Error::new(ErrorCode::BadRequest, "This address takes a WebSocket.").into());
        }
    };
    let actor = ticket::redeem(&app, &ticket)?;
    // The library's own buffers cost 137 KB a connection. What clients send is short; a longer frame grows the buffer.
    let upgrade = upgrade
        .read_buffer_size(1024)
        .write_buffer_size(0)
        .max_write_buffer_size(4 * 1024 * 1024)
        .max_message_size(FRAME)
        .max_frame_size(FRAME);
    Ok(upgrade
        .on_upgrade(move |socket| {
            // Counted, so that a shutdown waits until clients were told to come back.
            let tasks = app.tasks().clone();
            tasks.count(async move {
                metrics::gauge!("skald_live_sockets").increment(1.0);
                Box::pin(run(app, actor, socket)).await;
                metrics::gauge!("skald_live_sockets").decrement(1.0);
            })
        })
        .into_response())
}

fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Error> {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, rest)| rest == host);
    let config = app.config();
    let allowed = config.allowed_origins.iter().chain(&config.public_url).any(|o| o.trim_end_matches('/') == origin);
    if own || allowed {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Forbidden, "Pages of another origin may not open the socket; see `allowed_origins`."))
}

/// What the frames of one socket work on.
struct Session {
    app: App,
    actor: Actor,
    id: u64,
    outbox: Outbox,
    /// The rooms it is in, and whether it is counted as present there yet.
    rooms: Mutex<HashMap<StreamKey, (Arc<Room>, bool)>>,
    /// How often the user's roles changed while this socket was open.
    changed: AtomicU64,
}

/// Why a socket ends: with a close frame, or without one because nobody is there to read it.
type End = Option<(u16, &'static str)>;

const TOO_SLOW: End = Some((RESUME, "too slow, resume"));
const STOPPING: End = Some((RESUME, "server stops, resume"));

/// What may end a socket while a frame is on its way out.
struct Ends {
    too_slow: CancellationToken,
    stopping: CancellationToken,
}

impl Ends {
    /// Sends a frame. A client that takes nothing off the wire must not keep the socket from noticing that it is too slow
    /// or that the server stops.
    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        tokio::select! {
            biased;
            sent = tokio::time::timeout(DEAD, socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(None),
            },
            () = self.too_slow.cancelled() => Err(TOO_SLOW),
            () = self.stopping.cancelled() => Err(STOPPING),
        }
    }
}

async fn run(app: App, actor: Actor, mut socket: WebSocket) {
    let (queue, mut out) = mpsc::channel(QUEUE);
    let too_slow = CancellationToken::new();
    let id = SOCKETS.fetch_add(1, Ordering::Relaxed);
    let mut revocations = app.live().revocations.subscribe();
    let ends = Ends { too_slow: too_slow.clone(), stopping: app.tasks().stopping() };
    let heartbeat_s = app.live().heartbeat_s;
    // Spread over a few seconds, so that thousands of sockets do not beat together.
    let beat = Duration::from_millis(heartbeat_s * 1000 + (id * 137) % 5000);
    let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + beat, beat);
    let hello = protocol::hello(&app.live().epoch, heartbeat_s);
    let session = Arc::new(Session {
        app,
        actor,
        id,
        outbox: Outbox { queue, too_slow },
        rooms: Mutex::default(),
        changed: AtomicU64::new(0),
    });
    let mut heard = Instant::now();
    let mut waiting: VecDeque<ClientFrame> = VecDeque::new();
    let mut work: Option<BoxFuture<'static, ()>> = None;
    let end = async {
        if let Err(end) = ends.send(&mut socket, Message::Text(hello)).await {
            return end;
        }
        loop {
            if work.is_none() {
                work = waiting.pop_front().map(|frame| Arc::clone(&session).handle(frame).boxed());
            }
            let answer = tokio::select! {
                biased;
                () = ends.too_slow.cancelled() => return TOO_SLOW,
                () = ends.stopping.cancelled() => return STOPPING,
                revoked = revocations.recv() => {
                    use tokio::sync::broadcast::error::RecvError;
                    match revoked {
                        Ok(revoked) => if session.gone(revoked).await {
                            return Some((SIGNED_OUT, "signed out"));
                        },
                        // Missed some: the next ticket tells.
                        Err(RecvError::Lagged(_)) => return Some((RESUME, "resume")),
                        Err(RecvError::Closed) => return None,
                    }
                    continue;
                }
                Some(frame) = out.recv() => Message::Text(frame),
                () = async { match work.as_mut() { Some(work) => work.await, None => std::future::pending().await } } => {
                    work = None;
                    continue;
                }
                message = socket.recv(), if waiting.len() < BACKLOG => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => match read_json::<ClientFrame>(text.as_bytes()) {
                            Ok(ClientFrame::Ping) => Message::Text(protocol::pong()),
                            Ok(frame) => {
                                waiting.push_back(frame);
                                continue;
                            }
                            Err(error) => Message::Text(protocol::error(None, &error)),
                        },
                        Some(Ok(Message::Binary(_))) => {
                            let error = Error::new(ErrorCode::BadRequest, "Send JSON as text frames.");
                            Message::Text(protocol::error(None, &error))
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    }
                }
                _ = tick.tick() => {
                    if heard.elapsed() > DEAD {
                        return None;
                    }
                    Message::Ping(bytes::Bytes::new())
                }
            };
            if let Err(end) = ends.send(&mut socket, answer).await {
                return end;
            }
        }
    }
    .await;
    drop(work);
    session.leave_all();
    if let Some((code, reason)) = end {
        let close = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // The other side may be gone already, or take nothing. Its answer is waited for, because hanging up on what it
        // still sends could take the code back.
        let _ = tokio::time::timeout(GOODBYE, async {
            if socket.send(Message::Close(Some(close))).await.is_ok() {
                while let Some(Ok(_)) = socket.recv().await {}
            }
        })
        .await;
    }
}

impl Session {
    async fn handle(self: Arc<Self>, frame: ClientFrame) {
        match frame {
            ClientFrame::Ping => self.tell(protocol::pong()).await,
            ClientFrame::Subscribe { stream, last_seq, epoch } => {
                let result = match parse(&stream) {
                    Ok(key) => self.subscribe(key, last_seq, epoch).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = result {
                    self.tell(protocol::error(Some(&stream), &error)).await;
                }
            }
            ClientFrame::Unsubscribe { stream } => {
                if let Ok(key) = parse(&stream) {
                    self.leave(key);
                }
            }
            ClientFrame::Typing { stream, about } => self.typing(&stream, about),
            ClientFrame::Command { id, stream, name, args } => {
                // Carried out to its end also when the socket goes meanwhile, so that its id is not left half used.
                let session = Arc::clone(&self);
                let work = self.app.tasks().spawn("command", async move {
                    match session.command(&id, &stream, &name, args).await {
                        Ok(seq) => protocol::ack(&id, seq),
                        Err(error) => protocol::nack(&id, &error),
                    }
                });
                match work.await {
                    Ok(answer) => self.tell(answer).await,
                    Err(error) => tracing::error!(%error, "a command broke off"),
                }
            }
        }
    }

    async fn tell(&self, frame: Utf8Bytes) {
        // A closed queue means the socket is gone.
        let _ = self.outbox.queue.send(frame).await;
    }

    async fn subscribe(&self, stream: StreamKey, last_seq: Option<u64>, epoch: Option<String>) -> Result<(), Error> {
        let app = &self.app;
        let source = app.live().source(stream.kind).ok_or_else(Error::not_found)?;
        let changed = self.changed.load(Ordering::Acquire);
        source.authorize(app, &self.actor, stream).await?;
        self.leave(stream);
        if self.rooms.lock().len() >= STREAMS {
            return Err(Error::new(ErrorCode::RateLimited, format!("One socket follows at most {STREAMS} streams.")));
        }
        let room = app.live().enter(app, stream, &source);
        self.rooms.lock().insert(stream, (Arc::clone(&room), false));
        // From here on a change of roles finds the subscription and ends it. One that came between the look and here has not.
        let joined = match self.changed.load(Ordering::Acquire) == changed {
            true => Ok(()),
            false => source.authorize(app, &self.actor, stream).await,
        };
        let joined = match joined {
            Ok(()) => self.catch_up(&room, stream, last_seq, epoch, source.as_ref()).await,
            refused => refused,
        };
        if !self.follows(stream) {
            return Ok(());
        }
        if joined.is_err() {
            self.leave(stream);
            return joined;
        }
        if let Some(user) = self.actor.user {
            let name = source.display_name(app, user).await.unwrap_or_default();
            match self.rooms.lock().get_mut(&stream) {
                Some((_, present)) => *present = true,
                None => return Ok(()),
            }
            room.present(user, Some(name));
            self.tell(protocol::ephemeral(stream, "presence", &room.presence())).await;
        }
        for (kind, data) in source.ephemeral(app, stream).await {
            self.tell(protocol::ephemeral(stream, kind, &data)).await;
        }
        Ok(())
    }

    async fn catch_up(
        &self,
        room: &Room,
        stream: StreamKey,
        last_seq: Option<u64>,
        epoch: Option<String>,
        source: &dyn super::Source,
    ) -> Result<(), Error> {
        let app = &self.app;
        let reset = match (last_seq, epoch) {
            (None, _) => None,
            (Some(_), Some(epoch)) if epoch != app.live().epoch => Some("epoch"),
            (Some(seq), _) if seq > last_number(app, stream).await? => Some("ahead"),
            (Some(seq), _) => return room.join(app, self.id, seq, &self.outbox, true, || self.follows(stream)).await,
        };
        if let Some(reason) = reset {
            self.tell(protocol::reset(stream, reason)).await;
        }
        let snapshot = source.snapshot(app, &self.actor, stream).await?;
        self.tell(protocol::snapshot(stream, &snapshot)).await;
        room.join(app, self.id, snapshot.seq, &self.outbox, false, || self.follows(stream)).await
    }

    fn typing(&self, stream: &str, about: Option<Uuid>) {
        let (Ok(key), Some(user)) = (parse(stream), self.actor.user) else { return };
        let room = self.rooms.lock().get(&key).map(|(room, _)| Arc::clone(room));
        if let Some(room) = room {
            let mut data = json!({ "user_id": user, "display_name": room.name_of(user) });
            if let Some(about) = about {
                data["about"] = json!(about);
            }
            self.app.live().ephemeral(key, "typing", &data);
        }
    }

    async fn command(&self, id: &str, stream: &str, name: &str, args: Value) -> Result<Option<u64>, Error> {
        let app = &self.app;
        let user = self.actor.user.ok_or_else(Error::not_found)?;
        let key = parse(stream)?;
        let source = app.live().source(key.kind).ok_or_else(Error::not_found)?;
        source.authorize(app, &self.actor, key).await?;
        idempotency::check_key(id)?;
        let once = format!("live:{id}");
        let hash = idempotency::hash(&[stream.as_bytes(), name.as_bytes(), args.to_string().as_bytes()]);
        match idempotency::claim(app, user, &once, &hash).await {
            Ok(Claim::Done { answer, .. }) => return Ok(answer.parse().ok()),
            // It was carried out before the server was killed; the entry comes with the stream.
            Err(error) if error.code() == ErrorCode::Conflict => return Ok(None),
            Err(error) => return Err(error),
            Ok(Claim::New) => {}
        }
        let actor = Actor { idempotency_key: Some(once.clone()), request_id: id.to_owned(), ..self.actor.clone() };
        match source.command(app, &actor, key, name, args).await {
            Ok(seq) => {
                let answer = seq.map(|seq| seq.to_string()).unwrap_or_default();
                idempotency::finish(app, user, &once, 0, &answer).await?;
                Ok(seq)
            }
            Err(error) => {
                idempotency::release(app, user, &once).await?;
                Err(error)
            }
        }
    }

    /// Whether this socket must close; subscriptions that are no longer allowed end by themselves.
    async fn gone(&self, revoked: Revoked) -> bool {
        match revoked {
            Revoked::Device(device) => self.actor.device == Some(device),
            Revoked::User(user) => self.actor.user == Some(user),
            Revoked::Member(_, user) => {
                if self.actor.user == Some(user) {
                    self.changed.fetch_add(1, Ordering::AcqRel);
                    self.check_again().await;
                }
                false
            }
        }
    }

    async fn check_again(&self) {
        let streams: Vec<StreamKey> = self.rooms.lock().keys().copied().collect();
        for stream in streams {
            let Some(source) = self.app.live().source(stream.kind) else { continue };
            if source.authorize(&self.app, &self.actor, stream).await.is_err() {
                self.leave(stream);
                // Not awaited: this runs in the loop that empties the queue.
                if self.outbox.queue.try_send(protocol::reset(stream, "forbidden")).is_err() {
                    self.outbox.too_slow.cancel();
                }
            }
        }
    }

    fn follows(&self, stream: StreamKey) -> bool {
        self.rooms.lock().contains_key(&stream)
    }

    fn leave(&self, stream: StreamKey) {
        let room = self.rooms.lock().remove(&stream);
        if let Some((room, present)) = room {
            self.leave_room(&room, present);
        }
    }

    fn leave_all(&self) {
        let rooms: Vec<_> = self.rooms.lock().drain().map(|(_, entry)| entry).collect();
        for (room, present) in rooms {
            self.leave_room(&room, present);
        }
    }

    fn leave_room(&self, room: &Room, present: bool) {
        room.forget(self.id);
        if let (Some(user), true) = (self.actor.user, present) {
            room.present(user, None);
        }
        self.app.live().leave(room);
    }
}

fn parse(stream: &str) -> Result<StreamKey, Error> {
    stream
        .parse()
        .map_err(|error: skald_kernel::stream::NotAStream| Error::field("stream", "unknown", error.to_string()))
}

async fn last_number(app: &App, stream: StreamKey) -> Result<u64, Error> {
    use sea_orm::ConnectionTrait;

    use crate::db::{DbResult, sql};
    let row = sql(app.db().read(), "SELECT seq FROM streams WHERE key = $1", [stream.to_string().into()]);
    match app.db().read().query_one_raw(row).await.db()? {
        Some(row) => Ok(row.try_get::<i64>("", "seq").db()? as u64),
        None => Ok(0),
    }
}
