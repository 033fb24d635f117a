//! Reading an answer: chunks become deltas, fragments of tool calls become whole calls. Reasoning is ignored.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;
use skald_kernel::model::{AiError, AiErrorKind, Delta, Usage};

use crate::{
    dialect::{Reader, number},
    gathering::{Call, Ending, Gathering, garbage, parse, text_of, withheld},
};

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

/// An answer so far.
pub struct Answer(Gathering);

impl Answer {
    /// An answer of which nothing has come.
    pub(super) fn new(key: Option<&str>) -> Self {
        Self(Gathering::new(key))
    }

    fn take(&mut self, value: Value, whole: bool, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let failed = value.get("error").is_some_and(|error| !error.is_null());
        if failed || value.get("object").is_some_and(|object| object == "error") {
            return Err(self.0.failure(&value));
        }
        let chunk: Chunk = serde_json::from_value(value).map_err(|_| garbage())?;
        self.0.usage(chunk.usage.and_then(usage));
        // Only one was asked for.
        let Some(choice) = chunk.choices.into_iter().flatten().find(|choice| choice.index.unwrap_or(0) == 0) else {
            return Ok(());
        };
        self.0.begin();
        // A stream's last chunk may repeat the whole message: only an answer in one piece is read from it.
        let part = if whole { choice.message } else { choice.delta }.unwrap_or_default();
        self.0.text(part.content.map(text_of).unwrap_or_default(), out)?;
        if let Some(refusal) = part.refusal {
            self.0.refuse(&refusal)?;
        }
        for fragment in part.tool_calls.into_iter().flatten() {
            self.fragment(fragment)?;
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.0.finish(ending(&reason));
        }
        Ok(())
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
        let calls = &mut self.0.calls;
        let another = |call: &Call| !id.is_empty() && !call.id.is_empty() && call.id != id;
        let known = match fragment.index {
            Some(index) => calls.iter().rposition(|call| call.index == Some(index)),
            None if !id.is_empty() => calls.iter().rposition(|call| call.id == id),
            None if !name.is_empty() => None,
            None => calls.len().checked_sub(1),
        };
        match known.filter(|at| !another(&calls[*at])) {
            Some(at) => {
                let call = &mut calls[at];
                if call.id.is_empty() {
                    call.id = id;
                }
                if call.name != name {
                    call.name.push_str(&name);
                }
                self.0.argument(at, &arguments)
            }
            None => self.0.call(Call { index: fragment.index, id, name, arguments }),
        }
    }
}

impl Reader for Answer {
    fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        let data = data.trim();
        if data == "[DONE]" {
            self.0.done();
            return Ok(false);
        }
        if data.is_empty() {
            return Ok(true);
        }
        let value = parse(data)?;
        if name == "error" {
            return Err(self.0.failure(&value));
        }
        self.take(value, false, out)?;
        Ok(true)
    }

    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.take(parse(text)?, true, out)?;
        self.0.done();
        self.0.end(out)
    }

    fn finished(&self) -> bool {
        self.0.finished()
    }

    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.0.end(out)
    }
}

fn ending(word: &str) -> Ending {
    match word.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" => Ending::Length,
        "content_filter" | "safety" | "recitation" | "blocklist" | "prohibited_content" => Ending::Failed(withheld()),
        "insufficient_system_resource" => {
            Ending::Failed(AiError::new(AiErrorKind::Overloaded, "the service ran out of resources"))
        }
        "error" => {
            Ending::Failed(AiError::new(AiErrorKind::Truncated, "the service broke its answer off with an error"))
        }
        _ => Ending::Stop,
    }
}

/// Tokens as the service counts them: cached ones are inside the prompt here. None when it names neither prompt nor
/// answer: not known is not zero.
fn usage(raw: Value) -> Option<Usage> {
    let prompt = number(raw.get("prompt_tokens"));
    let output = number(raw.get("completion_tokens"));
    let details = raw.get("prompt_tokens_details").and_then(|details| details.get("cached_tokens"));
    let cached = number(details.or_else(|| raw.get("prompt_cache_hit_tokens")));
    if prompt.is_none() && output.is_none() {
        return None;
    }
    let (input, output) = (prompt.unwrap_or(0), output.unwrap_or(0));
    let thought = raw.get("completion_tokens_details").and_then(|details| details.get("reasoning_tokens"));
    let reasoning = number(thought).unwrap_or(0).min(output);
    Some(Usage { input, cached: cached.unwrap_or(0).min(input), output, reasoning, raw })
}

#[cfg(test)]
mod tests;
