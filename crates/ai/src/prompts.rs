//! Prompts are templates in `prompts/<task>/`, built into the binary. A name a template uses and nobody gives is an error,
//! never an empty place. The version is a hash of the sources and goes into every receipt.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;
use sha2::{Digest, Sha256};
use skald_kernel::{Error, Result};

/// A prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The game master's rules: `campaign`, `tools` (whether there are any).
    NarrateSystem,
    /// The scene: `scene`.
    NarrateScene,
    /// How to answer from the canon.
    AskSystem,
    /// What to answer from, and what: `pieces` (`id`, `about`, `text`), `question`.
    AskPieces,
}

impl Template {
    const ALL: [Self; 4] = [Self::NarrateSystem, Self::NarrateScene, Self::AskSystem, Self::AskPieces];

    fn name(self) -> &'static str {
        match self {
            Self::NarrateSystem => "narrate/system.j2",
            Self::NarrateScene => "narrate/scene.j2",
            Self::AskSystem => "extract/ask.j2",
            Self::AskPieces => "extract/pieces.j2",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::NarrateSystem => include_str!("../prompts/narrate/system.j2"),
            Self::NarrateScene => include_str!("../prompts/narrate/scene.j2"),
            Self::AskSystem => include_str!("../prompts/extract/ask.j2"),
            Self::AskPieces => include_str!("../prompts/extract/pieces.j2"),
        }
    }
}

/// Constant after the first use: the templates are part of the program.
static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.unwrap_or_else(|error| panic!("the syntax of templates is broken: {error}")));
    for template in Template::ALL {
        environment
            .add_template(template.name(), template.source())
            .unwrap_or_else(|error| panic!("the template {} is broken: {error}", template.name()));
    }
    environment
});

/// Writes a prompt.
///
/// # Errors
/// Internal, when the template needs something that was not given.
pub fn render(template: Template, given: impl Serialize) -> Result<String> {
    let text = TEMPLATES.get_template(template.name()).and_then(|found| found.render(Serde(given)));
    text.map(|text| text.trim().to_owned()).map_err(Error::internal)
}

/// The version of templates that make one prompt together: a short hash of their sources.
pub fn version(templates: &[Template]) -> String {
    let mut hash = Sha256::new();
    for template in templates {
        hash.update(template.source());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_nobody_gives_is_an_error() {
        assert!(render(Template::NarrateSystem, json!({ "campaign": "Vale" })).is_err());
        assert!(render(Template::NarrateScene, json!({})).is_err());
    }

    #[test]
    fn the_rules_speak_of_tools_only_where_there_are_any() {
        let with = render(Template::NarrateSystem, json!({ "campaign": "The Vale", "tools": true })).unwrap();
        let without = render(Template::NarrateSystem, json!({ "campaign": "The Vale", "tools": false })).unwrap();
        assert!(with.contains("\"The Vale\"") && with.contains("call the tool"), "{with}");
        assert!(!without.contains("call the tool"), "{without}");
        assert!(!with.contains("\n\n\n"), "{with}");
    }

    #[test]
    fn a_version_tells_templates_apart_and_stays_the_same() {
        let one = version(&[Template::NarrateSystem]);
        assert_eq!(one, version(&[Template::NarrateSystem]));
        assert_ne!(one, version(&[Template::NarrateScene]));
        assert_eq!(one.len(), 12);
    }
}
