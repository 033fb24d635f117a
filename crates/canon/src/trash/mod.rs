//! The trash: entities, facts and relationships that were deleted and can be brought back. Game masters only.
//!
//! The facts and relationships of a deleted entity are not in the trash: they come back with it.

mod dto;
mod queries;
mod routes;

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, Result};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use dto::{TrashOut, TrashQuery, TrashType};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_trash))
        .routes(routes!(routes::restore_entity))
        .routes(routes!(routes::restore_fact))
        .routes(routes!(routes::restore_relationship))
}

/// A page of what was deleted, the latest first; of one type, when it is given.
///
/// # Errors
/// Invalid cursor.
pub async fn list(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    only: Option<TrashType>,
    page: &PageQuery,
) -> Result<Page<TrashOut>> {
    queries::list(db, campaign, only, page).await
}
