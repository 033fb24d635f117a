//! The tools of the game master: a model's wish goes in, rolls and effects come out, or a reason why not.
//!
//! A call is a request. It is checked against the state and the world, and an invalid one changes nothing: its answer says
//! what would have been valid, naming only what the party can see. What happens is in order; the same call on the same
//! state and world with the same seed gives the same outcome. One table holds the tools: what the model is told of them and
//! what is accepted cannot drift apart.

mod arguments;
mod explore;
mod health;
mod quests;
mod specs;
#[cfg(test)]
mod tests;
mod things;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use skald_kernel::{EntityId, Error, ErrorCode, Result, model::ToolCall};
use utoipa::ToSchema;

pub use specs::specs;

use self::{arguments::Arguments, specs::TOOLS};
use super::{
    checks::{Check, CheckRoll},
    effects::Effect,
    names::{self, Found},
    sheet::cut,
    state::{GameState, PartyMember},
    world::{Person, World},
};
use crate::dice::Roll;

/// One thing that happened, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// Dice were thrown.
    Roll {
        /// What for.
        purpose: String,
        /// The dice.
        roll: Roll,
        /// What was tested, where it was a check.
        check: Option<Check>,
        /// Who threw, where it was one of the party.
        character_id: Option<EntityId>,
    },
    /// The state changed.
    Effect(Effect),
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the model is told: `{"ok":true,…}` or `{"ok":false,"reason":"…"}`.
    pub answer: Value,
    /// What happened; nothing where it was refused.
    pub happened: Vec<Happening>,
}

impl Outcome {
    /// A refusal with a sentence that names what would be valid.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { answer: json!({ "ok": false, "reason": reason.into() }), happened: Vec::new() }
    }

    /// Whether the call was valid.
    pub fn ok(&self) -> bool {
        self.answer["ok"] == true
    }

    /// The effects among what happened.
    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.happened.iter().filter_map(|h| if let Happening::Effect(effect) = h { Some(effect) } else { None })
    }
}

/// A valid outcome, or the sentence of its refusal.
type Tried = Result<Outcome, String>;

/// Carries out a tool call, or refuses it with a reason. `acting` is the character whose player wrote; the world is as of
/// the state's location. Apply `happened` to the state before the next call, and build a new world after a move.
pub fn apply(call: &ToolCall, state: &GameState, world: &World, acting: Option<EntityId>, seed: u64) -> Outcome {
    let turn = Turn { state, world, acting, seed };
    turn.call(call).unwrap_or_else(Outcome::refused)
}

/// A player uses what their character carries.
///
/// # Errors
/// `rule_refused` with the reason, also where the rules know no use of it.
pub fn use_item(state: &GameState, world: &World, character: EntityId, item: &str, seed: u64) -> Result<Outcome> {
    let turn = Turn { state, world, acting: Some(character), seed };
    let used = turn.party_member(&character.to_string()).and_then(|member| {
        let outcome = turn.use_carried(member, item)?;
        let story = || format!("The rules know no use of {}. Say what you do with it instead.", cut(item, 60));
        if outcome.happened.is_empty() { Err(story()) } else { Ok(outcome) }
    });
    used.map_err(|reason| Error::new(ErrorCode::RuleRefused, reason))
}

/// The party goes to a place next to where it is.
///
/// # Errors
/// `rule_refused` with the reason.
pub fn move_party(state: &GameState, world: &World, location: EntityId) -> Result<Outcome> {
    let turn = Turn { state, world, acting: None, seed: 0 };
    turn.go(&location.to_string()).map_err(|reason| Error::new(ErrorCode::RuleRefused, reason))
}

/// All that a tool decides from.
struct Turn<'a> {
    state: &'a GameState,
    world: &'a World,
    acting: Option<EntityId>,
    seed: u64,
}

impl<'a> Turn<'a> {
    fn call(&self, call: &ToolCall) -> Tried {
        let name = call.name.trim().to_lowercase();
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else {
            let known = names::choices(TOOLS.iter().map(|t| t.name.to_owned()), "nothing");
            return Err(format!("There is no tool {}. Use {known}.", quoted(&call.name)));
        };
        (tool.run)(self, &Arguments::read(&call.arguments, tool)?)
    }

    /// The character a call is about: the one named, else the one acting, else the only one.
    fn character(&self, arguments: &Arguments) -> Result<&'a PartyMember, String> {
        if let Some(written) = arguments.text("character")? {
            return self.party_member(&written);
        }
        let acting = self.acting.and_then(|id| self.state.member(id));
        match (acting, self.state.party.as_slice()) {
            (Some(member), _) | (None, [member]) => Ok(member),
            (None, _) => Err(format!("Say which character: {}.", self.party_names())),
        }
    }

    fn party_member(&self, written: &str) -> Result<&'a PartyMember, String> {
        let party = &self.state.party;
        match names::find(written, party, |m| Some(m.character_id.to_string()), |m| m.name.clone()) {
            Found::One(member) => Ok(member),
            Found::None => {
                Err(format!("Nobody called {} is in the party. Name {}.", quoted(written), self.party_names()))
            }
            Found::Several(several) => Err(ambiguous(written, several)),
        }
    }

    /// The one who gets what the party earns: who is acting, else the first.
    fn receiver(&self) -> Option<&'a PartyMember> {
        self.acting.and_then(|id| self.state.member(id)).or(self.state.party.first())
    }

    fn party_names(&self) -> String {
        names::choices(self.state.party.iter().map(|m| m.name.clone()), "nobody, since no character has joined yet")
    }

    /// Others who are here.
    fn people(&self) -> impl Iterator<Item = &'a Person> {
        let state = self.state;
        self.world.people.iter().filter(move |p| state.member(p.id).is_none())
    }
}

/// What somebody wrote, short and in quotes.
fn quoted(written: &str) -> String {
    let short = cut(written, 60);
    if short.is_empty() { "“”".into() } else { format!("“{short}”") }
}

fn ambiguous(written: &str, several: Vec<String>) -> String {
    format!("{} could be more than one. Say which: {}.", quoted(written), names::choices(several, "nothing"))
}

fn rolled(check: &CheckRoll) -> Happening {
    Happening::Roll {
        purpose: check.purpose.clone(),
        roll: check.roll.clone(),
        check: Some(check.check()),
        character_id: Some(check.character_id),
    }
}
