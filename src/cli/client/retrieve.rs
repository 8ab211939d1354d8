//! `dossier client retrieve`: Retrieve Document Set (ITI-43).

use std::time::Duration;

use clap::Args;

use super::Caller;
use crate::settings::parse_duration;

const EXAMPLES: &str = "\
Examples:
  dossier client retrieve 2.25.161803398874989484820458683436563811772 --output copy.pdf
  dossier client retrieve 2.25.161803398874989484820458683436563811772 --output - | sha1sum";

/// Retrieve a document byte for byte (ITI-43).
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Retrieve {
    /// The uniqueId of the document
    #[arg(value_name = "UNIQUE_ID")]
    pub unique_id: String,
    /// The repositoryUniqueId, an OID
    #[arg(long, value_name = "OID", default_value = "2.999.442.9.2")]
    pub repository: String,
    /// The homeCommunityId, written as urn:oid:…; needed by gateways only
    #[arg(long, value_name = "URN")]
    pub home: Option<String>,
    /// The repository [default: http://127.0.0.1:8080/xds/repository, or with --as that of the demo]
    #[arg(long)]
    pub url: Option<String>,
    /// The registry; where given, size and SHA-1 of the content are compared with what is registered
    #[arg(long, value_name = "URL")]
    pub registry: Option<String>,
    /// Where the document is written; - is standard output
    #[arg(long, value_name = "FILE")]
    pub output: String,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
    /// Who calls.
    #[command(flatten)]
    pub caller: Caller,
    /// The longest wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "5min", value_parser = parse_duration)]
    pub timeout: Duration,
}
