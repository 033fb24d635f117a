//! Plots: their steps, hints and dependencies, and what a game master is reminded of.

use chrono::TimeDelta;
use skald::wiring::Given;
use skald_kernel::Clock;
use skald_platform::testing::TestDb;

use super::*;

async fn plot(t: &Table, name: &str) -> Value {
    t.gm.post(&t.at("plots"), json!({ "name": name })).await.created()
}

async fn need(t: &Table, plot: &Value, needs: &Value) -> Answer {
    let path = format!("/plots/{}", id(plot));
    let version = t.gm.get(&path).await.ok()["version"].as_i64().unwrap();
    let body = json!({ "needs_id": needs["id"] });
    let request = t.gm.request(reqwest::Method::POST, &format!("{path}/dependencies"));
    t.gm.send(request.header("if-match", format!("\"{version}\"")).json(&body)).await
}

async fn post(t: &Table, path: &str, version: i64, body: Value) -> Answer {
    let request = t.gm.request(reqwest::Method::POST, path).header("if-match", format!("\"{version}\"")).json(&body);
    t.gm.send(request).await
}

async fn reminded(t: &Table, query: &str) -> Vec<String> {
    all(&t.gm.get(&t.at(&format!("plots/reminders{query}"))).await.ok(), "kind")
}

#[db_test]
async fn a_plot_has_steps_and_is_as_far_as_they_are(app: TestApp) {
    let t = Table::new(&app).await;
    let body = json!({ "name": "The Bell", "status": "active", "milestones": ["found", "rung"] });
    let made = t.gm.post(&t.at("plots"), body).await.created();
    assert_eq!((&made["visibility"], &made["progress"], &made["version"]), (&json!("gm"), &json!(0), &json!(1)));
    let path = format!("/plots/{}", id(&made));
    let first = format!("{path}/milestones/{}", id(&made["milestones"][0]));
    let done = t.gm.patch(&first, 1, json!({ "done": true, "story_time": 600, "position": 1 })).await.ok();
    assert_eq!((&done["progress"], &done["milestones"][1]["text"]), (&json!(50), &json!("found")));
    assert_eq!(done["milestones"][1]["story_time"], 600);
    let problem = t.gm.patch(&first, 1, json!({ "done": false })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["progress"], 50);
    let more = post(&t, &format!("{path}/milestones"), 2, json!({ "text": " mended " })).await.ok();
    assert_eq!((&more["progress"], &more["milestones"][2]["text"]), (&json!(33), &json!("mended")));
    let set = t.gm.put(&format!("{path}/progress"), 3, json!({ "progress": 70, "status": "resolved" })).await.ok();
    assert_eq!(
        (&set["progress"], &set["progress_is_set"], &set["status"]),
        (&json!(70), &json!(true), &json!("resolved"))
    );
    let unset = t.gm.put(&format!("{path}/progress"), 4, json!({})).await.ok();
    assert_eq!((&unset["progress"], &unset["status"]), (&json!(33), &json!("resolved")));
    let less = t.gm.delete(&first, 5).await.ok();
    assert_eq!(less["progress"], 0);
    let linked = json!({ "links": [{ "entity_id": t.mira_pc, "role": "heir" }] });
    let linked = t.gm.put(&format!("{path}/links"), 6, linked).await.ok();
    assert_eq!(
        (&linked["links"][0]["entity"]["name"], &linked["links"][0]["role"]),
        (&json!("Mira Vane"), &json!("heir"))
    );
    assert_eq!(all(&t.gm.get(&t.at(&format!("plots?entity_id={}", t.mira_pc))).await.ok(), "name"), ["The Bell"]);
    assert_eq!(t.gm.get(&t.at("plots?status=active")).await.ok()["items"], json!([]));
    let short = t.gm.get(&format!("{path}/status")).await.ok();
    assert_eq!((&short["milestones"], &short["milestones_done"]), (&json!(2), &json!(0)));
    let unknown = json!({ "links": [{ "entity_id": NOTHING }] });
    let problem = t.gm.put(&format!("{path}/links"), 7, unknown).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("links.0.entity_id", "unknown")]);
    let problem = t.gm.put(&format!("{path}/progress"), 7, json!({ "progress": 101 })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("progress", "out_of_range")]);
}

#[db_test]
async fn until_it_is_changed_a_plot_is_what_the_fields_of_its_entity_say(app: TestApp) {
    let t = Table::new(&app).await;
    let fields =
        json!({ "status": "active", "milestones": [{ "text": "found", "done": true }], "foreshadowing": ["a bell"] });
    let old = t.make(json!({ "kind": "plot", "name": "Old", "visibility": "gm", "fields": fields })).await;
    let path = format!("/plots/{old}");
    let read = t.gm.get(&path).await.ok();
    assert_eq!((&read["version"], &read["progress"], &read["status"]), (&json!(0), &json!(100), &json!("active")));
    let hook = format!("{path}/foreshadowing/{}", id(&read["foreshadowing"][0]));
    let planted = t.gm.patch(&hook, 0, json!({ "planted": true, "entity_id": t.tom_pc })).await.ok();
    assert_eq!((&planted["version"], &planted["milestones"]), (&json!(1), &read["milestones"]));
    assert!(planted["foreshadowing"][0]["planted_at"].is_string());
    t.gm.patch(&hook, 0, json!({ "paid_off": true })).await.refused(412, "version_stale");
    t.gm.delete(&hook, 1).await.ok();
    t.gm.get(&format!("/plots/{}", t.mira_pc)).await.refused(404, "not_found");
}

#[db_test]
async fn plots_wait_for_each_other_but_never_in_a_circle(app: TestApp) {
    let t = Table::new(&app).await;
    let (a, b, c) = (plot(&t, "Aria").await, plot(&t, "Bell").await, plot(&t, "Coda").await);
    need(&t, &b, &a).await.ok();
    let waits = need(&t, &c, &b).await.ok();
    assert_eq!((&waits["blocked"], &waits["needs"][0]["name"]), (&json!(true), &json!("Bell")));
    for (plot, needs, way) in [(&a, &c, "Aria → Coda → Bell → Aria"), (&a, &a, "Aria → Aria")] {
        let problem = need(&t, plot, needs).await.refused(409, "plot_cycle");
        assert!(problem["detail"].as_str().unwrap().contains(way), "{problem}");
    }
    let problem = need(&t, &a, &json!({ "id": t.mira_pc })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("needs_id", "unknown")]);
    let seen = t.gm.get(&format!("/plots/{}", id(&a))).await.ok();
    assert_eq!(seen["needed_by"][0]["name"], "Bell");
    assert_eq!(
        all(&json!({ "items": t.gm.get(&format!("/plots/{}/status", id(&b))).await.ok()["blocked_by"] }), "name"),
        ["Aria"]
    );
    t.gm.put(&format!("/plots/{}/progress", id(&a)), 1, json!({ "status": "resolved" })).await.ok();
    let reminders = t.gm.get(&t.at("plots/reminders")).await.ok();
    assert_eq!(all(&reminders, "kind"), ["plot_unblocked"]);
    assert_eq!(reminders["items"][0]["plot"], "Bell");
    let path = format!("/plots/{}/dependencies/{}", id(&c), id(&b));
    assert_eq!(t.gm.delete(&path, 2).await.ok()["needs"], json!([]));
    t.gm.delete(&path, 3).await.refused(404, "not_found");
    need(&t, &a, &c).await.ok();
}

#[db_test]
async fn what_was_left_lying_long_is_called_to_mind(db: TestDb) {
    let clock = Clock::fixed("2026-03-01T18:00:00Z".parse().unwrap());
    let app = TestApp::with(db.config, Given { clock: clock.clone(), ..Given::default() }).await;
    let mut t = Table::new(&app).await;
    let made = t.gm.post(&t.at("plots"), json!({ "name": "Bell", "status": "active" })).await.created();
    let path = format!("/plots/{}", id(&made));
    let session = id(&t.gm.post(&t.at("sessions"), json!({ "kind": "game" })).await.created());
    let hook = json!({ "text": "a cracked bell", "planted": true, "session_id": session });
    let planted = post(&t, &format!("{path}/foreshadowing"), 1, hook).await.ok();
    let stray = json!({ "text": "x", "session_id": NOTHING });
    let problem = post(&t, &format!("{path}/foreshadowing"), 2, stray).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("session_id", "unknown")]);
    assert!(reminded(&t, "").await.is_empty());
    clock.advance(TimeDelta::seconds(60));
    t.gm.post(&format!("/sessions/{session}/start"), json!({})).await.ok();
    assert!(reminded(&t, "").await.is_empty());
    assert_eq!(reminded(&t, "?sessions=1").await, ["hook_waiting", "plot_idle"], "sessions count");
    clock.advance(TimeDelta::days(5));
    let again = json!({ "username": "admin", "password": PASSWORD });
    t.gm = app.anonymous().signed_in(&app.anonymous().post("/auth/login", again).await.ok());
    assert_eq!(reminded(&t, "?days=5").await, ["hook_waiting", "plot_idle"], "so do days");
    let hook = format!("{path}/foreshadowing/{}", id(&planted["foreshadowing"][0]));
    t.gm.patch(&hook, 2, json!({ "paid_off": true })).await.ok();
    assert!(reminded(&t, "?days=5").await.is_empty());
    t.gm.get(&t.at("plots/reminders?days=0")).await.refused(422, "invalid");
}

#[db_test]
async fn a_plot_that_players_see_keeps_the_game_masters_part_to_itself(app: TestApp) {
    let t = Table::new(&app).await;
    let open = t.make(json!({ "kind": "plot", "name": "Open" })).await;
    let hidden = plot(&t, "Hidden").await;
    t.mira.get(&t.at("plots")).await.refused(403, "forbidden");
    t.mira.get(&t.at("plots/reminders")).await.refused(403, "forbidden");
    t.mira.get(&format!("/plots/{open}")).await.refused(403, "forbidden");
    t.mira.get(&format!("/plots/{}", id(&hidden))).await.refused(404, "not_found");
    t.gm.get(&format!("{}?viewer=party", t.at("plots"))).await.refused(403, "forbidden");
}
