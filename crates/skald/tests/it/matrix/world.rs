//! The people and things the table is tried on.

use skald_kernel::SiteRole;

use crate::support::*;

/// Somebody, with the cookie of their sign-in.
pub struct Someone {
    /// How they speak to the server.
    pub client: Client,
    /// `name=value`, empty for a visitor.
    pub cookie: String,
    /// What they sign in with.
    pub username: String,
}

/// A campaign with one of everything, and everybody who may meet it.
pub struct World {
    pub visitor: Someone,
    pub stranger: Someone,
    pub observer: Someone,
    pub player: Someone,
    pub gm: Someone,
    pub admin: Someone,
    /// A member whom things are done to.
    pub victim: Client,
    pub campaign: String,
    /// The campaign of the stranger.
    pub other: String,
    /// An invitation of a campaign that nothing else is tried on.
    pub elsewhere: String,
    /// An invitation to come (back) as an observer.
    pub door: String,
    pub location: String,
    pub character: String,
    pub fact: String,
    pub relationship: String,
    /// The portrait of the location.
    pub picture: String,
    pub map: String,
    pub table: String,
    /// A plot that everybody sees as an entity.
    pub plot: String,
    /// A running game, with an answer that was made.
    pub game: String,
    pub generation: String,
    pub call: String,
    pub provider: String,
}

async fn sign_in(app: &TestApp, username: &str) -> Someone {
    let visitor = app.anonymous();
    let answer = visitor.post("/auth/login", json!({ "username": username, "password": PASSWORD })).await;
    let cookie =
        answer.headers["set-cookie"].to_str().expect("a cookie").split(';').next().expect("a cookie").to_owned();
    Someone { client: visitor.signed_in(&answer.ok()), cookie, username: username.into() }
}

impl World {
    pub async fn new(app: &TestApp) -> Self {
        app.admin().await;
        for name in ["gm", "stranger", "observer", "player", "victim"] {
            let made = skald_access::accounts::create_user(&app.app, name, name, PASSWORD, SiteRole::User).await;
            made.expect("an account");
        }
        let admin = sign_in(app, "admin").await;
        let (gm, stranger) = (sign_in(app, "gm").await, sign_in(app, "stranger").await);
        let (observer, player) = (sign_in(app, "observer").await, sign_in(app, "player").await);
        let victim = sign_in(app, "victim").await.client;
        let by = &gm.client;
        let (campaign, other) = (by.campaign("Vale").await, stranger.client.campaign("Other").await);
        let elsewhere = by.campaign("Elsewhere").await;
        let elsewhere = invitation(by, &elsewhere, "observer").await;
        let door = invitation(by, &campaign, "observer").await;
        join(&player.client, &invitation(by, &campaign, "player").await).await;
        for member in [&observer.client, &victim] {
            join(member, &door).await;
        }

        let picture = picture(by, &campaign).await;
        let map = map(&gm.client, &campaign, &picture).await;
        let table = table(by, &campaign).await;
        let plot = id(&by.entity(&campaign, json!({ "kind": "plot", "name": "Open" })).await);
        let mill = json!({ "kind": "location", "name": "Mill", "portrait_id": picture });
        let location = id(&by.entity(&campaign, mill).await);
        let character = id(&by.entity(&campaign, ready_made("Mira")).await);
        let (fact, relationship) =
            (fact(by, &campaign, &location).await, relate(by, &campaign, &character, &location).await);
        let game = game(by, &campaign).await;
        let generation = answered(by, &game).await;
        let calls = by.get(&format!("/ai/calls?campaign_id={campaign}")).await.ok();
        let call = id(&calls["items"][0]);
        let provider = provider(&admin.client, "Nowhere").await;
        let visitor = Someone { client: app.anonymous(), cookie: String::new(), username: "visitor".into() };
        Self {
            visitor,
            stranger,
            observer,
            player,
            gm,
            admin,
            victim,
            campaign,
            other,
            elsewhere,
            door,
            location,
            character,
            fact,
            relationship,
            picture,
            map,
            table,
            plot,
            game,
            generation,
            call,
            provider,
        }
    }

    /// In the order of the columns.
    pub fn everybody(&self) -> [&Someone; 6] {
        [&self.visitor, &self.stranger, &self.observer, &self.player, &self.gm, &self.admin]
    }
}

/// The code of a new invitation.
pub async fn invitation(gm: &Client, campaign: &str, role: &str) -> String {
    let made = gm.post(&format!("/campaigns/{campaign}/invitations"), json!({ "role": role })).await.created();
    made["code"].as_str().expect("a code").to_owned()
}

/// Follows an invitation.
pub async fn join(user: &Client, code: &str) {
    user.post(&format!("/invitations/code/{code}/accept"), json!({})).await.ok();
}

/// A character that can be played.
pub fn ready_made(name: &str) -> Value {
    json!({
        "kind": "character", "subtype": "pc", "name": name,
        "fields": { "ready_made": true, "sheet": { "class": "Warden", "health": 8, "max_health": 10 } },
    })
}

/// A fact that everybody knows.
pub async fn fact(gm: &Client, campaign: &str, subject: &str) -> String {
    let fact =
        json!({ "subject_id": subject, "predicate": "is", "text": "It is old.", "knowers": [{ "type": "everyone" }] });
    id(&gm.post(&format!("/campaigns/{campaign}/facts"), fact).await.created())
}

/// A relationship that is open to everyone.
pub async fn relate(gm: &Client, campaign: &str, from: &str, to: &str) -> String {
    let relationship = json!({ "from_id": from, "to_id": to, "kind": "lives_in" });
    id(&gm.post(&format!("/campaigns/{campaign}/relationships"), relationship).await.created())
}

/// Something a player suggests.
pub async fn proposal(player: &Client, campaign: &str) -> String {
    let change = json!({ "kind": "note", "name": "Suggested" });
    let one = json!({ "target_type": "entity", "operation": "create", "change": change });
    id(
        &player.post(&format!("/campaigns/{campaign}/proposals"), json!({ "proposals": [one] })).await.created()["items"]
            [0],
    )
}

/// What the server takes for a picture of one pixel.
pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// A picture that nothing shows.
pub async fn picture(gm: &Client, campaign: &str) -> String {
    let request = gm.request(reqwest::Method::POST, &format!("/campaigns/{campaign}/media")).body(PICTURE);
    id(&gm.send(request).await.created())
}

/// A map that everyone sees.
pub async fn map(gm: &Client, campaign: &str, picture: &str) -> String {
    let map = json!({ "name": "Passing", "media_id": picture });
    id(&gm.post(&format!("/campaigns/{campaign}/maps"), map).await.created())
}

/// A pin that everyone sees.
pub async fn pin(gm: &Client, map: &str) -> String {
    id(&gm.post(&format!("/maps/{map}/pins"), json!({ "x": 0.1, "y": 0.1, "label": "Here" })).await.created())
}

/// A table with one row, under a name of its own.
pub async fn table(gm: &Client, campaign: &str) -> String {
    let known = gm.get(&format!("/campaigns/{campaign}/tables")).await.ok()["items"].as_array().map_or(0, Vec::len);
    let table = json!({ "name": format!("Table {known} of {}", gm.id), "rows": [{ "text": "x" }] });
    id(&gm.post(&format!("/campaigns/{campaign}/tables"), table).await.created())
}

/// A plot with a milestone and a hint that everybody sees as an entity.
pub async fn plot(gm: &Client, campaign: &str) -> Value {
    let plot = json!({ "name": "Thread", "milestones": ["x"], "foreshadowing": ["x"] });
    let plot = gm.post(&format!("/campaigns/{campaign}/plots"), plot).await.created();
    gm.patch(&format!("/entities/{}", id(&plot)), 1, json!({ "visibility": "everyone" })).await.ok();
    plot
}

/// Lets a new plot wait for another.
pub async fn wait(gm: &Client, plot: &str, needs: &str) {
    let request = gm.request(reqwest::Method::POST, &format!("/plots/{plot}/dependencies"));
    gm.send(request.header("if-match", "\"1\"").json(&json!({ "needs_id": needs }))).await.ok();
}

/// A session that was planned.
pub async fn planned(gm: &Client, campaign: &str) -> String {
    id(&gm.post(&format!("/campaigns/{campaign}/sessions"), json!({ "kind": "game" })).await.created())
}

/// A session that runs.
pub async fn game(gm: &Client, campaign: &str) -> String {
    let game = planned(gm, campaign).await;
    gm.post(&format!("/sessions/{game}/start"), json!({})).await.ok();
    game
}

/// Asks the game master something and waits for the end of the answer.
pub async fn answered(gm: &Client, game: &str) -> String {
    let mut socket = gm.live().await;
    socket.follow(&format!("session:{game}")).await;
    let asked = gm.post(&format!("/game/{game}/chat"), json!({ "text": "We look around." })).await.accepted();
    let generation = asked["generation_id"].as_str().expect("an answer").to_owned();
    socket
        .until(|frame| {
            frame["type"] == "entry"
                && frame["entry"]["generation_id"] == generation
                && frame["entry"]["data"]["final"] == true
        })
        .await;
    generation
}

/// A provider nobody is asked at.
pub async fn provider(admin: &Client, name: &str) -> String {
    let provider = json!({ "name": name, "base_url": "http://127.0.0.1:9/v1", "model": "none" });
    id(&admin.post("/ai/providers", provider).await.created())
}
