//! An answer so far, whatever its dialect: what has to be kept until it is known to be whole.
//!
//! Text passes through at once; tool calls, usage and the end come when the answer is known to be whole, because a call
//! that was cut off is none, and the usage often follows the reason why the model stopped.

use std::collections::VecDeque;

use serde_json::Value;
use skald_kernel::model::{AiError, AiErrorKind, Delta, FinishReason, ToolCall, Usage};

use crate::{body, failure};

/// The largest answer, text and arguments together, in bytes.
const ANSWER_MAX: usize = 4 << 20;

/// A call being gathered.
pub(crate) struct Call {
    /// Its place, where the dialect counts.
    pub(crate) index: Option<u64>,
    /// Its id; empty where the service gives none.
    pub(crate) id: String,
    /// The tool.
    pub(crate) name: String,
    /// Its arguments so far.
    pub(crate) arguments: String,
}

/// Why the model stopped, as its service says.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It was done, or waits for tools.
    Stop,
    /// At the limit of tokens.
    Length,
    /// Not well.
    Failed(AiError),
}

/// An answer so far.
pub(crate) struct Gathering {
    key: Option<String>,
    pub(crate) calls: Vec<Call>,
    ending: Option<Ending>,
    usage: Option<Usage>,
    refusal: String,
    spoke: bool,
    bytes: usize,
    /// It was said that nothing follows.
    done: bool,
    /// Something of an answer came at all.
    begun: bool,
}

impl Gathering {
    /// An answer of which nothing has come. The key is kept out of what it reports.
    pub(crate) fn new(key: Option<&str>) -> Self {
        Self {
            key: key.map(str::to_owned),
            calls: Vec::new(),
            ending: None,
            usage: None,
            refusal: String::new(),
            spoke: false,
            bytes: 0,
            done: false,
            begun: false,
        }
    }

    /// Something of an answer came.
    pub(crate) fn begin(&mut self) {
        self.begun = true;
    }

    /// It was said that nothing follows.
    pub(crate) fn done(&mut self) {
        self.done = true;
    }

    /// Whether the model has said that it is done.
    pub(crate) fn finished(&self) -> bool {
        self.ending.is_some()
    }

    /// Gives out text.
    pub(crate) fn text(&mut self, text: String, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.grow(text.len())?;
        if !text.is_empty() {
            self.spoke = true;
            out.push_back(Delta::Text(text));
        }
        Ok(())
    }

    /// The model declines, in these words.
    pub(crate) fn refuse(&mut self, words: &str) -> Result<(), AiError> {
        self.grow(words.len())?;
        self.refusal.push_str(words);
        Ok(())
    }

    /// Adds a call, or what is known of it yet.
    pub(crate) fn call(&mut self, call: Call) -> Result<(), AiError> {
        // A call costs memory even when it says nothing.
        self.grow(call.id.len() + call.name.len() + call.arguments.len() + size_of::<Call>())?;
        self.calls.push(call);
        Ok(())
    }

    /// Adds to the arguments of a call.
    pub(crate) fn argument(&mut self, at: usize, more: &str) -> Result<(), AiError> {
        self.grow(more.len())?;
        if let Some(call) = self.calls.get_mut(at) {
            call.arguments.push_str(more);
        }
        Ok(())
    }

    /// The model stopped.
    pub(crate) fn finish(&mut self, ending: Ending) {
        self.ending = Some(ending);
    }

    /// The tokens, where they are known; the last word counts.
    pub(crate) fn usage(&mut self, usage: Option<Usage>) {
        if usage.is_some() {
            self.usage = usage;
        }
    }

    /// The tokens so far.
    pub(crate) fn usage_so_far(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    /// The failure of an error object inside the answer.
    pub(crate) fn failure(&self, object: &Value) -> AiError {
        failure::of_object(object, self.key.as_deref())
    }

    fn grow(&mut self, by: usize) -> Result<(), AiError> {
        self.bytes += by;
        if self.bytes > ANSWER_MAX { Err(body::too_large()) } else { Ok(()) }
    }

    /// Ends the answer: gives out its calls and its end, or says why it is none.
    pub(crate) fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        if self.ending.is_none() && !self.done {
            return Err(body::truncated());
        }
        if !self.begun {
            return Err(garbage());
        }
        if !self.refusal.is_empty() && !self.spoke && self.calls.is_empty() {
            let message = failure::shorten(&self.refusal, self.key.as_deref());
            return Err(AiError::new(AiErrorKind::Refused, message));
        }
        let limited = match self.ending.take() {
            None | Some(Ending::Stop) => false,
            Some(Ending::Length) => true,
            Some(Ending::Failed(error)) => return Err(error),
        };
        let mut called = false;
        for (place, call) in self.calls.drain(..).enumerate() {
            // Where the limit cut an argument off, the call is not what the model meant.
            let cut = limited && serde_json::from_str::<Value>(&call.arguments).is_err();
            if cut || call.name.is_empty() {
                continue;
            }
            let index = call.index.unwrap_or(place as u64);
            let id = if call.id.is_empty() { format!("call_{index}") } else { call.id };
            out.push_back(Delta::ToolCall(ToolCall { id, name: call.name, arguments: call.arguments }));
            called = true;
        }
        let reason = match (limited, called) {
            (true, _) => FinishReason::Length,
            // What was called counts, not the word: some services say `stop` after a call.
            (false, true) => FinishReason::ToolCalls,
            (false, false) => FinishReason::Stop,
        };
        out.push_back(Delta::Finish { reason, usage: self.usage.take() });
        Ok(())
    }
}

/// What was sent is no answer.
pub(crate) fn garbage() -> AiError {
    AiError::new(AiErrorKind::Garbage, "the service sent something that is not an answer")
}

/// The service's filter withheld the answer.
pub(crate) fn withheld() -> AiError {
    AiError::new(AiErrorKind::Refused, "the service's filter withheld the answer")
}

/// JSON; a text that ends too early was cut off on its way.
pub(crate) fn parse(data: &str) -> Result<Value, AiError> {
    serde_json::from_str(data).map_err(|error| if error.is_eof() { body::truncated() } else { garbage() })
}

/// Content is a string, or a list of parts of which some are text.
pub(crate) fn text_of(content: Value) -> String {
    match content {
        Value::String(text) => text,
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}
