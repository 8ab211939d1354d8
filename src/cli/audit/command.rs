//! What the subcommand takes.

use std::env::vars_os;

use clap::{Args, Subcommand};
use serde_json::json;

use super::export::{Format, export, search};
use super::received;
use super::wanted::Wanted;
use super::words::in_words;
use crate::cli::server_time::open_backend;
use crate::cli::{Exit, Failure, Global, print_json, print_text, start_logging};
use crate::server::{Backend, open_existing_database};
use crate::settings;

const EXAMPLES: &str = "\
Examples:
  dossier audit verify --config dossier.toml
  dossier audit verify --config dossier.toml --json
  dossier audit search --config dossier.toml --patient 1958031498124 --since 2025-03-01
  dossier audit export --config dossier.toml --format dicom > trail.xml
  dossier audit export --config dossier.toml --format fhir > trail.ndjson
  dossier audit search --config dossier.toml --received --since 2025-03-01
  dossier audit key --config dossier.toml > seals.pem

Times are those of Luxembourg. That the trail was verified, searched or exported is written into it.

Exit codes: 0 done and nothing is wrong, 1 the trail is not as it was written or cannot be read, 3 wrong settings,
4 database not to be had.";

/// Look after the audit trail
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Clone)]
enum Action {
    /// Find records that were changed, removed, added or put elsewhere behind the server's back
    Verify {
        /// List at most so many findings
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: usize,
        /// Write {"records", "received", "chains", "seals", "sealed_until", "unsealed", "removed", "redacted", "unchained", "findings", "more"}
        #[arg(long)]
        json: bool,
    },
    /// Write records of the trail for other programs, one a line
    Export {
        /// In which form
        #[arg(long)]
        format: Format,
        #[command(flatten)]
        wanted: Wanted,
    },
    /// Show records of the trail, one a line
    Search {
        #[command(flatten)]
        wanted: Wanted,
    },
    /// Print the public key with which anybody can check the seals of the trail
    Key,
}

impl Audit {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, a store that cannot be had, a trail that is not as it was written.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), Vec::new()))?.settings;
        start_logging(&settings.log)?;
        open_existing_database(&settings)?;
        let backend = open_backend(&settings)?;
        match &self.action {
            Action::Export { format, wanted } if wanted.received => received::export(&backend, *format, wanted),
            Action::Search { wanted } if wanted.received => received::search(&backend, wanted),
            Action::Export { format, wanted } => export(&backend, &settings, *format, wanted),
            Action::Search { wanted } => search(&backend, &settings, wanted),
            Action::Verify { limit, json } => verify(&backend, *limit, *json),
            Action::Key => {
                let key = backend.seal_key().ok_or_else(|| Failure::new(Exit::Failed, "OpenSSL refuses to write the key".to_owned()))?;
                print_text(&key)
            }
        }
    }
}

fn verify(backend: &Backend, limit: usize, as_json: bool) -> Result<(), Failure> {
    let verified = backend.verify_trail(limit);
    let found = verified.map_err(|error| Failure::new(Exit::Failed, format!("the audit trail cannot be read: {error}")))?;
    if as_json {
        print_json(&json!(found))?;
    } else {
        print_text(&in_words(&found))?;
    }
    match found.findings.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Failed, "the audit trail is not as the server wrote it".to_owned())),
    }
}
