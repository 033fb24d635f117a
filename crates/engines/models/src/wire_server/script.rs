//! What the server is told to answer: pieces, an end, and where to misbehave. Knows nothing of dialects but for raw bodies.

use serde_json::{Value, json};
use tokio::sync::watch;

/// One answer. Made by one of the first functions, changed by the others.
///
/// A piece is a text, a tool call, or an event added by hand; `…_after(n)` acts when n pieces have been sent, so that
/// `cut_after` the number of all pieces ends before the model says that it is done.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) breaks: Vec<(usize, Break)>,
    /// Acts before the status line.
    pub(super) before: Option<Break>,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// An answer in the server's dialect.
    Answer(Answer),
    /// A list of models in the server's dialect.
    Models(Vec<String>),
    /// Vectors in the server's dialect.
    Embeddings(Vec<Vec<f32>>),
    /// These chunks as they are, with the breaks counted in chunks.
    Chunks(Vec<Vec<u8>>),
}

#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) pieces: Vec<Piece>,
    pub(super) streamed: bool,
    pub(super) finish: Option<String>,
    pub(super) usage: Option<Tokens>,
    pub(super) done: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Tokens {
    /// So many asked and answered, in the dialect's own words.
    Counted { input: usize, output: usize },
    /// These words, however wrong.
    Raw(Value),
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    SplitText(String),
    Reasoning(String),
    ToolCall {
        id: Option<String>,
        name: String,
        arguments: String,
    },
    /// Text of the stream itself, sent as it is.
    Raw(String),
    Error(Value),
}

#[derive(Clone, Debug)]
pub(super) enum Break {
    Stall,
    Cut,
    Reset,
    Hold(watch::Sender<Held>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Held {
    pub(super) reached: bool,
    pub(super) released: bool,
    pub(super) left: bool,
}

impl Answer {
    /// All its text.
    pub(super) fn text(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) | Piece::SplitText(text) => Some(text.clone()),
            _ => None,
        };
        self.pieces.iter().filter_map(text).collect()
    }

    /// Whether it calls a tool.
    pub(super) fn called(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::ToolCall { .. }))
    }
}

/// A text in two parts, as services stream arguments.
pub(super) fn halves(text: &str) -> (&str, &str) {
    text.split_at(text.floor_char_boundary(text.len() / 2))
}

/// A place in an answer where the server waits until the test lets it go on.
#[derive(Clone, Debug)]
pub struct Hold(watch::Sender<Held>);

impl Hold {
    /// Waits until everything before it has been sent.
    pub async fn reached(&self) {
        self.until(|held| held.reached).await;
    }

    /// Lets the answer go on; before it is reached too.
    pub fn release(&self) {
        self.0.send_modify(|held| held.released = true);
    }

    /// Waits until the client has closed its connection while the server was waiting here.
    pub async fn left(&self) {
        self.until(|held| held.left).await;
    }

    async fn until(&self, condition: impl Fn(&Held) -> bool) {
        // The sender is held here, so the wait cannot fail.
        let _ = self.0.subscribe().wait_for(condition).await;
    }
}

impl Script {
    fn new(status: u16, content_type: &str, body: Body) -> Self {
        let headers = vec![("content-type".into(), content_type.into())];
        Self { status, headers, body, breaks: Vec::new(), before: None }
    }

    /// An answer in pieces of text, with its tokens counted (10 asked, one answered per piece) and a proper end.
    pub fn stream(texts: &[&str]) -> Self {
        let pieces: Vec<_> = texts.iter().map(|text| Piece::Text((*text).into())).collect();
        let usage = Tokens::Counted { input: 10, output: pieces.len() };
        let answer = Answer { pieces, streamed: true, finish: None, usage: Some(usage), done: true };
        Self::new(200, "text/event-stream", Body::Answer(answer))
    }

    /// A text whose every byte is sent by itself, so that characters are split.
    pub fn split_utf8(text: &str) -> Self {
        Self::stream(&[]).piece(Piece::SplitText(text.into()))
    }

    /// An answer that ignores that a stream was asked for: one JSON completion.
    pub fn plain(text: &str) -> Self {
        let mut script = Self::stream(&[text]).header("content-type", "application/json");
        if let Body::Answer(answer) = &mut script.body {
            answer.streamed = false;
        }
        script
    }

    /// An error status with a JSON body that says little; see [`Script::body`].
    pub fn status(status: u16) -> Self {
        let body = json!({"error": {"message": format!("scripted status {status}")}}).to_string();
        Self::new(status, "application/json", Body::Chunks(vec![body.into_bytes()]))
    }

    /// Status 200 with a web page.
    pub fn html() -> Self {
        Self::raw("text/html", vec!["<!doctype html><title>Router</title><p>Welcome".into()])
    }

    /// Status 200 with these chunks, as they are.
    pub fn raw(content_type: &str, chunks: Vec<Vec<u8>>) -> Self {
        Self::new(200, content_type, Body::Chunks(chunks))
    }

    /// A list of models, in the server's dialect.
    pub fn models(ids: &[&str]) -> Self {
        Self::new(200, "application/json", Body::Models(ids.iter().map(|id| (*id).into()).collect()))
    }

    /// Vectors, in the server's dialect.
    pub fn embeddings(vectors: &[&[f32]]) -> Self {
        Self::new(200, "application/json", Body::Embeddings(vectors.iter().map(|vector| vector.to_vec()).collect()))
    }

    /// Takes the request and stays silent, before even a status.
    pub fn stall_before_first_byte() -> Self {
        Self { before: Some(Break::Stall), ..Self::stream(&[]) }
    }

    /// Takes the request and closes the connection without a word.
    pub fn hang_up() -> Self {
        Self { before: Some(Break::Cut), ..Self::stream(&[]) }
    }

    /// An error object as the first event of a stream of status 200.
    pub fn error_in_stream(error: Value) -> Self {
        Self::stream(&[]).then_error(error)
    }

    /// Adds a piece of text.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.piece(Piece::Text(text.into()))
    }

    /// Adds a piece of reasoning, which is not part of the answer.
    #[must_use]
    pub fn reasoning(self, text: &str) -> Self {
        self.piece(Piece::Reasoning(text.into()))
    }

    /// Adds a tool call, sent in fragments. Its id is `call_` and the number of calls before it.
    #[must_use]
    pub fn tool_call(self, name: &str, arguments: Value) -> Self {
        let id = Some(format!("call_{}", self.calls()));
        self.piece(Piece::ToolCall { id, name: name.into(), arguments: arguments.to_string() })
    }

    /// Adds a tool call without an id, with arguments as they are.
    #[must_use]
    pub fn tool_call_raw(self, name: &str, arguments: &str) -> Self {
        self.piece(Piece::ToolCall { id: None, name: name.into(), arguments: arguments.into() })
    }

    /// Adds text of the stream itself, line ends included.
    #[must_use]
    pub fn raw_event(self, text: &str) -> Self {
        self.piece(Piece::Raw(text.into()))
    }

    /// Adds an error object inside the stream; what follows it is still sent.
    #[must_use]
    pub fn then_error(self, error: Value) -> Self {
        self.piece(Piece::Error(error))
    }

    /// Ends for this reason, in the dialect's own words.
    #[must_use]
    pub fn finish(self, reason: &str) -> Self {
        self.change(|answer| answer.finish = Some(reason.into()))
    }

    /// Leaves out the dialect's last event, `[DONE]`.
    #[must_use]
    pub fn without_done(self) -> Self {
        self.change(|answer| answer.done = false)
    }

    /// Leaves out the usage.
    #[must_use]
    pub fn without_usage(self) -> Self {
        self.change(|answer| answer.usage = None)
    }

    /// Reports this usage, however wrong.
    #[must_use]
    pub fn wrong_usage(self, usage: Value) -> Self {
        self.change(|answer| answer.usage = Some(Tokens::Raw(usage)))
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Body::Chunks(vec![body.into()]);
        self
    }

    /// Sets a header, named in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub fn retry_after(self, value: &str) -> Self {
        self.header("retry-after", value)
    }

    /// Is silent after so many pieces, with the connection open.
    #[must_use]
    pub fn stall_after(self, pieces: usize) -> Self {
        self.broken(pieces, Break::Stall)
    }

    /// Ends the body properly after so many pieces, without the end of the answer.
    #[must_use]
    pub fn cut_after(self, pieces: usize) -> Self {
        self.broken(pieces, Break::Cut)
    }

    /// Resets the connection after so many pieces.
    #[must_use]
    pub fn reset_after(self, pieces: usize) -> Self {
        self.broken(pieces, Break::Reset)
    }

    /// Waits after so many pieces until the test lets it go on.
    pub fn hold_after(self, pieces: usize) -> (Self, Hold) {
        let held = watch::Sender::new(Held::default());
        (self.broken(pieces, Break::Hold(held.clone())), Hold(held))
    }

    fn broken(mut self, pieces: usize, how: Break) -> Self {
        self.breaks.push((pieces, how));
        self
    }

    fn piece(self, piece: Piece) -> Self {
        self.change(|answer| answer.pieces.push(piece))
    }

    /// Changes an answer in the dialect.
    ///
    /// # Panics
    /// When the script has a body of its own: the test would not do what it says.
    fn change(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        match &mut self.body {
            Body::Answer(answer) => change(answer),
            _ => panic!("a script with a body of its own has no pieces"),
        }
        self
    }

    fn calls(&self) -> usize {
        match &self.body {
            Body::Answer(answer) => {
                answer.pieces.iter().filter(|piece| matches!(piece, Piece::ToolCall { .. })).count()
            }
            _ => 0,
        }
    }
}
