//! Streams: the numbered logs that clients follow.
//!
//! A stream is gapless for everyone who may read it. What only the GM may see therefore lies in a lane of its own, with its
//! own numbers: a hole in a player's numbers would already tell that something was hidden (ADR 0001).

use std::{fmt, str::FromStr};

use uuid::Uuid;

use crate::{CampaignId, SessionId};

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// The timeline of one session.
    Session,
    /// The events of one campaign.
    Campaign,
}

impl StreamKind {
    /// The word in a stream's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Campaign => "campaign",
        }
    }
}

/// Who may follow a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Every member.
    Shared,
    /// Only GMs.
    Gm,
}

/// The name of one stream, such as `session:0190…` or `campaign:0190…:gm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// What it is about.
    pub kind: StreamKind,
    /// The session or campaign.
    pub id: Uuid,
    /// Who may follow it.
    pub lane: Lane,
}

impl StreamKey {
    /// The timeline all members of a session share.
    pub fn session(id: SessionId) -> Self {
        Self { kind: StreamKind::Session, id: id.0, lane: Lane::Shared }
    }

    /// The events of a campaign in one lane.
    pub fn campaign(id: CampaignId, lane: Lane) -> Self {
        Self { kind: StreamKind::Campaign, id: id.0, lane }
    }
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)?;
        if self.lane == Lane::Gm { f.write_str(":gm") } else { Ok(()) }
    }
}

/// A stream's name that does not read as one.
#[derive(Debug, thiserror::Error)]
#[error("a stream is named session:<id> or campaign:<id>, with :gm behind it for the GM's lane")]
pub struct NotAStream;

impl FromStr for StreamKey {
    type Err = NotAStream;

    fn from_str(s: &str) -> Result<Self, NotAStream> {
        let (name, lane) = match s.strip_suffix(":gm") {
            Some(name) => (name, Lane::Gm),
            None => (s, Lane::Shared),
        };
        let (kind, id) = name.split_once(':').ok_or(NotAStream)?;
        let kind = match kind {
            "session" => StreamKind::Session,
            "campaign" => StreamKind::Campaign,
            _ => return Err(NotAStream),
        };
        Ok(Self { kind, id: Uuid::try_parse(id).map_err(|_| NotAStream)?, lane })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_reads_back_from_its_name() {
        let id = Uuid::from_u128(7);
        for key in [
            StreamKey { kind: StreamKind::Session, id, lane: Lane::Shared },
            StreamKey { kind: StreamKind::Campaign, id, lane: Lane::Gm },
        ] {
            assert_eq!(key.to_string().parse::<StreamKey>().unwrap(), key);
        }
        for bad in ["", "session", "session:", "session:x", "novel:00000000-0000-0000-0000-000000000007"] {
            assert!(bad.parse::<StreamKey>().is_err(), "{bad}");
        }
    }
}
