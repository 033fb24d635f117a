//! What a plot may hold, how far it is, and what not to forget. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use skald_kernel::{EntityId, Error, HookId, MilestoneId, Result, error::Fields};
use uuid::Uuid;

use super::dto::{Hook, Milestone, PlotLink, PlotOut, PlotStatus, Reminder, ReminderKind, ReminderQuery};
use crate::entities::{Named, storable};

const PARTS: usize = 100;
const LINKS: usize = 50;
/// A plot waits for at most this many others.
pub(super) const NEEDS: usize = 50;
/// The days and the sessions after which something is long ago.
const LONG: (u32, u32) = (14, 3);

/// What is stored of a plot beside its entity.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plot {
    pub status: Option<PlotStatus>,
    /// Set by hand.
    pub progress: Option<u8>,
    pub milestones: Vec<Milestone>,
    pub hooks: Vec<Hook>,
    pub links: Vec<PlotLink>,
}

impl Plot {
    /// What an entity's free fields say, until somebody changes the plot: `status`, `milestones` with `text` and `done`,
    /// and `foreshadowing`.
    pub fn of_fields(fields: &Map<String, Value>) -> Self {
        let list = |name: &str| fields.get(name).and_then(Value::as_array).into_iter().flatten().take(PARTS);
        let status = fields.get("status").and_then(Value::as_str).and_then(|word| PlotStatus::read(word).ok());
        let milestones = list("milestones").enumerate().filter_map(|(i, step)| {
            let text = step["text"].as_str().or_else(|| step.as_str())?.to_owned();
            let done = step["done"].as_bool().unwrap_or_default();
            Some(Milestone { id: MilestoneId(nth(i)), text, done, story_time: None })
        });
        let hooks = list("foreshadowing").enumerate();
        Self {
            status,
            progress: None,
            milestones: milestones.collect(),
            hooks: hooks.filter_map(|(i, hint)| Some(hook(HookId(nth(i)), hint.as_str()?))).collect(),
            links: Vec::new(),
        }
    }

    pub fn status(&self) -> PlotStatus {
        self.status.unwrap_or(PlotStatus::Planned)
    }

    /// 0 to 100: what was set, else the part of the milestones that has happened.
    pub fn progress(&self) -> u8 {
        let done = self.milestones.iter().filter(|step| step.done).count();
        match (self.progress, self.milestones.len()) {
            (Some(set), _) => set,
            (None, 0) => {
                if self.status() == PlotStatus::Resolved {
                    100
                } else {
                    0
                }
            }
            (None, all) => (done * 100 / all) as u8,
        }
    }
}

/// A hint that is not planted.
pub(super) fn hook(id: HookId, text: &str) -> Hook {
    Hook {
        id,
        text: text.to_owned(),
        planted_at: None,
        entity_id: None,
        session_id: None,
        entry_id: None,
        paid_off: false,
    }
}

/// An id within one plot, for what has none yet.
fn nth(i: usize) -> Uuid {
    Uuid::from_u128(i as u128 + 1)
}

/// Refuses what a plot may not hold.
///
/// # Errors
/// Invalid fields.
pub(super) fn check(plot: &mut Plot) -> Result<()> {
    let mut wrong = Fields::default();
    if plot.progress.is_some_and(|progress| progress > 100) {
        wrong.add("progress", "out_of_range", "Between 0 and 100.");
    }
    if plot.milestones.len() > PARTS || plot.hooks.len() > PARTS {
        wrong.add("text", "too_many", format!("At most {PARTS}."));
    }
    let texts = plot.milestones.iter_mut().map(|step| &mut step.text);
    for text in texts.chain(plot.hooks.iter_mut().map(|hook| &mut hook.text)) {
        *text = text.trim().to_owned();
        if text.is_empty() || text.chars().count() > 500 || text.contains('\0') {
            wrong.text("text", text, 500);
            storable(&mut wrong, "text", text);
            break;
        }
    }
    if plot.links.len() > LINKS {
        wrong.add("links", "too_many", format!("At most {LINKS}."));
    }
    let mut seen = HashSet::new();
    for (i, link) in plot.links.iter_mut().enumerate() {
        link.role = link.role.trim().to_owned();
        let field = format!("links.{i}.role");
        wrong.at_most(&field, &link.role, 60);
        storable(&mut wrong, &field, &link.role);
        if !seen.insert(link.entity_id) {
            wrong.add(&format!("links.{i}.entity_id"), "twice", "It is linked already.");
        }
    }
    wrong.check()
}

/// The entities a plot names that it did not name before.
pub(super) fn names(after: &Plot, before: &Plot) -> Vec<Named> {
    let links = |plot: &Plot| -> HashSet<EntityId> { plot.links.iter().map(|link| link.entity_id).collect() };
    let planted = |plot: &Plot| -> HashSet<EntityId> { plot.hooks.iter().filter_map(|hook| hook.entity_id).collect() };
    let (old_links, old_planted) = (links(before), planted(before));
    let linked = after.links.iter().enumerate().filter(|(_, link)| !old_links.contains(&link.entity_id));
    let linked =
        linked.map(|(i, link)| Named { field: format!("links.{i}.entity_id"), id: link.entity_id, kinds: &[] });
    let with = planted(after).into_iter().filter(|id| !old_planted.contains(id));
    linked.chain(with.map(|id| Named { field: "entity_id".to_owned(), id, kinds: &[] })).collect()
}

/// The shortest way from one plot to another over what each waits for.
pub(super) fn way(edges: &[(EntityId, EntityId)], from: EntityId, to: EntityId) -> Option<Vec<EntityId>> {
    let mut came: HashMap<EntityId, EntityId> = HashMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let mut way = vec![at];
            while let Some(before) = way.last().and_then(|last| came.get(last)).copied() {
                way.push(before);
            }
            way.reverse();
            return Some(way);
        }
        for (_, needs) in edges.iter().filter(|(plot, _)| *plot == at) {
            if *needs != from && !came.contains_key(needs) {
                came.insert(*needs, at);
                next.push_back(*needs);
            }
        }
    }
    None
}

/// What not to forget, the oldest first. `begun` are the beginnings of the campaign's sessions.
///
/// # Errors
/// Invalid limits.
pub(super) fn reminders(
    plots: &[PlotOut],
    begun: &[DateTime<Utc>],
    now: DateTime<Utc>,
    query: &ReminderQuery,
) -> Result<Vec<Reminder>> {
    let (days, sessions) = (query.days.unwrap_or(LONG.0), query.sessions.unwrap_or(LONG.1));
    if !(1..=3650).contains(&days) {
        return Err(Error::field("days", "out_of_range", "Between 1 and 3650."));
    }
    if !(1..=1000).contains(&sessions) {
        return Err(Error::field("sessions", "out_of_range", "Between 1 and 1000."));
    }
    let since = |since: DateTime<Utc>| begun.iter().filter(|begun| **begun > since).count() as u64;
    let long = |at: DateTime<Utc>| now - at >= TimeDelta::days(days.into()) || since(at) >= sessions.into();
    let reminder = |kind, plot: &PlotOut, hook: Option<Hook>, at: DateTime<Utc>| Reminder {
        kind,
        plot_id: plot.id,
        plot: plot.name.clone(),
        hook,
        since: at,
        days: (now - at).num_days().max(0),
        sessions: since(at),
    };
    let mut found = Vec::new();
    for plot in plots {
        if matches!(plot.status, PlotStatus::Resolved | PlotStatus::Abandoned) {
            continue;
        }
        for hook in plot.foreshadowing.iter().filter(|hook| !hook.paid_off) {
            if let Some(at) = hook.planted_at.filter(|at| long(*at)) {
                found.push(reminder(ReminderKind::HookWaiting, plot, Some(hook.clone()), at));
            }
        }
        if plot.status == PlotStatus::Active && !plot.blocked && long(plot.touched_at) {
            found.push(reminder(ReminderKind::PlotIdle, plot, None, plot.touched_at));
        }
        if plot.status == PlotStatus::Planned && !plot.needs.is_empty() && !plot.blocked {
            found.push(reminder(ReminderKind::PlotUnblocked, plot, None, plot.touched_at));
        }
    }
    found.sort_by_key(|reminder| reminder.since);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u8) -> EntityId {
        EntityId(Uuid::from_u128(n.into()))
    }

    #[test]
    fn progress_is_what_was_set_or_the_part_of_the_milestones_that_happened() {
        let fields = serde_json::json!({
            "status": "active", "foreshadowing": ["a bell", 3],
            "milestones": [{ "text": "a", "done": true }, { "text": "b" }, "c"],
        });
        let mut plot = Plot::of_fields(fields.as_object().unwrap());
        assert_eq!((plot.status(), plot.milestones.len(), plot.hooks.len()), (PlotStatus::Active, 3, 1));
        assert_eq!(plot.progress(), 33);
        plot.progress = Some(80);
        assert_eq!(plot.progress(), 80);
        plot = Plot { status: Some(PlotStatus::Resolved), ..Plot::default() };
        assert_eq!(plot.progress(), 100);
    }

    proptest! {
        #[test]
        fn a_way_goes_along_the_edges_and_is_found_when_there_is_one(
            edges in prop::collection::vec((0..8_u8, 0..8_u8), 0..20), to in 0..8_u8
        ) {
            let edges: Vec<_> = edges.into_iter().map(|(a, b)| (id(a), id(b))).collect();
            let mut reached = HashSet::from([id(0)]);
            for _ in 0..8 {
                let more: Vec<_> = edges.iter().filter(|(a, _)| reached.contains(a)).map(|(_, b)| *b).collect();
                reached.extend(more);
            }
            let found = way(&edges, id(0), id(to));
            prop_assert_eq!(found.is_some(), reached.contains(&id(to)));
            if let Some(found) = found {
                prop_assert_eq!((found.first(), found.last()), (Some(&id(0)), Some(&id(to))));
                prop_assert!(found.windows(2).all(|step| edges.contains(&(step[0], step[1]))));
            }
        }
    }
}
