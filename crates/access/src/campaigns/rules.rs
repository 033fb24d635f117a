//! Pure rules of campaigns.

use skald_kernel::{Result, error::Fields};

const NAME: usize = 120;
const DESCRIPTION: usize = 4000;
const OPENING: usize = 8000;

/// Checks what is given of a campaign.
pub(super) fn check(name: Option<&str>, description: Option<&str>) -> Result<()> {
    let mut fields = Fields::default();
    if let Some(name) = name {
        fields.text("name", name, NAME);
    }
    if let Some(description) = description {
        fields.at_most("description", description, DESCRIPTION);
    }
    fields.check()
}

/// Checks the words a game begins with.
pub(super) fn check_opening(text: &str) -> Result<()> {
    Fields::default().text("opening", text, OPENING).check()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaign_needs_a_name_of_a_bearable_length() {
        for (name, description, good) in [
            (Some("Vale"), Some(""), true),
            (None, None, true),
            (Some(" "), None, false),
            (Some(&*"v".repeat(121)), None, false),
            (None, Some(&*"v".repeat(4001)), false),
        ] {
            assert_eq!(check(name, description).is_ok(), good, "{name:?}");
        }
    }
}
