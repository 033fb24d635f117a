//! The viewer: the eyes a read looks through.
//!
//! Every query on canon takes one. A viewer sees everything (a GM) or what everyone knows plus what its characters, and the
//! factions these belong to, know. An observer is a viewer without characters. A prompt that speaks for one character is
//! built with that character alone; the game master's prompt with the party, so that a secret nobody at the table knows is
//! never in it.

use crate::{CampaignId, EntityId};

/// The eyes a read looks through. Made by the extractors of `access`, by prompts for their speaker, and by tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    campaign: CampaignId,
    gm: bool,
    characters: Vec<EntityId>,
}

impl Viewer {
    /// The eyes of the game master: everything in the campaign.
    pub fn gm(campaign: CampaignId) -> Self {
        Self { campaign, gm: true, characters: Vec::new() }
    }

    /// The eyes of `characters` together: what everyone knows and what any of them knows. A faction among them stands for
    /// its members as such.
    pub fn characters(campaign: CampaignId, mut characters: Vec<EntityId>) -> Self {
        characters.sort_unstable();
        characters.dedup();
        Self { campaign, gm: false, characters }
    }

    /// The campaign that is looked at; nothing outside is visible.
    pub fn campaign(&self) -> CampaignId {
        self.campaign
    }

    /// Whether everything is visible.
    pub fn sees_all(&self) -> bool {
        self.gm
    }

    /// The characters whose knowledge counts, sorted, without doubles; empty for a GM, who needs none.
    pub fn known_as(&self) -> &[EntityId] {
        &self.characters
    }
}
