//! Scripts in the OpenAI dialect.

use serde_json::{Value, json};

use super::script::{Answer, Piece, Tokens, halves};

/// The chunks of an answer, piece by piece; the last entry is its end.
pub(super) fn render(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    if answer.streamed { stream(answer) } else { vec![vec![whole(answer).to_string().into_bytes()]] }
}

fn stream(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    let mut calls = 0;
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    for piece in &answer.pieces {
        out.push(match piece {
            Piece::Text(text) => vec![delta(json!({"content": text}))],
            Piece::SplitText(text) => delta(json!({"content": text})).into_iter().map(|byte| vec![byte]).collect(),
            Piece::Reasoning(text) => {
                vec![delta(json!({"content": null, "reasoning_content": text, "reasoning": text}))]
            }
            Piece::Raw(text) => vec![text.clone().into_bytes()],
            Piece::Error(error) => vec![event(&json!({"error": error}))],
            Piece::ToolCall { id, name, arguments } => {
                calls += 1;
                fragments(calls - 1, id.as_deref(), name, arguments)
            }
        });
    }
    let mut end = vec![event(&json!({
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {}, "finish_reason": finish(answer)}],
    }))];
    if let Some(usage) = &answer.usage {
        end.push(event(&json!({"object": "chat.completion.chunk", "choices": [], "usage": tokens(usage)})));
    }
    if answer.done {
        end.push(b"data: [DONE]\n\n".to_vec());
    }
    out.push(end);
    out
}

fn whole(answer: &Answer) -> Value {
    let mut message = json!({"role": "assistant", "content": answer.text()});
    let calls = answer.pieces.iter().filter_map(|piece| match piece {
        Piece::ToolCall { id, name, arguments } => {
            Some(json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}))
        }
        _ => None,
    });
    let calls: Vec<_> = calls.collect();
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    json!({
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish(answer)}],
        "usage": answer.usage.as_ref().map(tokens),
    })
}

fn tokens(tokens: &Tokens) -> Value {
    match tokens {
        Tokens::Counted { input, output } => {
            json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output})
        }
        Tokens::Raw(raw) => raw.clone(),
    }
}

pub(super) fn models(ids: &[String]) -> Value {
    let data: Value = ids.iter().map(|id| json!({"id": id, "object": "model"})).collect();
    json!({"object": "list", "data": data})
}

pub(super) fn embeddings(vectors: &[Vec<f32>]) -> Value {
    // The last one first: what counts is the index.
    let one = |(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector});
    let data: Value = vectors.iter().enumerate().rev().map(one).collect();
    json!({"object": "list", "data": data, "usage": {"prompt_tokens": 7, "total_tokens": 7}})
}

fn finish(answer: &Answer) -> &str {
    answer.finish.as_deref().unwrap_or(if answer.called() { "tool_calls" } else { "stop" })
}

/// A call as services stream it: the name, then the arguments in two halves.
fn fragments(index: usize, id: Option<&str>, name: &str, arguments: &str) -> Vec<Vec<u8>> {
    let (one, other) = halves(arguments);
    let fragment = |fragment: Value| delta(json!({"tool_calls": [fragment]}));
    let mut first = json!({"index": index, "type": "function", "function": {"name": name, "arguments": ""}});
    if let Some(id) = id {
        first["id"] = id.into();
    }
    vec![
        fragment(first),
        fragment(json!({"index": index, "function": {"arguments": one}})),
        fragment(json!({"index": index, "function": {"arguments": other}})),
    ]
}

fn delta(delta: Value) -> Vec<u8> {
    event(&json!({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
}

fn event(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
}
