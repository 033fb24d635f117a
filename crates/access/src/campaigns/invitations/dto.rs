//! What goes in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{InvitationId, Role};
use utoipa::ToSchema;

/// A new invitation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationIn {
    /// What those who follow it become.
    pub role: Role,
    /// How many may follow it, 1 to 1000; any number when absent.
    #[serde(default)]
    pub max_uses: Option<i32>,
    /// Hours it lasts, 1 to 8760; a week when absent.
    #[serde(default)]
    pub expires_in_hours: Option<i64>,
}

/// An invitation as a GM sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationOut {
    /// Its id.
    pub id: InvitationId,
    /// The code in the link.
    pub code: String,
    /// What those who follow it become.
    pub role: Role,
    /// How many followed it.
    pub uses: i32,
    /// How many may; null for any number.
    pub max_uses: Option<i32>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An invitation as somebody with the link sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationPreview {
    /// The campaign it leads into.
    pub campaign_name: String,
    /// What one becomes there.
    pub role: Role,
    /// Who invites.
    pub inviter: String,
}
