//! Submissions that contradict what the registry holds.

use dossier::model::audit_event::Transaction;

use super::scene::{OTHER, PATIENT, Scene, send};
use crate::on_both_databases;
use crate::support::Database;
use crate::xds::answer::Answer;
use crate::xds::metadata::{Document, REPLACES, Submission, association, code, patient_id};
use crate::xds::query::{find_documents, get_document};

on_both_databases!(
    a_submission_set_id_that_is_taken,
    a_document_id_that_is_taken_by_other_bytes,
    a_document_id_of_another_patient,
    the_same_document_may_come_again,
    an_unknown_patient,
    a_document_of_another_patient_than_its_set,
    a_replacement_of_another_patients_document,
    a_replacement_of_nothing,
    codes_without_end,
);

fn refused(database: Database, submission: &Submission, words: &str) {
    let record = Scene::start(database).repository_refuses(&submission.mtom(), words);
    assert_eq!(record.transaction, Transaction::Iti41);
    assert_eq!(record.patient_ids, [submission.patient.as_str()], "the trail names the patient also where metadata cannot be read");
}

fn a_submission_set_id_that_is_taken(database: Database) {
    let again = Submission { unique_id: "2.999.442.9.4.1000.1".into(), ..Submission::note(3, PATIENT) };
    refused(
        database,
        &again,
        "HTTP 200 Failure\nXDSDuplicateUniqueIdInRegistry | SubmissionSet.uniqueId | the SubmissionSet.uniqueId 2.999.442.9.4.1000.1 is already used by an object of this registry; a new object has an id of its own",
    );
}

fn a_document_id_that_is_taken_by_other_bytes(database: Database) {
    let other_bytes = Submission::new(3, PATIENT, vec![Document::new(1, PATIENT, b"other bytes")]);
    refused(
        database,
        &other_bytes,
        "HTTP 200 Failure\nXDSNonIdenticalHash | DocumentEntry/hash | a document with uniqueId 2.999.442.9.3.1000.1 and another hash is already registered; give the new document an id of its own",
    );
}

fn a_document_id_of_another_patient(database: Database) {
    let mut scene = Scene::start(database);
    let answer = Answer::read(&send(&scene.server, &Submission::new(3, PATIENT, vec![Document::new(2, PATIENT, b"other bytes")]).mtom()));
    assert_eq!(
        answer.said(),
        "HTTP 200 Failure\nXDSNonIdenticalHash | DocumentEntry/hash | a document with uniqueId 2.999.442.9.3.1000.2 and another hash is already registered; give the new document an id of its own"
    );
    // The sender knows the id it sent.
    scene.was_refused(&answer.envelope.replace("2.999.442.9.3.1000.2", "(as sent)"));
}

fn the_same_document_may_come_again(database: Database) {
    let scene = Scene::start(database);
    let again = Submission::new(3, PATIENT, vec![Document::new(1, PATIENT, b"note 1\n")]);
    let answer = Answer::read(&send(&scene.server, &again.mtom()));
    assert!(answer.succeeded(), "{answer}");
    assert_eq!(get_document(&scene.server, "2.999.442.9.3.1000.1").objects("ExtrinsicObject").len(), 2);
    assert_eq!(find_documents(&scene.server, PATIENT, "ObjectRef").objects("ObjectRef").len(), 2);
}

fn an_unknown_patient(database: Database) {
    refused(
        database,
        &Submission::note(3, "NOBODY"),
        "HTTP 200 Failure\nXDSUnknownPatientId | SubmissionSet/patientId | the patient id NOBODY^^^&1.3.6.1.4.1.21367.13.20.1000&ISO is not known to this registry; it has to be announced by a Patient Identity Feed (ITI-8) first",
    );
}

fn a_document_of_another_patient_than_its_set(database: Database) {
    let mut submission = Submission::note(3, PATIENT);
    submission.documents[0].patient = patient_id("PAT-2");
    refused(
        database,
        &submission,
        "HTTP 200 Failure\nXDSPatientIdDoesNotMatch | DocumentEntry(Document03)/patientId | DocumentEntry.patientId is PAT-2^^^&1.3.6.1.4.1.21367.13.20.1000&ISO, but SubmissionSet.patientId is PAT-1^^^&1.3.6.1.4.1.21367.13.20.1000&ISO: one submission is about one patient",
    );
}

fn replacing(target: &str) -> Submission {
    Submission::note(3, PATIENT).object(&association("as-rplc", REPLACES, "Document03", target, ""))
}

fn a_replacement_of_another_patients_document(database: Database) {
    let mut scene = Scene::start(database);
    let found = find_documents(&scene.server, OTHER, "ObjectRef");
    let uuid = found.objects("ObjectRef")[0].attribute("id").unwrap().to_owned();
    scene.repository_refuses(&replacing(&uuid).mtom(), "HTTP 200 Failure\nXDSPatientIdDoesNotMatch | Association(as-rplc) | the targetObject urn:uuid:[uuid-1] belongs to another patient than this submission");
}

fn a_replacement_of_nothing(database: Database) {
    refused(
        database,
        &replacing("urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"),
        "HTTP 200 Failure\nUnresolvedReferenceException | Association(as-rplc) | the targetObject urn:uuid:[uuid-1] is neither in this message nor among the objects of this patient in the registry",
    );
}

fn codes_without_end(database: Database) {
    // Text that does not compress: an index of PostgreSQL would take a longer one that does.
    let long: String = (1..4000_u32).map(|number| format!("{:x}", number.wrapping_mul(2_654_435_761))).collect();
    let mut submission = Submission::note(3, PATIENT);
    submission.documents[0].classifications =
        code("Document03", "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", &long, "2.999.1", "Event");
    let start: String = long.chars().take(120).collect();
    let words = format!(
        "HTTP 200 Failure\nXDSRegistryMetadataError | DocumentEntry(Document03)/eventCodeList | DocumentEntry.eventCodeList: '{start}…' has {} characters; 256 are allowed (ebRIM 3.0: LongName); shorten it",
        long.len()
    );
    refused(database, &submission, &words);
}
