//! Requests of a tool to our own API, in the name of who called the tool.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use http::{HeaderName, Method, Request, header, request::Parts};
use rmcp::{ErrorData, model::CallToolResult};
use serde_json::{Value, json};
use skald_platform::http::RequestId;
use tower::ServiceExt;

/// An answer larger than this helps no model.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The API, without a network between.
#[derive(Clone)]
pub(super) struct Inside(Router);

/// What a tool asks of the API.
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Ask {
    /// Reads an address below `/api/v1`.
    pub(super) fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None }
    }

    /// Sends something to an address below `/api/v1`.
    pub(super) fn post(path: String, body: Value) -> Self {
        Self { method: Method::POST, path, body: Some(body) }
    }

    /// Adds what of these has a value to the address.
    pub(super) fn with(mut self, query: &[(&str, Option<String>)]) -> Self {
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in query {
            if let Some(value) = value {
                text.append_pair(name, value);
            }
        }
        let text = text.finish();
        if !text.is_empty() {
            self.path = format!("{}?{text}", self.path);
        }
        self
    }
}

impl Inside {
    pub(super) fn new(api: Router) -> Self {
        Self(api)
    }

    /// Asks as the one whose request `caller` is the head of. A refusal is an answer too: the model reads what to do.
    ///
    /// # Errors
    /// When the request cannot be made or its answer is no JSON.
    pub(super) async fn ask(&self, caller: &Parts, ask: Ask) -> Result<CallToolResult, ErrorData> {
        let mut request = Request::builder().method(ask.method).uri(format!("/api/v1{}", ask.path));
        for name in [header::AUTHORIZATION, FORWARDED] {
            for value in caller.headers.get_all(&name) {
                request = request.header(&name, value);
            }
        }
        if ask.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(peer) = caller.extensions.get::<ConnectInfo<SocketAddr>>() {
            request = request.extension(*peer);
        }
        let id = caller.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId(String::new()));
        request = request.extension(id.clone());
        let body = ask.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).map_err(broken)?;
        let response = RequestId::during(id.0, self.0.clone().oneshot(request)).await.map_err(broken)?;
        let good = response.status().is_success();
        let body = to_bytes(response.into_body(), ANSWER_BYTES).await.map_err(broken)?;
        let body: Value = serde_json::from_slice(&body).map_err(broken)?;
        Ok(if good { CallToolResult::structured(body) } else { refusal(&body) })
    }
}

/// What of a problem tells a model what to do.
fn refusal(problem: &Value) -> CallToolResult {
    let kept = ["error_code", "detail", "errors", "retryable"];
    let kept =
        kept.iter().filter(|name| !problem[**name].is_null()).map(|name| ((*name).to_owned(), problem[*name].clone()));
    CallToolResult::structured_error(Value::Object(kept.collect()))
}

fn broken(error: impl std::fmt::Display) -> ErrorData {
    tracing::error!(%error, "a tool could not be answered");
    ErrorData::internal_error("Something went wrong inside Skald. Try again.", Some(json!({ "retryable": true })))
}
