//! What tokens cost: the price an admin set, else the one of the dated table, else unknown. Inside the house they cost nothing.
//!
//! Money is i64 nano-dollars (1 US dollar = 10⁹) everywhere; prices are nano-dollars per million tokens, the unit services
//! publish. A cost is rounded up. An unknown price is no price, never zero.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use skald_kernel::{Result, error::Fields, model::Usage};
use utoipa::ToSchema;

/// The dated table.
const TABLE: &str = include_str!("../prices.toml");
/// The highest price that can be set: ten thousand dollars for a million tokens.
const HIGHEST: i64 = 10_000_000_000_000;
/// The most one request can be said to cost: a million dollars. Beyond lies a mistake, and the end of i64.
const MOST: i128 = 1_000_000_000_000_000;

/// A price, in nano-dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AiPrice)]
pub struct Price {
    /// Of the prompt.
    pub input: i64,
    /// Of the answer.
    pub output: i64,
    /// Of the prompt where it came from the service's cache; as `input` when absent.
    #[serde(default)]
    pub cached: Option<i64>,
    /// Of reasoning that is not shown; as `output` when absent.
    #[serde(default)]
    pub reasoning: Option<i64>,
}

impl Price {
    /// Costs nothing.
    pub(crate) const FREE: Self = Self { input: 0, output: 0, cached: None, reasoning: None };

    /// What these tokens cost, in nano-dollars, rounded up.
    pub(crate) fn cost(&self, usage: &Usage) -> i64 {
        let cached = usage.cached.min(usage.input);
        let reasoning = usage.reasoning.min(usage.output);
        let part = |tokens: u64, price: i64| i128::from(tokens) * i128::from(price.max(0));
        let sum = part(usage.input - cached, self.input)
            + part(cached, self.cached.unwrap_or(self.input))
            + part(usage.output - reasoning, self.output)
            + part(reasoning, self.reasoning.unwrap_or(self.output));
        (sum.saturating_add(999_999) / 1_000_000).min(MOST) as i64
    }

    /// What a request can cost at most, with all of its prompt fresh and all of its answer the dearer kind.
    pub(crate) fn most(&self, input: u64, output: u64) -> i64 {
        let dear = Self {
            input: self.input.max(self.cached.unwrap_or(0)),
            output: self.output.max(self.reasoning.unwrap_or(0)),
            ..Self::FREE
        };
        dear.cost(&Usage { input, output, ..Usage::default() })
    }

    /// Refuses what cannot be a price.
    pub(crate) fn check(&self) -> Result<()> {
        let mut fields = Fields::default();
        let named = [
            ("input", Some(self.input)),
            ("output", Some(self.output)),
            ("cached", self.cached),
            ("reasoning", self.reasoning),
        ];
        for (name, price) in named {
            if price.is_some_and(|price| !(0..=HIGHEST).contains(&price)) {
                fields.add(&format!("price.{name}"), "out_of_range", format!("Between 0 and {HIGHEST}."));
            }
        }
        fields.check()
    }
}

/// Where a price is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AiPriceSource)]
pub enum PriceSource {
    /// An admin set it.
    Set,
    /// The dated table, a house estimate.
    Table,
    /// It runs in the house, so it costs nothing.
    Local,
    /// Nobody knows it.
    Unknown,
}

impl PriceSource {
    /// The word stored in the ledger.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Table => "table",
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }
}

/// A price with its source; none when unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Priced {
    pub(crate) price: Option<Price>,
    pub(crate) source: PriceSource,
}

impl Priced {
    /// Inside the house.
    pub(crate) const LOCAL: Self = Self { price: Some(Price::FREE), source: PriceSource::Local };

    /// The price of a model at a host: the one that was set, else nothing inside the house, else that of the table.
    pub(crate) fn of(set: Option<Price>, outside: bool, host: &str, model: &str) -> Self {
        match set {
            Some(price) => Self { price: Some(price), source: PriceSource::Set },
            None if !outside => Self::LOCAL,
            None => match listed(host, model) {
                Some(price) => Self { price: Some(price), source: PriceSource::Table },
                None => Self { price: None, source: PriceSource::Unknown },
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    as_of: String,
    price: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    host: String,
    model: String,
    #[serde(flatten)]
    price: Numbers,
}

#[derive(Clone, Copy, Deserialize)]
struct Numbers {
    input: i64,
    output: i64,
    cached: Option<i64>,
    reasoning: Option<i64>,
}

static LIST: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(TABLE).expect("the table of prices is checked by a test"));

/// The date of the table, as `2025-06-01`.
pub(crate) fn as_of() -> &'static str {
    &LIST.as_of
}

/// The price of a model in the table. A host of a longer name counts only with a dot between: `api.openai.com.evil` is another.
fn listed(host: &str, model: &str) -> Option<Price> {
    let fits = |line: &&Line| {
        let end = host.strip_suffix(line.host.as_str());
        end.is_some_and(|before| before.is_empty() || before.ends_with('.')) && model.starts_with(&line.model)
    };
    let line = LIST.price.iter().filter(fits).max_by_key(|line| line.model.len())?;
    let Numbers { input, output, cached, reasoning } = line.price;
    Some(Price { input, output, cached, reasoning })
}

/// An amount for people: `$12.30`, and four places below a dollar.
pub(crate) fn dollars(nano: i64) -> String {
    let whole = nano as f64 / 1e9;
    if nano == 0 || whole >= 1.0 { format!("${whole:.2}") } else { format!("${whole:.4}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usage(input: u64, cached: u64, output: u64, reasoning: u64) -> Usage {
        Usage { input, cached, output, reasoning, ..Usage::default() }
    }

    #[test]
    fn every_line_of_the_table_is_a_price_and_only_once() {
        let mut seen = std::collections::HashSet::new();
        for line in &LIST.price {
            let price = listed(&line.host, &line.model).unwrap();
            price.check().unwrap();
            assert!(seen.insert((&line.host, &line.model)), "{} {}", line.host, line.model);
            assert!(price.input > 0 && price.output >= price.input, "{}", line.model);
        }
        assert_eq!(as_of().len(), 10);
    }

    #[test]
    fn a_price_is_set_or_of_the_house_or_of_the_table_or_unknown() {
        let set = Price { input: 1, output: 2, cached: None, reasoning: None };
        for (set, outside, host, model, source) in [
            (Some(set), true, "api.openai.com", "gpt-4o", PriceSource::Set),
            (Some(set), false, "localhost", "any", PriceSource::Set),
            (None, false, "localhost", "gpt-4o", PriceSource::Local),
            (None, true, "api.openai.com", "gpt-4o-mini-2024-07-18", PriceSource::Table),
            (None, true, "api.openai.com", "gpt-nobody-knows", PriceSource::Unknown),
            (None, true, "example.org", "gpt-4o", PriceSource::Unknown),
            (None, true, "notapi.openai.com", "gpt-4o", PriceSource::Unknown),
        ] {
            let priced = Priced::of(set, outside, host, model);
            assert_eq!(
                (priced.source, priced.price.is_none()),
                (source, source == PriceSource::Unknown),
                "{host} {model}"
            );
        }
        let mini = Priced::of(None, true, "api.openai.com", "gpt-4o-mini").price.unwrap();
        assert_eq!(mini.input, 150_000_000, "the longest name wins");
    }

    #[test]
    fn a_cost_counts_each_kind_of_token_once_and_is_rounded_up() {
        let price = Price { input: 1_000_000, output: 4_000_000, cached: Some(100_000), reasoning: Some(8_000_000) };
        for (usage, nano) in [
            (usage(0, 0, 0, 0), 0),
            (usage(10, 0, 0, 0), 10),
            (usage(10, 4, 0, 0), 7),
            (usage(0, 0, 3, 1), 16),
            (usage(1, 5, 1, 5), 9),
            (usage(u64::MAX, 0, u64::MAX, 0), MOST as i64),
        ] {
            assert_eq!(price.cost(&usage), nano, "{usage:?}");
        }
        assert_eq!(
            (dollars(0), dollars(1_234_000_000), dollars(12_300_000)),
            ("$0.00".into(), "$1.23".into(), "$0.0123".into())
        );
    }

    proptest! {
        #[test]
        fn what_is_reserved_covers_whatever_the_tokens_turn_out_to_be(
            input in 0_u64..1_000_000, output in 0_u64..1_000_000, cached in 0_u64..1_000_000, reasoning in 0_u64..1_000_000,
            prices in proptest::array::uniform4(0_i64..HIGHEST),
        ) {
            let price = Price { input: prices[0], output: prices[1], cached: Some(prices[2]), reasoning: Some(prices[3]) };
            prop_assert!(price.cost(&usage(input, cached, output, reasoning)) <= price.most(input, output));
        }
    }
}
