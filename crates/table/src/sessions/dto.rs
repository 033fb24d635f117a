//! The shapes of sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, EntityId, SessionId, UserId};
use utoipa::ToSchema;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Played against an AI game master.
    Game,
    /// Friends around a table.
    Table,
    /// Talking with the world's people.
    Roleplay,
}

impl SessionKind {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Game => "game",
            Self::Table => "table",
            Self::Roleplay => "roleplay",
        }
    }

    pub(super) fn parse(word: &str) -> Self {
        match word {
            "table" => Self::Table,
            "roleplay" => Self::Roleplay,
            _ => Self::Game,
        }
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Not begun.
    Planned,
    /// Taking messages.
    Running,
    /// Over; it stays readable.
    Ended,
}

impl SessionStatus {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Ended => "ended",
        }
    }

    pub(super) fn parse(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "ended" => Self::Ended,
            _ => Self::Planned,
        }
    }
}

/// A session to plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionIn {
    /// What it is for; only `game` can be played yet.
    pub kind: SessionKind,
    /// What to call it; dated when absent.
    pub title: Option<String>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub display_name: String,
    /// The character they play here.
    pub character_id: Option<EntityId>,
    /// Its name, where the viewer may know it.
    pub character_name: Option<String>,
    /// Whether a browser of theirs follows the session right now.
    pub online: bool,
}

/// A session as its members see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionOut {
    /// Its id.
    pub id: SessionId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// What it is for.
    pub kind: SessionKind,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: SessionStatus,
    /// Who planned it, and may end it besides the GM.
    pub created_by: UserId,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
    /// The number of its newest entry; 0 for none.
    pub seq: u64,
    /// Who takes part.
    pub participants: Vec<Participant>,
}
