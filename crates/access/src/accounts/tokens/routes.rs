//! The addresses of personal access tokens.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use skald_kernel::AccessTokenId;
use skald_platform::{
    App,
    http::{Body, Path, Problem, ProblemBody},
};

use super::{
    actions,
    dto::{AccessTokenIn, AccessTokenMade, AccessTokenOut},
};
use crate::authority::InPerson;

/// One's own personal access tokens, newest first; what they are shown as is not among it.
#[utoipa::path(
    get, path = "/auth/tokens", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = Vec<AccessTokenOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_access_tokens(
    State(app): State<App>,
    by: InPerson,
) -> Result<Json<Vec<AccessTokenOut>>, Problem> {
    Ok(Json(actions::list(&app, &by).await?))
}

/// Makes a personal access token and shows it, this once.
#[utoipa::path(
    post, path = "/auth/tokens", tag = "auth", security(("bearer" = [])), request_body = AccessTokenIn,
    responses(
        (status = 201, body = AccessTokenMade),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_access_token(
    State(app): State<App>,
    by: InPerson,
    Body(input): Body<AccessTokenIn>,
) -> Result<Response, Problem> {
    let made = actions::create(&app, &by, input).await?;
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::CREATED, no_store, Json(made)).into_response())
}

/// Ends a personal access token at once.
#[utoipa::path(
    delete, path = "/auth/tokens/{token_id}", tag = "auth", security(("bearer" = [])),
    params(("token_id" = AccessTokenId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_access_token(
    State(app): State<App>,
    by: InPerson,
    Path(id): Path<AccessTokenId>,
) -> Result<StatusCode, Problem> {
    actions::revoke(&app, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
