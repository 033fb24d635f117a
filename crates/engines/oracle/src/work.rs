//! What is asked for beside narrating, answered as JSON in the shape that was asked for.

use serde_json::Value;
use skald_kernel::scene::Work;

use crate::answer;

/// Does it.
pub(crate) fn done(work: &Work) -> Value {
    match work {
        Work::Answer { question, pieces } => answer::answer(question, pieces),
    }
}
