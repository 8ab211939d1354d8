//! Requests that exclude each other and arrive at the same moment.

use std::sync::Barrier;
use std::thread;

use dossier::client::ClientError;
use dossier::client::soap::OutgoingDocument;
use dossier::model::association::AssociationType;
use dossier::model::availability_status::AvailabilityStatus;
use dossier::model::submission_request::SubmissionRequest;

use super::consumer::Consumer;
use crate::on_both_databases;
use crate::support::submissions::{announcement, fresh_oid, replacement, submission};
use crate::support::{AUTHORITY, Database, REPOSITORY, TestServer, send_hl7};

/// Contenders in each race.
const CONTENDERS: usize = 8;
/// Each race is run this often, since a race that nobody loses proves nothing.
const TIMES: usize = 5;

on_both_databases!(
    one_of_identical_submissions_is_stored,
    one_of_competing_replacements_wins,
    merges_in_both_directions_end_in_one_state,
    a_submission_during_a_merge_is_filed_under_the_survivor_or_refused,
);

fn one_of_identical_submissions_is_stored(database: Database) {
    let server = Registry::start(database);
    for time in 0..TIMES {
        let patient_id = server.announce(&format!("I{time}"));
        let request = submission(&patient_id, &[fresh_oid()]);
        let outcomes = server.submit_at_once(&[(); CONTENDERS].map(|()| request.clone()));
        assert_one_winner(&outcomes, "XDSDuplicateUniqueIdInRegistry");
        let all = server.consumer.everything(&patient_id);
        assert_eq!((all.submission_sets.len(), all.entries.len(), all.associations.len()), (1, 1, 1));
        let (documents, errors) = server.consumer.retrieve(&[request.entries[0].unique_id.as_str()]);
        assert_eq!((documents.len(), errors.len()), (1, 0), "the losers did not take the winner's document with them: {errors:?}");
    }
}

fn one_of_competing_replacements_wins(database: Database) {
    let server = Registry::start(database);
    for time in 0..TIMES {
        let patient_id = server.announce(&format!("R{time}"));
        let original = submission(&patient_id, &[fresh_oid()]);
        server.submit(&original).unwrap();
        let replaced = original.entries[0].entry_uuid;
        let outcomes = server.submit_at_once(&[(); CONTENDERS].map(|()| replacement(&patient_id, &fresh_oid(), replaced)));
        assert_one_winner(&outcomes, "XDSRegistryDeprecatedDocumentError");
        let all = server.consumer.everything(&patient_id);
        let current: Vec<_> = all.entries.iter().filter(|entry| entry.availability_status == AvailabilityStatus::Approved).collect();
        assert_eq!((all.entries.len(), current.len()), (2, 1));
        let links: Vec<_> = all.associations.iter().filter(|link| link.association_type == AssociationType::Replaces).collect();
        assert_eq!(links.len(), 1);
        assert_eq!((links[0].source, links[0].target), (current[0].entry_uuid, replaced));
    }
}

fn merges_in_both_directions_end_in_one_state(database: Database) {
    let server = Registry::start(database);
    for time in 0..TIMES {
        let (a, b) = (server.announce(&format!("A{time}")), server.announce(&format!("B{time}")));
        server.submit(&submission(&a, &[fresh_oid()])).unwrap();
        server.submit(&submission(&b, &[fresh_oid()])).unwrap();
        let start = Barrier::new(2);
        let (into_a, into_b) = thread::scope(|scope| {
            let other = scope.spawn(|| {
                start.wait();
                server.merge(&b, &a)
            });
            start.wait();
            (server.merge(&a, &b), other.join().unwrap())
        });
        assert!(into_a != into_b, "one merge is done and the other refused: {into_a} {into_b}");
        let (survivor, subsumed) = if into_a { (&a, &b) } else { (&b, &a) };
        assert_eq!(server.consumer.find(survivor).entries.len(), 2);
        assert_eq!(server.consumer.find(subsumed).entries.len(), 0);
        let refused = server.submit(&submission(subsumed, &[fresh_oid()])).unwrap_err();
        assert_eq!(code(&refused), "XDSUnknownPatientId");
        server.submit(&submission(survivor, &[fresh_oid()])).unwrap();
    }
}

fn a_submission_during_a_merge_is_filed_under_the_survivor_or_refused(database: Database) {
    let server = Registry::start(database);
    for time in 0..TIMES {
        let (survivor, subsumed) = (server.announce(&format!("S{time}")), server.announce(&format!("U{time}")));
        let start = Barrier::new(2);
        let outcome = thread::scope(|scope| {
            let submitting = scope.spawn(|| {
                let request = submission(&subsumed, &[fresh_oid()]);
                start.wait();
                server.submit(&request)
            });
            start.wait();
            assert!(server.merge(&survivor, &subsumed));
            submitting.join().unwrap()
        });
        let stored = match outcome {
            Ok(()) => 1,
            Err(refusal) => {
                assert_eq!(code(&refusal), "XDSUnknownPatientId");
                0
            }
        };
        let all = server.consumer.everything(&survivor);
        assert_eq!((all.submission_sets.len(), all.entries.len(), all.associations.len()), (stored, stored, stored));
        assert!(server.consumer.everything(&subsumed).is_empty(), "something stayed under the subsumed identifier");
    }
}

/// A server with the clients of these tests.
struct Registry {
    server: TestServer,
    consumer: Consumer,
}

impl Registry {
    fn start(database: Database) -> Self {
        let server = TestServer::start(database);
        let consumer = Consumer::new(server.http, REPOSITORY);
        Self { server, consumer }
    }

    fn announce(&self, id: &str) -> String {
        let patient_id = format!("{id}^^^&{AUTHORITY}&ISO");
        assert!(send_hl7(self.server.mllp, &announcement(&patient_id)).contains("MSA|AA|"));
        patient_id
    }

    fn submit(&self, request: &SubmissionRequest) -> Result<(), ClientError> {
        let document = OutgoingDocument::bytes(request.entries[0].entry_uuid, b"content");
        self.consumer.client.provide_and_register(request, vec![document]).map(drop)
    }

    fn submit_at_once(&self, requests: &[SubmissionRequest; CONTENDERS]) -> Vec<Result<(), ClientError>> {
        let start = Barrier::new(CONTENDERS);
        thread::scope(|scope| {
            let start = &start;
            let submit = |request| {
                move || {
                    start.wait();
                    self.submit(request)
                }
            };
            let contenders: Vec<_> = requests.iter().map(|request| scope.spawn(submit(request))).collect();
            contenders.into_iter().map(|contender| contender.join().unwrap()).collect()
        })
    }

    /// Sends ADT^A40; whether it was accepted.
    fn merge(&self, survivor: &str, subsumed: &str) -> bool {
        let message = format!(
            "MSH|^~\\&|ADT|HOSPITAL|REG|DSP|20250317090000||ADT^A40^ADT_A39|{}|P|2.3.1\rEVN||20250317090000\rPID|||{survivor}||Muster^Eva\r\
             MRG|{subsumed}\r",
            uuid::Uuid::new_v4().simple()
        );
        let acknowledgement = send_hl7(self.server.mllp, &message);
        let refused = acknowledgement.contains("MSA|AE|") || acknowledgement.contains("MSA|AR|");
        assert!(refused || acknowledgement.contains("MSA|AA|"), "{acknowledgement}");
        assert!(!acknowledgement.contains("busy"), "a merge is not sent away because another one runs: {acknowledgement}");
        !refused
    }
}

fn assert_one_winner(outcomes: &[Result<(), ClientError>], code_of_losers: &str) {
    let codes: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(code).collect();
    assert_eq!(codes, vec![code_of_losers; CONTENDERS - 1]);
}

/// The one error code of a refusal.
fn code(refusal: &ClientError) -> String {
    let ClientError::Refused { errors } = refusal else { panic!("{refusal:?}") };
    let mut codes: Vec<_> = errors.iter().map(|error| error.code.as_str()).collect();
    // Several ids of one submission may be taken.
    codes.dedup();
    codes.join(" ")
}
