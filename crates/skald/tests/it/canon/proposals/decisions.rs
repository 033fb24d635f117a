//! What decides: the campaign's policy, locks, the game master; and what takes a decision back.

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};

use super::*;

#[db_test]
async fn a_policy_accepts_refuses_or_asks(app: TestApp) {
    let t = Table::new(&app).await;
    let policy = t.at("proposals/policy");
    assert_eq!(t.mira.get(&policy).await.ok(), json!({ "rules": [], "version": 0 }));
    let rule = |author: &str, target: &str, kind: Value, decision: &str| json!({ "author": author, "target_type": target, "entity_kind": kind, "decision": decision });
    let rules = json!({ "rules": [
        rule("ai", "entity", json!(null), "accept"), rule("ai", "entity", json!("plot"), "refuse"),
        rule("member", "fact", json!(null), "refuse"),
    ] });
    t.mira.put(&policy, 0, rules.clone()).await.refused(403, "forbidden");
    assert_eq!(t.gm.put(&policy, 0, rules.clone()).await.ok()["version"], 1);
    assert_eq!(t.gm.put(&policy, 0, rules.clone()).await.refused(412, "version_stale")["current"]["version"], 1);
    assert_eq!(t.gm.put(&policy, 1, rules).await.ok()["version"], 2);
    let twice = json!({ "rules": [rule("ai", "fact", json!(null), "ask"), rule("ai", "fact", json!(null), "accept")] });
    assert_eq!(wrong(&t.gm.put(&policy, 2, twice).await.refused(422, "invalid")), [pair("rules.1", "twice")]);

    let create = |kind: &str| one("entity", "create", None, json!({ "kind": kind, "name": "New" }));
    let made = ai(&app, &t, json!({ "proposals": [create("item")] })).await.unwrap();
    let seen = t.gm.get(&format!("/proposals/{}", made[0])).await.ok();
    assert_eq!(
        (&seen["status"], &seen["decided_by"], &seen["author"]["task"]),
        (&json!("accepted"), &json!(null), &json!("narrate"))
    );
    let item = seen["result_id"].as_str().unwrap().to_owned();
    assert_eq!(t.mira.get(&format!("/entities/{item}")).await.ok()["name"], "New");
    t.gm.post(&format!("/proposals/{}/undo", made[0]), json!({})).await.ok();
    t.gm.get(&format!("/entities/{item}")).await.refused(404, "not_found");
    let refused = ai(&app, &t, json!({ "proposals": [create("plot")] })).await.unwrap_err();
    assert_eq!((refused.fields()[0].field.as_str(), refused.fields()[0].code.as_str()), ("proposals.0", "refused"));
    let fact = json!({ "subject_id": t.mira_pc, "predicate": "is", "text": "x" });
    let body = json!({ "proposals": [one("fact", "create", None, fact.clone())] });
    assert_eq!(
        wrong(&t.mira.post(&t.at("proposals"), body.clone()).await.refused(422, "invalid")),
        [pair("proposals.0", "refused")]
    );
    let asked = ai(&app, &t, body).await.unwrap();
    assert_eq!(t.gm.get(&format!("/proposals/{}", asked[0])).await.ok()["status"], "open");

    // One of a batch that needs what a game master has not decided waits with it.
    let mut batch = json!({ "title": "Both", "proposals": [create("item"), one("fact", "create", None, fact)] });
    batch["proposals"][0]["ref"] = json!("item");
    batch["proposals"][1]["change"]["subject_id"] = json!("ref:item");
    let rules = json!({ "rules": [rule("ai", "fact", json!(null), "accept")] });
    t.gm.put(&policy, 2, rules).await.ok();
    let made = ai(&app, &t, batch).await.unwrap();
    for proposal in made {
        assert_eq!(t.gm.get(&format!("/proposals/{proposal}")).await.ok()["status"], "open");
    }
}

#[db_test]
async fn a_locked_field_is_refused_when_suggested_and_when_accepted(app: TestApp) {
    let t = Table::new(&app).await;
    let ship = t.make(json!({ "kind": "item", "name": "Ship", "fields": { "hull": 5, "sails": 2 } })).await;
    let rename = one("entity", "update", Some(&ship), json!({ "name": "Wreck" }));
    let before = suggest(&t, &t.mira, rename.clone()).await;
    lock(&app, &ship, json!(["name", "fields.hull"])).await;
    let rules = json!({ "rules": [{ "author": "ai", "target_type": "entity", "decision": "accept" }] });
    t.gm.put(&t.at("proposals/policy"), 0, rules).await.ok();
    let named = [pair("proposals.0.change.name", "locked")];
    assert_eq!(
        wrong(&t.mira.post(&t.at("proposals"), json!({ "proposals": [rename] })).await.refused(422, "invalid")),
        named
    );
    let hull = one("entity", "update", Some(&ship), json!({ "fields": { "hull": 6, "sails": 2 } }));
    let refused = ai(&app, &t, json!({ "proposals": [hull] })).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "proposals.0.change.fields.hull");
    let retire = one("entity", "retire", Some(&ship), json!({}));
    let problem = t.mira.post(&t.at("proposals"), json!({ "proposals": [retire] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("proposals.0.operation", "locked")]);
    assert_eq!(look(&t.gm, &before).await["diff"][0]["locked"], true);
    let problem = decide(&t.gm, &before, "accept", json!({})).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("change.name", "locked")]);
    let report = t.gm.post(&t.at("proposals/accept-all"), json!({})).await.ok();
    assert_eq!((&report["done"], &report["failed"][0]["fields"]), (&json!([]), &json!(["change.name"])));
    let sails = json!({ "change": { "fields": { "hull": 5, "sails": 3 } }, "target_version": 1 });
    assert_eq!(decide(&t.gm, &before, "accept", sails).await.ok()["status"], "edited");
}

#[db_test]
async fn a_decision_is_taken_back_unless_something_came_after_it(app: TestApp) {
    let t = Table::new(&app).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn", "summary": "Old", "fields": { "beds": 4 } })).await;
    let path = format!("/entities/{inn}");
    let change = json!({ "summary": "New", "fields": { "beds": 5 } });
    let made = suggest(&t, &t.mira, one("entity", "update", Some(&inn), change)).await;
    decide(&t.gm, &made, "undo", json!({})).await.refused(409, "conflict");
    decide(&t.gm, &made, "reject", json!({ "note": "Hm" })).await.ok();
    let open = decide(&t.gm, &made, "undo", json!({})).await.ok();
    assert_eq!((&open["status"], &open["decided_note"]), (&json!("open"), &json!("")));
    decide(&t.gm, &made, "accept", json!({})).await.ok();
    t.gm.patch(&path, 2, json!({ "name": "The Inn" })).await.ok();
    decide(&t.gm, &made, "undo", json!({})).await.ok();
    let now = t.gm.get(&path).await.ok();
    assert_eq!(
        (&now["summary"], &now["name"], &now["fields"]),
        (&json!("Old"), &json!("The Inn"), &json!({ "beds": 4 }))
    );
    decide(&t.gm, &made, "accept", json!({})).await.ok();
    t.gm.patch(&path, 5, json!({ "summary": "Newest" })).await.ok();
    let problem = decide(&t.gm, &made, "undo", json!({})).await.refused(409, "conflict");
    assert_eq!(wrong(&problem), [pair("change.summary", "conflict")]);
    assert_eq!(look(&t.gm, &made).await["status"], "accepted");
}

#[db_test]
async fn what_is_suggested_again_gives_way_and_two_who_decide_at_once_are_told(app: TestApp) {
    let t = Table::new(&app).await;
    let change = |value: &str| one("entity", "update", Some(&t.tom_pc), json!({ "summary": value }));
    let first = suggest(&t, &t.mira, change("a")).await;
    let toms = suggest(&t, &t.tom, change("b")).await;
    let second = suggest(&t, &t.mira, change("c")).await;
    for (proposal, status) in [(&first, "superseded"), (&toms, "open"), (&second, "open")] {
        assert_eq!(look(&t.gm, proposal).await["status"], status);
    }
    let gm = &t.gm;
    let answers = futures::future::join_all((0..4).map(|_| decide(gm, &second, "accept", json!({})))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    assert_eq!(t.gm.get(&format!("/entities/{}", t.tom_pc)).await.ok()["version"], 2);
    let page = t.gm.get(&t.at("proposals?status=open&author=member&target_type=entity&limit=1")).await.ok();
    assert_eq!(all(&page, "id"), [id(&toms)]);
    assert_eq!((&page["counts"]["open"], &page["counts"]["superseded"]), (&json!(1), &json!(1)));
}

fn any_text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "a\nb", "a\n\nb\n", "[[Tom Ash]] came", "x\ny\nz"]).prop_map(str::to_owned)
}

fn any_patch() -> impl Strategy<Value = Value> {
    let fields = prop::collection::btree_map("[ab]", 0..3, 0..2).prop_map(|map| json!(map));
    let tags = prop::collection::vec(prop::sample::select(vec!["x", "y", " x "]), 0..3).prop_map(|tags| json!(tags));
    let visibility = prop::sample::select(vec!["everyone", "gm"]).prop_map(|word| json!(word));
    let field = prop_oneof![
        any_text().prop_map(|text| ("body", json!(text))),
        any_text().prop_map(|text| ("summary", json!(text))),
        fields.prop_map(|map| ("fields", map)),
        tags.prop_map(|tags| ("tags", tags)),
        visibility.prop_map(|word| ("visibility", word)),
        Just(("name", json!(" Renamed "))),
        Just(("fields", json!(null))),
        Just(("aliases", json!(["Old One"]))),
    ];
    prop::collection::vec(field, 1..5).prop_map(|all| {
        let mut patch = json!({});
        all.into_iter().for_each(|(name, value)| patch[name] = value);
        patch
    })
}

fn without_id(mut entity: Value) -> Value {
    for name in ["id", "created_at", "updated_at"] {
        entity[name] = Value::Null;
    }
    entity
}

#[db_test]
async fn accepting_equals_the_direct_edit_and_taking_it_back_leaves_no_trace(app: TestApp) {
    let t = Table::new(&app).await;
    let mut runner = TestRunner::new_with_rng(Default::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = (any_patch(), any_patch());
    for _ in 0..15 {
        let (first, patch) = strategy.new_tree(&mut runner).unwrap().current();
        let mut input = json!({ "kind": "lore", "name": "Thing" });
        for (name, value) in first.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
            input[name] = value.clone();
        }
        let (twin, edited) = (t.make(input.clone()).await, t.make(input).await);
        let twin = format!("/entities/{twin}");
        t.gm.patch(&twin, 1, patch.clone()).await.ok();
        let before = t.gm.get(&format!("/entities/{edited}")).await.ok();
        let made = suggest(&t, &t.gm, one("entity", "update", Some(&edited), patch.clone())).await;
        decide(&t.gm, &made, "accept", json!({})).await.ok();
        let after = t.gm.get(&format!("/entities/{edited}")).await.ok();
        assert_eq!(without_id(after), without_id(t.gm.get(&twin).await.ok()), "{first} {patch}");
        decide(&t.gm, &made, "undo", json!({})).await.ok();
        let mut undone = t.gm.get(&format!("/entities/{edited}")).await.ok();
        undone["version"] = before["version"].clone();
        assert_eq!(without_id(undone), without_id(before), "{first} {patch}");
    }
}
