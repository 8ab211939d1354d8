//! The life of the open demonstration.

use std::cell::RefCell;
use std::env::vars_os;
use std::path::Path;

use super::loading::{Population, load};
use super::summary::Summary;
use crate::cli::demo::Demo;
use crate::cli::demo::arguments::{loopback_only, quiet_log};
use crate::cli::demo::failure::DemoFailure;
use crate::cli::demo::folder::{self, Kind};
use crate::cli::demo::progress::Progress;
use crate::cli::{Failure, Global, print_text, start_logging};
use crate::server::{self, Addresses};
use crate::settings::{self, Flag, Settings};

/// Runs the server until it is told to stop, and loads what it lacks of the sample population meanwhile.
pub(in crate::cli::demo) fn run(demo: &Demo, global: &Global) -> Result<(), Failure> {
    let environment: Vec<_> = vars_os().collect();
    let mut flags = flags(demo);
    flags.extend(quiet_log(global, &environment));
    let settings = settings::load(&global.sources(environment.into_iter(), flags))?.settings;
    settings.check()?;
    loopback_only(&settings)?;
    folder::reserve(&settings.data.directory, Kind::Open)?;
    start_logging(&settings.log)?;
    let population = RefCell::new(Population::default());
    let served = server::run(
        &settings,
        |backend| {
            let feed_listens = settings.mllp.listen.address().is_some();
            population.replace(Population::lacking(backend, feed_listens)?);
            Ok(())
        },
        |addresses| load_meanwhile(population.take(), *addresses, &settings),
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

/// The settings that the flags stand for; the demonstration itself chooses profile and environment.
fn flags(demo: &Demo) -> Vec<Flag> {
    // Whoever wants to be a person of the population gets a token for it; nobody has to.
    let fixed = [
        ("profile", "ihe-connectathon"),
        ("environment", "demo"),
        ("iua.mode", "optional"),
        ("demo_authorization.enabled", "true"),
        ("demo_authorization.personas", "D01,D03,F01,I01,Z01,1958031498124,1991050998408"),
    ];
    let fixed = fixed.map(|(key, value)| Flag::new("demo", key, value));
    let data_dir = demo.data_dir.as_deref().map(Path::to_string_lossy);
    let given = [
        ("--data-dir", "data.directory", data_dir.as_deref()),
        ("--http", "http.listen", demo.http.as_deref()),
        ("--mllp", "mllp.listen", demo.mllp.as_deref()),
        ("--operations", "operations.listen", demo.operations.as_deref()),
    ];
    let given = given.into_iter().filter_map(|(flag, key, value)| Some(Flag::new(flag, key, value?)));
    fixed.into_iter().chain(given).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::cli::Exit;
    use crate::settings::{Loaded, Origin, Sources, load};

    fn settings(demo: &Demo) -> Loaded {
        load(&Sources { flags: flags(demo), ..Sources::default() }).unwrap()
    }

    #[test]
    fn the_open_demonstration_may_start_with_its_flags() {
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
}
