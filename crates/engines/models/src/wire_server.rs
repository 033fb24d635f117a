//! A model service for tests, on the loopback interface: it answers exactly as scripted, however wrong, and remembers what
//! it was asked.
//!
//! Scripts are used in the order they were added, one per request; when none is left the default answers. It speaks just
//! enough HTTP/1.1, by hand, because a proper server library would not let it misbehave. One request per connection.
//!
//! ```no_run
//! # async fn test() {
//! use skald_models::wire_server::{Script, WireServer};
//! let server = WireServer::start().await;
//! server.then(Script::stream(&["Hel", "lo"])).then(Script::status(429).retry_after("2"));
//! // … point a provider at server.url() …
//! assert_eq!(server.requests()[0].body["stream"], true);
//! # }
//! ```

mod connection;
mod openai;
mod script;

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

pub use script::{Hold, Script};

/// A request the server received.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// `GET` or `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as JSON, null where there was none.
    pub body: Value,
}

impl Received {
    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The server. Dropping it closes its port and every connection.
pub struct WireServer {
    origin: String,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    otherwise: Mutex<Script>,
    models: Mutex<Script>,
    requests: watch::Sender<Vec<Received>>,
}

impl WireServer {
    /// Starts it on a free port.
    ///
    /// # Panics
    /// When no port of the loopback interface is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("a bound port has an address"));
        let shared = Arc::new(Shared {
            scripts: Mutex::default(),
            otherwise: Mutex::new(
                Script::status(400).body(r#"{"error":{"message":"the script has no further answer"}}"#),
            ),
            models: Mutex::new(Script::models(&["wire-model"])),
            requests: watch::Sender::new(Vec::new()),
        });
        let mut tasks = JoinSet::new();
        let server = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((socket, _)) = listener.accept() => {
                        connections.spawn(connection::serve(socket, Arc::clone(&server)));
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Self { origin, shared, _tasks: tasks }
    }

    /// The base address for a provider, `/v1` included.
    pub fn url(&self) -> String {
        format!("{}/v1", self.origin)
    }

    /// The address without `/v1`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Adds the answer to the next request for a completion.
    pub fn then(&self, script: Script) -> &Self {
        self.shared.scripts.lock().push_back(script);
        self
    }

    /// Sets what completions get when no script is left; at first a 400 that says so.
    pub fn otherwise(&self, script: Script) -> &Self {
        *self.shared.otherwise.lock() = script;
        self
    }

    /// Sets what requests for the models get; at first one model, `wire-model`.
    pub fn models(&self, script: Script) -> &Self {
        *self.shared.models.lock() = script;
        self
    }

    /// What it was asked so far, in the order it arrived.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.requests.borrow().clone()
    }

    /// Waits until at least `count` requests have arrived.
    pub async fn received(&self, count: usize) -> Vec<Received> {
        let mut requests = self.shared.requests.subscribe();
        let received = requests.wait_for(|requests| requests.len() >= count).await;
        received.map(|requests| requests.clone()).unwrap_or_default()
    }
}

impl Shared {
    fn answer(&self, request: Received) -> Script {
        let path = request.path.split('?').next().unwrap_or_default();
        let script = match request.method.as_str() {
            "POST" if path.ends_with("/chat/completions") => {
                let script = self.scripts.lock().pop_front();
                script.unwrap_or_else(|| self.otherwise.lock().clone())
            }
            "GET" if path.ends_with("/models") => self.models.lock().clone(),
            _ => Script::status(404).body(r#"{"error":{"message":"no such operation"}}"#),
        };
        self.requests.send_modify(|requests| requests.push(request));
        script
    }
}
