//! What every wire promises, whatever its dialect: each check takes a provider that points at the server.

use std::time::Duration;

use futures::StreamExt;
use serde_json::json;
use skald_kernel::model::{
    AiError, AiErrorKind, Completion, Delta, EmbedRequest, FinishReason, Message, ModelRequest, Privacy, Provider,
    Sampling, Task, Timeouts, ToolCall, ToolSpec,
};
use skald_models::wire_server::{Dialect, Script, WireServer};

/// Long enough that nothing but silence runs into it, unless a check is about silence.
const PATIENT: Timeouts = Timeouts { connect_ms: 5_000, first_byte_ms: 30_000, idle_ms: 30_000 };
/// For checks about silence before the answer: even a first byte that comes may be too late.
pub const HASTY: Timeouts = Timeouts { first_byte_ms: 200, ..QUICK };
/// For checks about silence in an answer. It may take its time to begin, so that a busy machine changes nothing.
const QUICK: Timeouts = Timeouts { idle_ms: 200, ..PATIENT };

/// A request with all there is.
pub fn request() -> ModelRequest {
    ModelRequest {
        task: Task::Narrate,
        model: "wire-model".into(),
        messages: vec![Message::System { text: "Tell.".into() }, Message::user("I look around.")],
        tools: vec![ToolSpec {
            name: "search".into(),
            description: "Looks for something".into(),
            parameters: json!({"type": "object", "properties": {"what": {"type": "string"}}}),
        }],
        schema: None,
        sampling: Sampling { temperature: Some(0.7), max_tokens: Some(400) },
        seed: Some(7),
        privacy: Privacy::Any,
        timeouts: PATIENT,
        scene: None,
    }
}

/// A request that waits a moment only between two pieces.
pub fn quick() -> ModelRequest {
    ModelRequest { timeouts: QUICK, ..request() }
}

/// All pieces of an answer, and how it failed if it did, at its start or later.
pub async fn all(provider: &dyn Provider, request: ModelRequest) -> (Vec<Delta>, Option<AiError>) {
    let mut deltas = Vec::new();
    let mut stream = match provider.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (deltas, Some(error)),
    };
    while let Some(delta) = stream.next().await {
        match delta {
            Ok(delta) => deltas.push(delta),
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing follows an error");
                return (deltas, Some(error));
            }
        }
    }
    assert!(matches!(deltas.last(), Some(Delta::Finish { .. })), "a stream ends with its end: {deltas:?}");
    (deltas, None)
}

pub async fn completed(provider: &dyn Provider) -> Completion {
    provider.complete(request()).await.unwrap()
}

/// How an answer failed, without regard to what came before.
pub async fn failed(provider: &dyn Provider, request: ModelRequest) -> AiError {
    let (deltas, error) = all(provider, request).await;
    error.unwrap_or_else(|| panic!("no failure but {deltas:?}"))
}

fn text(text: &str) -> Delta {
    Delta::Text(text.into())
}

pub async fn text_arrives_piece_by_piece_and_ends_once(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stream(&["Hel", "", "lo"]));
    let (deltas, error) = all(provider, request()).await;
    assert_eq!(error, None);
    assert_eq!(deltas[..2], [text("Hel"), text("lo")]);
    let Delta::Finish { reason: FinishReason::Stop, usage: Some(usage) } = &deltas[2] else { panic!("{deltas:?}") };
    assert_eq!((usage.input, usage.cached, usage.output, deltas.len()), (10, 0, 3, 3));
    assert!(usage.raw.is_object());
}

pub async fn a_piece_is_given_out_before_the_next_is_sent(provider: &dyn Provider, server: &WireServer) {
    let (script, hold) = Script::stream(&["Hel", "lo"]).hold_after(1);
    server.then(script);
    let mut stream = provider.stream(request()).await.unwrap();
    assert_eq!(stream.next().await, Some(Ok(text("Hel"))));
    hold.reached().await;
    hold.release();
    assert_eq!(stream.next().await, Some(Ok(text("lo"))));
}

pub async fn characters_split_on_the_way_arrive_whole(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::split_utf8("Der Älteste sagt: «Grüß dich» 🐉"));
    assert_eq!(completed(provider).await.text, "Der Älteste sagt: «Grüß dich» 🐉");
}

pub async fn tool_calls_arrive_whole_after_the_text(provider: &dyn Provider, server: &WireServer) {
    let script = Script::stream(&["I look."]);
    server.then(script.tool_call("search", json!({"what": "Schlüssel"})).tool_call("heal", json!({})));
    let (deltas, error) = all(provider, request()).await;
    assert_eq!(error, None);
    let call = |id: &str, name: &str, arguments: &str| {
        Delta::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() })
    };
    let calls = [call("call_0", "search", r#"{"what":"Schlüssel"}"#), call("call_1", "heal", "{}")];
    assert_eq!(deltas[0], text("I look."));
    assert_eq!(deltas[1..3], calls);
    assert!(matches!(deltas[3], Delta::Finish { reason: FinishReason::ToolCalls, .. }));
}

pub async fn reasoning_is_not_part_of_the_answer(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stream(&[]).reasoning("Hm, what now?").text("You see a door."));
    assert_eq!(completed(provider).await.text, "You see a door.");
}

pub async fn an_answer_without_usage_has_none(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stream(&["Hello"]).without_usage());
    assert_eq!(completed(provider).await.usage, None);
}

pub async fn a_wrong_usage_does_not_spoil_the_answer(provider: &dyn Provider, server: &WireServer) {
    for wrong in [json!({"prompt_tokens": -1, "completion_tokens": "lots"}), json!({}), json!("none"), json!([1])] {
        server.then(Script::stream(&["Hello"]).wrong_usage(wrong.clone()));
        let completion = completed(provider).await;
        assert_eq!((completion.text.as_str(), completion.usage), ("Hello", None), "{wrong}");
    }
}

pub async fn a_service_that_never_begins_is_idle(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stall_before_first_byte()).then(Script::stream(&["Hello"]).stall_after(0));
    for _ in 0..2 {
        let error =
            provider.stream(ModelRequest { timeouts: HASTY, ..request() }).await.err().expect("no answer begins");
        assert_eq!(error.kind, AiErrorKind::Idle);
    }
}

pub async fn a_service_that_falls_silent_is_idle(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stream(&["Hel", "lo"]).stall_after(1));
    let (deltas, error) = all(provider, quick()).await;
    assert_eq!((deltas, error.unwrap().kind), (vec![text("Hel")], AiErrorKind::Idle));
}

pub async fn an_answer_that_ends_before_its_end_is_truncated(provider: &dyn Provider, server: &WireServer) {
    for pieces in 0..=2 {
        server.then(Script::stream(&["Hel", "lo"]).cut_after(pieces));
        let (deltas, error) = all(provider, request()).await;
        assert_eq!((deltas.len(), error.unwrap().kind), (pieces, AiErrorKind::Truncated), "{pieces}");
    }
}

pub async fn a_call_that_was_cut_off_is_never_given_out(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::stream(&["So."]).tool_call("search", json!({"what": "x"})).cut_after(2));
    let (deltas, error) = all(provider, request()).await;
    assert_eq!((deltas, error.unwrap().kind), (vec![text("So.")], AiErrorKind::Truncated));
}

pub async fn a_connection_reset_in_an_answer_is_truncated(provider: &dyn Provider, server: &WireServer) {
    let (script, hold) = Script::stream(&["Hel", "lo"]).hold_after(1);
    server.then(script.reset_after(1));
    let mut stream = provider.stream(request()).await.unwrap();
    assert_eq!(stream.next().await, Some(Ok(text("Hel"))));
    hold.release();
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind, AiErrorKind::Truncated);
    assert!(stream.next().await.is_none());
}

pub async fn a_service_that_hangs_up_before_it_answers_is_transport(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::hang_up()).then(Script::stream(&[]).reset_after(0));
    for _ in 0..2 {
        assert_eq!(failed(provider, request()).await.kind, AiErrorKind::Transport);
    }
}

pub async fn an_error_inside_a_good_stream_is_that_error(provider: &dyn Provider, server: &WireServer) {
    let error = json!({"message": "Slow down", "type": "rate_limit_error", "code": 429});
    // Ollama's errors are words alone.
    let kind = if server.dialect() == Dialect::Ollama { AiErrorKind::Overloaded } else { AiErrorKind::RateLimited };
    server.then(Script::error_in_stream(error.clone())).then(Script::stream(&["Hel"]).then_error(error));
    for pieces in 0..2 {
        let (deltas, error) = all(provider, request()).await;
        let error = error.unwrap();
        assert_eq!((deltas.len(), error.kind, error.message.as_str()), (pieces, kind, "Slow down"));
    }
}

pub async fn a_web_page_or_noise_is_garbage(provider: &dyn Provider, server: &WireServer) {
    let noise: Vec<Vec<u8>> = vec![b"data: {\"choices\": 7}\n\n".to_vec()];
    server.then(Script::html()).then(Script::html().header("content-type", "text/event-stream"));
    server.then(Script::raw("text/plain", vec![b"I am a teapot, not a model".to_vec()]));
    server.then(Script::raw("application/json", vec![b"{\"hello\": 1}".to_vec()]));
    server.then(Script::raw("application/json", vec![b"{} {}".to_vec()]));
    server.then(Script::raw("text/event-stream", noise)).then(Script::stream(&[]).raw_event("data: nonsense\n\n"));
    server.then(Script::raw("text/event-stream", vec![b"data: \xff\xfe\n\n".to_vec()]));
    for at in 0..8 {
        assert_eq!(failed(provider, request()).await.kind, AiErrorKind::Garbage, "{at}");
    }
}

pub async fn a_line_or_an_answer_without_end_is_garbage(provider: &dyn Provider, server: &WireServer) {
    let piece = || vec![b' '; 64 << 10];
    let end = b"]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let mut line = vec![b"data: {\"choices\":[".to_vec()];
    line.extend((0..20).map(|_| piece()));
    line.push(end.to_vec());
    server.then(Script::raw("text/event-stream", line));
    let mut lines = vec![b"data: {\"choices\":[\n".to_vec()];
    lines.extend((0..20).map(|_| [b"data: ".to_vec(), piece(), b"\n".to_vec()].concat()));
    lines.push([b"data: ", &end[..]].concat());
    server.then(Script::raw("text/event-stream", lines));
    let mut whole = vec![b"{\"text\": \"".to_vec()];
    whole.extend((0..80).map(|_| piece()));
    server.then(Script::raw("application/json", whole));
    for at in 0..3 {
        assert_eq!(failed(provider, request()).await.kind, AiErrorKind::Garbage, "{at}");
    }
    let long = "x".repeat(900 << 10);
    server.then(Script::stream(&[&long, &long, &long, &long, &long]));
    let (deltas, error) = all(provider, request()).await;
    assert_eq!((deltas.len(), error.unwrap().kind), (4, AiErrorKind::Garbage));
}

pub async fn every_status_has_its_kind(provider: &dyn Provider, server: &WireServer) {
    use AiErrorKind as K;
    let statuses = [
        (400, K::BadRequest),
        (401, K::Auth),
        (402, K::Quota),
        (403, K::Auth),
        (404, K::BadRequest),
        (422, K::BadRequest),
        (429, K::RateLimited),
        (500, K::Overloaded),
        (502, K::Overloaded),
        (503, K::Overloaded),
        (504, K::Overloaded),
        (529, K::Overloaded),
    ];
    for (status, kind) in statuses {
        server.then(Script::status(status));
        let error = provider.stream(request()).await.err().expect("refused");
        assert_eq!((error.kind, error.status), (kind, Some(status)));
        assert_eq!(error.message, format!("scripted status {status}"));
    }
}

pub async fn the_services_wish_when_to_return_is_kept(provider: &dyn Provider, server: &WireServer) {
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    server.then(Script::status(429).retry_after("2"));
    server.then(Script::status(503).retry_after("Wed, 21 Oct 2015 07:28:09 GMT").header("date", date));
    server.then(Script::status(429));
    assert_eq!(failed(provider, request()).await.retry_after, Some(Duration::from_secs(2)));
    assert_eq!(failed(provider, request()).await.retry_after, Some(Duration::from_secs(9)));
    assert_eq!(failed(provider, request()).await.retry_after, None);
}

pub async fn a_failure_whose_body_stalls_is_still_that_failure(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::status(401).stall_after(1));
    assert_eq!(failed(provider, quick()).await.kind, AiErrorKind::Auth);
}

pub async fn a_long_message_is_shortened(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::status(400).body(&"word ".repeat(1000)));
    let error = failed(provider, request()).await;
    assert_eq!((error.kind, error.message.chars().count()), (AiErrorKind::BadRequest, 300));
}

pub async fn a_redirect_is_told_and_not_followed(provider: &dyn Provider, server: &WireServer) {
    let elsewhere = WireServer::start().await;
    server.then(Script::status(307).header("location", &format!("{}/chat/completions", elsewhere.url())));
    let error = failed(provider, request()).await;
    assert_eq!((error.kind, error.status), (AiErrorKind::BadRequest, Some(307)));
    assert!(error.message.contains(elsewhere.origin()), "{}", error.message);
    assert!(elsewhere.requests().is_empty());
}

pub async fn dropping_an_answer_closes_its_connection(provider: &dyn Provider, server: &WireServer) {
    let (script, hold) = Script::stream(&["Hel", "lo"]).hold_after(1);
    server.then(script);
    let mut stream = provider.stream(request()).await.unwrap();
    assert_eq!(stream.next().await, Some(Ok(text("Hel"))));
    hold.reached().await;
    drop(stream);
    hold.left().await;
}

pub async fn a_failure_is_not_tried_again_by_the_wire(provider: &dyn Provider, server: &WireServer) {
    for status in [429, 500, 503] {
        server.then(Script::status(status));
        failed(provider, request()).await;
    }
    server.then(Script::stream(&["Hel"]).cut_after(1));
    failed(provider, request()).await;
    assert_eq!(server.requests().len(), 4);
}

pub async fn the_models_are_listed_or_the_failure_is_exact(provider: &dyn Provider, server: &WireServer) {
    let ids: Vec<_> = provider.models().await.unwrap().into_iter().map(|model| model.id).collect();
    assert_eq!(ids, ["wire-model"]);
    for (script, kind) in [
        (Script::status(401), AiErrorKind::Auth),
        (Script::html(), AiErrorKind::Garbage),
        (Script::raw("application/json", vec![b"{\"data\": 7}".to_vec()]), AiErrorKind::Garbage),
    ] {
        server.models(script);
        assert_eq!(provider.models().await.unwrap_err().kind, kind);
    }
}

/// The provider waits only a moment for its models.
pub async fn a_list_of_models_that_never_comes_is_idle(provider: &dyn Provider, server: &WireServer) {
    let models = || Script::models(&["a"]);
    for script in [Script::stall_before_first_byte(), models().stall_after(0), models().stall_after(1)] {
        server.models(script);
        assert_eq!(provider.models().await.unwrap_err().kind, AiErrorKind::Idle);
    }
}

pub async fn one_answer_in_place_of_a_stream_is_accepted(provider: &dyn Provider, server: &WireServer) {
    server.then(Script::plain("Hello").tool_call("search", json!({"what": "x"})));
    let completion = completed(provider).await;
    assert_eq!((completion.text.as_str(), completion.reason), ("Hello", FinishReason::ToolCalls));
    assert_eq!(completion.tool_calls[0].arguments, r#"{"what":"x"}"#);
    assert_eq!(completion.usage.unwrap().input, 10);
}

/// The key of every provider under test.
pub const KEY: &str = "sk-do-not-tell";

pub async fn the_key_shows_nowhere(provider: &(impl Provider + std::fmt::Debug), server: &WireServer) {
    server.then(Script::status(401).body(&format!("the key {KEY} is wrong")));
    server.then(Script::error_in_stream(json!({"message": format!("the key {KEY} is wrong")})));
    for _ in 0..2 {
        assert_eq!(failed(provider, request()).await.message, "the key *** is wrong");
    }
    let shown = format!("{provider:?}");
    assert!(!shown.contains(KEY) && shown.contains("127.0.0.1"), "{shown}");
}

pub async fn texts_become_vectors_in_their_order(provider: &dyn Provider, server: &WireServer) {
    let embed =
        || EmbedRequest { model: "wire-model".into(), texts: vec!["one".into(), "two".into()], timeouts: PATIENT };
    if server.dialect() == Dialect::Anthropic {
        let error = provider.embed(embed()).await.unwrap_err();
        assert_eq!((error.kind, server.requests().len()), (AiErrorKind::BadRequest, 0));
        return;
    }
    let embeddings = provider.embed(embed()).await.unwrap();
    assert_eq!(embeddings.vectors, [[1.0, 0.5], [0.0, -1.0]]);
    for (script, kind) in [
        (Script::embeddings(&[&[1.0]]), AiErrorKind::Garbage),
        (Script::embeddings(&[&[1.0], &[1.0, 2.0]]), AiErrorKind::Garbage),
        (Script::raw("application/json", vec![b"{}".to_vec()]), AiErrorKind::Garbage),
        (Script::status(429), AiErrorKind::RateLimited),
    ] {
        server.embeddings(script);
        assert_eq!(provider.embed(embed()).await.unwrap_err().kind, kind);
    }
}

/// The tests of a dialect: each promise against a server that speaks it.
macro_rules! keeps_the_contract {
    ($provider:ident, $dialect:ident) => {
        async fn wired() -> ($provider, WireServer) {
            let server = WireServer::speaking(Dialect::$dialect).await;
            let http = skald_models::client(&skald_kernel::model::Timeouts::default()).unwrap();
            let provider = $provider::new(http, &server.url(), Some(KEY.into())).unwrap();
            (provider, server)
        }

        crate::contract::keeps_the_contract! { @each
            text_arrives_piece_by_piece_and_ends_once
            a_piece_is_given_out_before_the_next_is_sent
            characters_split_on_the_way_arrive_whole
            tool_calls_arrive_whole_after_the_text
            reasoning_is_not_part_of_the_answer
            an_answer_without_usage_has_none
            a_wrong_usage_does_not_spoil_the_answer
            a_service_that_never_begins_is_idle
            a_service_that_falls_silent_is_idle
            an_answer_that_ends_before_its_end_is_truncated
            a_call_that_was_cut_off_is_never_given_out
            a_connection_reset_in_an_answer_is_truncated
            a_service_that_hangs_up_before_it_answers_is_transport
            an_error_inside_a_good_stream_is_that_error
            a_web_page_or_noise_is_garbage
            a_line_or_an_answer_without_end_is_garbage
            every_status_has_its_kind
            the_services_wish_when_to_return_is_kept
            a_failure_whose_body_stalls_is_still_that_failure
            a_long_message_is_shortened
            a_redirect_is_told_and_not_followed
            dropping_an_answer_closes_its_connection
            a_failure_is_not_tried_again_by_the_wire
            the_models_are_listed_or_the_failure_is_exact
            one_answer_in_place_of_a_stream_is_accepted
            texts_become_vectors_in_their_order
            the_key_shows_nowhere
        }

        #[tokio::test]
        async fn a_list_of_models_that_never_comes_is_idle() {
            let (provider, server) = wired().await;
            let hasty = provider.with_timeouts(crate::contract::HASTY);
            crate::contract::a_list_of_models_that_never_comes_is_idle(&hasty, &server).await;
        }
    };
    (@each $($promise:ident)+) => {$(
        #[tokio::test]
        async fn $promise() {
            let (provider, server) = wired().await;
            crate::contract::$promise(&provider, &server).await;
        }
    )+};
}
pub(crate) use keeps_the_contract;
