//! Who hears of a change: members of what they may know, game masters of the rest.

use sea_orm::{ConnectionTrait, Statement};

use super::*;

/// The kinds of events about a thing, those every member hears of first.
async fn heard(app: &TestApp, subject: &str) -> (Vec<String>, Vec<String>) {
    let db = app.app.db().read();
    let subject: uuid::Uuid = subject.parse().unwrap();
    let text = "SELECT stream, kind FROM events WHERE subject_id = $1 ORDER BY created_at, seq";
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(app.app.db().backend(), text, [subject.into()])).await.unwrap();
    let (mut shared, mut hidden) = (vec![], vec![]);
    for row in rows {
        let stream: String = row.try_get("", "stream").unwrap();
        let kind: String = row.try_get("", "kind").unwrap();
        if stream.ends_with(":gm") { hidden.push(kind) } else { shared.push(kind) }
    }
    (shared, hidden)
}

#[db_test]
async fn members_hear_of_what_everyone_sees_and_game_masters_of_the_rest(app: TestApp) {
    let t = Table::new(&app).await;
    let secret = t.make(json!({ "kind": "item", "name": "Secret", "visibility": "gm" })).await;
    let path = format!("/entities/{secret}");
    t.gm.patch(&path, 1, json!({ "name": "Still secret" })).await.ok();
    assert_eq!(heard(&app, &secret).await, (vec![], vec!["entity.created".into(), "entity.updated".into()]));
    t.gm.patch(&path, 2, json!({ "visibility": "everyone" })).await.ok();
    t.gm.patch(&path, 3, json!({ "visibility": "gm" })).await.ok();
    assert_eq!(heard(&app, &secret).await.0, ["entity.updated", "entity.updated"], "also that it is gone again");

    let everyone = json!([{ "type": "everyone" }]);
    for (subject, knowers, shared) in
        [(&secret, &everyone, false), (&t.mira_pc, &everyone, true), (&t.mira_pc, &json!([]), false)]
    {
        let body = json!({ "subject_id": subject, "predicate": "is", "text": "x", "knowers": knowers });
        let fact = t.gm.post(&t.at("facts"), body).await.created();
        let (open, hidden) = heard(&app, &id(&fact)).await;
        assert_eq!((open.len(), hidden.len()), if shared { (1, 0) } else { (0, 1) });
        t.gm.post(&format!("/facts/{}/reveal", id(&fact)), json!({ "to": everyone })).await.ok();
    }
    for (to, visibility, shared) in
        [(&secret, "everyone", false), (&t.tom_pc, "everyone", true), (&t.tom_pc, "gm", false)]
    {
        let body = json!({ "from_id": t.mira_pc, "to_id": to, "kind": "is", "visibility": visibility });
        let edge = t.gm.post(&t.at("relationships"), body).await.created();
        let (open, hidden) = heard(&app, &id(&edge)).await;
        assert_eq!((open.len(), hidden.len()), if shared { (1, 0) } else { (0, 1) });
    }
}

#[db_test]
async fn game_masters_see_who_edits_a_page_and_nobody_else_hears_of_it(app: TestApp) {
    let t = Table::new(&app).await;
    let secret = t.make(json!({ "kind": "item", "name": "Secret", "visibility": "gm" })).await;
    t.gm.patch(&t.at(&format!("members/{}", t.mira.id)), None, json!({ "role": "gm" })).await.ok();
    let (all, lane) = (format!("campaign:{}", t.campaign), format!("campaign:{}:gm", t.campaign));
    let (mut near, mut far, mut player) = (t.gm.live().await, t.mira.live().await, t.tom.live().await);
    near.follow(&lane).await;
    far.follow(&lane).await;
    player.follow(&all).await;
    assert_eq!(player.follow(&lane).await["type"], "error", "the lane is closed to players");
    near.send(json!({ "type": "typing", "stream": lane, "about": secret })).await;
    let frame = far.until(|frame| frame["kind"] == "typing").await;
    assert_eq!((&frame["data"]["about"], &frame["data"]["user_id"]), (&json!(secret), &json!(t.gm.id)));
    player.send(json!({ "type": "ping" })).await;
    player
        .until(|frame| {
            assert_ne!(frame["kind"], "typing");
            frame["type"] == "pong"
        })
        .await;
}

#[db_test]
async fn a_refused_change_leaves_no_trace(app: TestApp) {
    let t = Table::new(&app).await;
    let note = t.make(json!({ "kind": "note", "name": "Plan" })).await;
    t.gm.patch(&format!("/entities/{note}"), 7, json!({ "name": "x" })).await.refused(412, "version_stale");
    t.gm.patch(&format!("/entities/{note}"), 1, json!({ "visible_to": [NOTHING] })).await.refused(422, "invalid");
    assert_eq!(heard(&app, &note).await, (vec!["entity.created".into()], vec![]));
    let text = "SELECT action FROM audit WHERE subject_id = $1";
    let subject: uuid::Uuid = note.parse().unwrap();
    let statement = Statement::from_sql_and_values(app.app.db().backend(), text, [subject.into()]);
    assert_eq!(app.app.db().read().query_all_raw(statement).await.unwrap().len(), 1);
}
