//! The oracle: a seeded, reproducible game master without a network.
//!
//! It is not a language model and never passes for one. It reads the typed scene of a request, recognises what the player
//! wants by rules, asks for rolls and changes through the same tools as any model, and tells the outcome in prose from a
//! grammar. The same request gives the same answer, always; there is no state between requests, no clock and no I/O.
//!
//! Names, clues and facts come from the scene and the tools alone. Everything else it says is mood, and binds nobody.

mod answer;
pub mod chance;
pub mod fate;
pub mod grammar;
mod history;
pub mod intent;
mod lexicon;
pub mod names;
mod opening;
mod outcome;
pub mod pack;
mod quests;
mod stage;
mod talk;
mod teller;
mod words;
mod work;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::Value;
use skald_kernel::{
    model::{
        AiError, Delta, DeltaStream, FinishReason, Message, ModelInfo, ModelRequest, Provider, Task, ToolCall, Usage,
    },
    scene::Scene,
};

use crate::{
    chance::{Chance, seed_of},
    grammar::{Grammar, Values},
    history::History,
    intent::recognise,
    pack::Pack,
    teller::{Step, Teller},
};

/// The name of the oracle among models.
pub const MODEL: &str = "oracle";

/// The provider.
#[derive(Clone, Debug)]
pub struct Oracle {
    pack: Arc<Pack>,
    pace: Duration,
}

impl Default for Oracle {
    fn default() -> Self {
        Self::new()
    }
}

impl Oracle {
    /// An oracle with the built-in pack that answers at once.
    pub fn new() -> Self {
        Self { pack: Arc::new(Pack::built_in().clone()), pace: Duration::ZERO }
    }

    /// Waits so long before each word, so that an answer can be read as it comes.
    #[must_use]
    pub fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Lays a campaign's pack over the built-in one.
    #[must_use]
    pub fn with_pack(mut self, pack: Pack) -> Self {
        Arc::make_mut(&mut self.pack).lay_over(pack);
        self
    }

    /// The next step of an answer.
    fn step(&self, request: &ModelRequest) -> Step {
        let history = History::read(&request.messages);
        let seed = request.seed.unwrap_or_else(|| {
            let scene = request.scene.as_deref();
            let said = scene.into_iter().flat_map(|scene| scene.recent.iter().chain([&scene.player_text]));
            seed_of(said.map(String::as_str))
        });
        let mut chance = Chance::new(seed, history.done.len() as u64);
        let scene = match (request.task, request.scene.as_deref()) {
            (_, Some(Scene { work: Some(work), .. })) => {
                return Step { text: work::done(work).to_string(), calls: Vec::new() };
            }
            (Task::Narrate, Some(scene)) => scene,
            (task, _) => {
                let symbol = if task == Task::Probe { "probe" } else { "no_scene" };
                let text = Grammar::new(&self.pack, Vec::new()).expand(symbol, &Values::new(), &mut chance);
                return Step { text, calls: Vec::new() };
            }
        };
        let offered: Vec<String> = request.tools.iter().map(|tool| tool.name.clone()).collect();
        let intent = recognise(scene);
        let mut teller = Teller::new(scene, &self.pack, &history, &offered, chance);
        if history.rounds == 0 {
            opening::open(&mut teller, &intent);
        } else {
            outcome::go_on(&mut teller, &intent);
        }
        if !teller.calling() {
            teller.close();
        }
        teller.finish()
    }
}

#[async_trait]
impl Provider for Oracle {
    async fn stream(&self, request: ModelRequest) -> Result<DeltaStream, AiError> {
        let deltas = deltas(self.step(&request), &request);
        let pace = self.pace;
        if pace.is_zero() {
            return Ok(futures::stream::iter(deltas.into_iter().map(Ok)).boxed());
        }
        Ok(futures::stream::iter(deltas)
            .then(move |delta| async move {
                if matches!(delta, Delta::Text(_)) {
                    tokio::time::sleep(pace).await;
                }
                Ok(delta)
            })
            .boxed())
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        Ok(vec![ModelInfo { id: MODEL.into(), context_tokens: None }])
    }
}

/// A step as pieces: words with the blanks that follow them, the calls, the end. Words count as tokens; an answer that is
/// longer than was asked for breaks off, and then calls nothing.
fn deltas(step: Step, request: &ModelRequest) -> Vec<Delta> {
    let most = request.sampling.max_tokens.map_or(usize::MAX, |most| most as usize);
    let words = pieces(&step.text);
    let cut = words.len() > most;
    let shown = words.len().min(most);
    let calls = if cut { Vec::new() } else { step.calls };
    let reason = match (cut, calls.is_empty()) {
        (true, _) => FinishReason::Length,
        (false, true) => FinishReason::Stop,
        (false, false) => FinishReason::ToolCalls,
    };
    let output = shown + calls.iter().map(|call| 1 + count(&call.arguments)).sum::<usize>();
    let input = request.messages.iter().map(words_of).sum::<usize>();
    let usage = Usage { input: input as u64, cached: 0, output: output as u64, reasoning: 0, raw: Value::Null };
    let mut deltas: Vec<Delta> = words.into_iter().take(most).map(Delta::Text).collect();
    deltas.extend(calls.into_iter().map(Delta::ToolCall));
    deltas.push(Delta::Finish { reason, usage: Some(usage) });
    deltas
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for part in text.split_inclusive(char::is_whitespace) {
        match pieces.last_mut() {
            Some(last) if part.trim().is_empty() => last.push_str(part),
            _ => pieces.push(part.to_owned()),
        }
    }
    pieces
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

fn words_of(message: &Message) -> usize {
    let of_call = |call: &ToolCall| 1 + count(&call.arguments);
    match message {
        Message::System { text } | Message::User { text, .. } => count(text),
        Message::Assistant { text, tool_calls } => count(text) + tool_calls.iter().map(of_call).sum::<usize>(),
        Message::Tool { content, .. } => count(content),
    }
}
