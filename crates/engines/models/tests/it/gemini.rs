//! Gemini's dialect: the contract, and what is its own.

use serde_json::json;
use skald_kernel::model::{AiErrorKind, AnswerSchema, FinishReason, Image, Message, ModelRequest, Provider, ToolCall};
use skald_models::{
    Gemini,
    wire_server::{Dialect, Script, WireServer},
};

use crate::contract::{KEY, completed, failed, keeps_the_contract, request};

keeps_the_contract!(Gemini, Gemini);

#[tokio::test]
async fn a_request_names_its_model_in_the_address_and_its_sides_user_and_model() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let call = ToolCall { id: "call_0#signed:c2ln".into(), name: "search".into(), arguments: r#"{"what":"x"}"#.into() };
    let image = Image { media_type: "image/png".into(), base64: "AAAA".into() };
    let messages = vec![
        Message::System { text: "Tell.".into() },
        Message::User { text: "Go.".into(), images: vec![image] },
        Message::Assistant { text: "I look.".into(), tool_calls: vec![call] },
        Message::Tool { call_id: "call_0".into(), name: "search".into(), content: "{\"ok\":true}".into() },
        Message::Tool { call_id: "call_1".into(), name: "heal".into(), content: "done".into() },
    ];
    let schema = AnswerSchema { name: "npc".into(), schema: json!({"type": "object"}) };
    provider
        .complete(ModelRequest { messages, schema: Some(schema), seed: Some(u64::MAX), ..request() })
        .await
        .unwrap();
    let sent = server.requests().remove(0);
    assert_eq!(sent.path, "/v1beta/models/wire-model:streamGenerateContent?alt=sse");
    assert_eq!(sent.header("x-goog-api-key"), Some(KEY));
    let parameters = json!({"type": "object", "properties": {"what": {"type": "string"}}});
    assert_eq!(
        sent.body,
        json!({
            "systemInstruction": {"parts": [{"text": "Tell."}]},
            "contents": [
                {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}, {"text": "Go."}]},
                {"role": "model", "parts": [
                    {"text": "I look."},
                    {"functionCall": {"name": "search", "args": {"what": "x"}}, "thoughtSignature": "c2ln"},
                ]},
                {"role": "user", "parts": [
                    {"functionResponse": {"name": "search", "response": {"ok": true}}},
                    {"functionResponse": {"name": "heal", "response": {"result": "done"}}},
                ]},
            ],
            "tools": [{"functionDeclarations": [
                {"name": "search", "description": "Looks for something", "parametersJsonSchema": parameters},
            ]}],
            "generationConfig": {
                "temperature": 0.7, "maxOutputTokens": 400, "seed": 2_147_483_647,
                "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
            },
        })
    );
}

#[tokio::test]
async fn the_signature_of_a_call_travels_in_its_id() {
    let (provider, server) = wired().await;
    let part = json!({"functionCall": {"name": "search", "args": {}}, "thoughtSignature": "c2ln"});
    let chunk = json!({"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]});
    server.then(Script::raw("text/event-stream", vec![format!("data: {chunk}\n\n").into_bytes()]));
    let call = completed(&provider).await.tool_calls.remove(0);
    assert_eq!((call.id.as_str(), call.arguments.as_str()), ("call_0#signed:c2ln", "{}"));
}

#[tokio::test]
async fn thoughts_are_counted_as_output_and_cached_tokens_inside_the_prompt() {
    let (provider, server) = wired().await;
    let usage = json!({"promptTokenCount": 50, "cachedContentTokenCount": 40, "candidatesTokenCount": 3, "thoughtsTokenCount": 7});
    server.then(Script::stream(&["Hello"]).wrong_usage(usage));
    let usage = completed(&provider).await.usage.unwrap();
    assert_eq!((usage.input, usage.cached, usage.output), (50, 40, 10));
}

#[tokio::test]
async fn what_the_service_says_tells_key_quota_context_and_filter_apart() {
    let (provider, server) = wired().await;
    let error = |code: u16, status: &str, message: &str, details: serde_json::Value| {
        let error = json!({"error": {"code": code, "status": status, "message": message, "details": details}});
        Script::status(code).body(&error.to_string())
    };
    let bad_key = json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]);
    let daily = json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]);
    let soon = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "31s"}]);
    let blocked = json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}});
    for (script, kind) in [
        (error(400, "INVALID_ARGUMENT", "API key not valid.", bad_key), AiErrorKind::Auth),
        (error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", daily), AiErrorKind::Quota),
        (
            error(
                400,
                "INVALID_ARGUMENT",
                "The input token count (9) exceeds the maximum number of tokens allowed (8).",
                json!([]),
            ),
            AiErrorKind::ContextTooLong,
        ),
        (error(503, "UNAVAILABLE", "The model is overloaded.", json!([])), AiErrorKind::Overloaded),
        (Script::stream(&["No"]).finish("SAFETY"), AiErrorKind::Refused),
        (Script::stream(&["No"]).finish("MALFORMED_FUNCTION_CALL"), AiErrorKind::Garbage),
        (Script::raw("text/event-stream", vec![format!("data: {blocked}\n\n").into_bytes()]), AiErrorKind::Refused),
    ] {
        server.then(script.clone());
        assert_eq!(failed(&provider, request()).await.kind, kind, "{script:?}");
    }
    server.then(error(429, "RESOURCE_EXHAUSTED", "Too many requests", soon));
    let error = failed(&provider, request()).await;
    assert_eq!((error.kind, error.retry_after.map(|d| d.as_secs())), (AiErrorKind::RateLimited, Some(31)));
    server.then(Script::stream(&["So"]).finish("MAX_TOKENS"));
    assert_eq!(completed(&provider).await.reason, FinishReason::Length);
}

#[tokio::test]
async fn a_list_of_models_is_read_to_its_last_page() {
    let (provider, server) = wired().await;
    server.models(Script::raw(
        "application/json",
        vec![br#"{"models":[{"name":"models/a","inputTokenLimit":8}],"nextPageToken":"next"}"#.to_vec()],
    ));
    let models = provider.models().await.unwrap();
    assert_eq!((models[0].id.as_str(), models[0].context_tokens), ("a", Some(8)));
    let asked: Vec<_> = server.requests().into_iter().map(|sent| sent.path).collect();
    // The second page says the same next page: a service that never ends is left.
    assert_eq!(asked, ["/v1beta/models?pageSize=1000", "/v1beta/models?pageSize=1000&pageToken=next"]);
}
