//! Answers as they stand on the wire, valid by the standards' schemas.

use super::answer::Answer;
use super::envelope::{SOAP, envelope};
use super::metadata::{Document, Submission, folder, member};
use super::query::{FIND_DOCUMENTS, ask, find_documents};
use super::retrieve::{retrieve_from, retrieve_request};
use crate::mllp::message::announce;
use crate::on_both_databases;
use crate::support::schema_validity::Message;
use crate::support::{Database, REPOSITORY, TestServer};

on_both_databases!(submissions, queries, retrievals, a_fault);

fn provide(server: &TestServer, submission: &Submission) -> Answer {
    let package = submission.mtom();
    Answer::read(&server.repository(&package.content_type, &package.body))
}

fn submissions(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let good = provide(&server, &Submission::note(1, "P1"));
    insta::assert_snapshot!("iti41_success", good.snapshot(Message::RegistryResponse));
    let inline = Submission::note(2, "P1").inline();
    let inline = Answer::read(&server.repository(&inline.content_type, &inline.body));
    insta::assert_snapshot!("iti41_success_inline", inline.snapshot(Message::RegistryResponse));

    let mut faulty = Submission::note(3, "P1");
    let document = &mut faulty.documents[0];
    document.creation_time = "2025-03-17".into();
    document.unique_id = "2.999.0x1".into();
    document.mime_type = String::new();
    document.slots = super::metadata::slot("serviceStartTime", &["20251317"]) + &super::metadata::slot("hash", &["00"]);
    faulty.unique_id = "not an OID".into();
    let faulty = faulty.object(&member("as-x", "SubmissionSet01", "Nothing01", Some("Original")));
    insta::assert_snapshot!("iti41_all_faults_are_named", provide(&server, &faulty).snapshot(Message::RegistryResponse));

    let registered = Submission::note(4, "P1").register();
    let registered = Answer::read(&server.registry(&registered.content_type, &registered.body));
    insta::assert_snapshot!("iti42_what_only_a_repository_knows_is_missing", registered.snapshot(Message::RegistryResponse));
}

fn queries(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let nothing = find_documents(&server, "P1", "LeafClass");
    insta::assert_snapshot!("iti18_nothing_found", nothing.snapshot(Message::AdhocQueryResponse));
    assert!(provide(&server, &Submission::note(1, "P1").object(&folder(1, "P1"))).succeeded());
    let entries = find_documents(&server, "P1", "LeafClass");
    insta::assert_snapshot!("iti18_find_documents_leaf_class", entries.snapshot(Message::AdhocQueryResponse));
    let references = find_documents(&server, "P1", "ObjectRef");
    insta::assert_snapshot!("iti18_find_documents_object_ref", references.snapshot(Message::AdhocQueryResponse));
    let refused = ask(&server, FIND_DOCUMENTS, "LeafClass", &[]);
    insta::assert_snapshot!("iti18_missing_parameter", refused.snapshot(Message::AdhocQueryResponse));
}

fn retrievals(database: Database) {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    let submission = Submission::new(1, "P1", vec![Document::new(1, "P1", b"one\r\n"), Document::new(2, "P1", "zwé\n".as_bytes())]);
    assert!(provide(&server, &submission).succeeded());
    let (one, two, none) = ("2.999.442.9.3.1000.1", "2.999.442.9.3.1000.2", "2.999.442.9.3.1000.99");
    let answers = [
        ("iti43_found", retrieve_from(&server, &[(REPOSITORY, one), (REPOSITORY, two)])),
        ("iti43_unknown_document", retrieve_from(&server, &[(REPOSITORY, none)])),
        ("iti43_unknown_repository", retrieve_from(&server, &[("2.999.1", one)])),
        ("iti43_mixed", retrieve_from(&server, &[(REPOSITORY, none), (REPOSITORY, one), ("2.999.1", two)])),
    ];
    for (name, answer) in answers {
        insta::assert_snapshot!(name, answer.snapshot(Message::RetrieveDocumentSetResponse));
    }
}

fn a_fault(database: Database) {
    let server = TestServer::start(database);
    let response = server.repository(SOAP, envelope("urn:ihe:iti:2007:Nothing", &retrieve_request(&[])).as_bytes());
    let text = response.text();
    assert_eq!(Answer::read(&response).http_status, 400);
    insta::assert_snapshot!("fault", super::redaction::redacted(&text.replace("><", ">\n<")));
}
