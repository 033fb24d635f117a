//! The history of the canon: every version of an entity, a fact and a relationship, with who made it and when.
//!
//! Whatever makes a version calls [`record`] in the same transaction. What is older than the history itself is kept once, as
//! it was before its first change since (`kept`). Only game masters read the history: a version holds what is secret. It is
//! also there for what was deleted.

mod dto;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use serde_json::Value;
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, Error, Result, Viewer};
use skald_platform::{
    App, Tx,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use dto::{Against, FieldDiff, HistoryOut, Person, VersionOut};
pub(crate) use queries::people;
pub(crate) use rules::changed;

use crate::entities::{self, EntityOut};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_entity_history))
        .routes(routes!(routes::get_entity_version))
        .routes(routes!(routes::restore_entity_version))
        .routes(routes!(routes::list_fact_history))
        .routes(routes!(routes::get_fact_version))
        .routes(routes!(routes::list_relationship_versions))
        .routes(routes!(routes::get_relationship_version))
}

/// What has a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An entity.
    Entity,
    /// A fact.
    Fact,
    /// A relationship.
    Relationship,
}

impl Subject {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Fact => "fact",
            Self::Relationship => "relationship",
        }
    }
}

/// A version that was made.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    subject: Subject,
    id: Uuid,
    version: i64,
    action: &'static str,
    before: Option<Value>,
    after: Value,
}

impl Change {
    /// The version that `action` made of a subject.
    pub fn new(subject: Subject, id: Uuid, version: i64, action: &'static str) -> Self {
        Self { subject, id, version, action, before: None, after: Value::Null }
    }

    /// What it was until now.
    #[must_use]
    pub fn from(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    /// What it is now.
    #[must_use]
    pub fn to(self, after: Value) -> Self {
        Self { after, ..self }
    }
}

/// Writes versions into the history, in the transaction that makes them.
///
/// # Errors
/// When the database fails, also when a version is there already.
pub(crate) async fn record(tx: &Tx, campaign: CampaignId, changes: &[Change]) -> Result<()> {
    queries::record(tx, campaign, changes).await
}

/// A page of the versions of a subject, the newest first.
///
/// # Errors
/// Invalid cursor.
pub async fn list(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    subject: Subject,
    id: Uuid,
    page: &PageQuery,
) -> Result<Page<HistoryOut>> {
    queries::list(db, campaign, subject, id, page).await
}

/// One version of a subject, with what differs from the one before it or from the latest.
///
/// # Errors
/// Not found, also for a version that no history holds.
pub async fn version(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    subject: Subject,
    id: Uuid,
    version: i64,
    against: Against,
) -> Result<VersionOut> {
    let (entry, snapshot) = queries::snapshot(db, campaign, subject, id, queries::At::Version(version))
        .await?
        .ok_or_else(Error::not_found)?;
    let at = match against {
        Against::Previous => queries::At::Before(version),
        Against::Current => queries::At::Latest,
    };
    let other = queries::snapshot(db, campaign, subject, id, at).await?;
    let compared = other.as_ref().map(|(entry, _)| entry.version);
    let other = other.map(|(_, snapshot)| snapshot).unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let diff = match against {
        Against::Previous => rules::diff(&other, &snapshot),
        Against::Current => rules::diff(&snapshot, &other),
    };
    let ids: Vec<EntityId> = rules::ids(&diff).into_iter().map(EntityId).collect();
    let names = entities::named(db, &Viewer::gm(campaign), &ids).await?;
    let names = names.into_iter().map(|entity| entities::EntityName { id: entity.id, name: entity.name }).collect();
    Ok(VersionOut { entry, snapshot, compared_with: compared, diff, names })
}

/// Makes an entity again what it was in a version: a new version. What it named then and is gone now is left out.
///
/// # Errors
/// Not found; `version_stale` with what is stored; fields that are locked and would change; a passage for somebody who is
/// gone; `location_cycle`.
pub async fn revert(tx: &mut Tx, by: &Gm, id: EntityId, expected: i64, version: i64) -> Result<EntityOut> {
    let found = queries::snapshot(tx.conn(), by.campaign, Subject::Entity, id.0, queries::At::Version(version)).await?;
    let (_, snapshot) = found.ok_or_else(Error::not_found)?;
    let stored = entities::find(tx.conn(), &by.viewer(), id).await?;
    let patch = entities::patch_to(tx.conn(), by.campaign, &stored, snapshot).await?;
    entities::update_as(tx, by, id, expected, patch, "revert").await
}
