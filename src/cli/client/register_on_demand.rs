//! `dossier client register-on-demand`: Register On-Demand Document Entry (ITI-61).

use std::time::Duration;

use clap::Args;

use super::{Caller, patient};
use crate::settings::parse_duration;

const EXAMPLES: &str = "\
Examples (against `dossier demo`):
  dossier client register-on-demand --patient '1958031498124^^^&1.3.182.4.4&ISO'
  dossier client retrieve UNIQUE_ID --output current.xml

The answer tells the uniqueId under which the repository makes the document each time it is retrieved.";

/// Register an on-demand document (ITI-61).
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct RegisterOnDemand {
    /// The patient, as CX: ID^^^&OID&ISO; or P01 to P12 of the demo
    #[arg(long, value_name = "CX", value_parser = patient)]
    pub patient: String,
    /// The title
    #[arg(long, default_value = "Current documents")]
    pub title: String,
    /// The language
    #[arg(long, default_value = "fr-LU")]
    pub language: String,
    /// The repositoryUniqueId of the repository that makes the document, an OID
    #[arg(long, value_name = "OID", default_value = "2.999.442.9.2")]
    pub repository: String,
    /// The registry [default: http://127.0.0.1:8080/xds/registry, or with --as that of the demo]
    #[arg(long)]
    pub url: Option<String>,
    /// The uniqueId of the entry, an OID [default: a new one]
    #[arg(long, value_name = "OID")]
    pub unique_id: Option<String>,
    /// The sourceId of the submission set, an OID
    #[arg(long, value_name = "OID", default_value = "2.999.442.9.3")]
    pub source_id: String,
    /// The entryUUID of the on-demand entry this one replaces (RPLC)
    #[arg(long, value_name = "ENTRY_UUID")]
    pub replaces: Option<String>,
    /// Who calls.
    #[command(flatten)]
    pub caller: Caller,
    /// The longest wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "5min", value_parser = parse_duration)]
    pub timeout: Duration,
    /// Write {"uniqueId", "entryUUID", "status"}
    #[arg(long)]
    pub json: bool,
}
