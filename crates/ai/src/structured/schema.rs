//! Checking a value against a JSON schema, in the part of the language that Skald's own schemas use.
//!
//! Known words: `type` (one or several), `properties`, `required`, `additionalProperties` (a boolean), `items`, `enum`,
//! `minLength`, `maxLength`, `minItems`, `maxItems`, `minimum`, `maximum`; `description` and `title` say nothing. A schema
//! with another word would be checked too mildly: [`unknown_words`] names them, for the tests of whoever writes schemas.

use serde_json::Value;

const KNOWN: [&str; 14] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "description",
    "title",
];

/// Everything about `value` that does not fit `schema`, each with its place, such as `items[2].name: is missing`. Empty
/// when it fits.
pub fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, value, "", &mut found);
    found
}

/// Words of a schema that [`problems`] does not know.
pub fn unknown_words(schema: &Value) -> Vec<String> {
    let Some(object) = schema.as_object() else { return Vec::new() };
    let own = object.keys().filter(|word| !KNOWN.contains(&word.as_str())).cloned();
    let properties = schema["properties"].as_object().into_iter().flat_map(|all| all.values());
    let below = properties.chain(object.get("items")).flat_map(unknown_words);
    own.chain(below).collect()
}

fn check(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let mut say = |what: String| found.push(if at.is_empty() { what } else { format!("{at}: {what}") });
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(some) => some.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|wanted| is(wanted, value)) {
        say(format!("should be {}", types.join(" or ")));
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        say(format!("should be one of {}", allowed.join(", ")));
    }
    let (least, most) = match value {
        Value::String(_) => ("minLength", "maxLength"),
        Value::Array(_) => ("minItems", "maxItems"),
        _ => ("minimum", "maximum"),
    };
    let size = match value {
        Value::String(text) => Some((text.trim().chars().count() as f64, "characters")),
        Value::Array(items) => Some((items.len() as f64, "items")),
        Value::Number(number) => number.as_f64().map(|number| (number, "")),
        _ => None,
    };
    if let Some((size, unit)) = size {
        if let Some(limit) = schema[least].as_f64().filter(|limit| size < *limit) {
            say(format!("should be at least {limit} {unit}").trim_end().to_owned());
        }
        if let Some(limit) = schema[most].as_f64().filter(|limit| size > *limit) {
            say(format!("should be at most {limit} {unit}").trim_end().to_owned());
        }
    }
    match value {
        Value::Object(fields) => {
            let properties = schema["properties"].as_object();
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    found.push(format!("{}: is missing", below(at, name)));
                }
            }
            for (name, field) in fields {
                match properties.and_then(|properties| properties.get(name)) {
                    Some(inner) => check(inner, field, &below(at, name), found),
                    None if schema["additionalProperties"] == false => {
                        found.push(format!("{}: is not wanted", below(at, name)));
                    }
                    None => {}
                }
            }
        }
        Value::Array(items) if schema["items"].is_object() => {
            for (n, item) in items.iter().enumerate() {
                check(&schema["items"], item, &format!("{at}[{n}]"), found);
            }
        }
        _ => {}
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn is(wanted: &str, value: &Value) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_problem_is_named_with_its_place() {
        let schema = json!({
            "type": "object", "required": ["name", "items"], "additionalProperties": false,
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 5},
                "size": {"type": ["integer", "null"], "minimum": 1, "maximum": 3},
                "mood": {"enum": ["glad", "sad"]},
                "items": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["id"]}},
            },
        });
        for (value, wrong) in [
            (json!({"name": "Mira", "items": [{"id": 1}]}), vec![]),
            (json!({"name": "Mira", "items": [], "size": null, "mood": "sad"}), vec![]),
            (json!([]), vec!["should be object"]),
            (
                json!({"name": " ", "items": [{}]}),
                vec!["items[0].id: is missing", "name: should be at least 1 characters"],
            ),
            (json!({"items": [], "more": 1}), vec!["name: is missing", "more: is not wanted"]),
            (
                json!({"name": "Eleonora", "items": [1, {"id": 1}, {"id": 2}]}),
                vec![
                    "items: should be at most 2 items",
                    "items[0]: should be object",
                    "name: should be at most 5 characters",
                ],
            ),
            (
                json!({"name": "M", "items": [], "size": 1.5, "mood": "odd"}),
                vec!["mood: should be one of \"glad\", \"sad\"", "size: should be integer or null"],
            ),
            (json!({"name": "M", "items": [], "size": 4}), vec!["size: should be at most 3"]),
        ] {
            let (mut found, mut wrong) = (problems(&schema, &value), wrong);
            found.sort();
            wrong.sort_unstable();
            assert_eq!(found, wrong, "{value}");
        }
        assert_eq!(unknown_words(&schema), Vec::<String>::new());
        assert_eq!(unknown_words(&json!({"items": {"anyOf": []}})), ["anyOf"]);
    }
}
