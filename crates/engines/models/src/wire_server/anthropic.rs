//! Scripts in Anthropic's dialect.

use serde_json::{Value, json};

use super::script::{Answer, Piece, Tokens, halves};

/// The chunks of an answer, piece by piece; the last entry is its end.
pub(super) fn render(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    if answer.streamed { stream(answer) } else { vec![vec![whole(answer).to_string().into_bytes()]] }
}

fn stream(answer: &Answer) -> Vec<Vec<Vec<u8>>> {
    let (prompt, output) = usage(answer);
    let mut start = json!({"id": "msg_1", "type": "message", "role": "assistant", "content": [], "stop_reason": null});
    if let Some(prompt) = prompt {
        start["usage"] = prompt;
    }
    let mut beginning =
        vec![event(&json!({"type": "message_start", "message": start})), event(&json!({"type": "ping"}))];
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut calls = 0;
    for (index, piece) in answer.pieces.iter().enumerate() {
        let mut chunks = std::mem::take(&mut beginning);
        chunks.extend(match piece {
            Piece::Text(text) => {
                block(index, json!({"type": "text", "text": ""}), &[json!({"type": "text_delta", "text": text})])
            }
            Piece::SplitText(text) => {
                let whole =
                    block(index, json!({"type": "text", "text": ""}), &[json!({"type": "text_delta", "text": text})]);
                whole.into_iter().flatten().map(|byte| vec![byte]).collect()
            }
            Piece::Reasoning(text) => block(
                index,
                json!({"type": "thinking", "thinking": "", "signature": ""}),
                &[
                    json!({"type": "thinking_delta", "thinking": text}),
                    json!({"type": "signature_delta", "signature": "s"}),
                ],
            ),
            Piece::Raw(text) => vec![text.clone().into_bytes()],
            Piece::Error(error) => vec![event(&json!({"type": "error", "error": error}))],
            Piece::ToolCall { id, name, arguments } => {
                let id = id.clone().unwrap_or_else(|| format!("call_{calls}"));
                calls += 1;
                let (one, other) = halves(arguments);
                let part = |part: &str| json!({"type": "input_json_delta", "partial_json": part});
                block(
                    index,
                    json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
                    &[part(""), part(one), part(other)],
                )
            }
        });
        out.push(chunks);
    }
    let mut end = beginning;
    let mut last = json!({"type": "message_delta", "delta": {"stop_reason": finish(answer), "stop_sequence": null}});
    if let Some(output) = output {
        last["usage"] = output;
    }
    end.push(event(&last));
    if answer.done {
        end.push(event(&json!({"type": "message_stop"})));
    }
    out.push(end);
    out
}

fn whole(answer: &Answer) -> Value {
    let mut content = vec![json!({"type": "text", "text": answer.text()})];
    for (index, piece) in answer.pieces.iter().enumerate() {
        if let Piece::ToolCall { id, name, arguments } = piece {
            let input: Value = serde_json::from_str(arguments).unwrap_or_default();
            let id = id.clone().unwrap_or_else(|| format!("call_{index}"));
            content.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
        }
    }
    let (mut usage, output) = usage(answer);
    if let (Some(Value::Object(all)), Some(Value::Object(output))) = (&mut usage, output) {
        all.extend(output);
    }
    json!({"type": "message", "role": "assistant", "content": content, "stop_reason": finish(answer), "usage": usage})
}

/// Tokens as they come at the beginning and at the end: half of the prompt's from the cache.
fn usage(answer: &Answer) -> (Option<Value>, Option<Value>) {
    match &answer.usage {
        None => (None, None),
        Some(Tokens::Raw(raw)) => (Some(raw.clone()), Some(raw.clone())),
        Some(Tokens::Counted { input, output }) => {
            (Some(json!({"input_tokens": input, "output_tokens": 1})), Some(json!({"output_tokens": output})))
        }
    }
}

fn finish(answer: &Answer) -> &str {
    answer.finish.as_deref().unwrap_or(if answer.called() { "tool_use" } else { "end_turn" })
}

fn block(index: usize, begin: Value, deltas: &[Value]) -> Vec<Vec<u8>> {
    let mut chunks = vec![event(&json!({"type": "content_block_start", "index": index, "content_block": begin}))];
    let delta = |delta: &Value| event(&json!({"type": "content_block_delta", "index": index, "delta": delta}));
    chunks.extend(deltas.iter().map(delta));
    chunks.push(event(&json!({"type": "content_block_stop", "index": index})));
    chunks
}

fn event(value: &Value) -> Vec<u8> {
    let name = value["type"].as_str().unwrap_or_default();
    format!("event: {name}\ndata: {value}\n\n").into_bytes()
}

pub(super) fn models(ids: &[String]) -> Value {
    let data: Value = ids.iter().map(|id| json!({"type": "model", "id": id, "display_name": id})).collect();
    json!({"data": data, "has_more": false, "first_id": null, "last_id": ids.last()})
}
