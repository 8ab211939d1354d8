//! The life of the demonstration under the access rules.

use std::cell::OnceCell;
use std::env::vars_os;
use std::fs;
use std::path::{Path, PathBuf};

use super::stage::{Stage, Told};
use super::summary::Summary;
use crate::cli::demo::Demo;
use crate::cli::demo::DemoFolder;
use crate::cli::demo::arguments::{loopback_only, quiet_log};
use crate::cli::demo::failure::DemoFailure;
use crate::cli::demo::folder::{self, Kind};
use crate::cli::demo::progress::Progress;
use crate::cli::demo::settings_file;
use crate::cli::server_time::STOPPED_CLOCK;
use crate::cli::{Exit, Failure, Global, print_text, start_logging};
use crate::demo::{BEGINNING, DESCRIBED_AT};
use crate::model::timestamp::Instant;
use crate::pki::{TestPki, make};
use crate::server::{self, Addresses, Backend, clock};
use crate::settings::{self, Settings};
use crate::wire::fhir::dates;

/// How long its certificates are valid, in days.
const CERTIFIED: u32 = 3650;

/// Runs the server until it is told to stop, and tells what it lacks of the story meanwhile.
pub(in crate::cli::demo) fn run(demo: &Demo, global: &Global) -> Result<(), Failure> {
    if global.config.is_some() {
        let what = "the demonstration makes its own settings file; change single settings with --set KEY=VALUE, or run `dossier serve --config FILE`";
        return Err(Failure::new(Exit::Usage, what));
    }
    let directory = demo.data_dir.as_deref().unwrap_or(Path::new(folder::USUAL));
    folder::reserve(directory, Kind::Rules)?;
    let environment: Vec<_> = vars_os().collect();
    let quiet = quiet_log(global, &environment);
    let global = Global { config: Some(furnish(directory, demo)?), ..global.clone() };
    let settings = settings::load(&global.sources(environment.into_iter(), quiet.into_iter().collect()))?.settings;
    settings.check()?;
    loopback_only(&settings)?;
    start_logging(&settings.log)?;
    let opened = OnceCell::new();
    let stopped = directory.join(STOPPED_CLOCK);
    let served = server::run(
        &settings,
        |backend| {
            let told = resume(backend, &stopped)?;
            let _ = opened.set((backend.clone(), told));
            Ok(())
        },
        |addresses| opened.get().map_or(Ok(()), |opened| tell_meanwhile(directory, opened.clone(), *addresses, &settings)),
    );
    if let Some((backend, _)) = opened.get() {
        // The next start goes on from here; what cannot be kept makes it begin earlier.
        let _ = fs::write(stopped, dates::instant(backend.clock.instant()));
    }
    served.map_err(|DemoFailure(failure)| failure)
}

/// Makes what the server needs beside its data: a test PKI at the first start, and the settings. Gives the settings file.
fn furnish(directory: &Path, demo: &Demo) -> Result<PathBuf, Failure> {
    let failed = |error: &dyn std::error::Error| {
        let shown = directory.display();
        Failure::new(Exit::CannotStart, format!("cannot write {shown}: {error}; choose a folder that you may write to with --data-dir DIR"))
    };
    fs::create_dir_all(directory).map_err(|error| failed(&error))?;
    let (pki, unfinished) = (directory.join("pki"), directory.join("pki.unfinished"));
    if !pki.exists() {
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(|error| failed(&error))?;
        }
        Progress::on_standard_error().say("making keys and certificates");
        let wanted = TestPki { hosts: &[], days: CERTIFIED, now: clock::now().unix_timestamp() };
        make(&unfinished, &wanted).map_err(|error| failed(&error))?;
        fs::rename(&unfinished, &pki).map_err(|error| failed(&error))?;
    }
    let file = directory.join(settings_file::FILE);
    fs::write(&file, settings_file::text(demo)).map_err(|error| failed(&error))?;
    Ok(file)
}

/// Sets the clock before anybody reads it: to where it stopped, or to the beginning of the story.
fn resume(backend: &Backend, stopped: &Path) -> Result<Told, Failure> {
    let kept: Option<Instant> = fs::read_to_string(stopped).ok().and_then(|text| text.trim().parse().ok());
    backend.clock.set(kept.unwrap_or(BEGINNING));
    let told = Told::to(backend)?;
    if told == Told::All {
        backend.clock.set(kept.map_or(DESCRIBED_AT, |kept| kept.max(DESCRIBED_AT)));
    }
    Ok(told)
}

/// Tells on a thread of its own, so that Ctrl-C is obeyed at any moment.
fn tell_meanwhile(
    directory: &Path,
    (backend, told): (Backend, Told),
    addresses: Addresses,
    settings: &Settings,
) -> Result<(), DemoFailure> {
    let folder = DemoFolder::started(directory, settings, addresses)?;
    let summary = Summary::prepare(&folder)?;
    let stage = Stage::new(folder, backend, settings)?;
    std::thread::spawn(move || {
        let mut progress = Progress::on_standard_error();
        let mut done = 0;
        let told = stage.tell(told, |all, what| {
            done += 1;
            progress.show(done, all, what);
        });
        progress.end();
        let text = match told {
            Ok(()) => summary.text(stage.backend.clock.instant()),
            Err(error) => format!("The sample population is not complete: {error}.\nStart again to load the rest.\n"),
        };
        // Whoever closed standard output does not want to know.
        let _ = print_text(&text);
    });
    Ok(())
}
