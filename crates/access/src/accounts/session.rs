//! What a sign-in gives: a device, an access token in the body, a refresh token in a cookie.

use axum::{
    Json,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use http::{HeaderValue, StatusCode, header};
use skald_kernel::{DeviceId, Error, ErrorCode, Result, UserId};
use skald_platform::{Actor, App, Tx, http::RequestId};

use super::{
    dto::{TokenOut, UserOut},
    queries,
    rules::{device_label, refresh_token, token_hash},
};
use crate::{token, visitor::Visitor};

const COOKIE: &str = "skald_refresh";

/// A user who has just proved who they are.
pub(super) struct SignedIn {
    pub(super) user: UserOut,
    pub(super) device: DeviceId,
    pub(super) refresh: String,
}

/// The actor of a request that signs somebody in, on a device that does not exist yet.
pub(super) fn newcomer(app: &App, user: UserId) -> (Actor, DeviceId) {
    let device = app.ids().next();
    (Actor { user: Some(user), device: Some(device), request_id: RequestId::current(), ..Actor::default() }, device)
}

/// Opens a device with its first refresh token.
pub(super) async fn open(tx: &mut Tx, user: UserId, device: DeviceId, visitor: &Visitor) -> Result<SignedIn> {
    let label = device_label(&visitor.user_agent);
    queries::insert_device(tx, device, user, &label, visitor.ip).await?;
    let refresh = fresh_token(tx.app());
    queries::insert_token(tx, device, &token_hash(&refresh)).await?;
    tx.audit(None, "device.create", device.0, serde_json::json!({ "label": label, "ip": visitor.ip.to_string() }));
    let user = queries::user(tx.conn(), user).await?.ok_or_else(signed_out)?;
    Ok(SignedIn { user, device, refresh })
}

pub(super) fn fresh_token(app: &App) -> String {
    let mut random = [0; 32];
    app.seeds().fill(&mut random);
    refresh_token(random)
}

/// The answer to a sign-in.
pub(super) fn answer(app: &App, status: StatusCode, signed_in: SignedIn) -> Result<Response> {
    let SignedIn { user, device, refresh } = signed_in;
    let access_token = token::issue(app, user.id, device, user.site_role)?;
    let seconds = app.config().session_idle_hours.saturating_mul(3600);
    let body = TokenOut { access_token, expires_in: token::LIFE.num_seconds(), user };
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set_cookie(app, &mut response, &refresh, seconds)?;
    Ok(response)
}

/// The answer to a sign-out.
pub(super) fn farewell(app: &App) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(app, &mut response, "", 0)?;
    Ok(response)
}

fn set_cookie(app: &App, response: &mut Response, value: &str, seconds: u64) -> Result<()> {
    let https = app.config().public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age={seconds}{secure}");
    let mut cookie = HeaderValue::from_str(&text).map_err(Error::internal)?;
    cookie.set_sensitive(true);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}

/// The refresh token a request carries, if it carries one. The header cannot be sent by a form of another site.
pub(super) fn shown_token(headers: &HeaderMap) -> Result<Option<String>> {
    if headers.get("x-skald").is_none_or(|value| value != "1") {
        return Err(Error::new(ErrorCode::BadRequest, "Send the header X-Skald: 1 with this request."));
    }
    let jar = CookieJar::from_headers(headers);
    Ok(jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty()))
}

/// Nobody is signed in here.
pub(super) fn signed_out() -> Error {
    Error::new(ErrorCode::SignInNeeded, "You are not signed in on this device. Sign in.")
}
