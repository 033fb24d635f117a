//! Scripts in Gemini's dialect.

use serde_json::{Value, json};

use super::script::{Answer, Piece, Tokens};

/// The chunks of an answer, piece by piece; the last entry is its end.
pub(super) fn render(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    if !answer.streamed {
        let mut parts = vec![json!({"text": answer.text()})];
        parts.extend(answer.pieces.iter().filter_map(call));
        return vec![vec![json!([last(answer, &parts)]).to_string().into_bytes()]];
    }
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    for piece in &answer.pieces {
        out.push(match piece {
            Piece::Text(text) => vec![event(&part(&json!({"text": text})))],
            Piece::SplitText(text) => event(&part(&json!({"text": text}))).into_iter().map(|byte| vec![byte]).collect(),
            Piece::Reasoning(text) => vec![event(&part(&json!({"text": text, "thought": true})))],
            Piece::Raw(text) => vec![text.clone().into_bytes()],
            Piece::Error(error) => vec![event(&json!({"error": error}))],
            Piece::ToolCall { .. } => call(piece).iter().map(|call| event(&part(call))).collect(),
        });
    }
    out.push(vec![event(&last(answer, &[]))]);
    out
}

fn call(piece: &Piece) -> Option<Value> {
    let Piece::ToolCall { name, arguments, .. } = piece else { return None };
    let args: Value = serde_json::from_str(arguments).unwrap_or_default();
    Some(json!({"functionCall": {"name": name, "args": args}}))
}

fn part(part: &Value) -> Value {
    json!({"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}], "modelVersion": "wire-model"})
}

fn last(answer: &Answer, parts: &[Value]) -> Value {
    let finish = answer.finish.as_deref().unwrap_or("STOP");
    let mut last =
        json!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}]});
    match &answer.usage {
        None => {}
        Some(Tokens::Raw(raw)) => last["usageMetadata"] = raw.clone(),
        Some(Tokens::Counted { input, output }) => {
            last["usageMetadata"] =
                json!({"promptTokenCount": input, "candidatesTokenCount": output, "totalTokenCount": input + output});
        }
    }
    last
}

fn event(value: &Value) -> Vec<u8> {
    format!("data: {value}\r\n\r\n").into_bytes()
}

pub(super) fn models(ids: &[String]) -> Value {
    let one = |id: &String| json!({"name": format!("models/{id}"), "inputTokenLimit": 1000});
    json!({"models": ids.iter().map(one).collect::<Value>()})
}

pub(super) fn embeddings(vectors: &[Vec<f32>]) -> Value {
    json!({"embeddings": vectors.iter().map(|vector| json!({"values": vector})).collect::<Value>()})
}
