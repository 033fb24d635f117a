//! The Model Context Protocol, spoken as its clients speak it.

use reqwest::{Method, header};

use crate::support::*;

/// Somebody with an assistant.
struct Assistant(Client);

impl Assistant {
    async fn of(client: &Client, scope: &str) -> Self {
        Self(client.with_token(&client.access_token(json!({ "name": "Assistant", "scope": scope })).await))
    }

    async fn send(&self, message: Value) -> Answer {
        let request =
            self.0.request(Method::POST, "/mcp").header(header::ACCEPT, "application/json, text/event-stream");
        self.0.send(request.header("mcp-protocol-version", "2025-06-18").json(&message)).await
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        self.send(json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })).await.ok()
    }

    /// What a tool says, and whether it is a refusal.
    async fn call(&self, tool: &str, arguments: Value) -> (bool, Value) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("a text in {answer}"));
        assert_eq!(serde_json::from_str::<Value>(text).expect("JSON"), result["structuredContent"]);
        (result["isError"] == true, result["structuredContent"].clone())
    }

    async fn done(&self, tool: &str, arguments: Value) -> Value {
        let (refused, said) = self.call(tool, arguments).await;
        assert!(!refused, "{tool}: {said}");
        said
    }

    async fn refused(&self, tool: &str, arguments: Value) -> String {
        let (refused, said) = self.call(tool, arguments).await;
        assert!(refused, "{tool}: {said}");
        assert!(said["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{said}");
        said["error_code"].as_str().expect("a code").to_owned()
    }
}

/// A campaign with a mill that everybody knows, a crypt that only the game master does, and a secret about the mill.
struct Vale {
    gm: Client,
    player: Client,
    campaign: String,
    mill: String,
    crypt: String,
}

async fn vale(app: &TestApp) -> Vale {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Mira").await;
    let mill = id(&gm.entity(&campaign, json!({ "kind": "location", "name": "Old Mill" })).await);
    let hidden = json!({ "kind": "location", "name": "Crypt of Orsa", "visibility": "gm" });
    let crypt = id(&gm.entity(&campaign, hidden).await);
    for (words, knowers) in [("The mill grinds bones.", json!([])), ("It stands.", json!([{ "type": "everyone" }]))] {
        let fact = json!({ "subject_id": mill, "predicate": "is", "text": words, "knowers": knowers });
        gm.post(&format!("/campaigns/{campaign}/facts"), fact).await.created();
    }
    Vale { gm, player, campaign, mill, crypt }
}

#[db_test]
async fn an_assistant_introduces_itself_and_learns_the_tools(app: TestApp) {
    let assistant = Assistant::of(&app.admin().await, "read").await;
    let hello = json!({
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
    });
    let answer = assistant.ask("initialize", hello).await;
    assert_eq!(answer["result"]["serverInfo"]["name"], "skald", "{answer}");
    assert!(answer["result"]["instructions"].as_str().unwrap().contains("list_campaigns"));
    let ready = assistant.send(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    assert_eq!(ready.status, 202);
    let answer = assistant.ask("tools/list", json!({})).await;
    let tools = answer["result"]["tools"].as_array().unwrap();
    let mut names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    let wanted = [
        "list_campaigns",
        "list_facts",
        "list_sessions",
        "read_entity",
        "read_timeline",
        "roll_dice",
        "search_canon",
        "suggest_change",
    ];
    assert_eq!(names, wanted);
    for tool in tools {
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 30), "{tool}");
        let schema = &tool["inputSchema"];
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)), "{tool}");
        for (name, argument) in schema["properties"].as_object().unwrap() {
            assert!(argument["description"].is_string(), "{name} of {tool}");
        }
        assert_eq!(tool["annotations"]["readOnlyHint"], tool["name"] != "suggest_change");
    }
}

#[db_test]
async fn a_game_masters_assistant_finds_its_way_through_a_campaign(app: TestApp) {
    let v = vale(&app).await;
    let assistant = Assistant::of(&v.gm, "read").await;
    let campaigns = assistant.done("list_campaigns", json!({})).await;
    assert_eq!((&campaigns["items"][0]["id"], &campaigns["items"][0]["role"]), (&json!(v.campaign), &json!("gm")));
    let found = assistant.done("search_canon", json!({ "campaign_id": v.campaign, "query": "crypt & \"orsa\"" })).await;
    assert!(found.to_string().contains(&v.crypt), "{found}");
    let crypt = assistant.done("read_entity", json!({ "entity_id": v.crypt })).await;
    assert_eq!(crypt["name"], "Crypt of Orsa");
    let facts = assistant.done("list_facts", json!({ "campaign_id": v.campaign, "subject_id": v.mill })).await;
    assert_eq!(facts["items"].as_array().unwrap().len(), 2);
    let session =
        id(&v.gm.post(&format!("/campaigns/{}/sessions", v.campaign), json!({ "kind": "game" })).await.created());
    v.gm.post(&format!("/sessions/{session}/start"), json!({})).await.ok();
    let sessions = assistant.done("list_sessions", json!({ "campaign_id": v.campaign, "limit": 5 })).await;
    assert_eq!(sessions["items"][0]["id"], session);
    v.gm.post(&format!("/game/{session}/roll"), json!({ "notation": "1d6" })).await;
    let timeline = assistant.done("read_timeline", json!({ "session_id": session })).await;
    assert!(timeline["items"].is_array(), "{timeline}");
    let roll = assistant.done("roll_dice", json!({ "notation": "2d6+3" })).await;
    assert!((5..=15).contains(&roll["total"].as_i64().unwrap()), "{roll}");
}

#[db_test]
async fn a_players_assistant_finds_no_secret(app: TestApp) {
    let v = vale(&app).await;
    let assistant = Assistant::of(&v.player, "write").await;
    for query in ["Crypt of Orsa", "crypt", "grinds bones", "mill"] {
        let found = assistant.done("search_canon", json!({ "campaign_id": v.campaign, "query": query })).await;
        let said = found.to_string();
        assert!(!said.contains(&v.crypt) && !said.contains("Orsa") && !said.contains("bones"), "{query}: {said}");
    }
    assert_eq!(assistant.refused("read_entity", json!({ "entity_id": v.crypt })).await, "not_found");
    let facts = assistant.done("list_facts", json!({ "campaign_id": v.campaign, "subject_id": v.mill })).await;
    assert_eq!(facts["items"].as_array().unwrap().len(), 1, "{facts}");
    let nothing = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007);
    let (_, one) = assistant.call("read_entity", json!({ "entity_id": v.crypt })).await;
    let (_, other) = assistant.call("read_entity", json!({ "entity_id": nothing })).await;
    assert_eq!(one, other);
}

#[db_test]
async fn an_assistant_suggests_and_the_canon_stays_as_it_is(app: TestApp) {
    let v = vale(&app).await;
    let change = json!({
        "campaign_id": v.campaign, "target_type": "entity", "operation": "update", "target_id": v.mill,
        "change": { "summary": "It burnt down." }, "reason": "The party burnt it.", "quote": "Flames eat the mill.",
    });
    let reads = Assistant::of(&v.player, "read").await;
    assert_eq!(reads.refused("suggest_change", change.clone()).await, "token_read_only");
    let writes = Assistant::of(&v.player, "write").await;
    let made = writes.done("suggest_change", change).await;
    assert_eq!(made["items"][0]["status"], "open", "{made}");
    let proposal = v.gm.get(&format!("/proposals/{}", id(&made["items"][0]))).await.ok();
    assert_eq!(proposal["author"]["user_id"], v.player.id, "{proposal}");
    assert_eq!(v.gm.get(&format!("/entities/{}", v.mill)).await.ok()["version"], 1);
    let hidden = json!({
        "campaign_id": v.campaign, "target_type": "entity", "operation": "update", "target_id": v.crypt,
        "change": { "summary": "Empty." }, "reason": "A guess.",
    });
    let (refused, said) = writes.call("suggest_change", hidden).await;
    assert!(refused && !said.to_string().contains("Orsa"), "{said}");
}

#[db_test]
async fn the_door_opens_to_tokens_alone_and_only_as_far_as_they_reach(app: TestApp) {
    let v = vale(&app).await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let nobody = Assistant(app.anonymous()).send(list.clone()).await;
    assert!(nobody.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Bearer"));
    nobody.refused(401, "sign_in_needed");
    Assistant(v.gm.with_token("skald_pat_00")).send(list.clone()).await.refused(401, "sign_in_needed");
    // Who is signed in may speak it too.
    Assistant(v.gm.clone()).send(list.clone()).await.ok();

    let other = v.gm.campaign("Marsh").await;
    let made = json!({ "name": "One", "scope": "write", "campaign_id": other });
    let made = v.gm.post("/auth/tokens", made).await.created();
    let one = Assistant(v.gm.with_token(made["token"].as_str().unwrap()));
    let campaigns = one.done("list_campaigns", json!({})).await;
    assert_eq!(campaigns["items"].as_array().unwrap().len(), 1);
    assert_eq!(one.refused("list_facts", json!({ "campaign_id": v.campaign })).await, "not_found");
    assert_eq!(one.refused("read_entity", json!({ "entity_id": v.mill })).await, "not_found");
    v.gm.delete(&format!("/auth/tokens/{}", id(&made["access_token"])), None).await.no_content();
    one.send(list).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn what_a_tool_cannot_read_is_said_clearly(app: TestApp) {
    let v = vale(&app).await;
    let assistant = Assistant::of(&v.gm, "read").await;
    let error = async |tool: &str, arguments: Value| {
        let answer = assistant.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        answer.to_string()
    };
    for (tool, arguments, words) in [
        ("read_entity", json!({ "entity_id": "../../users/me" }), "entity_id is no id"),
        ("read_entity", json!({}), "entity_id"),
        ("read_entity", json!({ "entity_id": v.mill, "viewer": "party" }), "viewer"),
        ("list_facts", json!({ "campaign_id": "Vale" }), "campaign_id is no id"),
        ("drop_everything", json!({}), "not found"),
    ] {
        let said = error(tool, arguments).await;
        assert!(said.contains(words), "{tool}: {said}");
    }
    let huge = json!({ "campaign_id": v.campaign, "query": "x", "limit": 100_000 });
    assert_eq!(assistant.refused("search_canon", huge).await, "invalid");
    assert_eq!(assistant.refused("roll_dice", json!({ "notation": "9999d9999" })).await, "invalid");
    let tricky = json!({ "campaign_id": v.campaign, "query": "mill&viewer=party#?limit=1" });
    assistant.done("search_canon", tricky).await;
}
