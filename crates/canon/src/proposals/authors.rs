//! Who suggests changes, in the code and in the database.

use skald_kernel::{CallId, JobId, UserId};
use uuid::Uuid;

use super::dto::ProposalAuthorKind;
use crate::bind::Binds;

/// Who suggests something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A model, at a task.
    Ai {
        /// Such as `narrate`; at most 60 characters.
        task: String,
        /// The call in the ledger.
        call: Option<CallId>,
    },
    /// An import.
    Import {
        /// Its job.
        job: JobId,
    },
    /// A member.
    Member {
        /// Who.
        user: UserId,
    },
}

impl Author {
    pub(super) fn kind(&self) -> ProposalAuthorKind {
        match self {
            Self::Ai { .. } => ProposalAuthorKind::Ai,
            Self::Import { .. } => ProposalAuthorKind::Import,
            Self::Member { .. } => ProposalAuthorKind::Member,
        }
    }

    pub(super) fn id(&self) -> Option<Uuid> {
        match self {
            Self::Ai { call, .. } => call.map(|id| id.0),
            Self::Import { job } => Some(job.0),
            Self::Member { user } => Some(user.0),
        }
    }

    pub(super) fn task(&self) -> &str {
        match self {
            Self::Ai { task, .. } => task,
            _ => "",
        }
    }

    /// The condition under which `alias` is by the same author: the same member, the same job, or a model at the same task.
    pub(super) fn is(&self, alias: &str, with_task: bool, binds: &mut Binds) -> String {
        let kind = format!("{alias}.author_kind = {}", binds.add(self.kind().as_str()));
        match self {
            Self::Ai { task, .. } if with_task => {
                format!("{kind} AND {alias}.author_task = {}", binds.add(task.as_str()))
            }
            Self::Ai { .. } => kind,
            Self::Import { .. } | Self::Member { .. } => {
                format!("{kind} AND {alias}.author_id = {}", binds.add(self.id()))
            }
        }
    }
}
