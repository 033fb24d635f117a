//! The SQL of pictures. Reads go through [`Sight`] and [`super::USES`].

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, Error, MediaId, Result, UserId, Viewer};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::dto::MediaOut;
use crate::{
    bind::{Binds, column},
    sight::Sight,
};

const COLUMNS: &str = "m.id, m.campaign_id, m.content_type, m.bytes, m.width, m.height, m.name, m.alt, m.uploaded_by, \
                       m.created_at, m.sha256";

/// A picture with what its bytes are known by.
pub(super) struct Found {
    pub media: MediaOut,
    pub sha256: String,
}

/// `FROM … WHERE …` of the pictures `m` that are seen.
fn source(viewer: &Viewer, user: Option<UserId>, binds: &mut Binds) -> String {
    let sight = Sight::new(viewer, binds);
    let there = format!("FROM media m WHERE m.campaign_id = {} AND m.deleted_at IS NULL", sight.campaign());
    if viewer.sees_all() {
        return there;
    }
    let mut ways: Vec<String> = super::USES.iter().map(|used| used(&sight)).collect();
    ways.extend(user.map(|user| format!("m.uploaded_by = {}", binds.add(user.0))));
    format!("{there} AND ({})", ways.join(" OR "))
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    id: MediaId,
) -> Result<Option<Found>> {
    let mut binds = Binds::default();
    let text = format!("SELECT {COLUMNS} {} AND m.id = {}", source(viewer, user, &mut binds), binds.add(id.0));
    binds.rows(db, text).await?.first().map(found).transpose()
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    page: &PageQuery,
) -> Result<Page<MediaOut>> {
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let mut binds = Binds::default();
    let mut text = format!("SELECT {COLUMNS} {}", source(viewer, user, &mut binds));
    if let Some(id) = after {
        text.push_str(&format!(" AND m.id < {}", binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY m.id DESC LIMIT {}", binds.add(limit as i64 + 1)));
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(|row| Ok(found(row)?.media)).collect();
    let mut binds = Binds::default();
    let text = format!("SELECT COUNT(*) AS n {}", source(viewer, user, &mut binds));
    let count = binds.rows(db, text).await?;
    let total: i64 = column(count.first().ok_or_else(|| Error::internal("a count gave no row"))?, "n")?;
    Ok(Page::from_rows(rows?, limit, |media| media.id.0).with_total(total.unsigned_abs()))
}

fn found(row: &QueryResult) -> Result<Found> {
    let media = MediaOut {
        id: MediaId(column(row, "id")?),
        campaign_id: CampaignId(column(row, "campaign_id")?),
        content_type: column(row, "content_type")?,
        bytes: column::<i64>(row, "bytes")?.unsigned_abs(),
        width: column::<i32>(row, "width")?.unsigned_abs(),
        height: column::<i32>(row, "height")?.unsigned_abs(),
        name: column(row, "name")?,
        alt: column(row, "alt")?,
        uploaded_by: column::<Option<Uuid>>(row, "uploaded_by")?.map(UserId),
        created_at: column(row, "created_at")?,
    };
    Ok(Found { media, sha256: column(row, "sha256")? })
}

pub(super) async fn seen(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    ids: &[MediaId],
) -> Result<Vec<MediaId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let text = format!("SELECT m.id {} AND m.id IN {}", source(viewer, user, &mut binds), binds.ids(ids));
    binds.rows(db, text).await?.iter().map(|row| Ok(MediaId(column(row, "id")?))).collect()
}

pub(super) async fn existing(db: &impl ConnectionTrait, campaign: CampaignId, ids: &[MediaId]) -> Result<Vec<MediaId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let text = format!(
        "SELECT id FROM media WHERE campaign_id = {} AND deleted_at IS NULL AND id IN {}",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    binds.rows(db, text).await?.iter().map(|row| Ok(MediaId(column(row, "id")?))).collect()
}

/// Bytes of all pictures of a campaign that are not deleted.
pub(super) async fn bytes_of(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<u64> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS n FROM media WHERE campaign_id = {} AND deleted_at IS NULL",
        binds.add(campaign.0)
    );
    let rows = binds.rows(db, text).await?;
    Ok(rows.first().map(|row| column::<i64>(row, "n")).transpose()?.unwrap_or_default().unsigned_abs())
}

pub(super) async fn insert(db: &impl ConnectionTrait, media: &MediaOut, sha256: &str) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        media.id.0.into(),
        media.campaign_id.0.into(),
        sha256.into(),
        media.content_type.clone().into(),
        (media.bytes as i64).into(),
        (media.width as i32).into(),
        (media.height as i32).into(),
        media.name.clone().into(),
        media.alt.clone().into(),
        media.uploaded_by.map(|user| user.0).into(),
        media.created_at.into(),
    ]);
    let text = format!(
        "INSERT INTO media (id, campaign_id, sha256, content_type, bytes, width, height, name, alt, uploaded_by, created_at) \
         VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

/// Whether it could be deleted: not while something that is not deleted uses it.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: MediaId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let sight = Sight::new(&Viewer::gm(campaign), &mut binds);
    let used: Vec<String> = super::USES.iter().map(|used| used(&sight)).collect();
    let (now, id) = (binds.add(now), binds.add(id.0));
    let text = format!(
        "UPDATE media AS m SET deleted_at = {now} \
         WHERE m.id = {id} AND m.campaign_id = {} AND m.deleted_at IS NULL AND NOT ({})",
        sight.campaign(),
        used.join(" OR ")
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Forgets pictures that were deleted before, and gives their blobs' owners.
pub(super) async fn purge(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let mut binds = Binds::default();
    let text = format!("DELETE FROM media WHERE deleted_at IS NOT NULL AND deleted_at < {}", binds.add(before));
    binds.run(db, text).await
}

/// Those of the ids that have a row, deleted or not.
pub(super) async fn known(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let text = format!("SELECT id FROM media WHERE id IN {}", binds.ids(ids));
    binds.rows(db, text).await?.iter().map(|row| column(row, "id")).collect()
}
