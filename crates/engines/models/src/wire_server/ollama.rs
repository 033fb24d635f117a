//! Scripts in Ollama's own dialect: one JSON object a line.

use serde_json::{Value, json};

use super::script::{Answer, Piece, Tokens};

/// The chunks of an answer, piece by piece; the last entry is its end.
pub(super) fn render(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    if !answer.streamed {
        let calls: Value = answer.pieces.iter().filter_map(call).collect();
        let message = json!({"role": "assistant", "content": answer.text(), "tool_calls": calls});
        return vec![vec![last(answer, &message).to_string().into_bytes()]];
    }
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    for piece in &answer.pieces {
        out.push(match piece {
            Piece::Text(text) => vec![message(&json!({"content": text}))],
            Piece::SplitText(text) => message(&json!({"content": text})).into_iter().map(|byte| vec![byte]).collect(),
            Piece::Reasoning(text) => vec![message(&json!({"content": "", "thinking": text}))],
            Piece::Raw(text) => vec![text.clone().into_bytes()],
            Piece::Error(error) => vec![line(&json!({"error": error.get("message").unwrap_or(error)}))],
            Piece::ToolCall { .. } => {
                let calls: Value = call(piece).into_iter().collect();
                vec![message(&json!({"content": "", "tool_calls": calls}))]
            }
        });
    }
    out.push(vec![line(&last(answer, &json!({"role": "assistant", "content": ""})))]);
    out
}

fn call(piece: &Piece) -> Option<Value> {
    let Piece::ToolCall { name, arguments, .. } = piece else { return None };
    let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
    Some(json!({"function": {"name": name, "arguments": arguments}}))
}

fn message(part: &Value) -> Vec<u8> {
    let mut message = part.clone();
    message["role"] = json!("assistant");
    line(&json!({"model": "wire-model", "message": message, "done": false}))
}

fn last(answer: &Answer, message: &Value) -> Value {
    let reason = answer.finish.as_deref().unwrap_or("stop");
    let mut last = json!({"model": "wire-model", "message": message, "done": true, "done_reason": reason});
    match &answer.usage {
        None => {}
        Some(Tokens::Raw(raw)) => {
            for (name, value) in raw.as_object().into_iter().flatten() {
                last[name.replace("prompt_tokens", "prompt_eval_count").replace("completion_tokens", "eval_count")] =
                    value.clone();
            }
        }
        Some(Tokens::Counted { input, output }) => {
            last["prompt_eval_count"] = json!(input);
            last["eval_count"] = json!(output);
        }
    }
    last
}

fn line(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}

pub(super) fn models(ids: &[String]) -> Value {
    json!({"models": ids.iter().map(|id| json!({"name": id, "model": id, "size": 1})).collect::<Value>()})
}

pub(super) fn embeddings(vectors: &[Vec<f32>]) -> Value {
    json!({"model": "wire-model", "embeddings": vectors, "prompt_eval_count": 7})
}
