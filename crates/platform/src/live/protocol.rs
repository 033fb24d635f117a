//! The frames of the socket. See docs/api.md for the contract.

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use skald_kernel::{Error, StreamKey};
use uuid::Uuid;

use crate::http::ProblemBody;

/// What a client may send.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Follow a stream, from where the client left it or from a snapshot.
    Subscribe {
        /// The stream's name.
        stream: String,
        /// The last number the client has.
        last_seq: Option<u64>,
        /// The epoch of that number.
        epoch: Option<String>,
    },
    /// Stop following.
    Unsubscribe {
        /// The stream's name.
        stream: String,
    },
    /// Asks for a `pong`.
    Ping,
    /// The user is writing.
    Typing {
        /// The stream's name.
        stream: String,
        /// What they write on, such as an entity. Whoever follows the stream is told.
        #[serde(default)]
        about: Option<Uuid>,
    },
    /// Do something once.
    Command {
        /// The idempotency key.
        id: String,
        /// The stream's name.
        stream: String,
        /// What to do.
        name: String,
        /// With what.
        #[serde(default)]
        args: Value,
    },
}

/// One entry of a stream, ready to send.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number.
    pub seq: u64,
    /// The entry as JSON.
    pub entry: Value,
}

/// The state a newcomer starts from.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The last number the state includes.
    pub seq: u64,
    /// The state as JSON.
    pub state: Value,
}

#[derive(Serialize)]
struct EntryFrame<'a> {
    r#type: &'static str,
    stream: String,
    seq: u64,
    entry: &'a RawValue,
}

fn frame(value: &impl Serialize) -> Utf8Bytes {
    // Plain data always serialises; an empty frame would be visible in tests.
    serde_json::to_string(value).unwrap_or_default().into()
}

pub(super) fn entry(stream: StreamKey, item: &Item) -> Utf8Bytes {
    let raw = serde_json::value::to_raw_value(&item.entry).unwrap_or_default();
    frame(&EntryFrame { r#type: "entry", stream: stream.to_string(), seq: item.seq, entry: &raw })
}

pub(super) fn hello(epoch: &str, heartbeat_s: u64) -> Utf8Bytes {
    frame(&json!({ "type": "hello", "epoch": epoch, "heartbeat_ms": heartbeat_s * 1000 }))
}

pub(super) fn snapshot(stream: StreamKey, snapshot: &Snapshot) -> Utf8Bytes {
    frame(&json!({ "type": "snapshot", "stream": stream.to_string(), "seq": snapshot.seq, "state": snapshot.state }))
}

pub(super) fn resumed(stream: StreamKey, seq: u64) -> Utf8Bytes {
    frame(&json!({ "type": "resumed", "stream": stream.to_string(), "seq": seq }))
}

pub(super) fn reset(stream: StreamKey, reason: &str) -> Utf8Bytes {
    frame(&json!({ "type": "reset", "stream": stream.to_string(), "reason": reason }))
}

pub(super) fn ephemeral(stream: StreamKey, kind: &str, data: &Value) -> Utf8Bytes {
    frame(&json!({ "type": "ephemeral", "stream": stream.to_string(), "kind": kind, "data": data }))
}

pub(super) fn ack(id: &str, seq: Option<u64>) -> Utf8Bytes {
    match seq {
        Some(seq) => frame(&json!({ "type": "ack", "id": id, "seq": seq })),
        None => frame(&json!({ "type": "ack", "id": id })),
    }
}

pub(super) fn nack(id: &str, error: &Error) -> Utf8Bytes {
    frame(&json!({ "type": "nack", "id": id, "error": ProblemBody::new(error, id) }))
}

pub(super) fn error(stream: Option<&str>, error: &Error) -> Utf8Bytes {
    frame(&json!({ "type": "error", "stream": stream, "error": ProblemBody::new(error, "") }))
}

pub(super) fn pong() -> Utf8Bytes {
    Utf8Bytes::from_static(r#"{"type":"pong"}"#)
}
