//! A merge joins two records (ITI TF-2: 3.8.4.2.4).

use super::message::{announce, merge};
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};
use crate::xds::answer::Answer;
use crate::xds::metadata::{Submission, escaped, patient_id};
use crate::xds::query::{find_documents, get_all};
use crate::xds::retrieve::retrieve;

on_both_databases!(documents_move_to_the_survivor, a_subsumed_identifier_takes_no_documents);

fn documents_move_to_the_survivor(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["KEPT", "GONE"]);
    for submission in [Submission::note(1, "KEPT"), Submission::note(2, "GONE")] {
        let package = submission.mtom();
        assert!(Answer::read(&server.repository(&package.content_type, &package.body)).succeeded());
    }
    assert!(send_hl7(server.mllp, &merge("KEPT", "GONE")).contains("\rMSA|AA|"));

    let found = find_documents(&server, "KEPT", "LeafClass");
    assert!(found.succeeded(), "{found}");
    assert_eq!(found.objects("ExtrinsicObject").len(), 2, "{found}");
    let of_survivor = format!("value=\"{}\"", escaped(&patient_id("KEPT")));
    assert_eq!(found.envelope.matches(&of_survivor).count(), 2, "the entries name another patient: {found}");
    // Two submission sets, two entries, two memberships.
    assert_eq!(get_all(&server, "KEPT").objects("").len(), 6);
    assert_eq!(get_all(&server, "GONE").objects("").len(), 0);
    assert_eq!(retrieve(&server, "2.999.442.9.3.1000.2"), b"note 2\n");
}

fn a_subsumed_identifier_takes_no_documents(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["KEPT", "GONE"]);
    assert!(send_hl7(server.mllp, &merge("KEPT", "GONE")).contains("\rMSA|AA|"));
    let package = Submission::note(1, "GONE").mtom();
    let answer = Answer::read(&server.repository(&package.content_type, &package.body));
    assert!(answer.said().starts_with("HTTP 200 Failure\nXDSUnknownPatientId | SubmissionSet/patientId | "), "{}", answer.said());
    assert_eq!(get_all(&server, "KEPT").objects("").len(), 0);
}
