//! The plumbing through the door: health, metrics, the API's description, headers, limits, and what errors look like.

mod jobs;
mod slow;
mod store;

use reqwest::{Method, header};
use skald::wiring::Given;
use skald_platform::testing::{Backend, TestDb};

use crate::support::*;

#[db_test]
async fn health_is_told_to_everybody(t: TestDb) {
    let kind = if t.backend == Backend::Postgres { "postgresql" } else { "sqlite" };
    let app = TestApp::with(t.config, Given::default()).await;
    let visitor = app.anonymous();
    let alive = visitor.get("/health").await.ok();
    assert_eq!((&alive["status"], &alive["version"]), (&json!("ok"), &json!(env!("CARGO_PKG_VERSION"))));
    assert_eq!(visitor.get("/health/db").await.ok(), json!({ "status": "ok", "database": kind }));
    let ready = visitor.get("/health/ready").await.ok();
    assert_eq!(ready["status"], "ok");
    assert!(ready["jobs_waiting"].is_u64() && ready["oldest_job_s"].is_u64(), "{ready}");
}

#[db_test]
async fn metrics_count_requests_by_route_and_hold_no_ids(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let visitor = app.anonymous();
    visitor.get("/metrics").await.ok();
    gm.get(&format!("/campaigns/{campaign}")).await.ok();
    visitor.get("/nothing/here").await.refused(404, "not_found");
    let answer = visitor.get("/metrics").await;
    assert!(answer.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));
    let text = answer.ok();
    let text = text.as_str().unwrap();
    for name in ["skald_jobs_waiting", "skald_jobs_oldest_seconds", "skald_live_rooms", "skald_http_request_seconds"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(text.contains(r#"route="/api/v1/campaigns/{campaign_id}""#), "{text}");
    assert!(!text.contains(&campaign) && !text.contains("nothing/here"), "{text}");
}

#[db_test]
async fn metrics_may_want_a_token(t: TestDb) {
    let mut config = t.config;
    config.metrics_token = Some("prometheus".into());
    let app = TestApp::with(config, Given::default()).await;
    let visitor = app.anonymous();
    visitor.get("/metrics").await.refused(401, "sign_in_needed");
    for (token, status) in [("wrong", 401), ("prometheu", 401), ("", 401), ("prometheus", 200)] {
        let answer = visitor.send(visitor.request(Method::GET, "/metrics").bearer_auth(token)).await;
        assert_eq!(answer.status.as_u16(), status, "{token}");
    }
    app.admin().await.get("/metrics").await.refused(401, "sign_in_needed");
}

#[db_test]
async fn the_api_describes_itself(app: TestApp) {
    let visitor = app.anonymous();
    let description = visitor.get("/openapi.json").await.ok();
    assert_eq!(description["openapi"].as_str().unwrap().split('.').next(), Some("3"));
    let paths = description["paths"].as_object().unwrap();
    for (path, operations) in paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in operations.as_object().unwrap() {
            let named = operation["operationId"].is_string() && operation["tags"].is_array();
            assert!(named && operation["summary"].is_string(), "{method} {path} has no name, tag or summary");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path} never succeeds");
            assert!(answers.keys().any(|status| status.starts_with(['4', '5'])), "{method} {path} never fails");
        }
    }
    // Every reference leads somewhere.
    let text = description.to_string();
    for part in text.split(r##""$ref":"#"##).skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(description.pointer(pointer).is_some(), "{pointer}");
    }
    let docs = visitor.get("/docs/").await;
    assert_eq!(docs.status, 200);
    assert!(docs.body.as_str().unwrap().contains("swagger"), "{}", docs.body);
    let short = visitor.get("/docs").await;
    assert!(short.status.is_success() || short.status.is_redirection(), "{}", short.status);
}

#[db_test]
async fn an_address_that_is_not_there_is_a_problem_in_the_api_and_a_page_in_the_app(app: TestApp) {
    let visitor = app.anonymous();
    for path in ["/nothing", "/campaign", "/campaigns/x/y/z"] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = visitor.send(visitor.request(method, path)).await;
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            let problem = answer.refused(404, "not_found");
            assert_eq!(problem["type"], "/docs/errors#not_found");
            for field in ["title", "detail", "timestamp", "request_id"] {
                assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
            }
            assert_eq!((&problem["errors"], &problem["retryable"]), (&json!([]), &json!(false)));
        }
    }
    // Beside the API: an address of the app is the app, a file that is missing is missing, nothing takes a POST.
    let outside = |method: Method, path: &str| {
        let request = visitor.request(method, "/health").build().unwrap();
        let url = format!("{}{path}", app.url);
        let mut moved = request;
        *moved.url_mut() = url.parse().unwrap();
        moved
    };
    let http = reqwest::Client::builder().build().unwrap();
    for (method, path, status, kind) in [
        (Method::GET, "/", 200, "text/html"),
        (Method::GET, "/campaigns/7/play", 200, "text/html"),
        (Method::GET, "/assets/missing.js", 404, "application/problem+json"),
        (Method::POST, "/campaigns", 404, "application/problem+json"),
        (Method::GET, "/api/v2/users/me", 404, "application/problem+json"),
    ] {
        let answer = http.execute(outside(method.clone(), path)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        assert!(answer.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with(kind), "{method} {path}");
    }
}

#[db_test]
async fn a_method_an_address_does_not_take_is_a_problem(app: TestApp) {
    let visitor = app.anonymous();
    for (method, path) in [(Method::DELETE, "/setup"), (Method::PUT, "/campaigns"), (Method::POST, "/health")] {
        let answer = visitor.send(visitor.request(method.clone(), path)).await;
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
        assert!(answer.headers.contains_key(header::ALLOW), "{method} {path}: {:?}", answer.headers);
        answer.refused(405, "method_not_allowed");
    }
}

#[db_test]
async fn a_request_has_an_id_that_its_answer_and_its_problem_carry(app: TestApp) {
    let visitor = app.anonymous();
    let with = |id: &str| visitor.request(Method::GET, "/nothing").header("x-request-id", id);
    let answer = visitor.send(with("abc-123")).await;
    assert_eq!(answer.headers["x-request-id"], "abc-123");
    assert_eq!(answer.refused(404, "not_found")["request_id"], "abc-123");
    for bad in ["", "two words", &"x".repeat(65)] {
        let answer = visitor.send(with(bad)).await;
        let made = answer.headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(uuid::Uuid::try_parse(&made).is_ok(), "{made}");
        assert_eq!(answer.body["request_id"], made);
    }
    assert!(visitor.get("/health").await.headers.contains_key("x-request-id"));
}

#[db_test]
async fn pages_are_sent_with_headers_that_protect_them(app: TestApp) {
    let visitor = app.anonymous();
    for path in ["/", "/docs/", "/health", "/nothing"] {
        let headers = visitor.get(path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        // Scripts come from this server's files only; the vendored documentation is the exception.
        let inline = policy.split(';').any(|part| part.contains("script-src") && part.contains("unsafe-inline"));
        assert_eq!(inline, path.starts_with("/docs"), "{path}: {policy}");
    }
}

#[db_test]
async fn answers_are_compressed_when_asked(app: TestApp) {
    let visitor = app.anonymous();
    let plain = visitor.request(Method::GET, "/openapi.json").send().await.unwrap();
    assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
    let size = plain.bytes().await.unwrap().len();
    for (encoding, magic) in [("gzip", &[0x1f, 0x8b][..]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd])] {
        let request = visitor.request(Method::GET, "/openapi.json").header(header::ACCEPT_ENCODING, encoding);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], encoding);
        let vary: Vec<_> = answer.headers().get_all(header::VARY).iter().map(|v| v.to_str().unwrap()).collect();
        assert!(vary.join(", ").to_lowercase().contains("accept-encoding"), "{vary:?}");
        let body = answer.bytes().await.unwrap();
        assert!(body.starts_with(magic) && body.len() < size / 2);
    }
}

#[db_test]
async fn a_body_larger_than_configured_is_refused(t: TestDb) {
    let mut config = t.config;
    config.max_body_bytes = 2_000;
    let app = TestApp::with(config, Given::default()).await;
    let gm = app.admin().await;
    let campaign = json!({ "name": "Vale", "description": "x".repeat(4_000) });
    let answer = gm.post("/campaigns", campaign.clone()).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    answer.refused(413, "too_large");
    let keyed = gm.request(Method::POST, "/campaigns").header("idempotency-key", "k").json(&campaign);
    gm.send(keyed).await.refused(413, "too_large");
    gm.post("/campaigns", json!({ "name": "Vale", "description": "x".repeat(1_000) })).await.created();
}

#[db_test]
async fn what_is_no_json_is_refused_by_name(app: TestApp) {
    let gm = app.admin().await;
    let post = |kind: &'static str, body: &'static str| {
        gm.send(gm.request(Method::POST, "/campaigns").header(header::CONTENT_TYPE, kind).body(body))
    };
    post("text/plain", r#"{"name":"Vale"}"#).await.refused(415, "unsupported_media");
    post("application/jsonp", r#"{"name":"Vale"}"#).await.refused(415, "unsupported_media");
    post("application/json", "").await.refused(400, "invalid_json");
    post("application/json", "{").await.refused(400, "invalid_json");
    post("application/json", "{\"name\":\"\u{0}").await.refused(400, "invalid_json");
    let problem = post("application/json", r#"{"name":7}"#).await.refused(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "name");
    let problem = post("application/json", r#"{"name":"Vale","colour":"red"}"#).await.refused(422, "invalid");
    assert_eq!(
        (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
        (&json!("colour"), &json!("unknown_field"))
    );
    post("application/json; charset=utf-8", r#"{"name":"Vale"}"#).await.created();
}

#[db_test]
async fn pages_of_allowed_origins_may_call_the_api(t: TestDb) {
    let mut config = t.config;
    config.allowed_origins = vec!["https://app.example.org".into()];
    let app = TestApp::with(config, Given::default()).await;
    let visitor = app.anonymous();
    for (origin, allowed) in [("https://app.example.org", true), ("https://evil.example.org", false)] {
        let before = visitor
            .request(Method::OPTIONS, "/campaigns")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,if-match,idempotency-key");
        let headers = visitor.send(before).await.headers;
        let answered = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap());
        assert_eq!(answered, allowed.then_some(origin));
        let request = visitor.request(Method::GET, "/setup").header(header::ORIGIN, origin);
        let headers = visitor.send(request).await.headers;
        assert_eq!(headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), allowed, "{origin}");
    }
}
