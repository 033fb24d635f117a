//! What the fields of a location may hold. Pure.

use serde_json::{Map, Value};
use skald_kernel::error::Fields;

/// Fields that are a text, and how many characters each may have.
const TEXTS: [(&str, usize); 5] =
    [("environment", 2_000), ("climate", 2_000), ("economy", 2_000), ("government", 2_000), ("coordinates", 200)];
/// More people than any world has.
const PEOPLE: u64 = 1_000_000_000_000;

/// Notes fields of a location that hold something else than they should. Other fields are the campaign's own affair.
pub(crate) fn check_fields(wrong: &mut Fields, fields: &Map<String, Value>) {
    for (name, most) in TEXTS {
        let field = format!("fields.{name}");
        match fields.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                wrong.at_most(&field, text, most);
            }
            Some(_) => {
                wrong.add(&field, "wrong_type", "A text.");
            }
        }
    }
    if let Some(people) = fields.get("population").filter(|people| !people.is_null() && !people.is_string()) {
        match people.as_u64() {
            Some(people) if people <= PEOPLE => {}
            Some(_) => {
                wrong.add("fields.population", "out_of_range", "At most 1 000 000 000 000.");
            }
            None => {
                wrong.add(
                    "fields.population",
                    "wrong_type",
                    "A whole number, 0 or more, or words such as `a few dozen`.",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(fields: Value) -> Vec<String> {
        let mut wrong = Fields::default();
        check_fields(&mut wrong, fields.as_object().unwrap());
        wrong.check().err().map_or(Vec::new(), |error| {
            error.fields().iter().map(|field| format!("{} {}", field.field, field.code)).collect()
        })
    }

    #[test]
    fn a_location_says_how_it_is_in_words_and_how_many_live_there_in_a_number() {
        let good =
            json!({ "climate": "wet", "population": 240, "coordinates": "54.2 N, 3.1 W", "smell": 4, "economy": null });
        assert!(codes(good).is_empty());
        let bad = json!({ "climate": 3, "population": -1, "coordinates": "x".repeat(201) });
        assert_eq!(
            codes(bad),
            ["fields.climate wrong_type", "fields.coordinates too_long", "fields.population wrong_type"]
        );
        assert_eq!(codes(json!({ "population": PEOPLE + 1 })), ["fields.population out_of_range"]);
    }
}
