//! What goes in and out. What holds a token has no `Debug`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{AccessTokenId, CampaignId};
use utoipa::ToSchema;

/// What a token may do of what its owner may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AccessTokenScope)]
pub enum TokenScope {
    /// Look, and change nothing.
    Read,
    /// Look and change.
    Write,
}

impl TokenScope {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Reads the stored word; one it does not know allows least.
    pub(super) fn parse(word: &str) -> Self {
        if word == "write" { Self::Write } else { Self::Read }
    }
}

/// A new personal access token.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessTokenIn {
    /// What it is for, such as "Notes on my laptop": 1 to 80 characters.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// The only campaign it is for; all of one's own when absent.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// Days it lasts, 1 to 365; 90 when absent, without end when null.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<i64>)]
    pub expires_in_days: Option<Option<i64>>,
}

/// A personal access token, without what it is shown as.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccessTokenOut {
    /// Its id.
    pub id: AccessTokenId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: TokenScope,
    /// The only campaign it is for; null for all of its owner's.
    pub campaign_id: Option<CampaignId>,
    /// The name of that campaign; null also when its owner is no member any more.
    pub campaign_name: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; null for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute; null for never.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token that was just made: the only time it is shown.
#[derive(Serialize, ToSchema)]
pub struct AccessTokenMade {
    /// For `Authorization: Bearer`. Keep it like a password.
    pub token: String,
    /// What was made.
    pub access_token: AccessTokenOut,
}
