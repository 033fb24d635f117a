//! Scripts in Cohere's dialect.

use serde_json::{Value, json};

use super::script::{Answer, Piece, Tokens, halves};

/// The chunks of an answer, piece by piece; the last entry is its end.
pub(super) fn render(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    if answer.streamed { stream(answer) } else { vec![vec![whole(answer).to_string().into_bytes()]] }
}

fn stream(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    let mut beginning =
        vec![event(&json!({"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}}))];
    let mut calls = 0;
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    for piece in &answer.pieces {
        let mut chunks = std::mem::take(&mut beginning);
        chunks.extend(match piece {
            Piece::Text(text) => vec![content(&json!({"text": text}))],
            Piece::SplitText(text) => content(&json!({"text": text})).into_iter().map(|byte| vec![byte]).collect(),
            Piece::Reasoning(text) => vec![
                content(&json!({"thinking": text})),
                event(&json!({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": text}}})),
            ],
            Piece::Raw(text) => vec![text.clone().into_bytes()],
            Piece::Error(error) => vec![event(&json!({"type": "error", "error": error}))],
            Piece::ToolCall { id, name, arguments } => {
                calls += 1;
                fragments(calls - 1, id.as_deref(), name, arguments)
            }
        });
        out.push(chunks);
    }
    let mut end = beginning;
    let mut delta = json!({"finish_reason": finish(answer)});
    if let Some(tokens) = &answer.usage {
        delta["usage"] = usage(tokens);
    }
    end.push(event(&json!({"type": "message-end", "delta": delta})));
    if answer.done {
        end.push(b"data: [DONE]\n\n".to_vec());
    }
    out.push(end);
    out
}

fn whole(answer: &Answer) -> Value {
    let mut message = json!({"role": "assistant", "content": [{"type": "text", "text": answer.text()}]});
    let call = |piece: &Piece| match piece {
        Piece::ToolCall { id, name, arguments } => {
            Some(json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}))
        }
        _ => None,
    };
    let calls: Vec<Value> = answer.pieces.iter().filter_map(call).collect();
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    json!({"message": message, "finish_reason": finish(answer), "usage": answer.usage.as_ref().map(usage)})
}

fn usage(tokens: &Tokens) -> Value {
    match tokens {
        Tokens::Raw(raw) => raw.clone(),
        Tokens::Counted { input, output } => json!({
            "billed_units": {"input_tokens": 1, "output_tokens": 1},
            "tokens": {"input_tokens": input, "output_tokens": output},
        }),
    }
}

fn finish(answer: &Answer) -> &str {
    answer.finish.as_deref().unwrap_or(if answer.called() { "TOOL_CALL" } else { "COMPLETE" })
}

/// A call as the service streams it: the name, then the arguments in two halves.
fn fragments(index: usize, id: Option<&str>, name: &str, arguments: &str) -> Vec<Vec<u8>> {
    let (one, other) = halves(arguments);
    let call = json!({"id": id, "type": "function", "function": {"name": name, "arguments": ""}});
    let more = |more: &str| {
        let function = json!({"function": {"arguments": more}});
        event(&json!({"type": "tool-call-delta", "index": index, "delta": {"message": {"tool_calls": function}}}))
    };
    vec![
        event(&json!({"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": call}}})),
        more(one),
        more(other),
        event(&json!({"type": "tool-call-end", "index": index})),
    ]
}

fn content(content: &Value) -> Vec<u8> {
    event(&json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": content}}}))
}

fn event(value: &Value) -> Vec<u8> {
    let name = value["type"].as_str().unwrap_or_default();
    format!("event: {name}\ndata: {value}\n\n").into_bytes()
}

pub(super) fn models(ids: &[String]) -> Value {
    let one = |id: &String| json!({"name": id, "context_length": 128_000, "endpoints": ["chat"]});
    json!({"models": ids.iter().map(one).collect::<Value>(), "next_page_token": ""})
}

pub(super) fn embeddings(vectors: &[Vec<f32>]) -> Value {
    json!({"embeddings": {"float": vectors}, "meta": {"billed_units": {"input_tokens": 7}}})
}
