//! Lorebook rules as they come in and go out.

use serde::{Deserialize, Serialize};
use skald_kernel::EntityId;
use utoipa::ToSchema;

use crate::{
    entities::{EntityKind, Visibility},
    words::words,
};

words! {
    /// What the secondary keys of a rule are for.
    Secondary {
        /// One of them must occur too.
        Any = "any",
        /// All of them must occur too.
        All = "all",
        /// None of them may occur.
        Not = "not",
    }

    /// Why a rule fired, or did not.
    LoreReason {
        /// It always does.
        Constant = "constant",
        /// One of its keys occurs.
        Key = "key",
        /// It is switched off.
        Disabled = "disabled",
        /// None of its keys occurs.
        NoKey = "no_key",
        /// The secondary keys are against it.
        Secondary = "secondary",
        /// The dice were against it.
        Chance = "chance",
        /// There is no room for it.
        Budget = "budget",
        /// The viewer may not know the entity.
        Hidden = "hidden",
    }
}

/// When an entity is told about: what a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LoreRuleIn {
    /// Whether it counts at all.
    pub enabled: bool,
    /// At most 30 of at most 100 characters; one must occur, as whole words, whatever its case and accents.
    pub keys: Vec<String>,
    /// The keys are regular expressions, matched whatever the case.
    pub regex: bool,
    /// At most 30 more keys, never regular expressions.
    pub secondary_keys: Vec<String>,
    /// What they are for.
    pub secondary: Secondary,
    /// It needs no key.
    pub constant: bool,
    /// Rules with a lower number come first, and get their room first; -1000 to 1000.
    pub order: i32,
    /// How many of the last texts are looked through, 1 to 50.
    pub depth: u32,
    /// In how many of 100 cases it fires when it could, 0 to 100.
    pub probability: u8,
    /// At most so many tokens of the entity are told, 10 to 4000; a token is four characters.
    pub token_budget: u32,
}

impl Default for LoreRuleIn {
    fn default() -> Self {
        Self {
            enabled: true,
            keys: Vec::new(),
            regex: false,
            secondary_keys: Vec::new(),
            secondary: Secondary::Any,
            constant: false,
            order: 0,
            depth: 4,
            probability: 100,
            token_budget: 200,
        }
    }
}

/// The rule of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoreRuleOut {
    /// The entity.
    pub entity_id: EntityId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Who may see it: nobody else is ever told.
    pub visibility: Visibility,
    /// What the rule says; of an entity without one, what a new one would.
    #[serde(flatten)]
    pub rule: LoreRuleIn,
    /// Counts changes from 1; 0 for an entity without a rule.
    pub version: i64,
}

/// A text to try the rules on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoreTestIn {
    /// At most 20 000 characters. Empty lines part it into texts; the last is the newest.
    pub text: String,
    /// Tokens that all rules together may take, 0 to 20 000; 800 when absent.
    #[serde(default)]
    pub budget: Option<u64>,
    /// For the chances; one is drawn when absent.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Only what this character may know is told.
    #[serde(default)]
    pub character_id: Option<EntityId>,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoreFired {
    /// The entity.
    pub entity_id: EntityId,
    /// Its name.
    pub name: String,
    /// Whether it fired.
    pub fired: bool,
    /// Why, or why not.
    pub reason: LoreReason,
    /// The key that occurred.
    pub key: Option<String>,
    /// The tokens of what is told.
    pub tokens: u64,
    /// What is told.
    pub text: Option<String>,
}

/// What the rules give for a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoreTestOut {
    /// What fired, in the order in which it is told; then what did not.
    pub rules: Vec<LoreFired>,
    /// The tokens of all that fired.
    pub tokens: u64,
    /// What there was room for.
    pub budget: u64,
    /// Gives the same again.
    pub seed: u64,
}
