//! The shapes of asking for an answer.

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, GenerationId};
use skald_table::timeline::EntryOut;
use utoipa::ToSchema;

/// What a player says or does.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatIn {
    /// In their own words, at most 4,000 characters.
    pub text: String,
    /// The character that acts; the one joined with when absent.
    pub character_id: Option<EntityId>,
}

/// A message that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Chatted {
    /// Its entry.
    pub entry: EntryOut,
    /// The answer that will come; of a game only.
    pub generation_id: Option<GenerationId>,
}

/// An answer to try again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryIn {
    /// The answer that failed, was interrupted, or did not please.
    pub generation_id: GenerationId,
    /// Let the oracle answer instead of the model.
    #[serde(default)]
    pub with_oracle: bool,
}

/// An answer that is tried again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Retried {
    /// The new answer.
    pub generation_id: GenerationId,
}

/// An answer to stop.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelIn {
    /// The answer.
    pub generation_id: GenerationId,
}
