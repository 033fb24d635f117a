//! An evening of play, as browsers see it: sessions, the game master's answers, rules, failures, retries.

mod answers;
mod failures;

use serde_json::Map;
use skald_models::wire_server::{Script, WireServer};

use crate::support::*;

/// A campaign with the demo world, its GM, two players with characters, and a running session.
pub(super) struct Table {
    app: TestApp,
    gm: Client,
    ann: Client,
    bo: Client,
    campaign: String,
    session: String,
    characters: Vec<Value>,
}

impl Table {
    pub(super) async fn set(app: TestApp) -> Self {
        skald::seed::demo(&app.app).await.expect("the demo world");
        let gm = app.admin().await;
        let campaign = id(&gm.get("/campaigns").await.ok()["items"][0]);
        let ann = app.member(&gm, &campaign, "player", "Ann").await;
        let bo = app.member(&gm, &campaign, "player", "Bo").await;
        let session =
            id(&ann.post(&format!("/campaigns/{campaign}/sessions"), json!({ "kind": "game" })).await.created());
        ann.post(&format!("/sessions/{session}/start"), json!({})).await.ok();
        let characters = ann.get(&format!("/campaigns/{campaign}/ready-made")).await.ok()["items"].clone();
        let characters = characters.as_array().expect("characters").clone();
        for (who, character) in [(&ann, &characters[0]), (&bo, &characters[1])] {
            who.post(&format!("/sessions/{session}/join"), json!({ "character_id": character["id"] })).await.ok();
        }
        Self { app, gm, ann, bo, campaign, session, characters }
    }

    fn stream(&self) -> String {
        format!("session:{}", self.session)
    }

    fn at(&self, path: &str) -> String {
        format!("/game/{}/{path}", self.session)
    }

    async fn state(&self) -> Value {
        self.ann.get(&self.at("state")).await.ok()
    }

    async fn entries(&self) -> Vec<Value> {
        let page = self.ann.get(&format!("/sessions/{}/entries?limit=500", self.session)).await.ok();
        page["items"].as_array().expect("entries").clone()
    }

    /// The id of an exit of where the party is.
    async fn exit(&self, name: &str) -> Value {
        let state = self.state().await;
        let exits = state["location"]["exits"].as_array().expect("exits").clone();
        exits.iter().find(|exit| exit["name"] == name).unwrap_or_else(|| panic!("{name} among {exits:?}"))["id"].clone()
    }

    /// Says something and waits for the end of the answer; what came over the socket, in order.
    async fn told(&self, socket: &mut Socket, text: &str) -> Vec<Value> {
        let id = format!("say-{}", self.app.app.ids().next::<uuid::Uuid>());
        socket
            .send(json!({
                "type": "command", "id": id, "stream": self.stream(), "name": "say", "args": { "text": text },
            }))
            .await;
        ending(socket).await
    }

    /// The ids of the entries of the active branch: the newest and its ancestors.
    async fn active(&self) -> Vec<Value> {
        let entries = self.entries().await;
        let mut branch: Vec<Value> = Vec::new();
        let mut next = entries.last().cloned();
        while let Some(entry) = next {
            next = entries.iter().find(|one| one["id"] == entry["parent_id"]).cloned();
            branch.push(entry);
        }
        branch.reverse();
        branch
    }
}

/// Everything up to the end of the running answer.
async fn ending(socket: &mut Socket) -> Vec<Value> {
    let mut came = Vec::new();
    loop {
        let frame = socket.next().await;
        let ended = frame["kind"] == "generation" && frame["data"]["status"] == "ended";
        came.push(frame);
        if ended {
            return came;
        }
    }
}

fn entries_of(frames: &[Value]) -> Vec<Value> {
    frames.iter().filter(|frame| frame["type"] == "entry").map(|frame| frame["entry"].clone()).collect()
}

fn kinds(entries: &[Value]) -> Vec<&str> {
    entries.iter().filter_map(|entry| entry["kind"].as_str()).collect()
}

#[db_test]
async fn a_search_of_the_ruined_chapel_streams_rolls_and_changes_the_game_for_both_players(app: TestApp) {
    let t = Table::set(app).await;
    let (mut ann, mut bo) = (t.ann.live().await, t.bo.live().await);
    let snapshot = ann.follow(&t.stream()).await;
    assert!(snapshot["state"]["entries"][0]["text"].as_str().unwrap().contains("Patient Heron"), "{snapshot}");
    bo.follow(&t.stream()).await;
    let chapel = t.exit("The Ruined Chapel").await;
    t.ann.post(&t.at("move"), json!({ "location_id": chapel })).await.created();

    let seen_by_ann = t.told(&mut ann, "I search the ruined chapel for tracks").await;
    let seen_by_bo = ending(&mut bo).await;
    assert_eq!(entries_of(&seen_by_ann), entries_of(&seen_by_bo), "both see the same entries");

    let entries = entries_of(&seen_by_bo);
    assert!(kinds(&entries).contains(&"roll"), "{:?}", kinds(&entries));
    let narration: Vec<_> = entries.iter().filter(|entry| entry["kind"] == "narration").collect();
    assert!(narration.iter().all(|entry| entry["data"]["label"] == "oracle (no model)"));
    assert_eq!(narration.last().unwrap()["data"]["final"], true);

    // Word by word: the deltas of each part are exactly what its narration holds.
    for entry in narration {
        let part = &entry["data"]["part"];
        let words: Vec<_> = seen_by_bo
            .iter()
            .filter(|f| f["kind"] == "generation" && f["data"]["status"] == "delta" && f["data"]["part"] == *part)
            .collect();
        assert!(words.len() > 2, "{} pieces", words.len());
        let text: String = words.iter().filter_map(|f| f["data"]["text"].as_str()).collect();
        assert_eq!(text, entry["text"]);
        let mut offset = 0;
        for word in words {
            assert_eq!(word["data"]["offset"], offset);
            offset += word["data"]["text"].as_str().unwrap().chars().count();
        }
    }

    // Numbers without gaps, each behind the one before.
    let log = t.entries().await;
    for (entry, seq) in log.iter().zip(1..) {
        assert_eq!(entry["seq"], seq);
    }
    assert_eq!(t.active().await.len(), log.len());
}

#[db_test]
async fn the_party_begins_at_the_start_with_its_quest_and_its_things(app: TestApp) {
    let t = Table::set(app).await;
    let state = t.state().await;
    assert_eq!(state["location"]["name"], "The Patient Heron");
    assert_eq!(state["characters"].as_array().unwrap().len(), 2);
    assert_eq!(state["characters"][0]["user_id"], t.ann.id);
    let quest = |status: &str| state["quests"].as_array().unwrap().iter().find(|q| q["status"] == status).cloned();
    assert_eq!(quest("active").unwrap()["title"], "The Lamp Nobody Lit");
    assert!(quest("offered").is_some());
    let cordial = state["characters"][0]["inventory"].as_array().unwrap().iter().find(|i| i["name"] == "Heron Cordial");
    assert_eq!(cordial.unwrap()["usable"], true);
}

#[db_test]
async fn a_character_has_one_player(app: TestApp) {
    let t = Table::set(app).await;
    let join = format!("/sessions/{}/join", t.session);
    let taken = json!({ "character_id": t.characters[0]["id"] });
    t.bo.post(&join, taken.clone()).await.refused(409, "character_taken");
    // Joining again as who one is changes nothing.
    let before = t.entries().await.len();
    t.ann.post(&join, taken).await.ok();
    assert_eq!(t.entries().await.len(), before);
    let npc = t.gm.get(&format!("/campaigns/{}/entities?q=oda", t.campaign)).await.ok();
    t.ann.post(&join, json!({ "character_id": npc["items"][0]["id"] })).await.refused(422, "rule_refused");
    t.ann.post(&join, json!({ "character_id": uuid::Uuid::nil() })).await.refused(404, "not_found");
}

#[db_test]
async fn another_character_comes_and_the_first_leaves_when_a_player_changes_their_mind(app: TestApp) {
    let t = Table::set(app).await;
    t.ann.post(&format!("/sessions/{}/join", t.session), json!({ "character_id": t.characters[2]["id"] })).await.ok();
    let state = t.state().await;
    let names: Vec<_> = state["characters"].as_array().unwrap().iter().map(|c| c["name"].clone()).collect();
    assert_eq!(names, [t.characters[1]["name"].clone(), t.characters[2]["name"].clone()]);
    t.bo.post(&format!("/sessions/{}/leave", t.session), json!({})).await.no_content();
    assert_eq!(t.state().await["characters"].as_array().unwrap().len(), 1);
}

#[db_test]
async fn dice_are_thrown_for_all_and_absurd_ones_are_refused(app: TestApp) {
    let t = Table::set(app).await;
    let entry = t.ann.post(&t.at("roll"), json!({ "notation": "4d6kh3", "purpose": "luck" })).await.created();
    let dice = entry["data"]["dice"].as_array().unwrap();
    assert_eq!(dice.len(), 4);
    let kept: i64 = dice.iter().filter(|d| d["kept"] == true).map(|d| d["value"].as_i64().unwrap()).sum();
    assert_eq!(entry["data"]["total"], kept);
    // The stored seed throws the same dice again.
    let again = json!({ "notation": "4d6kh3", "seed": entry["data"]["seed"] });
    assert_eq!(t.bo.post("/dice/roll", again).await.ok()["dice"], entry["data"]["dice"]);
    for absurd in ["9999999d9999999", "", "2d", "d6 + + 2", "1d6;DROP TABLE", "🎲", "999999999999999999999"] {
        let problem = t.ann.post(&t.at("roll"), json!({ "notation": absurd })).await.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "notation", "{absurd}");
        t.ann.post("/dice/roll", json!({ "notation": absurd })).await.refused(422, "invalid");
    }
}

#[db_test]
async fn a_cordial_heals_and_is_used_up(app: TestApp) {
    let t = Table::set(app).await;
    let who = &t.characters[0]["id"];
    let using = json!({ "character_id": who, "item": "heron cordial" });
    // Nobody wastes it.
    t.ann.post(&t.at("use"), using.clone()).await.refused(422, "rule_refused");
    let server = WireServer::start().await;
    answers::route_to(&t, &server).await;
    let hurt = json!({ "target": who, "amount": "5", "reason": "a fall" });
    server.then(Script::stream(&["You fall."]).tool_call("damage", hurt)).then(Script::stream(&["Ouch."]));
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    t.told(&mut ann, "I jump").await;
    let hurt = t.state().await["characters"][0].clone();
    t.ann.post(&t.at("use"), using.clone()).await.created();
    let healed = t.state().await["characters"][0].clone();
    assert!(healed["health"].as_i64() > hurt["health"].as_i64());
    let cordials = |who: &Value| {
        let carried = who["inventory"].as_array().unwrap().iter().find(|item| item["name"] == "Heron Cordial").cloned();
        carried.map_or(0, |item| item["quantity"].as_i64().unwrap())
    };
    assert_eq!(cordials(&healed), cordials(&hurt) - 1);
    let nothing = json!({ "character_id": who, "item": "a thing nobody has" });
    t.ann.post(&t.at("use"), nothing).await.refused(422, "rule_refused");
    let not_mine = json!({ "character_id": t.characters[1]["id"], "item": "Heron Cordial" });
    let problem = t.ann.post(&t.at("use"), not_mine).await.refused(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "not_yours");
}

#[db_test]
async fn the_party_goes_only_where_a_way_leads(app: TestApp) {
    let t = Table::set(app).await;
    let far = t.gm.get(&format!("/campaigns/{}/entities?q=brack cove", t.campaign)).await.ok();
    t.ann.post(&t.at("move"), json!({ "location_id": far["items"][0]["id"] })).await.refused(422, "rule_refused");
    assert_eq!(t.state().await["location"]["name"], "The Patient Heron");
    let cellar = t.exit("The Heron's Cellar").await;
    let entry = t.bo.post(&t.at("move"), json!({ "location_id": cellar })).await.created();
    assert_eq!(entry["data"]["effect"]["type"], "moved");
    assert_eq!(t.state().await["location"]["name"], "The Heron's Cellar");
}

#[db_test]
async fn what_the_party_found_out_is_known_in_the_canon_when_the_session_ends(app: TestApp) {
    let t = Table::set(app).await;
    let mut ann = t.ann.live().await;
    ann.follow(&t.stream()).await;
    let chapel = t.exit("The Ruined Chapel").await;
    t.ann.post(&t.at("move"), json!({ "location_id": chapel.clone() })).await.created();
    let mut clues = Vec::new();
    for _ in 0..12 {
        t.told(&mut ann, "I search the floor for tracks").await;
        clues = t.state().await["clues"].as_array().unwrap().clone();
        if !clues.is_empty() {
            break;
        }
    }
    let clue = clues.first().expect("one of twelve searches finds something");
    let facts = format!("/campaigns/{}/facts?subject_id={}", t.campaign, chapel.as_str().unwrap());
    let knows = async |who: &Client| {
        let page = who.get(&facts).await.ok();
        page["items"].as_array().unwrap().iter().any(|fact| fact["id"] == clue["fact_id"])
    };
    assert!(!knows(&t.ann).await, "not before the end");
    t.ann.post(&format!("/sessions/{}/end", t.session), json!({})).await.ok();
    assert!(knows(&t.ann).await && knows(&t.bo).await);
    let observer = t.app.member(&t.gm, &t.campaign, "observer", "Obs").await;
    assert!(!knows(&observer).await, "who was not there learned nothing");
    t.ann.post(&t.at("chat"), json!({ "text": "hello?" })).await.refused(409, "session_not_running");
    t.ann.post(&format!("/sessions/{}/start", t.session), json!({})).await.refused(409, "session_not_running");
}

#[db_test]
async fn only_its_starter_or_the_gm_ends_a_session(app: TestApp) {
    let t = Table::set(app).await;
    let end = format!("/sessions/{}/end", t.session);
    t.bo.post(&end, json!({})).await.refused(403, "forbidden");
    t.gm.post(&end, json!({})).await.ok();
}

#[db_test]
async fn bad_messages_are_refused_and_nothing_is_appended(app: TestApp) {
    let t = Table::set(app).await;
    let before = t.entries().await.len();
    let chat = t.at("chat");
    t.ann.post(&chat, json!({ "text": "  " })).await.refused(422, "invalid");
    t.ann.post(&chat, json!({ "text": "x".repeat(4_001) })).await.refused(422, "invalid");
    t.ann.post(&chat, json!({ "text": "x", "mood": "angry" })).await.refused(422, "invalid");
    let other = json!({ "text": "x", "character_id": t.characters[1]["id"] });
    t.ann.post(&chat, other).await.refused(422, "invalid");
    t.ann.post(&format!("/game/{}/chat", uuid::Uuid::nil()), json!({ "text": "x" })).await.refused(404, "not_found");
    let planned =
        id(&t.ann.post(&format!("/campaigns/{}/sessions", t.campaign), json!({ "kind": "game" })).await.created());
    t.ann.post(&format!("/game/{planned}/chat"), json!({ "text": "x" })).await.refused(409, "session_not_running");
    assert_eq!(t.entries().await.len(), before);
}

#[db_test]
async fn a_campaign_without_a_world_can_still_be_played(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Empty").await;
    let mut fields = Map::new();
    fields.insert("ready_made".into(), json!(true));
    let pc =
        gm.entity(&campaign, json!({ "kind": "character", "subtype": "pc", "name": "Nobody", "fields": fields })).await;
    let session = id(&gm.post(&format!("/campaigns/{campaign}/sessions"), json!({ "kind": "game" })).await.created());
    gm.post(&format!("/sessions/{session}/start"), json!({})).await.ok();
    gm.post(&format!("/sessions/{session}/join"), json!({ "character_id": pc["id"] })).await.ok();
    let mut socket = gm.live().await;
    let stream = format!("session:{session}");
    socket.follow(&stream).await;
    socket.command("1", &stream, "say", json!({ "text": "Where am I?" })).await;
    let last = entries_of(&ending(&mut socket).await).pop().expect("an answer");
    assert_eq!(last["data"]["status"], "complete", "{last}");
}
