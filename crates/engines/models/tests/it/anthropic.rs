//! Anthropic's dialect: the contract, and what is its own.

use serde_json::json;
use skald_kernel::model::{AiErrorKind, AnswerSchema, FinishReason, Image, Message, ModelRequest, Provider, ToolCall};
use skald_models::{
    Anthropic,
    wire_server::{Dialect, Script, WireServer},
};

use crate::contract::{KEY, completed, failed, keeps_the_contract, request};

keeps_the_contract!(Anthropic, Anthropic);

#[tokio::test]
async fn a_request_is_sent_in_turns_with_the_instructions_beside_them() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let call = ToolCall { id: "toolu_9".into(), name: "search".into(), arguments: r#"{"what":"x"}"#.into() };
    let image = Image { media_type: "image/png".into(), base64: "AAAA".into() };
    let messages = vec![
        Message::System { text: "Tell.".into() },
        Message::User { text: "Go.".into(), images: vec![image] },
        Message::user("On."),
        Message::Assistant { text: String::new(), tool_calls: vec![call] },
        Message::Tool { call_id: "toolu_9".into(), name: "search".into(), content: "{\"ok\":true}".into() },
        Message::user(" "),
    ];
    provider.complete(ModelRequest { messages, ..request() }).await.unwrap();
    let sent = server.requests().remove(0);
    assert_eq!(sent.path, "/v1/messages");
    assert_eq!(sent.header("x-api-key"), Some(KEY));
    assert_eq!((sent.header("anthropic-version"), sent.header("authorization")), (Some("2023-06-01"), None));
    let parameters = json!({"type": "object", "properties": {"what": {"type": "string"}}});
    assert_eq!(
        sent.body,
        json!({
            "model": "wire-model",
            "max_tokens": 400,
            "stream": true,
            "system": "Tell.",
            "messages": [
                {"role": "user", "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                    {"type": "text", "text": "Go."},
                    {"type": "text", "text": "On."},
                ]},
                {"role": "assistant", "content": [
                    {"type": "tool_use", "id": "toolu_9", "name": "search", "input": {"what": "x"}},
                ]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "toolu_9", "content": "{\"ok\":true}"},
                ]},
            ],
            "tools": [{"name": "search", "description": "Looks for something", "input_schema": parameters}],
            "temperature": 0.7,
        })
    );
}

#[tokio::test]
async fn an_answer_of_a_wanted_shape_is_what_the_tool_was_given() {
    let (provider, server) = wired().await;
    let schema = AnswerSchema { name: "npc".into(), schema: json!({"type": "object"}) };
    server.then(Script::stream(&[]).tool_call("npc", json!({"name": "Ada"})));
    server.then(Script::plain("").tool_call("npc", json!({"name": "Ada"})));
    for _ in 0..2 {
        let wanted = ModelRequest { schema: Some(schema.clone()), tools: vec![], ..request() };
        let completion = provider.complete(wanted).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.reason), (r#"{"name":"Ada"}"#, FinishReason::Stop));
        assert!(completion.tool_calls.is_empty());
    }
    assert_eq!(server.requests()[0].body["tool_choice"], json!({"type": "tool", "name": "npc"}));
}

#[tokio::test]
async fn tokens_of_the_cache_are_counted_inside_the_prompt() {
    let (provider, server) = wired().await;
    let usage =
        json!({"input_tokens": 5, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 3, "output_tokens": 2});
    server.then(Script::stream(&["Hello"]).wrong_usage(usage));
    let usage = completed(&provider).await.usage.unwrap();
    assert_eq!((usage.input, usage.cached, usage.output), (98, 90, 2));
}

#[tokio::test]
async fn what_the_service_says_tells_quota_context_and_refusal_apart() {
    let (provider, server) = wired().await;
    let error =
        |kind: &str, message: &str| json!({"type": "error", "error": {"type": kind, "message": message}}).to_string();
    let credit = "Your credit balance is too low to access the Anthropic API.";
    for (script, kind) in [
        (Script::status(400).body(&error("invalid_request_error", credit)), AiErrorKind::Quota),
        (
            Script::status(400).body(&error("invalid_request_error", "prompt is too long: 9 tokens > 8")),
            AiErrorKind::ContextTooLong,
        ),
        (
            Script::status(413).body(&error("request_too_large", "Request exceeds the maximum size")),
            AiErrorKind::ContextTooLong,
        ),
        (Script::status(529).body(&error("overloaded_error", "Overloaded")), AiErrorKind::Overloaded),
        (
            Script::error_in_stream(json!({"type": "overloaded_error", "message": "Overloaded"})),
            AiErrorKind::Overloaded,
        ),
        (Script::error_in_stream(json!({"type": "authentication_error", "message": "no"})), AiErrorKind::Auth),
        (Script::stream(&["No"]).finish("refusal"), AiErrorKind::Refused),
        (Script::stream(&["No"]).finish("model_context_window_exceeded"), AiErrorKind::ContextTooLong),
    ] {
        server.then(script.clone());
        assert_eq!(failed(&provider, request()).await.kind, kind, "{script:?}");
    }
    server.then(Script::stream(&["So"]).finish("max_tokens"));
    assert_eq!(completed(&provider).await.reason, FinishReason::Length);
}

#[tokio::test]
async fn a_tool_without_arguments_is_called_with_an_empty_object() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&[]).tool_call_raw("rest", ""));
    assert_eq!(completed(&provider).await.tool_calls[0].arguments, "{}");
}
