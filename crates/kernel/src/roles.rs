//! Roles: what a user may do on the site, and what a member may do in a campaign.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a member is in one campaign. Ordered: an observer may do least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Watches; changes nothing.
    Observer,
    /// Plays characters and knows what they know.
    Player,
    /// Runs the campaign and knows everything in it.
    Gm,
}

impl Role {
    /// The word stored in the database and sent over the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Player => "player",
            Self::Gm => "gm",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "observer" => Some(Self::Observer),
            "player" => Some(Self::Player),
            "gm" => Some(Self::Gm),
            _ => None,
        }
    }
}

/// What an account may do on the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteRole {
    /// Everything, including providers and other accounts.
    Admin,
    /// Its own campaigns.
    User,
}

impl SiteRole {
    /// The word stored in the database and sent over the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
        }
    }

    /// Reads the stored word; anything unknown has the least rights.
    pub fn parse(word: &str) -> Self {
        if word == "admin" { Self::Admin } else { Self::User }
    }
}
