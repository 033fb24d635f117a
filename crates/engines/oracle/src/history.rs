//! What has happened so far in this answer: the calls since the player's words, and how they were answered.
//!
//! Read from the messages, so the oracle keeps nothing between two steps.

use std::collections::HashMap;

use serde_json::Value;
use skald_kernel::model::{Message, ToolCall};

/// One call with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The tool.
    pub tool: String,
    /// What it was called with; null where that is not known.
    pub args: Value,
    /// What it answered; null where that is not JSON.
    pub answer: Value,
}

impl Done {
    /// Whether the tool did it.
    pub fn ok(&self) -> bool {
        self.answer.get("ok").and_then(Value::as_bool).unwrap_or(false)
    }

    /// A yes or no of the answer; no where it is absent.
    pub fn flag(&self, name: &str) -> bool {
        self.answer.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A text of the answer, where it is there and says something.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.answer.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number of the answer.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.answer.get(name).and_then(Value::as_i64)
    }

    /// An argument of the call, as text.
    pub fn arg(&self, name: &str) -> &str {
        self.args.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The steps of the answer so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// How often tools were called.
    pub rounds: usize,
    /// All calls that were answered, oldest first.
    pub done: Vec<Done>,
    /// Where in `done` the last round begins.
    pub last_from: usize,
    /// What was said so far in this answer.
    pub said: Vec<String>,
}

impl History {
    /// Reads what followed the last words of the player.
    pub fn read(messages: &[Message]) -> Self {
        let from = messages.iter().rposition(|message| matches!(message, Message::User { .. })).map_or(0, |at| at + 1);
        let mut history = Self::default();
        let mut asked: HashMap<&str, &ToolCall> = HashMap::new();
        let mut open = false;
        for message in &messages[from..] {
            match message {
                Message::Assistant { text, tool_calls } => {
                    history.said.push(text.clone());
                    open = !tool_calls.is_empty();
                    if open {
                        history.rounds += 1;
                        history.last_from = history.done.len();
                        asked.extend(tool_calls.iter().map(|call| (call.id.as_str(), call)));
                    }
                }
                Message::Tool { call_id, name, content } => {
                    if !open && history.done.len() == history.last_from {
                        // An answer without its call: the messages were cut short. It still counts as a round.
                        history.rounds += 1;
                        open = true;
                    }
                    let args = asked.get(call_id.as_str()).and_then(|call| serde_json::from_str(&call.arguments).ok());
                    history.done.push(Done {
                        tool: name.clone(),
                        args: args.unwrap_or(Value::Null),
                        answer: serde_json::from_str(content).unwrap_or(Value::Null),
                    });
                }
                Message::System { .. } | Message::User { .. } => {}
            }
        }
        history
    }

    /// The calls of the last round.
    pub fn last(&self) -> &[Done] {
        &self.done[self.last_from.min(self.done.len())..]
    }

    /// Whether a tool was called in this answer, whatever it answered.
    pub fn called(&self, tool: &str) -> bool {
        self.done.iter().any(|done| done.tool == tool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(id: &str, content: &str) -> Message {
        Message::Tool { call_id: id.into(), name: "search".into(), content: content.into() }
    }

    #[test]
    fn only_what_follows_the_last_words_counts() {
        let call = ToolCall { id: "b".into(), name: "search".into(), arguments: "{\"reason\":\"x\"}".into() };
        let history = History::read(&[
            tool("a", "{\"ok\":true}"),
            Message::user("hi"),
            Message::Assistant { text: "So.".into(), tool_calls: vec![call] },
            tool("b", "{\"ok\":true,\"item\":\" \"}"),
        ]);
        assert_eq!((history.rounds, history.done.len()), (1, 1));
        assert!(history.last()[0].ok());
        assert_eq!(history.last()[0].arg("reason"), "x");
        assert_eq!(history.last()[0].text("item"), None);
    }

    #[test]
    fn odd_messages_are_read_as_far_as_they_go() {
        let history = History::read(&[tool("x", "not json"), tool("y", "[]")]);
        assert_eq!((history.rounds, history.done.len()), (1, 2));
        assert!(!history.last()[0].ok() && history.last()[1].args.is_null());
        assert!(History::read(&[]).last().is_empty());
    }
}
