//! Which records of the trail are wanted.

use clap::Args;

use crate::cli::{Days, Failure, patient_argument};
use crate::model::activity::ActivityFilter;
use crate::model::hl7_types::PatientId;
use crate::settings::Settings;

/// Which records are wanted.
#[derive(Args, Clone)]
pub(super) struct Wanted {
    /// Only those about this patient: the identifier of the domain's own authority, or ID^^^&AUTHORITY&ISO
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
    #[command(flatten)]
    pub days: Days,
    /// Those that other systems sent here, in place of the server's own
    #[arg(long, conflicts_with = "patient")]
    pub received: bool,
}

impl Wanted {
    pub(super) fn patient(&self, settings: &Settings) -> Result<Option<PatientId>, Failure> {
        self.patient.as_deref().map(|patient| patient_argument(patient, "--patient", settings)).transpose()
    }

    pub(super) fn filter(&self) -> Result<ActivityFilter, Failure> {
        self.days.filter()
    }
}
