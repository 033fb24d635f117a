//! A whole server on a free port, and clients for it.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::{Method, RequestBuilder, StatusCode, header};
pub use serde_json::{Value, json};
use skald::wiring::{self, Given, Roles};
use skald_kernel::Clock;
pub use skald_platform::testing::db_test;
use skald_platform::{
    App, Config,
    http::{bind, serve},
    testing::{FromTestDb, TestDb},
};
use tokio_tungstenite::tungstenite::Message;

/// The password of every account of a test.
pub const PASSWORD: &str = "correct horse battery";

/// A running server.
pub struct TestApp {
    /// The program inside.
    pub app: App,
    /// Its time: stands still when built with [`TestApp::with`] and a fixed clock.
    pub clock: Clock,
    /// `http://127.0.0.1:<port>`
    pub url: String,
    http: reqwest::Client,
    setup_code: String,
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Client {
    /// The user's id; empty for a visitor.
    pub id: String,
    /// The access token, if signed in.
    pub token: Option<String>,
    url: String,
    http: reqwest::Client,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: header::HeaderMap,
    /// The body as JSON; null when empty.
    pub body: Value,
}

impl FromTestDb for TestApp {
    async fn from_db(db: TestDb) -> Self {
        Self::with(db.config, Given::default()).await
    }
}

impl TestApp {
    /// Starts a server with its own configuration, clock and seeds.
    pub async fn with(config: Config, given: Given) -> Self {
        let clock = given.clock.clone();
        let app = wiring::assemble(config, given).await.expect("the program is put together");
        wiring::start(&app, Roles { live: true, worker: true }).await.expect("the program starts");
        let setup_code = skald_access::accounts::setup::code(&app).await.expect("a set-up code").unwrap_or_default();
        let listener = bind(app.config()).await.expect("a free port");
        let listening = serve(&app, listener, skald::router::router(&app)).expect("an address");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Self { app, clock, url: format!("http://{}", listening.address), http, setup_code }
    }

    /// Stops the server as a shutdown does.
    pub async fn stop(self) {
        self.app.tasks().stop().await;
    }

    /// The code printed on the console.
    pub fn setup_code(&self) -> &str {
        &self.setup_code
    }

    /// A visitor.
    pub fn anonymous(&self) -> Client {
        Client { id: String::new(), token: None, url: self.url.clone(), http: self.http.clone() }
    }

    /// The first account, which is the admin's.
    pub async fn admin(&self) -> Client {
        let answer = self
            .anonymous()
            .post(
                "/setup",
                json!({ "code": self.setup_code, "username": "admin", "display_name": "Ada", "password": PASSWORD }),
            )
            .await
            .created();
        self.anonymous().signed_in(&answer)
    }

    /// An account that is a member of nothing; there must be an admin.
    pub async fn user(&self, name: &str) -> Client {
        let id = skald_access::accounts::create_user(
            &self.app,
            &name.to_lowercase(),
            name,
            PASSWORD,
            skald_kernel::SiteRole::User,
        )
        .await
        .expect("an account");
        let answer = self
            .anonymous()
            .post("/auth/login", json!({ "username": name.to_lowercase(), "password": PASSWORD }))
            .await
            .ok();
        assert_eq!(answer["user"]["id"], id.to_string());
        self.anonymous().signed_in(&answer)
    }

    /// An account that joined a campaign by an invitation of its GM.
    pub async fn member(&self, gm: &Client, campaign: &str, role: &str, name: &str) -> Client {
        let invitation =
            gm.post(&format!("/campaigns/{campaign}/invitations"), json!({ "role": role })).await.created();
        let answer = self
            .anonymous()
            .post(
                "/auth/register",
                json!({
                    "username": name.to_lowercase(), "display_name": name, "password": PASSWORD,
                    "invitation": invitation["code"],
                }),
            )
            .await
            .created();
        self.anonymous().signed_in(&answer)
    }
}

impl Client {
    /// The same client with the token of an answer to a sign-in.
    pub fn signed_in(&self, answer: &Value) -> Self {
        Self {
            id: answer["user"]["id"].as_str().expect("a user").to_owned(),
            token: Some(answer["access_token"].as_str().expect("a token").to_owned()),
            url: self.url.clone(),
            http: self.http.clone(),
        }
    }

    /// The same person at another server: the one that was started again.
    pub fn moved_to(&self, app: &TestApp) -> Self {
        Self { url: app.url.clone(), http: app.http.clone(), ..self.clone() }
    }

    /// A request to a path below `/api/v1` (or `/health` and the like), signed in.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let outside = ["/health", "/metrics", "/docs", "/openapi", "/api", "/mcp", "/v1/"]
            .iter()
            .any(|start| path.starts_with(start));
        let base = if outside || path == "/" { "" } else { "/api/v1" };
        let request = self.http.request(method, format!("{}{base}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The same person, speaking through another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Makes a personal access token and gives it.
    pub async fn access_token(&self, input: Value) -> String {
        let made = self.post("/auth/tokens", input).await.created();
        made["token"].as_str().expect("a token").to_owned()
    }

    /// Sends a request with this client's token, whoever it was written for.
    pub async fn send_as_mine(&self, request: RequestBuilder) -> Answer {
        let mut request = request.build().expect("a request");
        let token = format!("Bearer {}", self.token.as_deref().unwrap_or_default());
        request.headers_mut().insert(header::AUTHORIZATION, token.parse().expect("a header"));
        Self::answer(self.http.execute(request).await.expect("the server answers")).await
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Self::answer(request.send().await.expect("the server answers")).await
    }

    async fn answer(response: reqwest::Response) -> Answer {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Answer { status, headers, body }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// PUT with a JSON body and perhaps a version.
    pub async fn put(&self, path: &str, version: impl Into<Option<i64>>, body: Value) -> Answer {
        self.send(with_version(self.request(Method::PUT, path), version.into()).json(&body)).await
    }

    /// PATCH with a JSON body and perhaps a version.
    pub async fn patch(&self, path: &str, version: impl Into<Option<i64>>, body: Value) -> Answer {
        self.send(with_version(self.request(Method::PATCH, path), version.into()).json(&body)).await
    }

    /// DELETE, perhaps with a version.
    pub async fn delete(&self, path: &str, version: impl Into<Option<i64>>) -> Answer {
        self.send(with_version(self.request(Method::DELETE, path), version.into())).await
    }

    /// Makes a campaign and returns its id.
    pub async fn campaign(&self, name: &str) -> String {
        id(&self.post("/campaigns", json!({ "name": name })).await.created())
    }

    /// Makes an entity and returns it.
    pub async fn entity(&self, campaign: &str, body: Value) -> Value {
        self.post(&format!("/campaigns/{campaign}/entities"), body).await.created()
    }

    /// Opens the live socket and takes the `hello`.
    pub async fn live(&self) -> Socket {
        let ticket = self.post("/live/ticket", json!({})).await.ok();
        let ticket = ticket["ticket"].as_str().expect("a ticket");
        let mut socket = Socket::open(&self.url, ticket).await.expect("the socket opens");
        let hello = socket.next().await;
        assert_eq!(hello["type"], "hello");
        socket.epoch = hello["epoch"].as_str().expect("an epoch").to_owned();
        socket
    }
}

fn with_version(request: RequestBuilder, version: Option<i64>) -> RequestBuilder {
    match version {
        Some(version) => request.header(header::IF_MATCH, format!("\"{version}\"")),
        None => request,
    }
}

/// The `id` of an answer.
pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("an id in {value}")).to_owned()
}

impl Answer {
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The body of a 200.
    pub fn ok(self) -> Value {
        self.expect(200)
    }

    /// The body of a 201.
    pub fn created(self) -> Value {
        self.expect(201)
    }

    /// The body of a 202.
    pub fn accepted(self) -> Value {
        self.expect(202)
    }

    /// A 204.
    pub fn no_content(self) {
        self.expect(204);
    }

    /// The problem of a refusal.
    pub fn refused(self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["error_code"], code, "{body}");
        assert_eq!(body["status"], status);
        body
    }
}

type Stream = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A live socket.
pub struct Socket {
    /// The epoch from `hello`.
    pub epoch: String,
    stream: Stream,
}

/// What came over a socket.
#[derive(Debug, PartialEq)]
pub enum Came {
    /// A frame.
    Frame(Value),
    /// The end, with its code.
    Closed(u16),
}

impl Socket {
    /// Opens a socket with a ticket.
    ///
    /// # Errors
    /// The status of the refusal.
    pub async fn open(url: &str, ticket: &str) -> Result<Self, u16> {
        let address = format!("{}/api/v1/live?ticket={ticket}", url.replacen("http", "ws", 1));
        match tokio_tungstenite::connect_async(address).await {
            Ok((stream, _)) => Ok(Self { epoch: String::new(), stream }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.expect("sent");
    }

    /// Sends text that may be no frame.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text.to_owned())).await.expect("sent");
    }

    /// What comes next.
    pub async fn came(&mut self) -> Came {
        let deadline = Duration::from_secs(20);
        loop {
            let message =
                tokio::time::timeout(deadline, self.stream.next()).await.expect("something comes within 20 s");
            match message {
                Some(Ok(Message::Text(text))) => return Came::Frame(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Came::Closed(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Came::Closed(1006),
            }
        }
    }

    /// The next frame.
    pub async fn next(&mut self) -> Value {
        match self.came().await {
            Came::Frame(frame) => frame,
            Came::Closed(code) => panic!("the socket closed with {code}"),
        }
    }

    /// The next frame that fits, passing over others.
    pub async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.next().await;
            if fits(&frame) {
                return frame;
            }
        }
    }

    /// Follows a stream from the beginning of what the server keeps ready, and returns the snapshot.
    pub async fn follow(&mut self, stream: &str) -> Value {
        self.send(json!({ "type": "subscribe", "stream": stream })).await;
        self.until(|frame| matches!(frame["type"].as_str(), Some("snapshot" | "error"))).await
    }

    /// Sends a command and waits for its ack or nack.
    pub async fn command(&mut self, id: &str, stream: &str, name: &str, args: Value) -> Value {
        self.send(json!({ "type": "command", "id": id, "stream": stream, "name": name, "args": args })).await;
        self.until(|frame| frame["id"] == id).await
    }
}
