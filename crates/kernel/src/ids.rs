//! Ids: UUIDv7 each with a type of its own, so that a campaign's id cannot stand where an entity's is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(s).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// An account.
    UserId,
    /// One signed-in device of a user: a family of refresh tokens.
    DeviceId,
    /// A personal access token.
    AccessTokenId,
    /// A campaign, the container of one canon.
    CampaignId,
    /// An invitation into a campaign.
    InvitationId,
    /// Anything in the canon with a name.
    EntityId,
    /// One statement of the canon.
    FactId,
    /// A typed edge between two entities.
    RelationshipId,
    /// A picture of a campaign.
    MediaId,
    /// A picture with pins on it.
    MapId,
    /// A mark on a map.
    PinId,
    /// A table of results to roll on.
    TableId,
    /// One roll on a table.
    TableRollId,
    /// A step of a plot.
    MilestoneId,
    /// A hint of a plot that was planted, or is to be.
    HookId,
    /// A suggested change of the canon.
    ProposalId,
    /// Proposals that belong together.
    BatchId,
    /// One sitting: table, game or roleplay.
    SessionId,
    /// One item of a session's timeline.
    EntryId,
    /// One answer being made by a model for a session.
    GenerationId,
    /// Background work.
    JobId,
    /// A model service an admin has added.
    ProviderId,
    /// One call to a model, in the ledger.
    CallId,
}
