//! Links in bodies, and from whom an entity is linked.

use super::*;

async fn note(t: &Table, name: &str, body: &str) -> String {
    t.make(json!({ "kind": "note", "name": name, "body": body })).await
}

async fn links(client: &Client, id: &str) -> Value {
    client.get(&format!("/entities/{id}")).await.ok()["links"].clone()
}

#[db_test]
async fn links_lead_to_names_and_aliases_and_follow_what_they_lead_to(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Old Mill", "aliases": ["The Grinder"] })).await;
    let page = note(&t, "Page", "[[old mill|there]], [[The Grinder]], [[Mira Vane]], [[Nowhere]], [[Old Mill]]").await;
    let link =
        |text: &str, id: &str, name: &str, kind: &str| json!({ "text": text, "id": id, "name": name, "kind": kind });
    let expected = json!([
        link("old mill", &mill, "Old Mill", "location"),
        link("The Grinder", &mill, "Old Mill", "location"),
        link("Mira Vane", &t.mira_pc, "Mira Vane", "character"),
        link("Old Mill", &mill, "Old Mill", "location"),
    ]);
    assert_eq!(links(&t.gm, &page).await, expected);
    assert_eq!(links(&t.mira, &page).await, expected);
    let seen = t.mira.get(&format!("/entities/{page}")).await.ok();
    assert!(seen["body"].as_str().unwrap().ends_with("[[Mira Vane]], Nowhere, [[Old Mill]]"), "{seen}");

    // It follows a new name, also when the page is saved again.
    t.gm.patch(&format!("/entities/{mill}"), 1, json!({ "name": "Ruin", "aliases": [] })).await.ok();
    let renamed = |links: &Value| links[0]["id"] == mill.as_str() && links[0]["name"] == "Ruin";
    assert!(renamed(&links(&t.gm, &page).await));
    t.gm.patch(&format!("/entities/{page}"), 1, json!({ "body": "[[Old Mill]] again, [[Nowhere]]" })).await.ok();
    assert!(renamed(&links(&t.gm, &page).await));

    // What is not there yet is found when it comes, by its name, a new name or an alias.
    let nowhere = t.make(json!({ "kind": "lore", "name": "Void", "aliases": ["Nowhere"] })).await;
    assert_eq!(links(&t.gm, &page).await[1], link("Nowhere", &nowhere, "Void", "lore"));

    // What is deleted leads nowhere, until another takes the name.
    t.gm.delete(&format!("/entities/{nowhere}"), 1).await.no_content();
    assert_eq!(links(&t.gm, &page).await.as_array().unwrap().len(), 1);
    let second = t.make(json!({ "kind": "lore", "name": "Second" })).await;
    t.gm.patch(&format!("/entities/{second}"), 1, json!({ "name": "nowhere" })).await.ok();
    assert_eq!(links(&t.gm, &page).await[1]["id"], second.as_str());
}

#[db_test]
async fn what_a_viewer_may_not_know_is_a_label_or_three_dots(app: TestApp) {
    let t = Table::new(&app).await;
    let vex = t.make(json!({ "kind": "character", "name": "Vex", "visibility": "gm" })).await;
    let page = note(&t, "Page", "[[Vex]] met [[Vex|a stranger]].\n\n:::secret\n[[Mira Vane]]\n:::").await;
    let path = format!("/entities/{page}");
    let seen = t.mira.get(&path).await.ok();
    assert_eq!((&seen["body"], &seen["links"]), (&json!("… met a stranger."), &json!([])));
    assert_eq!(links(&t.gm, &page).await.as_array().unwrap().len(), 2);
    // A name that was a secret stays one when its bearer is deleted.
    t.gm.delete(&format!("/entities/{vex}"), 1).await.no_content();
    assert_eq!(t.mira.get(&path).await.ok()["body"], "… met a stranger.");
}

#[db_test]
async fn backlinks_are_those_of_passages_the_viewer_may_read(app: TestApp) {
    let t = Table::new(&app).await;
    let mill = t.make(json!({ "kind": "location", "name": "Mill" })).await;
    note(&t, "A page", "# Plan\nFirst to the [[Mill|old mill]], then home.").await;
    note(&t, "B page", "Nothing here.\n:::secret\n[[Mill]]\n:::").await;
    note(&t, "C page", ":::secret [[Mira Vane]]\nAt the [[Mill]].\n:::").await;
    t.make(json!({ "kind": "note", "name": "D page", "body": "[[Mill]]", "visibility": "gm" })).await;
    note(&t, "E page", "[[Elsewhere]]").await;
    let path = format!("/entities/{mill}/backlinks");
    for (client, names) in [
        (&t.gm, vec!["A page", "B page", "C page", "D page"]),
        (&t.mira, vec!["A page", "C page"]),
        (&t.tom, vec!["A page"]),
        (&t.watcher, vec!["A page"]),
    ] {
        let list = client.get(&path).await.ok();
        assert_eq!(
            (all(&list, "name"), &list["total"]),
            (names.into_iter().map(str::to_owned).collect(), &list["total"])
        );
        assert_eq!(list["total"], list["items"].as_array().unwrap().len());
    }
    let list = t.mira.get(&path).await.ok();
    assert_eq!(all(&list, "excerpt"), ["First to the old mill, then home.", "At the Mill."]);

    let first = t.gm.get(&format!("{path}?limit=3")).await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = t.gm.get(&format!("{path}?limit=3&cursor={cursor}")).await.ok();
    assert_eq!((all(&second, "name"), &second["next_cursor"]), (vec!["D page".to_owned()], &Value::Null));

    t.gm.patch(&format!("/entities/{mill}"), 1, json!({ "visibility": "gm" })).await.ok();
    t.mira.get(&path).await.refused(404, "not_found");
}
