//! The context builder: what a model is told for one answer, within a budget of tokens, with a receipt of it.
//!
//! Pure. The caller gathers the scene through the [`Viewer`]'s eyes; nothing is added here, so nothing the viewer does not
//! know can get in. When it does not fit, the oldest turns go first, then facts from the last on, then the description of
//! the place; the rules, the tools, the rest of the scene and the player's text always stay, even over the budget. What
//! went is in the receipt, and the scene handed to the oracle has lost it too.
//!
//! Tokens are estimated as characters / 4, rounded up: about right for English with the usual tokenizers, and the same for
//! every model, so that a prompt does not depend on who answers.

mod receipt;

use skald_kernel::{
    EntryId, Result, Viewer,
    model::{Message, ToolSpec},
    scene::Scene,
};

pub use receipt::{Dropped, Receipt, ReceiptViewer};

use crate::prompts::{Template, render, version};

/// What stands first when the story begins with the game master: many models want a person to speak first.
const OPENING: &str = "(The story so far.)";
/// What stands for an empty player's text: the game master is to go on.
const GO_ON: &str = "(Go on.)";
/// Between two turns of one message.
const BETWEEN: &str = "\n\n";

/// One earlier entry of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The entry.
    pub entry: EntryId,
    /// Who spoke.
    pub speaker: String,
    /// What was said.
    pub text: String,
    /// Whether it was the game master.
    pub is_master: bool,
}

/// What a prompt is made of.
#[derive(Clone, Debug)]
pub struct ContextInput {
    /// Whose eyes everything below was gathered through.
    pub viewer: Viewer,
    /// The campaign.
    pub campaign_name: String,
    /// Where and with whom; its `player_text` is what is answered. Facts in order of weight: the last goes first.
    pub scene: Scene,
    /// The timeline before the player's text, oldest first.
    pub turns: Vec<Turn>,
    /// Tokens the prompt may take, the tools included.
    pub budget_tokens: u64,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// The conversation: one system message, then people and game master in turn; people first and last.
    pub messages: Vec<Message>,
    /// The same as data, for the oracle; `recent` holds the turns that stayed.
    pub scene: Scene,
    /// What went in and what was left out.
    pub receipt: Receipt,
}

/// The tokens of a text: characters / 4, rounded up.
pub fn estimate(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}

/// The tokens of tools, as the JSON they are sent as.
pub(crate) fn estimate_tools(tools: &[ToolSpec]) -> u64 {
    if tools.is_empty() { 0 } else { estimate(&serde_json::json!(tools).to_string()) }
}

/// Builds the game master's prompt.
///
/// # Errors
/// Internal, when a template is broken.
pub fn build(input: ContextInput, tools: &[ToolSpec]) -> Result<Prompt> {
    let ContextInput { viewer, campaign_name, mut scene, turns, budget_tokens } = input;
    let rules =
        render(Template::NarrateSystem, serde_json::json!({ "campaign": campaign_name, "tools": !tools.is_empty() }))?;
    let player = player_line(&scene);
    let mut receipt = Receipt::new(&viewer, version(&[Template::NarrateSystem, Template::NarrateScene]));
    let fixed = estimate(&rules) + estimate_tools(tools) + estimate_joined(&player);
    let mut scene_text = describe(&scene)?;

    let room = budget_tokens.saturating_sub(fixed + estimate_joined(&scene_text));
    let turns = keep_newest(turns, room, &mut receipt);
    if turns.is_empty() {
        let room = budget_tokens.saturating_sub(fixed);
        scene_text = fit(&mut scene, scene_text, room, &mut receipt)?;
    }

    receipt.tokens = [
        ("rules", estimate(&rules)),
        ("scene", estimate_joined(&scene_text)),
        ("tools", estimate_tools(tools)),
        ("turns", cost(&turns)),
        ("player", estimate_joined(&player)),
    ]
    .map(|(part, tokens)| (part.to_owned(), tokens))
    .into();
    receipt.entry_ids = turns.iter().map(|turn| turn.entry).collect();
    receipt.name_all(&scene);
    scene.recent = turns.iter().map(|turn| format!("{}: {}", turn.speaker, turn.text)).collect();
    let system = Message::System { text: format!("{rules}{BETWEEN}{scene_text}") };
    let mut messages = vec![system];
    messages.extend(conversation(&turns, player));
    Ok(Prompt { messages, scene, receipt })
}

fn describe(scene: &Scene) -> Result<String> {
    render(Template::NarrateScene, serde_json::json!({ "scene": scene }))
}

/// A text that is joined to another one.
fn estimate_joined(text: &str) -> u64 {
    (text.chars().count() + BETWEEN.len()).div_ceil(4) as u64
}

fn player_line(scene: &Scene) -> String {
    let text = scene.player_text.trim();
    if text.is_empty() {
        return GO_ON.to_owned();
    }
    let acting = scene.party.iter().find(|person| Some(person.id) == scene.acting);
    match acting {
        Some(person) => format!("{}: {text}", person.name),
        None => text.to_owned(),
    }
}

fn line(turn: &Turn) -> String {
    if turn.is_master { turn.text.clone() } else { format!("{}: {}", turn.speaker, turn.text) }
}

fn cost(turns: &[Turn]) -> u64 {
    let opening = turns.first().filter(|turn| turn.is_master).map_or(0, |_| estimate_joined(OPENING));
    opening + turns.iter().map(|turn| estimate_joined(&line(turn))).sum::<u64>()
}

/// The newest turns that fit, without a gap.
fn keep_newest(mut turns: Vec<Turn>, room: u64, receipt: &mut Receipt) -> Vec<Turn> {
    let (mut kept, mut taken) = (0, 0);
    for (index, turn) in turns.iter().enumerate().rev() {
        taken += estimate_joined(&line(turn));
        let opening = if turn.is_master { estimate_joined(OPENING) } else { 0 };
        if taken > room {
            break;
        }
        // A game master's turn that fits only without the opening stays when the turn before it fits too.
        if taken + opening <= room {
            kept = turns.len() - index;
        }
    }
    let stays = turns.split_off(turns.len() - kept);
    for turn in turns {
        receipt.drop_for_room(format!("entry:{}", turn.entry));
    }
    stays
}

/// Drops facts from the last on, then the place's description, until the scene fits or nothing is left to drop.
fn fit(scene: &mut Scene, text: String, room: u64, receipt: &mut Receipt) -> Result<String> {
    if estimate_joined(&text) <= room {
        return Ok(text);
    }
    let all = std::mem::take(&mut scene.facts);
    let (mut fits, mut too_many) = (0, all.len());
    while fits + 1 < too_many {
        let middle = fits.midpoint(too_many);
        scene.facts = all[..middle].to_vec();
        if estimate_joined(&describe(scene)?) <= room { fits = middle } else { too_many = middle }
    }
    scene.facts = all[..fits].to_vec();
    for fact in &all[fits..] {
        receipt.drop_for_room(format!("fact:{}", fact.id));
    }
    let text = describe(scene)?;
    if estimate_joined(&text) <= room {
        return Ok(text);
    }
    if let Some(place) = scene.place.as_mut().filter(|place| !place.body.is_empty()) {
        place.body.clear();
        receipt.drop_for_room(format!("body:{}", place.id));
        return describe(scene);
    }
    Ok(text)
}

/// Turns and the player's text as messages: neighbours on one side become one message, and people speak first.
fn conversation(turns: &[Turn], player: String) -> Vec<Message> {
    let opening = turns.first().filter(|turn| turn.is_master).map(|_| (false, OPENING.to_owned()));
    let said = turns.iter().map(|turn| (turn.is_master, line(turn)));
    let mut sides: Vec<(bool, String)> = Vec::new();
    for (master, text) in opening.into_iter().chain(said).chain([(false, player)]) {
        match sides.last_mut() {
            Some((side, before)) if *side == master => {
                before.push_str(BETWEEN);
                before.push_str(&text);
            }
            _ => sides.push((master, text)),
        }
    }
    let message = |(master, text)| match master {
        true => Message::Assistant { text, tool_calls: Vec::new() },
        false => Message::user(text),
    };
    sides.into_iter().map(message).collect()
}

#[cfg(test)]
mod tests;
