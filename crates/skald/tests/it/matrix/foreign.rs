//! Ids of another campaign, used by somebody who runs a campaign of their own: they lead nowhere, and say no more than ids
//! that were never given.

use super::{
    operations,
    requests::request,
    world::{Someone, World, fact, game, join, map, picture, ready_made, relate},
};
use crate::support::*;

/// Parameters of a path that name something of a campaign.
const OWNED: [&str; 14] = [
    "campaign_id",
    "entity_id",
    "location_id",
    "character_id",
    "fact_id",
    "relationship_id",
    "proposal_id",
    "media_id",
    "map_id",
    "pin_id",
    "table_id",
    "plot_id",
    "session_id",
    "invitation_id",
];

/// Whether an address names something of a campaign.
pub fn names_something(path: &str) -> bool {
    OWNED.iter().any(|parameter| path.contains(&format!("{{{parameter}}}")))
}

#[db_test]
async fn who_runs_another_campaign_finds_nothing_by_the_ids_of_this_one(app: TestApp) {
    let world = World::new(&app).await;
    let mut tried = 0;
    let mut failures = Vec::new();
    for operation in operations(&app).await {
        if !OWNED.iter().any(|parameter| operation.path.contains(&format!("{{{parameter}}}"))) {
            continue;
        }
        tried += 1;
        let answer = world.stranger.client.send(request(&world, &operation, &world.stranger).await).await;
        if answer.status != 404 || answer.body["error_code"] != "not_found" {
            failures.push(format!("{}: {} {}", operation.id, answer.status, answer.body));
        }
    }
    assert!(tried > 30, "{tried}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What an answer says, without what differs from request to request and without the ids that were sent.
fn said(answer: Answer, sent: &str) -> Value {
    let mut body: Value = serde_json::from_str(&answer.body.to_string().replace(sent, "<id>")).expect("JSON");
    for varies in ["timestamp", "request_id"] {
        body[varies] = Value::Null;
    }
    json!({ "status": answer.status.as_u16(), "body": body })
}

#[db_test]
async fn ids_of_another_campaign_in_a_request_say_no_more_than_ids_of_nothing(app: TestApp) {
    let world = World::new(&app).await;
    let by = &world.stranger.client;
    let own = &world.other;
    let location = id(&by.entity(own, json!({ "kind": "location", "name": "Tower" })).await);
    let character = id(&by.entity(own, ready_made("Rook")).await);
    let (fact, relationship) = (fact(by, own, &location).await, relate(by, own, &character, &location).await);
    let thread = id(&by.entity(own, json!({ "kind": "plot", "name": "Thread" })).await);
    let session = game(by, own).await;
    let own_picture = picture(by, own).await;
    let own_map = map(by, own, &own_picture).await;
    let nothing = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007).to_string();
    let campaign = |rest: &str| format!("/campaigns/{own}/{rest}");
    let place = |more: (&str, Value)| {
        let mut place = json!({ "kind": "location", "name": "New" });
        place[more.0] = more.1;
        place
    };
    let some = |id: &str| json!({ "kind": "location", "name": "New", "visibility": "some", "visible_to": [id] });
    let knower = |kind: &str, id: &str| json!([{ "type": kind, "id": id }]);
    let suggestion = |operation: &str, change: Value, id: &str| {
        let one = json!({ "target_type": "entity", "operation": operation, "target_id": id, "change": change });
        json!({ "proposals": [one] })
    };

    // What is named, and a request that names it among things of one's own.
    type Named<'a> = Box<dyn Fn(&str) -> (&'static str, String, Value) + 'a>;
    let cases: Vec<(&str, &str, Named<'_>)> = vec![
        (
            "parent of a new location",
            &world.location,
            Box::new(|id| ("POST", campaign("entities"), place(("parent_id", json!(id))))),
        ),
        (
            "parent of a location",
            &world.location,
            Box::new(|id| ("PATCH", format!("/entities/{location}"), json!({ "parent_id": id }))),
        ),
        (
            "move under",
            &world.location,
            Box::new(|id| ("MOVE", format!("/locations/{location}/move"), json!({ "parent_id": id }))),
        ),
        (
            "portrait",
            &world.picture,
            Box::new(|id| ("PATCH", format!("/entities/{location}"), json!({ "portrait_id": id }))),
        ),
        ("visible to", &world.character, Box::new(|id| ("POST", campaign("entities"), some(id)))),
        ("inside", &world.location, Box::new(|id| ("GET", campaign(&format!("entities?parent_id={id}")), json!({})))),
        ("under", &world.location, Box::new(|id| ("GET", campaign(&format!("locations?under={id}")), json!({})))),
        (
            "around",
            &world.character,
            Box::new(|id| ("GET", campaign(&format!("relationships/graph?center={id}")), json!({}))),
        ),
        (
            "the way to",
            &world.character,
            Box::new(|id| ("GET", campaign(&format!("relationships/path?from={character}&to={id}")), json!({}))),
        ),
        (
            "tied to",
            &world.character,
            Box::new(|id| {
                ("POST", format!("/characters/{character}/relationships"), json!({ "to_id": id, "kind": "near" }))
            }),
        ),
        (
            "map of",
            &world.location,
            Box::new(|id| {
                ("POST", campaign("maps"), json!({ "name": "New", "media_id": own_picture, "location_id": id }))
            }),
        ),
        (
            "picture of a map",
            &world.picture,
            Box::new(|id| ("POST", campaign("maps"), json!({ "name": "New", "media_id": id }))),
        ),
        (
            "pinned",
            &world.location,
            Box::new(|id| ("POST", format!("/maps/{own_map}/pins"), json!({ "x": 0, "y": 0, "entity_id": id }))),
        ),
        ("maps of", &world.location, Box::new(|id| ("GET", campaign(&format!("maps?location_id={id}")), json!({})))),
        ("maps with", &world.location, Box::new(|id| ("GET", campaign(&format!("maps?entity_id={id}")), json!({})))),
        (
            "subject",
            &world.location,
            Box::new(|id| ("POST", campaign("facts"), json!({ "subject_id": id, "predicate": "is", "text": "x" }))),
        ),
        (
            "object",
            &world.location,
            Box::new(|id| {
                ("POST", campaign("facts"), json!({ "subject_id": location, "object_id": id, "predicate": "near" }))
            }),
        ),
        (
            "knower",
            &world.character,
            Box::new(|id| {
                let knowers = knower("character", id);
                (
                    "POST",
                    campaign("facts"),
                    json!({ "subject_id": location, "predicate": "is", "text": "x", "knowers": knowers }),
                )
            }),
        ),
        (
            "reveal to",
            &world.character,
            Box::new(|id| ("POST", format!("/facts/{fact}/reveal"), json!({ "to": knower("character", id) }))),
        ),
        (
            "reveal these",
            &world.fact,
            Box::new(|id| {
                ("POST", campaign("facts/reveal"), json!({ "fact_ids": [id], "to": [{ "type": "everyone" }] }))
            }),
        ),
        (
            "reveal many to",
            &world.character,
            Box::new(|id| {
                ("POST", campaign("facts/reveal"), json!({ "fact_ids": [fact], "to": knower("character", id) }))
            }),
        ),
        (
            "facts known to",
            &world.character,
            Box::new(|id| ("GET", campaign(&format!("facts?knower=character:{id}")), json!({}))),
        ),
        (
            "facts about",
            &world.location,
            Box::new(|id| ("GET", campaign(&format!("facts?subject_id={id}")), json!({}))),
        ),
        (
            "related to",
            &world.character,
            Box::new(|id| {
                ("POST", campaign("relationships"), json!({ "from_id": location, "to_id": id, "kind": "near" }))
            }),
        ),
        (
            "related from",
            &world.character,
            Box::new(|id| {
                ("POST", campaign("relationships"), json!({ "from_id": id, "to_id": location, "kind": "near" }))
            }),
        ),
        (
            "suggest to change",
            &world.location,
            Box::new(|id| ("POST", campaign("proposals"), suggestion("update", json!({ "summary": "x" }), id))),
        ),
        (
            "suggest to retire",
            &world.location,
            Box::new(|id| ("POST", campaign("proposals"), suggestion("retire", json!({}), id))),
        ),
        (
            "suggest a place in",
            &world.location,
            Box::new(|id| {
                let change = json!({ "kind": "location", "name": "New", "parent_id": id });
                let one = json!({ "target_type": "entity", "operation": "create", "change": change });
                ("POST", campaign("proposals"), json!({ "proposals": [one] }))
            }),
        ),
        (
            "suggestions about",
            &world.location,
            Box::new(|id| ("GET", campaign(&format!("proposals?target_id={id}")), json!({}))),
        ),
        (
            "member",
            &world.player.client.id,
            Box::new(|id| ("PUT-", campaign(&format!("members/{id}")), json!({ "role": "gm" }))),
        ),
        (
            "member to remove",
            &world.player.client.id,
            Box::new(|id| ("DELETE", campaign(&format!("members/{id}")), json!({}))),
        ),
        (
            "join as",
            &world.character,
            Box::new(|id| ("POST", format!("/sessions/{session}/join"), json!({ "character_id": id }))),
        ),
        (
            "speak as",
            &world.character,
            Box::new(|id| ("POST", format!("/game/{session}/chat"), json!({ "text": "x", "character_id": id }))),
        ),
        (
            "roll as",
            &world.character,
            Box::new(|id| ("POST", format!("/game/{session}/roll"), json!({ "notation": "1d6", "character_id": id }))),
        ),
        (
            "use as",
            &world.character,
            Box::new(|id| ("POST", format!("/game/{session}/use"), json!({ "character_id": id, "item": "rope" }))),
        ),
        (
            "move to",
            &world.location,
            Box::new(|id| ("POST", format!("/game/{session}/move"), json!({ "location_id": id }))),
        ),
        (
            "retry",
            &world.generation,
            Box::new(|id| ("POST", format!("/game/{session}/retry"), json!({ "generation_id": id }))),
        ),
        (
            "cancel",
            &world.generation,
            Box::new(|id| ("POST", format!("/game/{session}/cancel"), json!({ "generation_id": id }))),
        ),
        (
            "table in a row",
            &world.table,
            Box::new(|id| ("POST", campaign("tables"), json!({ "name": "New", "rows": [{ "table_id": id }] }))),
        ),
        (
            "entity in a row",
            &world.location,
            Box::new(|id| ("POST", campaign("tables"), json!({ "name": "New", "rows": [{ "entity_id": id }] }))),
        ),
        (
            "about",
            &world.location,
            Box::new(|id| ("PUT0", format!("/plots/{thread}/links"), json!({ "links": [{ "entity_id": id }] }))),
        ),
        (
            "waits for",
            &world.plot,
            Box::new(|id| ("POST0", format!("/plots/{thread}/dependencies"), json!({ "needs_id": id }))),
        ),
        (
            "planted in",
            &world.game,
            Box::new(|id| {
                ("POST0", format!("/plots/{thread}/foreshadowing"), json!({ "text": "x", "session_id": id }))
            }),
        ),
        (
            "told to",
            &world.character,
            Box::new(|id| ("POST", campaign("lorebook/test"), json!({ "text": "x", "character_id": id }))),
        ),
        ("plots about", &world.location, Box::new(|id| ("GET", campaign(&format!("plots?entity_id={id}")), json!({})))),
        ("call", &world.call, Box::new(|id| ("GET", format!("/ai/calls/{id}"), json!({})))),
        ("calls of", &world.campaign, Box::new(|id| ("GET", format!("/ai/calls?campaign_id={id}"), json!({})))),
    ];
    let mut failures = Vec::new();
    for (what, foreign, named) in &cases {
        let mut answers = Vec::new();
        for sent in [*foreign, nothing.as_str()] {
            let (verb, path, body) = named(sent);
            let answer = match verb {
                "GET" => by.get(&path).await,
                "PATCH" => by.patch(&path, 1, body).await,
                "PUT0" => by.put(&path, 0, body).await,
                "POST0" => {
                    let request = by.request(reqwest::Method::POST, &path).header("if-match", "\"0\"").json(&body);
                    by.send(request).await
                }
                "PUT-" => by.patch(&path, None, body).await,
                "DELETE" => by.delete(&path, None).await,
                "MOVE" => {
                    let request = by.request(reqwest::Method::POST, &path).header("if-match", "\"1\"").json(&body);
                    by.send(request).await
                }
                _ => by.post(&path, body).await,
            };
            let listed = verb == "GET" && answer.status == 200;
            let refused = matches!(answer.status.as_u16(), 404 | 422) || listed && answer.body["items"] == json!([]);
            if !refused {
                failures.push(format!("{what}: {} {}", answer.status, answer.body));
            }
            answers.push(said(answer, sent));
        }
        if answers[0] != answers[1] {
            failures.push(format!("{what} tells that it is there: {} but {}", answers[0], answers[1]));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    by.get(&format!("/relationships/{relationship}")).await.ok();
}

#[db_test]
async fn everybody_may_leave_but_not_the_last_gm(app: TestApp) {
    let world = World::new(&app).await;
    let leave = async |by: &Client| by.delete(&format!("/campaigns/{}/members/{}", world.campaign, by.id), None).await;
    for member in [&world.observer.client, &world.player.client] {
        leave(member).await.no_content();
        member.get(&format!("/campaigns/{}", world.campaign)).await.refused(404, "not_found");
    }
    leave(&world.gm.client).await.refused(409, "last_gm");
    leave(&world.stranger.client).await.refused(404, "not_found");
    join(&world.observer.client, &world.door).await;
    world.observer.client.get(&format!("/campaigns/{}", world.campaign)).await.ok();
}

#[db_test]
async fn a_token_that_is_none_opens_nothing(app: TestApp) {
    let world = World::new(&app).await;
    let token = world.gm.client.token.clone().expect("a token");
    let mut unsigned: Vec<&str> = token.split('.').collect();
    unsigned[2] = "";
    let unsigned = unsigned.join(".");
    for bad in ["", "x", "a.b.c", &unsigned, &format!("{token}x"), &token[..token.len() - 2]] {
        let mut client = world.gm.client.clone();
        client.token = Some(bad.to_owned());
        for operation in
            operations(&app).await.iter().filter(|operation| operation.secured && operation.method == "GET")
        {
            let someone = Someone { client: client.clone(), cookie: String::new(), username: "gm".into() };
            let answer = someone.client.send(request(&world, operation, &someone).await).await;
            assert_eq!(answer.status, 401, "{} with {bad:?}: {}", operation.id, answer.body);
        }
    }
}
