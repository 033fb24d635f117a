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

mod anthropic;
mod cohere;
mod connection;
mod gemini;
mod ollama;
mod openai;
mod script;

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

pub use script::{Hold, Script};

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI's and that of most others.
    OpenAi,
    /// Anthropic's.
    Anthropic,
    /// Google's.
    Gemini,
    /// Cohere's second version.
    Cohere,
    /// Ollama's own.
    Ollama,
}

impl Dialect {
    /// The chunks of an answer, piece by piece; the last entry is its end.
    fn render(self, answer: &script::Answer) -> Vec<Vec<Vec<u8>>> {
        match self {
            Self::OpenAi => openai::render(answer),
            Self::Anthropic => anthropic::render(answer),
            Self::Gemini => gemini::render(answer),
            Self::Cohere => cohere::render(answer),
            Self::Ollama => ollama::render(answer),
        }
    }

    fn models(self, ids: &[String]) -> Value {
        match self {
            Self::OpenAi => openai::models(ids),
            Self::Anthropic => anthropic::models(ids),
            Self::Gemini => gemini::models(ids),
            Self::Cohere => cohere::models(ids),
            Self::Ollama => ollama::models(ids),
        }
    }

    fn embeddings(self, vectors: &[Vec<f32>]) -> Value {
        match self {
            Self::OpenAi => openai::embeddings(vectors),
            Self::Gemini => gemini::embeddings(vectors),
            Self::Cohere => cohere::embeddings(vectors),
            Self::Ollama => ollama::embeddings(vectors),
            Self::Anthropic => serde_json::json!({"type": "error", "error": {"message": "there are no embeddings"}}),
        }
    }

    /// What its addresses begin with.
    fn version(self) -> &'static str {
        match self {
            Self::OpenAi | Self::Anthropic => "/v1",
            Self::Gemini => "/v1beta",
            Self::Cohere => "/v2",
            Self::Ollama => "",
        }
    }

    fn operation(self, method: &str, path: &str) -> Option<Operation> {
        let is = |ending: &str| path.ends_with(ending);
        let (chat, models, embed) = match self {
            Self::OpenAi => (is("/chat/completions"), is("/models"), is("/embeddings")),
            Self::Anthropic => (is("/v1/messages"), is("/v1/models"), false),
            Self::Gemini => (is(":streamGenerateContent"), is("/v1beta/models"), is(":batchEmbedContents")),
            Self::Cohere => (is("/v2/chat"), is("/v1/models"), is("/v2/embed")),
            Self::Ollama => (is("/api/chat") || is("/api/pull"), is("/api/tags"), is("/api/embed")),
        };
        match method {
            "POST" if chat => Some(Operation::Chat),
            "POST" if embed => Some(Operation::Embed),
            "GET" if models => Some(Operation::Models),
            _ => None,
        }
    }
}

enum Operation {
    Chat,
    Models,
    Embed,
}

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
    dialect: Dialect,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    otherwise: Mutex<Script>,
    models: Mutex<Script>,
    embeddings: Mutex<Script>,
    dialect: Dialect,
    requests: watch::Sender<Vec<Received>>,
}

impl WireServer {
    /// Starts one that speaks OpenAI's dialect, on a free port.
    ///
    /// # Panics
    /// When no port of the loopback interface is free.
    pub async fn start() -> Self {
        Self::speaking(Dialect::OpenAi).await
    }

    /// Starts one that speaks this dialect, on a free port.
    ///
    /// # Panics
    /// When no port of the loopback interface is free.
    pub async fn speaking(dialect: Dialect) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("a bound port has an address"));
        let shared = Arc::new(Shared {
            scripts: Mutex::default(),
            otherwise: Mutex::new(
                Script::status(400).body(r#"{"error":{"message":"the script has no further answer"}}"#),
            ),
            models: Mutex::new(Script::models(&["wire-model"])),
            embeddings: Mutex::new(Script::embeddings(&[&[1.0, 0.5], &[0.0, -1.0]])),
            dialect,
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
        Self { origin, dialect, shared, _tasks: tasks }
    }

    /// The base address for a provider, with the version the dialect has there.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.dialect.version())
    }

    /// What it speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The address without a version.
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

    /// Sets what requests for embeddings get; at first two vectors.
    pub fn embeddings(&self, script: Script) -> &Self {
        *self.shared.embeddings.lock() = script;
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
        let script = match self.dialect.operation(&request.method, path) {
            Some(Operation::Chat) => {
                let script = self.scripts.lock().pop_front();
                script.unwrap_or_else(|| self.otherwise.lock().clone())
            }
            Some(Operation::Models) => self.models.lock().clone(),
            Some(Operation::Embed) => self.embeddings.lock().clone(),
            None => Script::status(404).body(r#"{"error":{"message":"no such operation"}}"#),
        };
        self.requests.send_modify(|requests| requests.push(request));
        script
    }
}
