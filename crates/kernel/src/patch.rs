//! The three states of a field in a PATCH: absent leaves it, null clears it, a value sets it.

use serde::{Deserialize, Deserializer};

/// Reads a field so that null becomes `Some(None)`; together with `#[serde(default)]`, absent is `None`.
///
/// # Errors
/// As the field's own type.
pub fn some<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Patch {
        #[serde(default, deserialize_with = "super::some")]
        name: Option<Option<String>>,
    }

    #[test]
    fn absent_null_and_value_are_three_states() {
        let read = |text: &str| serde_json::from_str::<Patch>(text).unwrap().name;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"name":null}"#), Some(None));
        assert_eq!(read(r#"{"name":"a"}"#), Some(Some("a".into())));
    }
}
