//! Cohere's dialect: the contract, and what is its own.

use serde_json::json;
use skald_kernel::model::{AiErrorKind, AnswerSchema, FinishReason, Message, ModelRequest, Provider, ToolCall};
use skald_models::{
    Cohere,
    wire_server::{Dialect, Script, WireServer},
};

use crate::contract::{KEY, completed, failed, keeps_the_contract, request};

keeps_the_contract!(Cohere, Cohere);

#[tokio::test]
async fn a_request_is_sent_with_the_plan_before_its_calls() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let call = ToolCall { id: "a".into(), name: "search".into(), arguments: "{garbled".into() };
    let messages = vec![
        Message::System { text: "Tell.".into() },
        Message::user("Go."),
        Message::Assistant { text: "I look.".into(), tool_calls: vec![call] },
        Message::Tool { call_id: "a".into(), name: "search".into(), content: "found".into() },
    ];
    let schema = AnswerSchema { name: "npc".into(), schema: json!({"type": "object"}) };
    let wanted = ModelRequest { messages, tools: vec![], schema: Some(schema), ..request() };
    provider.complete(wanted).await.unwrap();
    let sent = server.requests().remove(0);
    assert_eq!(sent.path, "/v2/chat");
    assert_eq!(sent.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let call = json!({"id": "a", "type": "function", "function": {"name": "search", "arguments": "{}"}});
    assert_eq!(
        sent.body,
        json!({
            "model": "wire-model",
            "stream": true,
            "messages": [
                {"role": "system", "content": "Tell."},
                {"role": "user", "content": "Go."},
                {"role": "assistant", "tool_plan": "I look.", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "a", "content": "found"},
            ],
            "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
            "temperature": 0.7,
            "max_tokens": 400,
            "seed": 7,
        })
    );
    provider.models().await.unwrap();
    assert_eq!(server.requests()[1].path, "/v1/models?page_size=1000");
}

#[tokio::test]
async fn failures_come_as_a_status_or_as_the_reason_to_stop() {
    let (provider, server) = wired().await;
    for (script, kind) in [
        (Script::status(498).body(r#"{"message":"blocked token"}"#), AiErrorKind::Auth),
        (Script::status(401).body(r#"{"message":"invalid api token"}"#), AiErrorKind::Auth),
        (
            Script::status(429)
                .body(r#"{"message":"You are using a Trial key, which is limited to 1000 API calls / month"}"#),
            AiErrorKind::Quota,
        ),
        (
            Script::status(400).body(r#"{"message":"too many tokens: size limit exceeded by 9 tokens"}"#),
            AiErrorKind::ContextTooLong,
        ),
        (Script::stream(&["No"]).finish("ERROR"), AiErrorKind::Overloaded),
        (Script::stream(&["No"]).finish("ERROR_TOXIC"), AiErrorKind::Refused),
    ] {
        server.then(script.clone());
        assert_eq!(failed(&provider, request()).await.kind, kind, "{script:?}");
    }
    server.then(Script::stream(&["So"]).finish("MAX_TOKENS"));
    assert_eq!(completed(&provider).await.reason, FinishReason::Length);
}
