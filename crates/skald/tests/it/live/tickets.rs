//! Getting in: tickets, origins, and being shown out.

use chrono::{DateTime, TimeDelta};
use skald::wiring::Given;
use skald_kernel::Clock;
use skald_platform::testing::TestDb;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest, http::HeaderValue};

use super::*;

async fn ticket(by: &Client) -> String {
    let ticket = by.post("/live/ticket", json!({})).await.ok();
    ticket["ticket"].as_str().expect("a ticket").to_owned()
}

async fn refused(app: &TestApp, ticket: &str) -> u16 {
    match Socket::open(&app.url, ticket).await {
        Ok(_) => panic!("the socket opened"),
        Err(status) => status,
    }
}

#[db_test]
async fn a_ticket_opens_one_socket(app: TestApp) {
    let gm = app.admin().await;
    let ticket = ticket(&gm).await;
    let mut socket = Socket::open(&app.url, &ticket).await.unwrap();
    assert_eq!(socket.next().await["type"], "hello");
    assert_eq!(refused(&app, &ticket).await, 401);
    assert_eq!(before_pong(&mut socket).await, Vec::<Value>::new(), "the first socket is not disturbed");
}

#[db_test]
async fn a_ticket_lasts_half_a_minute(t: TestDb) {
    let clock = Clock::fixed(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
    let app = TestApp::with(t.config, Given { clock: clock.clone(), ..Given::default() }).await;
    let gm = app.admin().await;
    let (early, late) = (ticket(&gm).await, ticket(&gm).await);
    clock.advance(TimeDelta::seconds(30));
    Socket::open(&app.url, &early).await.unwrap();
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(refused(&app, &late).await, 401);
}

#[db_test]
async fn what_is_no_ticket_opens_nothing(app: TestApp) {
    let gm = app.admin().await;
    let good = ticket(&gm).await;
    let (body, tag) = good.split_once('.').unwrap();
    let other = ticket(&gm).await;
    let other_tag = other.split_once('.').unwrap().1;
    for bad in
        ["", "x", ".", "a.b", body, &format!("{body}."), &format!("{body}.{other_tag}"), &format!("{body}A.{tag}")]
    {
        assert_eq!(refused(&app, bad).await, 401, "{bad}");
    }
    let nothing = app.anonymous().get("/live").await;
    assert!(nothing.status.is_client_error(), "{}", nothing.body);
    Socket::open(&app.url, &good).await.expect("the good one still opens");
}

#[db_test]
async fn a_ticket_is_only_for_those_signed_in(app: TestApp) {
    app.admin().await;
    app.anonymous().post("/live/ticket", json!({})).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn without_an_upgrade_the_address_says_what_it_takes_and_spends_no_ticket(app: TestApp) {
    let gm = app.admin().await;
    let ticket = ticket(&gm).await;
    app.anonymous().get(&format!("/live?ticket={ticket}")).await.refused(400, "bad_request");
    Socket::open(&app.url, &ticket).await.expect("the ticket is unspent");
}

/// Opens the socket as a page of an origin does; the status when refused.
async fn from_origin(app: &TestApp, ticket: &str, origin: &str) -> Result<(), u16> {
    let address = format!("{}/api/v1/live?ticket={ticket}", app.url.replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("a request");
    request.headers_mut().insert("origin", HeaderValue::from_str(origin).expect("an origin"));
    match tokio_tungstenite::connect_async(request).await {
        Ok(_) => Ok(()),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[db_test]
async fn only_pages_of_this_server_and_those_allowed_open_the_socket(t: TestDb) {
    let mut config = t.config;
    config.public_url = Some("https://skald.example.org/".into());
    config.allowed_origins = vec!["https://app.example.org".into()];
    let app = TestApp::with(config, Given::default()).await;
    let gm = app.admin().await;
    for (origin, outcome) in [
        ("https://evil.example.org", Err(403)),
        ("https://skald.example.org.evil.org", Err(403)),
        ("null", Err(403)),
        ("http://127.0.0.1:1", Err(403)),
        ("https://skald.example.org", Ok(())),
        ("https://app.example.org", Ok(())),
        (app.url.as_str(), Ok(())),
    ] {
        let ticket = ticket(&gm).await;
        assert_eq!(from_origin(&app, &ticket, origin).await, outcome, "{origin}");
    }
}

#[db_test]
async fn signing_a_device_out_closes_its_socket_and_no_other(app: TestApp) {
    let gm = app.admin().await;
    let again = app.anonymous().post("/auth/login", json!({ "username": "admin", "password": PASSWORD })).await.ok();
    let elsewhere = app.anonymous().signed_in(&again);
    let (mut here, mut there) = (gm.live().await, elsewhere.live().await);
    gm.post("/auth/logout", json!({})).await.no_content();
    assert_eq!(here.came().await, Came::Closed(4401));
    assert_eq!(before_pong(&mut there).await, Vec::<Value>::new());
    gm.post("/live/ticket", json!({})).await.refused(401, "session_revoked");
}

#[db_test]
async fn signing_out_from_elsewhere_closes_the_socket(app: TestApp) {
    let gm = app.admin().await;
    let again = app.anonymous().post("/auth/login", json!({ "username": "admin", "password": PASSWORD })).await.ok();
    let elsewhere = app.anonymous().signed_in(&again);
    let mut socket = gm.live().await;
    elsewhere.delete("/auth/sessions", None).await.no_content();
    assert_eq!(socket.came().await, Came::Closed(4401));
}

#[db_test]
async fn a_shutdown_tells_clients_to_come_back(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (mut idle, mut following) = (gm.live().await, gm.live().await);
    following.follow(&stream(&session)).await;
    let ended = async {
        assert_eq!(idle.came().await, Came::Closed(4000));
        loop {
            match following.came().await {
                Came::Closed(code) => break assert_eq!(code, 4000),
                Came::Frame(_) => {}
            }
        }
    };
    futures::join!(app.stop(), ended);
}
