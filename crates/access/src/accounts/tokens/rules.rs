//! Pure rules of personal access tokens.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use skald_kernel::{Result, error::Fields};

use super::dto::AccessTokenIn;

/// What every token begins with, so that it is told from an access token, and found where it was written by mistake.
const PREFIX: &str = "skald_pat_";
const NAME: usize = 80;
const DAYS: RangeInclusive<i64> = 1..=365;
const USUAL_DAYS: i64 = 90;
/// Tokens of one account at most.
pub(super) const AT_MOST: i64 = 50;
/// How exactly the last use is known.
pub(super) const USE_STEP: TimeDelta = TimeDelta::minutes(1);

/// A token from 32 random bytes: 74 letters, digits and `_`.
pub(super) fn token(random: [u8; 32]) -> String {
    format!("{PREFIX}{}", hex::encode(random))
}

/// Whether what was sent means to be a personal access token.
pub(crate) fn is_one(bearer: &str) -> bool {
    bearer.starts_with(PREFIX)
}

/// How a token is stored.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// When a token ends, if it may be made at all; nothing for one without end.
pub(super) fn expiry(input: &AccessTokenIn, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let mut fields = Fields::default();
    fields.text("name", &input.name, NAME);
    if input.name.chars().any(char::is_control) {
        fields.add("name", "wrong_characters", "No line breaks or other control characters.");
    }
    let days = input.expires_in_days.unwrap_or(Some(USUAL_DAYS));
    if days.is_some_and(|days| !DAYS.contains(&days)) {
        fields.add("expires_in_days", "out_of_range", "Between 1 and 365 days, or null for a token without end.");
    }
    fields.check()?;
    Ok(days.map(|days| now + TimeDelta::days(days)))
}

/// Whether a token still holds.
pub(super) fn holds(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    expires_at.is_none_or(|end| now < end)
}

/// Whether the last use is worth writing down again.
pub(super) fn is_news(last_used_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last_used_at.is_none_or(|last| now - last >= USE_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::tokens::TokenScope;

    fn asked(name: &str, days: Option<Option<i64>>) -> AccessTokenIn {
        AccessTokenIn { name: name.into(), scope: TokenScope::Read, campaign_id: None, expires_in_days: days }
    }

    #[test]
    fn a_token_is_long_and_known_by_its_beginning() {
        let token = token([0xab; 32]);
        assert_eq!((token.len(), is_one(&token)), (74, true));
        for other in ["", "skald_pat", "eyJhbGciOi.e30.x", " skald_pat_ab"] {
            assert!(!is_one(other), "{other}");
        }
        assert_eq!(hash(&token).len(), 32);
    }

    #[test]
    fn a_token_lasts_ninety_days_unless_asked_and_a_year_at_most() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for (days, wanted) in
            [(None, Some(90)), (Some(Some(1)), Some(1)), (Some(Some(365)), Some(365)), (Some(None), None)]
        {
            let end = expiry(&asked("Notes", days), now).unwrap();
            assert_eq!(end, wanted.map(|days| now + TimeDelta::days(days)), "{days:?}");
        }
        for days in [0, -1, 366, i64::MAX] {
            assert_eq!(expiry(&asked("Notes", Some(Some(days))), now).unwrap_err().fields()[0].code, "out_of_range");
        }
        for name in ["", "  ", "a\nb", &"x".repeat(81)] {
            assert_eq!(expiry(&asked(name, None), now).unwrap_err().fields()[0].field, "name", "{name:?}");
        }
    }

    #[test]
    fn a_token_ends_on_the_second_and_its_use_is_written_by_the_minute() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let second = TimeDelta::seconds(1);
        for (end, wanted) in [(None, true), (Some(now + second), true), (Some(now), false), (Some(now - second), false)]
        {
            assert_eq!(holds(end, now), wanted, "{end:?}");
        }
        for (last, wanted) in [(None, true), (Some(now - USE_STEP), true), (Some(now - USE_STEP + second), false)] {
            assert_eq!(is_news(last, now), wanted, "{last:?}");
        }
    }

    #[test]
    fn a_scope_that_is_not_known_only_reads() {
        for scope in [TokenScope::Read, TokenScope::Write] {
            assert_eq!(TokenScope::parse(scope.as_str()), scope);
        }
        assert_eq!(TokenScope::parse("everything"), TokenScope::Read);
    }
}
