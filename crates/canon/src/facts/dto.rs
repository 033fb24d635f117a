//! Facts as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, FactId, patch};
use utoipa::{IntoParams, ToSchema};

use crate::words::words;

words! {
    /// Whether a fact holds.
    FactStatus {
        /// Suggested, and seen by game masters only.
        Proposed = "proposed",
        /// It holds.
        Canon = "canon",
        /// It held once, and is seen by game masters only.
        Retired = "retired",
    }

    /// What a fact says of its subject.
    FactKind {
        /// What it is like.
        Attribute = "attribute",
        /// How it stands to another.
        Relation = "relation",
        /// Where it is.
        Location = "location",
        /// What it has.
        Possession = "possession",
        /// What it knows or believes.
        Knowledge = "knowledge",
        /// How it is at present: alive, sworn, lost.
        Status = "status",
        /// What always holds.
        Rule = "rule",
        /// How much or how many.
        Quantity = "quantity",
    }

    /// Where a fact comes from.
    EvidenceKind {
        /// Somebody wrote it.
        Author = "author",
        /// An entry of a timeline.
        Entry = "entry",
        /// A roll of dice.
        Roll = "roll",
        /// A second of a recording.
        Transcript = "transcript",
        /// A paragraph of a chapter.
        Chapter = "chapter",
    }
}

/// Who knows a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Knower {
    /// Every member and every character.
    Everyone,
    /// The game master.
    Gm,
    /// A character.
    Character {
        /// Which.
        id: EntityId,
    },
    /// The members of a faction.
    Faction {
        /// Which.
        id: EntityId,
    },
    /// The reader of a novel, before its characters.
    Reader,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What kind of source.
    pub kind: EvidenceKind,
    /// Which one: `session:<id>`, `recording:<id>`, `chapter:<id>`, or any word of your own; at most 200 characters.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where in it: the number of an entry or of a paragraph, the second of a recording. Not negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { kind: EvidenceKind::Author, reference: None, at: None }
    }
}

/// A fact to note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactIn {
    /// What it is about.
    pub subject_id: EntityId,
    /// What it says of it; `relation` when absent and there is an object, else `attribute`.
    #[serde(default)]
    pub kind: Option<FactKind>,
    /// How it is meant, such as `is the sister of`; 1 to 80 characters.
    pub predicate: String,
    /// The other entity it is about.
    #[serde(default)]
    pub object_id: Option<EntityId>,
    /// The statement, at most 4000 characters. Needed when there is no object.
    #[serde(default)]
    pub text: String,
    /// Who knows it; only the game master, when absent.
    #[serde(default)]
    pub knowers: Vec<Knower>,
    /// Since which minute of story time the knowers that this adds know it; always, when absent.
    #[serde(default)]
    pub known_from: Option<i64>,
    /// The first minute of story time in which it holds.
    #[serde(default)]
    pub story_from: Option<i64>,
    /// The last minute of story time in which it holds.
    #[serde(default)]
    pub story_to: Option<i64>,
    /// How hard it is to discover in play, 1 to 40; absent when play cannot discover it.
    #[serde(default)]
    pub find_dc: Option<i32>,
    /// `canon` when absent.
    #[serde(default = "canon")]
    pub status: FactStatus,
    /// Where it comes from, at most 20 sources; an author's hand, when absent.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

fn canon() -> FactStatus {
    FactStatus::Canon
}

impl FactIn {
    /// A fact in words that only the game master knows.
    pub fn new(subject_id: EntityId, predicate: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            subject_id,
            kind: None,
            predicate: predicate.into(),
            object_id: None,
            text: text.into(),
            knowers: Vec::new(),
            known_from: None,
            story_from: None,
            story_to: None,
            find_dc: None,
            status: FactStatus::Canon,
            evidence: Vec::new(),
        }
    }
}

/// A change of a fact: absent leaves, null clears, a value sets. Its subject stays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FactPatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub kind: Option<Option<FactKind>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub predicate: Option<Option<String>>,
    /// The other entity.
    #[serde(deserialize_with = "patch::some")]
    pub object_id: Option<Option<EntityId>>,
    /// The statement.
    #[serde(deserialize_with = "patch::some")]
    pub text: Option<Option<String>>,
    /// Who knows it; null leaves it to the game master.
    #[serde(deserialize_with = "patch::some")]
    pub knowers: Option<Option<Vec<Knower>>>,
    /// Since which minute of story time the knowers that this adds know it; always, when null or absent.
    #[serde(deserialize_with = "patch::some")]
    pub known_from: Option<Option<i64>>,
    /// Since when in story time.
    #[serde(deserialize_with = "patch::some")]
    pub story_from: Option<Option<i64>>,
    /// Until when in story time.
    #[serde(deserialize_with = "patch::some")]
    pub story_to: Option<Option<i64>>,
    /// How hard it is to discover.
    #[serde(deserialize_with = "patch::some")]
    pub find_dc: Option<Option<i32>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub status: Option<Option<FactStatus>>,
    /// Null makes it an author's hand.
    #[serde(deserialize_with = "patch::some")]
    pub evidence: Option<Option<Vec<Evidence>>>,
}

/// A fact as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactOut {
    /// The fact.
    pub id: FactId,
    /// What it is about.
    pub subject_id: EntityId,
    /// The subject's name.
    pub subject_name: String,
    /// What it says of it.
    pub kind: FactKind,
    /// How it is meant.
    pub predicate: String,
    /// The other entity.
    pub object_id: Option<EntityId>,
    /// The other entity's name.
    pub object_name: Option<String>,
    /// The statement.
    pub text: String,
    /// Who knows it; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowers: Option<Vec<Knower>>,
    /// The same, with when and how each came to know; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Vec<Known>>,
    /// Since which minute of story time the viewer knows it; null for always, and for a game master.
    #[serde(default)]
    pub known_from: Option<i64>,
    /// Since when in story time.
    pub story_from: Option<i64>,
    /// Until when in story time.
    pub story_to: Option<i64>,
    /// How hard it is to discover in play; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find_dc: Option<i32>,
    /// Whether it holds.
    pub status: FactStatus,
    /// Where it comes from, at least one source.
    pub evidence: Vec<Evidence>,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was noted.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// That somebody knows a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Known {
    /// Who.
    pub by: Knower,
    /// Since which minute of story time; null for always.
    pub known_from: Option<i64>,
    /// When it was noted that they know.
    pub since: DateTime<Utc>,
    /// How they came to know; absent for what an author set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Who shall know a fact from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealIn {
    /// In addition to who knows it already.
    pub to: Vec<Knower>,
    /// In which minute of story time they come to know: the campaign's present, when absent; null for always.
    #[serde(default, deserialize_with = "patch::some")]
    pub known_from: Option<Option<i64>>,
}

/// Who shall know several facts from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealManyIn {
    /// Which facts, 1 to 100. All are revealed or none.
    pub fact_ids: Vec<FactId>,
    /// In addition to who knows each already.
    #[serde(default)]
    pub to: Vec<Knower>,
    /// Whether every character that is played is among them.
    #[serde(default)]
    pub party: bool,
    /// In which minute of story time they come to know: the campaign's present, when absent; null for always.
    #[serde(default, deserialize_with = "patch::some")]
    pub known_from: Option<Option<i64>>,
}

words! {
    /// In which order facts are listed.
    #[derive(Default)]
    FactOrder {
        /// As they were noted.
        #[default]
        Oldest = "oldest",
        /// By the name of what they are about.
        Subject = "subject",
    }
}

/// Which facts to list, and which page of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FactQuery {
    /// About this entity only.
    #[serde(alias = "subject")]
    pub subject_id: Option<EntityId>,
    /// Of this kind only.
    #[param(inline)]
    pub kind: Option<FactKind>,
    /// With this status only.
    #[param(inline)]
    pub status: Option<FactStatus>,
    /// What somebody knows, by themselves, through a faction or because everyone does: `character:<id>`, `faction:<id>`,
    /// `party`, `everyone`; or what is set down for `gm` or `reader`. For game masters.
    pub knower: Option<String>,
    /// Facts in which every one of these words begins a word.
    pub q: Option<String>,
    /// What holds in this minute of story time, and is known by then.
    pub as_of: Option<i64>,
    /// `oldest` when absent.
    #[param(inline)]
    pub order: Option<FactOrder>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}
