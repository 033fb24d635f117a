//! The audit log of a campaign: who did what, when, in which request. Written by every change; read by game masters.

mod queries;
mod routes;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::{CampaignId, Result, UserId};
use skald_platform::{App, http::Page};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::history::Person;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::list_audit))
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditOut {
    /// The line.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; null for Skald itself.
    pub user: Option<Person>,
    /// The verb, such as `entity.update`.
    pub action: String,
    /// What it was done to.
    pub subject_id: Option<Uuid>,
    /// Its name, when it is an entity, also a deleted one.
    pub subject_name: Option<String>,
    /// What changed, by verb.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// The request it was done in, as the server's own log has it.
    pub request_id: String,
}

/// Which lines, and which page of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// By this user only.
    pub user_id: Option<UserId>,
    /// With a verb that begins so, such as `entity.`; at most 100 characters.
    pub action: Option<String>,
    /// About this only.
    pub subject_id: Option<Uuid>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// A page of the log, the newest first.
///
/// # Errors
/// Invalid filter or cursor.
pub async fn list(db: &impl ConnectionTrait, campaign: CampaignId, query: &AuditQuery) -> Result<Page<AuditOut>> {
    queries::list(db, campaign, query).await
}
