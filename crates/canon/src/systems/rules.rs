//! What a valid rule system is, and what is wrong with a sheet. Pure.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};
use skald_kernel::{
    Error, Result,
    error::{FieldError, Fields},
};

use super::dto::{SystemIn, SystemOut};
use crate::entities::storable;

/// A campaign has no more of its own.
pub(super) const SYSTEMS: usize = 20;
const KEY: usize = 40;
const NAME: usize = 120;
const BYTES: usize = 64 * 1024;
const DEPTH: usize = 16;
const GROUPS: usize = 40;
const GROUPED: usize = 200;
/// No more is said about one sheet.
const PROBLEMS: usize = 50;
const MESSAGE: usize = 300;
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The systems that come with Skald.
pub(super) fn shipped() -> Result<Vec<SystemOut>> {
    [include_str!("d20.json"), include_str!("narrative.json")]
        .into_iter()
        .map(|text| {
            let mut system: SystemOut = serde_json::from_str(text).map_err(Error::internal)?;
            system.shipped = true;
            Ok(system)
        })
        .collect()
}

/// Refuses a system that cannot be stored or whose schema cannot be followed.
pub(super) fn check(system: &SystemIn) -> Result<()> {
    let mut wrong = Fields::default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !system.key.starts_with(|c: char| c.is_ascii_lowercase())
        || system.key.len() > KEY
        || !system.key.chars().all(plain)
    {
        wrong.add("key", "wrong_type", "1 to 40 of a-z, 0-9 and -, beginning with a letter.");
    }
    wrong.text("name", &system.name, NAME);
    storable(&mut wrong, "name", &system.name);
    if system.ui.groups.len() > GROUPS {
        wrong.add("ui.groups", "too_many", format!("At most {GROUPS}."));
    }
    for (n, group) in system.ui.groups.iter().enumerate() {
        wrong.text(&format!("ui.groups.{n}.label"), &group.label, NAME);
        if group.fields.len() > GROUPED {
            wrong.add(&format!("ui.groups.{n}.fields"), "too_many", format!("At most {GROUPED}."));
        }
        for (m, name) in group.fields.iter().enumerate() {
            wrong.at_most(&format!("ui.groups.{n}.fields.{m}"), name, NAME);
        }
    }
    let ui = serde_json::to_string(&system.ui).unwrap_or_default();
    if ui.contains("\\u0000") {
        wrong.add("ui", "nul", "The character U+0000 cannot be stored.");
    }
    schema(&mut wrong, &system.schema);
    wrong.check()
}

fn schema(wrong: &mut Fields, schema: &Map<String, Value>) {
    let text = serde_json::to_string(schema).unwrap_or_default();
    if text.len() > BYTES {
        wrong.add("schema", "too_long", "At most 64 KiB of JSON.");
        return;
    }
    if text.contains("\\u0000") {
        wrong.add("schema", "nul", "The character U+0000 cannot be stored.");
        return;
    }
    if schema.get("$schema").is_some_and(|draft| draft.as_str() != Some(DRAFT)) {
        wrong.add("schema.$schema", "unknown", format!("Leave it out, or give {DRAFT}."));
        return;
    }
    let schema = Value::Object(schema.clone());
    if let Some((code, message)) = misfit(&schema, 0) {
        wrong.add("schema", code, message);
        return;
    }
    if let Err(error) = compile(&schema) {
        wrong.add(&path("schema", error.instance_path().as_str()), "schema", short(&error.masked().to_string()));
    }
}

/// References could lead out of the schema or round in a circle, so that a sheet would never be judged.
fn misfit(value: &Value, depth: usize) -> Option<(&'static str, &'static str)> {
    if depth > DEPTH {
        return Some(("too_deep", "At most 16 levels deep."));
    }
    match value {
        Value::Object(map) => {
            let refers = |key: &String| {
                matches!(key.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef" | "$id" | "$vocabulary")
                    || (key == "$schema" && depth > 0)
            };
            if map.keys().any(refers) {
                return Some(("reference", "Write the schema out: references are not followed."));
            }
            map.values().find_map(|value| misfit(value, depth + 1))
        }
        Value::Array(items) => items.iter().find_map(|value| misfit(value, depth + 1)),
        _ => None,
    }
}

/// The patterns are matched in linear time, and nothing is read from elsewhere.
fn compile(schema: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex().size_limit(1 << 20).dfa_size_limit(1 << 20))
        .build(schema)
}

/// What of a sheet does not follow the schema, at most 50 places, each as `fields.sheet…`.
///
/// # Errors
/// Internal, for a stored schema that cannot be followed.
pub(super) fn problems(schema: &Map<String, Value>, sheet: &Value) -> Result<Vec<FieldError>> {
    let validator = compile(&Value::Object(schema.clone())).map_err(|error| Error::internal(error.to_string()))?;
    Ok(validator
        .iter_errors(sheet)
        .take(PROBLEMS)
        .map(|error| FieldError {
            field: path("fields.sheet", error.instance_path().as_str()),
            code: error.kind().keyword().to_owned(),
            message: short(&error.masked().to_string()),
        })
        .collect())
}

/// A JSON pointer behind a field, with dots.
fn path(field: &str, pointer: &str) -> String {
    let mut path = field.to_owned();
    for part in pointer.split('/').skip(1) {
        path.push('.');
        path.push_str(&part.replace("~1", "/").replace("~0", "~"));
    }
    path
}

fn short(message: &str) -> String {
    message.chars().take(MESSAGE).collect()
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
