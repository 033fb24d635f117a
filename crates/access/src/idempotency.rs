//! `Idempotency-Key` on POST: the same key from the same user has one effect and one answer, for a day.
//!
//! The answer is kept as it was given and given again with `Idempotency-Replayed: true`. A refused request gives its key
//! back, as nothing happened. Streams are not kept, and neither is any answer that is a credential.

use axum::{
    body::Body,
    extract::{OriginalUri, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use skald_kernel::{AccessTokenId, Error, Result, UserId};
use skald_platform::{
    App,
    http::{Problem, RequestId, read_body},
    idempotency::{Claim, claim, finish, hash, release},
};

use crate::{
    accounts::tokens,
    authority::{Key, bearer},
    token,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Answers that are credentials, which are stored nowhere.
const NEVER_KEPT: &[&str] = &["/auth/", "/setup", "/live/"];

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    content_type: Option<String>,
    location: Option<String>,
    etag: Option<String>,
    body: String,
}

/// The layer around all routes that gives `Idempotency-Key` its meaning.
pub async fn idempotency(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some((bearer, key)) = keyed(&request) else { return next.run(request).await };
    // Without a valid token the handler itself refuses.
    match who(&app, &bearer).await {
        Some(asks) => {
            // On its own: a client that hangs up must not leave the key taken or the answer lost.
            let request_id = RequestId::current();
            let work = RequestId::during(request_id, {
                let app = app.clone();
                async move { once(&app, asks, key, request, next).await }
            });
            match app.tasks().spawn("keyed request", work).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => Problem(error).into_response(),
                Err(broken) => Problem(Error::internal(broken)).into_response(),
            }
        }
        None => next.run(request).await,
    }
}

/// The token and the key of a request that this layer has anything to do with.
fn keyed(request: &Request) -> Option<(String, String)> {
    let headers = request.headers();
    let key = headers.get(&KEY).filter(|_| request.method() == Method::POST)?;
    let path = address(request);
    let path = path.strip_prefix("/api/v1").unwrap_or(&path);
    if NEVER_KEPT.iter().any(|kept_out| path.starts_with(kept_out)) || wants_stream(headers) {
        return None;
    }
    // What is no text is no key either: the check of the key says so.
    Some((bearer(headers)?.to_owned(), key.to_str().unwrap_or_default().to_owned()))
}

/// Whose key it is. What was asked through one personal access token is another request than what its owner asked: an answer
/// is never given to a token that might not have got it.
struct Asks {
    user: UserId,
    through: Option<AccessTokenId>,
}

async fn who(app: &App, bearer: &str) -> Option<Asks> {
    if !tokens::is_one(bearer) {
        return Some(Asks { user: token::verify(app, bearer).ok()?.user?, through: None });
    }
    let actor = tokens::find(app, bearer).await.ok()??;
    let through = actor.grant.filter(|grant| grant.writes)?.token;
    Some(Asks { user: actor.user?, through: Some(through) })
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

fn address(request: &Request) -> String {
    let uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |OriginalUri(uri)| uri);
    uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

async fn once(app: &App, asks: Asks, key: String, request: Request, next: Next) -> Result<Response> {
    let user = asks.user;
    let address = address(&request);
    let (mut parts, body) = request.into_parts();
    // With its extensions: among them is the limit the layers set on a body.
    let body = read_body(Request::from_parts(parts.clone(), body)).await?;
    let mut said: Vec<&[u8]> = vec![parts.method.as_str().as_bytes(), address.as_bytes(), &body];
    said.extend(asks.through.as_ref().map(|token| &token.0.as_bytes()[..]));
    let request_hash = hash(&said);
    match claim(app, user, &key, &request_hash).await? {
        Claim::Done { status, answer } => return replay(status, &answer),
        Claim::New => {}
    }
    parts.extensions.insert(Key(key.clone()));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if response.status().is_success() {
        return keep(app, user, &key, response).await;
    }
    if let Err(error) = release(app, user, &key).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "an idempotency key was not given back");
    }
    Ok(response)
}

fn text(response: &Response, name: HeaderName) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn keep(app: &App, user: UserId, key: &str, response: Response) -> Result<Response> {
    let content_type = text(&response, header::CONTENT_TYPE);
    let (location, etag) = (text(&response, header::LOCATION), text(&response, header::ETAG));
    if content_type.as_ref().is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(Error::internal)?;
    // Whatever becomes of the record, the request went through: its answer is given.
    match std::str::from_utf8(&body) {
        Ok(text) => {
            let kept = Kept { content_type, location, etag, body: text.to_owned() };
            let kept = serde_json::to_string(&kept).map_err(Error::internal)?;
            if let Err(error) = finish(app, user, key, parts.status.as_u16(), &kept).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "an answer was not kept for its key");
            }
        }
        Err(_) => tracing::warn!("an answer that is no text was not kept for its key"),
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(status: u16, answer: &str) -> Result<Response> {
    let kept: Kept = serde_json::from_str(answer).map_err(Error::internal)?;
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(status).map_err(Error::internal)?;
    let headers = response.headers_mut();
    for (name, value) in
        [(header::CONTENT_TYPE, kept.content_type), (header::LOCATION, kept.location), (header::ETAG, kept.etag)]
    {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
