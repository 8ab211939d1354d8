//! The subcommand, and what both kinds of demonstration ask of its settings.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{open, story};
use crate::cli::{Exit, Failure, Global};
use crate::settings::{Flag, Settings};

const EXAMPLES: &str = "\
Examples:
  dossier demo
  dossier demo --data-dir demo-data --http 127.0.0.1:9080 --mllp off
  dossier demo --open --data-dir open-data

The server decides by the access rules of luxembourg-dsp, and believes that it is 17 March 2025, 9 o'clock: the time at which
the sample population is described. While it is stopped, its clock stands still. --open: no access rules, plain HTTP.

Exit codes: 0 stopped by Ctrl-C, 2 an address is not this machine's own, 3 wrong settings, 4 port taken, folder unwritable
or database not to be had.";

/// Run a server with a sample population on this machine; a second start keeps the data.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// The data folder [default: ./dossier-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Address and port of the SOAP and FHIR endpoints [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// The same over TLS, where establishments show their certificates [default: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "open")]
    pub https: Option<String>,
    /// Address and port of the HL7 v2 feed, over TLS unless --open, or off [default: 127.0.0.1:2576, with --open 127.0.0.1:2575]
    #[arg(long, value_name = "ADDRESS")]
    pub mllp: Option<String>,
    /// Address and port of health, metrics and the clock [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    pub operations: Option<String>,
    /// Without access rules: everybody sees everything, over plain HTTP
    #[arg(long)]
    pub open: bool,
}

impl Demo {
    /// Runs the server until it is told to stop, and loads what it lacks of the sample population meanwhile.
    ///
    /// # Errors
    /// Wrong settings, an address that others can reach, and whatever keeps the server from starting.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        if self.open { open::run(self, global) } else { story::run(self, global) }
    }
}

/// Only warnings, where nobody asked for more: a line for each sample document would bury what matters.
pub(super) fn quiet_log(global: &Global, environment: &[(OsString, OsString)]) -> Option<Flag> {
    let in_environment = environment.iter().any(|(name, _)| name == "DOSSIER_LOG_LEVEL");
    let asked = global.log_level.is_some() || global.config.is_some() || in_environment;
    let set = global.set.iter().any(|(key, _)| key == "log.level");
    (!asked && !set).then(|| Flag::new("demo", "log.level", "warn"))
}

/// The demonstration gives a token to whoever asks, or needs none, so that nobody else may reach it.
pub(super) fn loopback_only(settings: &Settings) -> Result<(), Failure> {
    let listeners = [
        ("--http", Some(settings.http.listen)),
        ("--https", settings.https.listen.address()),
        ("--operations", Some(settings.operations.listen)),
        ("--mllp", settings.mllp.listen.address()),
        ("--mllp", settings.mllp_tls.listen.address()),
    ];
    let open = listeners.into_iter().find_map(|(flag, address)| Some((flag, address.filter(|address| !address.ip().is_loopback())?)));
    open.map_or(Ok(()), |(flag, address)| {
        let message = format!("the demonstration is open to everybody who reaches it, and {address} is more than this machine; set {flag} to an address such as 127.0.0.1:{}", address.port());
        Err(Failure::new(Exit::Usage, message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_quiet_unless_somebody_wants_it() {
        assert!(quiet_log(&Global::default(), &[]).is_some());
        let asked = Global { log_level: Some("info".to_owned()), ..Global::default() };
        assert!(quiet_log(&asked, &[]).is_none());
        let variable = (OsString::from("DOSSIER_LOG_LEVEL"), OsString::from("info"));
        assert!(quiet_log(&Global::default(), &[variable]).is_none());
    }
}
