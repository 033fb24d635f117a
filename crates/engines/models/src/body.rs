//! Reading an answer's body with a limit on every wait and every size.
//!
//! Before the first byte the limit is the request's first-byte timeout, counted from the request; after it, the idle
//! timeout between two pieces. A comment line is a sign of life like any other byte.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use reqwest::Response;
use skald_kernel::model::{AiError, AiErrorKind};
use tokio::time::{Instant, timeout_at};

use crate::dialect::Framing;

/// The largest event, and the longest line, in bytes.
const EVENT_MAX: usize = 1 << 20;
/// The largest answer in one piece, in bytes.
pub(crate) const WHOLE_MAX: usize = 4 << 20;
/// Everything a stream may send, reasoning, framing and comments included, in bytes: the answer inside it is bounded more
/// tightly by its reader.
const STREAM_MAX: usize = 64 << 20;
/// As many bytes as tell a stream of events from JSON and from a web page: `event:` is the longest of them.
const HEAD: usize = 6;
/// How much of a failure's body is read, in bytes.
const FAILURE_MAX: usize = 64 << 10;

/// A body being read.
pub(crate) struct Body {
    response: Response,
    first_until: Instant,
    idle: Duration,
    read: usize,
}

impl Body {
    /// The body of a response; the first byte has to come before `first_until`.
    pub(crate) fn new(response: Response, first_until: Instant, idle: Duration) -> Self {
        Self { response, first_until, idle, read: 0 }
    }

    /// The next piece, `None` at a proper end.
    async fn piece(&mut self) -> Result<Option<Bytes>, AiError> {
        loop {
            let until = if self.read == 0 { self.first_until } else { Instant::now() + self.idle };
            let piece = timeout_at(until, self.response.chunk()).await.map_err(|_| silent(self.read > 0))?;
            match piece {
                Ok(Some(piece)) if piece.is_empty() => {}
                Ok(Some(piece)) => {
                    self.read += piece.len();
                    return if self.read > STREAM_MAX { Err(too_large()) } else { Ok(Some(piece)) };
                }
                Ok(None) => return Ok(None),
                Err(_) if self.read > 0 => return Err(truncated()),
                Err(error) => return Err(crate::failure::of_transport(error)),
            }
        }
    }

    /// Its beginning: enough to see what it is, without byte order mark and leading white space.
    pub(crate) async fn head(&mut self) -> Result<Vec<u8>, AiError> {
        let mut head = Vec::new();
        while head.len() < HEAD {
            let Some(piece) = self.piece().await? else { break };
            head.extend_from_slice(&piece);
            let mark = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            head = head[mark..].trim_ascii_start().to_vec();
        }
        Ok(head)
    }

    /// All of it, after its `head`.
    pub(crate) async fn whole(mut self, head: Vec<u8>) -> Result<Vec<u8>, AiError> {
        let mut whole = head;
        while let Some(piece) = self.piece().await? {
            whole.extend_from_slice(&piece);
            if whole.len() > WHOLE_MAX {
                return Err(too_large());
            }
        }
        Ok(whole)
    }

    /// As much of a failure's body as comes within one idle timeout: the status says enough to go on.
    pub(crate) async fn failure(mut self) -> String {
        let mut text = Vec::new();
        let until = Instant::now() + self.idle;
        while text.len() < FAILURE_MAX {
            let Ok(Ok(Some(piece))) = timeout_at(until, self.piece()).await else { break };
            text.extend_from_slice(&piece);
        }
        text.truncate(FAILURE_MAX);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Its whole lines, after its `head`, for the event parser: that one keeps no limit, looks at an unfinished line again
    /// with every piece, and forgets a last event that no empty line follows. So it gets whole lines of a bounded event,
    /// and an empty line at the end.
    pub(crate) fn lines(self, head: Vec<u8>, framing: Framing) -> impl Stream<Item = Result<Bytes, AiError>> + Send {
        let lines = Lines { body: self, framing, held: BytesMut::from(&head[..]), seen: 0, event: 0, over: false };
        stream::unfold(lines, |mut lines| async move {
            let next = lines.next().await.transpose()?;
            lines.over |= next.is_err();
            Some((next, lines))
        })
    }
}

struct Lines {
    body: Body,
    framing: Framing,
    held: BytesMut,
    /// Bytes of `held` known to hold no line end.
    seen: usize,
    /// Bytes of the present event in the lines given out.
    event: usize,
    over: bool,
}

impl Lines {
    async fn next(&mut self) -> Result<Option<Bytes>, AiError> {
        if self.over {
            return Ok(None);
        }
        loop {
            if let Some(at) = self.held[self.seen..].iter().rposition(|byte| *byte == b'\n') {
                let lines = self.held.split_to(self.seen + at + 1).freeze();
                self.seen = self.held.len();
                for line in lines.split_inclusive(|byte| *byte == b'\n') {
                    let over = self.framing == Framing::Lines || line.trim_ascii_end().is_empty();
                    self.event = if over { 0 } else { self.event + line.len() };
                }
                return Ok(Some(lines));
            }
            self.seen = self.held.len();
            if self.event + self.held.len() > EVENT_MAX {
                return Err(too_large());
            }
            match self.body.piece().await? {
                Some(piece) => self.held.extend_from_slice(&piece),
                None => {
                    self.over = true;
                    // A character cut in two is a cut, not noise.
                    if let Err(error) = str::from_utf8(&self.held)
                        && error.error_len().is_none()
                    {
                        self.held.truncate(error.valid_up_to());
                    }
                    self.held.extend_from_slice(b"\n\n");
                    return Ok(Some(self.held.split().freeze()));
                }
            }
        }
    }
}

/// The service is silent.
pub(crate) fn silent(begun: bool) -> AiError {
    let message = if begun { "the service stopped sending" } else { "the service did not begin to answer in time" };
    AiError::new(AiErrorKind::Idle, message)
}

/// The answer began and broke off.
pub(crate) fn truncated() -> AiError {
    AiError::new(AiErrorKind::Truncated, "the connection ended before the answer did")
}

/// The answer has no reasonable size.
pub(crate) fn too_large() -> AiError {
    AiError::new(AiErrorKind::Garbage, "the service sent far more than an answer")
}
