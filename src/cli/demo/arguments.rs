//! The subcommand and the settings it stands for.

use std::cell::RefCell;
use std::env::vars_os;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::failure::DemoFailure;
use super::loading::{Population, load};
use super::progress::Progress;
use super::summary::Summary;
use crate::cli::{Exit, Failure, Global, print_text, start_logging};
use crate::server::{self, Addresses};
use crate::settings::{self, Flag, Settings};

const EXAMPLES: &str = "\
Examples:
  dossier demo
  dossier demo --data-dir demo-data --http 127.0.0.1:9080 --mllp off

Exit codes: 0 stopped by Ctrl-C, 2 an address is not this machine's own, 3 wrong settings, 4 port taken, folder unwritable
or database not to be had.";

/// Run a server with a sample population on this machine; a second start keeps the data.
#[derive(Args, Clone, Default)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// The data folder [default: ./dossier-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Address and port of the SOAP endpoints [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// Address and port of the HL7 v2 feed, or off [default: 127.0.0.1:2575]
    #[arg(long, value_name = "ADDRESS")]
    pub mllp: Option<String>,
    /// Address and port of health and metrics [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    pub operations: Option<String>,
}

impl Demo {
    /// Runs the server until it is told to stop, and loads what it lacks of the sample population meanwhile.
    ///
    /// # Errors
    /// Wrong settings, an address that others can reach, and whatever keeps the server from starting.
    pub fn run(&self, global: &Global) -> Result<(), Failure> {
        let environment: Vec<_> = vars_os().collect();
        let mut flags = self.flags();
        flags.extend(quiet_log(global, &environment));
        let settings = settings::load(&global.sources(environment.into_iter(), flags))?.settings;
        settings.check()?;
        loopback_only(&settings)?;
        start_logging(&settings.log)?;
        let population = RefCell::new(Population::default());
        let served = server::run(
            &settings,
            |backend| {
                let feed_listens = settings.mllp.listen.address().is_some();
                population.replace(Population::lacking(backend, feed_listens)?);
                Ok(())
            },
            |addresses| Self::load_meanwhile(population.take(), *addresses, &settings),
        );
        served.map_err(|DemoFailure(failure)| failure)
    }

    /// Loads on a thread of its own, so that Ctrl-C is obeyed at any moment.
    fn load_meanwhile(population: Population, addresses: Addresses, settings: &Settings) -> Result<(), DemoFailure> {
        let summary = Summary::prepare(addresses, settings)?;
        std::thread::spawn(move || {
            let loaded = load(&population, &addresses, &mut Progress::on_standard_error());
            let text = match loaded {
                Ok(()) => summary.text(),
                Err(error) => format!("The sample population is not complete: {error}.\nStart again to load the rest.\n"),
            };
            // Whoever closed standard output does not want to know.
            let _ = print_text(&text);
        });
        Ok(())
    }

    /// The settings these flags stand for; the demonstration itself chooses profile and environment.
    pub fn flags(&self) -> Vec<Flag> {
        // Whoever wants to be a person of the population gets a token for it; nobody has to.
        let fixed = [
            ("profile", "ihe-connectathon"),
            ("environment", "demo"),
            ("iua.mode", "optional"),
            ("demo_authorization.enabled", "true"),
            ("demo_authorization.personas", "D01,D03,F01,I01,Z01,1958031498124,1991050998408"),
        ];
        let fixed = fixed.map(|(key, value)| Flag::new("demo", key, value));
        let data_dir = self.data_dir.as_ref().map(|path| path.to_string_lossy().into_owned());
        let given = [
            ("--data-dir", "data.directory", &data_dir),
            ("--http", "http.listen", &self.http),
            ("--mllp", "mllp.listen", &self.mllp),
            ("--operations", "operations.listen", &self.operations),
        ];
        let given = given.into_iter().filter_map(|(flag, key, value)| Some(Flag::new(flag, key, value.as_ref()?)));
        fixed.into_iter().chain(given).collect()
    }
}

/// Only warnings, where nobody asked for more: a line for each sample document would bury what matters.
fn quiet_log(global: &Global, environment: &[(OsString, OsString)]) -> Option<Flag> {
    let in_environment = environment.iter().any(|(name, _)| name == "DOSSIER_LOG_LEVEL");
    let asked = global.log_level.is_some() || global.config.is_some() || in_environment;
    let set = global.set.iter().any(|(key, _)| key == "log.level");
    (!asked && !set).then(|| Flag::new("demo", "log.level", "warn"))
}

/// The demonstration opens every record to everybody, so that nobody else may reach it.
fn loopback_only(settings: &Settings) -> Result<(), Failure> {
    let listeners = [
        ("--http", Some(settings.http.listen)),
        ("--operations", Some(settings.operations.listen)),
        ("--mllp", settings.mllp.listen.address()),
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
    use crate::settings::{Origin, Sources, load};

    fn settings(demo: &Demo) -> settings::Loaded {
        load(&Sources { flags: demo.flags(), ..Sources::default() }).unwrap()
    }

    #[test]
    fn the_demonstration_may_start_with_its_flags() {
        let demo = Demo { data_dir: Some(PathBuf::from("elsewhere")), mllp: Some("off".to_owned()), ..Demo::default() };
        let loaded = settings(&demo);
        assert_eq!(loaded.settings.check(), Ok(()));
        assert_eq!(loaded.settings.contents.directory, PathBuf::from("elsewhere/contents"));
        assert_eq!(loaded.settings.mllp.listen.address(), None);
        assert_eq!(loaded.origin("data.directory"), &Origin::Flag("--data-dir".to_owned()));
    }

    #[test]
    fn others_cannot_reach_the_demonstration() {
        assert_eq!(loopback_only(&settings(&Demo::default()).settings), Ok(()));
        for demo in [
            Demo { http: Some("0.0.0.0:8080".to_owned()), ..Demo::default() },
            Demo { mllp: Some("192.0.2.1:2575".to_owned()), ..Demo::default() },
            Demo { operations: Some("[::]:8081".to_owned()), ..Demo::default() },
        ] {
            let failure = loopback_only(&settings(&demo).settings).unwrap_err();
            assert_eq!(failure.exit_code, Exit::Usage);
        }
    }

    #[test]
    fn the_log_is_quiet_unless_somebody_wants_it() {
        assert!(quiet_log(&Global::default(), &[]).is_some());
        let asked = Global { log_level: Some("info".to_owned()), ..Global::default() };
        assert!(quiet_log(&asked, &[]).is_none());
        let variable = (OsString::from("DOSSIER_LOG_LEVEL"), OsString::from("info"));
        assert!(quiet_log(&Global::default(), &[variable]).is_none());
    }
}
