//! Ollama's own dialect: the contract, and what is its own.

use futures::TryStreamExt;
use serde_json::json;
use skald_kernel::model::{AiErrorKind, AnswerSchema, FinishReason, Image, Message, ModelRequest, Provider, ToolCall};
use skald_models::{
    Ollama, Pulling, client,
    wire_server::{Dialect, Script, WireServer},
};

use crate::contract::{KEY, completed, failed, keeps_the_contract, request};

keeps_the_contract!(Ollama, Ollama);

#[tokio::test]
async fn a_request_has_options_and_arguments_as_objects() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let call = ToolCall { id: "a".into(), name: "search".into(), arguments: r#"{"what":"x"}"#.into() };
    let image = Image { media_type: "image/png".into(), base64: "AAAA".into() };
    let messages = vec![
        Message::User { text: "Go.".into(), images: vec![image] },
        Message::Assistant { text: String::new(), tool_calls: vec![call] },
        Message::Tool { call_id: "a".into(), name: "search".into(), content: "found".into() },
    ];
    let schema = AnswerSchema { name: "npc".into(), schema: json!({"type": "object"}) };
    let wanted = ModelRequest { messages, tools: vec![], schema: Some(schema), ..request() };
    provider.complete(wanted).await.unwrap();
    let sent = server.requests().remove(0);
    assert_eq!(sent.path, "/api/chat");
    assert_eq!(
        sent.body,
        json!({
            "model": "wire-model",
            "stream": true,
            "messages": [
                {"role": "user", "content": "Go.", "images": ["AAAA"]},
                {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "search", "arguments": {"what": "x"}}}]},
                {"role": "tool", "tool_name": "search", "content": "found"},
            ],
            "format": {"type": "object"},
            "options": {"temperature": 0.7, "num_predict": 400, "seed": 7},
        })
    );
}

#[tokio::test]
async fn the_address_people_know_is_understood() {
    let (_, server) = wired().await;
    for pasted in ["", "/", "/v1", "/v1/", "/api", "/api/chat", "/api/tags"] {
        let http = client(&skald_kernel::model::Timeouts::default()).unwrap();
        let provider = Ollama::new(http, &format!("{}{pasted}", server.origin()), None).unwrap();
        assert_eq!(provider.models().await.unwrap()[0].id, "wire-model", "{pasted}");
    }
}

#[tokio::test]
async fn a_model_without_tools_answers_without_them() {
    let (provider, server) = wired().await;
    server.then(Script::status(400).body(r#"{"error":"gemma:2b does not support tools"}"#));
    server.then(Script::stream(&["Hello"]).finish("length"));
    let completion = completed(&provider).await;
    assert_eq!((completion.text.as_str(), completion.reason), ("Hello", FinishReason::Length));
    assert!(server.requests()[1].body.get("tools").is_none());
}

#[tokio::test]
async fn a_model_that_is_not_there_is_a_bad_request_that_says_so() {
    let (provider, server) = wired().await;
    server.then(Script::status(404).body(r#"{"error":"model 'x' not found"}"#));
    let error = failed(&provider, request()).await;
    assert_eq!((error.kind, error.message.as_str()), (AiErrorKind::BadRequest, "model 'x' not found"));
}

#[tokio::test]
async fn a_model_is_pulled_with_progress_and_a_broken_pull_is_told() {
    let (provider, server) = wired().await;
    let lines = |lines: &[serde_json::Value]| {
        let lines = lines.iter().map(|line| format!("{line}\n").into_bytes()).collect();
        Script::raw("application/x-ndjson", lines)
    };
    let half = json!({"status": "pulling 1", "digest": "1", "total": 10, "completed": 5});
    server.then(lines(&[json!({"status": "pulling manifest"}), half.clone(), json!({"status": "success"})]));
    server.then(lines(&[half])).then(lines(&[json!({"error": "pull model manifest: file does not exist"})]));
    let steps: Vec<Pulling> = provider.pull("gemma:2b").await.unwrap().try_collect().await.unwrap();
    let told: Vec<_> = steps.iter().map(|step| (step.status.as_str(), step.completed, step.total)).collect();
    assert_eq!(told, [("pulling manifest", 0, 0), ("pulling 1", 5, 10), ("success", 0, 0)]);
    let broken: Result<Vec<Pulling>, _> = provider.pull("gemma:2b").await.unwrap().try_collect().await;
    assert_eq!(broken.unwrap_err().kind, AiErrorKind::Truncated);
    let unknown: Result<Vec<Pulling>, _> = provider.pull("x").await.unwrap().try_collect().await;
    assert_eq!(unknown.unwrap_err().message, "pull model manifest: file does not exist");
    assert_eq!(server.requests()[0].path, "/api/pull");
}
