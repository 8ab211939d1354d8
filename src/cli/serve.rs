//! `dossier serve`: the server.

use std::env::vars_os;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Failure, Global, start_logging};
use crate::server::{self, Addresses, StartError};
use crate::settings::{self, Flag};

const EXAMPLES: &str = "\
Examples:
  dossier serve --config /etc/dossier/dossier.toml
  dossier serve --config dossier.toml --set http.listen=127.0.0.1:9080 --log-level debug
  dossier serve --set http.listen=127.0.0.1:0 --addresses-file addresses.json

SIGTERM and Ctrl-C let requests under way finish (limits.shutdown_time); a second one ends the server at once.
Exit codes: 0 stopped, 3 wrong settings, 4 port taken, folder unwritable or database not to be had.";

/// Run the server until it is told to stop.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// Once requests are answered, write {"http", "operations", "mllp", "https", "mllp_tls"} with the addresses in use to this file
    #[arg(long, value_name = "FILE")]
    pub addresses_file: Option<PathBuf>,
    /// Let a test set the time with $set-clock on the operations listener; only with environment = "test"
    #[arg(long)]
    pub test_clock: bool,
}

impl Serve {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// Wrong settings, and whatever keeps the server from starting.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let settings = settings::load(&global.sources(vars_os(), self.flags()))?.settings;
        settings.check()?;
        start_logging(&settings.log)?;
        server::run(&settings, |_| Ok(()), |addresses| self.write_addresses(addresses))
    }

    /// The setting that the flag stands for.
    fn flags(&self) -> Vec<Flag> {
        self.test_clock.then(|| Flag::new("--test-clock", "clock.settable", "true")).into_iter().collect()
    }

    fn write_addresses(&self, addresses: &Addresses) -> Result<(), Failure> {
        let Some(path) = &self.addresses_file else { return Ok(()) };
        let refused = |error: &dyn std::error::Error| {
            Failure::new(Exit::CannotStart, format!("cannot write {} of --addresses-file: {error}", path.display()))
        };
        let text = serde_json::to_string(addresses).map_err(|error| refused(&error))?;
        replace(path, &text).map_err(|error| refused(&error))
    }
}

/// Whoever waits for the file never sees half of it.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Settings(problems) => problems.into(),
            StartError::Profile(error) => error.into(),
            StartError::Identifier { .. } => Self::new(Exit::Configuration, error.to_string()),
            StartError::Tls(error) => Self::new(Exit::Configuration, error.to_string()),
            other => Self::new(Exit::CannotStart, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_are_written_whole_and_nothing_is_left_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addresses.json");
        let serve = Serve { addresses_file: Some(path.clone()), ..Serve::default() };
        let address = |port| ([127, 0, 0, 1], port).into();
        serve
            .write_addresses(&Addresses {
                http: address(1),
                operations: address(2),
                mllp: None,
                https: None,
                mllp_tls: None,
                syslog_tls: None,
                syslog_udp: None,
            })
            .unwrap();
        let expected = r#"{"http":"127.0.0.1:1","operations":"127.0.0.1:2","mllp":null,"https":null,"mllp_tls":null,"syslog_tls":null,"syslog_udp":null}"#;
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let serve = Serve { addresses_file: Some(PathBuf::from("no/such/folder/addresses.json")), ..Serve::default() };
        let address = ([127, 0, 0, 1], 1).into();
        let failure = serve
            .write_addresses(&Addresses {
                http: address,
                operations: address,
                mllp: None,
                https: None,
                mllp_tls: None,
                syslog_tls: None,
                syslog_udp: None,
            })
            .unwrap_err();
        assert_eq!(failure.exit_code, Exit::CannotStart);
        assert!(failure.message.contains("no/such/folder/addresses.json"), "{failure}");
    }
}
