//! A good request for each operation: it would succeed if authority were all there is to it. What it would destroy or use
//! up is made for it.

use reqwest::RequestBuilder;

use super::{
    Operation, Someone, World,
    world::{
        PICTURE, answered, fact, game, invitation, join, map, picture, pin, planned, plot, proposal, provider,
        ready_made, relate, table, wait,
    },
};
use crate::support::*;

/// The request of `someone`.
pub async fn request(world: &World, operation: &Operation, someone: &Someone) -> RequestBuilder {
    let gm = &world.gm.client;
    let campaign = &world.campaign;
    // What stands for the parameters of the path.
    let mut named = vec![
        ("campaign_id", campaign.clone()),
        ("user_id", world.victim.id.clone()),
        ("entity_id", world.location.clone()),
        ("location_id", world.location.clone()),
        ("character_id", world.character.clone()),
        ("fact_id", world.fact.clone()),
        ("relationship_id", world.relationship.clone()),
        ("media_id", world.picture.clone()),
        ("map_id", world.map.clone()),
        ("table_id", world.table.clone()),
        ("plot_id", world.plot.clone()),
        ("session_id", world.game.clone()),
        ("provider_id", world.provider.clone()),
        ("call_id", world.call.clone()),
        ("code", world.elsewhere.clone()),
    ];
    let mut name = |parameter: &'static str, value: String| named.insert(0, (parameter, value));
    let (mut version, mut query) = (None, String::new());
    let place = |name: &str| json!({ "kind": "location", "name": name });
    let body = match operation.id.as_str() {
        "set_up" => {
            json!({ "code": "AAAA-BBBB", "username": "second", "display_name": "Second", "password": PASSWORD })
        }
        "register" => json!({
            "username": format!("new-{}", someone.username), "display_name": "New", "password": PASSWORD,
            "invitation": world.elsewhere,
        }),
        "login" => json!({ "username": "victim", "password": PASSWORD }),
        "update_me" => json!({ "email": "somebody@example.org" }),
        "revoke_device" => {
            // One of their own; a visitor has none to name.
            let devices = match &someone.client.token {
                Some(_) => someone.client.get("/auth/sessions").await.ok(),
                None => world.gm.client.get("/auth/sessions").await.ok(),
            };
            let device = devices.as_array().expect("devices").iter().find(|device| device["current"] == true);
            name("device_id", id(device.expect("this device")));
            json!({})
        }
        "create_access_token" => json!({ "name": "New", "scope": "read" }),
        "revoke_access_token" => {
            // One of their own; a visitor has none to name.
            let owner = if someone.client.token.is_some() { &someone.client } else { gm };
            let made = owner.post("/auth/tokens", json!({ "name": "Passing", "scope": "read" })).await.created();
            name("token_id", id(&made["access_token"]));
            json!({})
        }
        "ask_canon" => json!({ "question": "Who lives in the vale?" }),
        "create_campaign" => json!({ "name": "New" }),
        "update_campaign" => {
            version = gm.get(&format!("/campaigns/{campaign}")).await.ok()["version"].as_i64();
            json!({ "description": "Changed" })
        }
        "delete_campaign" => {
            version = Some(1);
            if someone.username == "gm" {
                name("campaign_id", gm.campaign("Short").await);
            }
            json!({})
        }
        "update_member" => json!({ "role": "observer" }),
        "remove_member" => {
            join(&world.victim, &world.door).await;
            json!({})
        }
        "create_invitation" => json!({ "role": "observer" }),
        "revoke_invitation" => {
            let code = invitation(gm, campaign, "observer").await;
            let list = gm.get(&format!("/campaigns/{campaign}/invitations?limit=200")).await.ok();
            let made = list["items"].as_array().expect("invitations").iter().find(|made| made["code"] == code);
            name("invitation_id", id(made.expect("the new one")));
            json!({})
        }
        "create_entity" => place("New"),
        "replace_entity" | "update_entity" | "delete_entity" | "move_location" => {
            let made = id(&gm.entity(campaign, place("Passing")).await);
            name("entity_id", made.clone());
            name("location_id", made);
            version = Some(1);
            match operation.id.as_str() {
                "replace_entity" => place("Replaced"),
                "update_entity" => json!({ "summary": "Changed" }),
                "move_location" => json!({ "parent_id": world.location }),
                _ => json!({}),
            }
        }
        "get_entity_version" | "get_fact_version" | "get_relationship_version" => {
            name("version", "1".to_owned());
            json!({})
        }
        "restore_entity_version" => {
            let made = id(&gm.entity(campaign, place("Passing")).await);
            name("entity_id", made);
            name("version", "1".to_owned());
            version = Some(1);
            json!({})
        }
        "restore_entity" => {
            let made = id(&gm.entity(campaign, place("Passing")).await);
            gm.delete(&format!("/entities/{made}"), 1).await.no_content();
            name("entity_id", made);
            json!({})
        }
        "restore_fact" => {
            let made = fact(gm, campaign, &world.location).await;
            gm.delete(&format!("/facts/{made}"), 1).await.no_content();
            name("fact_id", made);
            json!({})
        }
        "restore_relationship" => {
            let made = relate(gm, campaign, &world.character, &world.location).await;
            gm.delete(&format!("/relationships/{made}"), 1).await.no_content();
            name("relationship_id", made);
            json!({})
        }
        "create_fact" => json!({ "subject_id": world.location, "predicate": "is", "text": "It turns." }),
        "update_fact" | "delete_fact" => {
            name("fact_id", fact(gm, campaign, &world.location).await);
            version = Some(1);
            json!({ "text": "Changed" })
        }
        "reveal_fact" => json!({ "to": [{ "type": "character", "id": world.character }] }),
        "reveal_facts" => {
            json!({ "fact_ids": [world.fact], "to": [{ "type": "character", "id": world.character }] })
        }
        "replace_calendar" => {
            let stored = gm.get(&format!("/campaigns/{campaign}/calendar")).await.ok();
            version = stored["version"].as_i64();
            json!({ "definition": stored["definition"], "present": 60 })
        }
        "read_date" => {
            query = "?minute=60".to_owned();
            json!({})
        }
        "create_relationship" => json!({ "from_id": world.character, "to_id": world.location, "kind": "fears" }),
        "update_relationship" | "delete_relationship" => {
            name("relationship_id", relate(gm, campaign, &world.character, &world.location).await);
            version = Some(1);
            json!({ "note": "Changed" })
        }
        "delete_media" => {
            name("media_id", picture(gm, campaign).await);
            json!({})
        }
        "update_character" => {
            version = gm.get(&format!("/characters/{}", world.character)).await.ok()["entity"]["version"].as_i64();
            json!({ "goals": "Home" })
        }
        "create_system" => json!({ "key": format!("by-{}", someone.username), "name": "New", "schema": {} }),
        "get_system" => {
            name("key", "d20".into());
            json!({})
        }
        "replace_system" | "delete_system" => {
            let (key, path) = (format!("of-{}", someone.username), format!("/campaigns/{campaign}/systems"));
            let own = json!({ "key": key, "name": "Own", "schema": {} });
            if gm.get(&format!("{path}/{key}")).await.status == reqwest::StatusCode::NOT_FOUND {
                gm.post(&path, own.clone()).await.created();
            }
            version = gm.get(&format!("{path}/{key}")).await.ok()["version"].as_i64();
            name("key", key);
            own
        }
        "choose_system" => json!({ "key": null }),
        "create_character_relationship" => json!({ "to_id": world.location, "kind": "fears" }),
        "delete_relationship_state" => {
            let made = relate(gm, campaign, &world.character, &world.location).await;
            gm.patch(&format!("/relationships/{made}"), 1, json!({ "story_time": 60, "strength": 1 })).await.ok();
            name("relationship_id", made);
            version = Some(2);
            query = "?since=60".to_owned();
            json!({})
        }
        "find_job" | "cancel_job" => {
            // Who is not signed in cannot ask for one.
            let own = someone.client.post("/campaigns/import", json!({})).await;
            let begun = if own.status == 202 { own } else { gm.post("/campaigns/import", json!({})).await };
            name("job_id", begun.body["job_id"].as_str().expect("a job").to_owned());
            json!({})
        }
        "create_proposals" => json!({ "proposals": [
            { "target_type": "entity", "operation": "create", "change": place("Suggested") },
        ] }),
        "get_proposal" | "accept_proposal" | "reject_proposal" | "undo_proposal" => {
            let made = proposal(&world.player.client, campaign).await;
            if operation.id == "undo_proposal" {
                gm.post(&format!("/proposals/{made}/reject"), json!({})).await.ok();
            }
            name("proposal_id", made);
            json!({})
        }
        "replace_proposal_policy" => {
            let rules = gm.get(&format!("/campaigns/{campaign}/proposals/policy")).await.ok();
            version = rules["version"].as_i64();
            json!({ "rules": [{ "author": "import", "target_type": "fact", "decision": "accept" }] })
        }
        "create_map" => json!({ "name": "New", "media_id": world.picture }),
        "update_map" | "delete_map" => {
            name("map_id", map(gm, campaign, &world.picture).await);
            version = Some(1);
            json!({ "name": "Changed" })
        }
        "create_pin" => json!({ "x": 0.5, "y": 0.5, "label": "Here" }),
        "update_pin" | "delete_pin" => {
            name("pin_id", pin(gm, &world.map).await);
            version = Some(1);
            json!({ "x": 0.25 })
        }
        "create_table" => json!({ "name": format!("New of {}", someone.username), "rows": [{ "text": "x" }] }),
        "update_table" | "delete_table" => {
            name("table_id", table(gm, campaign).await);
            version = Some(1);
            json!({ "description": "Changed" })
        }
        "create_plot" => json!({ "name": "New" }),
        "set_plot_progress"
        | "set_plot_links"
        | "add_plot_dependency"
        | "add_milestone"
        | "add_hook"
        | "remove_plot_dependency"
        | "update_milestone"
        | "delete_milestone"
        | "update_hook"
        | "delete_hook" => {
            let made = plot(gm, campaign).await;
            let part = |list: &str| id(&made[list][0]);
            name("milestone_id", part("milestones"));
            name("hook_id", part("foreshadowing"));
            name("needs_id", world.plot.clone());
            version = Some(1);
            if operation.id == "remove_plot_dependency" {
                wait(gm, &id(&made), &world.plot).await;
                version = Some(2);
            }
            name("plot_id", id(&made));
            match operation.id.as_str() {
                "set_plot_progress" => json!({ "progress": 5 }),
                "set_plot_links" => json!({ "links": [] }),
                "add_plot_dependency" => json!({ "needs_id": world.plot }),
                "update_milestone" => json!({ "done": true }),
                "update_hook" => json!({ "planted": true }),
                _ => json!({ "text": "New" }),
            }
        }
        "test_lorebook" => json!({ "text": "Anything" }),
        "set_lore_rule" => {
            name("entity_id", id(&gm.entity(campaign, place("Told")).await));
            version = Some(0);
            json!({ "keys": ["told"] })
        }
        "delete_lore_rule" => {
            let told = id(&gm.entity(campaign, place("Told")).await);
            gm.put(&format!("/entities/{told}/lorebook"), 0, json!({ "keys": ["told"] })).await.ok();
            name("entity_id", told);
            version = Some(1);
            json!({})
        }
        "find_path" => {
            query = format!("?from={}&to={}", world.character, world.location);
            json!({})
        }
        "create_session" => json!({ "kind": "game", "title": "New" }),
        "start_session" => {
            name("session_id", planned(gm, campaign).await);
            json!({})
        }
        "end_session" => {
            name("session_id", game(gm, campaign).await);
            json!({})
        }
        "join_session" => {
            let character = id(&gm.entity(campaign, ready_made("Passing")).await);
            json!({ "character_id": character })
        }
        "roll_in_session" | "roll_dice" => json!({ "notation": "1d6" }),
        "use_item" => json!({ "character_id": world.character, "item": "a thing nobody has" }),
        "move_party" => json!({ "location_id": world.location }),
        "chat" => {
            name("session_id", game(gm, campaign).await);
            json!({ "text": "Is anybody there?" })
        }
        "retry_answer" => {
            let game = game(gm, campaign).await;
            let generation = answered(gm, &game).await;
            name("session_id", game);
            json!({ "generation_id": generation })
        }
        "cancel_answer" => json!({ "generation_id": world.generation }),
        "create_ai_provider" => json!({ "name": "New", "base_url": "http://127.0.0.1:9/v1", "model": "none" }),
        "update_ai_provider" | "delete_ai_provider" => {
            let others = world.admin.client.get("/ai/providers").await.ok()["items"].as_array().map_or(0, Vec::len);
            name("provider_id", provider(&world.admin.client, &format!("{} {others}", operation.id)).await);
            version = Some(1);
            json!({ "model": "changed" })
        }
        "test_ai_provider" => json!({ "base_url": "http://127.0.0.1:9/v1", "model": "none" }),
        "replace_ai_routes" => json!({ "narrate": [] }),
        "replace_ai_budget" => {
            json!({ "scope": "campaign", "scope_id": campaign, "period": "month", "limit_calls": 1_000_000 })
        }
        "list_ai_calls" | "list_ai_budgets" | "find_ai_usage" | "list_ai_outbound" => {
            query = format!("?campaign_id={campaign}");
            json!({})
        }
        _ => json!({}),
    };

    let mut path = operation.path.clone();
    while let Some((start, end)) = path.find('{').zip(path.find('}')) {
        let parameter = &path[start + 1..end];
        let (_, value) = named.iter().find(|(known, _)| *known == parameter).unwrap_or_else(|| panic!("a {parameter}"));
        path.replace_range(start..=end, value);
    }
    let mut request = someone.client.request(operation.method.clone(), &format!("{path}{query}"));
    if operation.method != reqwest::Method::GET && operation.method != reqwest::Method::DELETE {
        request = if operation.id == "upload_media" { request.body(PICTURE) } else { request.json(&body) };
    }
    if let Some(version) = version {
        request = request.header("if-match", format!("\"{version}\""));
    }
    if operation.id == "refresh" {
        request = request.header("x-skald", "1").header("cookie", &someone.cookie);
    }
    request
}
