//! The teller: gathers the text and the calls of one step.
//!
//! It draws a line again when the session has heard it lately, calls only tools that were offered, and calls none once the
//! answer had its rounds.

use serde_json::{Map, Value, json};
use skald_kernel::{
    model::ToolCall,
    scene::{Scene, ScenePerson},
};

use crate::{
    chance::Chance,
    grammar::{Grammar, Values, capitalised, sentence},
    history::History,
    pack::Pack,
    stage::{Stage, listed},
};

/// How often tools may be called in one answer.
pub const ROUNDS: usize = 4;

/// What one step says and calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// The text: paragraphs with an empty line between them.
    pub text: String,
    /// The calls; the answer goes on when they were answered.
    pub calls: Vec<ToolCall>,
}

/// Builds a step.
pub struct Teller<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// The same, to be asked about.
    pub stage: Stage<'a>,
    /// What happened so far in this answer.
    pub history: &'a History,
    /// The draws.
    pub chance: Chance,
    /// The values of variables.
    pub values: Values,
    grammar: Grammar<'a>,
    offered: &'a [String],
    paragraphs: Vec<String>,
    shapes: Vec<String>,
    calls: Vec<ToolCall>,
}

impl<'a> Teller<'a> {
    /// A teller for a step of an answer.
    pub fn new(scene: &'a Scene, pack: &'a Pack, history: &'a History, offered: &'a [String], chance: Chance) -> Self {
        let stage = Stage { scene };
        let mut values = Values::new();
        if let Some(place) = scene.place.as_ref().filter(|place| !place.name.trim().is_empty()) {
            values.insert("place", place.name.clone());
            if !place.summary.trim().is_empty() {
                values.insert("summary", sentence(&place.summary));
            }
            if let Some(exits) = listed(place.exits.iter().map(|exit| exit.name.as_str())) {
                values.insert("exits", exits);
            }
        }
        if let Some(actor) = stage.actor().filter(|actor| !actor.name.trim().is_empty()) {
            values.insert("actor", actor.name.clone());
        }
        if let Some(people) = listed(scene.people.iter().filter(|one| stage.stands(one)).map(|one| one.name.as_str())) {
            values.insert("people", people);
        }
        let grammar = Grammar::new(pack, stage.environment().into_iter().collect());
        Self {
            scene,
            stage,
            history,
            chance,
            values,
            grammar,
            offered,
            paragraphs: Vec::new(),
            shapes: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        let value: String = value.into();
        if !value.trim().is_empty() {
            self.values.insert(name, value);
        }
    }

    /// Prefers rules of a tag (a manner of speaking) from here on.
    pub fn tagged(&mut self, tag: Option<&'static str>) {
        if let Some(tag) = tag {
            self.grammar.tags.insert(0, tag);
        }
    }

    /// Whether there is a rule.
    pub fn knows(&self, symbol: &str) -> bool {
        self.grammar.knows(symbol)
    }

    /// Says a line of a rule, in the current paragraph.
    pub fn say(&mut self, symbol: &str) {
        let mut line = String::new();
        for _ in 0..6 {
            line = self.grammar.expand(symbol, &self.values, &mut self.chance);
            if !self.heard(&line) && !self.shapes.contains(&self.shape(&line)) {
                break;
            }
        }
        self.shapes.push(self.shape(&line));
        self.add(&line);
    }

    /// Says a line of a rule in a new paragraph.
    pub fn next(&mut self, symbol: &str) {
        self.paragraph();
        self.say(symbol);
    }

    /// Says a text as it is, in the current paragraph.
    pub fn add(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let line = capitalised(line);
        match self.paragraphs.last_mut() {
            Some(paragraph) if !paragraph.is_empty() => {
                paragraph.push(' ');
                paragraph.push_str(&line);
            }
            Some(paragraph) => *paragraph = line,
            None => self.paragraphs.push(line),
        }
    }

    /// Begins a new paragraph.
    pub fn paragraph(&mut self) {
        if self.paragraphs.last().is_some_and(|paragraph| !paragraph.is_empty()) {
            self.paragraphs.push(String::new());
        }
    }

    /// A line without the name in it: the same line about two people is still the same line.
    fn shape(&self, line: &str) -> String {
        match self.values.get("mate") {
            Some(mate) if !mate.is_empty() => line.replace(mate.as_str(), ""),
            _ => line.to_owned(),
        }
    }

    fn heard(&self, line: &str) -> bool {
        // Short lines may come again; nobody minds "You hit."
        line.chars().count() > 24
            && self
                .scene
                .recent
                .iter()
                .chain(&self.history.said)
                .chain(&self.paragraphs)
                .any(|text| text.contains(line))
    }

    /// Whether a tool may be called now.
    pub fn may(&self, tool: &str) -> bool {
        self.history.rounds < ROUNDS && self.offered.iter().any(|name| name == tool)
    }

    /// Calls a tool, if it may be called. Whether it was.
    pub fn call(&mut self, tool: &str, args: Value) -> bool {
        if !self.may(tool) {
            return false;
        }
        let id = format!("oracle-{}-{}", self.history.done.len(), self.calls.len());
        self.calls.push(ToolCall { id, name: tool.to_owned(), arguments: args.to_string() });
        true
    }

    /// Calls a tool in the name of the acting character.
    pub fn call_as_actor(&mut self, tool: &str, args: Value) -> bool {
        let Some(actor) = self.stage.actor() else { return false };
        let mut whole = Map::from_iter([("character".to_owned(), json!(actor.id))]);
        if let Value::Object(args) = args {
            whole.extend(args);
        }
        self.call(tool, Value::Object(whole))
    }

    /// Hurts somebody.
    pub fn hurt(&mut self, target: &ScenePerson, dice: &str, reason: &str) -> bool {
        self.call("damage", json!({ "target": target.id, "amount": dice, "reason": reason }))
    }

    /// Whether something was called in this step.
    pub fn calling(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Hands the initiative back, naming dangers, people or exits where there are some.
    pub fn close(&mut self) {
        self.paragraph();
        let symbol = match self.chance.die(10) {
            _ if self.stage.foe().is_some_and(|foe| {
                self.values.insert("foe", self.scene.people[foe].name.clone());
                !self.history.done.iter().any(|done| done.flag("down"))
            }) =>
            {
                "close_danger"
            }
            1..=3 if self.values.contains_key("exits") => "close_exits",
            4..=6 if self.values.contains_key("people") => "close_people",
            7 => "close_detail",
            _ => "close_plain",
        };
        self.say(symbol);
    }

    /// The step.
    pub fn finish(mut self) -> Step {
        self.paragraphs.retain(|paragraph| !paragraph.is_empty());
        Step { text: self.paragraphs.join("\n\n"), calls: self.calls }
    }
}
