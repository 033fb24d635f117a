//! What a valid calendar is, and minutes as parts of a date and back. Pure.

use std::collections::HashSet;

use skald_kernel::{Result, error::Fields};

use super::dto::{Calendar, CalendarIn};

/// The farthest minute of story time from the epoch: 17 thousand million years, and exact in a browser's numbers.
pub const FARTHEST: i64 = 9_000_000_000_000_000;

const NAME: usize = 60;
const SHORT: usize = 12;
const EPOCH_YEAR: i64 = 1_000_000_000;

/// A moment as a calendar counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The number of the year, eras left out of account.
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// From 0.
    pub hour: i64,
    /// Minute of the hour, from 0.
    pub minute: i64,
    /// From 1; none where weeks are not counted.
    pub weekday: Option<i64>,
}

impl Calendar {
    /// Minutes of a day.
    pub fn minutes_per_day(&self) -> i64 {
        self.hours_per_day * self.minutes_per_hour
    }

    /// The date of a minute of story time.
    pub fn date(&self, minute: i64) -> Date {
        let per_day = self.minutes_per_day();
        let (days, rest) = (minute.div_euclid(per_day), minute.rem_euclid(per_day));
        let (year, mut left) = self.year_of(days + self.epoch_day());
        let mut month = 1;
        while left >= self.month_days(year, month) {
            left -= self.month_days(year, month);
            month += 1;
        }
        let weeks = self.weekdays.len() as i64;
        Date {
            year,
            month,
            day: left + 1,
            hour: rest / self.minutes_per_hour,
            minute: rest % self.minutes_per_hour,
            weekday: (weeks > 0).then(|| (self.epoch.weekday - 1 + days).rem_euclid(weeks) + 1),
        }
    }

    /// The minute of a date, whose weekday is not looked at; none where there is no such date.
    pub fn minute(&self, date: &Date) -> Option<i64> {
        let near = date.year.unsigned_abs() <= FARTHEST.unsigned_abs();
        let there = near
            && (1..=self.months.len() as i64).contains(&date.month)
            && (1..=self.month_days(date.year, date.month)).contains(&date.day)
            && (0..self.hours_per_day).contains(&date.hour)
            && (0..self.minutes_per_hour).contains(&date.minute);
        if !there {
            return None;
        }
        let day = self.day_number(date.year, date.month, date.day) - i128::from(self.epoch_day());
        let minute = day * i128::from(self.minutes_per_day())
            + i128::from(date.hour) * i128::from(self.minutes_per_hour)
            + i128::from(date.minute);
        i64::try_from(minute).ok().filter(|minute| minute.unsigned_abs() <= FARTHEST.unsigned_abs())
    }

    /// The days of a month in a year.
    pub fn month_days(&self, year: i64, month: i64) -> i64 {
        let longer = self.leap.as_ref().filter(|leap| leap.month == month && self.is_leap(year));
        self.months[(month - 1) as usize].days + longer.map_or(0, |leap| leap.days)
    }

    /// Whether a year is longer.
    pub fn is_leap(&self, year: i64) -> bool {
        self.leap.as_ref().is_some_and(|leap| {
            let by = |n: Option<i64>| n.is_some_and(|n| year.rem_euclid(n) == 0);
            by(Some(leap.every)) && (!by(leap.except) || by(leap.unless))
        })
    }

    fn ordinary_days(&self) -> i64 {
        self.months.iter().map(|month| month.days).sum()
    }

    /// Days from the first of year 0 to the first of `year`.
    fn year_begins(&self, year: i64) -> i128 {
        let leaps = |n: Option<i64>| n.map_or(0, |n| i128::from((year - 1).div_euclid(n)) + 1);
        let longer = self.leap.as_ref().map_or(0, |leap| {
            i128::from(leap.days) * (leaps(Some(leap.every)) - leaps(leap.except) + leaps(leap.unless))
        });
        i128::from(year) * i128::from(self.ordinary_days()) + longer
    }

    fn day_number(&self, year: i64, month: i64, day: i64) -> i128 {
        let months: i64 = (1..month).map(|month| self.month_days(year, month)).sum();
        self.year_begins(year) + i128::from(months + day - 1)
    }

    /// The epoch's day number; the check of a calendar keeps it small.
    fn epoch_day(&self) -> i64 {
        self.day_number(self.epoch.year, self.epoch.month, self.epoch.day) as i64
    }

    /// The year that a day number lies in, and the days since it began.
    fn year_of(&self, day: i64) -> (i64, i64) {
        // After this many years everything repeats.
        let cycle = self.leap.as_ref().map_or(1, |leap| leap.unless.or(leap.except).unwrap_or(leap.every));
        let cycle_days = self.year_begins(cycle) - self.year_begins(0);
        let base = i128::from(day).div_euclid(cycle_days) as i64 * cycle;
        let (mut low, mut high) = (base, base + cycle - 1);
        while low < high {
            let middle = low + (high - low + 1) / 2;
            if self.year_begins(middle) <= i128::from(day) { low = middle } else { high = middle - 1 }
        }
        (low, (i128::from(day) - self.year_begins(low)) as i64)
    }
}

pub(super) fn check(input: &CalendarIn) -> Result<()> {
    let mut wrong = Fields::default();
    let calendar = &input.definition;
    let mut between = |field: &str, value: i64, least: i64, most: i64| {
        if !(least..=most).contains(&value) {
            wrong.add(field, "out_of_range", format!("Between {least} and {most}."));
        }
    };
    between("definition.months", calendar.months.len() as i64, 1, 60);
    between("definition.weekdays", calendar.weekdays.len() as i64, 0, 30);
    between("definition.eras", calendar.eras.len() as i64, 0, 20);
    between("definition.hours_per_day", calendar.hours_per_day, 1, 100);
    between("definition.minutes_per_hour", calendar.minutes_per_hour, 1, 1_000);
    between("present", input.present.unwrap_or(0), -FARTHEST, FARTHEST);
    for (n, month) in calendar.months.iter().enumerate() {
        between(&format!("definition.months.{n}.days"), month.days, 1, 1_000);
    }
    if let Some(leap) = &calendar.leap {
        between("definition.leap.every", leap.every, 1, 10_000);
        between("definition.leap.except", leap.except.unwrap_or(1), 1, 10_000);
        between("definition.leap.unless", leap.unless.unwrap_or(1), 1, 10_000);
        between("definition.leap.month", leap.month, 1, calendar.months.len() as i64);
        between("definition.leap.days", leap.days, 1, 100);
    }
    between("definition.epoch.year", calendar.epoch.year, -EPOCH_YEAR, EPOCH_YEAR);
    between("definition.epoch.month", calendar.epoch.month, 1, calendar.months.len() as i64);
    between("definition.epoch.weekday", calendar.epoch.weekday, 1, calendar.weekdays.len().max(1) as i64);
    names(&mut wrong, calendar);
    wrong.check()?;
    agree(calendar)
}

/// That what is within its limits goes together.
fn agree(calendar: &Calendar) -> Result<()> {
    let mut wrong = Fields::default();
    if let Some(leap) = &calendar.leap {
        if leap.except.is_some_and(|except| except % leap.every != 0) {
            wrong.add("definition.leap.except", "out_of_range", "A multiple of `every`.");
        }
        if leap.unless.is_some_and(|unless| leap.except.is_none_or(|except| unless % except != 0)) {
            wrong.add("definition.leap.unless", "out_of_range", "A multiple of `except`.");
        }
    }
    let days = calendar.month_days(calendar.epoch.year, calendar.epoch.month);
    if !(1..=days).contains(&calendar.epoch.day) {
        wrong.add("definition.epoch.day", "out_of_range", format!("Between 1 and {days}."));
    }
    let mut last = None;
    for (n, era) in calendar.eras.iter().enumerate() {
        if (n == 0) != era.from.is_none() || era.from.is_some_and(|from| last.is_some_and(|last| from <= last)) {
            wrong.add(
                &format!("definition.eras.{n}.from"),
                "out_of_range",
                "Null for the first era, then later and later.",
            );
        }
        if era.from.is_some_and(|from| from.unsigned_abs() > EPOCH_YEAR.unsigned_abs()) {
            wrong.add(&format!("definition.eras.{n}.from"), "out_of_range", "Within a thousand million years of 0.");
        }
        if era.backwards && n + 1 == calendar.eras.len() {
            wrong.add(&format!("definition.eras.{n}.backwards"), "out_of_range", "The last era is counted forwards.");
        }
        last = era.from;
    }
    wrong.check()
}

fn names(wrong: &mut Fields, calendar: &Calendar) {
    let mut seen = HashSet::new();
    let mut name = |field: String, list: &str, text: &str, most: usize| {
        wrong.text(&field, text, most);
        if text.chars().any(|c| c == ',' || c.is_control()) || text.trim() != text {
            wrong.add(&field, "unreadable", "No commas, no line breaks, no spaces around it.");
        }
        if !seen.insert((list.to_owned(), text.to_lowercase())) {
            wrong.add(&field, "taken", "Each name once.");
        }
    };
    name("definition.name".into(), "", &calendar.name, NAME);
    for (n, month) in calendar.months.iter().enumerate() {
        name(format!("definition.months.{n}.name"), "months", &month.name, NAME);
    }
    for (n, day) in calendar.weekdays.iter().enumerate() {
        name(format!("definition.weekdays.{n}"), "weekdays", day, NAME);
    }
    for (n, era) in calendar.eras.iter().enumerate() {
        name(format!("definition.eras.{n}.name"), "eras", &era.name, NAME);
        name(format!("definition.eras.{n}.short"), "shorts", &era.short, SHORT);
    }
}
