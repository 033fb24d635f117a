//! The tools and their arguments.

use http::request::Parts;
use rmcp::{
    ErrorData, ServerHandler,
    handler::server::{router::tool::ToolRouter, tool::Extension, wrapper::Parameters},
    model::{CallToolResult, Implementation, ServerCapabilities, ServerConfig},
    schemars::{self, JsonSchema},
    tool, tool_handler, tool_router,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use skald_kernel::Error;
use skald_platform::App;
use skald_play::dice::Dice;
use uuid::Uuid;

use super::inside::{Ask, Inside};

const INSTRUCTIONS: &str = "Skald keeps the canon of role-playing campaigns: entities (characters, places, factions, items, \
    quests, lore), facts about them, and the sessions played. You see what your user may know. Begin with list_campaigns; \
    find things with search_canon, then read_entity and list_facts by their ids. You change nothing yourself: suggest_change \
    puts a change before the game master. Lists come in pages: hand next_cursor back as cursor.";

/// What an assistant may do.
#[derive(Clone)]
pub(super) struct Tools {
    app: App,
    inside: Inside,
    tool_router: ToolRouter<Self>,
}

/// A part of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PageArgs {
    /// How many, 1 to 200.
    limit: Option<u32>,
    /// The next_cursor of the page before.
    cursor: Option<String>,
}

/// A part of a list of a campaign.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CampaignArgs {
    /// The id of the campaign.
    campaign_id: String,
    /// How many, 1 to 200.
    limit: Option<u32>,
    /// The next_cursor of the page before.
    cursor: Option<String>,
}

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchArgs {
    /// The id of the campaign.
    campaign_id: String,
    /// Names (also misspelled), words, or a "phrase in quotes".
    query: String,
    /// Only this kind: character, location, faction, item, quest, lore, event …
    kind: Option<String>,
    /// Only what carries this tag.
    tag: Option<String>,
    /// How many, 1 to 50.
    limit: Option<u32>,
    /// The next_cursor of the page before.
    cursor: Option<String>,
}

/// One entity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EntityArgs {
    /// The id of the entity.
    entity_id: String,
}

/// Facts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactsArgs {
    /// The id of the campaign.
    campaign_id: String,
    /// Only facts about this entity.
    subject_id: Option<String>,
    /// How many, 1 to 200.
    limit: Option<u32>,
    /// The next_cursor of the page before.
    cursor: Option<String>,
}

/// A part of a session's timeline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TimelineArgs {
    /// The id of the session.
    session_id: String,
    /// Only entries with a larger number.
    after_seq: Option<u64>,
    /// Only entries with a smaller number: the newest of these.
    before_seq: Option<u64>,
    /// How many, 1 to 200.
    limit: Option<u32>,
}

/// A throw.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RollArgs {
    /// Such as 2d6+3, 4d6kh3 (keep the highest three), d20 adv, d%, 3d6!
    notation: String,
}

/// What a change is made to.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Target {
    /// An entity of the canon.
    Entity,
    /// A fact about an entity.
    Fact,
    /// A relationship between two entities.
    Relationship,
}

/// What a change does.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Operation {
    /// Makes a new one.
    Create,
    /// Changes one.
    Update,
    /// Takes one out.
    Retire,
}

/// A suggested change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SuggestArgs {
    /// The id of the campaign.
    campaign_id: String,
    /// What is changed.
    target_type: Target,
    /// What is done to it.
    operation: Operation,
    /// The id of what is changed or taken out; leave it out to create.
    target_id: Option<String>,
    /// The fields of the new thing, or those that change. An entity has kind, name, summary, body, tags; a fact has subject_id,
    /// predicate, text; a relationship has from_id, to_id, kind, note. Leave it out to retire.
    #[serde(default)]
    change: Map<String, Value>,
    /// Why the game master should take it.
    reason: String,
    /// The words of a source that it rests on.
    quote: Option<String>,
}

/// An id as a part of an address, if it is one.
fn id(name: &str, text: &str) -> Result<Uuid, ErrorData> {
    let message = || format!("{name} is no id: take one from a list or a search");
    Uuid::try_parse(text.trim()).map_err(|_| ErrorData::invalid_params(message(), None))
}

fn number<T: ToString>(number: Option<T>) -> Option<String> {
    number.map(|number| number.to_string())
}

#[tool_router]
impl Tools {
    pub(super) fn new(app: App, inside: Inside) -> Self {
        Self { app, inside, tool_router: Self::tool_router() }
    }

    /// The campaigns your user is a member of, with their role in each.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn list_campaigns(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<PageArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let ask = Ask::get("/campaigns".into());
        self.inside.ask(&by, ask.with(&[("limit", number(args.limit)), ("cursor", args.cursor)])).await
    }

    /// Finds entities and facts of a campaign by names, words and phrases, best first.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn search_canon(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<SearchArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let ask = Ask::get(format!("/campaigns/{}/search", id("campaign_id", &args.campaign_id)?));
        let ask = ask.with(&[
            ("q", Some(args.query)),
            ("kind", args.kind),
            ("tag", args.tag),
            ("limit", number(args.limit)),
            ("cursor", args.cursor),
        ]);
        self.inside.ask(&by, ask).await
    }

    /// One entity of the canon: its texts, fields, tags and place.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn read_entity(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<EntityArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        self.inside.ask(&by, Ask::get(format!("/entities/{}", id("entity_id", &args.entity_id)?))).await
    }

    /// The facts of a campaign that your user may know, or those about one entity.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn list_facts(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<FactsArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let subject = args.subject_id.map(|subject| id("subject_id", &subject)).transpose()?;
        let ask = Ask::get(format!("/campaigns/{}/facts", id("campaign_id", &args.campaign_id)?));
        let ask = ask.with(&[("subject_id", number(subject)), ("limit", number(args.limit)), ("cursor", args.cursor)]);
        self.inside.ask(&by, ask).await
    }

    /// The sessions of a campaign, newest first.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn list_sessions(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<CampaignArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let ask = Ask::get(format!("/campaigns/{}/sessions", id("campaign_id", &args.campaign_id)?));
        self.inside.ask(&by, ask.with(&[("limit", number(args.limit)), ("cursor", args.cursor)])).await
    }

    /// What happened in a session: messages, narration, rolls, in order. Without numbers, the newest part.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn read_timeline(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<TimelineArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let ask = Ask::get(format!("/sessions/{}/entries", id("session_id", &args.session_id)?));
        let ask = ask.with(&[
            ("after_seq", number(args.after_seq)),
            ("before_seq", number(args.before_seq)),
            ("limit", number(args.limit)),
        ]);
        self.inside.ask(&by, ask).await
    }

    /// Throws dice outside of any session. The numbers are the server's, with the seed that gives them again.
    #[tool(annotations(read_only_hint = true, open_world_hint = false))]
    async fn roll_dice(&self, Parameters(args): Parameters<RollArgs>) -> Result<CallToolResult, ErrorData> {
        let dice = match Dice::parse(&args.notation) {
            Ok(dice) => dice,
            Err(error) => return Ok(refused(&error)),
        };
        let roll = dice.roll(self.app.seeds().seed());
        let roll = serde_json::to_value(roll).map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        Ok(CallToolResult::structured(roll))
    }

    /// Suggests a change of the canon. The game master decides about it, unless the campaign has another rule.
    #[tool(annotations(read_only_hint = false, destructive_hint = false, open_world_hint = false))]
    async fn suggest_change(
        &self,
        Extension(by): Extension<Parts>,
        Parameters(args): Parameters<SuggestArgs>,
    ) -> Result<CallToolResult, ErrorData> {
        let target = args.target_id.map(|target| id("target_id", &target)).transpose()?;
        let evidence = args.quote.map(|quote| json!({ "kind": "text", "quote": quote }));
        let mut proposal = json!({
            "target_type": args.target_type, "operation": args.operation, "change": args.change,
            "reason": args.reason, "evidence": evidence.into_iter().collect::<Vec<_>>(),
        });
        if let Some(target) = target {
            proposal["target_id"] = json!(target);
        }
        let path = format!("/campaigns/{}/proposals", id("campaign_id", &args.campaign_id)?);
        self.inside.ask(&by, Ask::post(path, json!({ "proposals": [proposal] }))).await
    }
}

fn refused(error: &Error) -> CallToolResult {
    let said = json!({ "error_code": error.code().as_str(), "detail": error.detail(), "errors": error.fields() });
    CallToolResult::structured_error(said)
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("skald", env!("CARGO_PKG_VERSION")).with_title("Skald"))
            .with_instructions(INSTRUCTIONS)
    }
}
