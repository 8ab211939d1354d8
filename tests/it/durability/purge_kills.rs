//! The built program, killed while it destroys records whose ten years are over: each record is whole, or purged with a certificate.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use dossier::client::soap::{OutgoingDocument, Timeouts, XdsClient, quoted, quoted_list};
use dossier::model::audit_event::Transaction;
use dossier::model::document_request::DocumentRequest;
use dossier::wire::ebrim::{FIND_DOCUMENTS, ReturnType};
use serde_json::json;

use super::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::served_program::ServedProgram;
use crate::support::submissions::{announcement, fresh_oid, submission};
use crate::support::{Database, send_hl7};

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
];
const REPOSITORY: &str = "2.999.442.9.2";
const PATIENTS: usize = 8;
const DOCUMENTS: usize = 3;
const KILLS: u64 = 6;

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
    trial.close_long_ago();
    for round in 0..KILLS {
        trial.retain_and_kill(Duration::from_millis(40 + 25 * round));
        trial.program.start_again();
        trial.check();
        trial.program.kill();
    }
    trial.retain_and_kill(Duration::from_secs(30));
    trial.program.start_again();
    assert_eq!(trial.check(), PATIENTS, "in the end all are purged, each once");
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

    fn close_long_ago(&self) {
        let record = |patient: usize| {
            json!({ "patient": NUMBERS[patient], "status": "closed", "created_at": "2010-01-01T00:00:00+01:00",
                "closed_at": "2011-01-01T00:00:00+01:00", "emergency_access": "standard" })
        };
        let file = self.program.folder().join("records.json");
        let records = json!({ "assigning_authority": AUTHORITY, "records": (0..PATIENTS).map(record).collect::<Vec<_>>() });
        std::fs::write(&file, records.to_string()).unwrap();
        assert!(self.run(&["import", "records", &file.display().to_string()]).status().unwrap().success());
    }

    /// Lets the operator's command do what is due, for so long at most.
    fn retain_and_kill(&self, most: Duration) {
        let mut program = self.run(&["retention"]).spawn().unwrap();
        let step = Duration::from_millis(5);
        let mut left = most;
        while program.try_wait().unwrap().is_none() && !left.is_zero() {
            sleep(step.min(left));
            left = left.saturating_sub(step);
        }
        let _ = program.kill();
        program.wait().unwrap();
    }

    /// That each record is whole, or purged with one certificate; gives how many are.
    fn check(&self) -> usize {
        let gone: HashSet<_> = (0..PATIENTS).filter(|patient| self.is_purged(*patient)).collect();
        let (events, _) = events_after(&self.database_url, 0);
        for patient in 0..PATIENTS {
            let of_patient = events.iter().filter(|event| event.patient_ids.contains(&number(patient)));
            let certificates = of_patient.filter(|event| event.transaction == Transaction::LifeCycle && event.purged.is_some()).count();
            assert!(certificates <= 1 && (certificates == 1 || !gone.contains(&patient)), "{patient}: {certificates}");
        }
        gone.len()
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
