//! What goes in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, Role, UserId};
use utoipa::ToSchema;

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberOut {
    /// The user.
    pub user_id: UserId,
    /// The name others see.
    pub display_name: String,
    /// What they may do here.
    pub role: Role,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// The characters they play.
    pub characters: Vec<EntityId>,
}

/// A change of a member.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// The new role.
    pub role: Role,
}
