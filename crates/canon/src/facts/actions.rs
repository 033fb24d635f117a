//! The verbs of facts: create, update, delete, reveal.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Event, FactId, Lane, Result, Viewer};
use skald_platform::Tx;

use super::{
    dto::{Evidence, FactIn, FactOut, FactPatch, FactStatus, Knower},
    find, queries, rules,
};
use crate::{
    calendar,
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

/// Lets more know a fact, on the game master's word. Who knows it already stays. `known_from` as in [`RevealIn`].
///
/// # Errors
/// Not found; conflict, when the fact is not canon; ids that are not the campaign's.
pub async fn reveal(
    tx: &mut Tx,
    by: &Gm,
    id: FactId,
    to: &[Knower],
    known_from: Option<Option<i64>>,
) -> Result<FactOut> {
    let known_from = moment(tx, by.campaign, known_from).await?;
    let facts = reveal_all(tx, by.campaign, &[id], to, known_from, &Evidence::default()).await?;
    facts.into_iter().next().ok_or_else(Error::not_found)
}

/// Lets more know several facts, on the game master's word: all or none. The facts are answered in the order asked for, as
/// a game master sees them.
///
/// # Errors
/// As [`reveal`]; nothing, or too much at once.
pub async fn reveal_many(
    tx: &mut Tx,
    by: &Gm,
    ids: &[FactId],
    to: &[Knower],
    known_from: Option<Option<i64>>,
) -> Result<Vec<FactOut>> {
    let known_from = moment(tx, by.campaign, known_from).await?;
    reveal_all(tx, by.campaign, ids, to, known_from, &Evidence::default()).await
}

/// Lets more know a fact because of what happened in play: `evidence` says what. It is known from the campaign's present on.
/// Revealing it again changes nothing.
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
    let known_from = moment(tx, campaign, None).await?;
    let facts = reveal_all(tx, campaign, &[id], to, known_from, evidence).await?;
    facts.into_iter().next().ok_or_else(Error::not_found)
}

/// When somebody comes to know: as it is said, or in the campaign's present.
async fn moment(tx: &Tx, campaign: CampaignId, said: Option<Option<i64>>) -> Result<Option<i64>> {
    match said {
        Some(said) => Ok(said),
        None => calendar::present(tx.conn(), campaign).await,
    }
}

async fn reveal_all(
    tx: &mut Tx,
    campaign: CampaignId,
    ids: &[FactId],
    to: &[Knower],
    known_from: Option<i64>,
    evidence: &Evidence,
) -> Result<Vec<FactOut>> {
    rules::check_reveal(ids.len(), to, known_from)?;
    entities::check_names(tx.conn(), campaign, &rules::knower_names("to", to)).await?;
    queries::hold(tx.conn(), campaign, ids).await?;
    let stored = in_order(tx, campaign, ids).await?;
    if stored.iter().any(|fact| fact.status != FactStatus::Canon) {
        return Err(Error::new(ErrorCode::Conflict, "Only a fact that is canon can be revealed. Make it canon first."));
    }
    let mut learning = Vec::new();
    let mut changed = Vec::new();
    for fact in &stored {
        let mut after = rules::input_of(fact);
        let new = rules::learning(&after.knowers, to);
        if !new.is_empty() {
            learning.extend(new.iter().map(|knower| (fact.id, *knower)));
            after.knowers.extend(&new);
            after.knowers.sort_unstable();
            after.known_from = known_from;
            changed.push((fact, new, after));
        }
    }
    if changed.is_empty() {
        return Ok(stored);
    }
    let how = queries::How { known_from, evidence: Some(evidence), now: tx.now() };
    queries::learn(tx.conn(), campaign, &learning, &how).await?;
    let touched: Vec<FactId> = changed.iter().map(|(fact, _, _)| fact.id).collect();
    queries::touch(tx.conn(), campaign, &touched, tx.now()).await?;
    let open = open_among(tx, campaign, changed.iter().map(|(_, _, after)| after)).await?;
    let mut history = Vec::with_capacity(changed.len());
    for (fact, new, after) in changed {
        let lane = if is_news(&after, &open) { Lane::Shared } else { Lane::Gm };
        tx.event(Event { campaign, lane, kind: "fact.revealed", subject: fact.id.0 });
        let what = json!({"to": new, "evidence": evidence, "known_from": known_from});
        tx.audit(Some(campaign), "fact.reveal", fact.id.0, what);
        let change = Change::new(Subject::Fact, fact.id.0, fact.version + 1, "reveal");
        history.push(change.from(json!(rules::input_of(fact))).to(json!(after)));
    }
    history::record(tx, campaign, &history).await?;
    in_order(tx, campaign, ids).await
}

/// The facts of these ids, as a game master sees them.
async fn in_order(tx: &Tx, campaign: CampaignId, ids: &[FactId]) -> Result<Vec<FactOut>> {
    let found = queries::these(tx.conn(), &Viewer::gm(campaign), ids).await?;
    let mut facts: HashMap<FactId, FactOut> = found.into_iter().map(|fact| (fact.id, fact)).collect();
    let mut once = HashSet::new();
    ids.iter().filter(|id| once.insert(**id)).map(|id| facts.remove(id).ok_or_else(Error::not_found)).collect()
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
    let open = open_among(tx, campaign, states.iter().copied()).await?;
    let lane = if states.iter().any(|fact| is_news(fact, &open)) { Lane::Shared } else { Lane::Gm };
    tx.event(Event { campaign, lane, kind, subject: id.0 });
    Ok(())
}

fn is_news(fact: &FactIn, open: &HashSet<EntityId>) -> bool {
    rules::is_open(fact) && [Some(fact.subject_id), fact.object_id].iter().flatten().all(|id| open.contains(id))
}

/// What everybody may see, of all that open facts are about.
async fn open_among(tx: &Tx, campaign: CampaignId, facts: impl Iterator<Item = &FactIn>) -> Result<HashSet<EntityId>> {
    let about: Vec<EntityId> = facts
        .filter(|fact| rules::is_open(fact))
        .flat_map(|fact| [Some(fact.subject_id), fact.object_id].into_iter().flatten())
        .collect();
    let seen = entities::named(tx.conn(), &Viewer::gm(campaign), &about).await?;
    Ok(seen.into_iter().filter(|entity| entity.visibility == Visibility::Everyone).map(|entity| entity.id).collect())
}
