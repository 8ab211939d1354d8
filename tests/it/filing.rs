//! Submissions that come at the same time, and the files they end in.

use std::sync::mpsc;
use std::time::Duration;

use dossier::model::timestamp::Instant;
use dossier::store::{Store, StoreError};

use crate::on_both_databases;
use crate::support::{Database, TestServer};

on_both_databases!(submissions_for_one_patient_are_filed_one_after_the_other);

fn submissions_for_one_patient_are_filed_one_after_the_other(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database.create(folder.path()), 4).unwrap();
    store.migrate().unwrap();
    let patient = "P1^^^&1.2.3&ISO".parse().unwrap();
    store.write(|tx| tx.insert_patient(&patient, &Default::default(), Instant(0))).unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        let first = store.write(|tx| {
            tx.patient_for_filing(&patient)?;
            let (store, patient) = (&store, &patient);
            scope.spawn(move || {
                let second = store.write(|tx| tx.patient_for_filing(patient).map(drop));
                tell.send(second.is_ok()).unwrap();
            });
            // What the first found, that a document is approved say, must hold until its commit.
            assert!(told.recv_timeout(Duration::from_millis(500)).is_err(), "the second did not wait");
            Ok::<_, StoreError>(())
        });
        first.unwrap();
        assert!(told.recv_timeout(Duration::from_secs(10)).unwrap());
    });
}

#[cfg(unix)]
#[test]
fn the_files_of_sqlite_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = TestServer::start(Database::Sqlite);
    let files: Vec<_> = std::fs::read_dir(server.folder.path()).unwrap().map(|entry| entry.unwrap()).collect();
    let files: Vec<_> = files.into_iter().filter(|file| file.file_name().to_string_lossy().contains("sqlite3")).collect();
    assert!(!files.is_empty());
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} {mode:o}", file.path().display());
    }
}
