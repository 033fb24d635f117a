//! An HTTP client that costs little: one keep-alive connection, driven by the task that uses it.

use std::{
    net::SocketAddr,
    pin::Pin,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A connection unused for so long is not trusted: the server closes idle ones.
const IDLE: Duration = Duration::from_secs(4);

/// One request to make.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// The JSON to send.
    pub body: Option<Bytes>,
}

impl Ask {
    /// A GET below `/api/v1`.
    pub fn get(path: &str) -> Self {
        Self { method: Method::GET, path: format!("/api/v1{path}"), body: None }
    }

    /// A POST below `/api/v1`.
    pub fn post(path: &str, body: &Value) -> Self {
        let body = (!body.is_null()).then(|| body.to_string().into());
        Self { method: Method::POST, path: format!("/api/v1{path}"), body }
    }
}

/// A user's connection.
pub struct Client {
    address: SocketAddr,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
    connection: Option<Connection>,
}

struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Pin<Box<http1::Connection<TokioIo<TcpStream>, Full<Bytes>>>>,
    used: Instant,
}

impl Client {
    /// A visitor; connects when first used.
    pub fn new(address: SocketAddr) -> Self {
        let host = HeaderValue::try_from(address.to_string()).unwrap_or(HeaderValue::from_static("localhost"));
        Self { address, host, authorization: None, connection: None }
    }

    /// The same user on a connection of its own.
    pub fn another(&self) -> Self {
        Self {
            address: self.address,
            host: self.host.clone(),
            authorization: self.authorization.clone(),
            connection: None,
        }
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forgets the connection: the server was started anew.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Sends this access token from now on.
    ///
    /// # Errors
    /// A token that is none.
    pub fn sign_in(&mut self, token: String) -> Result<()> {
        self.authorization = Some(HeaderValue::try_from(format!("Bearer {token}"))?);
        Ok(())
    }

    /// Asks, and gives the answer's body.
    ///
    /// # Errors
    /// A connection that fails, an answer that is no success.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Bytes> {
        let (status, body) = self.exchange(ask).await.with_context(|| format!("{} {}", ask.method, ask.path))?;
        if !status.is_success() {
            bail!("{} {} was answered {status}: {}", ask.method, ask.path, String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// GETs JSON.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn get(&mut self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.ask(&Ask::get(path)).await?)?)
    }

    /// POSTs JSON; null for no body.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        Ok(serde_json::from_slice(&self.ask(&Ask::post(path, body)).await?)?)
    }

    /// GETs a path outside of the API and tells the status.
    ///
    /// # Errors
    /// A connection that fails.
    pub async fn fetch(&mut self, path: &str) -> Result<StatusCode> {
        let ask = Ask { method: Method::GET, path: path.to_owned(), body: None };
        Ok(self.exchange(&ask).await?.0)
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<(StatusCode, Bytes)> {
        let mut connection = match self.connection.take() {
            Some(connection) if connection.used.elapsed() < IDLE => connection,
            _ => Connection::open(self.address).await?,
        };
        let mut request = Request::builder().method(&ask.method).uri(&ask.path).header(HOST, &self.host);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if ask.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(ask.body.clone().unwrap_or_default()))?;
        let answer = connection.exchange(request).await?;
        connection.used = Instant::now();
        self.connection = Some(connection);
        Ok(answer)
    }
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, driver: Box::pin(driver), used: Instant::now() })
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes)> {
        let Self { sender, driver, .. } = self;
        let answered = async {
            sender.ready().await?;
            let response = sender.send_request(request).await?;
            let status = response.status();
            Ok((status, response.into_body().collect().await?.to_bytes()))
        };
        let mut answered = std::pin::pin!(answered);
        tokio::select! {
            biased;
            answer = answered.as_mut() => answer,
            ended = driver.as_mut() => {
                // The answer may have come whole before the end; otherwise it says that it did not.
                ended?;
                answered.await
            }
        }
    }
}

/// A text in an answer.
///
/// # Errors
/// When it is not there.
pub fn text(answer: &Value, name: &str) -> Result<String> {
    answer[name].as_str().map(str::to_owned).with_context(|| format!("no `{name}` in {answer}"))
}
