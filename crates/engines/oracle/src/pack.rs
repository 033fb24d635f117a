//! Packs: the oracle's words as data.
//!
//! A pack is TOML with `[rules]` (grammar rules), `[tables]` (weighted random tables) and `[names]` (given names per
//! culture). The built-in pack is embedded; a campaign's own may be laid over it. A pack can't run anything.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use skald_kernel::{Error, ErrorCode};

use crate::grammar::{VARIABLES, symbols};

/// One alternative of a rule: plain text, or text with a weight.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    /// Text of weight 1.
    Plain(String),
    /// Text that is drawn more or less often.
    Weighted {
        /// The text.
        text: String,
        /// How often, against the other alternatives.
        weight: u32,
    },
}

impl Choice {
    /// The text.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Weighted { text, .. } => text,
        }
    }

    /// The weight.
    pub fn weight(&self) -> u32 {
        match self {
            Self::Plain(_) => 1,
            Self::Weighted { weight, .. } => *weight,
        }
    }
}

/// One row of a random table: text, or another table to roll on.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Row {
    /// How often, against the other rows; 1 where unsaid.
    pub weight: Option<u32>,
    /// What it says; may hold `#symbols#`.
    pub text: String,
    /// The table to roll on instead.
    pub table: Option<String>,
}

/// Rules, tables and names.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pack {
    /// Grammar rules by symbol. `symbol_forest` is preferred to `symbol` in a forest.
    pub rules: BTreeMap<String, Vec<Choice>>,
    /// Random tables by name; a rule rolls on one with `#@name#`.
    pub tables: BTreeMap<String, Vec<Row>>,
    /// Given names by culture, for the name maker.
    pub names: BTreeMap<String, Vec<String>>,
}

static BUILT_IN: LazyLock<Pack> = LazyLock::new(|| {
    let mut whole = Pack::default();
    for text in [
        include_str!("../pack/places.toml"),
        include_str!("../pack/deeds.toml"),
        include_str!("../pack/outcomes.toml"),
        include_str!("../pack/talk.toml"),
        include_str!("../pack/fate.toml"),
        include_str!("../pack/names.toml"),
    ] {
        whole.lay_over(Pack::parse(text).expect("a test parses every embedded pack"));
    }
    whole
});

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// `ErrorCode::BadRequest` when it is not TOML of this shape.
    pub fn parse(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::new(ErrorCode::BadRequest, "not an oracle pack").because(error))
    }

    /// The pack that comes with Skald.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Lays another pack over this one: its rules, tables and names replace those of the same name.
    pub fn lay_over(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.tables.extend(other.tables);
        self.names.extend(other.names);
    }

    /// Every symbol and table that is named somewhere but is nowhere, as `where: symbol`. Empty for a sound pack.
    pub fn unresolved(&self) -> Vec<String> {
        let texts = self
            .rules
            .iter()
            .flat_map(|(name, choices)| choices.iter().map(move |choice| (name, choice.text())))
            .chain(self.tables.iter().flat_map(|(name, rows)| rows.iter().map(move |row| (name, row.text.as_str()))));
        let mut missing = Vec::new();
        for (name, text) in texts {
            if text.matches('#').count() % 2 == 1 {
                missing.push(format!("{name}: an odd number of # in {text:?}"));
            }
            for symbol in symbols(text) {
                let known = match symbol.strip_prefix('@') {
                    Some(table) => self.tables.contains_key(table),
                    None => self.rules.contains_key(symbol) || VARIABLES.iter().any(|(known, _)| *known == symbol),
                };
                if !known {
                    missing.push(format!("{name}: {symbol}"));
                }
            }
        }
        for (name, rows) in &self.tables {
            for table in rows.iter().filter_map(|row| row.table.as_ref()) {
                if !self.tables.contains_key(table) {
                    missing.push(format!("{name}: @{table}"));
                }
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_of_the_built_in_pack_resolves() {
        assert_eq!(Pack::built_in().unresolved(), Vec::<String>::new());
    }

    #[test]
    fn no_rule_or_table_of_the_built_in_pack_is_empty() {
        let pack = Pack::built_in();
        for (name, choices) in &pack.rules {
            assert!(!choices.is_empty(), "{name}");
            assert!(choices.iter().all(|choice| !choice.text().trim().is_empty() && choice.weight() > 0), "{name}");
        }
        for (name, rows) in &pack.tables {
            assert!(!rows.is_empty(), "{name}");
            assert!(rows.iter().all(|row| row.text.is_empty() == row.table.is_some()), "{name}");
        }
    }

    #[test]
    fn a_missing_symbol_is_named() {
        let pack = Pack::parse("[rules]\na = [\"#b# and #@c#\", \"#a.capitalize#\"]").unwrap();
        assert_eq!(pack.unresolved(), ["a: b", "a: @c"]);
    }

    #[test]
    fn a_pack_of_another_shape_is_refused() {
        assert!(Pack::parse("[code]\nrun = \"rm\"").is_err());
        assert!(Pack::parse("not toml").is_err());
    }
}
