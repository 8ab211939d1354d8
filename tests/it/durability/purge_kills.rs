//! The built program, killed while it destroys records whose ten years are over: each record is whole, or purged with a certificate.

use std::collections::HashSet;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient, quoted, quoted_list};
use dossier::model::audit_event::{AuditEvent, Transaction};
use dossier::model::document_request::DocumentRequest;
use dossier::wire::ebrim::{FIND_DOCUMENTS, ReturnType};
use serde_json::json;

use super::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::{announcement, fresh_oid, submission};
use crate::support::{Database, content_files, send_hl7};

on_both_databases!(a_purge_that_is_killed_leaves_nothing_half);

const AUTHORITY: &str = "1.3.182.4.4";
/// Of the sample population; the digits are checked.
const NUMBERS: [&str; PATIENTS] = [
    "1958031498124",
    "1986070298269",
    "1947112398312",
    "1991050998408",
    "2019093098526",
    "1975011898682",
    "1980022998752",
    "1939062198893",
    "1995000098999",
    "1968101099061",
    "2007081699131",
    "1932040399222",
];
const REPOSITORY: &str = "2.999.442.9.2";
const PATIENTS: usize = 12;
const DOCUMENTS: usize = 3;
/// The records close in so many groups; a purge of each is killed.
const GROUPS: usize = 2;
/// How long a server may take to finish what another began.
const PATIENCE: Duration = Duration::from_secs(30);

struct Trial {
    program: ServedProgram,
    database_url: String,
    /// The uniqueIds of the documents of each patient.
    documents: Vec<Vec<String>>,
}

fn number(patient: usize) -> String {
    format!("{}^^^&{AUTHORITY}&ISO", NUMBERS[patient])
}

fn a_purge_that_is_killed_leaves_nothing_half(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let database_url = database.create(folder.path());
    let program = ServedProgram::start_in(folder, &[("database.url", &database_url)]);
    let mut trial = Trial { program, database_url, documents: Vec::new() };
    trial.fill();
    trial.program.kill();
    let mut killed_in_the_midst = 0;
    for group in 0..GROUPS {
        let all = PATIENTS / GROUPS * (group + 1);
        trial.close_long_ago(PATIENTS / GROUPS * group..all);
        trial.kill_when_a_file_is_gone();
        let purged = trial.certificates().iter().sum::<usize>();
        assert!(purged > all - PATIENTS / GROUPS, "what was seen to go was a purged document, and its certificate is there");
        killed_in_the_midst += usize::from(purged < all);
        // A server that starts does the rest, while it is asked.
        trial.program.start_again();
        trial.check();
        trial.finish(all);
        trial.program.kill();
    }
    assert!(killed_in_the_midst > 0, "at least one was killed before it was done");
    assert!(trial.collect_what_is_left(), "no file of a purged document outlives the sweep");
}

impl Trial {
    fn client(&self) -> XdsClient {
        let url = |service: &str| format!("http://{}/xds/{service}", self.program.http);
        XdsClient::new(&url("registry"), &url("repository"), Timeouts::default())
    }

    fn fill(&mut self) {
        for patient in 0..PATIENTS {
            assert!(send_hl7(self.program.mllp, &announcement(&number(patient))).contains("MSA|AA|"));
            let ids: Vec<_> = (0..DOCUMENTS).map(|_| fresh_oid()).collect();
            let request = submission(&number(patient), &ids);
            let contents = request.entries.iter().map(|entry| OutgoingDocument::bytes(entry.entry_uuid, b"kept for ten years")).collect();
            self.client().provide_and_register(&request, contents).unwrap();
            self.documents.push(ids);
        }
    }

    fn run(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dossier"));
        program.current_dir(self.program.folder()).env_clear();
        program.env("DOSSIER_ENCRYPTION_MASTER_KEY", crate::support::served_program::MASTER_KEY).args(arguments);
        let url = format!("database.url={}", self.database_url);
        program.args(["--set", "profile=ihe-connectathon", "--set", "environment=test", "--set", &url]);
        program.stdout(Stdio::null());
        program
    }

    fn close_long_ago(&self, patients: Range<usize>) {
        let record = |patient: usize| {
            json!({ "patient": NUMBERS[patient], "status": "closed", "created_at": "2010-01-01T00:00:00+01:00",
                "closed_at": "2011-01-01T00:00:00+01:00", "emergency_access": "standard" })
        };
        let file = self.program.folder().join("records.json");
        let records = json!({ "assigning_authority": AUTHORITY, "records": patients.map(record).collect::<Vec<_>>() });
        std::fs::write(&file, records.to_string()).unwrap();
        assert!(self.run(&["import", "records", &file.display().to_string()]).status().unwrap().success());
    }

    /// Kills the operator's command as soon as a document's file has vanished, which is after the first record was purged.
    fn kill_when_a_file_is_gone(&self) {
        let before = self.content_files();
        let mut program = self.run(&["retention"]).spawn().unwrap();
        while self.content_files() >= before {
            assert_eq!(program.try_wait().unwrap(), None, "it ended and no file is gone");
        }
        let _ = program.kill();
        program.wait().unwrap();
    }

    fn content_files(&self) -> usize {
        content_files(&self.program.folder().join("dossier-data"))
    }

    /// How many certificates of their purge there are, of each patient.
    fn certificates(&self) -> [usize; PATIENTS] {
        let (events, _) = events_after(&self.database_url, 0);
        let of = |patient: usize, event: &AuditEvent| event.patient_ids.contains(&number(patient));
        let is_purge = |event: &&AuditEvent| event.transaction == Transaction::LifeCycle && event.purged.is_some();
        std::array::from_fn(|patient| events.iter().filter(is_purge).filter(|event| of(patient, event)).count())
    }

    /// That each record is whole, or purged with one certificate; gives how many are.
    fn check(&self) -> usize {
        let gone: HashSet<_> = (0..PATIENTS).filter(|patient| self.is_purged(*patient)).collect();
        for (patient, certificates) in self.certificates().into_iter().enumerate() {
            assert!(certificates <= 1 && (certificates == 1 || !gone.contains(&patient)), "{patient}: {certificates}");
        }
        gone.len()
    }

    /// Waits until the server has purged so many records, and no more.
    fn finish(&self, all: usize) {
        let begun = Instant::now();
        while self.check() < all {
            assert!(begun.elapsed() < PATIENCE, "the server that was started again does not finish");
        }
        assert_eq!((self.check(), self.certificates().iter().sum::<usize>()), (all, all), "each once");
    }

    /// Whether the operator's sweep leaves no file.
    fn collect_what_is_left(&self) -> bool {
        assert!(self.run(&["gc", "--older-than", "1ms"]).status().unwrap().success());
        self.content_files() == 0
    }

    fn is_purged(&self, patient: usize) -> bool {
        // The server purges as well: what changes between two looks is looked at again.
        let (found, given) = loop {
            let found = self.found(patient);
            let given = self.documents[patient].iter().filter(|id| self.is_given(id)).count();
            if found == self.found(patient) {
                break (found, given);
            }
        };
        assert_eq!(found, given, "metadata and bytes go together");
        assert!(found == DOCUMENTS || found == 0, "{found} of {DOCUMENTS} documents are left");
        found == 0
    }

    fn found(&self, patient: usize) -> usize {
        let approved = quoted_list(["urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"]);
        let parameters = [("$XDSDocumentEntryPatientId", vec![quoted(&number(patient))]), ("$XDSDocumentEntryStatus", approved)];
        self.client().stored_query(FIND_DOCUMENTS, ReturnType::LeafClass, &parameters).unwrap().objects.entries.len()
    }

    fn is_given(&self, unique_id: &str) -> bool {
        let unique_id = unique_id.parse().unwrap();
        let asked = DocumentRequest { home_community_id: None, repository_unique_id: REPOSITORY.to_owned(), unique_id };
        let given = self.client().retrieve(&[asked], |_| Ok(Vec::new()));
        given.is_ok_and(|given| given.documents[0].sink == b"kept for ten years")
    }
}
