//! Calendars as they come in, go out and are stored.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How minutes of story time read as dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Its name; 1 to 60 characters.
    pub name: String,
    /// The months of a year in order, 1 to 60, with names that differ.
    pub months: Vec<Month>,
    /// The names of the days of a week in order, at most 30; none where nobody counts weeks.
    #[serde(default)]
    pub weekdays: Vec<String>,
    /// Which years are longer; none, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leap: Option<Leap>,
    /// The ages of the world, oldest first, at most 20; without any, a year is its number.
    #[serde(default)]
    pub eras: Vec<Era>,
    /// Hours of a day, 1 to 100.
    pub hours_per_day: i64,
    /// Minutes of an hour, 1 to 1000.
    pub minutes_per_hour: i64,
    /// The day that begins with minute 0 of story time.
    pub epoch: Epoch,
}

/// A month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalendarMonth)]
#[serde(deny_unknown_fields)]
pub struct Month {
    /// Its name, 1 to 60 characters without commas.
    pub name: String,
    /// Its days in an ordinary year, 1 to 1000.
    pub days: i64,
}

/// Which years are longer. Gregorian is every 4, except every 100, unless every 400.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalendarLeap)]
#[serde(deny_unknown_fields)]
pub struct Leap {
    /// Years whose number this divides, 1 to 10000.
    pub every: i64,
    /// But not those that this divides: a multiple of `every`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<i64>,
    /// Yet those that this divides: a multiple of `except`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<i64>,
    /// The month that is longer, from 1.
    pub month: i64,
    /// By how many days, 1 to 100.
    pub days: i64,
}

/// An age of the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalendarEra)]
#[serde(deny_unknown_fields)]
pub struct Era {
    /// Its name, 1 to 60 characters.
    pub name: String,
    /// What stands behind the year, such as `AR`; 1 to 12 characters that differ from era to era.
    pub short: String,
    /// Its first year, which is its year 1. Null for the first era, and for no other.
    #[serde(default)]
    pub from: Option<i64>,
    /// Whether its years are counted back from the era after it.
    #[serde(default)]
    pub backwards: bool,
}

/// The day that begins with minute 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CalendarEpoch)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// The number of the year, eras left out of account; within a thousand million of 0.
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// Which day of the week it is, from 1.
    #[serde(default = "first")]
    pub weekday: i64,
}

fn first() -> i64 {
    1
}

/// A calendar and a present to set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarIn {
    /// How dates read.
    pub definition: Calendar,
    /// When the story is now, in minutes; null where that is not said.
    #[serde(default)]
    pub present: Option<i64>,
}

/// The calendar of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarOut {
    /// How dates read.
    pub definition: Calendar,
    /// When the story is now, in minutes; null where that is not said.
    pub present: Option<i64>,
    /// The present as a date with its time.
    pub present_text: Option<String>,
    /// Counts changes from 1; 0 where the campaign has set no calendar and this is the one everybody begins with.
    pub version: i64,
}

/// A moment to read: one of the two.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DateQuery {
    /// A minute of story time.
    pub minute: Option<i64>,
    /// A date as this calendar writes it, such as `12 March 998, 14:30`, or `998-3-12 14:30`.
    pub text: Option<String>,
}

/// A moment of story time in every way it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DateOut {
    /// Minutes since the epoch.
    pub minute: i64,
    /// The number of the year, eras left out of account.
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
    /// From 0.
    pub hour: i64,
    /// Minutes of that hour, from 0.
    pub minute_of_hour: i64,
    /// Which day of the week, from 1; null where weeks are not counted.
    pub weekday: Option<i64>,
    /// Day, month, year.
    pub short: String,
    /// The same with the weekday and the era's name.
    pub long: String,
    /// The short form with the time of day.
    pub with_time: String,
}

impl Default for Calendar {
    /// Like the Gregorian calendar; minute 0 is the first of January of year 1, a Monday.
    fn default() -> Self {
        let months = [
            ("January", 31),
            ("February", 28),
            ("March", 31),
            ("April", 30),
            ("May", 31),
            ("June", 30),
            ("July", 31),
            ("August", 31),
            ("September", 30),
            ("October", 31),
            ("November", 30),
            ("December", 31),
        ];
        let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        Self {
            name: "Gregorian".into(),
            months: months.into_iter().map(|(name, days)| Month { name: name.into(), days }).collect(),
            weekdays: weekdays.into_iter().map(Into::into).collect(),
            leap: Some(Leap { every: 4, except: Some(100), unless: Some(400), month: 2, days: 1 }),
            eras: Vec::new(),
            hours_per_day: 24,
            minutes_per_hour: 60,
            epoch: Epoch { year: 1, month: 1, day: 1, weekday: 1 },
        }
    }
}
