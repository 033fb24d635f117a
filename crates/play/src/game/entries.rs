//! What happens in a game, as entries of its timeline.

use serde_json::json;
use skald_kernel::GenerationId;
use skald_table::timeline::{Author, EntryKind, NewEntry};

use crate::rules::{GameState, Happening};

fn rules() -> Author {
    Author::Engine { name: "Rules".into() }
}

/// The entry of something that happened; `before` is the state it happened to.
pub(crate) fn entry_of(happening: &Happening, before: &GameState, generation: Option<GenerationId>) -> NewEntry {
    match happening {
        Happening::Roll { purpose, roll, check, character_id } => {
            let who = character_id.and_then(|id| before.name_of(id)).unwrap_or("Game master");
            NewEntry {
                kind: EntryKind::Roll,
                author: Author::Engine { name: who.to_owned() },
                text: format!("{who}: {purpose}"),
                data: json!({
                    "notation": roll.notation, "dice": roll.dice, "modifier": roll.modifier, "total": roll.total,
                    "purpose": purpose, "seed": roll.seed, "character_id": character_id, "check": check,
                }),
                generation_id: generation,
            }
        }
        Happening::Effect(effect) => {
            let summary = effect.summary(before);
            NewEntry {
                kind: EntryKind::Effect,
                author: rules(),
                text: summary.clone(),
                data: json!({ "effect": effect, "summary": summary }),
                generation_id: generation,
            }
        }
    }
}

/// A note of the program.
pub(crate) fn note(text: impl Into<String>, data: serde_json::Value) -> NewEntry {
    NewEntry {
        kind: EntryKind::System,
        author: Author::Engine { name: "Skald".into() },
        text: text.into(),
        data,
        generation_id: None,
    }
}
