//! `dossier retention`: what happens to records by themselves.

use std::env::vars_os;
use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::server_time::open_backend;
use super::{Exit, Failure, Global, print_json, print_text, start_logging};
use crate::model::civil_day::day_of;
use crate::server::{Backend, DueRecord, Retained, open_existing_database};
use crate::settings::{self, parse_duration};

/// Records that are listed; more would help nobody.
const MOST_LISTED: usize = 10_000;

const EXAMPLES: &str = "\
Examples:
  dossier retention --config dossier.toml --dry-run --within 90d
  dossier retention --config dossier.toml --json

A running server does the same by itself (retention.interval); both may run at one time.
Exit codes: 0 done, 1 something could not be done, 3 wrong settings, 4 folder or database not to be had.";

/// Activate records whose days are over, destroy those whose ten years are over, remove old technical audit records.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Retention {
    /// Only show what would happen, and when
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: also what will be due within this time, such as 90d
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, requires = "dry_run")]
    pub within: Option<Duration>,
    /// Write {"activated", "purged", "failed", "technical"}, with --dry-run {"due": [{"patient", "what", "day"}], "technical"}
    #[arg(long)]
    pub json: bool,
}

impl Retention {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, records with which something went wrong.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        open_existing_database(&settings)?;
        let backend = open_backend(&settings)?;
        if self.dry_run { self.show(&backend) } else { self.carry_out(&backend) }
    }

    fn show(&self, backend: &Backend) -> Result<(), Failure> {
        let (due, technical) = backend.due(self.within.unwrap_or_default(), MOST_LISTED).map_err(|error| failed(&error))?;
        if self.json {
            let row = |due: &DueRecord| json!({ "patient": due.patient_id.to_string(), "what": due.what.as_str(), "day": day_of(due.at) });
            return print_json(&json!({ "due": due.iter().map(row).collect::<Vec<_>>(), "technical": technical }));
        }
        print_text(&in_words(&due, technical))
    }

    fn carry_out(&self, backend: &Backend) -> Result<(), Failure> {
        backend.tell_command("dossier retention", &[]).map_err(|error| failed(&error))?;
        let done = backend.retain().map_err(|error| failed(&error))?;
        if self.json {
            print_json(&json!(done))?;
        } else {
            let Retained { activated, purged, technical, .. } = done;
            print_text(&format!("activated {activated} records, destroyed {purged}; removed {technical} technical audit records\n"))?;
        }
        match done.failed {
            0 => Ok(()),
            failed => Err(Failure::new(Exit::Failed, format!("{failed} records could not be worked on; the log says why"))),
        }
    }
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::Failed, format!("it ended early: {error}"))
}

fn in_words(due: &[DueRecord], technical: u64) -> String {
    let mut text = String::new();
    for DueRecord { patient_id, what, at } in due {
        // Writing into a text does not fail.
        let _ = writeln!(text, "{}  {:10}  {patient_id}", day_of(*at), what.as_str());
    }
    let _ = writeln!(text, "{} records are due; {technical} technical audit records would be removed", due.len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Outlived;

    #[test]
    fn what_is_due_is_listed_with_its_day() {
        let due = DueRecord {
            patient_id: "P1^^^&1.2.3&ISO".parse().unwrap(),
            what: Outlived::Retention,
            at: "2035-03-20T09:00:00Z".parse().unwrap(),
        };
        let expected = "2035-03-20  purge       P1^^^&1.2.3&ISO\n1 records are due; 2 technical audit records would be removed\n";
        assert_eq!(in_words(&[due], 2), expected);
    }
}
