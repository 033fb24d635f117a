//! Rule systems as they come in and go out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A rule system that a campaign makes.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemIn {
    /// What it is called by in addresses: 1 to 40 of `a-z`, `0-9`, `-`, beginning with a letter. It never changes.
    pub key: String,
    /// Up to 120 characters.
    pub name: String,
    /// JSON Schema (draft 2020-12) of `fields.sheet` of a character. At most 64 KiB, 16 levels deep, and without references
    /// (`$ref` and the like).
    #[schema(value_type = Object)]
    pub schema: Map<String, Value>,
    /// How a form shows it.
    #[serde(default)]
    pub ui: SystemUi,
}

/// How a form shows a sheet. Fields that no group names come last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemUi {
    /// In their order, at most 40.
    #[serde(default)]
    pub groups: Vec<SystemGroup>,
}

/// Fields that stand together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemGroup {
    /// The heading, up to 120 characters.
    pub label: String,
    /// Names of properties of the schema, in their order, at most 200.
    pub fields: Vec<String>,
}

/// A rule system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SystemOut {
    /// What it is called by.
    pub key: String,
    /// Its name.
    pub name: String,
    /// JSON Schema (draft 2020-12) of `fields.sheet` of a character.
    #[schema(value_type = Object)]
    pub schema: Map<String, Value>,
    /// How a form shows it.
    pub ui: SystemUi,
    /// It comes with Skald and cannot be changed.
    #[serde(default)]
    pub shipped: bool,
    /// The sheets of this campaign follow it.
    #[serde(default)]
    pub chosen: bool,
    /// Counts changes from 1; 0 for what comes with Skald.
    #[serde(default)]
    pub version: i64,
}

/// Which rule system to follow.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemChoice {
    /// The key of a rule system of the campaign; null for none.
    pub key: Option<String>,
}
