//! What comes of reading a vault.

use serde::{Deserialize, Serialize};
use skald_kernel::BatchId;
use utoipa::ToSchema;

/// What came of reading a vault: the `result` of its job.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct VaultReport {
    /// Whether nothing was to be suggested.
    pub dry_run: bool,
    /// Pages that were read.
    pub pages: u64,
    /// Pages that are as the canon has them.
    pub unchanged: u64,
    /// Entities that are new.
    pub new_entities: u64,
    /// Entities that differ.
    pub changed_entities: u64,
    /// Facts that are new or differ.
    pub facts: u64,
    /// Ties that are new or differ.
    pub ties: u64,
    /// The first hundred of what is new or differs, as `<file>: <what>`.
    pub changes: Vec<String>,
    /// The batch of proposals, when there is something to decide on.
    pub batch_id: Option<BatchId>,
    /// What could not be read or suggested, as `<file>: <why>`.
    pub warnings: Vec<String>,
    /// Why nothing was read.
    pub problem: Option<String>,
}
