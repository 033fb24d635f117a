//! Figures and how they are printed.

use std::time::Duration;

/// Rows of figures.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// Adds a figure: its name, its value, what the design wants, how it was taken.
    pub fn row(&mut self, figure: impl Into<String>, value: impl Into<String>, target: &str, how: impl Into<String>) {
        let row = [figure.into(), value.into(), target.into(), how.into()];
        eprintln!("  {}: {}", row[0], row[1]);
        self.rows.push(row);
    }

    /// Prints all as Markdown.
    pub fn print(&self) {
        let head = ["figure", "value", "target", "how"].map(str::to_owned);
        let rows = || std::iter::once(&head).chain(&self.rows);
        let widths: [usize; 4] =
            std::array::from_fn(|column| rows().map(|row| row[column].chars().count()).max().unwrap_or_default());
        let line = |row: &[String; 4]| {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            println!("| {} |", cells.join(" | "));
        };
        line(&head);
        line(&widths.map(|width| "-".repeat(width)));
        self.rows.iter().for_each(line);
    }
}

/// Durations that were measured.
#[derive(Clone, Debug)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// From durations in any order.
    pub fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The duration that so many of a hundred do not exceed (nearest rank).
    pub fn percentile(&self, percent: f64) -> Duration {
        let rank = (self.0.len() as f64 * percent / 100.0).ceil() as usize;
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// `p50 … , p99 …`
    pub fn p50_p99(&self) -> String {
        format!("p50 {}, p99 {}", ms(self.percentile(50.0)), ms(self.percentile(99.0)))
    }

    /// `min … , median … , max …`
    pub fn min_median_max(&self) -> String {
        let (min, max) = (self.percentile(0.0), self.percentile(100.0));
        format!("min {}, median {}, max {}", ms(min), ms(self.percentile(50.0)), ms(max))
    }
}

/// A duration in milliseconds, with as many digits as mean something.
pub fn ms(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms => format!("{} ms", thousands(ms)),
    }
}

/// A whole number with commas.
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What this machine is.
pub fn machine() -> String {
    let read = |path: &str, name: &str| {
        let file = std::fs::read_to_string(path).unwrap_or_default();
        let value = file.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        value.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory: f64 = read("/proc/meminfo", "MemTotal").trim_end_matches("kB").trim().parse().unwrap_or_default();
    let model = read("/proc/cpuinfo", "model name");
    let model = if model.is_empty() { std::env::consts::ARCH.to_owned() } else { model };
    let build = if cfg!(debug_assertions) { "; a debug build of the load generator" } else { "" };
    format!("{cores} cores of {model}, {:.0} GB of memory{build}", memory / 1024.0 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let samples = Samples::new((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!(samples.percentile(0.0), Duration::from_millis(1));
        assert_eq!(samples.percentile(50.0), Duration::from_millis(100));
        assert_eq!(samples.percentile(99.0), Duration::from_millis(198));
        assert_eq!(samples.percentile(100.0), Duration::from_millis(200));
        assert_eq!(Samples::new(Vec::new()).percentile(99.0), Duration::ZERO);
    }

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(thousands(1_234_567.4), "1,234,567");
        assert_eq!(thousands(12.0), "12");
        assert_eq!(ms(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(ms(Duration::from_millis(4_321)), "4,321 ms");
    }
}
