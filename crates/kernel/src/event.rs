//! Events: past-tense notices of what changed, with ids and no payload, committed with the change itself.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CampaignId, Lane};

/// One notice on a campaign's outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The campaign it happened in.
    pub campaign: CampaignId,
    /// Who may hear of it: news of what players may not know stays in the GM's lane.
    pub lane: Lane,
    /// `subject.past_tense`, such as `entity.updated`.
    pub kind: &'static str,
    /// The thing that changed.
    pub subject: Uuid,
}

impl Event {
    /// An event every member may hear of.
    pub fn shared(campaign: CampaignId, kind: &'static str, subject: impl Into<Uuid>) -> Self {
        Self { campaign, lane: Lane::Shared, kind, subject: subject.into() }
    }

    /// An event only GMs may hear of.
    pub fn for_gm(campaign: CampaignId, kind: &'static str, subject: impl Into<Uuid>) -> Self {
        Self { campaign, lane: Lane::Gm, kind, subject: subject.into() }
    }
}

/// The event as clients receive it on a campaign's stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventOut {
    /// `subject.past_tense`.
    pub kind: String,
    /// The thing that changed.
    pub subject: Uuid,
    /// Who changed it; absent for the engine.
    pub by: Option<Uuid>,
}
