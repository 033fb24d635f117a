//! Cohere's API, version 2.
//!
//! What is different: events name the parts of a message, the plan before calls of tools comes by itself (and is ignored,
//! like thinking), the list of models is in version 1, and an invalid key is status 498.

use std::collections::VecDeque;

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
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
    dialect::{Dialect, Reader, Wanted, arguments, bearer, number, temperature, vectors},
    gathering::{Call, Ending, Gathering, garbage, parse, text_of},
    openai::seen,
    wire::Wire,
};

/// Cohere's service.
pub type Cohere = Wire<CohereDialect>;

/// Cohere's dialect.
pub struct CohereDialect;

impl Dialect for CohereDialect {
    type Answer = Answer;
    const NAME: &'static str = "Cohere";

    fn base(pasted: &str) -> Result<Url, Error> {
        address::base(pasted, &["/chat", "/embed", "/models"], "/v2")
    }

    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)> {
        bearer(key)
    }

    fn chat(base: &Url, request: &ModelRequest) -> Wanted {
        Wanted { url: address::under(base, "chat"), body: body(request) }
    }

    fn answer(_: &ModelRequest, key: Option<&str>) -> Answer {
        Answer { gathering: Gathering::new(key), places: Vec::new() }
    }

    fn models(base: &Url, after: Option<&str>) -> Url {
        let mut url = address::under(base, "models");
        let path = url.path().replacen("/v2/", "/v1/", 1);
        url.set_path(&path);
        url.query_pairs_mut().append_pair("page_size", "1000");
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("page_token", after);
        }
        url
    }

    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)> {
        let model = |model: &Value| {
            let id = model.get("name")?.as_str()?.to_owned();
            Some(ModelInfo { id, context_tokens: number(model.get("context_length")) })
        };
        let next = page.get("next_page_token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let models = page.get("models")?.as_array()?.iter().filter_map(model).collect();
        Some((models, next.map(str::to_owned)))
    }

    fn embed(base: &Url, request: &EmbedRequest) -> Option<Wanted> {
        let body = Map::from_iter([
            ("model".into(), json!(request.model)),
            ("texts".into(), json!(request.texts)),
            ("input_type".into(), json!("search_document")),
            ("embedding_types".into(), json!(["float"])),
        ]);
        Some(Wanted { url: address::under(base, "embed"), body })
    }

    fn read_embeddings(answer: &Value) -> Option<Embeddings> {
        let vectors = vectors(answer.pointer("/embeddings/float")?.as_array()?)?;
        Some(Embeddings { vectors, input_tokens: number(answer.pointer("/meta/billed_units/input_tokens")) })
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
        body.insert("response_format".into(), json!({"type": "json_object", "json_schema": wanted.schema}));
    }
    if let Some(degrees) = request.sampling.temperature {
        body.insert("temperature".into(), temperature(degrees));
    }
    if let Some(max_tokens) = request.sampling.max_tokens {
        body.insert("max_tokens".into(), json!(max_tokens));
    }
    if let Some(seed) = request.seed {
        body.insert("seed".into(), json!(seed));
    }
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::System { text } => json!({"role": "system", "content": text}),
        Message::User { text, images } if images.is_empty() => json!({"role": "user", "content": text}),
        Message::User { text, images } => json!({"role": "user", "content": seen(text, images)}),
        Message::Assistant { text, tool_calls } if tool_calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        // What was said before calls is their plan here.
        Message::Assistant { text, tool_calls } => {
            let calls: Value = tool_calls.iter().map(call).collect();
            match text.is_empty() {
                true => json!({"role": "assistant", "tool_calls": calls}),
                false => json!({"role": "assistant", "tool_plan": text, "tool_calls": calls}),
            }
        }
        Message::Tool { call_id, content, .. } => json!({"role": "tool", "tool_call_id": call_id, "content": content}),
    }
}

fn call(call: &ToolCall) -> Value {
    let arguments = Value::from(arguments(&call.arguments)).to_string();
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

/// An answer so far.
pub struct Answer {
    gathering: Gathering,
    /// The number the service gives a call, and its place.
    places: Vec<(u64, usize)>,
}

impl Answer {
    fn call(&mut self, index: u64, said: &Value) -> Result<(), AiError> {
        let text = |pointer: &str| said.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let call =
            Call { index: None, id: text("/id"), name: text("/function/name"), arguments: text("/function/arguments") };
        self.places.push((index, self.gathering.calls.len()));
        self.gathering.call(call)
    }

    fn stopped(&mut self, word: &str, error: Option<&Value>) {
        let said = error.and_then(Value::as_str).unwrap_or("the service broke its answer off with an error");
        self.gathering.finish(match word {
            "MAX_TOKENS" => Ending::Length,
            "ERROR" | "TIMEOUT" => Ending::Failed(AiError::new(AiErrorKind::Overloaded, said)),
            "ERROR_TOXIC" => Ending::Failed(crate::gathering::withheld()),
            "ERROR_LIMIT" => Ending::Failed(AiError::new(AiErrorKind::ContextTooLong, said)),
            _ => Ending::Stop,
        });
    }
}

impl Reader for Answer {
    fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        let data = data.trim();
        if data.is_empty() {
            return Ok(true);
        }
        if data == "[DONE]" {
            self.gathering.done();
            return Ok(false);
        }
        let value = parse(data)?;
        let index = value.get("index").and_then(Value::as_u64).unwrap_or(0);
        let kind = value.get("type").and_then(Value::as_str).unwrap_or(name);
        match kind {
            "message-start" => self.gathering.begin(),
            "content-start" | "content-delta" => {
                self.gathering.begin();
                let text = value.pointer("/delta/message/content/text").and_then(Value::as_str);
                self.gathering.text(text.unwrap_or_default().to_owned(), out)?;
            }
            "tool-call-start" => {
                self.gathering.begin();
                self.call(index, value.pointer("/delta/message/tool_calls").unwrap_or(&Value::Null))?;
            }
            "tool-call-delta" => {
                let more = value.pointer("/delta/message/tool_calls/function/arguments").and_then(Value::as_str);
                let place = self.places.iter().rfind(|(known, _)| *known == index).map(|(_, place)| *place);
                if let (Some(more), Some(place)) = (more, place) {
                    self.gathering.argument(place, more)?;
                }
            }
            "message-end" => {
                self.gathering.begin();
                self.gathering.usage(value.pointer("/delta/usage").and_then(usage));
                let word = value.pointer("/delta/finish_reason").and_then(Value::as_str).unwrap_or_default();
                self.stopped(word, value.pointer("/delta/error"));
                return Ok(false);
            }
            _ if value.get("error").is_some() || (value.get("type").is_none() && value.get("message").is_some()) => {
                return Err(self.gathering.failure(&value));
            }
            "error" => return Err(self.gathering.failure(&value)),
            _ if value.get("type").and_then(Value::as_str).is_none() => return Err(garbage()),
            _ => {}
        }
        Ok(true)
    }

    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let value = parse(text)?;
        let Some(message) = value.get("message").filter(|message| message.is_object()) else {
            let failed = value.get("message").or_else(|| value.get("error")).is_some();
            return Err(if failed { self.gathering.failure(&value) } else { garbage() });
        };
        self.gathering.begin();
        let content = message.get("content").cloned().unwrap_or_default();
        self.gathering.text(text_of(content), out)?;
        for (index, call) in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.call(index as u64, call)?;
        }
        self.gathering.usage(value.get("usage").and_then(usage));
        self.stopped(value.get("finish_reason").and_then(Value::as_str).unwrap_or_default(), None);
        self.gathering.end(out)
    }

    fn finished(&self) -> bool {
        self.gathering.finished()
    }

    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.gathering.end(out)
    }
}

/// Tokens as the model saw them; those billed are in the raw usage. None when neither is named.
fn usage(raw: &Value) -> Option<Usage> {
    let of = |name: &str| {
        number(raw.pointer(&format!("/tokens/{name}")))
            .or_else(|| number(raw.pointer(&format!("/billed_units/{name}"))))
    };
    let (prompt, output) = (of("input_tokens"), of("output_tokens"));
    if prompt.is_none() && output.is_none() {
        return None;
    }
    let input = prompt.unwrap_or(0);
    let cached = number(raw.get("cached_tokens")).unwrap_or(0).min(input);
    Some(Usage { input, cached, output: output.unwrap_or(0), reasoning: 0, raw: raw.clone() })
}
