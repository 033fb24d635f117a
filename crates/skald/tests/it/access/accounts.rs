//! Set-up, registration, sign-in, one's own account.

use chrono::TimeDelta;
use reqwest::header;
use skald::wiring::Given;
use skald_access::campaigns;
use skald_platform::{Actor, testing::TestDb};

use super::*;

#[db_test]
async fn the_first_visitor_sets_the_admin_up_once(app: TestApp) {
    let visitor = app.anonymous();
    assert_eq!(visitor.get("/setup").await.ok(), json!({ "needed": true }));
    visitor.post("/setup", newcomer("0000-0000", "ada")).await.refused(403, "wrong_setup_code");
    let typed = app.setup_code().to_lowercase().replace('-', " ");
    let made = visitor.post("/setup", newcomer(&typed, "ada")).await.created();
    assert_eq!(made["user"]["site_role"], "admin");
    assert_eq!(made["expires_in"], 900);
    let ada = visitor.signed_in(&made);
    assert_eq!(ada.get("/users/me").await.ok()["username"], "ada");
    assert_eq!(visitor.get("/setup").await.ok(), json!({ "needed": false }));
    visitor.post("/setup", newcomer(app.setup_code(), "eve")).await.refused(409, "setup_done");
    assert_eq!(skald_access::accounts::setup::code(&app.app).await.unwrap(), None);
}

#[db_test]
async fn of_two_who_set_up_at_once_one_wins(app: TestApp) {
    let visitor = app.anonymous();
    let (a, b) = futures::join!(
        visitor.post("/setup", newcomer(app.setup_code(), "ada")),
        visitor.post("/setup", newcomer(app.setup_code(), "bob")),
    );
    let (won, lost) = if a.status == 201 { (a, b) } else { (b, a) };
    won.created();
    lost.refused(409, "setup_done");
}

#[db_test]
async fn a_code_of_an_earlier_start_is_void(app: TestApp) {
    let newer = skald_access::accounts::setup::code(&app.app).await.unwrap().unwrap();
    app.anonymous().post("/setup", newcomer(app.setup_code(), "ada")).await.refused(403, "wrong_setup_code");
    app.anonymous().post("/setup", newcomer(&newer, "ada")).await.created();
}

#[db_test]
async fn guesses_at_the_set_up_code_are_limited(db: TestDb) {
    let app = with_clock(db).await;
    let visitor = app.anonymous();
    for _ in 0..10 {
        visitor.post("/setup", newcomer("0000-0000", "ada")).await.refused(403, "wrong_setup_code");
    }
    let limited = visitor.post("/setup", newcomer(app.setup_code(), "ada")).await;
    assert_eq!(limited.headers[header::RETRY_AFTER], "6");
    limited.refused(429, "rate_limited");
    app.clock.advance(TimeDelta::seconds(6));
    visitor.post("/setup", newcomer(app.setup_code(), "ada")).await.created();
}

#[db_test]
async fn a_weak_account_is_told_all_its_faults(app: TestApp) {
    let input =
        json!({ "code": app.setup_code(), "username": "a", "display_name": " ", "password": "password", "email": "x" });
    let problem = app.anonymous().post("/setup", input).await.refused(422, "invalid");
    let codes: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| format!("{}:{}", text(&error["field"]), text(&error["code"])))
        .collect();
    assert_eq!(
        codes,
        [
            "username:wrong_length",
            "display_name:empty",
            "email:not_an_address",
            "password:too_short",
            "password:contains_username",
            "password:too_common",
        ]
    );
    app.anonymous().post("/setup", newcomer(app.setup_code(), "ada")).await.created();
}

#[db_test]
async fn the_admin_runs_the_campaigns_that_nobody_runs(app: TestApp) {
    let mut tx = app.app.tx(&Actor::engine("test")).await.unwrap();
    let input = campaigns::CampaignIn { name: "Demo".into(), description: String::new() };
    let demo = campaigns::create(&mut tx, None, &input).await.unwrap();
    tx.commit().await.unwrap();
    let admin = app.admin().await;
    let seen = admin.get(&format!("/campaigns/{demo}")).await.ok();
    assert_eq!((text(&seen["role"]), &seen["member_count"]), ("gm", &json!(1)));
}

#[db_test]
async fn registration_needs_an_invitation(app: TestApp) {
    app.admin().await;
    let mut input = json!({ "username": "pim", "display_name": "Pim", "password": PASSWORD });
    app.anonymous().post("/auth/register", input.clone()).await.refused(403, "registration_closed");
    input["invitation"] = json!("no-such-invitation");
    app.anonymous().post("/auth/register", input).await.refused(404, "not_found");
}

#[db_test]
async fn registration_may_be_open_to_all(db: TestDb) {
    let config = skald_platform::Config { open_registration: true, ..db.config };
    let app = TestApp::with(config, Given::default()).await;
    let input = json!({ "username": "Björn", "display_name": "Björn", "password": PASSWORD, "email": "b@example.org" });
    let made = app.anonymous().post("/auth/register", input.clone()).await.created();
    assert_eq!((text(&made["user"]["site_role"]), text(&made["user"]["email"])), ("user", "b@example.org"));
    let alike = json!({ "username": "BJORN", "display_name": "Other", "password": PASSWORD });
    app.anonymous().post("/auth/register", alike).await.refused(409, "name_taken");
    let login = json!({ "username": "bjorn", "password": PASSWORD });
    app.anonymous().post("/auth/login", login).await.ok();
}

#[db_test]
async fn a_wrong_password_and_an_unknown_name_answer_alike(app: TestApp) {
    app.user("Mira").await;
    let mut answers = Vec::new();
    for name in ["mira", "nobody"] {
        let input = json!({ "username": name, "password": "not the password" });
        let mut problem = app.anonymous().post("/auth/login", input).await.refused(401, "wrong_credentials");
        for field in ["request_id", "timestamp"] {
            problem[field] = Value::Null;
        }
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
}

#[db_test]
async fn wrong_passwords_make_the_account_wait_and_time_frees_it(db: TestDb) {
    let app = with_clock(db).await;
    app.user("Mira").await;
    let visitor = app.anonymous();
    let wrong = json!({ "username": "mira", "password": "not the password" });
    let right = json!({ "username": "Mira", "password": PASSWORD });
    for _ in 0..5 {
        visitor.post("/auth/login", wrong.clone()).await.refused(401, "wrong_credentials");
    }
    let limited = visitor.post("/auth/login", right.clone()).await;
    assert_eq!(limited.headers[header::RETRY_AFTER], "1");
    limited.refused(429, "rate_limited");
    app.clock.advance(TimeDelta::seconds(1));
    visitor.post("/auth/login", right.clone()).await.ok();
    // Success has cleared the count.
    visitor.post("/auth/login", wrong.clone()).await.refused(401, "wrong_credentials");
    visitor.post("/auth/login", right).await.ok();
}

#[db_test]
async fn an_address_may_try_thirty_times_a_minute(db: TestDb) {
    let app = with_clock(db).await;
    for n in 0..30 {
        let input = json!({ "username": format!("nobody{n}"), "password": "not the password" });
        app.anonymous().post("/auth/login", input).await.refused(401, "wrong_credentials");
    }
    let input = json!({ "username": "nobody", "password": "not the password" });
    let limited = app.anonymous().post("/auth/login", input.clone()).await;
    assert_eq!(limited.headers[header::RETRY_AFTER], "2");
    limited.refused(429, "rate_limited");
    app.clock.advance(TimeDelta::seconds(2));
    app.anonymous().post("/auth/login", input).await.refused(401, "wrong_credentials");
}

#[db_test]
async fn one_changes_ones_own_name_and_address(app: TestApp) {
    let mira = app.user("Mira").await;
    let seen =
        mira.patch("/users/me", None, json!({ "display_name": " Mira V. ", "email": "m@example.org" })).await.ok();
    assert_eq!((text(&seen["display_name"]), text(&seen["email"])), ("Mira V.", "m@example.org"));
    let seen = mira.patch("/users/me", None, json!({ "email": null })).await.ok();
    assert_eq!((text(&seen["display_name"]), &seen["email"]), ("Mira V.", &Value::Null));
    mira.patch("/users/me", None, json!({ "display_name": null })).await.refused(422, "invalid");
    mira.patch("/users/me", None, json!({ "site_role": "admin" })).await.refused(422, "invalid");
    assert_eq!(mira.get("/users/me").await.ok(), seen);
}
