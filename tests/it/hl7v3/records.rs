//! What a feed does to documents (ITI TF-2: 3.44.4.2.4), and what the trail tells of it.

use dossier::model::audit_event::{AuditOutcome, Transaction};

use super::message::{JEANNE, accepted, added, merge, revised};
use crate::durability::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::{Database, TestServer};
use crate::xds::answer::Answer;
use crate::xds::metadata::{Submission, patient_id};
use crate::xds::query::{find_documents, get_all};
use crate::xds::retrieve::retrieve;

on_both_databases!(documents_are_filed_and_move_with_a_merge, a_revision_that_is_sent_twice_is_two_records_of_one_state);

fn submit(server: &TestServer, number: u32, patient: &str) -> Answer {
    let package = Submission::note(number, patient).mtom();
    Answer::read(&server.repository(&package.content_type, &package.body))
}

fn documents_are_filed_and_move_with_a_merge(database: Database) {
    let server = TestServer::start(database);
    assert!(submit(&server, 1, "KEPT").said().contains("XDSUnknownPatientId"));
    for patient in ["KEPT", "GONE"] {
        accepted(&server, &added(patient));
    }
    assert!(submit(&server, 1, "KEPT").succeeded() && submit(&server, 2, "GONE").succeeded());
    accepted(&server, &merge("KEPT", "GONE"));
    assert_eq!(find_documents(&server, "KEPT", "LeafClass").objects("ExtrinsicObject").len(), 2);
    assert_eq!(get_all(&server, "GONE").objects("").len(), 0);
    assert_eq!(retrieve(&server, "2.999.442.9.3.1000.2"), b"note 2\n");
    assert!(submit(&server, 3, "GONE").said().contains("XDSUnknownPatientId"));
    assert!(submit(&server, 4, "KEPT").succeeded());
}

fn a_revision_that_is_sent_twice_is_two_records_of_one_state(database: Database) {
    let server = TestServer::start(database);
    accepted(&server, &added("P1"));
    for _ in 0..2 {
        accepted(&server, &revised("P1", &JEANNE.replace("Exemple", "Autre")));
    }
    let (events, _) = events_after(&server.database_url, 0);
    let feed: Vec<_> = events.iter().filter(|event| event.transaction == Transaction::Iti44).collect();
    assert_eq!(feed.len(), 3);
    for event in feed {
        assert_eq!((event.outcome, event.message_id.as_deref()), (AuditOutcome::Success, Some("2.999.442.9.8^MSG1")));
        assert_eq!((event.caller.as_deref(), event.patient_ids.as_slice()), (Some("|2.999.442.9.7.1"), &[patient_id("P1")][..]));
    }
    server.assert_measured("ITI-44");
}
