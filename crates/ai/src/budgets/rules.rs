//! What is decided without a database: periods, whether an amount fits, how much a request can take.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use skald_kernel::model::{Message, ModelRequest};

use super::{Amount, Applying, Period, Scope};
use crate::prices::dollars;

/// Tokens of an answer nobody limited; where a budget applies, the answer is limited to them.
pub(crate) const USUAL_OUTPUT: u32 = 4096;
/// Tokens an image may count as.
const IMAGE: u64 = 2_000;
/// Tokens around a message: its role and its marks.
const AROUND: u64 = 8;

impl Period {
    /// The word of the period that holds a moment: `2026-11-21` or `2026-11`, in UTC.
    pub(crate) fn word(self, now: DateTime<Utc>) -> String {
        now.format(if self == Self::Day { "%Y-%m-%d" } else { "%Y-%m" }).to_string()
    }

    /// When the next one begins.
    pub(crate) fn renews(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.date_naive();
        let next = match self {
            Self::Day => today.checked_add_days(Days::new(1)),
            Self::Month => first(today).checked_add_months(Months::new(1)),
        };
        next.unwrap_or(today).and_time(chrono::NaiveTime::MIN).and_utc()
    }
}

fn first(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Whether another amount fits into what is left. A limit that the amount does not touch never refuses it: what costs
/// nothing may be asked for when the money is spent.
pub(super) fn fits(budget: &Applying, more: Amount) -> bool {
    let left = |limit: Option<i64>, spent: i64, reserved: i64, more: i64| {
        limit.is_none_or(|limit| more == 0 || spent.saturating_add(reserved).saturating_add(more) <= limit)
    };
    let (limit, spent, reserved) = (&budget.limits, budget.spent, budget.reserved);
    left(limit.nano, spent.nano, reserved.nano, more.nano)
        && left(limit.calls, spent.calls, reserved.calls, more.calls)
        && left(limit.tokens, spent.tokens, reserved.tokens, more.tokens)
}

/// Which budget does not cover a request, and when it renews, for whoever asked.
pub(super) fn refusal(budget: &Applying, more: Amount, now: DateTime<Utc>) -> String {
    let mut limits = Vec::new();
    limits.extend(budget.limits.nano.map(dollars));
    limits.extend(budget.limits.calls.map(|calls| format!("{calls} calls")));
    limits.extend(budget.limits.tokens.map(|tokens| format!("{tokens} tokens")));
    let needs =
        if more.nano > 0 { format!(" This request may take up to {}.", dollars(more.nano)) } else { String::new() };
    format!(
        "{} of {} does not cover another request.{needs} It renews on {} UTC.",
        title(budget),
        limits.join(", "),
        budget.period.renews(now).format("%Y-%m-%d %H:%M")
    )
}

/// What a budget is called.
pub(super) fn title(budget: &Applying) -> String {
    let each = if budget.period == Period::Day { "daily" } else { "monthly" };
    match budget.scope {
        Scope::Site => format!("The site's {each} budget"),
        Scope::User => format!("Your {each} budget"),
        Scope::Campaign => format!("The campaign's {each} budget"),
    }
}

/// Tokens the prompt may count as: more than it will, since what is reserved must cover it. A token of prose has about four
/// letters; three bytes each also covers code and scripts with long letters.
pub(crate) fn most_input(request: &ModelRequest) -> u64 {
    let images: usize = request.messages.iter().map(images).sum();
    let messages = request.messages.len() as u64;
    sent_bytes(request).div_ceil(3) + messages * AROUND + images as u64 * IMAGE
}

/// Bytes of the texts and tools of a request: what leaves the house, its framing and pictures aside.
pub(crate) fn sent_bytes(request: &ModelRequest) -> u64 {
    let said = request.messages.iter().map(|message| match message {
        Message::System { text } | Message::User { text, .. } => text.len(),
        Message::Assistant { text, tool_calls } => {
            text.len() + tool_calls.iter().map(|call| call.name.len() + call.arguments.len()).sum::<usize>()
        }
        Message::Tool { content, .. } => content.len(),
    });
    let tools = if request.tools.is_empty() { 0 } else { serde_json::json!(request.tools).to_string().len() };
    let schema = request.schema.as_ref().map_or(0, |schema| schema.schema.to_string().len());
    (said.sum::<usize>() + tools + schema) as u64
}

pub(crate) fn images(message: &Message) -> usize {
    if let Message::User { images, .. } = message { images.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::Limits;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn budget(limits: Limits, spent: Amount, reserved: Amount) -> Applying {
        Applying {
            id: uuid::Uuid::nil(),
            scope: Scope::Site,
            period: Period::Month,
            limits,
            allow_unknown: false,
            word: "2026-11".into(),
            counted: true,
            spent,
            reserved,
        }
    }

    #[test]
    fn periods_have_words_and_renew_at_midnight_utc() {
        for (period, now, word, renews) in [
            (Period::Day, "2026-11-21T23:59:59Z", "2026-11-21", "2026-11-22T00:00:00Z"),
            (Period::Day, "2026-12-31T00:00:00Z", "2026-12-31", "2027-01-01T00:00:00Z"),
            (Period::Month, "2026-11-21T10:00:00Z", "2026-11", "2026-12-01T00:00:00Z"),
            (Period::Month, "2026-12-31T23:00:00Z", "2026-12", "2027-01-01T00:00:00Z"),
            (Period::Month, "2027-01-31T23:00:00Z", "2027-01", "2027-02-01T00:00:00Z"),
        ] {
            assert_eq!((period.word(at(now)).as_str(), period.renews(at(now))), (word, at(renews)), "{now}");
        }
    }

    #[test]
    fn an_amount_fits_up_to_each_limit_and_not_beyond() {
        let spent = Amount { nano: 60, calls: 2, tokens: 100 };
        let reserved = Amount { nano: 30, calls: 1, tokens: 50 };
        let (none, nano) = (Limits::default(), |nano| Limits { nano: Some(nano), ..Limits::default() });
        for (limits, more, fits_in) in [
            (none, Amount { nano: i64::MAX, calls: i64::MAX, tokens: i64::MAX }, true),
            (nano(100), Amount { nano: 10, calls: 1, tokens: 1 }, true),
            (nano(100), Amount { nano: 11, calls: 1, tokens: 1 }, false),
            (nano(50), Amount { nano: 0, calls: 1, tokens: 1 }, true),
            (Limits { calls: Some(3), ..none }, Amount { nano: 0, calls: 1, tokens: 1 }, false),
            (Limits { calls: Some(4), ..none }, Amount { nano: 0, calls: 1, tokens: 1 }, true),
            (Limits { tokens: Some(150), ..none }, Amount { nano: 0, calls: 1, tokens: 1 }, false),
        ] {
            assert_eq!(fits(&budget(limits, spent, reserved), more), fits_in, "{limits:?} {more:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_budget_its_limits_and_when_it_renews() {
        let limits = Limits { nano: Some(5_000_000_000), calls: Some(10), tokens: None };
        let said = refusal(
            &budget(limits, Amount::default(), Amount::default()),
            Amount { nano: 20_000_000, calls: 1, tokens: 1 },
            at("2026-11-21T10:00:00Z"),
        );
        assert_eq!(
            said,
            "The site's monthly budget of $5.00, 10 calls does not cover another request. This request may take up to \
             $0.0200. It renews on 2026-12-01 00:00 UTC."
        );
    }
}
