//! The subcommands, and the flags that most of them share.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::client::Client;
use super::{Audit, Config, Demo, Gc, History, Import, Migrate, Pki, Policy, Retention, Serve, Token};
use crate::settings::{Flag, Sources};

/// Ends the help of the program.
const AFTER_HELP: &str = "\
Settings come from the file of --config, then from the environment (DOSSIER_<SECTION>_<KEY>), then from flags; the last
one wins. `dossier config print` shows them all.

Exit codes:
  0  done
  1  the work failed
  2  wrong usage of the command line
  3  wrong settings
  4  cannot start: port, folder or database
  5  the server or peer refused

Examples:
  dossier config print --example > dossier.toml
  dossier config check --config dossier.toml
  DOSSIER_HTTP_LISTEN=127.0.0.1:9000 dossier config print";

/// An open IHE XDS.b registry and repository.
#[derive(Parser)]
#[command(name = "dossier", version, about, after_help = AFTER_HELP)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A subcommand that works with the settings, and where they come from. `client` needs none: all it does is on its own command line.
#[derive(Args)]
pub struct Configured<T: Args> {
    /// What it does.
    #[command(flatten)]
    pub action: T,
    /// Where the settings come from.
    #[command(flatten)]
    pub global: Global,
}

/// Flags of every subcommand that works with the settings.
#[derive(Args, Clone, Default)]
pub struct Global {
    /// The settings file (TOML)
    #[arg(long, global = true, value_name = "FILE", env = "DOSSIER_CONFIG")]
    pub config: Option<PathBuf>,
    /// What is logged: off, error, warn, info, debug or trace, alone or by module
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Overrides one setting; may be repeated
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
}

impl Global {
    /// The sources of the settings: the file, `environment`, then `--set`, `--log-level` and the flags of a subcommand.
    pub fn sources(&self, environment: impl Iterator<Item = (OsString, OsString)>, flags: Vec<Flag>) -> Sources {
        let set = self.set.iter().map(|(key, value)| Flag::new(format!("--set {key}"), key, value));
        let level = self.log_level.iter().map(|level| Flag::new("--log-level", "log.level", level));
        let flags = set.chain(level).chain(flags).collect();
        Sources { file: self.config.clone(), environment: environment.collect(), flags }
    }
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as http.listen=127.0.0.1:9000")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run a server with a sample population on this machine; a second start keeps the data
    Demo(Configured<Demo>),
    /// Run the server until it is told to stop
    Serve(Configured<Serve>),
    /// Apply the migrations that the database still lacks
    Migrate(Configured<Migrate>),
    /// Import a directory of patients, establishments or professionals
    Import(Configured<Import>),
    /// Show the activity history of a record as its patient reads it
    History(Configured<History>),
    /// Verify the audit trail
    Audit(Configured<Audit>),
    /// Check or print the settings
    Config(Configured<Config>),
    /// Show, check, compare or explain the access rules of a deployment
    Policy(Policy),
    /// Submit, find and retrieve documents, and feed patients, on any XDS.b server
    Client(Client),
    /// Make a complete PKI for tests: authorities, server, connected systems, SAML issuers, revocation lists
    Pki(Pki),
    /// Make an access token for a person of the demo
    Token(Configured<Token>),
    /// Remove staged content that no entry refers to
    Gc(Configured<Gc>),
    /// Activate records whose days are over, destroy those whose ten years are over
    Retention(Configured<Retention>),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn no_two_flags_of_a_subcommand_clash() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_client_has_no_settings() {
        let find = ["dossier", "client", "find", "--patient", "P1^^^&1.2.3&ISO"];
        assert!(Arguments::try_parse_from(find).is_ok());
        for flag in [["--config", "x.toml"], ["--set", "http.listen=off"], ["--log-level", "debug"]] {
            assert!(Arguments::try_parse_from(find.iter().chain(&flag)).is_err(), "{flag:?}");
            assert!(Arguments::try_parse_from(["dossier", "config", "check"].iter().chain(&flag)).is_ok(), "{flag:?}");
            assert!(Arguments::try_parse_from(["dossier", "config"].iter().chain(&flag).chain(&["check"])).is_ok(), "{flag:?}");
        }
    }

    #[test]
    fn flags_of_a_subcommand_go_before_those_of_the_program() {
        let global = Global { log_level: Some("warn".to_owned()), ..Global::default() };
        let sources = global.sources(std::iter::empty(), vec![Flag::new("--mllp", "mllp.listen", "off")]);
        let flags: Vec<&str> = sources.flags.iter().map(|flag| flag.flag.as_str()).collect();
        assert_eq!(flags, ["--log-level", "--mllp"]);
    }

    #[test]
    fn a_value_may_hold_an_equals_sign() {
        let read = key_and_value("log.level=info,dossier=debug");
        assert_eq!(read, Ok(("log.level".to_owned(), "info,dossier=debug".to_owned())));
        assert!(key_and_value("log.level").is_err());
    }
}
