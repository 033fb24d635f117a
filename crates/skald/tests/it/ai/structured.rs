//! Answers of a certain shape, over the wire: repaired once, then refused.

use serde::Deserialize;
use skald_ai::Shaped;
use skald_kernel::model::{AiErrorKind, AnswerSchema};

use super::*;

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Person {
    name: String,
    age: u32,
}

/// Asks for a person, as a task that is not told while it is made.
async fn person(app: &TestApp, campaign: &str) -> Result<Shaped<Person>, Failed> {
    let call = Call {
        task: Task::Generate,
        campaign: Some(campaign.parse::<CampaignId>().unwrap()),
        session: None,
        user: None,
        receipt: None,
        choice: Choice::Routed,
        seed: 1,
    };
    let request = ModelRequest {
        task: Task::Generate,
        model: String::new(),
        messages: vec![Message::user("Make somebody up.")],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling::default(),
        seed: Some(1),
        privacy: Privacy::Any,
        timeouts: Timeouts::default(),
        scene: None,
    };
    let schema = json!({
        "type": "object", "required": ["name", "age"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 0}},
    });
    let schema = AnswerSchema { name: "person".into(), schema };
    app.app.part::<Engine>().structured(&app.app, call, request, schema, CancellationToken::new()).await
}

/// A campaign, and a model that answers with these, in order.
async fn asked(app: &TestApp, answers: Vec<Script>) -> (Client, WireServer, Result<Shaped<Person>, Failed>) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let wire = WireServer::start().await;
    for answer in answers {
        wire.then(answer);
    }
    let made = provider(&admin, "Wire", &wire.url(), None).await;
    admin.put("/ai/routes", None, json!({ "default": [id(&made)] })).await.ok();
    let answer = person(app, &campaign).await;
    (admin, wire, answer)
}

/// The replies in the ledger, the oldest first.
async fn replies(admin: &Client) -> Vec<Value> {
    let calls = admin.get("/ai/calls").await.ok();
    let mut replies = Vec::new();
    for call in calls["items"].as_array().unwrap().iter().rev() {
        replies.push(admin.get(&format!("/ai/calls/{}", id(call))).await.ok()["reply"].clone());
    }
    replies
}

const MIRA: &str = r#"{"name": "Mira", "age": 31}"#;

#[db_test]
async fn an_answer_that_fits_is_read(app: TestApp) {
    let (_, wire, answer) = asked(&app, vec![Script::stream(&["```json\n", MIRA, "\n```"])]).await;
    let answer = answer.unwrap();
    assert_eq!(answer.value, Person { name: "Mira".into(), age: 31 });
    assert!(!answer.repaired);
    let sent = &wire.requests()[0].body;
    assert_eq!(sent["response_format"]["json_schema"]["name"], "person");
    assert!(sent["messages"][0]["content"].as_str().unwrap().contains("\"minimum\":0"), "{sent}");
}

#[db_test]
async fn an_answer_that_does_not_fit_is_shown_its_error_once(app: TestApp) {
    let bad = r#"{"name": "", "years": 31}"#;
    let (admin, wire, answer) = asked(&app, vec![Script::stream(&[bad]), Script::stream(&[MIRA])]).await;
    let answer = answer.unwrap();
    assert!(answer.repaired);
    assert_eq!(answer.value.age, 31);
    let second = wire.requests()[1].body["messages"].to_string();
    for told in ["years: is not wanted", "age: is missing", "name: should be at least 1"] {
        assert!(second.contains(told), "{told}: {second}");
    }
    assert_eq!(wire.requests()[1].body["messages"][2]["content"], bad, "its own words");
    assert_eq!(replies(&admin).await, [json!(bad), json!(MIRA)]);
}

#[db_test]
async fn an_answer_that_does_not_fit_twice_is_an_error_and_stays_in_the_ledger(app: TestApp) {
    let answers = vec![Script::stream(&["I would rather sing."]), Script::stream(&["[1, 2]"])];
    let (admin, wire, answer) = asked(&app, answers).await;
    let Err(Failed::Call { by, error }) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, AiErrorKind::Garbage);
    assert!(by.label.ends_with("wire-model"), "{by:?}");
    assert!(error.message.contains("should be object"), "{error}");
    assert_eq!(wire.requests().len(), 2);
    assert_eq!(replies(&admin).await, [json!("I would rather sing."), json!("[1, 2]")]);
}

#[db_test]
async fn a_tool_that_does_not_exist_is_answered_with_what_to_do(app: TestApp) {
    let call = Script::stream(&[]).tool_call("make_person", json!({"name": "Mira"})).finish("tool_calls");
    let (_, wire, answer) = asked(&app, vec![call, Script::stream(&[MIRA])]).await;
    assert_eq!(answer.unwrap().value.name, "Mira");
    let second = wire.requests()[1].body["messages"].to_string();
    assert!(second.contains("There is no tool"), "{second}");
}

#[db_test]
async fn the_shape_may_come_as_a_call_of_the_tool_that_takes_it(app: TestApp) {
    let call = Script::stream(&[]).tool_call("person", json!({"name": "Mira", "age": 31})).finish("tool_calls");
    let (_, _, answer) = asked(&app, vec![call]).await;
    assert_eq!(answer.unwrap().value.age, 31);
}

/// The beginning of an answer, and then nothing.
fn broken() -> Script {
    Script::stream(&[r#"{"name": "#, "more"]).cut_after(1)
}

#[db_test]
async fn an_answer_at_the_limit_of_its_length_is_asked_for_again(app: TestApp) {
    let long = Script::stream(&[r#"{"name": "Mi"#]).finish("length");
    let (_, wire, answer) = asked(&app, vec![long, Script::stream(&[MIRA])]).await;
    assert_eq!(answer.unwrap().value.name, "Mira");
    assert!(wire.requests()[1].body["messages"].to_string().contains("fewer words"));
}

#[db_test]
async fn an_answer_that_broke_off_is_asked_for_again_once(app: TestApp) {
    let (_, wire, answer) = asked(&app, vec![broken(), Script::stream(&[MIRA])]).await;
    assert_eq!(answer.unwrap().value.name, "Mira");
    assert_eq!(wire.requests().len(), 2);
}

#[db_test]
async fn an_answer_that_breaks_off_twice_is_an_error(app: TestApp) {
    let (_, _, answer) = asked(&app, vec![broken(), broken()]).await;
    let Err(Failed::Call { error, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(error.kind, AiErrorKind::Truncated);
}

#[db_test]
async fn a_task_that_nobody_can_do_is_refused(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let mut call = Call {
        task: Task::Write,
        campaign: Some(campaign.parse::<CampaignId>().unwrap()),
        session: None,
        user: None,
        receipt: None,
        choice: Choice::Routed,
        seed: 1,
    };
    let request = ModelRequest {
        task: Task::Write,
        model: String::new(),
        messages: vec![Message::user("Write.")],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling::default(),
        seed: None,
        privacy: Privacy::Any,
        timeouts: Timeouts::default(),
        scene: None,
    };
    let engine = app.app.part::<Engine>();
    let refused = engine.stream(&app.app, call.clone(), request.clone(), CancellationToken::new()).await;
    assert!(matches!(refused, Err(Failed::Skald(error)) if error.code() == skald_kernel::ErrorCode::Conflict));
    call.task = Task::Narrate;
    assert!(engine.stream(&app.app, call, request, CancellationToken::new()).await.is_ok(), "the oracle narrates");
}
