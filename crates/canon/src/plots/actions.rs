//! The verbs of plots. Each names the version of the plot that it was made from, 0 for one that nobody changed yet.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{
    EntityId, Error, Event, HookId, Lane, MilestoneId, Result,
    error::{ErrorCode, Fields},
};
use skald_platform::Tx;

use super::{
    dto::{
        HookIn, HookPatch, Milestone, MilestoneIn, MilestonePatch, PlotIn, PlotLinksIn, PlotNeedIn, PlotOut, ProgressIn,
    },
    find, plot_entity, queries, rules,
    rules::Plot,
};
use crate::{
    entities::{self, EntityIn, EntityKind, Visibility},
    locations,
};

/// Makes a plot that game masters alone see.
///
/// # Errors
/// Invalid fields.
pub async fn create(tx: &mut Tx, by: &Gm, input: PlotIn) -> Result<PlotOut> {
    let mut plot = Plot { status: input.status, ..Plot::default() };
    for text in input.milestones {
        plot.milestones.push(Milestone { id: tx.ids().next(), text, done: false, story_time: None });
    }
    for text in input.foreshadowing {
        plot.hooks.push(rules::hook(tx.ids().next(), &text));
    }
    rules::check(&mut plot)?;
    let entity =
        EntityIn { summary: input.summary, visibility: Visibility::Gm, ..EntityIn::new(EntityKind::Plot, input.name) };
    let entity = entities::create(tx, by, entity).await?;
    queries::write(tx.conn(), by.campaign, entity.id, 0, &plot, tx.now()).await?;
    find(tx.conn(), &by.viewer(), entity.id).await
}

/// Says where a plot stands.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn set_progress(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: ProgressIn) -> Result<PlotOut> {
    change(tx, by, id, expected, "plot.progress", |plot| {
        plot.status = input.status.or(plot.status);
        plot.progress = input.progress;
        Ok(())
    })
    .await
}

/// Says what a plot is about, in place of what is stored.
///
/// # Errors
/// As [`set_progress`]; ids that are not the campaign's.
pub async fn set_links(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: PlotLinksIn) -> Result<PlotOut> {
    change(tx, by, id, expected, "plot.links", |plot| {
        plot.links = input.links;
        Ok(())
    })
    .await
}

/// Lets a plot wait for another.
///
/// # Errors
/// As [`set_progress`]; `plot_cycle` with the way round.
pub async fn add_need(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: PlotNeedIn) -> Result<PlotOut> {
    let needs = input.needs_id;
    // Two at once could close a circle that neither sees.
    locations::lock(tx.conn(), by.campaign).await?;
    let plot = find(tx.conn(), &by.viewer(), id).await?;
    if plot.needs.len() >= rules::NEEDS {
        return Err(Error::field("needs_id", "too_many", format!("At most {}.", rules::NEEDS)));
    }
    if plot_entity(tx.conn(), &by.viewer(), needs).await.is_err() {
        return Err(Error::field("needs_id", "unknown", "There is no such plot in this campaign."));
    }
    let edges = queries::edges_from(tx.conn(), by.campaign, needs).await?;
    if let Some(way) = rules::way(&edges, needs, id) {
        let named = entities::named(tx.conn(), &by.viewer(), &way).await?;
        let names = named.iter().map(|entity| entity.name.as_str());
        let round: Vec<&str> = [plot.name.as_str()].into_iter().chain(names).collect();
        return Err(Error::new(
            ErrorCode::PlotCycle,
            format!("They would wait for each other: {}. Take one of these steps away first.", round.join(" → ")),
        ));
    }
    queries::add_need(tx.conn(), by.campaign, id, needs).await?;
    change(tx, by, id, expected, "plot.needs", |_| Ok(())).await
}

/// Lets a plot wait for another no longer.
///
/// # Errors
/// Not found, also when it did not wait for that; `version_stale` with what is stored.
pub async fn remove_need(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, needs: EntityId) -> Result<PlotOut> {
    plot_entity(tx.conn(), &by.viewer(), id).await?;
    if !queries::remove_need(tx.conn(), id, needs).await? {
        return Err(Error::not_found());
    }
    change(tx, by, id, expected, "plot.needs", |_| Ok(())).await
}

/// Adds a milestone at the end.
///
/// # Errors
/// As [`set_progress`].
pub async fn add_milestone(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: MilestoneIn) -> Result<PlotOut> {
    let step: MilestoneId = tx.ids().next();
    change(tx, by, id, expected, "plot.milestone", |plot| {
        let MilestoneIn { text, done, story_time } = input;
        plot.milestones.push(Milestone { id: step, text, done, story_time });
        Ok(())
    })
    .await
}

/// Changes some of a milestone.
///
/// # Errors
/// As [`set_progress`]; not found, when the plot has no such milestone.
pub async fn update_milestone(
    tx: &mut Tx,
    by: &Gm,
    (id, step): (EntityId, MilestoneId),
    expected: i64,
    patch: MilestonePatch,
) -> Result<PlotOut> {
    change(tx, by, id, expected, "plot.milestone", |plot| {
        let at = place(&plot.milestones, |milestone| milestone.id == step)?;
        let milestone = &mut plot.milestones[at];
        milestone.text = patch.text.unwrap_or(std::mem::take(&mut milestone.text));
        milestone.done = patch.done.unwrap_or(milestone.done);
        milestone.story_time = patch.story_time.unwrap_or(milestone.story_time);
        if let Some(to) = patch.position {
            let moved = plot.milestones.remove(at);
            plot.milestones.insert(to.min(plot.milestones.len()), moved);
        }
        Ok(())
    })
    .await
}

/// Takes a milestone away.
///
/// # Errors
/// As [`update_milestone`].
pub async fn delete_milestone(
    tx: &mut Tx,
    by: &Gm,
    (id, step): (EntityId, MilestoneId),
    expected: i64,
) -> Result<PlotOut> {
    change(tx, by, id, expected, "plot.milestone", |plot| {
        let at = place(&plot.milestones, |milestone| milestone.id == step)?;
        plot.milestones.remove(at);
        Ok(())
    })
    .await
}

/// Adds a hint at the end.
///
/// # Errors
/// As [`set_progress`]; ids that are not the campaign's.
pub async fn add_hook(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, input: HookIn) -> Result<PlotOut> {
    let (hook_id, now): (HookId, _) = (tx.ids().next(), tx.now());
    change(tx, by, id, expected, "plot.foreshadowing", |plot| {
        let mut hook = rules::hook(hook_id, &input.text);
        hook.planted_at = input.planted.then_some(now);
        (hook.entity_id, hook.session_id, hook.entry_id) = (input.entity_id, input.session_id, input.entry_id);
        plot.hooks.push(hook);
        Ok(())
    })
    .await
}

/// Changes some of a hint.
///
/// # Errors
/// As [`add_hook`]; not found, when the plot has no such hint.
pub async fn update_hook(
    tx: &mut Tx,
    by: &Gm,
    (id, hook): (EntityId, HookId),
    expected: i64,
    patch: HookPatch,
) -> Result<PlotOut> {
    let now = tx.now();
    change(tx, by, id, expected, "plot.foreshadowing", |plot| {
        let at = place(&plot.hooks, |stored| stored.id == hook)?;
        let hook = &mut plot.hooks[at];
        hook.text = patch.text.unwrap_or(std::mem::take(&mut hook.text));
        hook.paid_off = patch.paid_off.unwrap_or(hook.paid_off);
        match patch.planted {
            Some(true) => hook.planted_at = hook.planted_at.or(Some(now)),
            Some(false) => hook.planted_at = None,
            None => {}
        }
        hook.entity_id = patch.entity_id.unwrap_or(hook.entity_id);
        hook.session_id = patch.session_id.unwrap_or(hook.session_id);
        hook.entry_id = patch.entry_id.unwrap_or(hook.entry_id);
        Ok(())
    })
    .await
}

/// Takes a hint away.
///
/// # Errors
/// As [`update_hook`].
pub async fn delete_hook(tx: &mut Tx, by: &Gm, (id, hook): (EntityId, HookId), expected: i64) -> Result<PlotOut> {
    change(tx, by, id, expected, "plot.foreshadowing", |plot| {
        let at = place(&plot.hooks, |stored| stored.id == hook)?;
        plot.hooks.remove(at);
        Ok(())
    })
    .await
}

fn place<T>(of: &[T], is: impl Fn(&T) -> bool) -> Result<usize> {
    of.iter().position(is).ok_or_else(Error::not_found)
}

/// Changes a plot as one: reads, checks the version, applies, checks, writes.
async fn change(
    tx: &mut Tx,
    by: &Gm,
    id: EntityId,
    expected: i64,
    what: &'static str,
    apply: impl FnOnce(&mut Plot) -> Result<()>,
) -> Result<PlotOut> {
    let viewer = by.viewer();
    let entity = plot_entity(tx.conn(), &viewer, id).await?;
    let mut stored = queries::stored(tx.conn(), by.campaign, &[id]).await?;
    let (before, version, _) = super::plot_of(&entity, &mut stored);
    if version != expected {
        return Err(Error::stale(json!(find(tx.conn(), &viewer, id).await?)));
    }
    let mut after = before.clone();
    apply(&mut after)?;
    rules::check(&mut after)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&after, &before)).await?;
    check_planted(tx, by, &after, &before).await?;
    if !queries::write(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(Error::stale(json!(find(tx.conn(), &viewer, id).await?)));
    }
    tx.event(Event { campaign: by.campaign, lane: Lane::Gm, kind: "plot.updated", subject: id.0 });
    tx.audit(Some(by.campaign), what, id.0, json!({"name": entity.name, "version": expected + 1}));
    find(tx.conn(), &viewer, id).await
}

/// The session and the entry of the hint that was changed are the campaign's.
async fn check_planted(tx: &Tx, by: &Gm, after: &Plot, before: &Plot) -> Result<()> {
    let Some(hook) = after.hooks.iter().find(|hook| !before.hooks.contains(hook)) else { return Ok(()) };
    let (session, entry) = (hook.session_id, hook.entry_id);
    let old = before.hooks.iter().find(|old| old.id == hook.id).map(|old| (old.session_id, old.entry_id));
    if (session.is_none() && entry.is_none()) || old == Some((session, entry)) {
        return Ok(());
    }
    if queries::has_entry(tx.conn(), by.campaign, session, entry).await? {
        return Ok(());
    }
    let mut wrong = Fields::default();
    let field = if entry.is_some() { "entry_id" } else { "session_id" };
    wrong.add(field, "unknown", "There is no such session or entry in this campaign.");
    wrong.check()
}
