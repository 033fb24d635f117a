//! The addresses of pictures.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use skald_access::{Observer, Player};
use skald_kernel::{CampaignId, Error, MediaId, Role};
use skald_platform::{
    App,
    http::{Page, PageQuery, Path, Problem, ProblemBody, Query, created, read_body},
};

use super::{
    dto::{MediaIn, MediaOut},
    queries,
};

/// The pictures of a campaign that you may see, newest first.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/media", tag = "media", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), PageQuery),
    responses(
        (status = 200, body = Page<MediaOut>),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_media(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MediaOut>>, Problem> {
    Ok(Json(super::list(app.db().read(), &observer.viewer(), uploader(&observer), &page).await?))
}

/// Puts a picture in: PNG, JPEG, WebP or GIF, told by its bytes, at most 8192 pixels on each side. The body is the file.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/media", tag = "media", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), MediaIn),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the picture"),
    responses(
        (status = 201, body = MediaOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Observers cannot"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Too many bytes or pixels, or the campaign has no room for more"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "Not a picture of a kind that is taken"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid name or alt"),
    )
)]
pub(super) async fn upload_media(
    State(app): State<App>,
    player: Player,
    Path(campaign): Path<CampaignId>,
    Query(input): Query<MediaIn>,
    request: Request,
) -> Result<Response, Problem> {
    let bytes = read_body(request).await?;
    let stored = super::store(&app, campaign, bytes).await?;
    let mut tx = app.tx(&player.actor).await?;
    let media = super::create(&mut tx, campaign, Some(player.user), stored, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/media/{}", media.id), Json(media)))
}

/// The bytes of a picture. A browser may keep them, and asks each time whether it still may show them.
#[utoipa::path(
    get, path = "/media/{media_id}", tag = "media", security(("bearer" = [])),
    params(("media_id" = MediaId, Path, description = "The picture")),
    responses(
        (status = 200, content_type = "image/*", description = "The picture"),
        (status = 304, description = "You have it: If-None-Match fits"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_media(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = queries::find(app.db().read(), &observer.viewer(), uploader(&observer), id).await?;
    let found = found.ok_or_else(Error::not_found)?;
    let etag = format!("\"{}\"", &found.sha256[..32]);
    let unchanged = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|tags| tags.split(',').any(|tag| tag.trim() == etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = app.blobs().stream(&super::blob_name(found.media.campaign_id, id)).await?;
        let mut response = Body::from_stream(bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, found.media.bytes.into());
        headers.insert(header::CONTENT_TYPE, value(&found.media.content_type)?);
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(&etag)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

/// Deletes a picture that nothing uses.
#[utoipa::path(
    delete, path = "/media/{media_id}", tag = "media", security(("bearer" = [])),
    params(("media_id" = MediaId, Path, description = "The picture")),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Somebody else put it in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Something uses it"),
    )
)]
pub(super) async fn delete_media(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<MediaId>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&observer.actor).await?;
    super::delete(&mut tx, &observer, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who sees a picture because they put it in. A game master sees all by their role; when they look through other eyes,
/// what they put in themselves does not count.
fn uploader(observer: &Observer) -> Option<skald_kernel::UserId> {
    (observer.role != Role::Gm).then_some(observer.user)
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|error| Error::internal(error).into())
}
