//! What a dialect is: how a request is written in it, and how an answer is read.
//!
//! No I/O. [`crate::wire`] does the rest, once for all of them: the connection, the limits, the failures.

use std::collections::VecDeque;

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use serde_json::{Map, Value};
use skald_kernel::{
    Error,
    model::{AiError, Delta, EmbedRequest, Embeddings, ModelInfo, ModelRequest},
};

/// How the pieces of an answer are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events.
    Events,
    /// One JSON object a line.
    Lines,
}

/// A request ready to be sent.
pub(crate) struct Wanted {
    pub(crate) url: Url,
    pub(crate) body: Map<String, Value>,
}

/// A dialect.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// Reads its answers.
    type Answer: Reader;
    /// What it is called.
    const NAME: &'static str;
    /// How its streams are framed.
    const FRAMING: Framing = Framing::Events;
    /// Headers that go with every request.
    const HEADERS: &'static [(&'static str, &'static str)] = &[];

    /// The address its operations are appended to, from what was pasted.
    fn base(pasted: &str) -> Result<Url, Error>;

    /// The header that carries the key.
    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)>;

    /// A request for an answer.
    fn chat(base: &Url, request: &ModelRequest) -> Wanted;

    /// Leaves out what the service says it does not take, and says what that was; nothing where it complains of something
    /// else.
    fn leave_out(_body: &mut Map<String, Value>, _said: &str) -> Vec<&'static str> {
        Vec::new()
    }

    /// An answer to this request of which nothing has come. The key is kept out of what it reports.
    fn answer(request: &ModelRequest, key: Option<&str>) -> Self::Answer;

    /// Where the models are listed; `after` is what the page before ended with.
    fn models(base: &Url, after: Option<&str>) -> Url;

    /// A page of models and how to ask for the next; none when it is no such list.
    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)>;

    /// A request for embeddings; none where the service has none.
    fn embed(_base: &Url, _request: &EmbedRequest) -> Option<Wanted> {
        None
    }

    /// The embeddings in an answer; none when there are none in it.
    fn read_embeddings(_answer: &Value) -> Option<Embeddings> {
        None
    }
}

/// An answer being read.
pub(crate) trait Reader: Send + 'static {
    /// Takes a piece of a stream; `false` when it was the last. The name is empty where pieces have none.
    fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError>;

    /// Takes an answer that came in one piece, and ends it.
    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError>;

    /// Whether the model has said that it is done: what may follow is the usage.
    fn finished(&self) -> bool;

    /// Ends the answer: gives out its calls and its end, or says why it is none.
    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError>;
}

/// `Authorization: Bearer`, which most services want.
pub(crate) fn bearer(key: &str) -> Option<(HeaderName, HeaderValue)> {
    secret(reqwest::header::AUTHORIZATION, &format!("Bearer {key}"))
}

/// A header that never shows in `Debug`.
pub(crate) fn secret(name: HeaderName, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

/// A temperature through text: 0.7 as a binary fraction of 32 bits would be sent as 0.699999988079071.
pub(crate) fn temperature(temperature: f32) -> Value {
    temperature.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// Arguments of a call the model made before, as an object: services refuse the whole conversation when they are none, so
/// what a model garbled is sent back empty.
pub(crate) fn arguments(written: &str) -> Map<String, Value> {
    serde_json::from_str(written).unwrap_or_default()
}

/// A number of tokens, however it is written; none for what is no such number.
pub(crate) fn number(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| n as u64))
}

/// Vectors from JSON; none when one of them is no list of numbers.
pub(crate) fn vectors<'a>(lists: impl IntoIterator<Item = &'a Value>) -> Option<Vec<Vec<f32>>> {
    let vector = |list: &Value| list.as_array()?.iter().map(|n| n.as_f64().map(|n| n as f32)).collect();
    lists.into_iter().map(vector).collect()
}
