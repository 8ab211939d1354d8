//! Stored files that were changed or removed behind the server's back.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use dossier::client::soap::OutgoingDocument;
use dossier::model::audit_event::{AuditOutcome, Transaction};

use super::audit_trail::events_after;
use super::consumer::Consumer;
use super::random::Random;
use crate::on_both_databases;
use crate::support::submissions::{announcement, fresh_oid, submission};
use crate::support::{AUTHORITY, Database, REPOSITORY, TestServer, send_hl7};

/// One chunk of the content store, several, and more than is served from memory.
const SIZES: [usize; 3] = [5_000, 300_000, 5_000_000];

on_both_databases!(an_altered_file_is_never_served, a_file_that_is_gone_is_told);

fn an_altered_file_is_never_served(database: Database) {
    for size in SIZES {
        damage_one_of_two(database, size, |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        });
    }
}

fn a_file_that_is_gone_is_told(database: Database) {
    damage_one_of_two(database, SIZES[0], |file| fs::remove_file(file).unwrap());
}

/// Submits two documents of this size, damages the file of the first and asks for both, together and one by one.
fn damage_one_of_two(database: Database, size: usize, damage: fn(&Path)) {
    let server = TestServer::start(database);
    let patient_id = format!("T1^^^&{AUTHORITY}&ISO");
    assert!(send_hl7(server.mllp, &announcement(&patient_id)).contains("MSA|AA|"));
    let consumer = Consumer::new(server.http, REPOSITORY);
    let contents = server.folder.path().join("data/contents");
    let (first, second) = (fresh_oid(), fresh_oid());
    let before = files_below(&contents);
    provide(&consumer, &patient_id, &first, &Random::new(1).bytes(size));
    let file = files_below(&contents).difference(&before).next().unwrap().clone();
    let whole = Random::new(2).bytes(size);
    provide(&consumer, &patient_id, &second, &whole);

    damage(&file);
    let (_, seen) = events_after(&server.database_url, 0);
    let (documents, errors) = consumer.retrieve(&[&first, &second]);
    assert_eq!(documents.len(), 1);
    assert!(documents[&second] == whole, "the other document comes whole");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!((errors[0].code.as_str(), errors[0].warning), ("XDSRepositoryError", false));
    assert!(errors[0].context.contains(&first), "{errors:?}");
    assert_refused(&server, seen, &[&first, &second]);

    let (_, seen) = events_after(&server.database_url, 0);
    let (documents, errors) = consumer.retrieve(&[&first]);
    assert!(documents.is_empty());
    assert_eq!(errors.iter().map(|error| error.code.as_str()).collect::<Vec<_>>(), ["XDSRepositoryError"]);
    assert_refused(&server, seen, &[&first]);
    server.assert_alive();
}

/// The trail has one retrieval since, which failed, and names what was asked for.
fn assert_refused(server: &TestServer, since: i64, asked: &[&String]) {
    let (events, _) = events_after(&server.database_url, since);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].transaction, Transaction::Iti43);
    assert_ne!(events[0].outcome, AuditOutcome::Success);
    assert_eq!(events[0].errors, ["XDSRepositoryError"]);
    assert!(asked.iter().all(|id| events[0].object_ids.contains(id)), "{:?}", events[0].object_ids);
}

fn provide(consumer: &Consumer, patient_id: &str, unique_id: &str, content: &[u8]) {
    let request = submission(patient_id, &[unique_id]);
    let document = OutgoingDocument::bytes(request.entries[0].entry_uuid, content);
    consumer.client.provide_and_register(&request, vec![document]).unwrap();
}

fn files_below(folder: &Path) -> HashSet<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { HashSet::from([path]) }).collect()
}
