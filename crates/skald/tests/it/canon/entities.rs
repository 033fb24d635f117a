//! Entities: making, changing, finding, and what a viewer sees of them.

use super::*;

#[db_test]
async fn an_entity_is_made_read_changed_and_deleted(app: TestApp) {
    let t = Table::new(&app).await;
    let body = json!({
        "kind": "item", "name": "  Brass Key ", "aliases": ["The Key"], "summary": "Small", "body": "# Key",
        "tags": ["Door", "door", "brass"], "fields": { "type": "key", "weight": 0.5 },
    });
    let answer = t.gm.post(&t.at("entities"), body).await;
    assert_eq!(answer.headers["etag"], "\"1\"");
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let made = answer.created();
    let path = format!("/entities/{}", id(&made));
    assert_eq!(location, format!("/api/v1{path}"));
    assert_eq!(made["name"], "Brass Key");
    assert_eq!(made["tags"], json!(["brass", "Door"]));
    assert_eq!(
        (&made["visibility"], &made["visible_to"], &made["version"]),
        (&json!("everyone"), &json!([]), &json!(1))
    );
    assert_eq!(made["subtype"], Value::Null);

    let seen = t.mira.get(&path).await;
    assert_eq!(seen.headers["etag"], "\"1\"");
    let seen = seen.ok();
    assert_eq!(seen["fields"], json!({ "type": "key", "weight": 0.5 }));
    assert!(seen.get("visible_to").is_none(), "a player is not told who else sees it");

    let changed = t.gm.patch(&path, 1, json!({ "summary": null, "tags": ["iron"], "name": "Iron Key" })).await;
    assert_eq!(changed.headers["etag"], "\"2\"");
    let changed = changed.ok();
    assert_eq!(
        (&changed["name"], &changed["summary"], &changed["body"]),
        (&json!("Iron Key"), &json!(""), &json!("# Key"))
    );
    assert_eq!((&changed["tags"], &changed["aliases"]), (&json!(["iron"]), &json!(["The Key"])));

    let replaced = t.gm.put(&path, 2, json!({ "kind": "item", "name": "Bone Key" })).await.ok();
    assert_eq!((&replaced["version"], &replaced["tags"], &replaced["fields"]), (&json!(3), &json!([]), &json!({})));
    let problem = t.gm.put(&path, 3, json!({ "kind": "note", "name": "Bone Key" })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("kind", "fixed")]);

    t.gm.delete(&path, 3).await.no_content();
    t.gm.get(&path).await.refused(404, "not_found");
    t.gm.patch(&path, 4, json!({ "name": "x" })).await.refused(404, "not_found");
    assert_eq!(t.gm.get(&t.at("entities?kind=item")).await.ok()["total"], 0);
}

#[db_test]
async fn a_change_needs_the_version_it_was_made_from(app: TestApp) {
    let t = Table::new(&app).await;
    let path =
        format!("/entities/{}", t.make(json!({ "kind": "note", "name": "Plan", "visible_to": [t.mira_pc] })).await);
    for answer in [
        t.gm.patch(&path, None, json!({ "name": "x" })).await,
        t.gm.put(&path, None, json!({ "kind": "note", "name": "x" })).await,
        t.gm.delete(&path, None).await,
    ] {
        answer.refused(428, "version_needed");
    }
    t.gm.patch(&path, 1, json!({ "name": "Better plan" })).await.ok();
    for answer in [
        t.gm.patch(&path, 1, json!({ "name": "x" })).await,
        t.gm.put(&path, 1, json!({ "kind": "note", "name": "x" })).await,
        t.gm.delete(&path, 1).await,
    ] {
        let problem = answer.refused(412, "version_stale");
        assert_eq!(problem["current"]["name"], "Better plan");
        assert_eq!(problem["current"]["version"], 2);
        assert_eq!(problem["current"]["visible_to"], json!([t.mira_pc]));
    }
}

#[db_test]
async fn only_the_game_master_changes_entities_and_a_hidden_one_is_not_even_there(app: TestApp) {
    let t = Table::new(&app).await;
    let open = format!("/entities/{}", t.make(json!({ "kind": "note", "name": "Open" })).await);
    let secret = format!("/entities/{}", t.make(json!({ "kind": "note", "name": "Secret", "visibility": "gm" })).await);
    let stranger = app.user("Stranger").await;
    for member in [&t.mira, &t.watcher] {
        member.post(&t.at("entities"), json!({ "kind": "note", "name": "x" })).await.refused(403, "forbidden");
        member.patch(&open, 1, json!({ "name": "x" })).await.refused(403, "forbidden");
        member.put(&open, 1, json!({ "kind": "note", "name": "x" })).await.refused(403, "forbidden");
        member.delete(&open, 1).await.refused(403, "forbidden");
        member.get(&secret).await.refused(404, "not_found");
        member.patch(&secret, 1, json!({ "name": "x" })).await.refused(404, "not_found");
        member.put(&secret, 1, json!({ "kind": "note", "name": "x" })).await.refused(404, "not_found");
        member.delete(&secret, 1).await.refused(404, "not_found");
        member.get(&format!("{secret}/relationships")).await.refused(404, "not_found");
    }
    for path in [&open, &secret, &t.at("entities"), &t.at("locations"), &t.at("facts")] {
        stranger.get(path).await.refused(404, "not_found");
        app.anonymous().get(path).await.refused(401, "sign_in_needed");
    }
    t.gm.get(&format!("/entities/{NOTHING}")).await.refused(404, "not_found");
    t.gm.get("/entities/none").await.refused(404, "not_found");
}

#[db_test]
async fn what_is_wrong_with_an_entity_is_said_field_by_field(app: TestApp) {
    let t = Table::new(&app).await;
    let other = t.gm.campaign("Elsewhere").await;
    let foreign = id(&t.gm.entity(&other, json!({ "kind": "location", "name": "Far" })).await);
    let item = t.make(json!({ "kind": "item", "name": "Rope" })).await;
    for (body, expected) in [
        (json!({ "kind": "note", "name": " " }), vec![pair("name", "empty")]),
        (json!({ "kind": "note", "name": "n".repeat(121) }), vec![pair("name", "too_long")]),
        (json!({ "kind": "note", "name": "a\u{0}b" }), vec![pair("name", "nul")]),
        (json!({ "kind": "note", "name": "n", "fields": { "x": "\u{0}" } }), vec![pair("fields", "nul")]),
        (json!({ "kind": "note", "name": "n", "subtype": "pc" }), vec![pair("subtype", "not_a_character")]),
        (json!({ "kind": "note", "name": "n", "parent_id": foreign }), vec![pair("parent_id", "not_a_location")]),
        (json!({ "kind": "location", "name": "n", "parent_id": foreign }), vec![pair("parent_id", "unknown")]),
        (json!({ "kind": "location", "name": "n", "parent_id": item }), vec![pair("parent_id", "wrong_kind")]),
        (
            json!({ "kind": "location", "name": "n", "fields": { "exits": [foreign] } }),
            vec![pair("fields.exits.0", "unknown")],
        ),
        (
            json!({ "kind": "note", "name": "n", "visible_to": [t.mira_pc, item, foreign] }),
            vec![pair("visible_to.1", "wrong_kind"), pair("visible_to.2", "unknown")],
        ),
    ] {
        let problem = t.gm.post(&t.at("entities"), body.clone()).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), expected, "{body}");
    }
    let unread = t.gm.post(&t.at("entities"), json!({ "kind": "dragon", "name": "n" })).await.refused(422, "invalid");
    assert_eq!(unread["errors"][0]["field"], "kind");
    let unread = t.gm.post(&t.at("entities"), json!({ "kind": "note", "name": "n", "colour": 1 })).await;
    assert_eq!(wrong(&unread.refused(422, "invalid")), [pair("colour", "unknown_field")]);
    let path = format!("/entities/{item}");
    let problem = t.gm.patch(&path, 1, json!({ "name": null, "visibility": null })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("name", "null"), pair("visibility", "null")]);
    let problem = t.gm.patch(&path, 1, json!({ "visible_to": [foreign] })).await.refused(422, "invalid");
    assert_eq!(wrong(&problem), [pair("visible_to.0", "unknown")]);
}

#[db_test]
async fn some_see_what_is_meant_for_them_or_their_faction(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    let direct =
        t.make(json!({ "kind": "note", "name": "For Mira", "visibility": "some", "visible_to": [t.mira_pc] })).await;
    let shared =
        t.make(json!({ "kind": "note", "name": "For the guild", "visibility": "some", "visible_to": [guild] })).await;
    let path = format!("/entities/{shared}");
    t.mira.get(&format!("/entities/{direct}")).await.ok();
    t.tom.get(&format!("/entities/{direct}")).await.refused(404, "not_found");
    t.mira.get(&path).await.refused(404, "not_found");

    let membership = t.join(&t.mira_pc, &guild).await;
    t.mira.get(&path).await.ok();
    t.tom.get(&path).await.refused(404, "not_found");
    t.watcher.get(&path).await.refused(404, "not_found");
    let notes = t.at("entities?kind=note");
    assert_eq!(t.mira.get(&notes).await.ok()["total"], 2);
    assert_eq!(t.tom.get(&notes).await.ok()["total"], 0);
    assert_eq!(t.gm.get(&notes).await.ok()["total"], 2);

    // A character belongs to no faction by being bound to a person who is in it.
    t.gm.delete(&format!("/relationships/{}", id(&membership)), 1).await.no_content();
    t.mira.get(&path).await.refused(404, "not_found");
    t.join(&t.mira_pc, &t.tom_pc).await;
    let other =
        t.make(json!({ "kind": "note", "name": "For Tom", "visibility": "some", "visible_to": [t.tom_pc] })).await;
    t.mira.get(&format!("/entities/{other}")).await.refused(404, "not_found");
    t.tom.get(&format!("/entities/{other}")).await.ok();

    // A faction that is gone tells nobody anything.
    t.join(&t.tom_pc, &guild).await;
    t.tom.get(&path).await.ok();
    t.gm.delete(&format!("/entities/{guild}"), 1).await.no_content();
    t.tom.get(&path).await.refused(404, "not_found");
}

#[db_test]
async fn players_always_see_their_own_characters(app: TestApp) {
    let t = Table::new(&app).await;
    let path = format!("/entities/{}", t.mira_pc);
    t.gm.patch(&path, 1, json!({ "visibility": "gm" })).await.ok();
    t.mira.get(&path).await.ok();
    t.tom.get(&path).await.refused(404, "not_found");
}

#[db_test]
async fn fields_hide_what_the_viewer_may_not_know(app: TestApp) {
    let t = Table::new(&app).await;
    let seen = t.make(json!({ "kind": "location", "name": "Square" })).await;
    let hidden = t.make(json!({ "kind": "location", "name": "Cellar", "visibility": "gm" })).await;
    let fields = json!({
        "exits": [seen, hidden], "present_at": hidden, "gm_plan": "ambush", "mood": "calm",
        "rewards": { "items": [hidden], "gm_trap": true, "gold": 5 }, "other": NOTHING,
    });
    let path = format!("/entities/{}", t.make(json!({ "kind": "location", "name": "Inn", "fields": fields })).await);
    assert_eq!(t.gm.get(&path).await.ok()["fields"], fields);
    assert_eq!(
        t.mira.get(&path).await.ok()["fields"],
        json!({ "exits": [seen], "mood": "calm", "rewards": { "items": [], "gold": 5 }, "other": NOTHING })
    );
    // An exit that was deleted since does not stand in the way of another change.
    t.gm.delete(&format!("/entities/{hidden}"), 1).await.no_content();
    let mut fields = fields;
    fields["mood"] = json!("tense");
    t.gm.patch(&path, 1, json!({ "fields": fields })).await.ok();
}

#[db_test]
async fn entities_are_found_by_words_of_name_and_aliases_whatever_the_accents(app: TestApp) {
    let t = Table::new(&app).await;
    for (name, alias) in
        [("Éowyn of Rohan", "Dernhelm"), ("Straße der Könige", "Kings' Road"), ("100% Ale_house", "O’Malley's")]
    {
        t.make(json!({ "kind": "lore", "name": name, "aliases": [alias] })).await;
    }
    t.make(json!({ "kind": "lore", "name": "Hidden Éowyn", "visibility": "gm" })).await;
    for (q, found) in [
        ("eowyn", vec!["Éowyn of Rohan"]),
        ("ROHAN ÉO", vec!["Éowyn of Rohan"]),
        ("dernhelm eowyn", vec!["Éowyn of Rohan"]),
        ("konige strasse", vec!["Straße der Könige"]),
        ("kings'", vec!["Straße der Könige"]),
        ("o'malley", vec!["100% Ale_house"]),
        ("0%", vec!["100% Ale_house"]),
        ("e_h", vec!["100% Ale_house"]),
        ("a_e", vec![]),
        ("\\", vec![]),
        ("nothing", vec![]),
    ] {
        let escaped: String = q.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let list = t.mira.get(&t.at(&format!("entities?kind=lore&q={escaped}"))).await.ok();
        assert_eq!(all(&list, "name"), found, "{q}");
        assert_eq!(list["total"], found.len(), "{q}");
    }
    assert_eq!(t.gm.get(&t.at("entities?q=eowyn")).await.ok()["total"], 2);
    let long = t.at(&format!("entities?q={}", "x".repeat(201)));
    assert_eq!(wrong(&t.mira.get(&long).await.refused(422, "invalid")), [pair("q", "too_long")]);
    t.mira.get(&t.at("entities?q=%00")).await.refused(422, "invalid");
}

#[db_test]
async fn entities_are_found_by_tag_and_counted_for_the_viewer(app: TestApp) {
    let t = Table::new(&app).await;
    t.make(json!({ "kind": "item", "name": "Lamp", "tags": ["Märkt"] })).await;
    t.make(json!({ "kind": "item", "name": "Oil", "tags": ["markt"], "visibility": "gm" })).await;
    t.make(json!({ "kind": "item", "name": "Wick", "tags": ["other"] })).await;
    let tagged = t.at("entities?tag=MARKT");
    assert_eq!(all(&t.mira.get(&tagged).await.ok(), "name"), ["Lamp"]);
    assert_eq!(t.mira.get(&tagged).await.ok()["total"], 1);
    let list = t.gm.get(&tagged).await.ok();
    assert_eq!((all(&list, "name"), &list["items"][0]["tags"]), (vec!["Lamp".into(), "Oil".into()], &json!(["Märkt"])));
}

#[db_test]
async fn pages_follow_each_other_without_gap_or_double(app: TestApp) {
    let t = Table::new(&app).await;
    let names = ["alpha", "Álpha", "beta", "Beta two", "gamma-ray", "gamma ray", "Žeta", "zeta", "Delta", "delta"];
    for name in names {
        t.make(json!({ "kind": "note", "name": name })).await;
    }
    t.make(json!({ "kind": "note", "name": "aaa hidden", "visibility": "gm" })).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = t.mira.get(&t.at(&format!("entities?kind=note&limit=3{cursor}"))).await.ok();
        assert_eq!(page["total"], names.len());
        seen.extend(all(&page, "name"));
        // What comes before the cursor does not move what comes after it.
        t.make(json!({ "kind": "note", "name": "aaa later", "visibility": "gm" })).await;
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_by_key(|name| skald_kernel::text::fold(name));
    assert_eq!(seen, sorted);
    seen.sort();
    let mut wanted = names.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(seen, wanted);
    t.mira.get(&t.at("entities?cursor=x")).await.refused(422, "invalid");
    t.mira.get(&t.at("entities?limit=0")).await.refused(422, "invalid");
    t.mira.get(&t.at("entities?limit=many")).await.refused(422, "invalid");
    t.mira.get(&t.at("entities?kind=dragon")).await.refused(422, "invalid");
}

#[db_test]
async fn of_two_changes_from_one_version_one_wins_and_the_other_is_told(app: TestApp) {
    let t = Table::new(&app).await;
    let path = format!("/entities/{}", t.make(json!({ "kind": "note", "name": "Race" })).await);
    let change = |name: &str| t.gm.patch(&path, 1, json!({ "name": name }));
    let (a, b, c) = futures::join!(change("a"), change("b"), change("c"));
    let mut statuses = [a.status.as_u16(), b.status.as_u16(), c.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412]);
    assert_eq!(t.gm.get(&path).await.ok()["version"], 2);
}

#[db_test]
async fn other_parts_find_entities_by_name_alias_field_and_in_the_order_asked_for(app: TestApp) {
    use skald_canon::entities::{self, EntityKind, FieldIs};
    use skald_kernel::{EntityId, Viewer};

    let t = Table::new(&app).await;
    let inn = t.make(json!({ "kind": "location", "name": "Inn", "fields": { "start": true } })).await;
    t.make(json!({ "kind": "location", "name": "Mill", "fields": { "start": "true-ish" } })).await;
    let fields = json!({ "present_at": inn });
    let ann = json!({ "kind": "character", "name": "Ánn", "aliases": ["Old Ann", "Inn"], "fields": fields });
    let ann: EntityId = t.make(ann).await.parse().unwrap();
    let bob = json!({ "kind": "character", "name": "Bob", "visibility": "gm", "aliases": ["Ann"], "fields": fields });
    let bob: EntityId = t.make(bob).await.parse().unwrap();
    let inn: EntityId = inn.parse().unwrap();

    let campaign = t.campaign.parse().unwrap();
    let (gm, party) = (Viewer::gm(campaign), Viewer::characters(campaign, vec![]));
    let db = app.app.db().read();
    let ids = |found: Vec<entities::EntityBrief>| found.into_iter().map(|entity| entity.id).collect::<Vec<_>>();
    let whole = |found: Vec<entities::EntityOut>| found.into_iter().map(|entity| entity.id).collect::<Vec<_>>();
    assert_eq!(ids(entities::named(db, &gm, &[bob, inn, ann]).await.unwrap()), [bob, inn, ann]);
    assert_eq!(ids(entities::named(db, &party, &[bob, inn, ann]).await.unwrap()), [inn, ann]);
    assert_eq!(ids(entities::called(db, &gm, "ANN", None).await.unwrap()), [ann, bob]);
    assert_eq!(ids(entities::called(db, &party, "ann", None).await.unwrap()), [ann]);
    assert_eq!(ids(entities::called(db, &gm, "old", None).await.unwrap()), []);
    assert_eq!(ids(entities::called(db, &gm, "inn", Some(EntityKind::Character)).await.unwrap()), [ann]);
    let starts = entities::with_field(db, &party, EntityKind::Location, "start", FieldIs::True).await.unwrap();
    assert_eq!(whole(starts), [inn]);
    let present = entities::with_field(db, &gm, EntityKind::Character, "present_at", FieldIs::Id(&inn)).await.unwrap();
    assert_eq!(whole(present), [ann, bob]);
    let names = ["ANN".to_owned(), "bob".to_owned()];
    assert_eq!(whole(entities::by_names(db, &party, EntityKind::Character, &names).await.unwrap()), [ann]);
    assert_eq!(whole(entities::full(db, &gm, &[inn, ann]).await.unwrap()), [ann, inn]);
    assert_eq!(entities::by_kind_full(db, &gm, EntityKind::Location).await.unwrap().len(), 2);
}
