//! `dossier client find`: Registry Stored Query FindDocuments (ITI-18).

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Caller, CodeText, dtm, patient};
use crate::settings::parse_duration;

const EXAMPLES: &str = "\
Examples:
  dossier client find --patient '1958031498124^^^&1.3.182.4.4&ISO'
  dossier client find --patient '1958031498124^^^&1.3.182.4.4&ISO' --from 2026 --class-code compte-rendu^2.999.442.1.2 --json";

/// Find documents of a patient (ITI-18, FindDocuments).
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Find {
    /// The patient, as CX: ID^^^&OID&ISO; or P01 to P12 of the demo
    #[arg(long, value_name = "CX", value_parser = patient)]
    pub patient: String,
    /// The registry [default: http://127.0.0.1:8080/xds/registry, or with --as that of the demo]
    #[arg(long)]
    pub url: Option<String>,
    /// The availabilityStatus of the documents
    #[arg(long, value_enum, default_value_t = Status::Approved)]
    pub status: Status,
    /// Only documents of this class; may be repeated
    #[arg(long = "class-code", value_name = "CODE")]
    pub class_codes: Vec<CodeText>,
    /// Only this kind of document; may be repeated
    #[arg(long = "type-code", value_name = "CODE")]
    pub type_codes: Vec<CodeText>,
    /// Only documents made at or after this time, as DTM in UTC
    #[arg(long, value_name = "DTM", value_parser = dtm)]
    pub from: Option<String>,
    /// Only documents made before this time, as DTM in UTC
    #[arg(long, value_name = "DTM", value_parser = dtm)]
    pub to: Option<String>,
    /// Ask for the entryUUIDs only (ObjectRef)
    #[arg(long)]
    pub object_refs: bool,
    /// Who calls.
    #[command(flatten)]
    pub caller: Caller,
    /// The longest wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "1min", value_parser = parse_duration)]
    pub timeout: Duration,
    /// Write a JSON list, one object for each document
    #[arg(long)]
    pub json: bool,
}

/// Which documents, by availabilityStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    /// Those in force.
    Approved,
    /// Those that were replaced or withdrawn.
    Deprecated,
    /// Both.
    All,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        find: Find,
    }

    #[test]
    fn a_patient_is_enough_and_a_wrong_time_is_refused() {
        let line = ["find", "--patient", "P1^^^&1.3.182.4.4&ISO"];
        let find = Line::try_parse_from(line).map(|line| line.find).unwrap();
        assert_eq!((find.status, find.timeout), (Status::Approved, Duration::from_secs(60)));
        assert!(Line::try_parse_from(line.iter().chain(&["--from", "yesterday"])).is_err());
        assert!(Line::try_parse_from(["find"]).is_err());
    }
}
