//! Suggested changes: who may suggest what, how they meet what changed since, and what becomes of them.

mod decisions;
mod leaks;

use skald_canon::proposals::{Author, ProposalsIn, propose};
use skald_kernel::{CallId, CampaignId, Viewer};

use super::*;

fn one(target: &str, operation: &str, target_id: Option<&str>, change: Value) -> Value {
    let mut one = json!({ "target_type": target, "operation": operation, "change": change });
    if let Some(id) = target_id {
        one["target_id"] = json!(id);
    }
    one
}

/// Suggests something and returns it as the list tells of it.
async fn suggest(t: &Table, by: &Client, one: Value) -> Value {
    by.post(&t.at("proposals"), json!({ "proposals": [one] })).await.created()["items"][0].clone()
}

async fn look(by: &Client, proposal: &Value) -> Value {
    by.get(&format!("/proposals/{}", id(proposal))).await.ok()
}

async fn decide(by: &Client, proposal: &Value, verb: &str, body: Value) -> Answer {
    by.post(&format!("/proposals/{}/{verb}", id(proposal)), body).await
}

/// Suggests something as a model does.
async fn ai(app: &TestApp, t: &Table, input: Value) -> skald_kernel::Result<Vec<String>> {
    let campaign: CampaignId = t.campaign.parse().unwrap();
    let mut tx = app.app.tx(&Actor::engine("test")).await.unwrap();
    let author = Author::Ai { task: "narrate".into(), call: Some(CallId(uuid::Uuid::from_u128(7))) };
    let input: ProposalsIn = serde_json::from_value(input).unwrap();
    let proposed = propose(&mut tx, &Viewer::gm(campaign), &author, input).await?;
    tx.commit().await?;
    Ok(proposed.ids.iter().map(ToString::to_string).collect())
}

async fn lock(app: &TestApp, entity: &str, fields: Value) {
    write(app, "UPDATE entities SET locked = $1 WHERE id = $2", fields.into(), entity).await;
}

async fn write(app: &TestApp, text: &str, value: sea_orm::Value, id: &str) {
    use sea_orm::{ConnectionTrait, Statement};
    let tx = app.app.tx(&Actor::engine("test")).await.unwrap();
    let values: [sea_orm::Value; 2] = [value, id.parse::<uuid::Uuid>().unwrap().into()];
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), text, values);
    tx.conn().execute_raw(statement).await.unwrap();
    tx.commit().await.unwrap();
}

fn fields(proposal: &Value) -> Vec<&str> {
    proposal["diff"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect()
}

#[db_test]
async fn a_player_suggests_and_the_game_master_accepts(app: TestApp) {
    let t = Table::new(&app).await;
    let mut lake =
        one("entity", "create", None, json!({ "kind": "location", "name": "Still Lake", "tags": ["water"] }));
    lake["reason"] = json!("We fished there.");
    lake["evidence"] = json!([{ "kind": "text", "quote": "The lake lay still.", "ref": "letters.txt" }]);
    let made = suggest(&t, &t.mira, lake).await;
    assert_eq!(
        (&made["label"], &made["status"], &made["author"]["name"]),
        (&json!("Still Lake"), &json!("open"), &json!("Mira"))
    );
    let seen = look(&t.gm, &made).await;
    assert_eq!(fields(&seen), ["kind", "name", "tags"]);
    assert_eq!((&seen["diff"][1]["change"], &seen["diff"][1]["after"]), (&json!("added"), &json!("Still Lake")));
    assert_eq!(seen["evidence"][0]["quote"], "The lake lay still.");
    decide(&t.mira, &made, "accept", json!({})).await.refused(403, "forbidden");
    let done = decide(&t.gm, &made, "accept", json!({ "note": "Lovely." })).await.ok();
    assert_eq!((&done["status"], &done["decided_note"]), (&json!("accepted"), &json!("Lovely.")));
    let lake = done["result_id"].as_str().unwrap().to_owned();
    assert_eq!(t.mira.get(&format!("/entities/{lake}")).await.ok()["tags"], json!(["water"]));
    let told = decide(&t.gm, &made, "accept", json!({})).await.refused(409, "conflict");
    assert_eq!((&told["current"]["status"], &told["current"]["result_id"]), (&json!("accepted"), &json!(lake)));
    decide(&t.gm, &made, "reject", json!({})).await.refused(409, "conflict");
    let own = t.mira.get(&t.at("proposals")).await.ok();
    assert_eq!((&own["items"][0]["decided_note"], &own["items"][0]["result_id"]), (&json!("Lovely."), &json!(lake)));
    assert_eq!(own["counts"], json!({ "open": 0, "accepted": 1, "edited": 0, "rejected": 0, "superseded": 0 }));
}

#[db_test]
async fn facts_and_relationships_are_suggested_too_and_retired(app: TestApp) {
    let t = Table::new(&app).await;
    let fact = json!({ "subject_id": t.mira_pc, "predicate": "owes", "text": "Ten crowns.", "knowers": [{ "type": "everyone" }] });
    let made = suggest(&t, &t.tom, one("fact", "create", None, fact)).await;
    assert_eq!(made["label"], "Mira Vane owes: Ten crowns.");
    let fact = decide(&t.gm, &made, "accept", json!({})).await.ok()["result_id"].as_str().unwrap().to_owned();
    let gone = suggest(&t, &t.tom, one("fact", "retire", Some(&fact), json!({}))).await;
    let seen = look(&t.gm, &gone).await;
    assert_eq!((fields(&seen), &seen["diff"][0]["after"]), (vec!["status"], &json!("retired")));
    decide(&t.gm, &gone, "accept", json!({})).await.ok();
    assert_eq!(t.gm.get(&format!("/facts/{fact}")).await.ok()["status"], "retired");
    decide(&t.gm, &gone, "undo", json!({})).await.ok();
    assert_eq!(t.gm.get(&format!("/facts/{fact}")).await.ok()["status"], "canon");

    let tie = json!({ "from_id": t.mira_pc, "to_id": t.tom_pc, "kind": "trusts", "strength": 3 });
    let made = suggest(&t, &t.mira, one("relationship", "create", None, tie)).await;
    assert_eq!(made["label"], "Mira Vane – trusts – Tom Ash");
    let tie = decide(&t.gm, &made, "accept", json!({})).await.ok()["result_id"].as_str().unwrap().to_owned();
    let later =
        suggest(&t, &t.mira, one("relationship", "update", Some(&tie), json!({ "strength": -2, "story_time": 60 })))
            .await;
    decide(&t.gm, &later, "accept", json!({})).await.ok();
    let now = t.gm.get(&format!("/relationships/{tie}")).await.ok();
    assert_eq!((&now["strength"], &now["since"]), (&json!(-2), &json!(60)));
    decide(&t.gm, &later, "undo", json!({})).await.refused(409, "conflict");
    let end = suggest(&t, &t.mira, one("relationship", "retire", Some(&tie), json!({}))).await;
    assert_eq!(look(&t.gm, &end).await["diff"][0]["change"], "removed");
    decide(&t.gm, &end, "accept", json!({})).await.ok();
    t.gm.get(&format!("/relationships/{tie}")).await.refused(404, "not_found");
    let again = suggest(&t, &t.gm, one("entity", "retire", Some(&t.tom_pc), json!({}))).await;
    decide(&t.gm, &again, "accept", json!({})).await.ok();
    t.gm.get(&format!("/entities/{}", t.tom_pc)).await.refused(404, "not_found");
}

#[db_test]
async fn what_both_changed_is_refused_and_the_rest_is_joined(app: TestApp) {
    let t = Table::new(&app).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn", "body": "Warm.\n\nQuiet.\n", "fields": { "beds": 4, "cat": "Mo" } })).await;
    let path = format!("/entities/{inn}");
    let change = json!({ "name": "The Inn", "body": "Warm.\n\nLoud.\n", "fields": { "beds": 6, "cat": "Mo" } });
    let made = suggest(&t, &t.mira, one("entity", "update", Some(&inn), change.clone())).await;
    let mut stale = one("entity", "update", Some(&inn), change);
    stale["base_version"] = json!(7);
    let problem = t.mira.post(&t.at("proposals"), json!({ "proposals": [stale] })).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["name"], "Inn");

    t.gm.patch(
        &path,
        1,
        json!({ "body": "Hot.\n\nQuiet.\n", "fields": { "beds": 4, "cat": "Bo" }, "summary": "An inn" }),
    )
    .await
    .ok();
    let seen = look(&t.gm, &made).await;
    assert_eq!(fields(&seen), ["body", "fields.beds", "name"]);
    let body = &seen["diff"][0];
    assert_eq!(
        (&body["after"], &body["base"], &body["conflict"]),
        (&json!("Hot.\n\nLoud.\n"), &json!("Warm.\n\nQuiet.\n"), &json!(false))
    );
    t.gm.patch(&path, 2, json!({ "name": "Old Inn" })).await.ok();
    let problem = decide(&t.gm, &made, "accept", json!({})).await.refused(409, "conflict");
    assert_eq!(wrong(&problem), [pair("change.name", "conflict")]);
    assert_eq!(look(&t.gm, &made).await["status"], "open");

    let edited = json!({ "name": "The Old Inn", "body": "Hot.\n\nLoud.\n" });
    let stale = json!({ "change": edited, "target_version": 2 });
    assert_eq!(decide(&t.gm, &made, "accept", stale).await.refused(412, "version_stale")["current"]["name"], "Old Inn");
    let done = decide(&t.gm, &made, "accept", json!({ "change": edited, "target_version": 3 })).await.ok();
    assert_eq!((&done["status"], &done["edited"]["name"]), (&json!("edited"), &json!("The Old Inn")));
    let now = t.gm.get(&path).await.ok();
    assert_eq!(
        (&now["name"], &now["fields"], &now["version"]),
        (&json!("The Old Inn"), &json!({ "beds": 4, "cat": "Bo" }), &json!(4))
    );
    assert!(look(&t.mira, &made).await.get("edited").is_none(), "what was edited is the game master's");
    let bad = suggest(&t, &t.mira, one("entity", "update", Some(&inn), json!({ "name": "x" }))).await;
    let problem = decide(&t.gm, &bad, "accept", json!({ "change": { "name": " " } })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("change.name", "empty")]);
    t.gm.delete(&path, 4).await.no_content();
    assert_eq!(look(&t.gm, &bad).await["gone"], true);
    decide(&t.gm, &bad, "accept", json!({})).await.refused(409, "conflict");
}

#[db_test]
async fn a_player_changes_a_page_whose_secrets_they_cannot_read_and_no_secret_is_lost(app: TestApp) {
    let t = Table::new(&app).await;
    let body = "The mill turns.\n\n:::secret\nA body lies below.\n:::\n\nIt is old.\n";
    let fields = json!({ "wheel": "oak", "gm_trap": "dart" });
    let mill = t.make(json!({ "kind": "location", "name": "Mill", "body": body, "fields": fields })).await;
    let seen = t.mira.get(&format!("/entities/{mill}")).await.ok();
    let change = json!({
        "body": seen["body"].as_str().unwrap().replace("It is old.", "It is very old."),
        "fields": { "wheel": "ash" },
    });
    let made = suggest(&t, &t.mira, one("entity", "update", Some(&mill), change)).await;
    assert!(!look(&t.mira, &made).await.to_string().contains("lies below"));
    decide(&t.gm, &made, "accept", json!({})).await.ok();
    let now = t.gm.get(&format!("/entities/{mill}")).await.ok();
    assert_eq!(now["body"], body.replace("It is old.", "It is very old."));
    assert_eq!(now["fields"], json!({ "wheel": "ash", "gm_trap": "dart" }));
}

#[db_test]
async fn a_batch_is_accepted_in_its_order(app: TestApp) {
    let t = Table::new(&app).await;
    let mut captain = one("entity", "create", None, json!({ "kind": "character", "name": "Captain Roe" }));
    captain["ref"] = json!("captain");
    let knows = json!({ "subject_id": "ref:captain", "predicate": "fears", "text": "the sea", "knowers": [{ "type": "character", "id": "ref:captain" }] });
    let tie = json!({ "from_id": "ref:captain", "to_id": t.mira_pc, "kind": "hunts" });
    let batch = json!({ "title": "Arrivals", "proposals": [
        captain, one("fact", "create", None, knows), one("relationship", "create", None, tie),
    ] });
    let made = t.gm.post(&t.at("proposals"), batch).await.created();
    let items = made["items"].as_array().unwrap().clone();
    assert_eq!(
        (&items[1]["label"], &items[2]["batch"]["title"]),
        (&json!("Captain Roe fears: the sea"), &json!("Arrivals"))
    );
    let seen = look(&t.gm, &items[1]).await;
    assert_eq!((&seen["needs"], &seen["names"]["ref:captain"]), (&json!([items[0]["id"]]), &json!("Captain Roe")));
    let problem = decide(&t.gm, &items[1], "accept", json!({})).await.refused(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("Captain Roe"), "{problem}");

    let more = json!({ "batch_id": made["batch_id"], "proposals": [
        one("fact", "create", None, json!({ "subject_id": "ref:captain", "predicate": "is", "text": "tall" })),
    ] });
    let late = t.gm.post(&t.at("proposals"), more.clone()).await.created()["items"][0].clone();
    t.mira.post(&t.at("proposals"), more).await.refused(422, "invalid");
    decide(&t.gm, &items[2], "reject", json!({ "note": "No" })).await.ok();
    let filter = json!({ "filter": { "batch_id": made["batch_id"] } });
    let report = t.gm.post(&t.at("proposals/accept-all"), filter.clone()).await.ok();
    assert_eq!(report["done"], json!([items[0]["id"], items[1]["id"], late["id"]]));
    assert_eq!((&report["failed"], &report["left"]), (&json!([]), &json!(0)));
    let captain = look(&t.gm, &items[0]).await["result_id"].clone();
    let facts = t.gm.get(&t.at(&format!("facts?subject_id={}", captain.as_str().unwrap()))).await.ok();
    assert_eq!(all(&facts, "predicate"), ["fears", "is"]);
    assert_eq!(facts["items"][0]["knowers"], json!([{ "type": "character", "id": captain }]));
    decide(&t.gm, &items[0], "undo", json!({})).await.refused(409, "conflict");
    for proposal in [&late, &items[1], &items[0]] {
        assert_eq!(decide(&t.gm, proposal, "undo", json!({})).await.ok()["status"], "open");
    }
    t.gm.get(&format!("/entities/{}", captain.as_str().unwrap())).await.refused(404, "not_found");
    let report = t.gm.post(&t.at("proposals/reject-all"), filter).await.ok();
    assert_eq!(report["done"].as_array().unwrap().len(), 3);
    for (body, expected) in [
        (json!({ "proposals": [] }), pair("proposals", "empty")),
        (
            json!({ "proposals": [one("fact", "update", None, json!({ "text": "x" }))] }),
            pair("proposals.0.target_id", "missing"),
        ),
        (
            json!({ "proposals": [one("entity", "create", None, json!({ "kind": "note" }))] }),
            pair("proposals.0.change", "missing"),
        ),
        (
            json!({ "proposals": [one("entity", "create", None, json!({ "kind": "note", "name": " " }))] }),
            pair("proposals.0.change.name", "empty"),
        ),
        (
            json!({ "proposals": [one("entity", "retire", Some(&t.mira_pc), json!({ "name": "x" }))] }),
            pair("proposals.0.change", "not_wanted"),
        ),
        (
            json!({ "proposals": [one("fact", "retire", Some(&t.mira_pc), json!({}))] }),
            pair("proposals.0.target_id", "unknown"),
        ),
    ] {
        assert_eq!(
            wrong(&t.gm.post(&t.at("proposals"), body.clone()).await.refused(422, "invalid")),
            [expected],
            "{body}"
        );
    }
}

#[db_test]
async fn a_suggestion_by_somebody_of_another_server_is_read_and_decided(app: TestApp) {
    let t = Table::new(&app).await;
    let made = suggest(&t, &t.mira, one("entity", "create", None, json!({ "kind": "note", "name": "Old" }))).await;
    let nobody = sea_orm::Value::from(None::<uuid::Uuid>);
    write(&app, "UPDATE proposals SET author_id = $1 WHERE id = $2", nobody, &id(&made)).await;
    let list = t.gm.get(&t.at("proposals")).await.ok();
    assert_eq!(list["items"][0]["author"], json!({ "kind": "member" }));
    assert_eq!(t.mira.get(&t.at("proposals")).await.ok()["items"], json!([]));
    decide(&t.gm, &made, "accept", json!({})).await.ok();
}
