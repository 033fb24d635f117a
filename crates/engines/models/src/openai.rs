//! The OpenAI-compatible wire: OpenAI, vLLM, llama.cpp, Ollama, LM Studio, OpenRouter, Groq, DeepSeek, Mistral and others.
//!
//! Tolerant of what these services do differently: no `[DONE]`, no ids of tool calls, one JSON answer where a stream was
//! asked for, errors inside a stream of status 200, parameters they do not know. `request` writes what is sent, `answer`
//! reads what comes back.

mod answer;
mod request;

use std::{collections::VecDeque, fmt, pin::Pin, time::Duration};

use async_trait::async_trait;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{Stream, StreamExt, stream};
use reqwest::{
    Client, Response, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
};
use serde_json::Value;
use skald_kernel::{
    Error,
    model::{AiError, AiErrorKind, Delta, DeltaStream, ModelInfo, ModelRequest, Provider, Timeouts},
};
use tokio::time::{Instant, timeout, timeout_at};

use self::answer::Answer;
use crate::{
    address,
    body::{self, Body},
    failure,
};

/// How long to wait for the usage once the model has said that it is done.
const AFTER_FINISH: Duration = Duration::from_secs(2);

/// A service that speaks the OpenAI dialect.
pub struct OpenAi {
    client: Client,
    base: Url,
    key: Option<String>,
    timeouts: Timeouts,
}

impl OpenAi {
    /// A service at `base_url`, with or without a trailing slash and `/v1`. A key of white space only is no key.
    ///
    /// # Errors
    /// `invalid` with the field `base_url` or `api_key`.
    pub fn new(client: Client, base_url: &str, api_key: Option<String>) -> Result<Self, Error> {
        let base = address::openai_base(base_url)?;
        let key = api_key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::field("api_key", "invalid", "A key is one word of letters, digits and signs."));
        }
        Ok(Self { client, base, key, timeouts: Timeouts::default() })
    }

    /// The timeouts of [`Provider::models`], whose call brings none of its own.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    fn headers(&self) -> HeaderMap {
        let bearer = self.key.as_ref().and_then(|key| HeaderValue::try_from(format!("Bearer {key}")).ok());
        let bearer = bearer.map(|mut bearer| {
            bearer.set_sensitive(true);
            (AUTHORIZATION, bearer)
        });
        bearer.into_iter().collect()
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
        let mut wanted = request::body(request);
        loop {
            let call = self.client.post(address::under(&self.base, "chat/completions")).json(&wanted);
            let bad = match self.send(call, &request.timeouts).await {
                Ok(good) => return Ok(good),
                Err(bad) => bad,
            };
            let left_out = match bad.error {
                AiError { kind: AiErrorKind::BadRequest, status: Some(400 | 404 | 422), .. } => {
                    request::leave_out(&mut wanted, &bad.said)
                }
                _ => Vec::new(),
            };
            if left_out.is_empty() {
                return Err(bad.error);
            }
            tracing::warn!(
                host = self.base.host_str(),
                model = request.model,
                ?left_out,
                "parameters the model service does not take"
            );
        }
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut base = self.base.clone();
        base.set_query(None);
        let key = if self.key.is_some() { "set" } else { "none" };
        f.debug_struct("OpenAi").field("base", &base.as_str()).field("key", &key).finish_non_exhaustive()
    }
}

#[async_trait]
impl Provider for OpenAi {
    async fn stream(&self, request: ModelRequest) -> Result<DeltaStream, AiError> {
        let Good { mut body, events } = self.ask(&request).await?;
        let head = body.head().await?;
        let mut reading = Reading {
            events: stream::empty().boxed(),
            answer: Answer::new(self.key.clone()),
            out: VecDeque::new(),
            idle: request.timeouts.idle(),
            over: false,
        };
        match shape(&head, events) {
            Shape::Nothing => return Err(body::truncated()),
            Shape::Foreign => return Err(foreign(&head)),
            Shape::Whole => {
                let whole = body.whole(head).await?;
                let text = str::from_utf8(&whole).map_err(|_| foreign(&[]))?;
                reading.answer.whole(text, &mut reading.out)?;
                reading.over = true;
            }
            Shape::Events => reading.events = Box::pin(body.lines(head).eventsource()),
        }
        Ok(stream::unfold(reading, Reading::next).boxed())
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        let call = self.client.get(address::under(&self.base, "models"));
        let Good { body, .. } = self.send(call, &self.timeouts).await.map_err(|bad| bad.error)?;
        let whole = body.whole(Vec::new()).await?;
        let value: Value = serde_json::from_slice(&whole).map_err(|_| foreign(&whole))?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(failure::of_object(&value, self.key.as_deref()));
        }
        let list = value.get("data").or_else(|| value.get("models")).unwrap_or(&value);
        let list = list.as_array().ok_or_else(|| foreign(&[]))?;
        let id = |model: &Value| {
            ["id", "name", "model"].iter().find_map(|field| model.get(field)?.as_str().map(str::to_owned))
        };
        Ok(list.iter().filter_map(id).map(|id| ModelInfo { id }).collect())
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
    Whole,
    Foreign,
}

/// What a body is, by its first bytes: services label both streams and whole answers in every way.
fn shape(head: &[u8], events: bool) -> Shape {
    let starts = |with: &[&str]| with.iter().any(|start| head.starts_with(start.as_bytes()));
    match head.first() {
        None => Shape::Nothing,
        Some(b'{' | b'[') => Shape::Whole,
        Some(b'<') => Shape::Foreign,
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

type Events = Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<AiError>>> + Send>>;

/// An answer being read. Dropping it closes the connection.
struct Reading {
    events: Events,
    answer: Answer,
    out: VecDeque<Delta>,
    idle: Duration,
    over: bool,
}

impl Reading {
    async fn next(mut self) -> Option<(Result<Delta, AiError>, Self)> {
        loop {
            if let Some(delta) = self.out.pop_front() {
                return Some((Ok(delta), self));
            }
            if self.over {
                return None;
            }
            let result = match self.event().await {
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

    /// Takes the next event; `false` at the end.
    async fn event(&mut self) -> Result<bool, AiError> {
        let next = if self.answer.finished() {
            timeout(self.idle.min(AFTER_FINISH), self.events.next()).await.map_err(|_| body::silent(true))?
        } else {
            self.events.next().await
        };
        match next {
            None => Ok(false),
            Some(Ok(event)) => self.answer.event(&event.event, &event.data, &mut self.out),
            Some(Err(EventStreamError::Transport(error))) => Err(error),
            Some(Err(_)) => Err(foreign(&[])),
        }
    }
}
