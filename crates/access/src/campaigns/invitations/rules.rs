//! Pure rules of invitations.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use skald_kernel::{Result, error::Fields};

use super::dto::InvitationIn;

const HOURS: std::ops::RangeInclusive<i64> = 1..=8760;
const USUAL_HOURS: i64 = 168;
const USES: std::ops::RangeInclusive<i32> = 1..=1000;

/// When an invitation ends, if it may be made at all.
pub(super) fn expiry(input: &InvitationIn, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let hours = input.expires_in_hours.unwrap_or(USUAL_HOURS);
    let mut fields = Fields::default();
    if !HOURS.contains(&hours) {
        fields.add("expires_in_hours", "out_of_range", "Between 1 and 8760 hours, which is a year.");
    }
    if input.max_uses.is_some_and(|uses| !USES.contains(&uses)) {
        fields.add("max_uses", "out_of_range", "Between 1 and 1000, or leave it out.");
    }
    fields.check()?;
    Ok(now + TimeDelta::hours(hours))
}

/// A code from 18 random bytes: 24 letters, digits, `-` and `_`.
pub(super) fn code(random: [u8; 18]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// What decides whether an invitation still holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) uses: i32,
    pub(super) max_uses: Option<i32>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) revoked: bool,
}

impl Standing {
    /// Whether somebody may still follow it.
    pub(super) fn holds(self, now: DateTime<Utc>) -> bool {
        !self.revoked
            && self.max_uses.is_none_or(|most| self.uses < most)
            && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use skald_kernel::Role;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn an_invitation_holds_until_it_is_used_up_expired_or_revoked() {
        let hour = TimeDelta::hours(1);
        let good = Standing { uses: 1, max_uses: Some(2), expires_at: Some(now() + hour), revoked: false };
        for (standing, holds) in [
            (good, true),
            (Standing { max_uses: None, uses: 999, ..good }, true),
            (Standing { expires_at: None, ..good }, true),
            (Standing { uses: 2, ..good }, false),
            (Standing { expires_at: Some(now()), ..good }, false),
            (Standing { revoked: true, ..good }, false),
        ] {
            assert_eq!(standing.holds(now()), holds, "{standing:?}");
        }
    }

    #[test]
    fn an_invitation_lasts_a_week_unless_said() {
        let input = |max_uses, expires_in_hours| InvitationIn { role: Role::Player, max_uses, expires_in_hours };
        assert_eq!(expiry(&input(None, None), now()).unwrap(), now() + TimeDelta::days(7));
        assert_eq!(expiry(&input(Some(1), Some(1)), now()).unwrap(), now() + TimeDelta::hours(1));
        let error = expiry(&input(Some(0), Some(0)), now()).unwrap_err();
        assert_eq!(error.fields().len(), 2);
        assert!(expiry(&input(None, Some(i64::MAX)), now()).is_err());
    }

    #[test]
    fn a_code_is_long_and_fits_a_link() {
        let code = code([255; 18]);
        assert_eq!(code.len(), 24);
        assert!(code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
    }
}
