//! The lorebook: when an entity is told about, without anybody naming it to the model.
//!
//! A rule belongs to an entity and speaks of texts: the last entries of a session, or a text that a game master tries. Only
//! game masters read and write rules. What a rule tells is what the viewer may know of its entity, and a rule of an entity
//! that the viewer does not see never fires ([`tell`]). Absent by design: rules that fire other rules.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, Result, Viewer, error::Fields};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{delete, set};
pub use dto::{LoreFired, LoreReason, LoreRuleIn, LoreRuleOut, LoreTestIn, LoreTestOut, Secondary};
pub use rules::{Rule, Verdict, activate};

use crate::entities;

/// Tokens for all rules together, where nobody says.
const BUDGET: u64 = 800;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_lorebook)).routes(routes!(routes::test_lorebook)).routes(routes!(
        routes::get_lore_rule,
        routes::set_lore_rule,
        routes::delete_lore_rule
    ))
}

/// All rules by the names of their entities; none for who does not see all.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Vec<LoreRuleOut>> {
    if viewer.sees_all() { queries::list(db, viewer, None).await } else { Ok(Vec::new()) }
}

/// The rule of an entity, or the one it would begin with, with version 0.
///
/// # Errors
/// Not found, also for who does not see all.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<LoreRuleOut> {
    if !viewer.sees_all() {
        return Err(Error::not_found());
    }
    if let Some(rule) = queries::list(db, viewer, Some(id)).await?.pop() {
        return Ok(rule);
    }
    let entity = entities::named(db, viewer, &[id]).await?.pop().ok_or_else(Error::not_found)?;
    Ok(LoreRuleOut {
        entity_id: id,
        rule: LoreRuleIn { keys: vec![entity.name.clone()], enabled: false, ..LoreRuleIn::default() },
        name: entity.name,
        kind: entity.kind,
        visibility: entity.visibility,
        version: 0,
    })
}

/// What the lorebook tells a viewer about the texts, oldest first, in order: entities that the viewer may know, as the
/// viewer may know them, with no more than `budget` tokens in all.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    texts: &[&str],
    seed: u64,
    budget: u64,
) -> Result<Vec<LoreFired>> {
    let mut rules = queries::list(db, viewer, None).await?;
    rules.retain(|rule| rule.rule.enabled);
    // What cannot fire for want of a key is never read.
    let probe: Vec<Rule> =
        rules.iter().map(|rule| Rule { id: rule.entity_id, says: rule.rule.clone(), tokens: 0 }).collect();
    let fires: Vec<EntityId> = activate(&probe, texts, seed, 0).iter().filter(|v| v.fired()).map(|v| v.id).collect();
    rules.retain(|rule| fires.contains(&rule.entity_id));
    let mut out = judge(db, viewer, rules, texts, seed, budget).await?;
    out.retain(|told| told.fired);
    Ok(out)
}

/// Tries the rules on a text, and says of each what became of it.
///
/// # Errors
/// Invalid fields; a character that is not the campaign's.
pub async fn test(db: &impl ConnectionTrait, viewer: &Viewer, input: &LoreTestIn, seed: u64) -> Result<LoreTestOut> {
    let budget = input.budget.unwrap_or(BUDGET);
    let mut wrong = Fields::default();
    wrong.text("text", &input.text, 20_000);
    if budget > 20_000 {
        wrong.add("budget", "out_of_range", "At most 20000.");
    }
    if input.seed.is_some_and(|seed| seed >= 1 << 53) {
        wrong.add("seed", "out_of_range", "Less than 2^53.");
    }
    wrong.check()?;
    let eyes = match input.character_id {
        None => viewer.clone(),
        Some(id) => {
            let known = entities::named(db, viewer, &[id]).await?;
            if !known.iter().any(|entity| entity.kind == entities::EntityKind::Character) {
                return Err(Error::field("character_id", "unknown", "There is no such character in this campaign."));
            }
            Viewer::characters(viewer.campaign(), vec![id])
        }
    };
    let seed = input.seed.unwrap_or(seed);
    let lines = input.text.replace("\r\n", "\n");
    let texts: Vec<&str> = lines.split("\n\n").filter(|text| !text.trim().is_empty()).collect();
    let all = queries::list(db, viewer, None).await?;
    let mut rules = judge(db, &eyes, queries::list(db, &eyes, None).await?, &texts, seed, budget).await?;
    rules.sort_by_key(|told| !told.fired);
    let seen: Vec<EntityId> = rules.iter().map(|told| told.entity_id).collect();
    rules.extend(all.into_iter().filter(|rule| !seen.contains(&rule.entity_id)).map(|rule| LoreFired {
        entity_id: rule.entity_id,
        name: rule.name,
        fired: false,
        reason: LoreReason::Hidden,
        key: None,
        tokens: 0,
        text: None,
    }));
    let tokens = rules.iter().filter(|told| told.fired).map(|told| told.tokens).sum();
    Ok(LoreTestOut { rules, tokens, budget, seed })
}

/// What becomes of each rule, in their order.
async fn judge(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    rules: Vec<LoreRuleOut>,
    texts: &[&str],
    seed: u64,
    budget: u64,
) -> Result<Vec<LoreFired>> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<EntityId> = rules.iter().map(|rule| rule.entity_id).collect();
    let mut entities: HashMap<EntityId, _> =
        entities::full(db, viewer, &ids).await?.into_iter().map(|entity| (entity.id, entity)).collect();
    let mut names = HashMap::new();
    let mut judged = Vec::new();
    for rule in rules {
        let Some(entity) = entities.remove(&rule.entity_id) else { continue };
        let text = rules::told(&entity.name, &entity.summary, &entity.body, rule.rule.token_budget);
        judged.push(Rule { id: entity.id, says: rule.rule, tokens: rules::tokens(&text) });
        names.insert(entity.id, (entity.name, text));
    }
    let verdicts = activate(&judged, texts, seed, budget).into_iter();
    let out = verdicts.filter_map(|verdict| {
        let (name, text) = names.remove(&verdict.id)?;
        let fired = verdict.fired();
        Some(LoreFired {
            entity_id: verdict.id,
            name,
            fired,
            reason: verdict.reason,
            key: verdict.key,
            tokens: verdict.tokens,
            text: fired.then_some(text),
        })
    });
    Ok(out.collect())
}
