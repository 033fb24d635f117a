//! What every request passes through: id, span, metrics, limits, security headers, CORS, compression, panics as problems.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn, from_fn_with_state, map_request_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use skald_kernel::{Error, ErrorCode};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
    cors::{AllowOrigin, CorsLayer},
};
use tracing::Instrument;

use super::{Problem, patience::hurried};
use crate::App;

tokio::task_local! {
    static REQUEST_ID: String;
}

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id, or an empty text outside of a request.
    pub fn current() -> String {
        REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
    }

    /// Runs work of a request elsewhere, with the request's id still known.
    pub async fn during<F: Future>(id: String, work: F) -> F::Output {
        REQUEST_ID.scope(id, work).await
    }
}

/// Puts the layers around all routes.
pub fn finish(router: Router, app: &App) -> Router {
    let config = app.config();
    let mut origins: Vec<HeaderValue> = config.allowed_origins.iter().filter_map(|o| o.parse().ok()).collect();
    origins.extend(config.public_url.iter().filter_map(|url| url.trim_end_matches('/').parse().ok()));
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            X_REQUEST_ID,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-skald"),
        ])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, X_REQUEST_ID])
        .allow_credentials(true);
    router
        .layer(map_request_with_state(app.clone(), limited))
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"))),
        )
        .layer(from_fn_with_state(app.clone(), announced_size))
        .layer(cors)
        .layer(from_fn(security_headers))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("a panic without a message");
            Problem(Error::internal(text.to_owned())).into_response()
        }))
        .layer(from_fn_with_state(app.clone(), observe))
}

async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic()))
        .map_or_else(|| app.ids().next::<uuid::Uuid>().to_string(), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |p| p.as_str().to_owned());
    let span = tracing::info_span!("request", %method, route, request_id = id);
    let start = Instant::now();
    let mut response = REQUEST_ID.scope(id.clone(), next.run(request).instrument(span.clone())).await;
    let status = response.status();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let seconds = start.elapsed().as_secs_f64();
    metrics::histogram!("skald_http_request_seconds", "method" => method.to_string(), "route" => route.clone(), "status" => status.as_u16().to_string())
        .record(seconds);
    span.in_scope(|| tracing::debug!(status = status.as_u16(), ms = seconds * 1000.0, "answered"));
    if status == StatusCode::PAYLOAD_TOO_LARGE && !response.headers().contains_key(header::CONTENT_TYPE) {
        let error = Error::new(ErrorCode::TooLarge, "The body is larger than this address takes.");
        return REQUEST_ID.scope(id, async { Problem(error).into_response() }).await;
    }
    response
}

/// Bytes a body may have at the address of a request.
fn body_limit(app: &App, request: &Request) -> usize {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    app.body_limit(route)
}

/// Seconds more that a body may take for each of these bytes that its address takes beyond the usual.
const BYTES_PER_SECOND: usize = 64 << 10;

/// Sets how large a body may be, and how long it may take to arrive.
async fn limited(State(app): State<App>, mut request: Request) -> Request {
    let config = app.config();
    let limit = body_limit(&app, &request);
    axum::extract::DefaultBodyLimit::max(limit).apply(&mut request);
    let more = limit.saturating_sub(config.max_body_bytes) / BYTES_PER_SECOND;
    hurried(request, Duration::from_millis(config.body_timeout_ms), Duration::from_secs(more as u64))
}

/// Bytes of a body that is too large that are read and thrown away, so that the client hears why instead of a reset.
const DRAINED: usize = 16 << 20;

/// Refuses a body that announces more than is taken before anything is done with it.
async fn announced_size(State(app): State<App>, request: Request, next: Next) -> Response {
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_none_or(|length| length <= body_limit(&app, &request)) {
        return next.run(request).await;
    }
    let drain = async {
        let mut body = request.into_body().into_data_stream();
        let mut read = 0;
        while let Some(Ok(bytes)) = futures::StreamExt::next(&mut body).await {
            read += bytes.len();
            if read > DRAINED {
                return;
            }
        }
    };
    // Whether it came to its end or not, the answer is the same.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(app.config().body_timeout_ms), drain).await;
    Problem(Error::new(ErrorCode::TooLarge, "The body is larger than this address takes.")).into_response()
}

async fn security_headers(request: Request, next: Next) -> Response {
    let docs = request.uri().path().starts_with("/docs");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Mantine and Swagger UI set styles from scripts; scripts themselves come from this server only.
    let csp = if docs {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         frame-ancestors 'none'"
    } else {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
         connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    };
    // What people upload comes with a stricter one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(csp));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
