//! The addresses of archives.

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use skald_access::{Observer, User};
use skald_kernel::{CampaignId, Error};
use skald_platform::{
    App,
    http::{Path, Problem, ProblemBody, Query},
    jobs::NewJob,
};

use super::{
    dto::{Begun, ExportQuery, Format, ImportQuery},
    export, import,
};
use crate::{files, markdown};

/// The campaign as one zip file, written while it is sent. `archive`: everything, for the game master, to import here or on
/// another server. `markdown`: what you may know of the canon as pages.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/export", tag = "exchange", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ExportQuery),
    responses(
        (status = 200, content_type = "application/zip", description = "The file"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may take an archive: it holds every secret"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn export_campaign(
    State(app): State<App>,
    observer: Observer,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    if query.format == Format::Archive {
        (*observer).clone().gm()?;
    }
    let name = skald_access::campaigns::name(app.db().read(), campaign).await?;
    let mut tx = app.tx(&observer.actor).await?;
    tx.audit(Some(campaign), "campaign.export", campaign.0, json!({ "format": query.format }));
    tx.commit().await?;
    let file = export::file_name(&name, query.format, app.clock().now());
    let body = match query.format {
        Format::Archive => Body::from_stream(export::stream(&app, campaign, name)),
        Format::Markdown => Body::from_stream(markdown::stream(&app, observer.viewer())),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let disposition = format!("attachment; filename=\"{file}\"");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::internal)?);
    Ok(response)
}

/// Makes a campaign of an archive; the body is the file. You become its game master. The work goes on in the background.
#[utoipa::path(
    post, path = "/campaigns/import", tag = "exchange", security(("bearer" = [])), params(ImportQuery),
    request_body(content = String, content_type = "application/zip", description = "The archive"),
    responses(
        (status = 202, body = Begun),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Larger than this server takes"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Empty"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "No room for it"),
    )
)]
pub(super) async fn import_campaign(
    State(app): State<App>,
    by: User,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let (file, bytes) = files::take(&app, request).await?;
    let mut tx = app.tx(&by.actor).await?;
    let work = import::Work { file, user: by.id, dry_run: query.dry_run };
    let job_id = tx.job(NewJob::new(import::KIND, &work).by(by.id).max_attempts(3));
    tx.audit(None, "campaign.import", job_id.0, json!({ "bytes": bytes, "dry_run": query.dry_run }));
    tx.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(Begun { job_id })).into_response())
}
