//! Reading an answer: chunks become deltas, fragments of tool calls become whole calls.
//!
//! No I/O. Text passes through at once; tool calls, usage and the end come when the answer is known to be whole, because
//! the usage follows the reason why the model stopped. Reasoning is ignored.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;
use skald_kernel::model::{AiError, AiErrorKind, Delta, FinishReason, ToolCall, Usage};

use crate::{body, failure};

/// The largest answer, text and arguments together, in bytes.
const ANSWER_MAX: usize = 4 << 20;

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Option<Vec<Choice>>,
    #[serde(default)]
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: Option<u32>,
    #[serde(default)]
    delta: Option<Part>,
    #[serde(default)]
    message: Option<Part>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Part {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Fragment>>,
}

#[derive(Deserialize)]
struct Fragment {
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    function: Option<Function>,
}

#[derive(Default, Deserialize)]
struct Function {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<Value>,
}

struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

/// An answer so far.
pub(super) struct Answer {
    key: Option<String>,
    calls: Vec<Call>,
    finish: Option<String>,
    usage: Option<Value>,
    refusal: String,
    spoke: bool,
    bytes: usize,
    /// `[DONE]` came, or the answer came in one piece.
    done: bool,
    /// A choice came at all.
    begun: bool,
}

impl Answer {
    /// An answer of which nothing has come. The key is kept out of what it reports.
    pub(super) fn new(key: Option<String>) -> Self {
        Self {
            key,
            calls: Vec::new(),
            finish: None,
            usage: None,
            refusal: String::new(),
            spoke: false,
            bytes: 0,
            done: false,
            begun: false,
        }
    }

    /// Whether the model has said that it is done: what may follow is the usage.
    pub(super) fn finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Takes an event of a stream; `false` when it was the last.
    pub(super) fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        let data = data.trim();
        if data == "[DONE]" {
            self.done = true;
            return Ok(false);
        }
        if data.is_empty() {
            return Ok(true);
        }
        let value = parse(data)?;
        if name == "error" {
            return Err(failure::of_object(&value, self.key.as_deref()));
        }
        self.take(value, false, out)?;
        Ok(true)
    }

    /// Takes an answer that came in one piece, and ends it.
    pub(super) fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.take(parse(text)?, true, out)?;
        if !self.begun {
            return Err(garbage());
        }
        self.done = true;
        self.end(out)
    }

    fn take(&mut self, value: Value, whole: bool, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let failed = value.get("error").is_some_and(|error| !error.is_null());
        if failed || value.get("object").is_some_and(|object| object == "error") {
            return Err(failure::of_object(&value, self.key.as_deref()));
        }
        let chunk: Chunk = serde_json::from_value(value).map_err(|_| garbage())?;
        if chunk.usage.as_ref().is_some_and(Value::is_object) {
            self.usage = chunk.usage;
        }
        // Only one was asked for.
        let Some(choice) = chunk.choices.into_iter().flatten().find(|choice| choice.index.unwrap_or(0) == 0) else {
            return Ok(());
        };
        self.begun = true;
        // A stream's last chunk may repeat the whole message: only an answer in one piece is read from it.
        let part = if whole { choice.message } else { choice.delta }.unwrap_or_default();
        let text = part.content.map(text).unwrap_or_default();
        self.grow(text.len())?;
        if !text.is_empty() {
            self.spoke = true;
            out.push_back(Delta::Text(text));
        }
        if let Some(refusal) = part.refusal {
            self.grow(refusal.len())?;
            self.refusal.push_str(&refusal);
        }
        for fragment in part.tool_calls.into_iter().flatten() {
            self.fragment(fragment)?;
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finish = Some(reason);
        }
        Ok(())
    }

    fn grow(&mut self, by: usize) -> Result<(), AiError> {
        self.bytes += by;
        if self.bytes > ANSWER_MAX { Err(body::too_large()) } else { Ok(()) }
    }

    /// Adds a fragment to its call. Some services give every call index 0 and a new id, some give no index at all.
    fn fragment(&mut self, fragment: Fragment) -> Result<(), AiError> {
        let id = fragment.id.unwrap_or_default();
        let function = fragment.function.unwrap_or_default();
        let name = function.name.unwrap_or_default();
        let arguments = match function.arguments {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(object) => object.to_string(),
        };
        // A call costs memory even when it says nothing.
        self.grow(id.len() + name.len() + arguments.len() + size_of::<Call>())?;
        let another = |call: &Call| !id.is_empty() && !call.id.is_empty() && call.id != id;
        let known = match fragment.index {
            Some(index) => self.calls.iter().rposition(|call| call.index == Some(index)),
            None if !id.is_empty() => self.calls.iter().rposition(|call| call.id == id),
            None if !name.is_empty() => None,
            None => self.calls.len().checked_sub(1),
        };
        match known.map(|at| &mut self.calls[at]).filter(|call| !another(call)) {
            Some(call) => {
                if call.id.is_empty() {
                    call.id = id;
                }
                if call.name != name {
                    call.name.push_str(&name);
                }
                call.arguments.push_str(&arguments);
            }
            None => self.calls.push(Call { index: fragment.index, id, name, arguments }),
        }
        Ok(())
    }

    /// Ends the answer: gives out its calls and its end, or says why it is none.
    pub(super) fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        if self.finish.is_none() && !self.done {
            return Err(body::truncated());
        }
        if !self.begun {
            return Err(garbage());
        }
        if !self.refusal.is_empty() && !self.spoke && self.calls.is_empty() {
            let message = failure::shorten(&self.refusal, self.key.as_deref());
            return Err(AiError::new(AiErrorKind::Refused, message));
        }
        let reason = reason(self.finish.as_deref().unwrap_or("stop"))?;
        for (index, call) in self.calls.drain(..).enumerate() {
            // Where the limit cut an argument off, the call is not what the model meant.
            let cut = reason == FinishReason::Length && serde_json::from_str::<Value>(&call.arguments).is_err();
            if cut || call.name.is_empty() {
                continue;
            }
            let index = call.index.unwrap_or(index as u64);
            let id = if call.id.is_empty() { format!("call_{index}") } else { call.id };
            out.push_back(Delta::ToolCall(ToolCall { id, name: call.name, arguments: call.arguments }));
        }
        let calls = out.iter().any(|delta| matches!(delta, Delta::ToolCall(_)));
        let reason = match reason {
            FinishReason::Length => FinishReason::Length,
            // What was called counts, not the word: some services say `stop` after a call.
            _ if calls => FinishReason::ToolCalls,
            _ => FinishReason::Stop,
        };
        out.push_back(Delta::Finish { reason, usage: self.usage.take().and_then(usage) });
        Ok(())
    }
}

fn garbage() -> AiError {
    AiError::new(AiErrorKind::Garbage, "the service sent something that is not an answer")
}

/// JSON; a text that ends too early was cut off on its way.
fn parse(data: &str) -> Result<Value, AiError> {
    serde_json::from_str(data).map_err(|error| if error.is_eof() { body::truncated() } else { garbage() })
}

/// Content is a string, or a list of parts of which some are text.
fn text(content: Value) -> String {
    match content {
        Value::String(text) => text,
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}

fn reason(word: &str) -> Result<FinishReason, AiError> {
    match word.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" => Ok(FinishReason::Length),
        "content_filter" | "safety" | "recitation" | "blocklist" | "prohibited_content" => {
            Err(AiError::new(AiErrorKind::Refused, "the service's filter withheld the answer"))
        }
        "insufficient_system_resource" => {
            Err(AiError::new(AiErrorKind::Overloaded, "the service ran out of resources"))
        }
        "error" => Err(AiError::new(AiErrorKind::Truncated, "the service broke its answer off with an error")),
        _ => Ok(FinishReason::Stop),
    }
}

/// Tokens as the service counts them: cached ones are inside the prompt here. None when it names neither prompt nor
/// answer: not known is not zero.
fn usage(raw: Value) -> Option<Usage> {
    let number = |value: Option<&Value>| {
        let value = value?;
        value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| n as u64))
    };
    let prompt = number(raw.get("prompt_tokens"));
    let output = number(raw.get("completion_tokens"));
    let details = raw.get("prompt_tokens_details").and_then(|details| details.get("cached_tokens"));
    let cached = number(details.or_else(|| raw.get("prompt_cache_hit_tokens")));
    if prompt.is_none() && output.is_none() {
        return None;
    }
    let input = prompt.unwrap_or(0);
    Some(Usage { input, cached: cached.unwrap_or(0).min(input), output: output.unwrap_or(0), raw })
}

#[cfg(test)]
mod tests;
