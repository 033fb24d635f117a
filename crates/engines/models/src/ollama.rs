//! Ollama's own API: one JSON object a line.
//!
//! Used instead of its OpenAI-compatible address for what that one lacks: the list of what is installed, the size of the
//! context, and pulling a model with progress. Calls of tools come whole and without ids; their arguments are objects.
//! Thinking is ignored.

use std::collections::VecDeque;

use futures::{StreamExt, stream::BoxStream};
use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use skald_kernel::{
    Error,
    model::{
        AiError, AiErrorKind, Delta, EmbedRequest, Embeddings, Message, ModelInfo, ModelRequest, ToolCall, ToolSpec,
        Usage,
    },
};

use crate::{
    address,
    dialect::{Dialect, Framing, Reader, Wanted, arguments, bearer, number, temperature, vectors},
    gathering::{Call, Ending, Gathering, garbage, parse},
    wire::Wire,
};

/// An Ollama in the house, or Ollama's service.
pub type Ollama = Wire<OllamaDialect>;

/// Ollama's dialect.
pub struct OllamaDialect;

impl Dialect for OllamaDialect {
    type Answer = Answer;
    const NAME: &'static str = "Ollama";
    const FRAMING: Framing = Framing::Lines;

    fn base(pasted: &str) -> Result<Url, Error> {
        // The OpenAI-compatible address is the one people know.
        let mut url = address::base(pasted, &["/api/chat", "/api/tags", "/api", "/v1"], "")?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(path.strip_suffix("/v1").unwrap_or(&path));
        Ok(url)
    }

    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)> {
        bearer(key)
    }

    fn chat(base: &Url, request: &ModelRequest) -> Wanted {
        Wanted { url: address::under(base, "api/chat"), body: body(request) }
    }

    fn leave_out(body: &mut Map<String, Value>, said: &str) -> Vec<&'static str> {
        let without = said.contains("does not support tools") && body.remove("tools").is_some();
        if without { vec!["tools"] } else { Vec::new() }
    }

    fn answer(_: &ModelRequest, key: Option<&str>) -> Answer {
        Answer(Gathering::new(key))
    }

    fn models(base: &Url, _: Option<&str>) -> Url {
        address::under(base, "api/tags")
    }

    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)> {
        let model = |model: &Value| {
            let id = model.get("model").or_else(|| model.get("name"))?.as_str()?.to_owned();
            Some(ModelInfo { id, context_tokens: None })
        };
        Some((page.get("models")?.as_array()?.iter().filter_map(model).collect(), None))
    }

    fn embed(base: &Url, request: &EmbedRequest) -> Option<Wanted> {
        let body = Map::from_iter([("model".into(), json!(request.model)), ("input".into(), json!(request.texts))]);
        Some(Wanted { url: address::under(base, "api/embed"), body })
    }

    fn read_embeddings(answer: &Value) -> Option<Embeddings> {
        let vectors = vectors(answer.get("embeddings")?.as_array()?)?;
        Some(Embeddings { vectors, input_tokens: number(answer.get("prompt_eval_count")) })
    }
}

fn body(request: &ModelRequest) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("stream".into(), json!(true));
    body.insert("messages".into(), request.messages.iter().map(message).collect());
    if !request.tools.is_empty() {
        let tool = |tool: &ToolSpec| json!({"type": "function", "function": tool});
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    if let Some(wanted) = &request.schema {
        body.insert("format".into(), wanted.schema.clone());
    }
    let mut options = Map::new();
    if let Some(degrees) = request.sampling.temperature {
        options.insert("temperature".into(), temperature(degrees));
    }
    if let Some(max_tokens) = request.sampling.max_tokens {
        options.insert("num_predict".into(), json!(max_tokens));
    }
    if let Some(seed) = request.seed {
        // The service takes 31 bits.
        options.insert("seed".into(), json!(seed & 0x7fff_ffff));
    }
    if !options.is_empty() {
        body.insert("options".into(), options.into());
    }
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::System { text } => json!({"role": "system", "content": text}),
        Message::User { text, images } if images.is_empty() => json!({"role": "user", "content": text}),
        Message::User { text, images } => {
            let images: Vec<&str> = images.iter().map(|image| image.base64.as_str()).collect();
            json!({"role": "user", "content": text, "images": images})
        }
        Message::Assistant { text, tool_calls } if tool_calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        Message::Assistant { text, tool_calls } => {
            json!({"role": "assistant", "content": text, "tool_calls": tool_calls.iter().map(call).collect::<Value>()})
        }
        Message::Tool { name, content, .. } => json!({"role": "tool", "tool_name": name, "content": content}),
    }
}

fn call(call: &ToolCall) -> Value {
    json!({"function": {"name": call.name, "arguments": arguments(&call.arguments)}})
}

/// An answer so far.
pub struct Answer(Gathering);

impl Reader for Answer {
    fn event(&mut self, _: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        let value = parse(data)?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.0.failure(&value));
        }
        let message = value.get("message").filter(|message| message.is_object());
        let done = value.get("done").and_then(Value::as_bool);
        if message.is_none() && done.is_none() {
            return Err(garbage());
        }
        self.0.begin();
        if let Some(message) = message {
            let text = message.get("content").and_then(Value::as_str).unwrap_or_default();
            self.0.text(text.to_owned(), out)?;
            for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
                let word = |pointer: &str| call.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
                let arguments = match call.pointer("/function/arguments") {
                    None | Some(Value::Null) => "{}".to_owned(),
                    Some(Value::String(text)) => text.clone(),
                    Some(object) => object.to_string(),
                };
                self.0.call(Call { index: None, id: word("/id"), name: word("/function/name"), arguments })?;
            }
        }
        if done != Some(true) {
            return Ok(true);
        }
        self.0.usage(usage(&value));
        let length = value.get("done_reason").and_then(Value::as_str) == Some("length");
        self.0.finish(if length { Ending::Length } else { Ending::Stop });
        Ok(false)
    }

    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.event("", text, out)?;
        self.0.end(out)
    }

    fn finished(&self) -> bool {
        self.0.finished()
    }

    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.0.end(out)
    }
}

/// Tokens; a prompt that was read before is not counted again by the service. None when neither is named.
fn usage(last: &Value) -> Option<Usage> {
    let (prompt, output) = (number(last.get("prompt_eval_count")), number(last.get("eval_count")));
    if prompt.is_none() && output.is_none() {
        return None;
    }
    let raw = last.as_object()?.iter().filter(|(name, _)| name.ends_with("_count") || name.ends_with("_duration"));
    let raw: Map<String, Value> = raw.map(|(name, value)| (name.clone(), value.clone())).collect();
    Some(Usage { input: prompt.unwrap_or(0), cached: 0, output: output.unwrap_or(0), reasoning: 0, raw: raw.into() })
}

/// How far the pulling of a model has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pulling {
    /// What the service is doing, in its words; `success` at the end.
    pub status: String,
    /// Bytes of the present part that are here.
    pub completed: u64,
    /// Bytes of the present part, once known.
    pub total: u64,
}

impl Ollama {
    /// Has the service fetch a model, and tells how far it is. Dropping the stream stops it.
    ///
    /// # Errors
    /// As the service fails; a stream that ends without `success` is truncated.
    pub async fn pull(&self, model: &str) -> Result<BoxStream<'static, Result<Pulling, AiError>>, AiError> {
        let body = Map::from_iter([("model".into(), json!(model)), ("stream".into(), json!(true))]);
        let key = self.key().map(str::to_owned);
        let lines = self.lines(Wanted { url: address::under(self.at(), "api/pull"), body }).await?;
        let steps = lines.map(move |line| {
            let value = parse(&line?.1)?;
            if value.get("error").is_some_and(|error| !error.is_null()) {
                return Err(crate::failure::of_object(&value, key.as_deref()));
            }
            let bytes = |name: &str| number(value.get(name)).unwrap_or(0);
            let status = value.get("status").and_then(Value::as_str).ok_or_else(garbage)?.to_owned();
            Ok(Pulling { status, completed: bytes("completed"), total: bytes("total") })
        });
        let mut succeeded = false;
        let told = steps.map(Some).chain(futures::stream::once(async { None })).filter_map(move |step| {
            let step = match step {
                Some(step) => {
                    succeeded |= step.as_ref().is_ok_and(|step| step.status == "success");
                    Some(step)
                }
                None if succeeded => None,
                None => {
                    Some(Err(AiError::new(AiErrorKind::Truncated, "the service stopped before the model was here")))
                }
            };
            futures::future::ready(step)
        });
        Ok(told.boxed())
    }
}
