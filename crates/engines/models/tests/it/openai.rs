//! The OpenAI dialect: the contract, and what its many services do differently.

use futures::StreamExt;
use reqwest::Client;
use serde_json::{Value, json};
use skald_kernel::model::{AiErrorKind, Delta, FinishReason, Message, ModelRequest, Provider, Timeouts, ToolCall};
use skald_models::{
    OpenAi, client,
    wire_server::{Dialect, Script, WireServer},
};

use crate::contract::{KEY, all, completed, failed, keeps_the_contract, quick, request};

keeps_the_contract!(OpenAi, OpenAi);

fn http() -> Client {
    client(&Timeouts::default()).unwrap()
}

#[tokio::test]
async fn a_request_is_sent_with_all_it_says_but_the_scene() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let call = ToolCall { id: "call_9".into(), name: "search".into(), arguments: r#"{"what":"x"}"#.into() };
    let messages = vec![
        Message::System { text: "Tell.".into() },
        Message::user("Go."),
        Message::Assistant { text: String::new(), tool_calls: vec![call] },
        Message::Tool { call_id: "call_9".into(), name: "search".into(), content: "{\"ok\":true}".into() },
        Message::Assistant { text: "Found.".into(), tool_calls: vec![] },
    ];
    provider.complete(ModelRequest { messages, ..request() }).await.unwrap();
    let sent = server.requests().remove(0);
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(sent.header("authorization"), Some("Bearer sk-do-not-tell"));
    assert!(sent.header("user-agent").unwrap().starts_with("skald/"));
    let call =
        json!({"id": "call_9", "type": "function", "function": {"name": "search", "arguments": "{\"what\":\"x\"}"}});
    let parameters = json!({"type": "object", "properties": {"what": {"type": "string"}}});
    let tool = json!({"name": "search", "description": "Looks for something", "parameters": parameters});
    assert_eq!(
        sent.body,
        json!({
            "model": "wire-model",
            "messages": [
                {"role": "system", "content": "Tell."},
                {"role": "user", "content": "Go."},
                {"role": "assistant", "content": null, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "call_9", "content": "{\"ok\":true}"},
                {"role": "assistant", "content": "Found."},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "tools": [{"type": "function", "function": tool}],
            "temperature": 0.7,
            "max_tokens": 400,
            "seed": 7,
        })
    );
}

#[tokio::test]
async fn what_is_left_to_the_service_is_not_sent() {
    let (_, server) = wired().await;
    server.then(Script::stream(&["Hello"]));
    let provider = OpenAi::new(http(), server.origin(), Some(" ".into())).unwrap();
    let bare = ModelRequest { tools: vec![], sampling: Default::default(), seed: None, ..request() };
    provider.complete(bare).await.unwrap();
    let sent = server.requests().remove(0);
    assert_eq!((sent.path.as_str(), sent.header("authorization")), ("/v1/chat/completions", None));
    let names: Vec<_> = sent.body.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(["tools", "temperature", "max_tokens", "seed"].iter().all(|name| !names.contains(name)), "{names:?}");
}

#[tokio::test]
async fn an_answer_without_done_ends_with_its_reason() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&["Hello"]).without_done());
    let completion = completed(&provider).await;
    assert_eq!((completion.text.as_str(), completion.reason), ("Hello", FinishReason::Stop));
    assert!(completion.usage.is_some());
}

#[tokio::test]
async fn an_answer_that_is_done_is_whole_whatever_the_connection_does_then() {
    let (provider, server) = wired().await;
    let finish = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n";
    server.then(Script::stream(&[]).raw_event(finish).stall_after(1));
    server.then(Script::stream(&[]).raw_event(finish).cut_after(1));
    server.then(Script::stream(&[]).raw_event(finish).raw_event("data: {\"choi").cut_after(2));
    for _ in 0..3 {
        let completion = provider.complete(quick()).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.reason), ("Hello", FinishReason::Stop));
    }
}

#[tokio::test]
async fn done_without_a_reason_is_an_end_and_done_alone_is_no_answer() {
    let (provider, server) = wired().await;
    let done = "data: [DONE]\n\n";
    server.then(Script::stream(&["Hello"]).raw_event(done)).then(Script::stream(&[]).raw_event(done));
    assert_eq!(completed(&provider).await.text, "Hello");
    assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::Garbage);
}

#[tokio::test]
async fn one_json_error_with_a_good_status_is_that_error() {
    let (provider, server) = wired().await;
    let body = json!({"error": {"message": "no credit", "code": "insufficient_quota"}}).to_string();
    server.then(Script::raw("application/json", vec![body.into_bytes()]));
    assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::Quota);
}

#[tokio::test]
async fn framing_is_read_in_all_its_forms() {
    let (provider, server) = wired().await;
    let delta = |text: &str| json!({"choices": [{"delta": {"content": text}}]}).to_string();
    let end = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]});
    let stream = format!(
        "\u{feff}: hello\r\n\r\ndata:{}\r\n\r\nevent: message\r\ndata: {}\r\n\r\ndata: {end}",
        delta("a"),
        delta("b")
    );
    let bytes = stream.into_bytes();
    server.then(Script::raw("text/plain", vec![bytes.clone()]));
    server.then(Script::raw("text/event-stream; charset=utf-8", bytes.iter().map(|byte| vec![*byte]).collect()));
    for _ in 0..2 {
        assert_eq!(completed(&provider).await.text, "ab");
    }
}

#[tokio::test]
async fn an_answer_cut_inside_an_event_or_a_character_is_truncated() {
    let (provider, server) = wired().await;
    let event = "data: {\"choices\":[{\"delta\":{\"content\":\"Grü".as_bytes();
    for cut in [event.len(), event.len() - 1, 20, 7, 6, 5] {
        server.then(Script::raw("text/event-stream", vec![event[..cut].to_vec()]));
        assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::Truncated, "{cut}");
    }
}

#[tokio::test]
async fn calls_without_ids_get_some_and_arguments_stay_as_written() {
    let (provider, server) = wired().await;
    server.then(Script::stream(&[]).tool_call_raw("search", "{not json").tool_call_raw("heal", "").finish("stop"));
    let completion = completed(&provider).await;
    let calls: Vec<_> = completion.tool_calls.iter().map(|c| (c.id.as_str(), c.arguments.as_str())).collect();
    assert_eq!(calls, [("call_0", "{not json"), ("call_1", "")]);
    assert_eq!(completion.reason, FinishReason::ToolCalls);
}

#[tokio::test]
async fn an_event_named_error_is_one_whatever_its_shape() {
    let (provider, server) = wired().await;
    let event = "event: error\ndata: {\"message\": \"out of memory\", \"code\": 503}\n\n";
    server.then(Script::stream(&["Hel"]).raw_event(event));
    let error = failed(&provider, request()).await;
    assert_eq!((error.kind, error.message.as_str()), (AiErrorKind::Overloaded, "out of memory"));
}

#[tokio::test]
async fn a_comment_is_a_beginning_but_no_text() {
    let (provider, server) = wired().await;
    let (script, hold) = Script::stream(&[]).raw_event(": working\n\n").text("Hello").hold_after(1);
    server.then(script);
    let mut answer = provider.stream(request()).await.unwrap();
    hold.reached().await;
    hold.release();
    assert_eq!(answer.next().await, Some(Ok(Delta::Text("Hello".into()))));
}

#[tokio::test]
async fn every_reason_to_stop_is_understood() {
    let (provider, server) = wired().await;
    for (word, reason) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("eos", FinishReason::Stop),
        ("tool_calls", FinishReason::Stop),
    ] {
        server.then(Script::stream(&["Hello"]).finish(word));
        assert_eq!(completed(&provider).await.reason, reason, "{word}");
    }
    server.then(Script::stream(&["Hel"]).finish("content_filter"));
    let (deltas, error) = all(&provider, request()).await;
    assert_eq!((deltas.len(), error.unwrap().kind), (1, AiErrorKind::Refused));
}

#[tokio::test]
async fn quota_and_a_prompt_too_long_are_told_from_their_status() {
    let (provider, server) = wired().await;
    let error = |code: &str, message: &str| json!({"error": {"message": message, "code": code}}).to_string();
    server.then(Script::status(429).body(&error("insufficient_quota", "You exceeded your current quota")));
    server.then(Script::status(400).body(&error("context_length_exceeded", "too long")));
    server
        .then(Script::status(400).body(&error("400", "the request exceeds the available context size (4096 tokens)")));
    server.then(Script::error_in_stream(json!({"message": "This model's maximum context length is 8192 tokens"})));
    assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::Quota);
    for _ in 0..3 {
        assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::ContextTooLong);
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_left_out_and_asked_again_once() {
    let (provider, server) = wired().await;
    let unknown = |name: &str| {
        let body = json!({"error": {"message": format!("Unrecognized request argument supplied: {name}")}});
        Script::status(400).body(&body.to_string())
    };
    server.then(unknown("stream_options")).then(unknown("seed")).then(Script::stream(&["Hello"]));
    assert_eq!(completed(&provider).await.text, "Hello");
    let has = |body: &Value, names: [&str; 3]| names.map(|name| body.get(name).is_some());
    let names = ["stream_options", "seed", "tools"];
    let sent: Vec<_> = server.requests().iter().map(|sent| has(&sent.body, names)).collect();
    assert_eq!(sent, [[true, true, true], [false, true, true], [false, false, true]]);

    server.then(unknown("seed")).then(unknown("seed"));
    assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::BadRequest);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_model_without_tools_answers_without_them() {
    let (provider, server) = wired().await;
    server.then(Script::status(400).body(r#"{"error":{"message":"gemma:2b does not support tools"}}"#));
    server.then(Script::stream(&["Hello"]));
    assert_eq!(completed(&provider).await.text, "Hello");
    assert!(server.requests()[1].body.get("tools").is_none());
}

#[tokio::test]
async fn a_closed_port_is_transport() {
    let (_, server) = wired().await;
    let closed = server.url();
    drop(server);
    for address in [closed.clone(), closed.replace("http:", "https:")] {
        let provider = OpenAi::new(http(), &address, None).unwrap();
        let error = failed(&provider, request()).await;
        assert_eq!((error.kind, error.status), (AiErrorKind::Transport, None), "{address}");
        assert_eq!(provider.models().await.unwrap_err().kind, AiErrorKind::Transport, "{address}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_speak_tls_is_transport() {
    let (_, server) = wired().await;
    let provider = OpenAi::new(http(), &server.url().replace("http:", "https:"), None).unwrap();
    assert_eq!(failed(&provider, request()).await.kind, AiErrorKind::Transport);
}

#[tokio::test]
async fn models_are_listed_in_the_shapes_services_use() {
    let (provider, server) = wired().await;
    for body in [
        r#"{"data":[{"id":"a"},{"id":"b"}]}"#,
        r#"[{"id":"a"},{"id":"b"},{}]"#,
        r#"{"models":[{"name":"a"},{"model":"b"}]}"#,
    ] {
        server.models(Script::raw("application/json", vec![body.into()]));
        let ids: Vec<_> = provider.models().await.unwrap().into_iter().map(|model| model.id).collect();
        assert_eq!(ids, ["a", "b"], "{body}");
    }
    assert!(server.requests().iter().all(|sent| sent.method == "GET" && sent.path == "/v1/models"));
}

#[test]
fn a_wrong_address_or_key_is_refused_by_its_field() {
    let field = |url: &str, key: &str| {
        let error = OpenAi::new(http(), url, Some(key.into())).unwrap_err();
        error.fields()[0].field.clone()
    };
    assert_eq!(field("nowhere", "sk"), "base_url");
    assert_eq!(field("http://localhost", "two words"), "api_key");
    assert_eq!(field("http://localhost", "sk\nX-Evil: 1"), "api_key");
}
