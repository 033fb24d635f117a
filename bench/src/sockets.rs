//! Live sockets, with small buffers and no more parsing than needed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::client::{Client, text};

/// How long something expected may take before the benchmarks give up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sockets opened at the same time.
const OPENING: usize = 8;

/// What is read of a frame.
#[derive(Debug, Deserialize)]
pub struct Frame {
    /// Which frame it is.
    pub r#type: String,
    /// The number in the stream.
    pub seq: Option<u64>,
    /// Of ephemeral news.
    pub kind: Option<String>,
    /// Of ephemeral news.
    pub data: Option<Data>,
    epoch: Option<String>,
    error: Option<Value>,
}

/// What is read of ephemeral news.
#[derive(Debug, Deserialize)]
pub struct Data {
    /// Of an answer that is being made.
    pub status: Option<String>,
}

impl Frame {
    /// Whether it tells this of an answer.
    pub fn tells(&self, status: &str) -> bool {
        let told = self.data.as_ref().and_then(|data| data.status.as_deref());
        self.kind.as_deref() == Some("generation") && told == Some(status)
    }
}

/// An open socket.
pub struct Socket {
    inner: WebSocketStream<TcpStream>,
    epoch: String,
}

impl Socket {
    /// Fetches a ticket and opens a socket with it.
    ///
    /// # Errors
    /// When either is refused.
    pub async fn open(client: &mut Client) -> Result<Self> {
        let ticket = client.post("/live/ticket", &Value::Null).await?;
        let stream = TcpStream::connect(client.address()).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
        let address = format!("ws://{}/api/v1/live?ticket={}", client.address(), text(&ticket, "ticket")?);
        let opened = timeout(PATIENCE, client_async_with_config(address, stream, Some(config)));
        let (inner, _) = opened.await.context("opening a socket took too long")??;
        let mut socket = Self { inner, epoch: String::new() };
        let (_, hello) = socket.until(|frame| frame.r#type == "hello").await?;
        socket.epoch = hello.epoch.context("a hello without an epoch")?;
        Ok(socket)
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the socket is gone.
    pub async fn send(&mut self, frame: &Value) -> Result<()> {
        Ok(self.inner.send(Message::text(frame.to_string())).await?)
    }

    /// Follows a stream and waits for its snapshot. Tells the number of it.
    ///
    /// # Errors
    /// When that is refused.
    pub async fn subscribe(&mut self, stream: &str) -> Result<u64> {
        self.send(&json!({ "type": "subscribe", "stream": stream })).await?;
        let (_, snapshot) = self.until(|frame| frame.r#type == "snapshot").await?;
        snapshot.seq.context("a snapshot without a number")
    }

    /// Follows a stream from where it was left. Tells how many entries came before `resumed`, and how long it took.
    ///
    /// # Errors
    /// When that is refused, or answered with a snapshot.
    pub async fn resume(&mut self, stream: &str, last_seq: u64) -> Result<(usize, Duration)> {
        let frame = json!({ "type": "subscribe", "stream": stream, "last_seq": last_seq, "epoch": self.epoch });
        let begin = Instant::now();
        self.send(&frame).await?;
        let mut entries = 0;
        loop {
            let (at, frame) = self.next().await?;
            match frame.r#type.as_str() {
                "entry" => entries += 1,
                "resumed" => return Ok((entries, at - begin)),
                "reset" => bail!("the server resets instead of resuming"),
                _ => {}
            }
        }
    }

    /// Reads until a frame is wanted, and tells when it came.
    ///
    /// # Errors
    /// An error frame, the end of the socket, half a minute without a frame.
    pub async fn until(&mut self, wanted: impl Fn(&Frame) -> bool) -> Result<(Instant, Frame)> {
        loop {
            let (at, frame) = self.next().await?;
            if wanted(&frame) {
                return Ok((at, frame));
            }
        }
    }

    /// The next frame, and when it came.
    ///
    /// # Errors
    /// As [`Socket::until`].
    pub async fn next(&mut self) -> Result<(Instant, Frame)> {
        loop {
            let message = timeout(PATIENCE, self.inner.next()).await.context("no frame came")?;
            let at = Instant::now();
            match message.context("the socket ended")?? {
                Message::Text(text) => {
                    let frame: Frame = serde_json::from_str(&text)?;
                    if let Some(error) = frame.error {
                        bail!("the server sent an error: {error}");
                    }
                    return Ok((at, frame));
                }
                Message::Close(close) => bail!("the server closed the socket: {close:?}"),
                _ => {}
            }
        }
    }

    /// Reads and forgets, until the socket ends.
    async fn drain(mut self) {
        while let Some(Ok(_)) = self.inner.next().await {}
    }
}

/// Opens many sockets that follow one stream; each is handed over as soon as it does.
///
/// # Errors
/// The first that fails.
pub async fn open_many(client: &Client, stream: &str, count: usize, mut each: impl FnMut(Socket)) -> Result<()> {
    let (opened, mut sockets) = mpsc::channel(OPENING);
    let begun = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..OPENING {
        let (mut client, stream, opened, begun) =
            (client.another(), stream.to_owned(), opened.clone(), Arc::clone(&begun));
        tasks.spawn(async move {
            while begun.fetch_add(1, Ordering::Relaxed) < count {
                let mut socket = Socket::open(&mut client).await?;
                socket.subscribe(&stream).await?;
                opened.send(socket).await.context("nobody takes the socket")?;
            }
            anyhow::Ok(())
        });
    }
    drop(opened);
    while let Some(socket) = sockets.recv().await {
        each(socket);
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

/// Sockets that only listen.
#[derive(Debug, Default)]
pub struct Idle(JoinSet<()>);

impl Idle {
    /// Opens so many more.
    ///
    /// # Errors
    /// As [`open_many`].
    pub async fn open(&mut self, client: &Client, stream: &str, count: usize) -> Result<()> {
        open_many(client, stream, count, |socket| {
            self.0.spawn(socket.drain());
        })
        .await
    }

    /// Refuses unless all are open still.
    ///
    /// # Errors
    /// When the server has closed one.
    pub fn all_open(&mut self) -> Result<()> {
        match self.0.try_join_next() {
            None => Ok(()),
            Some(_) => bail!("the server closed an idle socket"),
        }
    }
}
