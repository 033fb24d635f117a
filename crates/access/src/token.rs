//! Access tokens: short-lived JWTs signed with a key derived from the installation's secret.
//!
//! Only HS256 with our key id, issuer, audience and token type is accepted. A token says who and on which device; what the
//! user may do is read from the database at each request.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use skald_kernel::{DeviceId, Error, ErrorCode, Result, SiteRole, UserId};
use skald_platform::{Actor, App};

/// How long an access token lasts.
pub const LIFE: TimeDelta = TimeDelta::minutes(15);
/// Bump it to refuse all tokens signed before.
const KEY_ID: &str = "1";
const NAME: &str = "skald";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    iat: i64,
    nbf: i64,
    exp: i64,
    typ: String,
    device: DeviceId,
    site_role: SiteRole,
}

/// Makes a token for a device of a user.
///
/// # Errors
/// Internal, when signing fails.
pub fn issue(app: &App, user: UserId, device: DeviceId, site_role: SiteRole) -> Result<String> {
    let now = app.clock().now();
    let claims = Claims {
        iss: NAME.into(),
        aud: NAME.into(),
        sub: user,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: (now + LIFE).timestamp(),
        typ: "access".into(),
        device,
        site_role,
    };
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(&app.secrets().derive("jwt:1"));
    jsonwebtoken::encode(&header, &claims, &key).map_err(Error::internal)
}

/// Reads a token.
///
/// # Errors
/// `token_expired` when it was ours and is over, `sign_in_needed` otherwise.
pub fn verify(app: &App, token: &str) -> Result<Actor> {
    let refused = || Error::new(ErrorCode::SignInNeeded, "The access token is not valid. Sign in again.");
    let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
    if header.kid.as_deref() != Some(KEY_ID) {
        return Err(refused());
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[NAME]);
    validation.set_audience(&[NAME]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    // Time is checked against our own clock below.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let key = DecodingKey::from_secret(&app.secrets().derive("jwt:1"));
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| refused())?.claims;
    let now = app.clock().now().timestamp();
    if claims.typ != "access" || claims.nbf > now + 5 {
        return Err(refused());
    }
    if claims.exp <= now {
        return Err(Error::new(ErrorCode::TokenExpired, "The access token has expired. Refresh it."));
    }
    Ok(Actor::user(claims.sub, Some(claims.device), claims.site_role))
}
