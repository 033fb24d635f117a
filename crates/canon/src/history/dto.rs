//! History as it goes out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::UserId;
use utoipa::{IntoParams, ToSchema};

use crate::{entities::EntityName, words::words};

words! {
    /// What a version is compared with.
    Against {
        /// The version before it.
        Previous = "previous",
        /// The latest version.
        Current = "current",
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// How they are called.
    pub display_name: String,
}

/// A version in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryOut {
    /// Its number.
    pub version: i64,
    /// `create`, `update`, `move`, `reveal`, `revert`, `delete`, `restore`, or `kept` for what is older than the history.
    pub action: String,
    /// The fields that differ from the version before; of `fields`, each key: `fields.climate`.
    pub changed: Vec<String>,
    /// Who made it; null for Skald itself.
    pub by: Option<Person>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A field that differs between two versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldDiff {
    /// Its name; `fields.` and a key for one of those.
    pub field: String,
    /// In the earlier version; null where it was not there.
    #[schema(value_type = Option<Value>)]
    pub before: Value,
    /// In the later version; null where it is not there.
    #[schema(value_type = Option<Value>)]
    pub after: Value,
}

/// One version, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionOut {
    /// Which.
    #[serde(flatten)]
    pub entry: HistoryOut,
    /// All that it held, in the shape it is written in.
    #[schema(value_type = Object)]
    pub snapshot: Value,
    /// The version that `diff` compares it with; null when there is none.
    pub compared_with: Option<i64>,
    /// What differs, from the earlier to the later of the two.
    pub diff: Vec<FieldDiff>,
    /// The names of the entities whose ids stand in `diff`, as far as they are not deleted.
    pub names: Vec<EntityName>,
}

/// What to compare a version with.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// `previous` (when absent) or `current`.
    #[param(inline)]
    pub against: Option<Against>,
}
