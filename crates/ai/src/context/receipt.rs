//! The receipt: why a model said what it said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, EntryId, FactId, Viewer, scene::Scene};
use utoipa::ToSchema;

/// Whose eyes a prompt was made through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptViewer {
    /// Whether everything was visible.
    pub gm: bool,
    /// The characters whose knowledge counted.
    pub characters: Vec<EntityId>,
}

/// Something that did not go in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dropped {
    /// What: `entry:<id>`, `fact:<id>`, or `body:<id>` for the description of an entity.
    pub what: String,
    /// Why: `over_budget`.
    pub why: String,
}

/// What went into a prompt: exactly that, nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Whose eyes it was made through.
    pub viewer: ReceiptViewer,
    /// The entities that are named, in the order they first appear.
    pub entity_ids: Vec<EntityId>,
    /// The facts that are told.
    pub fact_ids: Vec<FactId>,
    /// The entries that are quoted, oldest first; the player's own text is not among them.
    pub entry_ids: Vec<EntryId>,
    /// Estimated tokens of each part: `rules`, `scene`, `tools`, `turns`, `player`.
    pub tokens: BTreeMap<String, u64>,
    /// What did not go in.
    pub dropped: Vec<Dropped>,
    /// The version of the templates.
    pub prompt_version: String,
}

impl Receipt {
    pub(super) fn new(viewer: &Viewer, prompt_version: String) -> Self {
        let viewer = ReceiptViewer { gm: viewer.sees_all(), characters: viewer.known_as().to_vec() };
        Self { viewer, prompt_version, ..Self::default() }
    }

    pub(super) fn drop_for_room(&mut self, what: String) {
        self.dropped.push(Dropped { what, why: "over_budget".to_owned() });
    }

    /// Names everything the scene's text names.
    pub(super) fn name_all(&mut self, scene: &Scene) {
        let place = scene.place.iter().flat_map(|place| [place.id].into_iter().chain(place.exits.iter().map(|e| e.id)));
        let people = scene.people.iter().map(|person| person.id);
        let items = scene.items.iter().map(|item| item.id);
        let party = scene.party.iter().map(|person| person.id);
        let quests = scene.quests.iter().map(|quest| quest.id);
        for id in place.chain(people).chain(items).chain(party).chain(quests) {
            if !self.entity_ids.contains(&id) {
                self.entity_ids.push(id);
            }
        }
        self.fact_ids = scene.facts.iter().map(|fact| fact.id).collect();
    }

    /// The estimated tokens of the whole prompt.
    pub fn total_tokens(&self) -> u64 {
        self.tokens.values().sum()
    }
}
