//! Answers that are being made on this node: what was shown so far, who listens, how to stop them.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Value, json};
use skald_kernel::{GenerationId, SessionId, StreamKey};
use skald_platform::App;
use skald_table::timeline::EntryOut;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// What a listener hears of an answer.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Told {
    /// More words.
    Token {
        /// The words.
        text: String,
    },
    /// The rules carried out a tool call or refused it.
    Tool {
        /// The tool.
        name: String,
        /// What the rules answered.
        answer: Value,
    },
    /// An entry was committed.
    Entry {
        /// The entry.
        entry: Box<EntryOut>,
    },
    /// It is over, with the last entry before.
    Ended,
}

/// The answers being made on this node.
#[derive(Default)]
pub struct Answers(Mutex<HashMap<GenerationId, Arc<Answer>>>);

/// One answer being made.
pub(super) struct Answer {
    pub(super) id: GenerationId,
    pub(super) session: SessionId,
    pub(super) cancel: CancellationToken,
    listeners: broadcast::Sender<Told>,
    shown: Mutex<Shown>,
}

#[derive(Clone, Default)]
pub(super) struct Shown {
    pub(super) part: u32,
    pub(super) text: String,
    pub(super) characters: u64,
    pub(super) label: String,
    pub(super) running: bool,
}

impl Answers {
    /// The answer, made known when it is not yet.
    pub(super) fn open(&self, app: &App, id: GenerationId, session: SessionId) -> Arc<Answer> {
        let mut answers = self.0.lock();
        let answer = answers.entry(id).or_insert_with(|| {
            Arc::new(Answer {
                id,
                session,
                cancel: app.tasks().stopping().child_token(),
                listeners: broadcast::Sender::new(1024),
                shown: Mutex::default(),
            })
        });
        Arc::clone(answer)
    }

    pub(super) fn find(&self, id: GenerationId) -> Option<Arc<Answer>> {
        self.0.lock().get(&id).cloned()
    }

    pub(super) fn close(&self, id: GenerationId) {
        self.0.lock().remove(&id);
    }

    /// What a newcomer should hear of the answer that is being made for a session.
    pub(crate) fn catch_up(&self, session: SessionId) -> Option<Value> {
        let answer = self.0.lock().values().find(|answer| answer.session == session).cloned()?;
        let shown = answer.shown.lock();
        shown.running.then(|| {
            json!({
                "generation_id": answer.id, "status": "delta", "part": shown.part, "offset": 0, "text": shown.text,
                "label": shown.label,
            })
        })
    }
}

impl Answer {
    pub(super) fn listen(&self) -> broadcast::Receiver<Told> {
        self.listeners.subscribe()
    }

    /// Nobody listening is no error.
    pub(super) fn tell(&self, told: Told) {
        let _ = self.listeners.send(told);
    }

    fn send(&self, app: &App, data: &Value) {
        app.live().ephemeral(StreamKey::session(self.session), "generation", data);
    }

    pub(super) fn begin(&self, app: &App, label: &str) {
        let part = {
            let mut shown = self.shown.lock();
            shown.label = label.to_owned();
            shown.running = true;
            shown.part
        };
        self.send(
            app,
            &json!({
                "generation_id": self.id, "status": "started", "part": part, "offset": 0, "text": "", "label": label,
            }),
        );
    }

    /// Shows more words to everybody at the table.
    pub(super) fn show(&self, app: &App, text: &str) {
        let (part, offset) = {
            let mut shown = self.shown.lock();
            let offset = shown.characters;
            shown.text.push_str(text);
            shown.characters += text.chars().count() as u64;
            (shown.part, offset)
        };
        self.send(
            app,
            &json!({ "generation_id": self.id, "status": "delta", "part": part, "offset": offset, "text": text }),
        );
        self.tell(Told::Token { text: text.to_owned() });
    }

    pub(super) fn tool(&self, app: &App, name: &str, answer: &Value) {
        let part = self.shown.lock().part;
        self.send(app, &json!({ "generation_id": self.id, "status": "tool", "part": part, "offset": 0, "text": name }));
        self.tell(Told::Tool { name: name.to_owned(), answer: answer.clone() });
    }

    pub(super) fn shown(&self) -> Shown {
        self.shown.lock().clone()
    }

    /// The part is in the log now; the next begins.
    pub(super) fn next_part(&self) -> u32 {
        let mut shown = self.shown.lock();
        shown.part += 1;
        shown.text.clear();
        shown.characters = 0;
        shown.part
    }

    /// Tells that it is over, behind its last entry.
    pub(super) fn end(&self, app: &App, last_seq: u64) {
        let part = {
            let mut shown = self.shown.lock();
            shown.running = false;
            shown.part
        };
        let data = json!({ "generation_id": self.id, "status": "ended", "part": part, "offset": 0, "text": "" });
        app.live().ephemeral_behind(StreamKey::session(self.session), last_seq, "generation", &data);
        self.tell(Told::Ended);
    }
}
