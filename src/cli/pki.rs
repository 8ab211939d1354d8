//! `dossier pki`: a complete PKI for tests.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure, print_text};
use crate::pki::{TestPki, make};
use crate::server::clock;

const EXAMPLES: &str = "\
Examples:
  dossier pki test-pki
  dossier pki test-pki --host dossier.example --host 192.0.2.7 --days 30

Every certificate is marked as one for tests, and the server refuses them with environment = \"production\".
Exit codes: 0 made, 1 the folder is not empty or cannot be written.";

/// Make a complete PKI for tests: authorities, server, connected systems, SAML issuers, revocation lists.
#[derive(Args, Clone)]
#[command(after_help = EXAMPLES)]
pub struct Pki {
    /// A folder that is new or empty
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// How many days the certificates are valid
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// A further host name or IP address of the server; may be repeated
    #[arg(long = "host", value_name = "HOST")]
    pub hosts: Vec<String>,
}

impl Pki {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// The folder is not empty or cannot be written.
    pub fn run(&self) -> Result<(), Failure> {
        let wanted = TestPki { hosts: &self.hosts, days: self.days, now: clock::now().unix_timestamp() };
        make(&self.folder, &wanted).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
        print_text(&format!("a test PKI is in {0}; {0}/README.md says what is what\n", self.folder.display()))
    }
}
