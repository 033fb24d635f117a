//! The canon through the door: who may change it, and who sees what of it.

mod ask;
mod calendar;
mod characters;
mod entities;
mod facts;
mod graph;
mod history;
mod knowledge;
mod links;
mod locations;
mod lorebook;
mod maps;
mod media;
mod news;
mod passages;
mod plots;
mod proposals;
mod relationships;
mod search;
mod secrets;
mod systems;
mod tables;
mod trash;
mod view_as;

use skald_access::{Member, campaigns};
use skald_kernel::SiteRole;
use skald_platform::Actor;

use crate::support::*;

/// A campaign with its game master, two players who play a character each, and an observer.
struct Table {
    campaign: String,
    gm: Client,
    mira: Client,
    tom: Client,
    watcher: Client,
    /// The character of `mira`.
    mira_pc: String,
    /// The character of `tom`.
    tom_pc: String,
}

impl Table {
    async fn new(app: &TestApp) -> Self {
        let gm = app.admin().await;
        let campaign = gm.campaign("Vale").await;
        let mira = app.member(&gm, &campaign, "player", "Mira").await;
        let tom = app.member(&gm, &campaign, "player", "Tom").await;
        let watcher = app.member(&gm, &campaign, "observer", "Wanda").await;
        let pc = |name: &str| json!({ "kind": "character", "subtype": "pc", "name": name });
        let mira_pc = id(&gm.entity(&campaign, pc("Mira Vane")).await);
        let tom_pc = id(&gm.entity(&campaign, pc("Tom Ash")).await);
        play(app, &mira, &campaign, &mira_pc).await;
        play(app, &tom, &campaign, &tom_pc).await;
        Self { campaign, gm, mira, tom, watcher, mira_pc, tom_pc }
    }

    fn at(&self, path: &str) -> String {
        format!("/campaigns/{}/{path}", self.campaign)
    }

    /// Makes an entity and returns its id.
    async fn make(&self, body: Value) -> String {
        id(&self.gm.entity(&self.campaign, body).await)
    }

    /// Makes a character a member of a faction and returns the relationship.
    async fn join(&self, character: &str, faction: &str) -> Value {
        let body = json!({ "from_id": character, "to_id": faction, "kind": "member_of", "visibility": "gm" });
        self.gm.post(&self.at("relationships"), body).await.created()
    }
}

/// Lets a member play a character.
async fn play(app: &TestApp, player: &Client, campaign: &str, character: &str) {
    let actor = Actor::user(player.id.parse().unwrap(), None, SiteRole::User);
    let member = Member::of(&app.app, &actor, campaign.parse().unwrap()).await.unwrap();
    let mut tx = app.app.tx(&actor).await.unwrap();
    campaigns::claim_character(&mut tx, &member, character.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The values of a field of all rows of a list.
fn all(list: &Value, field: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("a list in {list}"));
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// The fields a refusal names, with what is wrong with each.
fn wrong(problem: &Value) -> Vec<(String, String)> {
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("errors in {problem}"));
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
}

fn pair(field: &str, code: &str) -> (String, String) {
    (field.to_owned(), code.to_owned())
}

/// An id that nothing has.
const NOTHING: &str = "01900000-0000-7000-8000-000000000000";
