//! Pictures as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, MediaId, UserId};
use utoipa::{IntoParams, ToSchema};

/// What a picture is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MediaIn {
    /// The file's name, at most 200 characters.
    #[serde(default)]
    pub name: String,
    /// What can be seen, for those who cannot see it; at most 500 characters.
    #[serde(default)]
    pub alt: String,
}

/// A picture. Its bytes are at `/media/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MediaOut {
    /// The picture.
    pub id: MediaId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// `image/png`, `image/jpeg`, `image/webp` or `image/gif`.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The file's name.
    pub name: String,
    /// What can be seen.
    pub alt: String,
    /// Who put it in.
    pub uploaded_by: Option<UserId>,
    /// When it was put in.
    pub created_at: DateTime<Utc>,
}
