//! What a change would make of an entity, without making it: how a suggestion is checked before anybody decides on it.

use std::collections::HashSet;

use skald_kernel::{EntityId, Result};

use super::{
    dto::{EntityIn, EntityOut, EntityPatch},
    rules::{self, Named},
};

/// A new entity that could be stored, and the ids it names.
///
/// # Errors
/// Invalid fields.
pub(crate) fn created(mut input: EntityIn) -> Result<(EntityIn, Vec<Named>)> {
    rules::tidy(&mut input);
    rules::check(&input)?;
    let names = rules::names(&input, None);
    Ok((input, names))
}

/// An entity after a patch, and the ids it names that it did not name before.
///
/// # Errors
/// Invalid fields.
pub(crate) fn updated(stored: &EntityOut, patch: EntityPatch) -> Result<(EntityIn, Vec<Named>)> {
    let before = rules::input_of(stored);
    let mut after = rules::patched(&before, patch)?;
    rules::tidy(&mut after);
    rules::check(&after)?;
    let names = rules::names(&after, Some(&before));
    Ok((after, names))
}

/// What in the fields of an entity reads as an id and did not stand there before.
pub(crate) fn ids_in_fields(after: &EntityIn, before: Option<&EntityOut>) -> Vec<EntityId> {
    let (mut ids, mut known) = (HashSet::new(), HashSet::new());
    rules::ids_in(&after.fields, &mut ids);
    if let Some(before) = before {
        rules::ids_in(&before.fields, &mut known);
    }
    ids.difference(&known).map(|id| EntityId(*id)).collect()
}
