//! How long a body may take: so long without a byte, and four times as long in all (more where large bodies are taken), so
//! that drips do not hold a connection.

use std::{pin::Pin, time::Duration};

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    extract::Request,
};
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

/// Pauses a body may take altogether.
const PAUSES: u32 = 4;

/// The client took too long to send its body.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long")]
pub(super) struct TooSlow;

/// The request with a body that ends in [`TooSlow`] when the client pauses longer than `pause`, or takes `more` than four
/// pauses for all of it.
pub(super) fn hurried(request: Request, pause: Duration, more: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| {
        let until = Instant::now() + pause * PAUSES + more;
        let parts: Option<Pin<Box<BodyDataStream>>> = Some(Box::pin(body.into_data_stream()));
        Body::from_stream(stream::unfold(parts, move |parts| async move {
            let mut parts = parts?;
            match timeout_at(until.min(Instant::now() + pause), parts.next()).await {
                Ok(Some(Ok(part))) => Some((Ok(part), Some(parts))),
                Ok(Some(Err(error))) => Some((Err(axum::BoxError::from(error)), None)),
                Ok(None) => None,
                Err(_) => Some((Err(TooSlow.into()), None)),
            }
        }))
    })
}
