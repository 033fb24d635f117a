use serde_json::json;

use skald_kernel::model::FinishReason;

use super::*;

fn read(chunks: &[Value]) -> Result<Vec<Delta>, AiError> {
    let mut answer = Answer::new(None);
    let mut out = VecDeque::new();
    for chunk in chunks {
        answer.event("message", &chunk.to_string(), &mut out)?;
    }
    answer.end(&mut out)?;
    Ok(out.into())
}

fn calls(fragments: &[Value]) -> Vec<(String, String, String)> {
    let mut chunks: Vec<_> = fragments.iter().map(|f| json!({"choices": [{"delta": {"tool_calls": [f]}}]})).collect();
    chunks.push(json!({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]}));
    let deltas = read(&chunks).unwrap();
    let calls = deltas.into_iter().filter_map(|delta| match delta {
        Delta::ToolCall(call) => Some((call.id, call.name, call.arguments)),
        _ => None,
    });
    calls.collect()
}

fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
    (id.into(), name.into(), arguments.into())
}

fn finish(reason: &str, usage: Value) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage})
}

#[test]
fn fragments_are_gathered_by_index_however_they_are_mixed() {
    let gathered = calls(&[
        json!({"index": 0, "id": "a", "function": {"name": "search", "arguments": ""}}),
        json!({"index": 1, "id": "b", "function": {"name": "heal", "arguments": "{"}}),
        json!({"index": 0, "function": {"arguments": "{\"x\""}}),
        json!({"index": 1, "function": {"arguments": "}"}}),
        json!({"index": 0, "id": "", "function": {"name": "search", "arguments": ":1}"}}),
    ]);
    assert_eq!(gathered, [call("a", "search", "{\"x\":1}"), call("b", "heal", "{}")]);
}

#[test]
fn calls_without_ids_or_indices_are_told_apart() {
    let no_ids = calls(&[
        json!({"index": 0, "function": {"name": "search", "arguments": "{}"}}),
        json!({"index": 1, "function": {"name": "search", "arguments": "{}"}}),
    ]);
    assert_eq!(no_ids, [call("call_0", "search", "{}"), call("call_1", "search", "{}")]);
    let same_index = calls(&[
        json!({"index": 0, "id": "a", "function": {"name": "search", "arguments": "{}"}}),
        json!({"index": 0, "id": "b", "function": {"name": "search", "arguments": "{}"}}),
    ]);
    assert_eq!(same_index, [call("a", "search", "{}"), call("b", "search", "{}")]);
    let no_index = calls(&[
        json!({"function": {"name": "search", "arguments": {"x": 1}}}),
        json!({"function": {"name": "heal", "arguments": "{"}}),
        json!({"function": {"arguments": "}"}}),
    ]);
    assert_eq!(no_index, [call("call_0", "search", "{\"x\":1}"), call("call_1", "heal", "{}")]);
}

#[test]
fn a_call_cut_off_by_the_token_limit_is_not_given_out() {
    let deltas = read(&[
        json!({"choices": [{"delta": {"tool_calls": [
            {"index": 0, "id": "a", "function": {"name": "search", "arguments": "{}"}},
            {"index": 1, "id": "b", "function": {"name": "search", "arguments": "{\"x"}},
        ]}}]}),
        finish("length", Value::Null),
    ])
    .unwrap();
    assert_eq!(deltas.len(), 2);
    assert!(matches!(&deltas[0], Delta::ToolCall(call) if call.id == "a"));
    assert_eq!(deltas[1], Delta::Finish { reason: FinishReason::Length, usage: None });
}

#[test]
fn usage_is_normalised_and_a_wrong_one_never_grows_beyond_its_parts() {
    let of = |raw: Value| match read(&[finish("stop", raw.clone())]).unwrap().pop() {
        Some(Delta::Finish { usage, .. }) => {
            assert!(usage.as_ref().is_none_or(|usage| usage.raw == raw));
            usage.map(|usage| (usage.input, usage.cached, usage.output))
        }
        other => panic!("{other:?}"),
    };
    let cached = |n: i64| json!({"cached_tokens": n});
    assert_eq!(
        of(json!({"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": cached(4)})),
        Some((9, 4, 2))
    );
    assert_eq!(of(json!({"prompt_tokens": 9, "completion_tokens": 2, "prompt_cache_hit_tokens": 5})), Some((9, 5, 2)));
    assert_eq!(
        of(json!({"prompt_tokens": 9, "completion_tokens": 2.0, "prompt_tokens_details": null})),
        Some((9, 0, 2))
    );
    assert_eq!(of(json!({"prompt_tokens": 1, "prompt_tokens_details": cached(1000)})), Some((1, 1, 0)));
    assert_eq!(of(json!({"prompt_tokens": -5, "completion_tokens": 2})), Some((0, 0, 2)));
    assert_eq!(of(json!({"prompt_tokens": "many"})), None);
    assert_eq!(of(json!({})), None);
    assert_eq!(of(json!("many")), None);
}

#[test]
fn content_may_come_in_parts_and_other_choices_are_not_ours() {
    let deltas = read(&[
        json!({"choices": []}),
        json!({"choices": null, "prompt_filter_results": []}),
        json!({"choices": [{"index": 1, "delta": {"content": "other"}}]}),
        json!({"choices": [{"message": {"content": "all of it once more"}}]}),
        json!({"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "a"}, {"type": "thinking"}]}}]}),
        json!({"choices": [{"delta": {"content": null, "reasoning_content": "hm"}, "message": {"content": "a"}, "finish_reason": ""}]}),
        finish("stop", Value::Null),
    ])
    .unwrap();
    assert_eq!(deltas, [Delta::Text("a".into()), Delta::Finish { reason: FinishReason::Stop, usage: None }]);
}

#[test]
fn a_refusal_in_place_of_an_answer_is_refused() {
    let error =
        read(&[json!({"choices": [{"delta": {"refusal": "I can't"}}]}), finish("stop", Value::Null)]).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (AiErrorKind::Refused, "I can't"));
}

#[test]
fn an_answer_beyond_all_measure_is_garbage() {
    let chunk = json!({"choices": [{"delta": {"content": "x".repeat(1 << 20)}}]});
    let error = read(&[chunk.clone(), chunk.clone(), chunk.clone(), chunk.clone(), chunk]).unwrap_err();
    assert_eq!(error.kind, AiErrorKind::Garbage);
    let empty: Vec<_> = (0..100).map(|_| json!({"id": "", "function": {"name": "x"}})).collect();
    let chunk = json!({"choices": [{"delta": {"tool_calls": empty}}]});
    let error = read(&vec![chunk; 1000]).unwrap_err();
    assert_eq!(error.kind, AiErrorKind::Garbage);
}
