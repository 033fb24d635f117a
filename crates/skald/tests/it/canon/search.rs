//! Search through the door: what is found, by whom, and how soon after it was written.

mod names;
mod texts;

use super::*;

/// A text as a query's value.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
