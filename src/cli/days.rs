//! The days that a command is about.

use clap::Args;

use super::{Exit, Failure};
use crate::model::activity::ActivityFilter;
use crate::model::civil_day::{end_of, start_of};

/// From which day to which, both in Luxembourg.
#[derive(Args, Clone)]
pub struct Days {
    /// Only from this day on, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Only up to this day and with it, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
}

impl Days {
    /// What happened on these days.
    ///
    /// # Errors
    /// What is no day.
    pub fn filter(&self) -> Result<ActivityFilter, Failure> {
        let wrong = |name| move || Failure::new(Exit::Failed, format!("{name} is no day; write YYYY-MM-DD"));
        let from = self.since.as_deref().map(|day| start_of(day).ok_or_else(wrong("--since"))).transpose()?;
        let until = self.until.as_deref().map(|day| end_of(day).ok_or_else(wrong("--until"))).transpose()?;
        Ok(ActivityFilter { from, until, ..ActivityFilter::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_among_the_days() {
        let day = |day: &str| Some(day.to_owned());
        let days = Days { since: day("2025-03-17"), until: day("2025-03-17") };
        let filter = days.filter().ok().unwrap();
        assert_eq!((filter.from, filter.until), (start_of("2025-03-17"), start_of("2025-03-18")));
        assert!(Days { until: day("2025-02-30"), ..days }.filter().is_err());
    }
}
