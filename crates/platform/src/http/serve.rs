//! Our own accept loop: `axum::serve` has no header timeout and no cap on connections, so slow clients could hold it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt;

use crate::{App, Config};

/// A server that accepts connections.
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    loop_: tokio::task::JoinHandle<()>,
}

impl Listening {
    /// Waits until it has stopped.
    pub async fn stopped(self) {
        if let Err(error) = self.loop_.await {
            tracing::error!(%error, "the accept loop ended badly");
        }
    }
}

/// Takes the configured address, so that a second server fails before it touches anything.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}. Choose another with --listen.", config.listen))
}

/// Serves `router` until the program stops; then finishes what is under way, as long as configured.
///
/// # Errors
/// When the listener has no address.
pub fn serve(app: &App, listener: TcpListener, router: Router) -> anyhow::Result<Listening> {
    let address = listener.local_addr()?;
    let loop_ = app.tasks().spawn("accept", accept(app.clone(), listener, router));
    Ok(Listening { address, loop_ })
}

async fn accept(app: App, listener: TcpListener, router: Router) {
    let config = app.config();
    let places = Arc::new(Semaphore::new(config.max_connections));
    let wait = Duration::from_millis(config.shutdown_timeout_ms);
    let stopping = app.tasks().stopping();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(config.header_timeout_ms))
        .max_headers(64)
        // Also the read buffer of an idle live socket: small, it grows when a request needs more.
        .max_buf_size(64 * 1024);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, or a client that left: go on, but not in a tight loop.
                    tracing::warn!(%error, "accepting a connection failed");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "nodelay");
        }
        let service = router.clone().map_request(move |mut request: http::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).with_upgrades();
        let stopping = stopping.clone();
        app.tasks().spawn("connection", async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopping.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    match tokio::time::timeout(wait, connection).await {
                        Ok(ended) => ended,
                        Err(_) => return tracing::warn!("a request was still under way at shutdown"),
                    }
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "connection ended");
            }
            drop(place);
        });
    }
}
