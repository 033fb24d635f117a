//! Versions: `ETag` out, `If-Match` in. A stale write is refused and loses nothing.

use axum::{
    Json,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use serde::Serialize;
use skald_kernel::{Error, ErrorCode, Result};

use super::Problem;

/// The version the client saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Error::new(
                ErrorCode::VersionNeeded,
                "Send If-Match with the ETag of what you saw, so that nobody's change is lost.",
            )
            .into());
        };
        let version = value.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
        version
            .map(Self)
            .ok_or_else(|| Error::new(ErrorCode::BadRequest, "If-Match takes one ETag, such as \"3\".").into())
    }
}

impl IfMatch {
    /// Refuses when the stored version is another one; `current` is sent along.
    ///
    /// # Errors
    /// `version_stale`.
    pub fn check(self, stored: i64, current: impl FnOnce() -> serde_json::Value) -> Result<()> {
        if self.0 == stored { Ok(()) } else { Err(Error::stale(current())) }
    }
}

/// A JSON answer with its version as `ETag`.
#[derive(Debug)]
pub struct Versioned<T>(pub i64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.1).into_response();
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", self.0)) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}

/// 201 with the address of what was made, below `/api/v1`.
pub fn created<T: IntoResponse>(path: &str, body: T) -> Response {
    let mut response = (StatusCode::CREATED, body).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1{path}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
