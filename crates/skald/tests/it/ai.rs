//! The AI settings and the ledger: providers with their keys, trying them, routes, models, calls.

use sea_orm::ConnectionTrait;
use skald_ai::{Answering, Call, Choice, Engine, Failed, Piece, Receipt};
use skald_kernel::{
    CampaignId,
    model::{Message, ModelRequest, Privacy, Sampling, Task, Timeouts},
    scene::Scene,
};
use skald_models::wire_server::{Dialect, Script, WireServer};
use skald_platform::db::sql;
use tokio_util::sync::CancellationToken;

use crate::support::*;

mod structured;

const NOBODY: &str = "019a0000-0000-7000-8000-000000000001";

pub(crate) async fn provider(admin: &Client, name: &str, url: &str, key: Option<&str>) -> Value {
    let body = json!({ "name": name, "base_url": url, "model": "wire-model", "api_key": key });
    admin.post("/ai/providers", body).await.created()
}

pub(crate) async fn route(admin: &Client, providers: &[&Value]) {
    let ids: Vec<_> = providers.iter().map(|provider| id(provider)).collect();
    admin.put("/ai/routes", None, json!({ "narrate": ids })).await.ok();
}

/// Asks for a narration as the play does.
pub(crate) async fn narrate(app: &TestApp, campaign: &str) -> Result<Answering, Failed> {
    let call = Call {
        task: Task::Narrate,
        campaign: Some(campaign.parse::<CampaignId>().unwrap()),
        session: None,
        user: None,
        receipt: Some(Receipt { prompt_version: "test".into(), ..Receipt::default() }),
        choice: Choice::Routed,
        seed: 1,
    };
    let request = ModelRequest {
        task: Task::Narrate,
        model: String::new(),
        messages: vec![Message::user("I look around.")],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling::default(),
        seed: Some(1),
        privacy: Privacy::Any,
        timeouts: Timeouts::default(),
        scene: Some(Box::new(Scene { player_text: "I look around.".into(), ..Scene::default() })),
    };
    app.app.part::<Engine>().stream(&app.app, call, request, CancellationToken::new()).await
}

pub(crate) async fn told(mut answering: Answering) -> String {
    let mut text = String::new();
    while let Some(piece) = answering.next().await {
        if let Piece::Text(more) = piece.unwrap() {
            text.push_str(&more);
        }
    }
    text
}

#[db_test]
async fn a_provider_is_added_changed_and_removed(app: TestApp) {
    let admin = app.admin().await;
    let answer = admin
        .post("/ai/providers", json!({ "name": " Kitchen ", "base_url": "http://localhost:11434/v1", "model": "m" }))
        .await;
    let place = answer.headers["location"].to_str().unwrap().to_owned();
    let made = answer.created();
    assert_eq!(place, format!("/api/v1/ai/providers/{}", id(&made)));
    assert_eq!((made["name"].as_str(), made["kind"].as_str()), (Some("Kitchen"), Some("openai")));
    assert_eq!(
        (&made["outside"], &made["has_key"], &made["enabled"], &made["version"]),
        (&json!(false), &json!(false), &json!(true), &json!(1))
    );

    let path = format!("/ai/providers/{}", id(&made));
    let answer = admin.patch(&path, 1, json!({ "model": "larger", "enabled": false })).await;
    assert_eq!(answer.headers["etag"], "\"2\"");
    let changed = answer.ok();
    assert_eq!((changed["model"].as_str(), &changed["enabled"]), (Some("larger"), &json!(false)));
    assert_eq!(admin.get(&path).await.ok(), changed);
    let stale = admin.patch(&path, 1, json!({ "model": "other" })).await.refused(412, "version_stale");
    assert_eq!(stale["current"], changed);
    admin.patch(&path, None, json!({})).await.refused(428, "version_needed");

    let listed = admin.get("/ai/providers").await.ok();
    assert_eq!(listed["items"][0], changed);
    assert_eq!(
        (listed["items"][1]["id"].as_str(), listed["items"][1]["kind"].as_str()),
        (Some("oracle"), Some("oracle"))
    );

    admin.delete(&path, None).await.refused(428, "version_needed");
    admin.delete(&path, 1).await.refused(412, "version_stale");
    admin.delete(&path, 2).await.no_content();
    admin.get(&path).await.refused(404, "not_found");
    admin.patch(&path, 2, json!({})).await.refused(404, "not_found");
    admin.delete(&path, 2).await.refused(404, "not_found");
}

#[db_test]
async fn a_service_of_every_dialect_is_tried_added_and_asked(app: TestApp) {
    let admin = app.admin().await;
    let campaign = id(&admin.post("/campaigns", json!({ "name": "C" })).await.created());
    for (kind, dialect) in [
        ("openai", Dialect::OpenAi),
        ("anthropic", Dialect::Anthropic),
        ("gemini", Dialect::Gemini),
        ("cohere", Dialect::Cohere),
        ("ollama", Dialect::Ollama),
    ] {
        let server = WireServer::speaking(dialect).await;
        server.then(Script::stream(&["A candle."])).then(Script::stream(&["A ", "door."]));
        let body = json!({ "kind": kind, "base_url": server.url() });
        let tried = admin.post("/ai/providers/test", body).await.ok();
        assert_eq!((&tried["ok"], &tried["sample"]), (&json!(true), &json!("A candle.")), "{kind}: {tried}");
        let body = json!({ "name": kind, "kind": kind, "base_url": server.url(), "model": "wire-model" });
        let made = admin.post("/ai/providers", body).await.created();
        assert_eq!(made["kind"], kind);
        route(&admin, &[&made]).await;
        assert_eq!(told(narrate(&app, &campaign).await.unwrap()).await, "A door.", "{kind}");
        let changed = admin.patch(&format!("/ai/providers/{}", id(&made)), 1, json!({ "kind": "openai" })).await.ok();
        assert_eq!(changed["kind"], "openai");
    }
    admin
        .post("/ai/providers", json!({ "name": "x", "kind": "oracle", "base_url": "http://a", "model": "m" }))
        .await
        .refused(422, "invalid");
}

#[db_test]
async fn a_provider_that_cannot_be_is_refused_by_its_field(app: TestApp) {
    let admin = app.admin().await;
    let good = json!({ "name": "A", "base_url": "http://localhost:1/v1", "model": "m" });
    for (field, value, code) in [
        ("name", json!(" "), "empty"),
        ("name", json!("x".repeat(81)), "too_long"),
        ("model", json!(""), "empty"),
        ("base_url", json!("localhost:8080"), "invalid"),
        ("base_url", json!("ftp://example.org"), "invalid"),
        ("base_url", json!("https://me:secret@example.org"), "credentials"),
        ("api_key", json!("two words"), "invalid"),
        ("colour", json!("red"), "unknown_field"),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let problem = admin.post("/ai/providers", body).await.refused(422, "invalid");
        assert_eq!(
            (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
            (&json!(field), &json!(code)),
            "{value}"
        );
    }
    admin.post("/ai/providers", good.clone()).await.created();
    admin.post("/ai/providers", good).await.refused(409, "name_taken");
    let other = provider(&admin, "B", "http://localhost:1/v1", None).await;
    admin.patch(&format!("/ai/providers/{}", id(&other)), 1, json!({ "name": "A" })).await.refused(409, "name_taken");
}

#[db_test]
async fn an_address_outside_the_house_is_marked_unless_the_admin_says_otherwise(app: TestApp) {
    let admin = app.admin().await;
    let made = provider(&admin, "Far", "https://api.example.org/v1", None).await;
    assert_eq!(made["outside"], true);
    let path = format!("/ai/providers/{}", id(&made));
    assert_eq!(admin.patch(&path, 1, json!({ "outside": false })).await.ok()["outside"], false);
    assert_eq!(admin.patch(&path, 2, json!({ "model": "x" })).await.ok()["outside"], false);
    let moved = admin.patch(&path, 3, json!({ "base_url": "https://api.example.com/v1" })).await.ok();
    assert_eq!(moved["outside"], true);
}

#[db_test]
async fn a_key_goes_in_and_never_comes_out(app: TestApp) {
    let admin = app.admin().await;
    let server = WireServer::start().await;
    let key = "sk-very-secret-key";
    let made = provider(&admin, "Wire", &server.url(), Some(key)).await;
    assert_eq!(made["has_key"], true);
    route(&admin, &[&made]).await;
    let campaign = admin.campaign("Vale").await;
    server.then(Script::status(401).body(&format!(r#"{{"error":{{"message":"Incorrect key {key}"}}}}"#)));
    assert!(narrate(&app, &campaign).await.is_err());
    assert_eq!(server.requests().last().unwrap().header("authorization"), Some("Bearer sk-very-secret-key"));
    let call = admin.get("/ai/calls").await.ok()["items"][0].clone();
    for path in [
        "/ai/providers".to_owned(),
        format!("/ai/providers/{}", id(&made)),
        "/ai/routes".to_owned(),
        "/ai/models".to_owned(),
        "/ai/calls".to_owned(),
        format!("/ai/calls/{}", id(&call)),
    ] {
        assert!(!admin.get(&path).await.ok().to_string().contains("very-secret"), "{path}");
    }
    let db = app.app.db().read();
    for (table, column) in
        [("ai_providers", "api_key_sealed"), ("audit", "detail"), ("ai_calls", "request"), ("ai_calls", "error_detail")]
    {
        let rows = sql(db, format!("SELECT CAST({column} AS TEXT) AS kept FROM {table}"), []);
        let rows = db.query_all_raw(rows).await.unwrap();
        assert!(!rows.is_empty(), "{table}");
        for row in rows {
            let kept = row.try_get::<Option<String>>("", "kept").unwrap().unwrap_or_default();
            assert!(!kept.contains("very-secret"), "{table}.{column}: {kept}");
        }
    }
}

#[db_test]
async fn a_stored_key_does_not_follow_to_another_address(app: TestApp) {
    let admin = app.admin().await;
    let made = provider(&admin, "Wire", "http://localhost:1/v1", Some("sk-a")).await;
    let path = format!("/ai/providers/{}", id(&made));
    let elsewhere = "http://localhost:2/v1";
    let problem = admin.patch(&path, 1, json!({ "base_url": elsewhere })).await.refused(422, "invalid");
    assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!("api_key"), &json!("needed")));
    admin.patch(&path, 1, json!({ "api_key": "" })).await.refused(422, "invalid");
    let kept = admin.patch(&path, 1, json!({ "base_url": "http://localhost:1/v1/" })).await.ok();
    assert_eq!(kept["has_key"], true);
    let moved = admin.patch(&path, 2, json!({ "base_url": elsewhere, "api_key": null })).await.ok();
    assert_eq!((&moved["has_key"], moved["base_url"].as_str()), (&json!(false), Some(elsewhere)));
    assert_eq!(admin.patch(&path, 3, json!({ "api_key": "sk-b" })).await.ok()["has_key"], true);
}

#[db_test]
async fn trying_a_provider_shows_its_models_and_a_sample(app: TestApp) {
    let admin = app.admin().await;
    let server = WireServer::start().await;
    server.models(Script::models(&["small", "large"])).then(Script::stream(&["A ", "candle."]));
    let tried = admin.post("/ai/providers/test", json!({ "base_url": server.url(), "api_key": "sk-new" })).await.ok();
    assert_eq!(
        (&tried["ok"], &tried["models"], &tried["error"]),
        (&json!(true), &json!(["small", "large"]), &json!(null))
    );
    assert_eq!(tried["sample"], "A candle.");
    assert!(tried["latency_ms"].is_u64());
    let asked = server.requests();
    assert_eq!(asked.last().unwrap().body["model"], "small");
    assert!(asked.iter().all(|request| request.header("authorization") == Some("Bearer sk-new")));
    let call = admin.get("/ai/calls").await.ok()["items"][0].clone();
    assert_eq!((call["task"].as_str(), call["outcome"].as_str()), (Some("probe"), Some("ok")));
    assert_eq!(
        (&call["input_tokens"], &call["estimated"], &call["provider_id"]),
        (&json!(10), &json!(false), &json!(null))
    );
}

#[db_test]
async fn trying_a_provider_tells_exactly_how_it_fails(app: TestApp) {
    let admin = app.admin().await;
    let server = WireServer::start().await;
    let error = |kind: &str| format!(r#"{{"error":{{"message":"said the wire","code":"{kind}"}}}}"#);
    for (script, code) in [
        (Script::status(401), "provider_auth"),
        (Script::status(429).retry_after("30"), "provider_rate_limited"),
        (Script::status(429).body(&error("insufficient_quota")), "provider_quota"),
        (Script::status(503), "provider_overloaded"),
        (Script::status(400).body(&error("context_length_exceeded")), "provider_context_too_long"),
        (Script::status(404), "provider_bad_request"),
        (Script::html(), "provider_garbage"),
        (Script::hang_up(), "provider_unreachable"),
        (Script::stream(&["Half"]).cut_after(1), "provider_truncated"),
    ] {
        server.then(script);
        let body = json!({ "base_url": server.url(), "model": "m" });
        let tried = admin.post("/ai/providers/test", body).await.ok();
        assert_eq!((&tried["ok"], &tried["sample"]), (&json!(false), &json!(null)), "{tried}");
        assert_eq!(tried["error"]["error_code"], code, "{tried}");
        assert_eq!(tried["models"], json!(["wire-model"]));
    }
    // One try is one request, so that the figures are those of the service.
    assert_eq!(server.requests().iter().filter(|request| request.method == "POST").count(), 9);
}

#[db_test]
async fn trying_without_a_model_needs_a_list_of_models(app: TestApp) {
    let admin = app.admin().await;
    let server = WireServer::start().await;
    for (models, code) in [(Script::status(401), "provider_auth"), (Script::models(&[]), "provider_bad_request")] {
        server.models(models);
        let tried = admin.post("/ai/providers/test", json!({ "base_url": server.url() })).await.ok();
        assert_eq!((&tried["ok"], &tried["error"]["error_code"]), (&json!(false), &json!(code)));
    }
    server.models(Script::status(404)).then(Script::plain("A lamp."));
    let tried = admin.post("/ai/providers/test", json!({ "base_url": server.url(), "model": "m" })).await.ok();
    assert_eq!((&tried["ok"], &tried["sample"], &tried["models"]), (&json!(true), &json!("A lamp."), &json!([])));
    admin.post("/ai/providers/test", json!({ "base_url": "no address" })).await.refused(422, "invalid");
}

#[db_test]
async fn a_stored_key_is_tried_at_its_own_address_only(app: TestApp) {
    let admin = app.admin().await;
    let (home, thief) = (WireServer::start().await, WireServer::start().await);
    home.otherwise(Script::stream(&["Yes."]));
    thief.otherwise(Script::stream(&["Thanks."]));
    let made = provider(&admin, "Wire", &home.url(), Some("sk-stored")).await;
    let body = |url: &str| json!({ "base_url": url, "model": "m", "provider_id": id(&made) });
    assert_eq!(admin.post("/ai/providers/test", body(&home.url())).await.ok()["ok"], true);
    assert!(home.requests().iter().all(|request| request.header("authorization") == Some("Bearer sk-stored")));
    for url in [thief.url(), thief.origin().to_owned()] {
        assert_eq!(admin.post("/ai/providers/test", body(&url)).await.ok()["ok"], true);
    }
    assert!(thief.requests().iter().all(|request| request.header("authorization").is_none()));
    let unknown = json!({ "base_url": home.url(), "provider_id": NOBODY });
    admin.post("/ai/providers/test", unknown).await.refused(404, "not_found");
}

#[db_test]
async fn routes_keep_their_order_and_the_oracle_is_last(app: TestApp) {
    let admin = app.admin().await;
    let unset = admin.get("/ai/routes").await.ok();
    assert_eq!((&unset["default"], &unset["narrate"], &unset["embed"]), (&json!(["oracle"]), &json!([]), &json!([])));
    let one = provider(&admin, "One", "http://localhost:1/v1", None).await;
    let two = provider(&admin, "Two", "https://api.example.org/v1", None).await;
    let (a, b) = (id(&one), id(&two));
    let set = admin.put("/ai/routes", None, json!({ "narrate": [b, a] })).await.ok();
    assert_eq!(set["narrate"], json!([b, a, "oracle"]));
    admin.put("/ai/routes", None, json!({ "narrate": [a, b, "oracle"] })).await.ok();
    assert_eq!(admin.get("/ai/routes").await.ok()["narrate"], json!([a, b, "oracle"]));

    for (narrate, code) in [
        (json!(["oracle", a]), "not_last"),
        (json!([a, a]), "twice"),
        (json!([NOBODY]), "unknown"),
        (json!(["somebody"]), "unknown"),
    ] {
        let problem = admin.put("/ai/routes", None, json!({ "narrate": narrate })).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
    admin.put("/ai/routes", None, json!({ "narrate": [], "sing": [] })).await.refused(422, "invalid");

    let player = app.user("Pim").await;
    let models = player.get("/ai/models").await.ok();
    let labels: Vec<_> = models["items"].as_array().unwrap().iter().map(|model| model["label"].clone()).collect();
    assert_eq!(labels, ["One · wire-model", "Two · wire-model", "oracle (no model)"]);
    assert_eq!((&models["items"][0]["outside"], &models["items"][1]["outside"]), (&json!(false), &json!(true)));
    assert!(!models.to_string().contains("http"), "addresses are the admin's business: {models}");

    admin.patch(&format!("/ai/providers/{a}"), 1, json!({ "enabled": false })).await.ok();
    assert_eq!(player.get("/ai/models").await.ok()["items"][0]["provider_id"], b);
    admin.delete(&format!("/ai/providers/{a}"), 2).await.no_content();
    assert_eq!(admin.get("/ai/routes").await.ok()["narrate"], json!([b, "oracle"]));
}

#[db_test]
async fn each_task_has_its_own_order_or_the_usual_one(app: TestApp) {
    let admin = app.admin().await;
    let one = provider(&admin, "One", "http://localhost:1/v1", None).await;
    let two = provider(&admin, "Two", "http://localhost:2/v1", None).await;
    let (a, b) = (id(&one), id(&two));
    let set = json!({ "default": [a, "oracle"], "extract": [b, a, "oracle"], "embed": [b] });
    let out = admin.put("/ai/routes", None, set).await.ok();
    assert_eq!(out["default"], json!([a, "oracle"]));
    assert_eq!(out["extract"], json!([b, a, "oracle"]));
    assert_eq!((&out["embed"], &out["narrate"]), (&json!([b]), &json!([])), "the oracle makes no vectors");

    // Nobody is set for narrating: the usual order tells.
    let models = admin.get("/ai/models").await.ok();
    assert_eq!(models["items"][0]["provider_id"], a);
    assert_eq!(models["items"].as_array().unwrap().len(), 2);

    let refused = admin.put("/ai/routes", None, json!({ "write": ["oracle"] })).await.refused(422, "invalid");
    assert_eq!((&refused["errors"][0]["field"], &refused["errors"][0]["code"]), (&json!("write[0]"), &json!("unable")));
    // What is not named is set back to the usual order.
    let out = admin.put("/ai/routes", None, json!({ "default": [b] })).await.ok();
    assert_eq!((&out["default"], &out["extract"]), (&json!([b, "oracle"]), &json!([])));
}

#[db_test]
async fn the_next_in_the_route_answers_when_the_first_refuses(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let (first, second) = (WireServer::start().await, WireServer::start().await);
    first.then(Script::status(401));
    second.then(Script::stream(&["Rain ", "falls."]));
    let one = provider(&admin, "One", &first.url(), None).await;
    let two = provider(&admin, "Two", &second.url(), None).await;
    route(&admin, &[&one, &two]).await;
    let answering = narrate(&app, &campaign).await.unwrap();
    assert_eq!(answering.by.label, "Two · wire-model");
    assert_eq!(told(answering).await, "Rain falls.");
    assert!(second.requests()[0].body.get("scene").is_none());
    let call = admin.get("/ai/calls").await.ok()["items"][0].clone();
    let call = admin.get(&format!("/ai/calls/{}", id(&call))).await.ok();
    assert_eq!((&call["attempts"], &call["tried"][0]["error_code"]), (&json!(2), &json!("provider_auth")));
    assert_eq!(
        (&call["reply"], &call["provider"], &call["input_tokens"]),
        (&json!("Rain falls."), &json!("Two"), &json!(10))
    );
    assert_eq!(call["request"]["messages"][0]["text"], "I look around.");
    assert_eq!(call["receipt"]["prompt_version"], "test");
}

#[db_test]
async fn an_answer_cut_in_the_middle_is_not_told_again_by_another(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let (first, second) = (WireServer::start().await, WireServer::start().await);
    first.then(Script::stream(&["Rain ", "falls."]).cut_after(1));
    let one = provider(&admin, "One", &first.url(), None).await;
    let two = provider(&admin, "Two", &second.url(), None).await;
    route(&admin, &[&one, &two]).await;
    let mut answering = narrate(&app, &campaign).await.unwrap();
    assert!(matches!(answering.next().await, Some(Ok(Piece::Text(_)))));
    assert!(matches!(answering.next().await, Some(Err(_))));
    assert!(second.requests().is_empty());
    let call = admin.get("/ai/calls").await.ok()["items"][0].clone();
    assert_eq!((call["outcome"].as_str(), call["error_code"].as_str()), (Some("failed"), Some("provider_truncated")));
}

#[db_test]
async fn calls_are_for_the_admin_and_the_gm_of_their_campaign(app: TestApp) {
    let admin = app.admin().await;
    let gm = app.user("Gil").await;
    let campaign = gm.campaign("Vale").await;
    let other = admin.campaign("Hills").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let stranger = app.user("Sten").await;
    for campaign in [&campaign, &other, &campaign] {
        told(narrate(&app, campaign).await.unwrap()).await;
    }
    let all = admin.get("/ai/calls?limit=2").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    assert_eq!((&all["items"][0]["campaign_id"], &all["items"][1]["campaign_id"]), (&json!(campaign), &json!(other)));
    let cursor = all["next_cursor"].as_str().unwrap();
    let rest = admin.get(&format!("/ai/calls?limit=2&cursor={cursor}")).await.ok();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &json!(null)));

    let mine = format!("/ai/calls?campaign_id={campaign}");
    let listed = gm.get(&mine).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(listed["items"][0]["label"], "oracle (no model)");
    gm.get("/ai/calls").await.refused(403, "forbidden");
    gm.get(&format!("/ai/calls?campaign_id={other}")).await.refused(404, "not_found");
    player.get(&mine).await.refused(403, "forbidden");
    stranger.get(&mine).await.refused(404, "not_found");
    app.anonymous().get(&mine).await.refused(401, "sign_in_needed");
    gm.get("/ai/calls?campaign_id=x").await.refused(422, "invalid");
    gm.get(&format!("{mine}&limit=0")).await.refused(422, "invalid");

    let one = format!("/ai/calls/{}", id(&listed["items"][0]));
    assert_eq!(gm.get(&one).await.ok()["campaign_id"], campaign);
    admin.get(&one).await.ok();
    player.get(&one).await.refused(403, "forbidden");
    stranger.get(&one).await.refused(404, "not_found");
    app.anonymous().get(&one).await.refused(401, "sign_in_needed");
    let elsewhere = format!("/ai/calls/{}", id(&all["items"][1]));
    gm.get(&elsewhere).await.refused(404, "not_found");
    admin.get(&format!("/ai/calls/{NOBODY}")).await.refused(404, "not_found");
}

#[db_test]
async fn the_ai_settings_are_the_admins_only(app: TestApp) {
    let admin = app.admin().await;
    let made = provider(&admin, "One", "http://localhost:1/v1", None).await;
    let path = format!("/ai/providers/{}", id(&made));
    let (user, visitor) = (app.user("Pim").await, app.anonymous());
    let input = json!({ "name": "Two", "base_url": "http://localhost:1/v1", "model": "m" });
    for (client, status, code) in [(user, 403, "forbidden"), (visitor.clone(), 401, "sign_in_needed")] {
        client.get("/ai/providers").await.refused(status, code);
        client.get(&path).await.refused(status, code);
        client.post("/ai/providers", input.clone()).await.refused(status, code);
        client.patch(&path, 1, json!({ "model": "x" })).await.refused(status, code);
        client.delete(&path, 1).await.refused(status, code);
        client.post("/ai/providers/test", json!({ "base_url": "http://localhost:1" })).await.refused(status, code);
        client.get("/ai/routes").await.refused(status, code);
        client.put("/ai/routes", None, json!({ "narrate": [] })).await.refused(status, code);
    }
    visitor.get("/ai/models").await.refused(401, "sign_in_needed");
    assert_eq!(admin.get(&path).await.ok(), made);
}
