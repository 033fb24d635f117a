//! What a change would make of a fact, without making it: how a suggestion is checked before anybody decides on it.

use skald_kernel::Result;

use super::{
    dto::{FactIn, FactOut, FactPatch},
    rules,
};
use crate::entities::Named;

/// The ids that a new fact names, if it could be stored.
///
/// # Errors
/// Invalid fields.
pub(crate) fn created(mut input: FactIn) -> Result<Vec<Named>> {
    rules::tidy(&mut input);
    rules::check(&input)?;
    Ok(rules::names(&input, None))
}

/// The ids that a fact names after a patch and did not name before, if it could be stored.
///
/// # Errors
/// Invalid fields.
pub(crate) fn updated(stored: &FactOut, patch: FactPatch) -> Result<Vec<Named>> {
    let before = rules::input_of(stored);
    let mut after = rules::patched(&before, patch)?;
    rules::tidy(&mut after);
    rules::check(&after)?;
    Ok(rules::names(&after, Some(&before)))
}
