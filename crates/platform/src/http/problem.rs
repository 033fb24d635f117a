//! Errors as RFC 9457 problem+json. The cause is logged here, once, and never sent.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use skald_kernel::{Clock, Error, FieldError};
use utoipa::ToSchema;

use super::layers::RequestId;

/// What every refused request answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// A URI for the kind of problem: `/docs/errors#<error_code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about this occurrence.
    pub detail: String,
    /// A word to match on.
    pub error_code: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The request, to find it in the log.
    pub request_id: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldError>,
    /// For a stale version: what is stored now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<serde_json::Value>,
}

/// An error on its way to the client; `?` turns an [`Error`] into one.
#[derive(Debug)]
pub struct Problem(pub Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ProblemBody {
    /// The body for an error.
    pub fn new(error: &Error, request_id: &str) -> Self {
        let code = error.code();
        Self {
            kind: format!("/docs/errors#{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: error.detail().to_owned(),
            error_code: code.as_str().to_owned(),
            retryable: code.retryable(),
            timestamp: Clock::System.now(),
            request_id: request_id.to_owned(),
            errors: error.fields().to_vec(),
            current: error.current().cloned(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = self.0;
        let request_id = RequestId::current();
        let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::error!(error = &error as &dyn std::error::Error, request_id, "request failed");
        } else {
            tracing::debug!(error = &error as &dyn std::error::Error, request_id, "request refused");
        }
        let mut response = (status, Json(ProblemBody::new(&error, &request_id))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = error.retry_after_s() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
