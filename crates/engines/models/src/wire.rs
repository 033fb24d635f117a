//! The wire: one connection's work, the same for every dialect.
//!
//! What always holds: every wait has a limit, every answer has a size, a key never shows in an error or in `Debug`, and no
//! request follows a redirect. A parameter that a service names as unknown is left out, each at most once.

use std::{collections::VecDeque, fmt, marker::PhantomData, pin::Pin, time::Duration};

use async_trait::async_trait;
use eventsource_stream::{EventStreamError, Eventsource};
use futures::{Stream, StreamExt, stream};
use reqwest::{
    Client, Response, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
};
use serde_json::Value;
use skald_kernel::{
    Error,
    model::{
        AiError, AiErrorKind, Delta, DeltaStream, EmbedRequest, Embeddings, ModelInfo, ModelRequest, Provider, Timeouts,
    },
};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    body::{self, Body},
    dialect::{Dialect, Framing, Reader, Wanted},
    failure,
};

/// How long to wait for the usage once the model has said that it is done.
const AFTER_FINISH: Duration = Duration::from_secs(2);
/// Pages of a list of models that are read at most.
const MODEL_PAGES: usize = 20;

/// A service that speaks the dialect `D`.
pub struct Wire<D> {
    client: Client,
    base: Url,
    key: Option<String>,
    timeouts: Timeouts,
    dialect: PhantomData<D>,
}

#[expect(private_bounds, reason = "dialects are made here only")]
impl<D: Dialect> Wire<D> {
    /// A service at `base_url`, with or without a trailing slash and what the dialect adds. A key of white space only is no
    /// key.
    ///
    /// # Errors
    /// `invalid` with the field `base_url` or `api_key`.
    pub fn new(client: Client, base_url: &str, api_key: Option<String>) -> Result<Self, Error> {
        let base = D::base(base_url)?;
        let key = api_key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::field("api_key", "invalid", "A key is one word of letters, digits and signs."));
        }
        Ok(Self { client, base, key, timeouts: Timeouts::default(), dialect: PhantomData })
    }

    /// The timeouts of [`Provider::models`], whose call brings none of its own.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    fn headers(&self) -> HeaderMap {
        let fixed = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        D::HEADERS.iter().map(fixed).chain(self.key.as_deref().and_then(D::key_header)).collect()
    }

    /// Sends a request. A body comes back only with a good status; else the failure and what was said.
    async fn send(&self, request: reqwest::RequestBuilder, timeouts: &Timeouts) -> Result<Good, Bad> {
        let first_until = Instant::now() + timeouts.first_byte();
        let response = timeout_at(first_until, request.headers(self.headers()).send()).await;
        let response = response.map_err(|_| body::silent(false))?.map_err(failure::of_transport)?;
        let events =
            response.headers().get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/event-stream"));
        let status = response.status();
        let target = status.is_redirection().then(|| redirection(&response)).flatten();
        let headers = response.headers().clone();
        let body = Body::new(response, first_until, timeouts.idle());
        if status.is_success() {
            return Ok(Good { body, events });
        }
        let said = body.failure().await;
        let error = match target {
            Some(error) => AiError { status: Some(status.as_u16()), ..error },
            None => failure::of_status(status.as_u16(), &headers, &said, self.key.as_deref()),
        };
        Err(Bad { error, said })
    }

    /// Asks for an answer; a parameter the service names as unknown is left out, each at most once.
    async fn ask(&self, request: &ModelRequest) -> Result<Good, AiError> {
        let Wanted { url, mut body } = D::chat(&self.base, request);
        loop {
            let bad = match self.send(self.client.post(url.clone()).json(&body), &request.timeouts).await {
                Ok(good) => return Ok(good),
                Err(bad) => bad,
            };
            let left_out = match bad.error {
                AiError { kind: AiErrorKind::BadRequest, status: Some(400 | 404 | 422), .. } => {
                    D::leave_out(&mut body, &bad.said)
                }
                _ => Vec::new(),
            };
            if left_out.is_empty() {
                return Err(bad.error);
            }
            let host = self.base.host_str();
            tracing::warn!(host, model = request.model, ?left_out, "parameters the model service does not take");
        }
    }

    /// Asks for something that comes line by line.
    pub(crate) async fn lines(&self, wanted: Wanted) -> Result<Pieces, AiError> {
        let call = self.client.post(wanted.url).json(&wanted.body);
        let Good { mut body, .. } = self.send(call, &self.timeouts).await.map_err(|bad| bad.error)?;
        let head = body.head().await?;
        match shape(&head, false, Framing::Lines) {
            Shape::Nothing => Err(body::truncated()),
            Shape::Lines => Ok(lines_of(body, head)),
            _ => Err(foreign(&head)),
        }
    }

    /// The base address.
    pub(crate) fn at(&self) -> &Url {
        &self.base
    }

    /// The key, to keep it out of messages.
    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// A JSON answer in one piece, errors inside it told apart.
    async fn value(&self, call: reqwest::RequestBuilder, timeouts: &Timeouts) -> Result<Value, AiError> {
        let Good { body, .. } = self.send(call, timeouts).await.map_err(|bad| bad.error)?;
        let whole = body.whole(Vec::new()).await?;
        let value: Value = serde_json::from_slice(&whole).map_err(|_| foreign(&whole))?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(failure::of_object(&value, self.key.as_deref()));
        }
        Ok(value)
    }
}

impl<D: Dialect> fmt::Debug for Wire<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut base = self.base.clone();
        base.set_query(None);
        let key = if self.key.is_some() { "set" } else { "none" };
        f.debug_struct(D::NAME).field("base", &base.as_str()).field("key", &key).finish_non_exhaustive()
    }
}

#[async_trait]
impl<D: Dialect> Provider for Wire<D> {
    async fn stream(&self, request: ModelRequest) -> Result<DeltaStream, AiError> {
        let Good { mut body, events } = self.ask(&request).await?;
        let head = body.head().await?;
        let mut reading = Reading {
            pieces: stream::empty().boxed(),
            answer: D::answer(&request, self.key.as_deref()),
            out: VecDeque::new(),
            idle: request.timeouts.idle(),
            over: false,
        };
        match shape(&head, events, D::FRAMING) {
            Shape::Nothing => return Err(body::truncated()),
            Shape::Foreign => return Err(foreign(&head)),
            Shape::Whole => {
                let whole = body.whole(head).await?;
                let text = str::from_utf8(&whole).map_err(|_| foreign(&[]))?;
                reading.answer.whole(text, &mut reading.out)?;
                reading.over = true;
            }
            Shape::Events => reading.pieces = events_of(body, head),
            Shape::Lines => reading.pieces = lines_of(body, head),
        }
        Ok(stream::unfold(reading, Reading::next).boxed())
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        let mut models = Vec::new();
        let mut after = None;
        for _ in 0..MODEL_PAGES {
            let call = self.client.get(D::models(&self.base, after.as_deref()));
            let page = self.value(call, &self.timeouts).await?;
            let (more, next) = D::read_models(&page).ok_or_else(|| foreign(&[]))?;
            models.extend(more);
            if next.is_none() || next == after {
                break;
            }
            after = next;
        }
        Ok(models)
    }

    async fn embed(&self, request: EmbedRequest) -> Result<Embeddings, AiError> {
        let Some(Wanted { url, body }) = D::embed(&self.base, &request) else {
            let message = "This service makes no embeddings. Choose another one for them.";
            return Err(AiError::new(AiErrorKind::BadRequest, message));
        };
        let answer = self.value(self.client.post(url).json(&body), &request.timeouts).await?;
        let embeddings = D::read_embeddings(&answer).ok_or_else(|| foreign(&[]))?;
        let alike = embeddings.vectors.windows(2).all(|pair| pair[0].len() == pair[1].len());
        if embeddings.vectors.len() != request.texts.len() || !alike {
            return Err(AiError::new(AiErrorKind::Garbage, "the service did not send one vector for each text"));
        }
        Ok(embeddings)
    }
}

struct Good {
    body: Body,
    events: bool,
}

struct Bad {
    error: AiError,
    said: String,
}

impl From<AiError> for Bad {
    fn from(error: AiError) -> Self {
        Self { error, said: String::new() }
    }
}

/// Where a redirect points, told to the admin instead of followed.
fn redirection(response: &Response) -> Option<AiError> {
    let target = response.url().join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    let message = format!("the service has moved to {}; enter that address", target.origin().ascii_serialization());
    Some(AiError::new(AiErrorKind::BadRequest, failure::shorten(&message, None)))
}

enum Shape {
    Nothing,
    Events,
    Lines,
    Whole,
    Foreign,
}

/// What a body is, by its first bytes: services label both streams and whole answers in every way.
fn shape(head: &[u8], events: bool, framing: Framing) -> Shape {
    let starts = |with: &[&str]| with.iter().any(|start| head.starts_with(start.as_bytes()));
    match head.first() {
        None => Shape::Nothing,
        Some(b'{') if framing == Framing::Lines => Shape::Lines,
        Some(b'{' | b'[') => Shape::Whole,
        Some(b'<') => Shape::Foreign,
        Some(_) if framing == Framing::Lines => Shape::Foreign,
        Some(_) if events || starts(&["data:", "event:", "id:", "retry:", ":"]) => Shape::Events,
        Some(_) => Shape::Foreign,
    }
}

fn foreign(head: &[u8]) -> AiError {
    let message = match head.trim_ascii_start().first() {
        Some(b'<') => "the service sent a web page, not an answer; check its address",
        _ => "the service sent something that is not an answer",
    };
    AiError::new(AiErrorKind::Garbage, message)
}

/// Pieces of an answer: the name of each, where it has one, and its text.
pub(crate) type Pieces = Pin<Box<dyn Stream<Item = Result<(String, String), AiError>> + Send>>;

fn events_of(body: Body, head: Vec<u8>) -> Pieces {
    let events = body.lines(head, Framing::Events).eventsource().map(|event| match event {
        Ok(event) => Ok((event.event, event.data)),
        Err(EventStreamError::Transport(error)) => Err(error),
        Err(_) => Err(foreign(&[])),
    });
    Box::pin(events)
}

fn lines_of(body: Body, head: Vec<u8>) -> Pieces {
    let lines = body.lines(head, Framing::Lines).flat_map(|lines| {
        let lines: Vec<_> = match lines {
            Err(error) => vec![Err(error)],
            Ok(lines) => lines
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty())
                .map(|line| match str::from_utf8(line) {
                    Ok(line) => Ok((String::new(), line.to_owned())),
                    Err(_) => Err(foreign(&[])),
                })
                .collect(),
        };
        stream::iter(lines)
    });
    Box::pin(lines)
}

/// An answer being read. Dropping it closes the connection.
struct Reading<A> {
    pieces: Pieces,
    answer: A,
    out: VecDeque<Delta>,
    idle: Duration,
    over: bool,
}

impl<A: Reader> Reading<A> {
    async fn next(mut self) -> Option<(Result<Delta, AiError>, Self)> {
        loop {
            if let Some(delta) = self.out.pop_front() {
                return Some((Ok(delta), self));
            }
            if self.over {
                return None;
            }
            let result = match self.piece().await {
                Ok(true) => continue,
                Ok(false) => self.answer.end(&mut self.out),
                // Once the model has said that it is done, the answer is whole whatever happens to the connection.
                Err(_) if self.answer.finished() => self.answer.end(&mut self.out),
                Err(error) => Err(error),
            };
            self.over = true;
            if let Err(error) = result {
                return Some((Err(error), self));
            }
        }
    }

    /// Takes the next piece; `false` at the end.
    async fn piece(&mut self) -> Result<bool, AiError> {
        let next = if self.answer.finished() {
            timeout(self.idle.min(AFTER_FINISH), self.pieces.next()).await.map_err(|_| body::silent(true))?
        } else {
            self.pieces.next().await
        };
        match next {
            None => Ok(false),
            Some(Ok((name, data))) => self.answer.event(&name, &data, &mut self.out),
            Some(Err(error)) => Err(error),
        }
    }
}
