//! What a change would make of a relationship, without making it: how a suggestion is checked before anybody decides on it.

use skald_kernel::Result;

use super::{
    dto::{RelationshipIn, RelationshipOut, RelationshipPatch},
    rules,
};
use crate::entities::Named;

/// The ids that a new relationship names, if it could be stored.
///
/// # Errors
/// Invalid fields.
pub(crate) fn created(mut input: RelationshipIn) -> Result<Vec<Named>> {
    input.kind = input.kind.trim().to_owned();
    rules::check(&input)?;
    Ok(rules::names(&input).into())
}

/// Whether a relationship could be stored after a patch.
///
/// # Errors
/// Invalid fields.
pub(crate) fn updated(stored: &RelationshipOut, patch: RelationshipPatch) -> Result<()> {
    let mut after = rules::patched(&rules::input_of(stored), patch)?;
    after.kind = after.kind.trim().to_owned();
    rules::check(&after)
}
