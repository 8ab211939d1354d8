//! `dossier client feed`: Patient Identity Feed (ITI-8, ITI-44).

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Trust, dtm, patient};
use crate::settings::parse_duration;

const EXAMPLES: &str = "\
Examples:
  dossier client feed A04 --patient '1958031498124^^^&1.3.182.4.4&ISO' --name MUSTER^ERIKA --birth-date 19600401 --sex F
  dossier client feed A40 --patient '1958031498124^^^&1.3.182.4.4&ISO' --replaces '1893120105732^^^&1.3.182.4.4&ISO'

  dossier client feed A28 --patient '1958031498124^^^&1.3.182.4.4&ISO' --hl7v3 http://127.0.0.1:8080/hl7v3/patient-feed

Exit codes: 0 accepted (AA or CA), 1 no answer, 2 wrong usage, 5 refused (AE or AR, CE or CR).";

/// Tell the server of a patient (ITI-8 over MLLP, ITI-44 over SOAP).
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Feed {
    /// The event: A01, A04, A05 admit or register; A08, A31 change; A28 add a person; A40 merge
    #[arg(value_enum, ignore_case = true)]
    pub event: Event,
    /// The patient, as CX: ID^^^&OID&ISO; with A40 the one that remains
    #[arg(long, value_name = "CX", value_parser = patient)]
    pub patient: String,
    /// The patient's name
    #[arg(long, value_name = "FAMILY^GIVEN")]
    pub name: Option<String>,
    /// The date of birth, as YYYY, YYYYMM or YYYYMMDD
    #[arg(long, value_name = "DATE", value_parser = dtm)]
    pub birth_date: Option<String>,
    /// The administrative sex
    #[arg(long, value_enum, ignore_case = true)]
    pub sex: Option<Sex>,
    /// With A40: the patient identifier that is merged away, as CX
    #[arg(long, value_name = "CX", value_parser = patient, required_if_eq("event", "A40"))]
    pub replaces: Option<String>,
    /// The feed; with TLS mllps://HOST:PORT
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:2575")]
    pub mllp: String,
    /// Send HL7 version 3 over SOAP (ITI-44) to this address instead: an addition, a revision or a merge, as the event says
    #[arg(long, value_name = "URL", conflicts_with = "mllp")]
    pub hl7v3: Option<String>,
    /// The longest wait for the acknowledgement
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub timeout: Duration,
    /// TLS.
    #[command(flatten)]
    pub trust: Trust,
    /// Write {"acknowledgement", "controlId", "error"}
    #[arg(long)]
    pub json: bool,
}

/// The trigger event of the ADT message (MSH-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum Event {
    /// Admit.
    A01,
    /// Register an outpatient.
    A04,
    /// Pre-admit.
    A05,
    /// Update patient information.
    A08,
    /// Add person information.
    A28,
    /// Update person information.
    A31,
    /// Merge patients.
    A40,
}

/// Administrative sex (HL7 table 0001).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum Sex {
    /// Female.
    F,
    /// Male.
    M,
    /// Other.
    O,
    /// Unknown.
    U,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        feed: Feed,
    }

    const PATIENT: &str = "P1^^^&1.3.182.4.4&ISO";

    #[test]
    fn a_registration_is_read() {
        let line = ["feed", "A04", "--patient", PATIENT, "--birth-date", "19600401", "--sex", "f"];
        let feed = Line::try_parse_from(line).map(|line| line.feed).unwrap();
        assert_eq!((feed.event, feed.sex, feed.birth_date.as_deref()), (Event::A04, Some(Sex::F), Some("19600401")));
    }

    #[test]
    fn a_merge_needs_the_patient_that_goes() {
        assert!(Line::try_parse_from(["feed", "A40", "--patient", PATIENT]).is_err());
        assert!(Line::try_parse_from(["feed", "a40", "--patient", PATIENT]).is_err());
        assert!(Line::try_parse_from(["feed", "A40", "--patient", PATIENT, "--replaces", PATIENT]).is_ok());
        assert!(Line::try_parse_from(["feed", "A99", "--patient", PATIENT]).is_err());
    }
}
