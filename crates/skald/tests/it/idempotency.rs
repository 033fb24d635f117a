//! `Idempotency-Key`: the same key has one effect and one answer.

use chrono::TimeDelta;
use reqwest::{Method, RequestBuilder, header};
use skald::wiring::Given;
use skald_kernel::Clock;
use skald_platform::testing::TestDb;

use crate::support::*;

fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> RequestBuilder {
    client.request(Method::POST, path).header("Idempotency-Key", key).json(body)
}

async fn post(client: &Client, path: &str, key: &str, body: Value) -> Answer {
    client.send(keyed(client, path, key, &body)).await
}

async fn campaigns(client: &Client) -> usize {
    client.get("/campaigns").await.ok()["items"].as_array().unwrap().len()
}

#[db_test]
async fn a_repeated_post_creates_once_and_answers_the_same(app: TestApp) {
    let gm = app.admin().await;
    let first = post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await;
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let again = post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    for name in [header::CONTENT_TYPE, header::LOCATION, header::ETAG] {
        assert_eq!(first.headers[&name], again.headers[&name], "{name}");
    }
    assert_eq!(first.created(), again.created());
    assert_eq!(campaigns(&gm).await, 1);
}

#[db_test]
async fn of_two_at_once_under_one_key_one_happens(app: TestApp) {
    let gm = app.admin().await;
    let body = json!({ "name": "Vale" });
    let (a, b) = futures::join!(post(&gm, "/campaigns", "k1", body.clone()), post(&gm, "/campaigns", "k1", body));
    // Either may have come first; the other has the same answer again, or is told to wait.
    let first = |answer: &Answer| answer.status == 201 && !answer.headers.contains_key("idempotency-replayed");
    let (done, other) = if first(&a) { (a, b) } else { (b, a) };
    assert!(first(&done), "{}", done.body);
    match other.status.as_u16() {
        201 => assert_eq!(other.headers["idempotency-replayed"], "true"),
        _ => assert_eq!(other.body["status"], 409, "{}", other.body),
    }
    assert_eq!(campaigns(&gm).await, 1);
}

#[db_test]
async fn a_key_belongs_to_one_request(app: TestApp) {
    let gm = app.admin().await;
    post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
    post(&gm, "/campaigns", "k1", json!({ "name": "Other" })).await.refused(409, "idempotency_mismatch");
    post(&gm, "/campaigns?x=1", "k1", json!({ "name": "Vale" })).await.refused(409, "idempotency_mismatch");
    assert_eq!(campaigns(&gm).await, 1);
}

#[db_test]
async fn a_key_belongs_to_one_user(app: TestApp) {
    let gm = app.admin().await;
    let other = app.user("Other").await;
    let mine = post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
    let theirs = post(&other, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
    assert_ne!(mine["id"], theirs["id"]);
}

#[db_test]
async fn a_refused_request_gives_its_key_back(app: TestApp) {
    let gm = app.admin().await;
    post(&gm, "/campaigns", "k1", json!({ "name": "" })).await.refused(422, "invalid");
    post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
}

#[db_test]
async fn a_key_is_forgotten_after_a_day(db: TestDb) {
    let clock = Clock::fixed(Clock::System.now());
    let app = TestApp::with(db.config, Given { clock, ..Given::default() }).await;
    let gm = app.admin().await;
    post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
    app.clock.advance(TimeDelta::hours(25));
    skald_platform::idempotency::purge(&app.app).await.unwrap();
    let again = app.anonymous().post("/auth/login", json!({ "username": "admin", "password": PASSWORD })).await.ok();
    let gm = app.anonymous().signed_in(&again);
    post(&gm, "/campaigns", "k1", json!({ "name": "Vale" })).await.created();
    assert_eq!(campaigns(&gm).await, 2);
}

#[db_test]
async fn a_key_is_short_visible_text(app: TestApp) {
    let gm = app.admin().await;
    let long = "k".repeat(129);
    for key in ["", "two words", long.as_str()] {
        post(&gm, "/campaigns", key, json!({ "name": "Vale" })).await.refused(400, "bad_request");
    }
    assert_eq!(campaigns(&gm).await, 0);
}

#[db_test]
async fn limits_hold_under_a_key_too(db: TestDb) {
    let config = skald_platform::Config { max_body_bytes: 1000, ..db.config };
    let app = TestApp::with(config, Given::default()).await;
    let gm = app.admin().await;
    let huge = json!({ "name": "x".repeat(2000) });
    post(&gm, "/campaigns", "k1", huge).await.refused(413, "too_large");
    post(&app.anonymous(), "/campaigns", "k1", json!({ "name": "Vale" })).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn a_credential_is_never_kept(app: TestApp) {
    let gm = app.admin().await;
    let first = post(&gm, "/live/ticket", "k1", json!({})).await;
    let again = post(&gm, "/live/ticket", "k1", json!({})).await;
    assert!(!again.headers.contains_key("idempotency-replayed"));
    assert_ne!(first.ok()["ticket"], again.ok()["ticket"]);
}
