//! Passages: who reads which part of a body.

use super::*;

const BODY: &str = "The mill turns.\n\n:::secret\nIt grinds bones.\n:::\n\n:::secret [[Mira Vane]]\nMira's father built it.\n:::\n\n\
                    :::secret [[Guild]]\nThe guild stores lamps here.\n:::\n\nIt stands by the river.";

async fn body_of(client: &Client, path: &str) -> String {
    client.get(path).await.ok()["body"].as_str().unwrap().to_owned()
}

#[db_test]
async fn everybody_reads_their_part_of_a_page_and_no_trace_of_the_rest(app: TestApp) {
    let t = Table::new(&app).await;
    let guild = t.make(json!({ "kind": "faction", "name": "Guild" })).await;
    let path = format!("/entities/{}", t.make(json!({ "kind": "note", "name": "Mill", "body": BODY })).await);
    assert_eq!(body_of(&t.gm, &path).await, BODY);
    let open = "The mill turns.\n\nIt stands by the river.";
    assert_eq!(body_of(&t.watcher, &path).await, open);
    assert_eq!(body_of(&t.tom, &path).await, open);
    let miras = "The mill turns.\n\n:::secret\nMira's father built it.\n:::\n\nIt stands by the river.";
    assert_eq!(body_of(&t.mira, &path).await, miras);

    let membership = t.join(&t.tom_pc, &guild).await;
    let toms = "The mill turns.\n\n:::secret\nThe guild stores lamps here.\n:::\n\nIt stands by the river.";
    assert_eq!(body_of(&t.tom, &path).await, toms);
    t.gm.delete(&format!("/relationships/{}", id(&membership)), 1).await.no_content();
    assert_eq!(body_of(&t.tom, &path).await, open);

    // What was never closed is secret until the end.
    t.gm.patch(&path, 1, json!({ "body": "Open.\n:::secret\nhidden\n\nhidden too" })).await.ok();
    assert_eq!(body_of(&t.mira, &path).await, "Open.");
}

#[db_test]
async fn an_audience_stays_who_it_was_whatever_becomes_of_the_name(app: TestApp) {
    let t = Table::new(&app).await;
    let path = format!(
        "/entities/{}",
        t.make(json!({ "kind": "note", "name": "Letter", "body": ":::secret [[mira  VANE]]\nfor Mira\n:::" })).await
    );
    let hers = ":::secret\nfor Mira\n:::";
    assert_eq!(body_of(&t.mira, &path).await, hers);

    // A new name does not matter, and neither does saving the body again with the old one.
    t.gm.patch(&format!("/entities/{}", t.mira_pc), 1, json!({ "name": "Mira the Bold" })).await.ok();
    assert_eq!(body_of(&t.mira, &path).await, hers);
    let usurper = t.make(json!({ "kind": "character", "subtype": "pc", "name": "Mira Vane" })).await;
    play(&app, &t.tom, &t.campaign, &usurper).await;
    let longer = "More.\n:::secret [[Mira Vane]]\nfor Mira\n:::";
    t.gm.patch(&path, 1, json!({ "body": longer })).await.ok();
    assert_eq!(body_of(&t.mira, &path).await, "More.\n\n:::secret\nfor Mira\n:::");
    assert_eq!(body_of(&t.tom, &path).await, "More.");

    // Nobody inherits a secret with a name.
    t.gm.delete(&format!("/entities/{}", t.mira_pc), 2).await.no_content();
    t.gm.patch(&path, 2, json!({ "body": format!("Even {longer}") })).await.ok();
    assert_eq!(body_of(&t.tom, &path).await, "Even More.");
}

#[db_test]
async fn a_fence_that_cannot_be_kept_is_refused_with_what_to_do(app: TestApp) {
    let t = Table::new(&app).await;
    t.make(json!({ "kind": "item", "name": "Rope" })).await;
    let note = |body: &str| json!({ "kind": "note", "name": "n", "body": body });
    for (body, code, says) in [
        (":::secret [[Nobody]]\nx\n:::", "audience_unknown", "[[Nobody]]"),
        (":::secret [[Rope]]\nx\n:::", "audience_wrong_kind", "a item"),
        ("a\n:::secret Mira\nx\n:::", "audience_unreadable", "Line 2"),
        (":::secret\n:::secret\nx\n:::\n:::", "passage_nested", "Line 2"),
        ("- :::secret\nx\n:::", "passage_misplaced", "Line 1"),
    ] {
        let problem = t.gm.post(&t.at("entities"), note(body)).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [pair("body", code)], "{body}");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(says), "{problem}");
    }
    assert_eq!(t.gm.get(&t.at("entities?kind=note")).await.ok()["total"], 0, "nothing of a refused entity is kept");
    // A character may be told something on their own page.
    t.make(json!({ "kind": "character", "name": "Vex", "body": ":::secret [[Vex]]\nx\n:::" })).await;
}

#[db_test]
async fn other_texts_hide_secrets_and_hidden_names_too(app: TestApp) {
    let t = Table::new(&app).await;
    let hidden =
        t.make(json!({ "kind": "character", "name": "Vex", "aliases": ["The Hand"], "visibility": "gm" })).await;
    let text = "[[Vex]], [[the hand|a friend]], [[Mira Vane]] and [[Nowhere]]\n:::secret\nbones\n:::";
    let read = "…, a friend, Mira Vane and Nowhere";
    let place = t.make(json!({ "kind": "note", "name": "Mill", "summary": text })).await;
    let fact = json!({ "subject_id": place, "predicate": "is", "text": text, "knowers": [{ "type": "everyone" }] });
    let fact = id(&t.gm.post(&t.at("facts"), fact).await.created());
    let edge = json!({ "from_id": place, "to_id": t.mira_pc, "kind": "knows", "note": text });
    let edge = id(&t.gm.post(&t.at("relationships"), edge).await.created());
    for (path, field) in [
        (format!("/entities/{place}"), "summary"),
        (format!("/facts/{fact}"), "text"),
        (format!("/relationships/{edge}"), "note"),
    ] {
        assert_eq!(t.gm.get(&path).await.ok()[field], text, "{path}");
        assert_eq!(t.mira.get(&path).await.ok()[field], read, "{path}");
    }
    let list = t.mira.get(&t.at("entities?kind=note")).await.ok();
    assert_eq!(list["items"][0]["summary"], read);
    t.gm.patch(&format!("/entities/{hidden}"), 1, json!({ "visibility": "everyone" })).await.ok();
    let now = t.mira.get(&format!("/facts/{fact}")).await.ok();
    assert_eq!(now["text"], "Vex, a friend, Mira Vane and Nowhere");
}
