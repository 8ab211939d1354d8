//! Which records of the trail are wanted.

use clap::Args;

use crate::cli::{Exit, Failure, patient_argument};
use crate::model::activity::ActivityFilter;
use crate::model::civil_day::{day_after, start_of};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;
use crate::settings::Settings;

/// Which records are wanted.
#[derive(Args, Clone)]
pub(super) struct Wanted {
    /// Only those about this patient: the identifier of the domain's own authority, or ID^^^&AUTHORITY&ISO
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    /// Only from this day on, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Only up to this day and with it, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Those that other systems sent here, in place of the server's own
    #[arg(long, conflicts_with = "patient")]
    pub received: bool,
}

impl Wanted {
    pub(super) fn patient(&self, settings: &Settings) -> Result<Option<PatientId>, Failure> {
        self.patient.as_deref().map(|patient| patient_argument(patient, "--patient", settings)).transpose()
    }

    pub(super) fn filter(&self) -> Result<ActivityFilter, Failure> {
        let from = self.since.as_deref().map(|day| start("--since", Some(day))).transpose()?;
        let until = self.until.as_deref().map(|day| start("--until", day_after(day).as_deref())).transpose()?;
        Ok(ActivityFilter { from, until, ..ActivityFilter::default() })
    }
}

fn start(name: &str, day: Option<&str>) -> Result<Instant, Failure> {
    let wrong = || Failure::new(Exit::Failed, format!("{name} is no day; write YYYY-MM-DD"));
    day.and_then(start_of).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_among_the_days() {
        let day = |day: &str| Some(day.to_owned());
        let wanted = Wanted { patient: None, since: day("2025-03-17"), until: day("2025-03-17"), received: false };
        let filter = wanted.filter().ok().unwrap();
        assert_eq!((filter.from, filter.until), (start_of("2025-03-17"), start_of("2025-03-18")));
        assert!(Wanted { until: day("2025-02-30"), ..wanted }.filter().is_err());
    }
}
