//! The web app: embedded files, and `index.html` for every address of the app itself.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use skald_platform::http::not_found;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

const MISSING: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Skald</title>\
<body style='font-family:system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem;line-height:1.6'>\
<h1>Skald is running</h1>\
<p>This build has no web app in it, because Node.js was not there when it was built. The API works: see \
<a href=/docs>the documentation</a>.</p>\
<p>To get the web app, install Node.js 20 or newer and npm, and start Skald again with <code>make run</code>.</p>";

/// Serves a file of the app, or the app itself for its own addresses.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD {
        return not_found().await;
    }
    if let Some(file) = Dist::get(path).filter(|_| !path.is_empty()) {
        return send(path, &file, &headers);
    }
    // A file that is not there is missing; an address of the app is not.
    if path.starts_with("assets/") {
        return not_found().await;
    }
    match Dist::get("index.html") {
        Some(index) => send("index.html", &index, &headers),
        None => Html(MISSING).into_response(),
    }
}

fn send(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag: String = std::iter::once('"'.to_string())
        .chain(hash.iter().take(12).map(|byte| format!("{byte:02x}")))
        .chain(std::iter::once('"'.to_string()))
        .collect();
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(&etag);
    // Names below assets/ carry a hash of their content.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { file.data.clone().into_owned().into_response() };
    let out = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(file.metadata.mimetype()) {
        out.insert(header::CONTENT_TYPE, kind);
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, etag);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
