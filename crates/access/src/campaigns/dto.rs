//! What goes in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, Role};
use utoipa::ToSchema;

/// A new campaign.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignIn {
    /// Up to 120 characters.
    pub name: String,
    /// Up to 4000 characters.
    #[serde(default)]
    pub description: String,
}

/// A change of a campaign.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignPatch {
    /// Up to 120 characters.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// Up to 4000 characters; null empties it.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

/// A campaign as one of its members sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignOut {
    /// Its id.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What the reader is in it.
    pub role: Role,
    /// For `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When name or description last changed.
    pub updated_at: DateTime<Utc>,
    /// How many members it has.
    pub member_count: i64,
}
