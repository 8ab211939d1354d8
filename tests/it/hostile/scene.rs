//! A server with something to lose, and proof that it lost nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dossier::model::audit_event::{AuditEvent, AuditOutcome, Transaction};
use dossier::store::{Store, StoreError};

use crate::mllp::message::announce;
use crate::support::{Database, TestServer};
use crate::xds::answer::Answer;
use crate::xds::metadata::{Document, Submission};
use crate::xds::multipart::Package;
use crate::xds::query::get_all;
use crate::xds::retrieve::retrieve;

/// Whom the bad requests are about; one document of theirs is there, number 1.
pub const PATIENT: &str = "PAT-1";
/// Somebody else; one document of theirs is there, number 2.
pub const OTHER: &str = "OTHER-1";
/// What nobody but [`OTHER`] has.
const SECRETS: [&str; 4] = ["OTHER-1", "Secret title", "secret content", "2.999.442.9.3.1000.2"];
/// How long a request that was answered may take to tidy up.
const TIDYING: Duration = Duration::from_secs(10);

/// A server, and what it held before the bad request.
pub struct Scene {
    pub server: TestServer,
    trail: Store,
    before: Holdings,
    audited: i64,
}

/// What a server holds.
#[derive(Debug, PartialEq, Eq)]
struct Holdings {
    files: BTreeSet<PathBuf>,
    objects: [String; 2],
}

impl Scene {
    /// A server with a document of each of the two patients.
    pub fn start(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// The same with some settings changed.
    pub fn start_with(database: Database, changes: &[(&str, &str)]) -> Self {
        let server = TestServer::start_with(database, changes);
        announce(&server, &[PATIENT, OTHER]);
        let secret = Document { title: "Secret title".into(), ..Document::new(2, OTHER, b"secret content") };
        for submission in [Submission::note(1, PATIENT), Submission::new(2, OTHER, vec![secret])] {
            let answer = Answer::read(&send(&server, &submission.mtom()));
            assert!(answer.succeeded(), "{answer}");
        }
        let trail = Store::open(&server.database_url, 1).unwrap();
        let before = Holdings::of(&server);
        let mut scene = Self { server, trail, before, audited: 0 };
        scene.audited = scene.records().last().map_or(0, |(number, _)| *number);
        scene
    }

    /// Sends a package to the repository, which has to refuse it with these words.
    pub fn repository_refuses(&mut self, package: &Package, words: &str) -> AuditEvent {
        let answer = Answer::read(&send(&self.server, package));
        assert_eq!(answer.said(), words);
        self.was_refused(&answer.envelope)
    }

    /// Asserts that a request, answered so, left one record of its refusal and nothing else. Gives the record.
    pub fn was_refused(&mut self, answer: &str) -> AuditEvent {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "{records:?}");
        let (_, record) = records.pop().unwrap();
        assert_eq!(record.outcome, AuditOutcome::MinorFailure, "{record:?}");
        assert!(!record.errors.is_empty() && record.object_ids.is_empty(), "{record:?}");
        self.was_without_effect(answer);
        record
    }

    /// Asserts that a request, answered so, changed nothing, showed nothing of others, and that the server goes on.
    pub fn was_without_effect(&mut self, answer: &str) {
        for secret in SECRETS {
            assert!(!answer.contains(secret), "the answer shows {secret}: {answer}");
        }
        for inside in [self.server.folder.path().to_str().unwrap(), "sqlite", "diesel", "panicked"] {
            assert!(!answer.contains(inside), "the answer shows the inside of the server: {answer}");
        }
        let begun = Instant::now();
        while Holdings::of(&self.server) != self.before && begun.elapsed() < TIDYING {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(Holdings::of(&self.server), self.before);
        self.good_request_succeeds();
        self.audited = self.records().last().map_or(self.audited, |(number, _)| *number);
    }

    /// The records since the last look.
    fn records(&self) -> Vec<(i64, AuditEvent)> {
        let mut records =
            self.trail.read(|tx| tx.audit_events_after(self.audited, 1000)).unwrap_or_else(|error: StoreError| panic!("{error}"));
        // Looking at what the server holds is audited too.
        records.retain(|(_, record)| record.transaction != Transaction::Iti18 || record.outcome != AuditOutcome::Success);
        records.retain(|(_, record)| record.system_event.is_none());
        records
    }

    fn good_request_succeeds(&mut self) {
        let number = 900 + u32::try_from(self.before.files.len()).unwrap();
        let submission = Submission::note(number, PATIENT);
        let answer = Answer::read(&send(&self.server, &submission.mtom()));
        assert!(answer.succeeded(), "{answer}");
        assert_eq!(retrieve(&self.server, &submission.documents[0].unique_id), submission.documents[0].content);
        self.before = Holdings::of(&self.server);
    }
}

/// Sends a package to the repository.
pub fn send(server: &TestServer, package: &Package) -> crate::support::Response {
    server.repository(&package.content_type, &package.body)
}

impl Holdings {
    fn of(server: &TestServer) -> Self {
        let mut files = BTreeSet::new();
        collect(&server.folder.path().join("data/contents"), &mut files);
        assert!(!files.is_empty(), "no contents where they are looked for");
        let objects = [PATIENT, OTHER].map(|patient| {
            let all = get_all(server, patient);
            assert!(all.succeeded(), "{all}");
            format!("{:?}", all.payload)
        });
        Self { files, objects }
    }
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path);
        }
    }
}
