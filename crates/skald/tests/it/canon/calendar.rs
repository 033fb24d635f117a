//! The calendar of a campaign: how a moment of the story reads.

use super::*;

#[db_test]
async fn a_campaign_begins_with_a_calendar_and_its_game_master_changes_it(app: TestApp) {
    let t = Table::new(&app).await;
    let first = t.mira.get(&t.at("calendar")).await;
    assert_eq!(first.headers["etag"], "\"0\"");
    let first = first.ok();
    assert_eq!((&first["version"], &first["present"]), (&json!(0), &Value::Null));
    let mut definition = first["definition"].clone();
    definition["name"] = json!("The long count");
    definition["months"] = json!([{ "name": "Thaw", "days": 40 }, { "name": "Harvest", "days": 50 }]);
    definition["leap"] = Value::Null;
    definition["weekdays"] = json!([]);
    definition["hours_per_day"] = json!(10);
    let body = json!({ "definition": definition, "present": 41 * 600 + 61 });
    t.mira.put(&t.at("calendar"), 0, body.clone()).await.refused(403, "forbidden");
    t.gm.put(&t.at("calendar"), None, body.clone()).await.refused(428, "version_needed");
    let stored = t.gm.put(&t.at("calendar"), 0, body.clone()).await.ok();
    assert_eq!((&stored["version"], &stored["present_text"]), (&json!(1), &json!("2 Harvest 1, 01:01")));
    let problem = t.gm.put(&t.at("calendar"), 0, body).await.refused(412, "version_stale");
    assert_eq!(problem["current"]["version"], 1);
    let seen = t.watcher.get(&t.at("calendar")).await.ok();
    assert_eq!((&seen["definition"]["name"], &seen["version"]), (&json!("The long count"), &json!(1)));

    let moment = t.mira.get(&t.at("calendar/date?minute=0")).await.ok();
    assert_eq!((&moment["short"], &moment["weekday"]), (&json!("1 Thaw 1"), &Value::Null));
    let moment = t.mira.get(&t.at("calendar/date?text=1%20harvest%202,%2000:05")).await.ok();
    assert_eq!(moment["minute"], (90 + 40) * 600 + 5);
    let problem = t.mira.get(&t.at("calendar/date?text=30%20February%202")).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("text", "unreadable")]);
    t.mira.get(&t.at("calendar/date")).await.refused(422, "invalid");
}

#[db_test]
async fn a_calendar_that_nobody_can_count_by_is_refused(app: TestApp) {
    let t = Table::new(&app).await;
    let good = t.gm.get(&t.at("calendar")).await.ok()["definition"].clone();
    for (field, value, expected) in [
        (
            "months",
            json!([]),
            vec![
                pair("definition.months", "out_of_range"),
                pair("definition.leap.month", "out_of_range"),
                pair("definition.epoch.month", "out_of_range"),
            ],
        ),
        ("minutes_per_hour", json!(0), vec![pair("definition.minutes_per_hour", "out_of_range")]),
        ("name", json!(""), vec![pair("definition.name", "empty")]),
        ("epoch", json!({ "year": 1, "month": 2, "day": 30 }), vec![pair("definition.epoch.day", "out_of_range")]),
    ] {
        let mut definition = good.clone();
        definition[field] = value;
        let body = json!({ "definition": definition });
        let problem = t.gm.put(&t.at("calendar"), 0, body).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), expected, "{field}");
    }
}

#[db_test]
async fn a_new_calendar_changes_no_moment(app: TestApp) {
    let t = Table::new(&app).await;
    let body = json!({ "subject_id": t.mira_pc, "predicate": "is", "text": "late", "story_from": 77, "story_to": 99 });
    let fact = id(&t.gm.post(&t.at("facts"), body).await.created());
    let mut definition = t.gm.get(&t.at("calendar")).await.ok()["definition"].clone();
    definition["hours_per_day"] = json!(7);
    t.gm.put(&t.at("calendar"), 0, json!({ "definition": definition, "present": 80 })).await.ok();
    let after = t.gm.get(&format!("/facts/{fact}")).await.ok();
    assert_eq!((&after["story_from"], &after["story_to"], &after["version"]), (&json!(77), &json!(99), &json!(1)));
}
