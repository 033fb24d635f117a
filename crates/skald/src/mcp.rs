//! The Model Context Protocol at `/mcp`: an assistant looks things up in a campaign, throws dice and suggests changes.
//!
//! - Every tool is a request to our own API, made inside the program with the caller's own token. So a tool may do what the
//!   caller may do by hand, sees what they see, is refused with the same words, and no second set of rules can drift.
//! - Each request proves who asks, by a personal access token or the access token of a sign-in; there are no sessions, so
//!   any node answers, and a revoked token ends at once.
//! - Nothing here changes the canon: `suggest_change` makes a proposal, which the campaign's policy handles.

mod inside;
mod tools;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use skald_access::Caller;
use skald_platform::{App, http::Problem};

use self::{inside::Inside, tools::Tools};

/// A call with a long text in it, and not more.
const BODY_BYTES: usize = 256 * 1024;

/// `/mcp`, whose tools ask `api`.
pub fn router(app: &App, api: Router) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        // What keeps other sites out is the token: a browser never sends one on its own.
        .disable_allowed_hosts()
        .with_max_request_body_bytes(BODY_BYTES)
        .with_cancellation_token(app.tasks().stopping().child_token());
    let tools = Tools::new(app.clone(), Inside::new(api));
    let service =
        StreamableHttpService::new(move || Ok(tools.clone()), Arc::new(NeverSessionManager::default()), config);
    Router::new().route_service("/mcp", service).layer(from_fn_with_state(app.clone(), signed_in))
}

/// Lets nobody in who does not say who they are.
async fn signed_in(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match Caller::of(&app, &parts).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => {
            let mut response = Problem(error).into_response();
            if response.status() == http::StatusCode::UNAUTHORIZED {
                let bearer = HeaderValue::from_static("Bearer realm=\"Skald\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
            }
            response
        }
    }
}
