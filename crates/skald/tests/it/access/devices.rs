//! Devices and their refresh tokens.

use chrono::TimeDelta;
use reqwest::{Method, header};
use sea_orm::ConnectionTrait;
use skald::wiring::Given;
use skald_platform::{db::sql, testing::TestDb};

use super::*;

#[db_test]
async fn the_refresh_cookie_is_kept_from_scripts_and_other_sites(db: TestDb) {
    let config = skald_platform::Config { public_url: Some("https://skald.example.org".into()), ..db.config };
    let app = TestApp::with(config, Given::default()).await;
    let answer = app.anonymous().post("/setup", newcomer(app.setup_code(), "ada")).await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for wanted in ["skald_refresh=", "; HttpOnly", "; SameSite=Strict", "; Path=/api/v1/auth", "; Secure", "; Max-Age="]
    {
        assert!(set.contains(wanted), "{wanted} in {set}");
    }
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
}

#[db_test]
async fn a_refresh_token_rotates(app: TestApp) {
    app.user("Mira").await;
    let (_, first) = sign_in(&app, "mira").await;
    let answer = refresh(&app, &first).await;
    let second = cookie(&answer);
    assert_ne!(first, second);
    let mira = app.anonymous().signed_in(&answer.ok());
    mira.get("/users/me").await.ok();
    refresh(&app, &second).await.ok();
}

#[db_test]
async fn refresh_needs_the_cookie_and_the_header(app: TestApp) {
    app.user("Mira").await;
    let (_, cookie) = sign_in(&app, "mira").await;
    let visitor = app.anonymous();
    let without_header = visitor.request(Method::POST, "/auth/refresh").header(header::COOKIE, &cookie);
    visitor.send(without_header).await.refused(400, "bad_request");
    let without_cookie = visitor.request(Method::POST, "/auth/refresh").header("X-Skald", "1");
    visitor.send(without_cookie).await.no_content();
    refresh(&app, "skald_refresh=made-up").await.refused(401, "sign_in_needed");
}

#[db_test]
async fn a_lost_answer_to_a_refresh_is_given_again(db: TestDb) {
    let app = with_clock(db).await;
    app.user("Mira").await;
    let (_, first) = sign_in(&app, "mira").await;
    let answer = refresh(&app, &first).await;
    let second = cookie(&answer);
    answer.ok();
    app.clock.advance(TimeDelta::seconds(10));
    let again = refresh(&app, &first).await;
    assert_eq!(cookie(&again), second);
    again.ok();
    refresh(&app, &second).await.ok();
}

#[db_test]
async fn two_refreshes_at_once_get_the_same_successor(app: TestApp) {
    app.user("Mira").await;
    let (_, first) = sign_in(&app, "mira").await;
    let (a, b) = futures::join!(refresh(&app, &first), refresh(&app, &first));
    assert_eq!(cookie(&a), cookie(&b));
    a.ok();
    b.ok();
}

#[db_test]
async fn a_token_used_twice_signs_the_device_out_and_closes_its_sockets(db: TestDb) {
    let app = with_clock(db).await;
    app.user("Mira").await;
    let (mira, first) = sign_in(&app, "mira").await;
    let mut socket = mira.live().await;
    let answer = refresh(&app, &first).await;
    let second = cookie(&answer);
    answer.ok();
    app.clock.advance(TimeDelta::seconds(11));
    refresh(&app, &first).await.refused(401, "session_revoked");
    assert_eq!(socket.came().await, Came::Closed(4401));
    refresh(&app, &second).await.refused(401, "session_revoked");
    mira.post("/live/ticket", json!({})).await.refused(401, "session_revoked");
}

#[db_test]
async fn a_predecessor_is_theft_once_its_successor_was_used(app: TestApp) {
    app.user("Mira").await;
    let (_, first) = sign_in(&app, "mira").await;
    let second = cookie(&refresh(&app, &first).await);
    let third = cookie(&refresh(&app, &second).await);
    refresh(&app, &first).await.refused(401, "session_revoked");
    refresh(&app, &third).await.refused(401, "session_revoked");
}

#[db_test]
async fn a_device_ends_when_idle_for_a_month_or_after_ninety_days(db: TestDb) {
    let app = with_clock(db).await;
    app.user("Mira").await;
    let (_, idle) = sign_in(&app, "mira").await;
    let (_, mut busy) = sign_in(&app, "mira").await;
    for _ in 0..4 {
        app.clock.advance(TimeDelta::days(20));
        let answer = refresh(&app, &busy).await;
        busy = cookie(&answer);
        answer.ok();
    }
    refresh(&app, &idle).await.refused(401, "sign_in_needed");
    app.clock.advance(TimeDelta::days(10));
    refresh(&app, &busy).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn an_access_token_lasts_a_quarter_of_an_hour(db: TestDb) {
    let app = with_clock(db).await;
    let mira = app.user("Mira").await;
    app.clock.advance(TimeDelta::minutes(15));
    mira.get("/users/me").await.refused(401, "token_expired");
}

#[db_test]
async fn logout_ends_the_device(app: TestApp) {
    app.user("Mira").await;
    let (mira, token) = sign_in(&app, "mira").await;
    let answer = mira.post("/auth/logout", json!({})).await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.starts_with("skald_refresh=;") && set.contains("Max-Age=0"), "{set}");
    answer.no_content();
    refresh(&app, &token).await.refused(401, "session_revoked");
    mira.post("/auth/logout", json!({})).await.no_content();
    app.anonymous().post("/auth/logout", json!({})).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn devices_are_listed_and_ended_one_by_one_or_together(app: TestApp) {
    let stranger = app.user("Stranger").await;
    app.user("Mira").await;
    let visitor = app.anonymous();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let login = visitor
        .request(Method::POST, "/auth/login")
        .header(header::USER_AGENT, firefox)
        .json(&json!({ "username": "mira", "password": PASSWORD }));
    let mira = visitor.signed_in(&visitor.send(login).await.ok());
    let (other, other_token) = sign_in(&app, "mira").await;
    let devices = mira.get("/auth/sessions").await.ok();
    let devices = devices.as_array().unwrap();
    assert_eq!(devices.len(), 3);
    let current: Vec<_> = devices.iter().filter(|device| device["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!((text(&current[0]["label"]), text(&current[0]["ip"])), ("Firefox on Linux", "127.0.0.1"));
    let theirs = other.get("/auth/sessions").await.ok();
    let theirs = id(theirs.as_array().unwrap().iter().find(|device| device["current"] == true).unwrap());
    stranger.delete(&format!("/auth/sessions/{theirs}"), None).await.refused(404, "not_found");
    mira.delete(&format!("/auth/sessions/{theirs}"), None).await.no_content();
    mira.delete(&format!("/auth/sessions/{theirs}"), None).await.refused(404, "not_found");
    refresh(&app, &other_token).await.refused(401, "session_revoked");
    mira.delete("/auth/sessions", None).await.no_content();
    assert_eq!(mira.get("/auth/sessions").await.ok().as_array().unwrap().len(), 1);
    assert_eq!(stranger.get("/auth/sessions").await.ok().as_array().unwrap().len(), 1);
}

#[db_test]
async fn housekeeping_forgets_what_has_ended(db: TestDb) {
    let app = with_clock(db).await;
    app.user("Mira").await;
    let (_, token) = sign_in(&app, "mira").await;
    let token = cookie(&refresh(&app, &token).await);
    let count = async || {
        let db = app.app.db().read();
        let row = sql(
            db,
            "SELECT (SELECT COUNT(*) FROM devices) AS devices, (SELECT COUNT(*) FROM refresh_tokens) AS tokens",
            [],
        );
        let row = db.query_one_raw(row).await.unwrap().unwrap();
        (row.try_get::<i64>("", "devices").unwrap(), row.try_get::<i64>("", "tokens").unwrap())
    };
    assert_eq!(count().await, (2, 3));
    skald_access::accounts::tidy(&app.app).await.unwrap();
    assert_eq!(count().await, (2, 3));
    app.clock.advance(TimeDelta::days(8));
    skald_access::accounts::tidy(&app.app).await.unwrap();
    assert_eq!(count().await, (2, 2));
    refresh(&app, &token).await.ok();
    app.clock.advance(TimeDelta::days(30));
    skald_access::accounts::tidy(&app.app).await.unwrap();
    assert_eq!(count().await.0, 1);
}
