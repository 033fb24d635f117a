//! Characters as they come in and go out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skald_kernel::{UserId, error::FieldError, patch};
use utoipa::ToSchema;

use crate::entities::{EntityBrief, EntityOut};

/// A character with what belongs to its sheet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CharacterPage)]
pub struct CharacterOut {
    /// The entity; its version counts for `If-Match`. The sheet is `fields.sheet`; `fields.voice`, `fields.personality`
    /// and `fields.goals` say how it speaks, what it is like and what it wants.
    pub entity: EntityOut,
    /// The key of the rule system that the sheet follows.
    pub system: Option<String>,
    /// Who plays it.
    pub player_id: Option<UserId>,
    /// The factions it belongs to, of those you may know and by ties you may know.
    pub factions: Vec<EntityBrief>,
    /// You may change its sheet, voice, personality and goals.
    pub editable: bool,
    /// What of the sheet does not follow the rule system. For who may change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet_problems: Option<Vec<FieldError>>,
}

/// What a player may change of their own character: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CharacterPatch {
    /// The sheet, field by field: a field that is absent stays, null takes it out.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = Option<Object>)]
    pub sheet: Option<Option<Map<String, Value>>>,
    /// How it speaks, with lines as samples. At most 4000 characters.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = Option<String>)]
    pub voice: Option<Option<String>>,
    /// What it is like. At most 4000 characters.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = Option<String>)]
    pub personality: Option<Option<String>>,
    /// What it wants. At most 4000 characters.
    #[serde(default, deserialize_with = "patch::some")]
    #[schema(value_type = Option<String>)]
    pub goals: Option<Option<String>>,
}
