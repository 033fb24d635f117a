//! Questions and answers.

use serde::{Deserialize, Serialize};
use skald_canon::entities::EntityKind;
use skald_kernel::{EntityId, FactId};
use utoipa::ToSchema;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskIn {
    /// 1 to 500 characters.
    pub question: String,
    /// Whether the built-in oracle shall answer in the words of the canon, whatever models there are.
    #[serde(default)]
    pub with_oracle: bool,
}

/// What an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskCite {
    /// The entity that says so, or that the fact is about.
    pub entity_id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// The fact, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<FactId>,
    /// The words.
    pub quote: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskOut {
    /// What the canon says; empty when it says nothing that you may know.
    pub answer: String,
    /// Whether there is an answer.
    pub known: bool,
    /// What it rests on, in the order of the answer.
    pub cites: Vec<AskCite>,
    /// Who answered, as in `/ai/models`.
    pub by: String,
}
