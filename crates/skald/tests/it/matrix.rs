//! Who may do what: every operation of the API is tried as everybody. A new route fails here until it has its row.

mod foreign;
mod requests;
mod tokens;
mod world;

use requests::request;
use world::{Someone, World};

use crate::support::*;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// It succeeds.
    Yes,
    /// Nobody is kept from it, but it does not fit the present state (409, 410 or 422).
    Let,
    /// 401: sign in first.
    SignIn,
    /// 404: nothing here, or nothing you may know of.
    Hidden,
    /// 403: you may know of it, but not do this.
    Forbidden,
}

use Cell::{Forbidden, Hidden, Let, SignIn, Yes};

/// A visitor; the GM of another campaign; an observer, a player and the GM of the campaign (none of them an admin); and an
/// admin who is no member of it.
const WHO: [&str; 6] = ["anonymous", "stranger", "observer", "player", "gm", "admin"];

const ANYBODY: [Cell; 6] = [Yes; 6];
const SIGNED_IN: [Cell; 6] = [SignIn, Yes, Yes, Yes, Yes, Yes];
const MEMBERS: [Cell; 6] = [SignIn, Hidden, Yes, Yes, Yes, Hidden];
const PLAYERS: [Cell; 6] = [SignIn, Hidden, Forbidden, Yes, Yes, Hidden];
const GM: [Cell; 6] = [SignIn, Hidden, Forbidden, Forbidden, Yes, Hidden];
/// What only game masters know of.
const GM_KNOWS: [Cell; 6] = [SignIn, Hidden, Hidden, Hidden, Yes, Hidden];
const ADMIN: [Cell; 6] = [SignIn, Forbidden, Forbidden, Forbidden, Forbidden, Yes];

/// The table. What ends one's own sign-in stands last.
const EXPECTATIONS: &[(&str, [Cell; 6])] = &[
    // auth
    ("setup_state", ANYBODY),
    ("set_up", [Let; 6]),
    ("register", ANYBODY),
    ("login", ANYBODY),
    // A visitor has no cookie: nobody is signed in, and nothing is told.
    ("refresh", ANYBODY),
    ("list_devices", SIGNED_IN),
    ("list_access_tokens", SIGNED_IN),
    ("create_access_token", SIGNED_IN),
    ("revoke_access_token", SIGNED_IN),
    ("find_me", SIGNED_IN),
    ("update_me", SIGNED_IN),
    ("create_live_ticket", SIGNED_IN),
    // campaigns
    ("list_campaigns", SIGNED_IN),
    ("create_campaign", SIGNED_IN),
    ("find_campaign", MEMBERS),
    ("update_campaign", GM),
    ("delete_campaign", GM),
    ("list_members", MEMBERS),
    ("update_member", GM),
    // Somebody else; leaving is everybody's right and has its own test.
    ("remove_member", GM),
    ("list_invitations", GM),
    ("create_invitation", GM),
    ("revoke_invitation", GM),
    ("preview_invitation", ANYBODY),
    ("accept_invitation", SIGNED_IN),
    // canon
    ("list_entities", MEMBERS),
    ("create_entity", GM),
    ("get_entity", MEMBERS),
    ("replace_entity", GM),
    ("update_entity", GM),
    ("delete_entity", GM),
    ("list_backlinks", MEMBERS),
    ("get_character", MEMBERS),
    // Whoever plays it may too, and has their own test.
    ("update_character", GM),
    ("list_systems", MEMBERS),
    ("create_system", GM),
    ("get_system", MEMBERS),
    ("replace_system", GM),
    ("delete_system", GM),
    ("choose_system", GM),
    // Versions hold what is secret.
    ("list_entity_history", GM),
    ("get_entity_version", GM),
    ("restore_entity_version", GM),
    ("list_fact_history", GM),
    ("get_fact_version", GM),
    ("list_relationship_versions", GM),
    ("get_relationship_version", GM),
    ("list_trash", GM),
    // What was deleted is not there for others.
    ("restore_entity", [SignIn, Hidden, Hidden, Hidden, Yes, Hidden]),
    ("restore_fact", [SignIn, Hidden, Hidden, Hidden, Yes, Hidden]),
    ("restore_relationship", [SignIn, Hidden, Hidden, Hidden, Yes, Hidden]),
    ("list_audit", GM),
    ("list_locations", MEMBERS),
    ("list_location_children", MEMBERS),
    ("move_location", GM),
    ("list_facts", MEMBERS),
    ("create_fact", GM),
    ("get_fact", MEMBERS),
    ("update_fact", GM),
    ("delete_fact", GM),
    ("reveal_fact", GM),
    ("reveal_facts", GM),
    ("find_calendar", MEMBERS),
    ("replace_calendar", GM),
    ("read_date", MEMBERS),
    ("list_relationships", MEMBERS),
    ("create_relationship", GM),
    ("get_relationship", MEMBERS),
    ("update_relationship", GM),
    ("delete_relationship", GM),
    ("list_proposals", MEMBERS),
    ("create_proposals", PLAYERS),
    // One of the player's own.
    ("get_proposal", [SignIn, Hidden, Hidden, Yes, Yes, Hidden]),
    ("accept_proposal", [SignIn, Hidden, Hidden, Forbidden, Yes, Hidden]),
    ("reject_proposal", [SignIn, Hidden, Hidden, Forbidden, Yes, Hidden]),
    ("undo_proposal", [SignIn, Hidden, Hidden, Forbidden, Yes, Hidden]),
    ("accept_all_proposals", GM),
    ("reject_all_proposals", GM),
    ("get_proposal_policy", MEMBERS),
    ("replace_proposal_policy", GM),
    ("search_campaign", MEMBERS),
    ("ask_canon", MEMBERS),
    ("suggest_names", MEMBERS),
    ("list_media", MEMBERS),
    ("upload_media", PLAYERS),
    // One that everybody sees.
    ("get_media", MEMBERS),
    // One that nothing shows, put in by the game master.
    ("delete_media", [SignIn, Hidden, Hidden, Hidden, Yes, Hidden]),
    ("list_character_relationships", MEMBERS),
    ("create_character_relationship", GM),
    ("list_relationship_states", MEMBERS),
    ("delete_relationship_state", GM),
    ("list_maps", MEMBERS),
    ("create_map", GM),
    ("get_map", MEMBERS),
    ("update_map", GM),
    ("delete_map", GM),
    ("create_pin", GM),
    ("update_pin", GM),
    ("delete_pin", GM),
    ("list_tables", GM),
    ("create_table", GM),
    ("get_table", GM_KNOWS),
    ("update_table", GM_KNOWS),
    ("delete_table", GM_KNOWS),
    ("roll_table", GM_KNOWS),
    ("list_table_rolls", GM_KNOWS),
    ("list_plots", GM),
    ("create_plot", GM),
    ("list_plot_reminders", GM),
    // One that everybody sees as an entity.
    ("get_plot", GM),
    ("find_plot_status", GM),
    ("set_plot_progress", GM),
    ("set_plot_links", GM),
    ("add_plot_dependency", GM),
    ("remove_plot_dependency", GM),
    ("add_milestone", GM),
    ("update_milestone", GM),
    ("delete_milestone", GM),
    ("add_hook", GM),
    ("update_hook", GM),
    ("delete_hook", GM),
    ("list_lorebook", GM),
    ("test_lorebook", GM),
    ("get_lore_rule", GM),
    ("set_lore_rule", GM),
    ("delete_lore_rule", GM),
    ("find_graph", MEMBERS),
    ("find_path", MEMBERS),
    ("analyse_graph", MEMBERS),
    // exchange
    ("export_campaign", GM),
    ("import_campaign", SIGNED_IN),
    ("import_vault", GM),
    // One that they asked for.
    ("find_job", SIGNED_IN),
    ("cancel_job", SIGNED_IN),
    // sessions and play
    ("list_sessions", MEMBERS),
    ("create_session", PLAYERS),
    ("find_session", MEMBERS),
    ("list_entries", MEMBERS),
    // Sessions that the GM planned; a player may do this with their own.
    ("start_session", GM),
    ("end_session", GM),
    ("list_ready_made", MEMBERS),
    ("join_session", PLAYERS),
    ("leave_session", PLAYERS),
    ("find_game_state", MEMBERS),
    ("roll_in_session", PLAYERS),
    // They carry no such thing.
    ("use_item", [SignIn, Hidden, Forbidden, Let, Let, Hidden]),
    // There is no way there.
    ("move_party", [SignIn, Hidden, Forbidden, Let, Let, Hidden]),
    ("roll_dice", SIGNED_IN),
    ("chat", PLAYERS),
    ("retry_answer", PLAYERS),
    ("cancel_answer", PLAYERS),
    // AI
    ("list_ai_providers", ADMIN),
    ("create_ai_provider", ADMIN),
    ("find_ai_provider", ADMIN),
    ("update_ai_provider", ADMIN),
    ("delete_ai_provider", ADMIN),
    ("test_ai_provider", ADMIN),
    ("find_ai_routes", ADMIN),
    ("replace_ai_routes", ADMIN),
    ("list_ai_models", SIGNED_IN),
    ("list_ai_budgets", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    ("replace_ai_budget", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    ("find_ai_usage", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    ("list_ai_outbound", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    ("list_ai_calls", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    ("find_ai_call", [SignIn, Hidden, Forbidden, Forbidden, Yes, Yes]),
    // The end of one's own sign-in.
    ("revoke_device", SIGNED_IN),
    ("revoke_other_devices", SIGNED_IN),
    ("logout", SIGNED_IN),
];

/// An operation of the API's own description.
#[derive(Clone, Debug)]
struct Operation {
    id: String,
    method: reqwest::Method,
    /// Below `/api/v1`, with its parameters in braces.
    path: String,
    /// Whether the description says that a token is needed.
    secured: bool,
}

async fn operations(app: &TestApp) -> Vec<Operation> {
    let description = app.anonymous().get("/openapi.json").await.ok();
    let mut operations = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            operations.push(Operation {
                id: operation["operationId"].as_str().expect("an operation id").to_owned(),
                method: method.to_uppercase().parse().expect("a method"),
                path: path.strip_prefix("/api/v1").expect("below /api/v1").to_owned(),
                secured: operation["security"].as_array().is_some_and(|needs| !needs.is_empty()),
            });
        }
    }
    operations
}

/// What is wrong with an answer, if it is not what the cell says.
fn wrong(answer: &Answer, cell: Cell) -> bool {
    let code = answer.body["error_code"].as_str().unwrap_or_default();
    !match cell {
        Yes => answer.status.is_success(),
        Let => matches!(answer.status.as_u16(), 409 | 410 | 422),
        SignIn => answer.status == 401 && code == "sign_in_needed",
        Hidden => answer.status == 404 && code == "not_found",
        Forbidden => answer.status == 403 && code == "forbidden",
    }
}

#[db_test]
async fn every_operation_has_its_row_and_every_row_its_operation(app: TestApp) {
    let operations = operations(&app).await;
    let rows: Vec<&str> = EXPECTATIONS.iter().map(|(id, _)| *id).collect();
    let missing: Vec<&str> = operations.iter().map(|o| o.id.as_str()).filter(|id| !rows.contains(id)).collect();
    assert!(missing.is_empty(), "operations without a row in EXPECTATIONS: {missing:?}");
    let gone: Vec<&&str> = rows.iter().filter(|id| operations.iter().all(|o| o.id != **id)).collect();
    assert!(gone.is_empty(), "rows of EXPECTATIONS without an operation: {gone:?}");
    assert_eq!(rows.len(), operations.len(), "a row twice");
    for operation in &operations {
        let (_, cells) = EXPECTATIONS.iter().find(|(id, _)| *id == operation.id).expect("a row");
        assert_eq!(
            operation.secured,
            cells[0] == SignIn,
            "what the description of {} says about signing in",
            operation.id
        );
    }
}

#[db_test]
async fn everybody_may_do_what_the_table_says_and_nothing_else(app: TestApp) {
    let operations = operations(&app).await;
    let world = World::new(&app).await;
    let mut failures = Vec::new();
    for (id, cells) in EXPECTATIONS {
        let Some(operation) = operations.iter().find(|operation| operation.id == *id) else { continue };
        for ((who, someone), cell) in WHO.iter().zip(world.everybody()).zip(cells) {
            let answer = someone.client.send(request(&world, operation, someone).await).await;
            if wrong(&answer, *cell) {
                failures.push(format!("{id} as {who}: {} instead of {cell:?}: {}", answer.status, answer.body));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), EXPECTATIONS.len() * WHO.len(), failures.join("\n"));
}
