//! The job that makes an answer.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Value, json};
use skald_ai::{Answerer, Call, Choice, ContextInput, Engine, Failed, Piece, Prompt};
use skald_kernel::{
    Error, Result,
    model::{AiError, AiErrorKind, Message, ModelRequest, Privacy, Sampling, Task, Timeouts, ToolCall},
};
use skald_platform::{
    Actor, App,
    http::ProblemBody,
    jobs::{Handler, Job},
};
use skald_table::timeline::{Author, EntryKind, EntryOut, NewEntry, queries as timeline};
use tokio_util::sync::CancellationToken;

use super::{
    Answers, Told,
    actions::{Work, start},
    answers::Answer,
    queries::{self, Ending, Generation},
};
use crate::{
    dice::sub_seed,
    game::{
        self, Turn,
        world::{look_around, party_viewer},
    },
    rules::{Effect, tools},
};

/// Requests to the model for one answer at most; the last one is sent without tools, so that it ends in words.
const ROUNDS: usize = 6;
/// Tool calls carried out for one answer at most.
const CALLS: usize = 24;
/// Entries of the branch the prompt may draw on.
const RECENT: u64 = 60;
/// Tokens of the prompt at most.
const PROMPT_TOKENS: u64 = 6_000;
/// How often what was shown is noted aside.
const NOTE: Duration = Duration::from_millis(500);

/// What the game master is called, whoever plays it; who does is in the entry's `label`.
const MASTER: &str = "Game master";

/// Makes answers: jobs of kind `play.narrate`.
pub struct Narrate;

/// How the making of an answer ended.
enum End {
    Complete,
    Failed(AiError),
    Broken(Error),
}

#[async_trait]
impl Handler for Narrate {
    fn kind(&self) -> &'static str {
        "play.narrate"
    }

    async fn run(&self, app: &App, job: &Job) -> Result<()> {
        let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
        let generation = queries::find(app.db().read(), work.generation).await?;
        match generation.status.as_str() {
            "queued" => {}
            "running" => return interrupted(app, &generation).await,
            _ => return Ok(()),
        }
        let tx = app.tx(&Actor::engine("answer")).await?;
        if !queries::begin(&tx, generation.id).await? {
            return Ok(());
        }
        tx.commit().await?;
        let answers = app.part::<Answers>();
        let answer = answers.open(app, generation.id, generation.session);
        let noting = note_beside(app, &answer);
        let mut making =
            Making { app, generation: &generation, answer: &answer, by: None, called: 0, said: false, last_seq: 0 };
        let end = match making.make().await {
            Ok(end) => end,
            Err(error) => End::Broken(error),
        };
        noting.cancel();
        let done = making.finish(end).await;
        answer.end(app, making.last_seq);
        answers.close(generation.id);
        done
    }
}

/// Notes what was shown now and then, beside the making, so that a killed server loses at most half a second of it.
fn note_beside(app: &App, answer: &Arc<Answer>) -> CancellationToken {
    let stop = CancellationToken::new();
    let (app_of_task, answer, stopped) = (app.clone(), Arc::clone(answer), stop.clone());
    app.tasks().spawn("note answer", async move {
        let mut noted = 0;
        loop {
            tokio::select! {
                () = stopped.cancelled() => return,
                () = tokio::time::sleep(NOTE) => {}
            }
            let shown = answer.shown();
            if shown.characters != noted {
                noted = shown.characters;
                let written = queries::note_shown(&app_of_task, answer.id, shown.part, &shown.label, &shown.text).await;
                if let Err(error) = written {
                    tracing::warn!(error = &error as &dyn std::error::Error, "noting an answer failed");
                }
            }
        }
    });
    stop
}

/// Marks an answer whose server was killed, with what was shown of it, and lets the next begin.
async fn interrupted(app: &App, generation: &Generation) -> Result<()> {
    let mut tx = app.tx(&Actor::engine("answer")).await?;
    let ending = Ending {
        status: "interrupted",
        label: &generation.label,
        part: generation.part,
        call: None,
        error_code: Some("interrupted"),
        error_detail: None,
    };
    if queries::end(&tx, generation.id, ending).await? {
        let detail = "The server stopped while the game master was speaking. Nothing before it is lost.";
        let entry = NewEntry {
            kind: EntryKind::Narration,
            author: Author::Master { name: MASTER.into() },
            text: generation.shown.clone(),
            data: json!({
                "status": "interrupted", "part": generation.part, "final": true, "label": generation.label,
                "error": { "error_code": "interrupted", "detail": detail },
            }),
            generation_id: Some(generation.id),
        };
        let mut turn = Turn::open(&mut tx, generation.session).await?;
        turn.say(vec![entry]).await?;
        turn.close().await?;
        start_next(&mut tx, generation).await?;
    }
    tx.commit().await
}

async fn start_next(tx: &mut skald_platform::Tx, generation: &Generation) -> Result<()> {
    if let Some(next) = queries::in_state(tx.conn(), generation.session, "queued").await? {
        start(tx, next.id);
    }
    Ok(())
}

/// The making of one answer.
struct Making<'a> {
    app: &'a App,
    generation: &'a Generation,
    answer: &'a Answer,
    by: Option<Answerer>,
    called: usize,
    said: bool,
    last_seq: u64,
}

impl Making<'_> {
    async fn make(&mut self) -> Result<End> {
        let prompt = self.prompt().await?;
        let mut messages = prompt.messages;
        let mut scene = prompt.scene;
        let tools = tools::specs();
        for round in 0..ROUNDS {
            let last = round + 1 == ROUNDS || self.called >= CALLS;
            let request = ModelRequest {
                task: Task::Narrate,
                model: String::new(),
                messages: messages.clone(),
                tools: if last { Vec::new() } else { tools.clone() },
                schema: None,
                sampling: Sampling { temperature: Some(0.8), max_tokens: Some(900) },
                seed: Some(sub_seed(self.generation.seed, 0)),
                privacy: Privacy::Any,
                timeouts: Timeouts { first_byte_ms: 120_000, ..Timeouts::default() },
                scene: Some(Box::new(scene.clone())),
            };
            let (text, calls) = match self.ask(request, prompt.receipt.clone()).await? {
                Ok(answered) => answered,
                Err(error) => return Ok(End::Failed(error)),
            };
            if calls.is_empty() || last {
                return Ok(End::Complete);
            }
            let (answered, moved) = self.carry_out(&text, &calls).await?;
            messages.push(Message::Assistant { text, tool_calls: calls.clone() });
            messages.extend(calls.into_iter().zip(answered).map(|(call, answer)| Message::Tool {
                call_id: call.id,
                name: call.name,
                content: answer.to_string(),
            }));
            let state = game::load(self.app.db().read(), self.generation.session).await?;
            if moved {
                let around = look_around(self.app.db().read(), self.generation.campaign, &state).await?;
                let text = std::mem::take(&mut scene.player_text);
                let recent = std::mem::take(&mut scene.recent);
                scene = around.scene(&state, &text, scene.acting);
                scene.recent = recent;
            }
        }
        Ok(End::Complete)
    }

    /// The prompt, through the party's eyes.
    async fn prompt(&self) -> Result<Prompt> {
        let (app, generation) = (self.app, self.generation);
        let db = app.db().read();
        let state = game::load(db, generation.session).await?;
        let around = look_around(db, generation.campaign, &state).await?;
        let campaign_name = skald_access::campaigns::name(db, generation.campaign).await?;
        let tip = timeline::head(db, generation.session).await?.map_or(generation.answers, |(id, _)| id);
        let branch = timeline::branch(db, generation.session, tip, RECENT).await?;
        let (turns, player_text) = turns(&branch);
        let scene = around.scene(&state, &player_text, generation.character);
        let input = ContextInput {
            viewer: party_viewer(generation.campaign, &state),
            campaign_name,
            scene,
            turns,
            budget_tokens: PROMPT_TOKENS,
        };
        skald_ai::context::build(input, &tools::specs())
    }

    /// One request; its words are shown as they come.
    async fn ask(
        &mut self,
        request: ModelRequest,
        receipt: skald_ai::Receipt,
    ) -> Result<Result<(String, Vec<ToolCall>), AiError>> {
        let generation = self.generation;
        let call = Call {
            task: Task::Narrate,
            campaign: Some(generation.campaign),
            session: Some(generation.session),
            user: generation.user,
            receipt: Some(receipt),
            choice: if generation.with_oracle { Choice::Oracle } else { Choice::Routed },
            seed: generation.seed,
        };
        let engine = self.app.part::<Engine>();
        let mut answering = match engine.stream(self.app, call, request, self.answer.cancel.clone()).await {
            Ok(answering) => answering,
            Err(Failed::Call { by, error }) => {
                self.by = Some(by);
                return Ok(Err(error));
            }
            Err(Failed::Skald(error)) => return Err(error),
        };
        if self.by.as_ref().map(|by| &by.label) != Some(&answering.by.label) {
            self.answer.begin(self.app, &answering.by.label);
        }
        self.by = Some(answering.by.clone());
        let (mut text, mut calls) = (String::new(), Vec::new());
        while let Some(piece) = answering.next().await {
            match piece {
                Ok(Piece::Text(more)) => {
                    self.answer.show(self.app, &more);
                    text.push_str(&more);
                }
                Ok(Piece::ToolCall(call)) => calls.push(call),
                Ok(Piece::Finish { .. }) => break,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok((text, calls)))
    }

    /// The rules carry out tool calls, in one transaction with the words before them. Tells whether the party moved.
    async fn carry_out(&mut self, text: &str, calls: &[ToolCall]) -> Result<(Vec<Value>, bool)> {
        let (app, generation) = (self.app, self.generation);
        let actor = Actor { user: generation.user, ..Actor::engine("answer") };
        let mut tx = app.tx(&actor).await?;
        let mut turn = Turn::open(&mut tx, generation.session).await?;
        let mut entries = Vec::new();
        let next = if text.trim().is_empty() { None } else { Some(self.answer.shown().part + 1) };
        if next.is_some() {
            entries.extend(turn.say(vec![self.narration(text, "complete", false, None)]).await?);
            self.said = true;
        }
        let state = turn.state().clone();
        let mut world = look_around(turn.tx().conn(), generation.campaign, &state).await?.world;
        let (mut answers, mut moved) = (Vec::with_capacity(calls.len()), false);
        for call in calls {
            self.called += 1;
            let seed = sub_seed(generation.seed, self.called as u64);
            let outcome = if self.called > CALLS {
                tools::Outcome::refused("That is enough for one answer. Tell what happened so far.")
            } else {
                tools::apply(call, turn.state(), &world, generation.character, seed)
            };
            entries.extend(turn.happen(&outcome.happened, Some(generation.id)).await?);
            if outcome.effects().any(|effect| matches!(effect, Effect::Moved { .. })) {
                let state = turn.state().clone();
                world = look_around(turn.tx().conn(), generation.campaign, &state).await?.world;
                moved = true;
            }
            answers.push(outcome.answer);
        }
        turn.close().await?;
        if let Some(next) = next {
            queries::part_done(&tx, generation.id, next).await?;
        }
        tx.commit().await?;
        if next.is_some() {
            self.answer.next_part();
        }
        for (call, answer) in calls.iter().zip(&answers) {
            self.answer.tool(app, &call.name, answer);
        }
        self.tell(entries);
        Ok((answers, moved))
    }

    fn tell(&mut self, entries: Vec<EntryOut>) {
        for entry in entries {
            self.last_seq = entry.seq;
            self.answer.tell(Told::Entry { entry: Box::new(entry) });
        }
    }

    fn narration(&self, text: &str, status: &str, last: bool, error: Option<&Error>) -> NewEntry {
        let label = self.by.as_ref().map(|by| by.label.clone()).unwrap_or_else(|| "game master".into());
        let mut data = json!({
            "status": status, "part": self.answer.shown().part, "final": last, "label": label,
            "provider": self.by.as_ref().map(|by| &by.provider), "model": self.by.as_ref().map(|by| &by.model),
            "call_id": self.by.as_ref().map(|by| by.call_id),
        });
        if let Some(error) = error {
            let problem = ProblemBody::new(error, "");
            data["error"] = json!({
                "error_code": problem.error_code, "title": problem.title, "detail": problem.detail,
                "retryable": problem.retryable,
            });
        }
        NewEntry {
            kind: EntryKind::Narration,
            author: Author::Master { name: MASTER.into() },
            text: text.to_owned(),
            data,
            generation_id: Some(self.generation.id),
        }
    }

    /// Puts the end into the log: the last words, or what was shown with what went wrong.
    async fn finish(&mut self, end: End) -> Result<()> {
        let generation = self.generation;
        let shown = self.answer.shown();
        let stopping = self.app.tasks().stopping().is_cancelled();
        let (status, error) = match end {
            End::Complete if shown.text.trim().is_empty() && !self.said => {
                let error = AiError::new(AiErrorKind::Garbage, "The model answered without a word.");
                ("failed", Some(Error::from(error)))
            }
            End::Complete => ("complete", None),
            End::Failed(error) if error.kind == AiErrorKind::Cancelled && !stopping => ("cancelled", None),
            End::Failed(error) if error.kind == AiErrorKind::Cancelled => ("interrupted", None),
            End::Failed(error) => ("failed", Some(Error::from(error))),
            End::Broken(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "making an answer failed");
                ("failed", Some(error))
            }
        };
        let actor = Actor { user: generation.user, ..Actor::engine("answer") };
        let mut tx = self.app.tx(&actor).await?;
        let ending = Ending {
            status,
            label: &shown.label,
            part: shown.part,
            call: self.by.as_ref().map(|by| by.call_id),
            error_code: error.as_ref().map(|error| error.code().as_str()),
            error_detail: error.as_ref().map(Error::detail),
        };
        if !queries::end(&tx, generation.id, ending).await? {
            return Ok(());
        }
        let mut entries = Vec::new();
        // An answer that ended with its last roll needs no empty paragraph.
        if status != "complete" || !shown.text.trim().is_empty() {
            let mut turn = Turn::open(&mut tx, generation.session).await?;
            entries = turn.say(vec![self.narration(&shown.text, status, true, error.as_ref())]).await?;
            turn.close().await?;
        }
        start_next(&mut tx, generation).await?;
        tx.commit().await?;
        self.tell(entries);
        Ok(())
    }
}

/// The branch as turns for the prompt, and what the players wrote since the game master last spoke.
fn turns(branch: &[EntryOut]) -> (Vec<skald_ai::Turn>, String) {
    let spoken = branch.iter().rposition(|entry| entry.kind == EntryKind::Narration && !entry.text.trim().is_empty());
    let since = &branch[spoken.map_or(0, |at| at + 1)..];
    let asked: Vec<&EntryOut> = since.iter().filter(|entry| entry.kind == EntryKind::Message).collect();
    let asked: Vec<&EntryOut> = if asked.is_empty() {
        branch.iter().rev().find(|entry| entry.kind == EntryKind::Message).into_iter().collect()
    } else {
        asked
    };
    let name = |entry: &EntryOut| match &entry.author {
        Author::Member { name, .. } | Author::Master { name } | Author::Engine { name } => name.clone(),
    };
    let text = match asked.as_slice() {
        [one] => one.text.clone(),
        several => {
            several.iter().map(|entry| format!("{}: {}", name(entry), entry.text)).collect::<Vec<_>>().join("\n")
        }
    };
    let turns = branch
        .iter()
        .filter(|entry| entry.kind != EntryKind::System && !entry.text.trim().is_empty())
        .filter(|entry| !asked.iter().any(|asked| asked.id == entry.id))
        .map(|entry| skald_ai::Turn {
            entry: entry.id,
            speaker: name(entry),
            text: match entry.kind {
                EntryKind::Roll => format!("{} — rolled {}", entry.text, entry.data["total"]),
                _ => entry.text.clone(),
            },
            is_master: entry.kind == EntryKind::Narration,
        })
        .collect();
    (turns, text)
}
