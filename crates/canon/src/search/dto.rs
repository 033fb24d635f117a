//! What is asked for and what is found.

use serde::{Deserialize, Serialize};
use skald_kernel::{EntityId, FactId};
use utoipa::{IntoParams, ToSchema};

use crate::{
    entities::{EntityKind, Subtype},
    words::words,
};

words! {
    /// Why something was found.
    Why {
        /// It is called so, or begins so.
        Name = "name",
        /// Its name is written nearly so.
        Spelling = "spelling",
        /// Its name sounds so.
        Sound = "sound",
        /// Its text says so.
        Body = "body",
        /// A fact about it says so.
        Fact = "fact",
    }
}

/// What somebody is typing or has heard.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// The name, or its beginning; when it is empty, what is at hand and what changed last. At most 200 characters.
    pub q: Option<String>,
    /// Of these kinds only, parted by commas.
    pub kind: Option<String>,
    /// Ids of entities that are on the page or at the table, parted by commas: they and what is related to them come first.
    pub context: Option<String>,
    /// Whether it was heard rather than typed.
    #[serde(default)]
    pub spoken: bool,
    /// At most so many, 1 to 50; 8 when absent.
    pub limit: Option<u64>,
}

/// An entity that may be meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// The entity.
    pub id: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// For characters.
    pub subtype: Option<Subtype>,
    /// Its name.
    pub name: String,
    /// In short.
    pub summary: String,
    /// The other name that fits, when it is not the name itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// Why it may be meant.
    pub why: Why,
    /// How well it fits, 0 to 1.
    pub score: f32,
}

/// What may be meant, the likeliest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// The entities.
    pub items: Vec<Suggestion>,
}

/// What is looked for, and which page of it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Names as they are written or heard, and words of texts; `"a phrase"`, `begin*`, `-without`, `kind:item`, `tag:old`,
    /// `in:"a place"`, `by:author`, `before:2026-03-01`, `after:2026`. At most 500 characters.
    pub q: Option<String>,
    /// Of these kinds only, parted by commas.
    pub kind: Option<String>,
    /// With all of these tags only, parted by commas.
    pub tag: Option<String>,
    /// Hits, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Piece {
    /// Plain text, not markup.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// An entity that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// The entity.
    pub id: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// For characters.
    pub subtype: Option<Subtype>,
    /// Its name.
    pub name: String,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// The other name that fits, when it is not the name itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<String>,
    /// Why it was found.
    pub why: Why,
    /// The fact that says so, for `fact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<FactId>,
    /// What its text or the fact says around it; the beginning of its text when only the name was found.
    pub snippet: Vec<Piece>,
}

/// How many hits have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetCount {
    /// The kind or tag.
    pub value: String,
    /// How many hits have it.
    pub count: u64,
}

/// What the hits have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// Their kinds, the most frequent first.
    pub kinds: Vec<FacetCount>,
    /// Their tags, the most frequent first; at most 30.
    pub tags: Vec<FacetCount>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchOut {
    /// One page of hits, the best first.
    pub items: Vec<Hit>,
    /// Ask for the next page with it; null at the end.
    pub next_cursor: Option<String>,
    /// How many entities were found.
    pub total: u64,
    /// Whether there may be more: only the newest texts of very many are counted.
    pub more: bool,
    /// What all hits have in common.
    pub facets: Facets,
    /// The name that was probably meant, when nothing is called quite so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// Parts of the query that could not be read and were left out.
    pub ignored: Vec<String>,
}
