//! Whether the server starts under the access rules.

use std::fs;

use dossier::server::{Backend, StartError};
use dossier::settings::{self, Flag, Sources};

/// Opens a server whose rules are in this folder.
fn open(folder: &std::path::Path, rules: &std::path::Path) -> Result<Backend, StartError> {
    let data = folder.join("data").display().to_string();
    let rules = rules.display().to_string();
    let flags = [
        ("profile", "luxembourg-dsp"),
        ("environment", "test"),
        ("data.directory", &data),
        ("profile_directory", &rules),
        ("xua.issuers", "urn:idp=no-such-file.pem"),
        ("xua.audiences", "urn:us"),
    ];
    let flags = flags.map(|(key, value)| Flag::new("test", key, value)).to_vec();
    Backend::open(&settings::load(&Sources { flags, ..Sources::default() }).unwrap().settings)
}

#[test]
fn faulty_rules_stop_the_start_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/luxembourg-dsp");
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let files = fs::read_dir(&shipped).unwrap().map(Result::unwrap);
    for file in files.filter(|file| file.file_type().unwrap().is_file()) {
        fs::copy(file.path(), rules.join(file.file_name())).unwrap();
    }
    // The rules are good: it is the issuer's file that is missing.
    assert!(matches!(open(folder.path(), &rules), Err(StartError::Issuer { .. })));
    fs::write(rules.join("constraints.csv"), "document_type,constraint,value\nhoroscope,from,laboratory\nrpu,from,home\n").unwrap();
    match open(folder.path(), &rules) {
        Err(StartError::Profile(error)) => {
            let told = error.to_string();
            assert!(told.contains("2 faults") && told.contains("constraints.csv, line 2: horoscope is no type"), "{told}");
            assert!(told.contains("constraints.csv, line 3"), "{told}");
        }
        other => panic!("{:?}", other.err()),
    }
}
