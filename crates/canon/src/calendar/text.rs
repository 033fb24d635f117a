//! Dates as text, and text as dates. The web has the same rules in `web/src/features/calendar/text.ts`; both are held to one
//! table of cases, `web/src/features/calendar/cases.json`.

use super::{
    dto::{Calendar, Era},
    rules::Date,
};

/// How much of a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `12 Harvest 998 AR`.
    Short,
    /// `Moonday, 12 Harvest 998 After the Return`.
    Long,
    /// `12 Harvest 998 AR, 14:05`.
    Time,
}

impl Calendar {
    /// The date of a minute of story time, in words.
    pub fn format(&self, minute: i64, style: Style) -> String {
        let date = self.date(minute);
        let (year, era) = self.year_of_era(date.year);
        let era = era.map_or("", |era| if style == Style::Long { &era.name } else { &era.short });
        let month = &self.months[(date.month - 1) as usize].name;
        let day = format!("{} {month} {year} {era}", date.day);
        let day = day.trim_end();
        match (style, date.weekday) {
            (Style::Long, Some(weekday)) => format!("{}, {day}", self.weekdays[(weekday - 1) as usize]),
            (Style::Long, None) | (Style::Short, _) => day.to_owned(),
            (Style::Time, _) => format!("{day}, {:02}:{:02}", date.hour, date.minute),
        }
    }

    /// The minute that a text names: a date as [`Calendar::format`] writes it, with or without a time, in any case of
    /// letters; or `year-month-day`, where the year is its number.
    pub fn parse(&self, text: &str) -> Option<i64> {
        let text = text.trim().to_lowercase();
        let text = match text.split_once(", ") {
            Some((day, rest)) if self.weekdays.iter().any(|name| name.to_lowercase() == day) => rest,
            _ => &text,
        };
        let (day, time) = match text.rsplit_once([' ', ',']) {
            Some((day, time)) if time.contains(':') => (day.trim_end_matches([' ', ',']), Some(time)),
            _ => (text, None),
        };
        let (hour, minute) = match time {
            None => (0, 0),
            Some(time) => {
                let (hour, minute) = time.split_once(':')?;
                (number(hour)?, number(minute)?)
            }
        };
        let at = |year, month, day| self.minute(&Date { year, month, day, hour, minute, weekday: None });
        if let Some((year, month, day)) = numbers(day) {
            return at(year, month, day);
        }
        let (of_month, rest) = day.split_once(' ')?;
        let of_month = number(of_month)?;
        self.months.iter().zip(1..).find_map(|(month, n)| {
            let year = rest.strip_prefix(&month.name.to_lowercase())?.strip_prefix(' ')?;
            at(self.read_year(year)?, n, of_month)
        })
    }

    /// The number of a year within its era, and the era.
    pub fn year_of_era(&self, year: i64) -> (i64, Option<&Era>) {
        let Some(n) = self.eras.iter().rposition(|era| era.from.is_none_or(|from| from <= year)) else {
            return (year, None);
        };
        let era = &self.eras[n];
        let next = self.eras.get(n + 1).and_then(|next| next.from);
        let number = match (era.backwards, next, era.from) {
            (true, Some(next), _) => next - year,
            (_, _, Some(from)) => year - from + 1,
            _ => year,
        };
        (number, Some(era))
    }

    /// The year that a text names; where there are eras and it names none, the latest is meant.
    fn read_year(&self, text: &str) -> Option<i64> {
        let (number_of, name) = text.split_once(' ').unwrap_or((text, ""));
        let number_of = number(number_of)?;
        if self.eras.is_empty() {
            return name.is_empty().then_some(number_of);
        }
        let n = match name {
            "" => self.eras.len() - 1,
            name => {
                self.eras.iter().position(|era| [&era.short, &era.name].iter().any(|n| n.to_lowercase() == name))?
            }
        };
        let era = &self.eras[n];
        let year = match (era.backwards, self.eras.get(n + 1).and_then(|next| next.from), era.from) {
            (true, Some(next), _) => next.checked_sub(number_of)?,
            (_, _, Some(from)) => number_of.checked_add(from - 1)?,
            _ => number_of,
        };
        // A year that another era has is no year of this one.
        (self.year_of_era(year).1 == Some(era)).then_some(year)
    }
}

/// `year-month-day`, where the year may be negative.
fn numbers(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.rsplitn(3, '-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Some((number(year)?, number(month)?, number(day)?))
}

/// Digits, with a minus before them at most.
fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::calendar::{CalendarIn, Epoch, FARTHEST, Leap, Month, rules::check};

    /// Calendars and dates in them, which the web is held to as well.
    #[derive(Deserialize)]
    struct Table {
        calendar: Calendar,
        dates: Vec<Row>,
        reads: Vec<(String, Option<i64>)>,
    }

    #[derive(Deserialize)]
    struct Row {
        minute: i64,
        parts: [i64; 5],
        short: String,
        long: String,
        time: String,
    }

    #[test]
    fn dates_are_written_and_read_as_the_table_says() {
        let tables: Vec<Table> =
            serde_json::from_str(include_str!("../../../../web/src/features/calendar/cases.json")).unwrap();
        for Table { calendar, dates, reads } in tables {
            check(&CalendarIn { definition: calendar.clone(), present: None }).unwrap();
            for row in dates {
                let date = calendar.date(row.minute);
                let parts = [date.year, date.month, date.day, date.hour, date.minute];
                assert_eq!(parts, row.parts, "{} of {}", row.minute, calendar.name);
                assert_eq!(calendar.minute(&date), Some(row.minute));
                let written = [Style::Short, Style::Long, Style::Time].map(|style| calendar.format(row.minute, style));
                assert_eq!(written, [row.short, row.long, row.time], "{} of {}", row.minute, calendar.name);
            }
            for (text, minute) in reads {
                assert_eq!(calendar.parse(&text), minute, "{text} in {}", calendar.name);
            }
        }
    }

    #[test]
    fn the_first_calendar_is_valid_and_a_wrong_one_is_told_field_by_field() {
        let good = CalendarIn { definition: Calendar::default(), present: Some(0) };
        check(&good).unwrap();
        let with = |change: fn(&mut Calendar)| {
            let mut input = good.clone();
            change(&mut input.definition);
            check(&input).unwrap_err().fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect::<Vec<_>>()
        };
        for (change, field, code) in [
            ((|c| c.months.clear()) as fn(&mut Calendar), "definition.months", "out_of_range"),
            (|c| c.months[1].days = 0, "definition.months.1.days", "out_of_range"),
            (|c| c.months[1].name = "march".into(), "definition.months.2.name", "taken"),
            (|c| c.weekdays[0] = "a, b".into(), "definition.weekdays.0", "unreadable"),
            (|c| c.leap.as_mut().unwrap().except = Some(50), "definition.leap.except", "out_of_range"),
            (|c| c.leap.as_mut().unwrap().month = 13, "definition.leap.month", "out_of_range"),
            (|c| c.epoch.day = 32, "definition.epoch.day", "out_of_range"),
            (|c| c.epoch.weekday = 8, "definition.epoch.weekday", "out_of_range"),
            (|c| c.hours_per_day = 0, "definition.hours_per_day", "out_of_range"),
            (
                |c| c.eras.push(Era { name: "A".into(), short: "A".into(), from: Some(1), backwards: false }),
                "definition.eras.0.from",
                "out_of_range",
            ),
        ] {
            assert!(with(change).contains(&(field.into(), code.into())), "{field}: {:?}", with(change));
        }
    }

    fn calendars() -> impl Strategy<Value = Calendar> {
        let leap = (1..12_i64, 1..12_i64, 1..12_i64, 0..3, 1..100_i64).prop_map(|(every, a, b, how, days)| Leap {
            every,
            except: (how > 0).then_some(every * a),
            unless: (how > 1).then_some(every * a * b),
            month: 1,
            days,
        });
        let months = proptest::collection::vec(1..60_i64, 1..14);
        let eras = proptest::option::of((-5_000..5_000_i64, any::<bool>()));
        (months, proptest::option::of(leap), 0..9_usize, 1..40_i64, 1..100_i64, -2_000..2_000_i64, eras).prop_map(
            |(months, leap, week, hours_per_day, minutes_per_hour, year, eras)| Calendar {
                name: "Any".into(),
                months: months
                    .iter()
                    .enumerate()
                    .map(|(n, days)| Month { name: format!("Moon {n}"), days: *days })
                    .collect(),
                weekdays: (0..week).map(|n| format!("Day {n}")).collect(),
                leap,
                eras: eras.map_or_else(Vec::new, |(from, backwards)| {
                    vec![
                        Era { name: "The age before".into(), short: "AB".into(), from: None, backwards },
                        Era { name: "This age".into(), short: "TA".into(), from: Some(from), backwards: false },
                    ]
                }),
                hours_per_day,
                minutes_per_hour,
                epoch: Epoch { year, month: 1, day: 1, weekday: 1 },
            },
        )
    }

    proptest! {
        #[test]
        fn every_minute_is_a_date_that_reads_back(
            calendar in calendars(),
            minute in prop_oneof![-FARTHEST..=FARTHEST, -50_000_000..50_000_000_i64],
        ) {
            check(&CalendarIn { definition: calendar.clone(), present: None }).unwrap();
            let date = calendar.date(minute);
            prop_assert_eq!(calendar.minute(&date), Some(minute));
            prop_assert_eq!(calendar.parse(&calendar.format(minute, Style::Time)), Some(minute));
            let begins = minute - minute.rem_euclid(calendar.minutes_per_day());
            if begins >= -FARTHEST {
                for style in [Style::Short, Style::Long] {
                    prop_assert_eq!(calendar.parse(&calendar.format(minute, style)), Some(begins));
                }
            }
        }

        #[test]
        fn the_day_after_is_the_next_of_the_month_or_the_first(calendar in calendars(), day in -100_000..100_000_i64) {
            let (today, next) =
                (calendar.date(day * calendar.minutes_per_day()), calendar.date((day + 1) * calendar.minutes_per_day()));
            let last = calendar.month_days(today.year, today.month) == today.day;
            let expected = match (last, today.month == calendar.months.len() as i64) {
                (false, _) => (today.year, today.month, today.day + 1),
                (true, false) => (today.year, today.month + 1, 1),
                (true, true) => (today.year + 1, 1, 1),
            };
            prop_assert_eq!((next.year, next.month, next.day), expected);
        }
    }
}
