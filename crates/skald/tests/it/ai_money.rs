//! Prices, budgets, usage and what left the house, through the door.

use skald_models::wire_server::{Script, WireServer};

use crate::ai::{narrate, provider, route, told};
use crate::support::*;

/// A dollar in nano-dollars.
const DOLLAR: i64 = 1_000_000_000;

/// A provider whose every token costs a dollar's millionth, said to be outside the house.
async fn dear(admin: &Client, name: &str, url: &str) -> Value {
    let price = json!({ "input": DOLLAR, "output": DOLLAR });
    let body = json!({ "name": name, "base_url": url, "model": "wire-model", "outside": true, "price": price });
    admin.post("/ai/providers", body).await.created()
}

fn site(calls: i64) -> Value {
    json!({ "scope": "site", "period": "day", "limit_calls": calls })
}

fn of_campaign(campaign: &str, limits: &Value) -> Value {
    let mut budget = json!({ "scope": "campaign", "scope_id": campaign, "period": "month" });
    budget.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    budget
}

#[db_test]
async fn a_price_is_set_or_of_the_house_or_estimated_or_unknown(app: TestApp) {
    let admin = app.admin().await;
    let local = provider(&admin, "House", "http://localhost:1/v1", None).await;
    assert_eq!((&local["price"]["source"], &local["price"]["price"]["input"]), (&json!("local"), &json!(0)));
    let listed = json!({ "name": "Listed", "base_url": "https://api.openai.com/v1", "model": "gpt-4o-mini" });
    let listed = admin.post("/ai/providers", listed).await.created();
    assert_eq!(listed["price"]["source"], "table");
    assert_eq!(
        (&listed["price"]["price"]["input"], &listed["price"]["price"]["output"]),
        (&json!(150_000_000), &json!(600_000_000))
    );
    assert_eq!(listed["price"]["as_of"].as_str().unwrap().len(), 10);
    let far = provider(&admin, "Far", "https://api.example.org/v1", None).await;
    assert_eq!(far["price"], json!({ "source": "unknown", "price": null, "as_of": null }));

    let path = format!("/ai/providers/{}", id(&far));
    let price = json!({ "input": 7, "output": 9, "cached": 1, "reasoning": null });
    let set = admin.patch(&path, 1, json!({ "price": price })).await.ok();
    assert_eq!(set["price"], json!({ "source": "set", "price": price, "as_of": null }));
    assert_eq!(admin.patch(&path, 2, json!({ "name": "Away" })).await.ok()["price"]["source"], "set");
    let other = admin.patch(&path, 3, json!({ "model": "other" })).await.ok();
    assert_eq!(other["price"]["source"], "unknown", "a price is that of one model");
    admin.patch(&path, 4, json!({ "price": price })).await.ok();
    assert_eq!(admin.patch(&path, 5, json!({ "price": null })).await.ok()["price"]["source"], "unknown");
    let problem = admin.patch(&path, 6, json!({ "price": { "input": -1, "output": 1 } })).await.refused(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "price.input");
}

#[db_test]
async fn a_spent_budget_refuses_before_the_service_is_asked_and_says_when_it_renews(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let server = WireServer::start().await;
    let wire = dear(&admin, "Wire", &server.url()).await;
    route(&admin, &[&wire]).await;
    admin.put("/ai/budgets", None, site(2)).await.ok();
    for _ in 0..2 {
        server.then(Script::stream(&["Rain."]));
        assert_eq!(told(narrate(&app, &campaign).await.unwrap()).await, "Rain.");
    }
    let refused: skald_kernel::Error = narrate(&app, &campaign).await.err().unwrap().into();
    assert_eq!(refused.code().as_str(), "budget_spent");
    assert!(refused.detail().starts_with("The site's daily budget of 2 calls"), "{refused}");
    assert!(refused.detail().ends_with("00:00 UTC."), "{refused}");
    assert_eq!(server.requests().len(), 2);

    let listed = admin.get("/ai/budgets").await.ok();
    let budget = &listed["items"][0];
    assert_eq!(
        (&budget["scope"], &budget["set_by"], &budget["scope_id"]),
        (&json!("site"), &json!("admin"), &json!(null))
    );
    assert_eq!(
        (&budget["spent"]["calls"], &budget["reserved"]),
        (&json!(2), &json!({ "nano": 0, "calls": 0, "tokens": 0 }))
    );
    assert!(budget["spent"]["nano"].as_i64().unwrap() > 0 && budget["spent"]["tokens"].as_i64().unwrap() > 0);

    let raised = admin.put("/ai/budgets", None, site(3)).await.ok();
    assert_eq!((&raised["items"][0]["spent"]["calls"], &raised["items"][0]["limit_calls"]), (&json!(2), &json!(3)));
    let removed = admin.put("/ai/budgets", None, json!({ "scope": "site", "period": "day" })).await.ok();
    assert_eq!(removed["items"], json!([]));
}

#[db_test]
async fn a_gm_sets_the_budget_of_the_campaign_and_not_the_admins_beside_it(app: TestApp) {
    let admin = app.admin().await;
    let gm = app.user("Gil").await;
    let campaign = gm.campaign("Vale").await;
    let other = admin.campaign("Hills").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let set = gm.put("/ai/budgets", None, of_campaign(&campaign, &json!({ "limit_nano": 5 * DOLLAR }))).await.ok();
    assert_eq!((&set["items"][0]["set_by"], &set["items"][0]["name"]), (&json!("gm"), &json!("Vale")));
    admin.put("/ai/budgets", None, of_campaign(&campaign, &json!({ "limit_nano": DOLLAR }))).await.ok();
    gm.put("/ai/budgets", None, of_campaign(&campaign, &json!({}))).await.ok();
    let left = gm.get(&format!("/ai/budgets?campaign_id={campaign}")).await.ok();
    assert_eq!((left["items"].as_array().unwrap().len(), &left["items"][0]["set_by"]), (1, &json!("admin")));

    gm.put("/ai/budgets", None, site(1)).await.refused(403, "forbidden");
    gm.put("/ai/budgets", None, of_campaign(&other, &json!({ "limit_calls": 1 }))).await.refused(404, "not_found");
    player
        .put("/ai/budgets", None, of_campaign(&campaign, &json!({ "limit_calls": 1 })))
        .await
        .refused(403, "forbidden");
    let user = json!({ "scope": "user", "scope_id": player.id, "period": "day", "limit_tokens": 9 });
    gm.put("/ai/budgets", None, user.clone()).await.refused(403, "forbidden");
    assert_eq!(admin.put("/ai/budgets", None, user).await.ok()["items"].as_array().unwrap().len(), 2);
    for (body, status, code) in [
        (json!({ "scope": "site", "scope_id": campaign, "period": "day" }), 422, "invalid"),
        (json!({ "scope": "user", "period": "day", "limit_calls": 1 }), 422, "invalid"),
        (json!({ "scope": "site", "period": "day", "limit_calls": -1 }), 422, "invalid"),
        (json!({ "scope": "site", "period": "week", "limit_calls": 1 }), 422, "invalid"),
        (json!({ "scope": "user", "scope_id": campaign, "period": "day", "limit_calls": 1 }), 404, "not_found"),
    ] {
        admin.put("/ai/budgets", None, body).await.refused(status, code);
    }
}

#[db_test]
async fn usage_is_summed_for_those_who_may_see_it(app: TestApp) {
    let admin = app.admin().await;
    let gm = app.user("Gil").await;
    let campaign = gm.campaign("Vale").await;
    let other = admin.campaign("Hills").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let server = WireServer::start().await;
    let wire = dear(&admin, "Wire", &server.url()).await;
    route(&admin, &[&wire]).await;
    for campaign in [&campaign, &other, &campaign] {
        server.then(Script::stream(&["Rain."]));
        told(narrate(&app, campaign).await.unwrap()).await;
    }
    let one = gm.get(&format!("/ai/usage?campaign_id={campaign}")).await.ok();
    let cost = one["total"]["cost_nano"].as_i64().unwrap() / 2;
    assert!(cost > 0);
    assert_eq!(
        (&one["by"], &one["total"]["requests"], &one["total"]["outside"]),
        (&json!("day"), &json!(2), &json!(2))
    );
    let all = admin.get("/ai/usage?by=campaign").await.ok();
    let seen: Vec<_> = all["rows"].as_array().unwrap().iter().map(|row| (&row["name"], &row["cost_nano"])).collect();
    assert_eq!(seen, [(&json!("Vale"), &json!(2 * cost)), (&json!("Hills"), &json!(cost))]);
    assert_eq!(all["rows"][0]["key"], campaign);
    for (by, key) in [("task", "narrate"), ("model", "Wire · wire-model"), ("member", "")] {
        let sums = admin.get(&format!("/ai/usage?by={by}")).await.ok();
        assert_eq!((&sums["rows"][0]["key"], &sums["rows"][0]["cost_nano"]), (&json!(key), &json!(3 * cost)), "{by}");
    }
    let narrow = gm.get(&format!("/ai/usage?campaign_id={campaign}&from=2020-01-01&to=2020-12-31")).await.ok();
    assert_eq!((&narrow["rows"], &narrow["total"]["requests"]), (&json!([]), &json!(0)));

    // Others see what they themselves asked for, which is nothing here, and nothing of other campaigns.
    assert_eq!(player.get("/ai/usage?by=campaign").await.ok()["rows"], json!([]));
    assert_eq!(gm.get("/ai/usage?by=campaign").await.ok()["rows"], json!([]));
    player.get(&format!("/ai/usage?campaign_id={campaign}")).await.refused(403, "forbidden");
    gm.get(&format!("/ai/usage?campaign_id={other}")).await.refused(404, "not_found");
    gm.get(&format!("/ai/usage?user_id={}", player.id)).await.refused(403, "forbidden");
    gm.get("/ai/usage?from=2026-02-02&to=2026-02-01").await.refused(422, "invalid");

    let out = gm.get(&format!("/ai/outbound?campaign_id={campaign}&limit=1")).await.ok();
    let row = &out["items"][0];
    assert_eq!(
        (&row["provider"], &row["host"], &row["campaign"]),
        (&json!("Wire"), &json!("127.0.0.1"), &json!("Vale"))
    );
    assert_eq!((&row["status"], &row["task"], &row["sent_bytes"]), (&json!("ok"), &json!("narrate"), &json!(14)));
    gm.get(&format!("/ai/calls/{}", row["call_id"].as_str().unwrap())).await.ok();
    let cursor = out["next_cursor"].as_str().unwrap();
    let rest = gm.get(&format!("/ai/outbound?campaign_id={campaign}&limit=1&cursor={cursor}")).await.ok();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &json!(null)));
    assert_eq!(admin.get("/ai/outbound").await.ok()["items"].as_array().unwrap().len(), 3);
    gm.get("/ai/outbound").await.refused(403, "forbidden");
    gm.get(&format!("/ai/outbound?campaign_id={other}")).await.refused(404, "not_found");
    player.get(&format!("/ai/outbound?campaign_id={campaign}")).await.refused(403, "forbidden");
}

#[db_test]
async fn what_stays_in_the_house_costs_nothing_and_is_in_no_outbound_log(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let server = WireServer::start().await;
    let wire = provider(&admin, "Wire", &server.url(), None).await;
    route(&admin, &[&wire]).await;
    admin.put("/ai/budgets", None, of_campaign(&campaign, &json!({ "limit_nano": 0 }))).await.ok();
    server.then(Script::stream(&["Rain."]));
    told(narrate(&app, &campaign).await.unwrap()).await;
    assert_eq!(admin.get("/ai/outbound").await.ok()["items"], json!([]));
    let call = admin.get("/ai/calls").await.ok()["items"][0].clone();
    assert_eq!(
        (&call["cost_nano"], &call["price_source"], &call["outside"]),
        (&json!(0), &json!("local"), &json!(false))
    );
    let budget = admin.get("/ai/budgets").await.ok()["items"][0].clone();
    assert_eq!((&budget["spent"]["nano"], &budget["spent"]["calls"]), (&json!(0), &json!(1)));
}

#[db_test]
async fn a_timeout_and_a_limit_are_asked_again_and_paid_as_they_deserve(app: TestApp) {
    let admin = app.admin().await;
    let campaign = admin.campaign("Vale").await;
    let server = WireServer::start().await;
    let wire = dear(&admin, "Wire", &server.url()).await;
    route(&admin, &[&wire]).await;
    admin.put("/ai/budgets", None, site(9)).await.ok();
    server.then(Script::status(429)).then(Script::stream(&["Rain ", "falls."]));
    assert_eq!(told(narrate(&app, &campaign).await.unwrap()).await, "Rain falls.");
    let budget = admin.get("/ai/budgets").await.ok()["items"][0].clone();
    assert_eq!((&budget["spent"]["calls"], &budget["reserved"]["calls"]), (&json!(1), &json!(0)));
    let usage = admin.get("/ai/usage").await.ok();
    assert_eq!((&usage["total"]["requests"], &usage["total"]["failed"]), (&json!(2), &json!(1)));
    assert_eq!(usage["total"]["cost_nano"], budget["spent"]["nano"]);
}
