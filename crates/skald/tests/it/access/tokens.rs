//! Personal access tokens.

use chrono::TimeDelta;
use reqwest::{Method, header};
use sea_orm::ConnectionTrait;
use skald_platform::{db::sql, testing::TestDb};

use super::*;

fn asked(scope: &str) -> Value {
    json!({ "name": "Notes on my laptop", "scope": scope })
}

fn for_one(scope: &str, campaign: &str) -> Value {
    json!({ "name": "One", "scope": scope, "campaign_id": campaign })
}

async fn names(client: &Client) -> Vec<String> {
    let list = client.get("/campaigns").await.ok();
    list["items"].as_array().unwrap().iter().map(|campaign| text(&campaign["name"]).to_owned()).collect()
}

#[db_test]
async fn a_token_is_shown_once_and_only_its_hash_is_kept(app: TestApp) {
    let gm = app.admin().await;
    let answer = gm.post("/auth/tokens", asked("read")).await;
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    let made = answer.created();
    let token = text(&made["token"]);
    assert!(token.starts_with("skald_pat_") && token.len() == 74, "{token}");
    let list = gm.get("/auth/tokens").await.ok();
    assert_eq!(list, json!([made["access_token"]]));
    assert!(!list.to_string().contains(&token[10..]));
    let db = app.app.db().read();
    let rows = db.query_all_raw(sql(db, "SELECT detail FROM audit", [])).await.unwrap();
    let details: String = rows.iter().map(|row| row.try_get::<Value>("", "detail").unwrap().to_string()).collect();
    assert!(!details.contains(&token[10..]));
    let row = db.query_one_raw(sql(db, "SELECT hash FROM access_tokens", [])).await.unwrap().unwrap();
    let hash: Vec<u8> = row.try_get("", "hash").unwrap();
    assert_eq!(hash.len(), 32);
    assert!(!token.as_bytes().windows(16).any(|part| hash.windows(16).any(|kept| kept == part)));
}

#[db_test]
async fn a_token_speaks_for_its_owner(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let program = gm.with_token(&gm.access_token(asked("write")).await);
    assert_eq!(program.get("/users/me").await.ok()["id"], gm.id);
    let made = program.entity(&vale, json!({ "kind": "location", "name": "Mill" })).await;
    assert_eq!(gm.get(&format!("/entities/{}", id(&made))).await.ok()["name"], "Mill");
    assert_eq!(names(&program).await, ["Vale"]);
    // Whoever is an admin is none through a token.
    gm.get("/ai/providers").await.ok();
    program.get("/ai/providers").await.refused(403, "sign_in_for_this");
}

#[db_test]
async fn a_token_that_reads_changes_nothing(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let program = gm.with_token(&gm.access_token(asked("read")).await);
    program.get(&format!("/campaigns/{vale}")).await.ok();
    let head = program.request(Method::HEAD, &format!("/campaigns/{vale}"));
    assert_eq!(program.send(head).await.status, 200);
    let place = json!({ "kind": "location", "name": "Mill" });
    let refused = program.post(&format!("/campaigns/{vale}/entities"), place).await;
    let problem = refused.refused(403, "token_read_only");
    assert!(text(&problem["detail"]).contains("only reads"), "{problem}");
    program.patch(&format!("/campaigns/{vale}"), 1, json!({ "name": "Dale" })).await.refused(403, "token_read_only");
    program.delete(&format!("/campaigns/{vale}"), 1).await.refused(403, "token_read_only");
    assert_eq!(names(&gm).await, ["Vale"]);
}

#[db_test]
async fn a_token_for_one_campaign_sees_that_campaign_alone(app: TestApp) {
    let gm = app.admin().await;
    let (vale, marsh) = (gm.campaign("Vale").await, gm.campaign("Marsh").await);
    let program = gm.with_token(&gm.access_token(for_one("write", &vale)).await);
    assert_eq!(names(&gm).await, ["Marsh", "Vale"]);
    assert_eq!(names(&program).await, ["Vale"]);
    program.entity(&vale, json!({ "kind": "location", "name": "Mill" })).await;
    program.get(&format!("/campaigns/{marsh}")).await.refused(404, "not_found");
    program.get(&format!("/campaigns/{marsh}/entities")).await.refused(404, "not_found");
    program.post("/campaigns", json!({ "name": "Third" })).await.refused(403, "token_restricted");
    let page = program.get("/campaigns?limit=1").await.ok();
    assert_eq!((text(&page["items"][0]["name"]), &page["next_cursor"]), ("Vale", &Value::Null));
}

#[db_test]
async fn a_token_is_made_for_a_campaign_of_ones_own_and_for_a_year_at_most(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let mira = app.user("Mira").await;
    let refused = async |client: &Client, input: Value, field: &str| {
        let problem = client.post("/auth/tokens", input).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    };
    refused(&mira, for_one("read", &vale), "campaign_id").await;
    refused(&mira, json!({ "name": " ", "scope": "read" }), "name").await;
    refused(&mira, json!({ "name": "x", "scope": "read", "expires_in_days": 366 }), "expires_in_days").await;
    refused(&mira, json!({ "name": "x", "scope": "everything" }), "scope").await;
    let made = gm.post("/auth/tokens", for_one("read", &vale)).await.created();
    assert_eq!(made["access_token"]["campaign_name"], "Vale");
    let endless = json!({ "name": "x", "scope": "read", "expires_in_days": null });
    assert_eq!(gm.post("/auth/tokens", endless).await.created()["access_token"]["expires_at"], Value::Null);
    for _ in 0..50 {
        mira.access_token(asked("read")).await;
    }
    mira.post("/auth/tokens", asked("read")).await.refused(409, "conflict");
}

#[db_test]
async fn no_token_manages_sign_ins_tokens_or_sockets(app: TestApp) {
    let gm = app.admin().await;
    let made = gm.post("/auth/tokens", asked("write")).await.created();
    let program = gm.with_token(text(&made["token"]));
    let own = format!("/auth/tokens/{}", id(&made["access_token"]));
    for (method, path) in [
        (Method::GET, "/auth/tokens"),
        (Method::POST, "/auth/tokens"),
        (Method::DELETE, &own),
        (Method::GET, "/auth/sessions"),
        (Method::DELETE, "/auth/sessions"),
        (Method::POST, "/auth/logout"),
        (Method::POST, "/live/ticket"),
        (Method::PATCH, "/users/me"),
        (Method::PUT, "/ai/routes"),
    ] {
        let answer = program.send(program.request(method.clone(), path).json(&asked("write"))).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error_code"]), (403, &json!("sign_in_for_this")), "{path}");
    }
    gm.get("/auth/sessions").await.ok();
}

#[db_test]
async fn a_token_ends_at_once_when_it_is_revoked_or_over_or_its_owner_gone(db: TestDb) {
    let app = with_clock(db).await;
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let mira = app.member(&gm, &vale, "player", "Mira").await;
    let stranger = app.user("Stranger").await;

    let made = mira.post("/auth/tokens", asked("read")).await.created();
    let (revoked, path) =
        (mira.with_token(text(&made["token"])), format!("/auth/tokens/{}", id(&made["access_token"])));
    revoked.get("/users/me").await.ok();
    stranger.delete(&path, None).await.refused(404, "not_found");
    mira.delete(&path, None).await.no_content();
    revoked.get("/users/me").await.refused(401, "sign_in_needed");
    mira.delete(&path, None).await.refused(404, "not_found");

    let day = json!({ "name": "A day", "scope": "read", "expires_in_days": 1 });
    let short = mira.with_token(&mira.access_token(day).await);
    let program = mira.with_token(&mira.access_token(asked("read")).await);
    let here = mira.with_token(&mira.access_token(for_one("read", &vale)).await);
    here.get(&format!("/campaigns/{vale}")).await.ok();
    gm.delete(&format!("/campaigns/{vale}/members/{}", mira.id), None).await.no_content();
    for client in [&here, &program] {
        client.get(&format!("/campaigns/{vale}")).await.refused(404, "not_found");
        assert_eq!(names(client).await, [""; 0]);
    }
    let list = mira.get("/auth/tokens").await.ok();
    assert!(!list.to_string().contains("Vale"), "{list}");

    app.clock.advance(TimeDelta::days(1));
    short.get("/users/me").await.refused(401, "sign_in_needed");
    program.get("/users/me").await.ok();

    let tx = app.app.tx(&skald_platform::Actor::engine("test")).await.unwrap();
    let gone = sql(tx.conn(), "UPDATE users SET deleted_at = $1 WHERE username = 'mira'", [app.clock.now().into()]);
    tx.conn().execute_raw(gone).await.unwrap();
    tx.commit().await.unwrap();
    program.get("/users/me").await.refused(401, "sign_in_needed");
}

#[db_test]
async fn the_last_use_is_known_to_the_minute(db: TestDb) {
    let given = Given { clock: Clock::fixed(Clock::System.now()), ..Given::default() };
    let app = TestApp::with(db.config.clone(), given.clone()).await;
    let mira = app.user("Mira").await;
    let program = mira.with_token(&mira.access_token(asked("read")).await);
    assert_eq!(mira.get("/auth/tokens").await.ok()[0]["last_used_at"], Value::Null);
    let mut last = Vec::new();
    let (mut running, mut first) = (Some(app), true);
    for seconds in [0, 59, 60] {
        let app = match running.take() {
            Some(app) => app,
            None => TestApp::with(db.config.clone(), given.clone()).await,
        };
        if !first {
            given.clock.advance(TimeDelta::seconds(seconds));
        }
        first = false;
        program.moved_to(&app).get("/users/me").await.ok();
        program.moved_to(&app).get("/users/me").await.ok();
        // A shutdown waits for what was begun.
        let inside = app.app.clone();
        app.stop().await;
        let db = inside.db().read();
        let row = db.query_one_raw(sql(db, "SELECT last_used_at FROM access_tokens", [])).await.unwrap().unwrap();
        let used: Option<chrono::DateTime<chrono::Utc>> = row.try_get("", "last_used_at").unwrap();
        last.push(used.expect("a last use").timestamp());
    }
    assert_eq!(last[1], last[0]);
    assert_eq!(last[2], last[0] + 119);
}

#[db_test]
async fn tokens_that_are_none_are_slowed_down_and_those_that_hold_are_not(db: TestDb) {
    let app = with_clock(db).await;
    let mira = app.user("Mira").await;
    let token = mira.access_token(asked("read")).await;
    let program = mira.with_token(&token);
    let guess = mira.with_token(&format!("skald_pat_{}", "0".repeat(64)));
    for _ in 0..10 {
        guess.get("/users/me").await.refused(401, "sign_in_needed");
    }
    let limited = guess.get("/users/me").await;
    assert!(limited.headers.contains_key(header::RETRY_AFTER));
    limited.refused(429, "rate_limited");
    for wrong in [token.to_uppercase(), format!("{token}0"), token[..73].to_owned()] {
        let status = mira.with_token(&wrong).get("/users/me").await.status;
        assert!(matches!(status.as_u16(), 401 | 429), "{wrong}");
    }
    program.get("/users/me").await.ok();
    mira.get("/users/me").await.ok();
}

#[db_test]
async fn an_answer_kept_for_a_key_is_not_given_to_a_token(app: TestApp) {
    let gm = app.admin().await;
    let (vale, marsh) = (gm.campaign("Vale").await, gm.campaign("Marsh").await);
    let keyed = async |client: &Client| {
        let request = client.request(Method::POST, &format!("/campaigns/{vale}/entities"));
        let place = json!({ "kind": "location", "name": "Mill" });
        client.send(request.header("idempotency-key", "one").json(&place)).await
    };
    keyed(&gm).await.created();
    let elsewhere = gm.with_token(&gm.access_token(for_one("write", &marsh)).await);
    keyed(&elsewhere).await.refused(409, "idempotency_mismatch");
    let reads = gm.with_token(&gm.access_token(asked("read")).await);
    keyed(&reads).await.refused(403, "token_read_only");
    let writes = gm.with_token(&gm.access_token(asked("write")).await);
    keyed(&writes).await.refused(409, "idempotency_mismatch");
    assert_eq!(gm.get(&format!("/campaigns/{vale}/entities")).await.ok()["items"].as_array().unwrap().len(), 1);

    let key = |client: &Client| {
        let request = client.request(Method::POST, &format!("/campaigns/{vale}/entities"));
        request.header("idempotency-key", "two").json(&json!({ "kind": "location", "name": "Ford" }))
    };
    let made = writes.send(key(&writes)).await.created();
    let again = writes.send(key(&writes)).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(id(&again.created()), id(&made));
}
