//! The verbs of facts: create, update, delete, reveal.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Event, FactId, Lane, Result, Viewer};
use skald_platform::Tx;

use super::{
    dto::{Evidence, FactIn, FactOut, FactPatch, FactStatus, Knower},
    find, queries, rules,
};
use crate::{
    entities::{self, Visibility},
    history::{self, Change, Subject},
    search,
};

/// Notes a fact.
///
/// # Errors
/// Invalid fields; ids in them that are not the campaign's.
pub async fn create(tx: &mut Tx, by: &Gm, mut input: FactIn) -> Result<FactOut> {
    rules::tidy(&mut input);
    rules::check(&input)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&input, None)).await?;
    let id: FactId = tx.ids().next();
    queries::insert(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    search::fact_changed(tx, by.campaign, id).await?;
    news(tx, by.campaign, "fact.created", id, &[&input]).await?;
    tx.audit(Some(by.campaign), "fact.create", id.0, json!({"subject": input.subject_id, "status": input.status}));
    let change = Change::new(Subject::Fact, id.0, 1, "create").to(json!(input));
    history::record(tx, by.campaign, &[change]).await?;
    find(tx.conn(), &by.viewer(), id).await
}

/// Changes some of a fact; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn update(tx: &mut Tx, by: &Gm, id: FactId, expected: i64, patch: FactPatch) -> Result<FactOut> {
    let stored = expect(tx, by, id, expected).await?;
    let before = rules::input_of(&stored);
    let mut after = rules::patched(&before, patch)?;
    rules::tidy(&mut after);
    rules::check(&after)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&after, Some(&before))).await?;
    if !queries::update(tx.conn(), by.campaign, id, expected, &before, &after, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    search::fact_changed(tx, by.campaign, id).await?;
    news(tx, by.campaign, "fact.updated", id, &[&before, &after]).await?;
    tx.audit(Some(by.campaign), "fact.update", id.0, json!({"knowers": after.knowers, "version": expected + 1}));
    let change = Change::new(Subject::Fact, id.0, expected + 1, "update").from(json!(before)).to(json!(after));
    history::record(tx, by.campaign, &[change]).await?;
    find(tx.conn(), &by.viewer(), id).await
}

/// Deletes a fact softly.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: FactId, expected: i64) -> Result<()> {
    let stored = expect(tx, by, id, expected).await?;
    if !queries::delete(tx.conn(), by.campaign, id, expected, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    search::fact_changed(tx, by.campaign, id).await?;
    news(tx, by.campaign, "fact.deleted", id, &[&rules::input_of(&stored)]).await?;
    tx.audit(Some(by.campaign), "fact.delete", id.0, json!({"subject": stored.subject_id}));
    let snapshot = json!(rules::input_of(&stored));
    let change = Change::new(Subject::Fact, id.0, expected + 1, "delete").from(snapshot.clone()).to(snapshot);
    history::record(tx, by.campaign, &[change]).await
}

/// Brings a deleted fact back, with who knew it.
///
/// # Errors
/// `conflict`, when it is not in the trash, or what it is about is.
pub async fn restore(tx: &mut Tx, by: &Gm, id: FactId) -> Result<FactOut> {
    if !queries::restore(tx.conn(), by.campaign, id, tx.now()).await? {
        return Err(entities::not_in_trash());
    }
    let Ok(fact) = find(tx.conn(), &by.viewer(), id).await else {
        return Err(Error::new(ErrorCode::Conflict, "What it is about is in the trash. Bring that back first."));
    };
    let input = rules::input_of(&fact);
    search::fact_changed(tx, by.campaign, id).await?;
    news(tx, by.campaign, "fact.restored", id, &[&input]).await?;
    tx.audit(Some(by.campaign), "fact.restore", id.0, json!({"subject": fact.subject_id}));
    let change = Change::new(Subject::Fact, id.0, fact.version, "restore").to(json!(input));
    history::record(tx, by.campaign, &[change]).await?;
    Ok(fact)
}

/// Lets more know a fact, on the game master's word. Who knows it already stays.
///
/// # Errors
/// Not found; conflict, when the fact is not canon; ids that are not the campaign's.
pub async fn reveal(tx: &mut Tx, by: &Gm, id: FactId, to: &[Knower]) -> Result<FactOut> {
    reveal_to(tx, by.campaign, id, to, &Evidence::default()).await
}

/// Lets more know a fact because of what happened in play: `evidence` says what. Revealing it again changes nothing.
///
/// The fact is answered as a game master sees it; of its text, only what concerns `to` may go on to players.
///
/// # Errors
/// As [`reveal`].
pub async fn reveal_to(
    tx: &mut Tx,
    campaign: CampaignId,
    id: FactId,
    to: &[Knower],
    evidence: &Evidence,
) -> Result<FactOut> {
    rules::check_reveal(to)?;
    entities::check_names(tx.conn(), campaign, &rules::knower_names("to", to)).await?;
    queries::hold(tx.conn(), campaign, id).await?;
    let viewer = Viewer::gm(campaign);
    let stored = find(tx.conn(), &viewer, id).await?;
    if stored.status != FactStatus::Canon {
        return Err(Error::new(ErrorCode::Conflict, "Only a fact that is canon can be revealed. Make it canon first."));
    }
    let before = rules::input_of(&stored);
    let mut after = before.clone();
    let learning = rules::learning(&after.knowers, to);
    if learning.is_empty() {
        return Ok(stored);
    }
    queries::learn(tx.conn(), campaign, id, &learning, Some(evidence), tx.now()).await?;
    queries::touch(tx.conn(), campaign, id, tx.now()).await?;
    after.knowers.extend(&learning);
    after.knowers.sort_unstable();
    news(tx, campaign, "fact.revealed", id, &[&after]).await?;
    tx.audit(Some(campaign), "fact.reveal", id.0, json!({"to": learning, "evidence": evidence}));
    let change = Change::new(Subject::Fact, id.0, stored.version + 1, "reveal").from(json!(before)).to(json!(after));
    history::record(tx, campaign, &[change]).await?;
    find(tx.conn(), &viewer, id).await
}

async fn expect(tx: &Tx, by: &Gm, id: FactId, expected: i64) -> Result<FactOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

async fn stale(tx: &Tx, by: &Gm, id: FactId) -> Error {
    match find(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

/// News reaches every member only when everybody may know the fact, or might until now, with all it is about.
async fn news(tx: &mut Tx, campaign: CampaignId, kind: &'static str, id: FactId, states: &[&FactIn]) -> Result<()> {
    let mut lane = Lane::Gm;
    for fact in states.iter().filter(|fact| rules::is_open(fact)) {
        let about: Vec<EntityId> = [Some(fact.subject_id), fact.object_id].into_iter().flatten().collect();
        let seen = entities::named(tx.conn(), &Viewer::gm(campaign), &about).await?;
        if !seen.is_empty() && seen.iter().all(|entity| entity.visibility == Visibility::Everyone) {
            lane = Lane::Shared;
        }
    }
    tx.event(Event { campaign, lane, kind, subject: id.0 });
    Ok(())
}
