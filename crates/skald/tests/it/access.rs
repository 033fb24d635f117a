//! Accounts, devices, campaigns, members and invitations, through the door.

mod accounts;
mod campaigns;
mod devices;
mod tokens;

use reqwest::{Method, header};
use sea_orm::ConnectionTrait;
use skald::wiring::Given;
use skald_kernel::Clock;
use skald_platform::{db::sql, testing::TestDb};

use crate::support::*;

/// A server whose clock is moved by hand.
async fn with_clock(db: TestDb) -> TestApp {
    TestApp::with(db.config, Given { clock: Clock::fixed(Clock::System.now()), ..Given::default() }).await
}

fn newcomer(code: &str, username: &str) -> Value {
    json!({ "code": code, "username": username, "display_name": "Ada", "password": PASSWORD })
}

fn cookie(answer: &Answer) -> String {
    let text = answer.headers[header::SET_COOKIE].to_str().unwrap();
    text.split(';').next().unwrap().to_owned()
}

/// Signs in on a new device and gives its client and its cookie.
async fn sign_in(app: &TestApp, username: &str) -> (Client, String) {
    let visitor = app.anonymous();
    let answer = visitor.post("/auth/login", json!({ "username": username, "password": PASSWORD })).await;
    let cookie = cookie(&answer);
    (visitor.signed_in(&answer.ok()), cookie)
}

async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    let visitor = app.anonymous();
    let request = visitor.request(Method::POST, "/auth/refresh").header("X-Skald", "1").header(header::COOKIE, cookie);
    visitor.send(request).await
}

async fn invite(gm: &Client, campaign: &str, input: Value) -> Value {
    gm.post(&format!("/campaigns/{campaign}/invitations"), input).await.created()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[db_test]
async fn what_cannot_be_read_is_refused_exactly(db: TestDb) {
    let config = skald_platform::Config { max_body_bytes: 1000, ..db.config };
    let app = TestApp::with(config, Given::default()).await;
    let gm = app.admin().await;
    let problem = gm.post("/campaigns", json!({ "name": "Vale", "nmae": 1 })).await.refused(422, "invalid");
    assert_eq!(
        (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
        (&json!("nmae"), &json!("unknown_field"))
    );
    let problem = gm.post("/campaigns", json!({ "name": " " })).await.refused(422, "invalid");
    assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!("name"), &json!("empty")));
    let raw = |kind: &str, body: &str| {
        gm.request(Method::POST, "/campaigns").header(header::CONTENT_TYPE, kind).body(body.to_owned())
    };
    gm.send(raw("application/json", "{\"name\":")).await.refused(400, "invalid_json");
    gm.send(raw("text/plain", "{\"name\":\"x\"}")).await.refused(415, "unsupported_media");
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(2000));
    gm.send(raw("application/json", &huge)).await.refused(413, "too_large");
}

#[db_test]
async fn every_change_is_audited_and_no_secret_is(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let invitation = invite(&gm, &vale, json!({ "role": "player" })).await;
    app.member(&gm, &vale, "player", "Pim").await;
    let (_, first) = sign_in(&app, "pim").await;
    let second = cookie(&refresh(&app, &first).await);
    let db = app.app.db().read();
    let rows = db.query_all_raw(sql(db, "SELECT action, detail FROM audit ORDER BY id", [])).await.unwrap();
    let actions: Vec<String> = rows.iter().map(|row| row.try_get("", "action").unwrap()).collect();
    let wanted = [
        "setup.code",
        "user.create",
        "device.create",
        "campaign.create",
        "invitation.create",
        "invitation.accept",
        "member.join",
        "device.refresh",
    ];
    for action in wanted {
        assert!(actions.iter().any(|found| found == action), "{action} in {actions:?}");
    }
    let details: String = rows.iter().map(|row| row.try_get::<Value>("", "detail").unwrap().to_string()).collect();
    for secret in [PASSWORD, app.setup_code(), text(&invitation["code"]), &first[14..], &second[14..]] {
        assert!(!details.contains(secret), "{secret} in {details}");
    }
}
