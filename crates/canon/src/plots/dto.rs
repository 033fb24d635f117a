//! Plots as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, EntityId, EntryId, HookId, MilestoneId, SessionId, patch};
use utoipa::{IntoParams, ToSchema};

use crate::{
    entities::{EntityBrief, Visibility},
    words::words,
};

words! {
    /// Where a plot stands.
    PlotStatus {
        /// Nothing of it has begun.
        Planned = "planned",
        /// It is going on.
        Active = "active",
        /// It came to an end.
        Resolved = "resolved",
        /// It will come to none.
        Abandoned = "abandoned",
    }

    /// What a game master is reminded of.
    ReminderKind {
        /// A hint was planted long ago and is not paid off.
        HookWaiting = "hook_waiting",
        /// Nothing touched an active plot for long.
        PlotIdle = "plot_idle",
        /// All that a planned plot waited for is resolved.
        PlotUnblocked = "plot_unblocked",
    }
}

/// A plot to make: an entity of kind `plot` that game masters alone see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlotIn {
    /// 1 to 120 characters.
    pub name: String,
    /// At most 500 characters.
    #[serde(default)]
    pub summary: String,
    /// `planned` when absent.
    #[serde(default)]
    pub status: Option<PlotStatus>,
    /// The texts of its first milestones.
    #[serde(default)]
    pub milestones: Vec<String>,
    /// The texts of its first hints, none of them planted.
    #[serde(default)]
    pub foreshadowing: Vec<String>,
}

/// Where a plot stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProgressIn {
    /// Absent leaves it.
    pub status: Option<PlotStatus>,
    /// 0 to 100; absent or null: what the milestones say.
    pub progress: Option<u8>,
}

/// A step of a plot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Milestone {
    /// Its id within the plot.
    pub id: MilestoneId,
    /// What happens.
    pub text: String,
    /// Whether it has happened.
    pub done: bool,
    /// When, in minutes of story time.
    pub story_time: Option<i64>,
}

/// A milestone to add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneIn {
    /// 1 to 500 characters.
    pub text: String,
    /// Whether it has happened.
    #[serde(default)]
    pub done: bool,
    /// When, in minutes of story time.
    #[serde(default)]
    pub story_time: Option<i64>,
}

/// A change of a milestone: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MilestonePatch {
    /// What happens.
    pub text: Option<String>,
    /// Whether it has happened.
    pub done: Option<bool>,
    /// When, in minutes of story time.
    #[serde(deserialize_with = "patch::some")]
    pub story_time: Option<Option<i64>>,
    /// Its place among the milestones, counted from 0.
    pub position: Option<usize>,
}

/// A hint of what is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hook {
    /// Its id within the plot.
    pub id: HookId,
    /// What is hinted.
    pub text: String,
    /// When it was planted; null while it is not.
    pub planted_at: Option<DateTime<Utc>>,
    /// What it was planted with.
    pub entity_id: Option<EntityId>,
    /// The session it was planted in.
    pub session_id: Option<SessionId>,
    /// The entry of the timeline it was planted with.
    pub entry_id: Option<EntryId>,
    /// Whether it has come to something.
    pub paid_off: bool,
}

/// A hint to add at the end.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookIn {
    /// 1 to 500 characters.
    pub text: String,
    /// Whether it is planted already.
    #[serde(default)]
    pub planted: bool,
    /// What it is planted with.
    #[serde(default)]
    pub entity_id: Option<EntityId>,
    /// The session it is planted in.
    #[serde(default)]
    pub session_id: Option<SessionId>,
    /// The entry of the timeline it is planted with.
    #[serde(default)]
    pub entry_id: Option<EntryId>,
}

/// A change of a hint: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HookPatch {
    /// What is hinted.
    pub text: Option<String>,
    /// True plants it now, unless it is planted; false takes that back.
    pub planted: Option<bool>,
    /// What it was planted with.
    #[serde(deserialize_with = "patch::some")]
    pub entity_id: Option<Option<EntityId>>,
    /// The session it was planted in.
    #[serde(deserialize_with = "patch::some")]
    pub session_id: Option<Option<SessionId>>,
    /// The entry of the timeline it was planted with.
    #[serde(deserialize_with = "patch::some")]
    pub entry_id: Option<Option<EntryId>>,
    /// Whether it has come to something.
    pub paid_off: Option<bool>,
}

/// Something a plot is about, and what it is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlotLink {
    /// What it is about.
    pub entity_id: EntityId,
    /// Such as `villain` or `stage`; at most 60 characters.
    #[serde(default)]
    pub role: String,
}

/// Everything a plot is about, in place of what is stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlotLinksIn {
    /// At most 50, none twice.
    pub links: Vec<PlotLink>,
}

/// Something a plot is about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlotLinkOut {
    /// What it is about.
    pub entity: EntityBrief,
    /// What it is in the plot.
    pub role: String,
}

/// What a plot waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlotNeedIn {
    /// The plot that comes first.
    pub needs_id: EntityId,
}

/// Another plot, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlotName {
    /// The plot.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: PlotStatus,
}

/// A plot. It is changed as one: every part of it names its version.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlotOut {
    /// The entity.
    pub id: EntityId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub name: String,
    /// In short.
    pub summary: String,
    /// Who may see the entity. What stands here is the game master's.
    pub visibility: Visibility,
    /// Where it stands.
    pub status: PlotStatus,
    /// 0 to 100.
    pub progress: u8,
    /// Whether the game master set the progress; the milestones say it otherwise.
    pub progress_is_set: bool,
    /// The steps, in order.
    pub milestones: Vec<Milestone>,
    /// The hints, in order.
    pub foreshadowing: Vec<Hook>,
    /// The plots it waits for.
    pub needs: Vec<PlotName>,
    /// The plots that wait for it.
    pub needed_by: Vec<PlotName>,
    /// Whether something it waits for is not resolved.
    pub blocked: bool,
    /// What it is about.
    pub links: Vec<PlotLinkOut>,
    /// When it, or its entity, was changed last.
    pub touched_at: DateTime<Utc>,
    /// Counts changes of the plot from 0; the entity has a version of its own.
    pub version: i64,
}

/// Where a plot stands, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlotStatusOut {
    /// The plot.
    pub id: EntityId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: PlotStatus,
    /// 0 to 100.
    pub progress: u8,
    /// Milestones that have happened.
    pub milestones_done: u64,
    /// All milestones.
    pub milestones: u64,
    /// Hints that are planted and not paid off.
    pub hooks_open: u64,
    /// What it waits for that is not resolved.
    pub blocked_by: Vec<PlotName>,
}

/// Which plots.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlotQuery {
    /// That stand so only.
    #[param(inline)]
    pub status: Option<PlotStatus>,
    /// About this entity only.
    pub entity_id: Option<EntityId>,
}

/// How long is long ago.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReminderQuery {
    /// Days, 1 to 3650; 14 when absent.
    pub days: Option<u32>,
    /// Sessions begun since, 1 to 1000; 3 when absent. What comes first counts.
    pub sessions: Option<u32>,
}

/// Something not to forget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reminder {
    /// What kind of thing.
    pub kind: ReminderKind,
    /// The plot.
    pub plot_id: EntityId,
    /// Its name.
    pub plot: String,
    /// The hint, for `hook_waiting`.
    pub hook: Option<Hook>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whole days since then.
    pub days: i64,
    /// Sessions begun since then.
    pub sessions: u64,
}
