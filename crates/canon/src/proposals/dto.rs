//! Proposals as they come in and go out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skald_kernel::{BatchId, CallId, JobId, ProposalId, UserId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{entities::EntityKind, words::words};

words! {
    /// What suggests changes.
    ProposalAuthorKind {
        /// A model.
        Ai = "ai",
        /// A file that was read.
        Import = "import",
        /// A member of the campaign.
        Member = "member",
    }

    /// What a proposal changes.
    ProposalTarget {
        /// An entity.
        Entity = "entity",
        /// A fact.
        Fact = "fact",
        /// A relationship.
        Relationship = "relationship",
    }

    /// What a proposal does.
    ProposalOperation {
        /// Makes a new one.
        Create = "create",
        /// Changes one.
        Update = "update",
        /// Takes one out: a fact is retired, an entity or a relationship deleted.
        Retire = "retire",
    }

    /// What became of a proposal.
    ProposalStatus {
        /// Nobody has decided.
        Open = "open",
        /// It was made as it stood.
        Accepted = "accepted",
        /// It was made with changes.
        Edited = "edited",
        /// It was refused.
        Rejected = "rejected",
        /// Its author suggested something newer in its place.
        Superseded = "superseded",
    }

    /// What kind of source a suggestion rests on.
    ProposalSource {
        /// Somebody wrote it.
        Author = "author",
        /// An entry of a timeline.
        Entry = "entry",
        /// A roll of dice.
        Roll = "roll",
        /// A passage of a text, in `quote`.
        Text = "text",
    }

    /// What a campaign does with a suggestion.
    ProposalDecision {
        /// A game master decides.
        Ask = "ask",
        /// It is made at once; it can be taken back.
        Accept = "accept",
        /// It is not taken.
        Refuse = "refuse",
    }
}

/// What a suggestion rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalEvidence {
    /// What kind of source.
    pub kind: ProposalSource,
    /// Which one: the id of an entry, or `<session id>/<entry id>`; at most 200 characters.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The words it rests on, at most 2000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// One suggested change.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalIn {
    /// What it changes.
    pub target_type: ProposalTarget,
    /// What it does.
    pub operation: ProposalOperation,
    /// What is changed or retired.
    #[serde(default)]
    pub target_id: Option<Uuid>,
    /// The version the author saw; the present one, when absent.
    #[serde(default)]
    pub base_version: Option<i64>,
    /// What the entity, fact or relationship is made with (as `POST` takes it) or changed by (as `PATCH` takes it); nothing,
    /// to retire. In the place of an id, `ref:<name>` stands for an entity that an earlier proposal of the batch makes.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub change: Map<String, Value>,
    /// For a new entity: what later proposals of the batch call it. 1 to 40 of `a–z`, `0–9`, `_` and `-`.
    #[serde(default, rename = "ref")]
    pub reference: Option<String>,
    /// At most 20.
    #[serde(default)]
    pub evidence: Vec<ProposalEvidence>,
    /// Why, at most 2000 characters.
    #[serde(default)]
    pub reason: String,
}

/// Suggested changes, alone or as a batch.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalsIn {
    /// Makes a batch of them. 1 to 120 characters.
    #[serde(default)]
    pub title: Option<String>,
    /// Adds them to a batch of the same author.
    #[serde(default)]
    pub batch_id: Option<BatchId>,
    /// 1 to 200, in the order in which they can be made. Without a batch, one.
    pub proposals: Vec<ProposalIn>,
}

/// What was suggested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalsOut {
    /// The batch, if there is one.
    pub batch_id: Option<BatchId>,
    /// In the order they came in.
    pub items: Vec<ProposalBrief>,
}

/// Who suggested something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalAuthor {
    /// What kind of author.
    pub kind: ProposalAuthorKind,
    /// The member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The member's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the model was asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The call to the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<CallId>,
    /// The import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<JobId>,
}

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalBatch {
    /// The batch.
    pub id: BatchId,
    /// What it is about.
    pub title: String,
}

/// A proposal in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalBrief {
    /// The proposal.
    pub id: ProposalId,
    /// Who suggests it.
    pub author: ProposalAuthor,
    /// The batch it belongs to.
    pub batch: Option<ProposalBatch>,
    /// What it changes.
    pub target_type: ProposalTarget,
    /// What it does.
    pub operation: ProposalOperation,
    /// The kind of the entity.
    pub entity_kind: Option<EntityKind>,
    /// What is changed or retired.
    pub target_id: Option<Uuid>,
    /// What it is about, as the author knew it.
    pub label: String,
    /// The fields it sets.
    pub fields: Vec<String>,
    /// What later proposals of the batch call it.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Why.
    pub reason: String,
    /// What became of it.
    pub status: ProposalStatus,
    /// Who decided; nobody, when the campaign's policy did.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What was said to it.
    pub decided_note: String,
    /// What was made or changed, if you may know it.
    pub result_id: Option<Uuid>,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was suggested.
    pub created_at: DateTime<Utc>,
}

/// How one field would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalFieldChange {
    /// It is empty now.
    Added,
    /// It would be empty.
    Removed,
    /// It has a value and would have another.
    Changed,
}

/// One field of a proposal beside what is there now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalField {
    /// Its name; a key of `fields` as `fields.<key>`.
    pub field: String,
    /// How it would change.
    pub change: ProposalFieldChange,
    /// What is there now; once it is decided, what the author saw.
    #[schema(value_type = Object)]
    pub before: Value,
    /// What would be there: joined with what changed since, where both fit.
    #[schema(value_type = Object)]
    pub after: Value,
    /// Where it changed since: what the author saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub base: Option<Value>,
    /// Whether both changed it so that it cannot be accepted as it stands.
    pub conflict: bool,
    /// Whether the field is locked.
    pub locked: bool,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalOut {
    /// What a list tells of it.
    #[serde(flatten)]
    pub brief: ProposalBrief,
    /// The change as it was suggested.
    #[schema(value_type = Object)]
    pub change: Map<String, Value>,
    /// What was accepted in its place; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub edited: Option<Map<String, Value>>,
    /// What it rests on.
    pub evidence: Vec<ProposalEvidence>,
    /// The version the author saw.
    pub base_version: Option<i64>,
    /// The version that is there now.
    pub target_version: Option<i64>,
    /// Whether what it would change is gone.
    pub gone: bool,
    /// Field by field.
    pub diff: Vec<ProposalField>,
    /// The proposals of the batch that must be accepted first.
    pub needs: Vec<ProposalId>,
    /// The names of the entities that ids and refs in the diff stand for, as far as you may know them.
    pub names: BTreeMap<String, String>,
}

/// How many there are of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalCounts {
    /// Not decided.
    pub open: u64,
    /// Made as they stood.
    pub accepted: u64,
    /// Made with changes.
    pub edited: u64,
    /// Refused.
    pub rejected: u64,
    /// Replaced by something newer.
    pub superseded: u64,
}

/// A page of proposals.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProposalPage {
    /// The proposals.
    pub items: Vec<ProposalBrief>,
    /// Ask for the next page with it; null at the end.
    pub next_cursor: Option<String>,
    /// Of all that fit the filters, whatever their status.
    pub counts: ProposalCounts,
}

/// Which proposals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalFilter {
    /// By this kind of author only.
    pub author: Option<ProposalAuthorKind>,
    /// That change this only.
    pub target_type: Option<ProposalTarget>,
    /// About entities of this kind only.
    pub entity_kind: Option<EntityKind>,
    /// Of this batch only.
    pub batch_id: Option<BatchId>,
    /// About this entity, fact or relationship only.
    pub target_id: Option<Uuid>,
}

/// Which proposals to list, and which page of them. Open ones come oldest first, others newest first.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProposalQuery {
    /// With this status only.
    pub status: Option<ProposalStatus>,
    /// By this kind of author only.
    pub author: Option<ProposalAuthorKind>,
    /// That change this only.
    pub target_type: Option<ProposalTarget>,
    /// About entities of this kind only.
    pub entity_kind: Option<EntityKind>,
    /// Of this batch only.
    pub batch_id: Option<BatchId>,
    /// About this entity, fact or relationship only.
    pub target_id: Option<Uuid>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

impl ProposalQuery {
    pub(super) fn filter(&self) -> ProposalFilter {
        let Self { author, target_type, entity_kind, batch_id, target_id, .. } = *self;
        ProposalFilter { author, target_type, entity_kind, batch_id, target_id }
    }
}

/// How to accept.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalAccept {
    /// What to make in the place of the change, in the same form.
    #[schema(value_type = Option<Object>)]
    pub change: Option<Map<String, Value>>,
    /// With `change`: the version that the change was made from; then nothing is joined. `version_stale`, when it is another.
    pub target_version: Option<i64>,
    /// A word to the author, at most 500 characters.
    pub note: String,
}

/// How to reject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalReject {
    /// A word to the author, at most 500 characters.
    pub note: String,
}

/// Which open proposals to decide at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalMany {
    /// Those that fit.
    pub filter: ProposalFilter,
    /// A word to their authors, at most 500 characters.
    pub note: String,
}

/// What could not be accepted, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalFailure {
    /// The proposal.
    pub id: ProposalId,
    /// What it is about.
    pub label: String,
    /// The code of the refusal.
    pub error_code: String,
    /// What to do about it.
    pub detail: String,
    /// The fields it is about.
    pub fields: Vec<String>,
}

/// What became of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalReport {
    /// The proposals that were decided as asked.
    pub done: Vec<ProposalId>,
    /// Those that stay open.
    pub failed: Vec<ProposalFailure>,
    /// How many more fit and were not tried: send it again.
    pub left: u64,
}

/// What a campaign does with one kind of suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRule {
    /// By whom.
    pub author: ProposalAuthorKind,
    /// About what.
    pub target_type: ProposalTarget,
    /// Entities of this kind; all without a rule of their own, when absent.
    #[serde(default)]
    pub entity_kind: Option<EntityKind>,
    /// What is done.
    pub decision: ProposalDecision,
}

/// What a campaign does with suggestions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalPolicy {
    /// Where no rule fits, a game master is asked.
    pub rules: Vec<ProposalRule>,
    /// Counts changes from 0.
    pub version: i64,
}

/// What a campaign shall do with suggestions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalPolicyIn {
    /// One for each author, target and kind at most.
    pub rules: Vec<ProposalRule>,
}
