//! The verbs of pictures: store the bytes, create the row, delete.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use skald_access::Member;
use skald_kernel::{CampaignId, Error, Event, Lane, MediaId, Result, Role, UserId, error::ErrorCode};
use skald_platform::{App, Tx};

use super::{
    dto::{MediaIn, MediaOut},
    queries,
    rules::{self, Stored},
};

/// Writes the bytes of a picture where pictures lie. Done before the transaction that names it: writing to a disk is slow,
/// and a blob that is never named is tidied away.
///
/// # Errors
/// Unsupported media, for what is no picture; too large; unavailable, when the disk is full.
pub async fn store(app: &App, campaign: CampaignId, bytes: Bytes) -> Result<Stored> {
    let picture = rules::picture(&bytes)?;
    let id: MediaId = app.ids().next();
    app.blobs().put(&super::blob_name(campaign, id), bytes).await?;
    Ok(Stored { id, picture })
}

/// Writes the bytes of a picture that comes in from elsewhere with its id, and answers what its row says of them.
///
/// # Errors
/// As [`store`].
pub async fn restore(app: &App, campaign: CampaignId, id: MediaId, bytes: Bytes) -> Result<Map<String, Value>> {
    let picture = rules::picture(&bytes)?;
    app.blobs().put(&super::blob_name(campaign, id), bytes).await?;
    let row = json!({
        "content_type": picture.content_type.as_str(), "bytes": picture.bytes, "width": picture.width,
        "height": picture.height, "sha256": picture.sha256,
    });
    Ok(row.as_object().cloned().unwrap_or_default())
}

/// Makes a stored picture known to its campaign.
///
/// # Errors
/// Invalid names; too large, when the campaign has no room for more.
pub async fn create(
    tx: &mut Tx,
    campaign: CampaignId,
    by: Option<UserId>,
    stored: Stored,
    input: MediaIn,
) -> Result<MediaOut> {
    rules::check(&input)?;
    let Stored { id, picture } = stored;
    let most = tx.app().config().max_campaign_media_bytes;
    if queries::bytes_of(tx.conn(), campaign).await?.saturating_add(picture.bytes) > most {
        let detail = format!("The pictures of a campaign may take {} MiB together. Delete some first.", most >> 20);
        return Err(Error::new(ErrorCode::TooLarge, detail));
    }
    let media = MediaOut {
        id,
        campaign_id: campaign,
        content_type: picture.content_type.as_str().to_owned(),
        bytes: picture.bytes,
        width: picture.width,
        height: picture.height,
        name: input.name.trim().to_owned(),
        alt: input.alt.trim().to_owned(),
        uploaded_by: by,
        created_at: tx.now(),
    };
    queries::insert(tx.conn(), &media, &picture.sha256).await?;
    tx.event(Event { campaign, lane: Lane::Gm, kind: "media.created", subject: id.0 });
    tx.audit(
        Some(campaign),
        "media.create",
        id.0,
        json!({"content_type": media.content_type, "bytes": media.bytes, "name": media.name}),
    );
    Ok(media)
}

/// Deletes a picture: the game master any, others what they put in themselves.
///
/// # Errors
/// Not found; forbidden, for what somebody else put in; conflict, while something uses it.
pub async fn delete(tx: &mut Tx, by: &Member, id: MediaId) -> Result<()> {
    let found = queries::find(tx.conn(), &by.viewer(), Some(by.user), id).await?.ok_or_else(Error::not_found)?;
    if by.role != Role::Gm && found.media.uploaded_by != Some(by.user) {
        return Err(Error::new(ErrorCode::Forbidden, "Only the game master, or who put it in, may delete it."));
    }
    if !queries::delete(tx.conn(), by.campaign, id, tx.now()).await? {
        return Err(Error::new(ErrorCode::Conflict, "Something uses this picture. Take it out there first."));
    }
    tx.event(Event { campaign: by.campaign, lane: Lane::Gm, kind: "media.deleted", subject: id.0 });
    tx.audit(Some(by.campaign), "media.delete", id.0, json!({"name": found.media.name}));
    Ok(())
}
