//! What was deleted, as it goes out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::EntityId;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{entities::EntityKind, history::Person, words::words};

words! {
    /// What lies in the trash.
    TrashType {
        /// An entity.
        Entity = "entity",
        /// A fact.
        Fact = "fact",
        /// A relationship.
        Relationship = "relationship",
    }
}

/// Something that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrashOut {
    /// What it is.
    #[serde(rename = "type")]
    pub type_: TrashType,
    /// Its id: of an entity, a fact or a relationship.
    pub id: Uuid,
    /// The entity it is or is about.
    pub entity_id: EntityId,
    /// The kind of that entity.
    pub entity_kind: EntityKind,
    /// The name of that entity.
    pub name: String,
    /// For facts, how it is meant; for relationships, their kind.
    pub predicate: Option<String>,
    /// For facts and relationships, the name of the other entity.
    pub other_name: Option<String>,
    /// The summary of an entity, the statement of a fact, the note of a relationship; its beginning.
    pub text: String,
    /// What has to be brought back before, because this is about it.
    pub waits_for: Option<String>,
    /// Its version.
    pub version: i64,
    /// Who deleted it; null when it is not known.
    pub deleted_by: Option<Person>,
    /// When.
    pub deleted_at: DateTime<Utc>,
}

/// What of the trash to list, and which page of it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrashQuery {
    /// Of this type only.
    #[serde(rename = "type")]
    #[param(inline, rename = "type")]
    pub type_: Option<TrashType>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}
