//! View as: a game master reads through other eyes, and nobody else does.

use super::{NOTHING, Table};
use crate::support::*;

/// A world where Mira, the guild and everybody know different things, with the routes that show it.
struct Stage {
    table: Table,
    guild: String,
}

async fn stage(app: &TestApp) -> Stage {
    let table = Table::new(app).await;
    let guild = table.make(json!({ "kind": "faction", "name": "Lantern Guild" })).await;
    table.join(&table.tom_pc, &guild).await;
    let some = |name: &str, knower: &str| json!({ "kind": "location", "name": name, "visibility": "some", "visible_to": [knower] });
    table.make(json!({ "kind": "location", "name": "Market" })).await;
    table.make(json!({ "kind": "location", "name": "Vault", "visibility": "gm" })).await;
    table.make(some("Attic", &table.mira_pc)).await;
    table.make(some("Cellar", &guild)).await;
    for (text, knower) in [
        ("For all", json!({ "type": "everyone" })),
        ("For none", json!({ "type": "gm" })),
        ("For Mira", json!({ "type": "character", "id": table.mira_pc })),
        ("For the guild", json!({ "type": "faction", "id": guild })),
    ] {
        let fact = json!({ "subject_id": table.mira_pc, "predicate": "is", "text": text, "knowers": [knower] });
        table.gm.post(&table.at("facts"), fact).await.created();
    }
    Stage { table, guild }
}

/// What a reader gets from several routes: the names of places in two ways, the texts of facts, and their role.
async fn reads(client: &Client, table: &Table, viewer: &str) -> Value {
    let at = |path: &str, first: char| match viewer {
        "" => table.at(path),
        _ => format!("{}{first}viewer={viewer}", table.at(path)),
    };
    let names = |list: &Value, field: &str| {
        let mut names: Vec<String> =
            list["items"].as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let places = client.get(&at("entities?kind=location", '&')).await.ok();
    let tree = client.get(&at("locations", '?')).await.ok();
    let facts = client.get(&at("facts", '?')).await.ok();
    assert_eq!(facts["total"], facts["items"].as_array().unwrap().len());
    let campaign = format!("/campaigns/{}", table.campaign);
    let campaign = if viewer.is_empty() { campaign } else { format!("{campaign}?viewer={viewer}") };
    let campaign = client.get(&campaign).await.ok();
    json!({
        "places": names(&places, "name"), "tree": names(&tree, "name"), "facts": names(&facts, "text"),
        "role": campaign["role"],
    })
}

#[db_test]
async fn a_game_master_reads_exactly_what_the_other_reads(app: TestApp) {
    let Stage { table, guild } = stage(&app).await;
    let (mira, tom, wanda) = (&table.mira, &table.tom, &table.watcher);
    for (viewer, other) in [
        (format!("member:{}", mira.id), mira),
        (format!("character:{}", table.mira_pc), mira),
        (format!("member:{}", tom.id), tom),
        (format!("character:{}", table.tom_pc), tom),
        (format!("member:{}", wanda.id), wanda),
        ("everyone".into(), wanda),
        (format!("member:{}", table.gm.id), &table.gm),
    ] {
        assert_eq!(reads(&table.gm, &table, &viewer).await, reads(other, &table, "").await, "{viewer}");
    }
    let party = reads(&table.gm, &table, "party").await;
    assert_eq!(party["places"], json!(["Attic", "Cellar", "Market"]));
    assert_eq!(party["facts"], json!(["For Mira", "For all", "For the guild"]));
    let as_guild = reads(&table.gm, &table, &format!("faction:{guild}")).await;
    assert_eq!(as_guild["places"], json!(["Cellar", "Market"]));
    assert_eq!(as_guild["facts"], json!(["For all", "For the guild"]));
}

#[db_test]
async fn what_the_other_may_not_know_is_not_there_while_viewing_as_them(app: TestApp) {
    let Stage { table, .. } = stage(&app).await;
    let as_tom = format!("viewer=character:{}", table.tom_pc);
    let attic = table.gm.get(&table.at("entities?q=Attic")).await.ok();
    let attic = id(&attic["items"][0]);
    for path in [
        format!("/entities/{attic}"),
        format!("/locations/{attic}/children"),
        format!("/entities/{attic}/relationships"),
    ] {
        table.gm.get(&path).await.ok();
        assert_eq!(table.gm.get(&format!("{path}?{as_tom}")).await.status, 404, "{path}");
    }
    let facts = table.gm.get(&table.at(&format!("facts?{as_tom}"))).await.ok();
    assert!(facts["items"].as_array().unwrap().iter().all(|fact| fact.get("knowers").is_none()), "{facts}");
    // What only a game master reads is refused as it is to a player.
    table.gm.get(&table.at("invitations")).await.ok();
    table.gm.get(&table.at(&format!("invitations?{as_tom}"))).await.refused(403, "forbidden");
}

#[db_test]
async fn only_a_game_master_views_as_somebody_else(app: TestApp) {
    let Stage { table, .. } = stage(&app).await;
    for (client, viewer) in [
        (&table.mira, format!("character:{}", table.tom_pc)),
        (&table.mira, format!("character:{}", table.mira_pc)),
        (&table.mira, "everyone".to_owned()),
        (&table.watcher, format!("member:{}", table.gm.id)),
    ] {
        for path in ["entities", "facts", "locations", "members"] {
            let path = table.at(&format!("{path}?viewer={viewer}"));
            client.get(&path).await.refused(403, "forbidden");
        }
    }
}

#[db_test]
async fn eyes_that_are_not_the_campaigns_are_refused(app: TestApp) {
    let Stage { table, guild } = stage(&app).await;
    let elsewhere = table.gm.campaign("Elsewhere").await;
    let stranger = id(&table.gm.entity(&elsewhere, json!({ "kind": "character", "name": "Rook" })).await);
    let dead = table.make(json!({ "kind": "character", "name": "Gone" })).await;
    table.gm.delete(&format!("/entities/{dead}"), 1).await.no_content();
    let nobody = NOTHING;
    for viewer in [
        "gm".to_owned(),
        "".to_owned(),
        "character:mira".to_owned(),
        format!("character:{nobody}"),
        format!("character:{stranger}"),
        format!("character:{dead}"),
        format!("character:{guild}"),
        format!("faction:{}", table.mira_pc),
        format!("member:{nobody}"),
        format!("member:{}", table.mira_pc),
    ] {
        let problem = table.gm.get(&table.at(&format!("facts?viewer={viewer}"))).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "viewer", "{viewer}");
    }
    // A change is made by who makes it.
    let path = table.at(&format!("entities?viewer=character:{}", table.mira_pc));
    let problem = table.gm.post(&path, json!({ "kind": "note", "name": "New" })).await.refused(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "read_only");
}
