//! Media: pictures that a campaign's portraits and maps are made of.
//!
//! Game masters and players put pictures in; what one is (PNG, JPEG, WebP or GIF) is read from its bytes, never believed
//! from its name. A picture never changes. It is seen by game masters, by whoever put it in, and by everybody who sees a
//! thing that uses it: [`Use`] says who uses pictures, one condition per user. What is in use cannot be deleted.
//!
//! The bytes lie in [`skald_platform::Blobs`], one blob per picture, written before its row: the same picture twice is
//! stored twice, so that nobody learns from an answer that somebody else has it. Absent by design: drawings that can hold
//! scripts (SVG), smaller copies, and changing a picture.

mod actions;
mod dto;
mod housekeeping;
mod queries;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, MediaId, Result, UserId, Viewer};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{create, delete, restore, store};
pub use dto::{MediaIn, MediaOut};
pub use housekeeping::{Housekeeping, tidy};
pub use rules::{ContentType, Stored};

use crate::{maps, sight::Sight};

/// A user of pictures: the condition under which the viewer sees a thing that uses the picture `m`.
pub(crate) type Use = fn(&Sight) -> String;

/// Everything that uses pictures.
const USES: &[Use] = &[portraits, maps::picture_is_seen];

fn portraits(sight: &Sight) -> String {
    format!("EXISTS (SELECT 1 FROM entities e WHERE e.portrait_id = m.id AND {})", sight.entity("e"))
}

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_media, routes::upload_media))
        .routes(routes!(routes::get_media, routes::delete_media))
}

/// The pictures the viewer may see, newest first; `user` also sees what they put in.
///
/// # Errors
/// Invalid cursor.
pub async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    page: &PageQuery,
) -> Result<Page<MediaOut>> {
    queries::list(db, viewer, user, page).await
}

/// Those of the ids that are pictures of the campaign: to check what a game master wrote, so without a viewer.
///
/// # Errors
/// When the database fails.
pub async fn existing(db: &impl ConnectionTrait, campaign: CampaignId, ids: &[MediaId]) -> Result<Vec<MediaId>> {
    queries::existing(db, campaign, ids).await
}

/// Those of the ids that are pictures the viewer sees; `user` also sees what they put in.
///
/// # Errors
/// When the database fails.
pub(crate) async fn seen(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    ids: &[MediaId],
) -> Result<Vec<MediaId>> {
    queries::seen(db, viewer, user, ids).await
}

/// The name of a picture's blob.
pub fn blob_name(campaign: CampaignId, id: MediaId) -> String {
    format!("media/{campaign}/{id}")
}
