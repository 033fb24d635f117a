//! The arguments of a call as a model wrote them: read leniently where the meaning is plain, refused where it is not.
//!
//! Numbers may be strings and strings numbers; null is the same as absent; JSON in a string is unpacked once. A field the
//! tool does not have is refused, for it may have meant something; only `reason` is welcome everywhere.

use serde_json::{Map, Value};

use super::{quoted, specs::Tool};
use crate::rules::{names, sheet::cut};

/// Arguments longer than this are not read.
const MAX_ARGUMENTS: usize = 8 * 1024;

pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    pub(super) fn read(written: &str, tool: &Tool) -> Result<Self, String> {
        let known = || names::choices(tool.parameters.iter().map(|p| p.name.to_owned()), "nothing");
        let not_an_object = || format!("The arguments of {} have to be a JSON object with {}.", tool.name, known());
        if written.len() > MAX_ARGUMENTS {
            return Err(format!("The arguments of {} are too long.", tool.name));
        }
        let fields = match serde_json::from_str(if written.trim().is_empty() { "{}" } else { written }) {
            Ok(Value::Object(fields)) => fields,
            Ok(Value::String(inner)) => serde_json::from_str(&inner).map_err(|_| not_an_object())?,
            _ => return Err(not_an_object()),
        };
        if let Some(name) = fields.keys().find(|k| *k != "reason" && tool.parameters.iter().all(|p| p.name != *k)) {
            return Err(format!("{} has no argument {}. Use {}.", tool.name, quoted(name), known()));
        }
        let arguments = Self(fields);
        for parameter in tool.parameters.iter().filter(|p| p.required) {
            if arguments.get(parameter.name).is_none() {
                return Err(format!("{} needs the argument {}: {}", tool.name, parameter.name, parameter.description));
            }
        }
        Ok(arguments)
    }

    /// A text; a blank one is as good as none.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(cut(text, 200))),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(format!("The argument {name} has to be a text.")),
        }
    }

    /// A text that has to be there.
    pub(super) fn needed(&self, name: &str) -> Result<String, String> {
        self.text(name)?.ok_or_else(|| format!("The argument {name} is missing."))
    }

    /// A whole number, perhaps in a string.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.filter(|n: &f64| n.is_finite() && n.fract() == 0.0) {
            Some(number) => Ok(Some(number as i64)),
            None => Err(format!("The argument {name} has to be a whole number.")),
        }
    }

    /// Why, in the model's words, or what stands in for it.
    pub(super) fn purpose(&self, otherwise: impl Into<String>) -> String {
        match self.get("reason") {
            Some(Value::String(reason)) => cut(reason, 200),
            _ => otherwise.into(),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }
}
