//! Relationships as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, RelationshipId, patch};
use utoipa::{IntoParams, ToSchema};

use crate::{facts::Evidence, words::words};

words! {
    /// Who may see a relationship.
    Openness {
        /// Whoever may know both ends.
        Everyone = "everyone",
        /// Game masters only.
        Gm = "gm",
    }
}

/// A relationship to note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationshipIn {
    /// One end.
    pub from_id: EntityId,
    /// The other end.
    pub to_id: EntityId,
    /// 1 to 60 characters. `member_of`, from a character to a faction, makes the character know what the faction knows.
    pub kind: String,
    /// −10 (hatred) to 10 (love); 0 when absent.
    #[serde(default)]
    pub strength: i32,
    /// Whether it holds the other way round as well.
    #[serde(default)]
    pub symmetric: bool,
    /// `everyone` when absent.
    #[serde(default = "everyone")]
    pub visibility: Openness,
    /// At most 2000 characters.
    #[serde(default)]
    pub note: String,
    /// Since when it is so, in minutes of story time; always, when absent.
    #[serde(default)]
    pub story_time: Option<i64>,
    /// Where this is known from; an author's hand, when absent.
    #[serde(default)]
    pub evidence: Evidence,
}

fn everyone() -> Openness {
    Openness::Everyone
}

impl RelationshipIn {
    /// A relationship everyone may see, without strength or note.
    pub fn new(from_id: EntityId, kind: impl Into<String>, to_id: EntityId) -> Self {
        let kind = kind.into();
        Self {
            from_id,
            to_id,
            kind,
            strength: 0,
            symmetric: false,
            visibility: Openness::Everyone,
            note: String::new(),
            story_time: None,
            evidence: Evidence::default(),
        }
    }
}

/// A relationship to note from one character's side.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieIn {
    /// The other end.
    pub to_id: EntityId,
    /// 1 to 60 characters.
    pub kind: String,
    /// −10 (hatred) to 10 (love); 0 when absent.
    #[serde(default)]
    pub strength: i32,
    /// Whether it holds the other way round as well.
    #[serde(default)]
    pub symmetric: bool,
    /// `everyone` when absent.
    #[serde(default = "everyone")]
    pub visibility: Openness,
    /// At most 2000 characters.
    #[serde(default)]
    pub note: String,
    /// Since when it is so, in minutes of story time; always, when absent.
    #[serde(default)]
    pub story_time: Option<i64>,
    /// Where this is known from; an author's hand, when absent.
    #[serde(default)]
    pub evidence: Evidence,
}

impl TieIn {
    /// The relationship, seen from nobody's side.
    pub fn of(self, from_id: EntityId) -> RelationshipIn {
        let Self { to_id, kind, strength, symmetric, visibility, note, story_time, evidence } = self;
        RelationshipIn { from_id, to_id, kind, strength, symmetric, visibility, note, story_time, evidence }
    }
}

/// A change of a relationship: absent leaves, null clears, a value sets. Its ends stay. Kind, strength and note are those of
/// a state: of the latest, or of the one that begins at `story_time`, which is made when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RelationshipPatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub kind: Option<Option<String>>,
    /// Null makes it 0.
    #[serde(deserialize_with = "patch::some")]
    pub strength: Option<Option<i32>>,
    /// Null makes it false.
    #[serde(deserialize_with = "patch::some")]
    pub symmetric: Option<Option<bool>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub visibility: Option<Option<Openness>>,
    /// Null makes it empty.
    #[serde(deserialize_with = "patch::some")]
    pub note: Option<Option<String>>,
    /// The state to make or change: the one that holds since then, in minutes of story time; null is the beginning of time.
    #[serde(deserialize_with = "patch::some")]
    pub story_time: Option<Option<i64>>,
    /// Where the new state is known from; null is an author's hand.
    #[serde(deserialize_with = "patch::some")]
    pub evidence: Option<Option<Evidence>>,
}

/// A relationship as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationshipOut {
    /// The relationship.
    pub id: RelationshipId,
    /// One end.
    pub from_id: EntityId,
    /// Its name.
    pub from_name: String,
    /// The other end.
    pub to_id: EntityId,
    /// Its name.
    pub to_name: String,
    /// What kind.
    pub kind: String,
    /// −10 to 10.
    pub strength: i32,
    /// Whether it holds the other way round as well.
    pub symmetric: bool,
    /// Who may see it.
    pub visibility: Openness,
    /// A note.
    pub note: String,
    /// Since when it is so, in minutes of story time; null for always.
    pub since: Option<i64>,
    /// Counts changes from 1.
    pub version: i64,
}

/// How a relationship is or was, from a moment of story time until the next state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationshipState {
    /// Since when, in minutes of story time; null for the beginning of time.
    pub since: Option<i64>,
    /// What kind.
    pub kind: String,
    /// −10 to 10.
    pub strength: i32,
    /// A note.
    pub note: String,
    /// Where this is known from.
    pub evidence: Evidence,
    /// When it was written down, in real time.
    pub created_at: DateTime<Utc>,
}

/// At what moment to look.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// As it was at this minute of story time; as it is now, when absent.
    pub as_of: Option<i64>,
}

/// Which state of a relationship.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StateQuery {
    /// The state that begins at this minute of story time; the one from the beginning of time, when absent.
    pub since: Option<i64>,
}
