use std::path::Path;

use super::*;
use crate::server::{Application, Listeners};
use crate::settings::{Flag, Settings, Sources};

fn settings(folder: &Path, mllp: &str) -> Settings {
    let set = [
        ("data.directory", folder.to_str().unwrap()),
        ("profile", "ihe-connectathon"),
        ("environment", "demo"),
        ("http.listen", "127.0.0.1:0"),
        ("operations.listen", "127.0.0.1:0"),
        ("mllp.listen", mllp),
    ];
    let flags = set.into_iter().map(|(key, value)| Flag::new("test", key, value)).collect();
    crate::settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings
}

/// Starts a server on this folder, loads what it lacks, and gives how many steps that took.
fn start_and_load(folder: &Path, mllp: &str) -> usize {
    let settings = settings(folder, mllp);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listeners = Listeners::bind(&settings).unwrap();
    let backend = Backend::open(&settings).unwrap();
    let population = Population::lacking(&backend, settings.mllp.listen.address().is_some()).unwrap();
    let application = runtime.block_on(async { Application::start(&settings, listeners, &backend).unwrap() });
    let mut shown = Vec::new();
    load(&population, &application.addresses(), &mut Progress::plain(&mut shown)).unwrap();
    let nothing_is_missing = Population::lacking(&backend, true).unwrap();
    assert_eq!(nothing_is_missing.len(), 0);
    runtime.block_on(application.stop());
    String::from_utf8(shown).unwrap().lines().count()
}

#[test]
fn the_first_start_loads_all_and_the_second_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(start_and_load(folder.path(), "127.0.0.1:0"), 12 + 29 + 1);
    assert_eq!(start_and_load(folder.path(), "127.0.0.1:0"), 0);
}

#[test]
fn without_a_feed_the_patients_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(start_and_load(folder.path(), "off"), 29 + 1);
}
