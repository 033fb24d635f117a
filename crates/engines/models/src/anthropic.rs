//! Anthropic's Messages API.
//!
//! What is different: instructions stand beside the conversation, a limit of tokens is needed, answers of tools are what
//! the user says, and there is no seed. An answer of a given shape is asked for as a tool the model must call; what it
//! fills in comes out as the text. Tokens read from and written to the cache are counted beside those of the prompt there,
//! inside it here. Thinking is ignored.

use std::collections::VecDeque;

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use serde_json::{Map, Value, json};
use skald_kernel::{
    Error,
    model::{AiError, AiErrorKind, Delta, Message, ModelInfo, ModelRequest, ToolCall, Usage},
};

use crate::{
    address,
    dialect::{Dialect, Reader, Wanted, arguments, number, secret, temperature},
    gathering::{Call, Ending, Gathering, garbage, parse},
    wire::Wire,
};

/// Tokens an answer may have where the request sets no limit: the service wants one.
const USUAL_LIMIT: u32 = 4_096;

/// Anthropic's service, or one that speaks its dialect.
pub type Anthropic = Wire<AnthropicDialect>;

/// Anthropic's dialect.
pub struct AnthropicDialect;

impl Dialect for AnthropicDialect {
    type Answer = Answer;
    const NAME: &'static str = "Anthropic";
    const HEADERS: &'static [(&'static str, &'static str)] = &[("anthropic-version", "2023-06-01")];

    fn base(pasted: &str) -> Result<Url, Error> {
        address::base(pasted, &["/messages", "/models"], "/v1")
    }

    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)> {
        secret(HeaderName::from_static("x-api-key"), key)
    }

    fn chat(base: &Url, request: &ModelRequest) -> Wanted {
        Wanted { url: address::under(base, "messages"), body: body(request) }
    }

    fn answer(request: &ModelRequest, key: Option<&str>) -> Answer {
        let shaped = request.schema.as_ref().map(|schema| schema.name.clone());
        Answer { gathering: Gathering::new(key), shaped, blocks: Vec::new() }
    }

    fn leave_out(body: &mut Map<String, Value>, said: &str) -> Vec<&'static str> {
        let said = said.to_lowercase();
        let complains = ["not support", "unsupported", "deprecated", "not permitted", "extra inputs"];
        let unknown = said.contains("temperature") && complains.iter().any(|words| said.contains(words));
        if unknown && body.remove("temperature").is_some() { vec!["temperature"] } else { Vec::new() }
    }

    fn models(base: &Url, after: Option<&str>) -> Url {
        let mut url = address::under(base, "models");
        url.query_pairs_mut().append_pair("limit", "1000");
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after_id", after);
        }
        url
    }

    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)> {
        let list = page.get("data")?.as_array()?;
        let model = |model: &Value| {
            let context_tokens = number(model.get("max_input_tokens"));
            Some(ModelInfo { id: model.get("id")?.as_str()?.to_owned(), context_tokens })
        };
        let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(false);
        let last = page.get("last_id").and_then(Value::as_str).filter(|_| more);
        Some((list.iter().filter_map(model).collect(), last.map(str::to_owned)))
    }
}

fn body(request: &ModelRequest) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("max_tokens".into(), json!(request.sampling.max_tokens.unwrap_or(USUAL_LIMIT)));
    body.insert("stream".into(), json!(true));
    let system: Vec<&str> = request.messages.iter().filter_map(instructions).collect();
    if !system.is_empty() {
        body.insert("system".into(), json!(system.join("\n\n")));
    }
    body.insert("messages".into(), conversation(&request.messages).into());
    let mut tools: Vec<Value> = request
        .tools
        .iter()
        .map(|tool| json!({"name": tool.name, "description": tool.description, "input_schema": tool.parameters}))
        .collect();
    if let Some(wanted) = &request.schema {
        let description = "Give the answer by calling this, once.";
        tools.push(json!({"name": wanted.name, "description": description, "input_schema": wanted.schema}));
        body.insert("tool_choice".into(), json!({"type": "tool", "name": wanted.name}));
    }
    if !tools.is_empty() {
        body.insert("tools".into(), tools.into());
    }
    if let Some(degrees) = request.sampling.temperature {
        body.insert("temperature".into(), temperature(degrees.clamp(0.0, 1.0)));
    }
    body
}

fn instructions(message: &Message) -> Option<&str> {
    match message {
        Message::System { text } => Some(text),
        _ => None,
    }
}

/// The conversation in turns: what one side says in a row is one message.
fn conversation(messages: &[Message]) -> Vec<Value> {
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in messages {
        let (role, parts) = match message {
            Message::System { .. } => continue,
            Message::User { text, images } => {
                let image = |image: &skald_kernel::model::Image| {
                    let source = json!({"type": "base64", "media_type": image.media_type, "data": image.base64});
                    json!({"type": "image", "source": source})
                };
                ("user", images.iter().map(image).chain(part(text)).collect::<Vec<_>>())
            }
            Message::Assistant { text, tool_calls } => {
                ("assistant", part(text).into_iter().chain(tool_calls.iter().map(call)).collect())
            }
            Message::Tool { call_id, content, .. } => {
                ("user", vec![json!({"type": "tool_result", "tool_use_id": call_id, "content": content})])
            }
        };
        match turns.last_mut() {
            Some((last, more)) if *last == role => more.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    let turns = turns.into_iter().filter(|(_, parts)| !parts.is_empty());
    turns.map(|(role, parts)| json!({"role": role, "content": parts})).collect()
}

/// The service refuses empty texts.
fn part(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({"type": "text", "text": text}))
}

fn call(call: &ToolCall) -> Value {
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": arguments(&call.arguments)})
}

/// What a block of an answer is.
#[derive(Clone, Copy)]
enum Block {
    Text,
    /// The call at this place.
    Call(usize),
    /// The answer of the wanted shape.
    Shaped,
    Other,
}

/// An answer so far.
pub struct Answer {
    gathering: Gathering,
    /// The tool whose input is the answer.
    shaped: Option<String>,
    /// The blocks by their number.
    blocks: Vec<(u64, Block)>,
}

impl Answer {
    fn begin_block(&mut self, index: u64, block: &Value, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let text = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = match block.get("type").and_then(Value::as_str) {
            Some("text") => {
                self.gathering.text(text("text"), out)?;
                Block::Text
            }
            Some("tool_use") => {
                // A stream begins with an empty input and adds to it, an answer in one piece has all of it.
                let input = block.get("input").filter(|input| input.as_object().is_some_and(|all| !all.is_empty()));
                let input = input.map(Value::to_string).unwrap_or_default();
                if self.shaped.as_deref() == block.get("name").and_then(Value::as_str) {
                    self.gathering.text(input, out)?;
                    Block::Shaped
                } else {
                    let call = Call { index: None, id: text("id"), name: text("name"), arguments: input };
                    self.gathering.call(call)?;
                    Block::Call(self.gathering.calls.len() - 1)
                }
            }
            _ => Block::Other,
        };
        self.blocks.push((index, kind));
        Ok(())
    }

    fn continue_block(&mut self, index: u64, delta: &Value, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let Some((_, block)) = self.blocks.iter().rfind(|(known, _)| *known == index).copied() else { return Ok(()) };
        let text = |name: &str| delta.get(name).and_then(Value::as_str).unwrap_or_default();
        match block {
            Block::Text => self.gathering.text(text("text").to_owned(), out),
            Block::Shaped => self.gathering.text(text("partial_json").to_owned(), out),
            Block::Call(at) => self.gathering.argument(at, text("partial_json")),
            Block::Other => Ok(()),
        }
    }

    fn stopped(&mut self, said: &Value) {
        if let Some(word) = said.get("stop_reason").and_then(Value::as_str) {
            self.gathering.finish(ending(word));
        }
    }

    fn message(&mut self, message: &Value, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let blocks = message.get("content").and_then(Value::as_array).ok_or_else(garbage)?;
        self.gathering.begin();
        self.gathering.usage(usage(None, message.get("usage")));
        for (index, block) in blocks.iter().enumerate() {
            self.begin_block(index as u64, block, out)?;
        }
        self.stopped(message);
        Ok(())
    }
}

impl Reader for Answer {
    fn event(&mut self, _: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        if data.trim().is_empty() {
            return Ok(true);
        }
        let value = parse(data.trim())?;
        let index = value.get("index").and_then(Value::as_u64).unwrap_or(0);
        match value.get("type").and_then(Value::as_str).ok_or_else(garbage)? {
            "message_start" => self.message(value.get("message").ok_or_else(garbage)?, out)?,
            "content_block_start" => {
                self.begin_block(index, value.get("content_block").unwrap_or(&Value::Null), out)?;
            }
            "content_block_delta" => self.continue_block(index, value.get("delta").unwrap_or(&Value::Null), out)?,
            "message_delta" => {
                let usage = usage(self.gathering.usage_so_far(), value.get("usage"));
                self.gathering.usage(usage);
                self.stopped(value.get("delta").unwrap_or(&Value::Null));
            }
            "message_stop" => {
                self.gathering.done();
                return Ok(false);
            }
            "error" => return Err(self.gathering.failure(&value)),
            _ => {}
        }
        Ok(true)
    }

    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let value = parse(text)?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.gathering.failure(&value));
        }
        self.message(&value, out)?;
        self.gathering.done();
        self.end(out)
    }

    fn finished(&self) -> bool {
        self.gathering.finished()
    }

    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        for call in &mut self.gathering.calls {
            // A tool without arguments is called with no piece of them.
            if call.arguments.is_empty() {
                call.arguments.push_str("{}");
            }
        }
        self.gathering.end(out)
    }
}

fn ending(word: &str) -> Ending {
    match word {
        "max_tokens" => Ending::Length,
        "refusal" => Ending::Failed(AiError::new(AiErrorKind::Refused, "the model declined to answer")),
        "model_context_window_exceeded" => {
            let message = "the answer did not fit into the model's context window";
            Ending::Failed(AiError::new(AiErrorKind::ContextTooLong, message))
        }
        _ => Ending::Stop,
    }
}

/// Tokens: the prompt's come with the beginning, the answer's with the end. None when neither is named.
fn usage(before: Option<&Usage>, said: Option<&Value>) -> Option<Usage> {
    let said = said.filter(|said| said.is_object())?;
    let of = |name: &str| number(said.get(name));
    let (prompt, output) = (of("input_tokens"), of("output_tokens"));
    if prompt.is_none() && output.is_none() {
        return None;
    }
    let mut usage = before.cloned().unwrap_or_default();
    if let Some(prompt) = prompt {
        usage.cached = of("cache_read_input_tokens").unwrap_or(0);
        usage.input = prompt + usage.cached + of("cache_creation_input_tokens").unwrap_or(0);
    }
    usage.output = output.unwrap_or(usage.output);
    let mut raw = usage.raw.as_object().cloned().unwrap_or_default();
    raw.extend(said.as_object().cloned().unwrap_or_default());
    usage.raw = raw.into();
    Some(usage)
}
