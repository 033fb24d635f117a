//! Relationships as they come in and go out.

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, RelationshipId, patch};
use utoipa::ToSchema;

use crate::words::words;

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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
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
        }
    }
}

/// A change of a relationship: absent leaves, null clears, a value sets. Its ends stay.
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
    /// Counts changes from 1.
    pub version: i64,
}
