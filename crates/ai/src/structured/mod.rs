//! Answers of a certain shape.
//!
//! The wires ask for the shape in the way their service knows (a schema, or a tool that takes it); the prompt says it in
//! words too, for services that know neither. Whatever comes back is checked here. What does not fit is shown to the model
//! with what is wrong, once; what does not fit then is `Garbage`. Both replies stand in the ledger as they came.

mod schema;

use serde::de::DeserializeOwned;
use serde_json::Value;
use skald_kernel::model::{
    AiError, AiErrorKind, AnswerSchema, Completion, FinishReason, Message, ModelRequest, ToolCall,
};
use skald_platform::App;
use tokio_util::sync::CancellationToken;

pub use schema::{problems, unknown_words};

use crate::engine::{Answerer, Call, Engine, Failed, Piece};

/// What is wrong with an answer, told to the model at most.
const TOLD: usize = 8;
/// Of an answer that does not fit, shown to the model again at most, in characters.
const SHOWN: usize = 6_000;

/// An answer in the shape that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaped<T> {
    /// What it says.
    pub value: T,
    /// Who said it.
    pub by: Answerer,
    /// Whether it took a second try.
    pub repaired: bool,
}

impl Engine {
    /// Asks for an answer that fits `schema`, and reads it.
    ///
    /// # Errors
    /// What the last provider that was asked failed with; `Garbage` with what is wrong, when the second answer does not fit
    /// either; `Skald`, when it fits the schema and cannot be read.
    pub async fn structured<T: DeserializeOwned>(
        &self,
        app: &App,
        call: Call,
        mut request: ModelRequest,
        schema: AnswerSchema,
        cancel: CancellationToken,
    ) -> Result<Shaped<T>, Failed> {
        let asked =
            format!("Answer with one JSON object and nothing else. It fits this JSON schema:\n{}", schema.schema);
        match request.messages.first_mut() {
            Some(Message::System { text }) => *text = format!("{text}\n\n{asked}"),
            _ => request.messages.insert(0, Message::System { text: asked }),
        }
        request.schema = Some(schema.clone());
        let mut repaired = false;
        loop {
            let (by, answer) = self.whole(app, call.clone(), request.clone(), cancel.clone()).await?;
            let wrong = match answer {
                Ok(answer) => match read(&answer, &schema) {
                    Ok(value) => match serde_json::from_value(value) {
                        Ok(value) => return Ok(Shaped { value, by, repaired }),
                        Err(error) => vec![error.to_string()],
                    },
                    Err(wrong) => {
                        let said = said(&answer);
                        if !said.is_empty() {
                            let text = said.chars().take(SHOWN).collect();
                            request.messages.push(Message::Assistant { text, tool_calls: Vec::new() });
                        }
                        wrong
                    }
                },
                // Nobody has seen a part of it, so it may as well be asked for again.
                Err(error) if error.kind == AiErrorKind::Truncated && !repaired => vec![error.message],
                Err(error) => return Err(Failed::Call { by, error }),
            };
            if repaired {
                let message =
                    format!("The model's answer does not have the shape it should have: {}", wrong.join("; "));
                return Err(Failed::Call { by, error: AiError::new(AiErrorKind::Garbage, message) });
            }
            repaired = true;
            request.messages.push(Message::user(format!(
                "That cannot be used:\n- {}\nAnswer again with the whole JSON object, and nothing else.",
                wrong.join("\n- ")
            )));
        }
    }

    /// A whole answer, or how it broke off after it had begun.
    async fn whole(
        &self,
        app: &App,
        call: Call,
        request: ModelRequest,
        cancel: CancellationToken,
    ) -> Result<(Answerer, Result<Completion, AiError>), Failed> {
        let mut answering = self.stream(app, call, request, cancel).await?;
        let by = answering.by.clone();
        let (mut text, mut tool_calls) = (String::new(), Vec::new());
        while let Some(piece) = answering.next().await {
            match piece {
                Ok(Piece::Text(more)) => text.push_str(&more),
                Ok(Piece::ToolCall(call)) => tool_calls.push(call),
                Ok(Piece::Finish { reason, usage }) => {
                    return Ok((by, Ok(Completion { text, tool_calls, reason, usage })));
                }
                Err(error) => return Ok((by, Err(error))),
            }
        }
        let error = AiError::new(AiErrorKind::Truncated, "The answer stopped without its end.");
        Ok((by, Err(error)))
    }
}

/// What an answer says, if it fits; otherwise everything that is wrong with it.
fn read(answer: &Completion, schema: &AnswerSchema) -> Result<Value, Vec<String>> {
    if answer.reason == FinishReason::Length {
        return Err(vec!["It was cut off at the limit of its length. Say it in fewer words.".to_owned()]);
    }
    let text = match answer.tool_calls.iter().find(|call| call.name == schema.name) {
        Some(call) => &call.arguments,
        None => match (&answer.tool_calls[..], answer.text.trim().is_empty()) {
            ([ToolCall { name, .. }, ..], true) => {
                return Err(vec![format!("There is no tool {name:?}. Answer with JSON in plain text.")]);
            }
            _ => &answer.text,
        },
    };
    let value = json_of(text).map_err(|error| vec![error])?;
    let mut wrong = problems(&schema.schema, &value);
    if wrong.is_empty() {
        return Ok(value);
    }
    wrong.truncate(TOLD);
    Err(wrong)
}

fn said(answer: &Completion) -> &str {
    match answer.tool_calls.first() {
        Some(call) if answer.text.trim().is_empty() => &call.arguments,
        _ => answer.text.trim(),
    }
}

/// The JSON object in a text: all of it, or from the first brace to the last, as in a fence or after a greeting.
fn json_of(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("It is empty.".to_owned());
    }
    let whole = serde_json::from_str::<Value>(text);
    let error = match whole {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let inner = text.find('{').zip(text.rfind('}')).and_then(|(from, to)| text.get(from..=to));
    inner.and_then(|inner| serde_json::from_str(inner).ok()).ok_or_else(|| format!("It is no JSON: {error}."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_found_in_what_models_put_around_it() {
        for text in ["{\"a\": 1}", "```json\n{\"a\": 1}\n```", "Sure! Here you go: {\"a\": 1} Enjoy.", " \n{\"a\":1}\n"]
        {
            assert_eq!(json_of(text), Ok(json!({"a": 1})), "{text}");
        }
        for text in ["", "  ", "no", "{\"a\": 1", "}{"] {
            assert!(json_of(text).is_err(), "{text}");
        }
    }
}
