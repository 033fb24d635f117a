//! What a change of a character makes of its fields. Pure.

use serde_json::{Map, Value};
use skald_kernel::{Result, error::Fields};

use super::dto::CharacterPatch;
use crate::entities::storable;

const TEXT: usize = 4000;

/// The fields of a character after a patch. `fields` are all of them, also those that only a game master sees: what begins
/// with `gm_` is not to be named by who does not see it, and stays.
pub(super) fn patched(
    fields: &Map<String, Value>,
    patch: CharacterPatch,
    sees_all: bool,
) -> Result<Map<String, Value>> {
    let mut wrong = Fields::default();
    let mut out = fields.clone();
    let texts = [("voice", patch.voice), ("personality", patch.personality), ("goals", patch.goals)];
    for (name, text) in texts {
        match text {
            Some(Some(text)) => {
                wrong.at_most(name, &text, TEXT);
                storable(&mut wrong, name, &text);
                out.insert(name.to_owned(), text.into());
            }
            Some(None) => {
                out.remove(name);
            }
            None => {}
        }
    }
    match patch.sheet {
        Some(Some(changes)) => {
            let changes = Value::Object(changes);
            if !sees_all && secrets(&changes).is_some() {
                wrong.add("sheet", "secret", "Names that begin with gm_ are the game master's.");
            }
            let mut sheet = out.get("sheet").and_then(Value::as_object).cloned().unwrap_or_default();
            if let Value::Object(changes) = changes {
                merge(&mut sheet, changes, sees_all);
            }
            out.insert("sheet".to_owned(), Value::Object(sheet));
        }
        // What the game master keeps in the sheet outlives its being cleared by a player, who does not see it.
        Some(None) => {
            if let Some(kept) = out.remove("sheet").filter(|_| !sees_all).as_ref().and_then(secrets) {
                out.insert("sheet".to_owned(), kept);
            }
        }
        None => {}
    }
    wrong.check()?;
    Ok(out)
}

/// Puts changes into an object; objects inside are merged in turn, lists are replaced. Of what is taken out or replaced by who
/// does not see all, what is the game master's stays.
fn merge(into: &mut Map<String, Value>, changes: Map<String, Value>, sees_all: bool) {
    for (name, value) in changes {
        let secrets = into.get(&name).filter(|_| !sees_all).and_then(secrets);
        match (into.get_mut(&name), value, secrets) {
            (Some(Value::Object(inner)), Value::Object(changes), _) => merge(inner, changes, sees_all),
            (_, Value::Array(mut items), Some(Value::Array(kept))) => {
                items.extend(kept);
                into.insert(name, items.into());
            }
            (_, _, Some(kept)) => {
                into.insert(name, kept);
            }
            (_, Value::Null, None) => {
                into.remove(&name);
            }
            (_, value, None) => {
                into.insert(name, value);
            }
        }
    }
}

/// What of a value is the game master's: the names that begin with `gm_`, and what they stand in.
fn secrets(value: &Value) -> Option<Value> {
    match value {
        Value::Object(map) => {
            let keep = |(name, value): (&String, &Value)| {
                let kept = if name.starts_with("gm_") { Some(value.clone()) } else { secrets(value) };
                kept.map(|value| (name.clone(), value))
            };
            let kept: Map<String, Value> = map.iter().filter_map(keep).collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(secrets).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    fn patch(value: Value) -> CharacterPatch {
        serde_json::from_value(value).expect("a patch")
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let fields = json!({ "voice": "Low", "home": "Weir", "sheet": { "level": 1, "abilities": { "strength": 9, "wisdom": 3 } } });
        for (change, expected) in [
            (json!({}), fields.clone()),
            (
                json!({ "voice": null, "goals": "Home", "sheet": { "level": null, "abilities": { "wisdom": 4 }, "own": [1] } }),
                json!({ "home": "Weir", "goals": "Home", "sheet": { "abilities": { "strength": 9, "wisdom": 4 }, "own": [1] } }),
            ),
            (json!({ "sheet": null }), json!({ "voice": "Low", "home": "Weir" })),
        ] {
            let after = patched(&object(fields.clone()), patch(change.clone()), false).expect("a valid patch");
            assert_eq!(Value::Object(after), expected, "{change}");
        }
        let error = patched(&object(fields), patch(json!({ "sheet": { "a": [{ "gm_x": 1 }] } })), false);
        assert_eq!(error.expect_err("refused").fields()[0].code, "secret");
    }

    proptest! {
        #[test]
        fn what_the_game_master_keeps_in_a_sheet_outlives_a_player(
            name in "[a-c]{1,2}", other in "[a-c]{1,2}", how in 0..5, level in 1..20,
        ) {
            let inner = json!({ "gm_deep": 2, "open": 3 });
            let inner = if how % 2 == 0 { inner } else { json!(["x", inner]) };
            let fields = object(json!({ "gm_plan": 1, "sheet": { "gm_curse": level, name: inner } }));
            let change = match how {
                0 => json!({ "sheet": null }),
                1 => json!({ "sheet": { other: null } }),
                2 => json!({ "sheet": { other: { "open": level } } }),
                3 => json!({ "sheet": { other: ["y"] } }),
                _ => json!({ "sheet": { other: "plain" } }),
            };
            let after = Value::Object(patched(&fields, patch(change), false).expect("a valid patch"));
            prop_assert_eq!(&after["gm_plan"], &json!(1));
            prop_assert_eq!(&after["sheet"]["gm_curse"], &json!(level));
            prop_assert!(after.to_string().contains("gm_deep"));
        }
    }
}
