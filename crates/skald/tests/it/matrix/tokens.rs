//! Personal access tokens, tried on every operation: none allows more than its owner may do.

use super::{
    ADMIN, Cell, EXPECTATIONS, SignIn, foreign::names_something, operations, requests::request, world::World, wrong,
};
use crate::support::*;

/// What no token does, whoever owns it.
const IN_PERSON: [&str; 9] = [
    "list_devices",
    "revoke_device",
    "revoke_other_devices",
    "logout",
    "update_me",
    "create_live_ticket",
    "list_access_tokens",
    "create_access_token",
    "revoke_access_token",
];

fn code(answer: &Answer) -> &str {
    answer.body["error_code"].as_str().unwrap_or_default()
}

#[db_test]
async fn a_token_allows_what_its_owner_may_do_and_never_more(app: TestApp) {
    let operations = operations(&app).await;
    let world = World::new(&app).await;
    let mut failures = Vec::new();
    for (column, owner) in world.everybody().into_iter().enumerate().skip(1) {
        let writes = owner.client.access_token(json!({ "name": "Writes", "scope": "write" })).await;
        let reads = owner.client.access_token(json!({ "name": "Reads", "scope": "read" })).await;
        for (id, cells) in EXPECTATIONS.iter().filter(|(_, cells)| cells[0] == SignIn) {
            let Some(operation) = operations.iter().find(|operation| operation.id == *id) else { continue };
            let in_person = IN_PERSON.contains(id) || *cells == ADMIN;
            for token in [&reads, &writes] {
                let answer = owner.client.with_token(token).send_as_mine(request(&world, operation, owner).await).await;
                let fits = if in_person {
                    answer.status == 403 && code(&answer) == "sign_in_for_this"
                } else if token == &reads && operation.method != reqwest::Method::GET {
                    answer.status == 403 && code(&answer) == "token_read_only"
                } else {
                    // What an admin may as such, their token may not.
                    let less = owner.username == "admin" && matches!(answer.status.as_u16(), 403 | 404);
                    less || !wrong(&answer, cells[column])
                };
                if !fits {
                    let which = if token == &reads { "reading" } else { "writing" };
                    let (who, status) = (&owner.username, answer.status);
                    failures.push(format!("{id} through the {which} token of {who}: {status} {}", answer.body));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[db_test]
async fn a_token_for_one_campaign_finds_nothing_of_another(app: TestApp) {
    let world = World::new(&app).await;
    let gm = &world.gm;
    let elsewhere = gm.client.campaign("Second").await;
    let token = json!({ "name": "One", "scope": "write", "campaign_id": elsewhere });
    let one = gm.client.with_token(&gm.client.access_token(token).await);
    let mut failures = Vec::new();
    let mut tried = 0;
    for operation in operations(&app).await.iter().filter(|operation| operation.secured) {
        let answer = one.send_as_mine(request(&world, operation, gm).await).await;
        let owned = names_something(&operation.path);
        let (_, cells) = EXPECTATIONS.iter().find(|(id, _)| *id == operation.id).expect("a row");
        let fits = match (IN_PERSON.contains(&operation.id.as_str()) || *cells == ADMIN, owned) {
            (true, _) => code(&answer) == "sign_in_for_this",
            (false, true) => !wrong(&answer, Cell::Hidden) || code(&answer) == "token_restricted",
            // What names no campaign by its address is cut down to the one, or refused.
            (false, false) if answer.status == 200 => !answer.body.to_string().contains(&world.campaign),
            (false, false) => matches!(answer.status.as_u16(), 403 | 404),
        };
        tried += usize::from(owned);
        if !fits {
            failures.push(format!("{}: {} {}", operation.id, answer.status, answer.body));
        }
    }
    assert!(tried > 30, "{tried}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
