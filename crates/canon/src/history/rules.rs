//! What differs between two versions. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::dto::FieldDiff;

/// The fields that differ between two snapshots, in their order; of `fields`, each key by itself: `fields.climate`.
pub(crate) fn changed(before: &Value, after: &Value) -> Vec<String> {
    diff(before, after).into_iter().map(|field| field.field).collect()
}

/// The same with their values.
pub(super) fn diff(before: &Value, after: &Value) -> Vec<FieldDiff> {
    let mut out = Vec::new();
    differ(before, after, "", &mut out);
    out
}

fn differ(before: &Value, after: &Value, within: &str, out: &mut Vec<FieldDiff>) {
    let nothing = Map::new();
    let (old, new) = (before.as_object().unwrap_or(&nothing), after.as_object().unwrap_or(&nothing));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let value = |map: &Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
        let (was, is) = (value(old), value(new));
        if was == is {
            continue;
        }
        let field = format!("{within}{key}");
        if field == "fields" {
            differ(&was, &is, "fields.", out);
        } else {
            out.push(FieldDiff { field, before: was, after: is });
        }
    }
}

/// Every text in the values that reads as an id.
pub(super) fn ids(diff: &[FieldDiff]) -> BTreeSet<Uuid> {
    let mut ids = BTreeSet::new();
    for field in diff {
        ids_in(&field.before, &mut ids);
        ids_in(&field.after, &mut ids);
    }
    ids
}

fn ids_in(value: &Value, ids: &mut BTreeSet<Uuid>) {
    match value {
        Value::String(text) => ids.extend(Uuid::try_parse(text).ok()),
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, ids)),
        Value::Object(map) => map.values().for_each(|item| ids_in(item, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_named_key_by_key() {
        let before = json!({"name": "Mill", "tags": ["old"], "fields": {"climate": "wet", "gm_note": 1}, "body": ""});
        let after =
            json!({"name": "Mill", "tags": [], "fields": {"climate": "dry", "size": 2}, "body": "", "locked": []});
        assert_eq!(changed(&before, &after), ["fields.climate", "fields.gm_note", "fields.size", "locked", "tags"]);
        assert_eq!(changed(&before, &before), Vec::<String>::new());
        assert_eq!(changed(&json!({}), &json!({"name": "Mill", "parent_id": null})), ["name"]);
    }
}
