//! Work in the background that somebody asked for: only they see it, and may end it early.

use axum::{Json, extract::State};
use skald_kernel::JobId;
use skald_platform::{
    App,
    http::{Path, Problem, ProblemBody},
    jobs::watch::{self, JobOut},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::User;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find_job)).routes(routes!(cancel_job))
}

/// How far work is that you asked for, and what came of it. Kept for a week after its end.
#[utoipa::path(
    get, path = "/jobs/{job_id}", tag = "jobs", security(("bearer" = [])),
    params(("job_id" = JobId, Path, description = "The job")),
    responses(
        (status = 200, body = JobOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "None that you asked for"),
    )
)]
async fn find_job(State(app): State<App>, by: User, Path(id): Path<JobId>) -> Result<Json<JobOut>, Problem> {
    Ok(Json(watch::find(&app, by.id, id).await?))
}

/// Ends work early that you asked for: at its next step. What is over stays as it is.
#[utoipa::path(
    post, path = "/jobs/{job_id}/cancel", tag = "jobs", security(("bearer" = [])),
    params(("job_id" = JobId, Path, description = "The job")),
    responses(
        (status = 200, body = JobOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "None that you asked for"),
    )
)]
async fn cancel_job(State(app): State<App>, by: User, Path(id): Path<JobId>) -> Result<Json<JobOut>, Problem> {
    Ok(Json(watch::cancel(&app, by.id, id).await?))
}
