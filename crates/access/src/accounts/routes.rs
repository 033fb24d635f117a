//! The addresses of set-up, sign-in, devices and one's own account.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use skald_kernel::DeviceId;
use skald_platform::{
    App,
    http::{Body, Path, Problem, ProblemBody},
};

use super::{
    devices,
    dto::{DeviceOut, LoginIn, RegisterIn, SetupIn, SetupOut, TokenOut, UserOut, UserPatch},
    login as login_action, profile, refresh as refresh_action, register as register_action, session, setup,
};
use crate::{
    authority::{Caller, InPerson},
    visitor::Visitor,
};

/// Whether Skald waits for its first admin.
#[utoipa::path(
    get, path = "/setup", tag = "auth",
    responses(
        (status = 200, body = SetupOut),
        (status = 503, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn setup_state(State(app): State<App>) -> Result<Json<SetupOut>, Problem> {
    Ok(Json(SetupOut { needed: setup::needed(app.db().read()).await? }))
}

/// Makes the first admin with the code that the console shows, and signs in.
#[utoipa::path(
    post, path = "/setup", tag = "auth", request_body = SetupIn,
    responses(
        (status = 201, body = TokenOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_up(
    State(app): State<App>,
    visitor: Visitor,
    Body(input): Body<SetupIn>,
) -> Result<Response, Problem> {
    let signed_in = setup::set_up(&app, &visitor, input).await?;
    Ok(session::answer(&app, StatusCode::CREATED, signed_in)?)
}

/// Makes an account, joins the campaign of the invitation, and signs in.
#[utoipa::path(
    post, path = "/auth/register", tag = "auth", request_body = RegisterIn,
    responses(
        (status = 201, body = TokenOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn register(
    State(app): State<App>,
    visitor: Visitor,
    Body(input): Body<RegisterIn>,
) -> Result<Response, Problem> {
    let signed_in = register_action::register(&app, &visitor, input).await?;
    Ok(session::answer(&app, StatusCode::CREATED, signed_in)?)
}

/// Signs in with name and password.
#[utoipa::path(
    post, path = "/auth/login", tag = "auth", request_body = LoginIn,
    responses(
        (status = 200, body = TokenOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn login(
    State(app): State<App>,
    visitor: Visitor,
    Body(input): Body<LoginIn>,
) -> Result<Response, Problem> {
    let signed_in = login_action::login(&app, &visitor, input).await?;
    Ok(session::answer(&app, StatusCode::OK, signed_in)?)
}

/// Trades the refresh cookie for a new access token and the next cookie; 204 for a browser that has none.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "auth",
    params(("X-Skald" = String, Header, description = "Always 1: what a form of another site cannot send.")),
    responses(
        (status = 200, body = TokenOut),
        (status = 204, description = "Nobody is signed in here"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn refresh(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(token) = session::shown_token(&headers)? else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let signed_in = refresh_action::refresh(&app, &visitor, &token).await?;
    Ok(session::answer(&app, StatusCode::OK, signed_in)?)
}

/// Signs this device out.
#[utoipa::path(
    post, path = "/auth/logout", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn logout(State(app): State<App>, by: InPerson) -> Result<Response, Problem> {
    devices::logout(&app, &by).await?;
    Ok(session::farewell(&app)?)
}

/// The devices one is signed in on.
#[utoipa::path(
    get, path = "/auth/sessions", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 200, body = Vec<DeviceOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_devices(State(app): State<App>, by: InPerson) -> Result<Json<Vec<DeviceOut>>, Problem> {
    Ok(Json(devices::list(&app, &by).await?))
}

/// Signs all other devices out.
#[utoipa::path(
    delete, path = "/auth/sessions", tag = "auth", security(("bearer" = [])),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_other_devices(State(app): State<App>, by: InPerson) -> Result<StatusCode, Problem> {
    devices::revoke_others(&app, &by).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs one device out.
#[utoipa::path(
    delete, path = "/auth/sessions/{device_id}", tag = "auth", security(("bearer" = [])),
    params(("device_id" = DeviceId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_device(
    State(app): State<App>,
    by: InPerson,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode, Problem> {
    devices::revoke(&app, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own account.
#[utoipa::path(
    get, path = "/users/me", tag = "users", security(("bearer" = [])),
    responses(
        (status = 200, body = UserOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_me(State(app): State<App>, by: Caller) -> Result<Json<UserOut>, Problem> {
    Ok(Json(profile::find(&app, &by).await?))
}

/// Changes one's own account.
#[utoipa::path(
    patch, path = "/users/me", tag = "users", security(("bearer" = [])), request_body = UserPatch,
    responses(
        (status = 200, body = UserOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_me(
    State(app): State<App>,
    by: InPerson,
    Body(patch): Body<UserPatch>,
) -> Result<Json<UserOut>, Problem> {
    Ok(Json(profile::update(&app, &by, patch).await?))
}
