//! What the AI settings take and show. Keys are only ever taken.

use serde::{Deserialize, Serialize};
use skald_kernel::{Error, Result, model::Task};
use utoipa::ToSchema;

use super::Stored;
use super::rules::MOST_PARALLEL;
use crate::{
    engine::{ORACLE, ORACLE_LABEL, Resting, label},
    prices::{self, Price, PriceSource, Priced},
};

/// The dialect a model service speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// OpenAI's, which most services speak.
    #[default]
    Openai,
    /// Anthropic's Messages API.
    Anthropic,
    /// Google's Gemini API.
    Gemini,
    /// Cohere's API, version 2.
    Cohere,
    /// Ollama's own API.
    Ollama,
}

impl Dialect {
    /// The word stored in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Cohere => "cohere",
            Self::Ollama => "ollama",
        }
    }

    /// Reads the stored word.
    pub(super) fn read(word: &str) -> Result<Self> {
        let all = [Self::Openai, Self::Anthropic, Self::Gemini, Self::Cohere, Self::Ollama];
        let found = all.into_iter().find(|dialect| dialect.as_str() == word);
        found.ok_or_else(|| Error::internal(format!("{word} is no dialect")))
    }
}

/// What a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// A service with the OpenAI dialect.
    Openai,
    /// A service with Anthropic's dialect.
    Anthropic,
    /// A service with Gemini's dialect.
    Gemini,
    /// A service with Cohere's dialect.
    Cohere,
    /// A service with Ollama's own dialect.
    Ollama,
    /// The built-in oracle; no model.
    Oracle,
}

impl From<Dialect> for ProviderKind {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Openai => Self::Openai,
            Dialect::Anthropic => Self::Anthropic,
            Dialect::Gemini => Self::Gemini,
            Dialect::Cohere => Self::Cohere,
            Dialect::Ollama => Self::Ollama,
        }
    }
}

/// What tokens of a model cost, and who says so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AiPriceOut)]
pub struct PriceOut {
    /// Who says so.
    pub source: PriceSource,
    /// The price; null when unknown.
    pub price: Option<Price>,
    /// The date of the table, where it says so: a house estimate of that day.
    pub as_of: Option<String>,
}

impl From<Priced> for PriceOut {
    fn from(priced: Priced) -> Self {
        let as_of = (priced.source == PriceSource::Table).then(|| prices::as_of().to_owned());
        Self { source: priced.source, price: priced.price, as_of }
    }
}

/// A provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProviderOut {
    /// Its id; `oracle` for the oracle.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it speaks.
    pub kind: ProviderKind,
    /// Its address; empty for the oracle.
    pub base_url: String,
    /// The model that is asked for.
    pub model: String,
    /// Whether a key is stored.
    pub has_key: bool,
    /// Whether what is sent there leaves the house.
    pub outside: bool,
    /// Whether it may be asked.
    pub enabled: bool,
    /// Requests it is sent at once; more wait.
    pub max_parallel: i32,
    /// What its tokens cost.
    pub price: PriceOut,
    /// Its version, for `If-Match`; 0 for the oracle, which cannot be changed.
    pub version: i64,
}

impl ProviderOut {
    pub(super) fn oracle() -> Self {
        Self {
            id: ORACLE.into(),
            name: ORACLE_LABEL.into(),
            kind: ProviderKind::Oracle,
            base_url: String::new(),
            model: ORACLE.into(),
            has_key: false,
            outside: false,
            enabled: true,
            max_parallel: MOST_PARALLEL,
            price: Priced::LOCAL.into(),
            version: 0,
        }
    }
}

impl From<&Stored> for ProviderOut {
    fn from(stored: &Stored) -> Self {
        Self {
            id: stored.id.to_string(),
            name: stored.name.clone(),
            kind: stored.dialect.into(),
            base_url: stored.base_url.clone(),
            model: stored.model.clone(),
            has_key: stored.api_key_sealed.is_some(),
            outside: stored.outside,
            enabled: stored.enabled,
            max_parallel: stored.max_parallel,
            price: stored.priced().into(),
            version: stored.version,
        }
    }
}

/// A new provider. Not `Debug`: it holds a key.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderIn {
    /// A name of your choice, shown under its answers.
    pub name: String,
    /// What it speaks; OpenAI's dialect when absent.
    #[serde(default)]
    pub kind: Dialect,
    /// Its address, such as `http://localhost:11434/v1`.
    pub base_url: String,
    /// The model to ask for.
    pub model: String,
    /// Its key, if it wants one; never shown again.
    #[serde(default)]
    pub api_key: Option<String>,
    /// Whether what is sent there leaves the house; judged by the address when absent.
    #[serde(default)]
    pub outside: Option<bool>,
    /// Requests it is sent at once, 1 to 1000; 8 when absent.
    #[serde(default)]
    pub max_parallel: Option<i32>,
    /// What its tokens cost; when absent nothing inside the house, and else what the table says.
    #[serde(default)]
    pub price: Option<Price>,
}

/// A change to a provider. Not `Debug`: it holds a key.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderPatch {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another dialect.
    #[serde(default)]
    pub kind: Option<Dialect>,
    /// Another address. A stored key is not taken along: send `api_key` again, or null to go without.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Another model.
    #[serde(default)]
    pub model: Option<String>,
    /// Another key; null removes it.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<String>)]
    pub api_key: Option<Option<String>>,
    /// Whether what is sent there leaves the house. With a new address it is judged anew when absent.
    #[serde(default)]
    pub outside: Option<bool>,
    /// Whether it may be asked.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Requests it is sent at once, 1 to 1000.
    #[serde(default)]
    pub max_parallel: Option<i32>,
    /// Another price; null goes back to the table. With another model or address it is forgotten unless it is sent again.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<Price>)]
    pub price: Option<Option<Price>>,
}

/// A provider to try, stored or not. Not `Debug`: it holds a key.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProbeIn {
    /// What it speaks; OpenAI's dialect when absent.
    #[serde(default)]
    pub kind: Dialect,
    /// Its address.
    pub base_url: String,
    /// Its key.
    #[serde(default)]
    pub api_key: Option<String>,
    /// The model to ask; the first on offer when absent.
    #[serde(default)]
    pub model: Option<String>,
    /// A stored provider, whose key is used when `api_key` is absent and `base_url` is its address.
    #[serde(default)]
    pub provider_id: Option<skald_kernel::ProviderId>,
}

/// What came of trying a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProbeOut {
    /// Whether it answered.
    pub ok: bool,
    /// How long the answer took, to its end.
    pub latency_ms: u64,
    /// The models on offer; empty also where the service does not list them.
    pub models: Vec<String>,
    /// How the answer begins.
    pub sample: Option<String>,
    /// Why there was none.
    pub error: Option<ProbeErrorOut>,
}

/// Why a provider did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProbeErrorOut {
    /// A word to match on, as in problem bodies.
    pub error_code: String,
    /// What the service said.
    pub detail: String,
}

/// Who is asked for each task, in order. Where the oracle can do a task it stands last, as `oracle`. A task without an order
/// of its own has the usual one and is empty here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoutesOut {
    /// The usual order, for tasks without one of their own.
    pub default: Vec<String>,
    /// Telling what happens in a game session.
    pub narrate: Vec<String>,
    /// Speaking as somebody of the world.
    pub dialogue: Vec<String>,
    /// Making up people, places and things.
    pub generate: Vec<String>,
    /// Finding in texts what they say; answers about the canon.
    pub extract: Vec<String>,
    /// Telling much in few words.
    pub summarize: Vec<String>,
    /// Sorting something into one of several kinds.
    pub classify: Vec<String>,
    /// Planning a text.
    pub outline: Vec<String>,
    /// Writing a text.
    pub write: Vec<String>,
    /// Judging a text.
    pub critique: Vec<String>,
    /// Turning texts into vectors.
    pub embed: Vec<String>,
}

impl RoutesOut {
    /// The place for the order of a task; none for one without a route.
    pub(super) fn of(&mut self, task: Task) -> Option<&mut Vec<String>> {
        Some(match task {
            Task::Narrate => &mut self.narrate,
            Task::Dialogue => &mut self.dialogue,
            Task::Generate => &mut self.generate,
            Task::Extract => &mut self.extract,
            Task::Summarize => &mut self.summarize,
            Task::Classify => &mut self.classify,
            Task::Outline => &mut self.outline,
            Task::Write => &mut self.write,
            Task::Critique => &mut self.critique,
            Task::Embed => &mut self.embed,
            Task::Probe => return None,
        })
    }
}

/// Who shall be asked for each task, in order: ids of providers. `oracle` may stand last where it can do the task; it is
/// there anyway. A task that is absent or empty gets the usual order.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoutesIn {
    /// The usual order, for tasks without one of their own.
    pub default: Vec<String>,
    /// Telling what happens in a game session.
    pub narrate: Vec<String>,
    /// Speaking as somebody of the world.
    pub dialogue: Vec<String>,
    /// Making up people, places and things.
    pub generate: Vec<String>,
    /// Finding in texts what they say; answers about the canon.
    pub extract: Vec<String>,
    /// Telling much in few words.
    pub summarize: Vec<String>,
    /// Sorting something into one of several kinds.
    pub classify: Vec<String>,
    /// Planning a text.
    pub outline: Vec<String>,
    /// Writing a text.
    pub write: Vec<String>,
    /// Judging a text.
    pub critique: Vec<String>,
    /// Turning texts into vectors.
    pub embed: Vec<String>,
}

impl RoutesIn {
    /// The order of each task that has a route.
    pub(super) fn each(&self) -> [(Task, &[String]); 10] {
        [
            (Task::Narrate, &self.narrate),
            (Task::Dialogue, &self.dialogue),
            (Task::Generate, &self.generate),
            (Task::Extract, &self.extract),
            (Task::Summarize, &self.summarize),
            (Task::Classify, &self.classify),
            (Task::Outline, &self.outline),
            (Task::Write, &self.write),
            (Task::Critique, &self.critique),
            (Task::Embed, &self.embed),
        ]
    }
}

/// A model that may answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelOut {
    /// Its provider; `oracle` for the oracle.
    pub provider_id: String,
    /// The provider's name.
    pub provider: String,
    /// The model.
    pub model: String,
    /// What stands under its answers.
    pub label: String,
    /// What the provider speaks.
    pub kind: ProviderKind,
    /// Whether what is sent there leaves the house.
    pub outside: bool,
    /// Seconds for which it is left alone because it keeps failing or said so; null while it is asked. As the node that
    /// answers knows.
    pub resting_s: Option<u64>,
}

impl ModelOut {
    pub(super) fn oracle() -> Self {
        Self {
            provider_id: ORACLE.into(),
            provider: ORACLE.into(),
            model: ORACLE.into(),
            label: ORACLE_LABEL.into(),
            kind: ProviderKind::Oracle,
            outside: false,
            resting_s: None,
        }
    }

    pub(super) fn of(stored: &Stored, resting: Resting) -> Self {
        Self {
            resting_s: match resting {
                Resting::No => None,
                Resting::For(left) => Some(left.as_secs().max(1)),
                Resting::Trying => Some(1),
            },
            provider_id: stored.id.to_string(),
            provider: stored.name.clone(),
            model: stored.model.clone(),
            label: label(Some(stored.id), &stored.name, &stored.model),
            kind: stored.dialect.into(),
            outside: stored.outside,
        }
    }
}
