//! Plots: the game master's threads.
//!
//! A plot is an entity of kind `plot` with a part that only game masters know of, whoever sees the entity: where it stands,
//! its milestones, its hints, what it waits for and what it is about. That part is changed as one and has one version,
//! 0 while nobody changed it; until then the entity's free fields `status`, `milestones` and `foreshadowing` speak for it.
//! Plots never wait for each other in a circle. Absent by design: plots inside plots, reminders by mail.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, Result, Viewer};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{
    add_hook, add_milestone, add_need, create, delete_hook, delete_milestone, remove_need, set_links, set_progress,
    update_hook, update_milestone,
};
pub use dto::{
    Hook, HookIn, HookPatch, Milestone, MilestoneIn, MilestonePatch, PlotIn, PlotLink, PlotLinkOut, PlotLinksIn,
    PlotName, PlotNeedIn, PlotOut, PlotQuery, PlotStatus, PlotStatusOut, ProgressIn, Reminder, ReminderKind,
    ReminderQuery,
};
use rules::Plot;

use crate::entities::{self, EntityKind, EntityOut};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_plots, routes::create_plot))
        .routes(routes!(routes::list_plot_reminders))
        .routes(routes!(routes::get_plot))
        .routes(routes!(routes::find_plot_status))
        .routes(routes!(routes::set_plot_progress))
        .routes(routes!(routes::set_plot_links))
        .routes(routes!(routes::add_plot_dependency))
        .routes(routes!(routes::remove_plot_dependency))
        .routes(routes!(routes::add_milestone))
        .routes(routes!(routes::update_milestone, routes::delete_milestone))
        .routes(routes!(routes::add_hook))
        .routes(routes!(routes::update_hook, routes::delete_hook))
}

/// The plots by name; none for who does not see all.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer, query: &PlotQuery) -> Result<Vec<PlotOut>> {
    if !viewer.sees_all() {
        return Ok(Vec::new());
    }
    let all = entities::by_kind_full(db, viewer, EntityKind::Plot).await?;
    let mut plots = assemble(db, viewer, all).await?;
    plots.retain(|plot| {
        query.status.is_none_or(|status| plot.status == status)
            && query.entity_id.is_none_or(|id| plot.links.iter().any(|link| link.entity.id == id))
    });
    Ok(plots)
}

/// One plot.
///
/// # Errors
/// Not found, also for who does not see all and for what is no plot.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<PlotOut> {
    let entity = plot_entity(db, viewer, id).await?;
    assemble(db, viewer, vec![entity]).await?.pop().ok_or_else(Error::not_found)
}

/// Where a plot stands, in short.
///
/// # Errors
/// As [`find`].
pub async fn status(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<PlotStatusOut> {
    let plot = find(db, viewer, id).await?;
    let open = |hook: &&Hook| hook.planted_at.is_some() && !hook.paid_off;
    Ok(PlotStatusOut {
        id: plot.id,
        name: plot.name,
        status: plot.status,
        progress: plot.progress,
        milestones_done: plot.milestones.iter().filter(|step| step.done).count() as u64,
        milestones: plot.milestones.len() as u64,
        hooks_open: plot.foreshadowing.iter().filter(open).count() as u64,
        blocked_by: plot.needs.into_iter().filter(|need| need.status != PlotStatus::Resolved).collect(),
    })
}

/// What not to forget, the oldest first; nothing for who does not see all.
///
/// # Errors
/// Invalid limits.
pub async fn reminders(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    now: DateTime<Utc>,
    query: &ReminderQuery,
) -> Result<Vec<Reminder>> {
    let plots = list(db, viewer, &PlotQuery::default()).await?;
    let begun = queries::sessions_begun(db, viewer.campaign()).await?;
    rules::reminders(&plots, &begun, now, query)
}

/// Whether the viewer sees an entity of kind `plot` by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<bool> {
    Ok(entities::named(db, viewer, &[id]).await?.iter().any(|entity| entity.kind == EntityKind::Plot))
}

async fn plot_entity(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<EntityOut> {
    if !viewer.sees_all() {
        return Err(Error::not_found());
    }
    let found = entities::full(db, viewer, &[id]).await?.pop().filter(|entity| entity.kind == EntityKind::Plot);
    found.ok_or_else(Error::not_found)
}

/// What is stored of an entity's plot, or what its fields say, and its version.
fn plot_of(entity: &EntityOut, stored: &mut HashMap<EntityId, queries::Stored>) -> (Plot, i64, DateTime<Utc>) {
    match stored.remove(&entity.id) {
        Some(stored) => (stored.plot, stored.version, stored.touched_at.max(entity.updated_at)),
        None => (Plot::of_fields(&entity.fields), 0, entity.updated_at),
    }
}

async fn assemble(db: &impl ConnectionTrait, viewer: &Viewer, found: Vec<EntityOut>) -> Result<Vec<PlotOut>> {
    let campaign = viewer.campaign();
    let ids: Vec<EntityId> = found.iter().map(|entity| entity.id).collect();
    let edges = queries::edges(db, campaign, &ids).await?;
    // Neighbours that are not among those that are asked for.
    let known: HashSet<EntityId> = ids.iter().copied().collect();
    let around: HashSet<EntityId> = edges.iter().flat_map(|(a, b)| [*a, *b]).filter(|id| !known.contains(id)).collect();
    let around: Vec<EntityId> = around.into_iter().collect();
    let neighbours = if around.is_empty() { Vec::new() } else { entities::full(db, viewer, &around).await? };
    let all: Vec<EntityId> = ids.iter().chain(&around).copied().collect();
    let mut stored = queries::stored(db, campaign, &all).await?;

    let mut names: HashMap<EntityId, PlotName> = HashMap::new();
    let mut name = |entity: &EntityOut, plot: &Plot| {
        names.insert(entity.id, PlotName { id: entity.id, name: entity.name.clone(), status: plot.status() });
    };
    let mut plots = Vec::new();
    for entity in found {
        let (plot, version, touched_at) = plot_of(&entity, &mut stored);
        name(&entity, &plot);
        plots.push((entity, plot, version, touched_at));
    }
    for entity in neighbours {
        name(&entity, &plot_of(&entity, &mut stored).0);
    }
    let mut linked: Vec<EntityId> =
        plots.iter().flat_map(|(_, plot, ..)| &plot.links).map(|link| link.entity_id).collect();
    linked.sort_unstable();
    linked.dedup();
    let linked = if linked.is_empty() { Vec::new() } else { entities::named(db, viewer, &linked).await? };
    let linked: HashMap<EntityId, _> = linked.into_iter().map(|entity| (entity.id, entity)).collect();

    let out = plots.into_iter().map(|(entity, plot, version, touched_at)| {
        let needs: Vec<PlotName> =
            edges.iter().filter(|(id, _)| *id == entity.id).filter_map(|(_, id)| names.get(id).cloned()).collect();
        let needed_by = edges.iter().filter(|(_, id)| *id == entity.id).filter_map(|(id, _)| names.get(id).cloned());
        let links = plot.links.iter().filter_map(|link| {
            Some(PlotLinkOut { entity: linked.get(&link.entity_id)?.clone(), role: link.role.clone() })
        });
        PlotOut {
            id: entity.id,
            campaign_id: entity.campaign_id,
            name: entity.name,
            summary: entity.summary,
            visibility: entity.visibility,
            status: plot.status(),
            progress: plot.progress(),
            progress_is_set: plot.progress.is_some(),
            needed_by: needed_by.collect(),
            blocked: needs.iter().any(|need| need.status != PlotStatus::Resolved),
            needs,
            links: links.collect(),
            milestones: plot.milestones,
            foreshadowing: plot.hooks,
            touched_at,
            version,
        }
    });
    Ok(out.collect())
}
