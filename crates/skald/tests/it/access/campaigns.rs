//! Campaigns, members, invitations, and who plays whom.

use chrono::TimeDelta;
use reqwest::header;
use skald_access::{Member, campaigns};
use skald_kernel::{CampaignId, EntityId, ErrorCode, SiteRole, UserId};
use skald_platform::{Actor, testing::TestDb};

use super::*;

async fn member_of(app: &TestApp, client: &Client, campaign: &str) -> Member {
    let user: UserId = client.id.parse().unwrap();
    let campaign: CampaignId = campaign.parse().unwrap();
    Member::of(&app.app, &Actor::user(user, None, SiteRole::User), campaign).await.unwrap()
}

async fn claim(app: &TestApp, member: &Member, character: EntityId) -> Result<(), ErrorCode> {
    let mut tx = app.app.tx(&member.actor).await.unwrap();
    campaigns::claim_character(&mut tx, member, character).await.map_err(|error| error.code())?;
    tx.commit().await.unwrap();
    Ok(())
}

#[db_test]
async fn who_registers_by_invitation_is_a_member_at_once(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let invitation = invite(&gm, &vale, json!({ "role": "player", "max_uses": 1 })).await;
    let code = text(&invitation["code"]);
    assert!(code.len() >= 20);
    let preview = app.anonymous().get(&format!("/invitations/code/{code}")).await.ok();
    assert_eq!(preview, json!({ "campaign_name": "Vale", "role": "player", "inviter": "Ada" }));
    let input =
        |name: &str| json!({ "username": name, "display_name": name, "password": PASSWORD, "invitation": code });
    let pim = app.anonymous().signed_in(&app.anonymous().post("/auth/register", input("pim")).await.created());
    let seen = pim.get("/campaigns").await.ok();
    assert_eq!((text(&seen["items"][0]["id"]), text(&seen["items"][0]["role"])), (vale.as_str(), "player"));
    // The one use is gone, for the preview, for newcomers and for those who have an account.
    app.anonymous().get(&format!("/invitations/code/{code}")).await.refused(410, "invitation_spent");
    app.anonymous().post("/auth/register", input("tom")).await.refused(410, "invitation_spent");
    let late = app.user("Late").await;
    late.post(&format!("/invitations/code/{code}/accept"), json!({})).await.refused(410, "invitation_spent");
    let listed = gm.get(&format!("/campaigns/{vale}/invitations")).await.ok();
    assert_eq!(listed["items"][0]["uses"], 1);
}

#[db_test]
async fn an_invitation_ends_when_revoked_or_expired(db: TestDb) {
    let app = with_clock(db).await;
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    let revoked = invite(&gm, &vale, json!({ "role": "player" })).await;
    let expiring = invite(&gm, &vale, json!({ "role": "player", "expires_in_hours": 1 })).await;
    pim.delete(&format!("/invitations/{}", id(&revoked)), None).await.refused(403, "forbidden");
    let stranger = app.user("Stranger").await;
    stranger.delete(&format!("/invitations/{}", id(&revoked)), None).await.refused(404, "not_found");
    gm.delete(&format!("/invitations/{}", id(&revoked)), None).await.no_content();
    gm.delete(&format!("/invitations/{}", id(&revoked)), None).await.refused(404, "not_found");
    app.clock.advance(TimeDelta::hours(1));
    for gone in [&revoked, &expiring] {
        let path = format!("/invitations/code/{}", text(&gone["code"]));
        app.anonymous().get(&path).await.refused(410, "invitation_spent");
    }
    app.anonymous().get("/invitations/code/unknown").await.refused(404, "not_found");
}

#[db_test]
async fn an_invitation_never_lowers_a_role_and_counts_once(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let watcher = app.member(&gm, &vale, "observer", "Wat").await;
    let invitation = invite(&gm, &vale, json!({ "role": "player", "max_uses": 5 })).await;
    let accept = format!("/invitations/code/{}/accept", text(&invitation["code"]));
    assert_eq!(gm.post(&accept, json!({})).await.ok()["role"], "gm");
    assert_eq!(watcher.post(&accept, json!({})).await.ok()["role"], "player");
    assert_eq!(watcher.post(&accept, json!({})).await.ok()["role"], "player");
    let listed = gm.get(&format!("/campaigns/{vale}/invitations")).await.ok();
    assert_eq!(listed["items"][0]["uses"], 1);
    app.anonymous().post(&accept, json!({})).await.refused(401, "sign_in_needed");
}

#[db_test]
async fn an_invitation_has_sane_bounds(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let input = json!({ "role": "player", "max_uses": 0, "expires_in_hours": 9000 });
    let problem = gm.post(&format!("/campaigns/{vale}/invitations"), input).await.refused(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
}

#[db_test]
async fn a_stranger_learns_nothing_of_a_campaign(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let stranger = app.user("Stranger").await;
    assert_eq!(stranger.get("/campaigns").await.ok()["items"], json!([]));
    for path in ["", "/members", "/invitations"] {
        stranger.get(&format!("/campaigns/{vale}{path}")).await.refused(404, "not_found");
        app.anonymous().get(&format!("/campaigns/{vale}{path}")).await.refused(401, "sign_in_needed");
    }
    stranger.patch(&format!("/campaigns/{vale}"), 1, json!({ "name": "x" })).await.refused(404, "not_found");
    stranger.delete(&format!("/campaigns/{vale}"), 1).await.refused(404, "not_found");
    let member = format!("/campaigns/{vale}/members/{}", gm.id);
    stranger.patch(&member, None, json!({ "role": "player" })).await.refused(404, "not_found");
    stranger.delete(&member, None).await.refused(404, "not_found");
    gm.get("/campaigns/not-an-id").await.refused(404, "not_found");
}

#[db_test]
async fn a_campaign_is_changed_by_its_gm_with_the_version_seen(app: TestApp) {
    let gm = app.admin().await;
    let made = gm.post("/campaigns", json!({ "name": "Vale", "description": "Rain." })).await;
    assert_eq!(made.headers[header::ETAG], "\"1\"");
    let vale = id(&made.body);
    assert_eq!(made.headers[header::LOCATION], format!("/api/v1/campaigns/{vale}"));
    let path = format!("/campaigns/{vale}");
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    pim.patch(&path, 1, json!({ "name": "Mine" })).await.refused(403, "forbidden");
    gm.patch(&path, None, json!({ "name": "New" })).await.refused(428, "version_needed");
    let changed = gm.patch(&path, 1, json!({ "name": "New" })).await.ok();
    assert_eq!((text(&changed["name"]), text(&changed["description"])), ("New", "Rain."));
    assert_eq!((&changed["version"], &changed["member_count"]), (&json!(2), &json!(2)));
    let stale = gm.patch(&path, 1, json!({ "name": "Newer" })).await.refused(412, "version_stale");
    assert_eq!((&stale["current"]["name"], &stale["current"]["version"]), (&json!("New"), &json!(2)));
    gm.patch(&path, 2, json!({ "name": null })).await.refused(422, "invalid");
    assert_eq!(gm.patch(&path, 2, json!({ "description": null })).await.ok()["description"], "");
}

#[db_test]
async fn of_two_changes_to_one_version_one_is_stale(app: TestApp) {
    let gm = app.admin().await;
    let path = format!("/campaigns/{}", gm.campaign("Vale").await);
    let (a, b) = futures::join!(gm.patch(&path, 1, json!({ "name": "A" })), gm.patch(&path, 1, json!({ "name": "B" })));
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    let won = won.ok();
    assert_eq!(lost.refused(412, "version_stale")["current"]["name"], won["name"]);
}

#[db_test]
async fn a_deleted_campaign_is_nothing_to_anybody(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let invitation = invite(&gm, &vale, json!({ "role": "player" })).await;
    let path = format!("/campaigns/{vale}");
    gm.delete(&path, 9).await.refused(412, "version_stale");
    gm.delete(&path, 1).await.no_content();
    gm.get(&path).await.refused(404, "not_found");
    assert_eq!(gm.get("/campaigns").await.ok()["items"], json!([]));
    let code = text(&invitation["code"]);
    app.anonymous().get(&format!("/invitations/code/{code}")).await.refused(404, "not_found");
    gm.post(&format!("/invitations/code/{code}/accept"), json!({})).await.refused(404, "not_found");
}

#[db_test]
async fn campaigns_come_in_pages(app: TestApp) {
    let gm = app.admin().await;
    for name in ["One", "Two", "Three"] {
        gm.campaign(name).await;
    }
    let first = gm.get("/campaigns?limit=2").await.ok();
    let names = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|c| text(&c["name"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["Three", "Two"]);
    let rest = gm.get(&format!("/campaigns?limit=2&cursor={}", text(&first["next_cursor"]))).await.ok();
    assert_eq!(names(&rest), ["One"]);
    assert_eq!(rest["next_cursor"], Value::Null);
    gm.get("/campaigns?limit=0").await.refused(422, "invalid");
    gm.get("/campaigns?cursor=x").await.refused(422, "invalid");
}

#[db_test]
async fn a_gm_changes_roles_and_nobody_else_does(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    let wat = app.member(&gm, &vale, "observer", "Wat").await;
    let member = |of: &Client| format!("/campaigns/{vale}/members/{}", of.id);
    pim.patch(&member(&pim), None, json!({ "role": "gm" })).await.refused(403, "forbidden");
    pim.delete(&member(&wat), None).await.refused(403, "forbidden");
    wat.get(&format!("/campaigns/{vale}/invitations")).await.refused(403, "forbidden");
    let raised = gm.patch(&member(&wat), None, json!({ "role": "player" })).await.ok();
    assert_eq!((text(&raised["display_name"]), text(&raised["role"])), ("Wat", "player"));
    gm.patch(&member(&wat), None, json!({ "role": "king" })).await.refused(422, "invalid");
    let members = pim.get(&format!("/campaigns/{vale}/members")).await.ok();
    let roles: Vec<_> = members["items"].as_array().unwrap().iter().map(|m| text(&m["role"])).collect();
    assert_eq!(roles, ["gm", "player", "player"]);
    gm.delete(&member(&wat), None).await.no_content();
    wat.get(&format!("/campaigns/{vale}")).await.refused(404, "not_found");
    gm.delete(&member(&wat), None).await.refused(404, "not_found");
}

#[db_test]
async fn the_last_gm_can_neither_leave_nor_step_down(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    let member = |of: &Client| format!("/campaigns/{vale}/members/{}", of.id);
    gm.patch(&member(&gm), None, json!({ "role": "player" })).await.refused(409, "last_gm");
    gm.delete(&member(&gm), None).await.refused(409, "last_gm");
    gm.patch(&member(&pim), None, json!({ "role": "gm" })).await.ok();
    gm.delete(&member(&gm), None).await.no_content();
    pim.delete(&member(&pim), None).await.refused(409, "last_gm");
}

#[db_test]
async fn two_gms_cannot_both_leave_at_once(app: TestApp) {
    let ada = app.admin().await;
    let vale = ada.campaign("Vale").await;
    let bob = app.member(&ada, &vale, "gm", "Bob").await;
    let member = |of: &Client| format!("/campaigns/{vale}/members/{}", of.id);
    let (of_ada, of_bob) = (member(&ada), member(&bob));
    let (a, b) = futures::join!(ada.delete(&of_ada, None), bob.delete(&of_bob, None));
    let (left, stays) = if a.status == 204 { (a, b) } else { (b, a) };
    left.no_content();
    stays.refused(409, "last_gm");
}

#[db_test]
async fn a_character_has_one_player_until_that_player_leaves(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let (pim, tom) = (app.member(&gm, &vale, "player", "Pim").await, app.member(&gm, &vale, "player", "Tom").await);
    let character: EntityId = app.app.ids().next();
    let as_pim = member_of(&app, &pim, &vale).await;
    claim(&app, &as_pim, character).await.unwrap();
    claim(&app, &as_pim, character).await.unwrap();
    let as_tom = member_of(&app, &tom, &vale).await;
    assert_eq!(claim(&app, &as_tom, character).await, Err(ErrorCode::CharacterTaken));
    let members = gm.get(&format!("/campaigns/{vale}/members")).await.ok();
    let of_pim = members["items"].as_array().unwrap().iter().find(|m| m["user_id"] == pim.id).unwrap();
    assert_eq!(of_pim["characters"], json!([character]));
    assert_eq!(member_of(&app, &pim, &vale).await.characters(), [character]);
    pim.delete(&format!("/campaigns/{vale}/members/{}", pim.id), None).await.no_content();
    let free = campaigns::player_of(app.app.db().read(), as_pim.campaign, character).await.unwrap();
    assert_eq!(free, None);
    claim(&app, &as_tom, character).await.unwrap();
    assert_eq!(campaigns::players(app.app.db().read(), as_tom.campaign).await.unwrap(), [(character, as_tom.user)]);
}

#[db_test]
async fn who_becomes_an_observer_gives_their_characters_back(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    let character: EntityId = app.app.ids().next();
    claim(&app, &member_of(&app, &pim, &vale).await, character).await.unwrap();
    let path = format!("/campaigns/{vale}/members/{}", pim.id);
    assert_eq!(gm.patch(&path, None, json!({ "role": "observer" })).await.ok()["characters"], json!([]));
    assert_eq!(claim(&app, &member_of(&app, &pim, &vale).await, character).await, Err(ErrorCode::Forbidden));
}

#[db_test]
async fn a_campaign_tells_its_members_who_comes_and_goes(app: TestApp) {
    let gm = app.admin().await;
    let vale = gm.campaign("Vale").await;
    let mut socket = gm.live().await;
    socket.follow(&format!("campaign:{vale}")).await;
    let pim = app.member(&gm, &vale, "player", "Pim").await;
    let joined = socket.until(|frame| frame["type"] == "entry").await;
    assert_eq!((&joined["entry"]["kind"], &joined["entry"]["subject"]), (&json!("member.joined"), &json!(pim.id)));
    let mut pims = pim.live().await;
    pims.follow(&format!("campaign:{vale}")).await;
    gm.delete(&format!("/campaigns/{vale}/members/{}", pim.id), None).await.no_content();
    let removed = socket.until(|frame| frame["type"] == "entry").await;
    assert_eq!(removed["entry"]["kind"], "member.removed");
    let reset = pims.until(|frame| frame["type"] == "reset").await;
    assert_eq!(reset["reason"], "forbidden");
}
