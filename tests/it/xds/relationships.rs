//! Documents that replace and amend others, and folders (ITI TF-3: 4.2.2.2, ITI TF-2: 3.42.4.1.3).

use super::answer::Answer;
use super::metadata::patient_id;
use super::metadata::{APPENDS, REPLACES, Submission, TRANSFORMS, association, folder, member};
use super::query::{APPROVED, FIND_FOLDERS, GET_FOLDER_AND_CONTENTS, ask, find_documents, get_document};
use super::retrieve::retrieve;
use crate::mllp::message::announce;
use crate::on_both_databases;
use crate::support::{Database, TestServer};

on_both_databases!(
    a_successor_takes_the_place_of_the_document,
    a_successor_takes_its_place_in_folders,
    addenda_become_obsolete_with_the_document,
    what_is_obsolete_is_not_replaced_again,
    an_existing_document_is_put_into_a_folder,
    the_second_of_its_update_finds_a_folder,
);

fn start(database: Database) -> TestServer {
    let server = TestServer::start(database);
    announce(&server, &["P1"]);
    server
}

fn submit(server: &TestServer, submission: &Submission) {
    let answer = provide(server, submission);
    assert!(answer.succeeded(), "{answer}");
}

fn provide(server: &TestServer, submission: &Submission) -> Answer {
    let package = submission.mtom();
    Answer::read(&server.repository(&package.content_type, &package.body))
}

fn unique_id(number: u32) -> String {
    format!("2.999.442.9.3.1000.{number}")
}

/// `id` and the last word of `status` of the only entry of a document.
fn entry(server: &TestServer, number: u32) -> (String, String) {
    let found = get_document(server, &unique_id(number));
    let objects = found.objects("ExtrinsicObject");
    assert_eq!(objects.len(), 1, "{found}");
    let attribute = |name| objects[0].attribute(name).unwrap().to_owned();
    (attribute("id"), attribute("status").rsplit(':').next().unwrap().to_owned())
}

fn status(server: &TestServer, number: u32) -> String {
    entry(server, number).1
}

/// The document of that number, related so to an earlier one.
fn related(server: &TestServer, number: u32, kind: &str, earlier: u32) -> Submission {
    let (target, _) = entry(server, earlier);
    Submission::note(number, "P1").object(&association("as-related", kind, &format!("Document{number:02}"), &target, ""))
}

fn approved(server: &TestServer) -> Vec<String> {
    let found = find_documents(server, "P1", "ObjectRef");
    found.objects("ObjectRef").iter().map(|object| object.attribute("id").unwrap().to_owned()).collect()
}

/// The entries in the folder of that number.
fn members(server: &TestServer, number: u32) -> Vec<String> {
    let folder = format!("('2.999.442.9.6.{number}')");
    let found = ask(server, GET_FOLDER_AND_CONTENTS, "LeafClass", &[("$XDSFolderUniqueId", &folder)]);
    assert_eq!(found.objects("RegistryPackage").len(), 1, "{found}");
    let mut members: Vec<_> = found.objects("ExtrinsicObject").iter().map(|object| object.attribute("id").unwrap().to_owned()).collect();
    members.sort();
    members
}

fn a_successor_takes_the_place_of_the_document(database: Database) {
    let server = start(database);
    submit(&server, &Submission::note(1, "P1"));
    submit(&server, &related(&server, 2, REPLACES, 1));
    assert_eq!((status(&server, 1), status(&server, 2)), ("Deprecated".to_owned(), "Approved".to_owned()));
    assert_eq!(approved(&server), [entry(&server, 2).0]);
    assert_eq!(retrieve(&server, &unique_id(1)), b"note 1\n", "what is obsolete is still there");
}

fn a_successor_takes_its_place_in_folders(database: Database) {
    let server = start(database);
    let filed = Submission::note(1, "P1").object(&folder(1, "P1")).object(&member("as-filed", "Folder01", "Document01", None));
    submit(&server, &filed.object(&member("as-link", "SubmissionSet01", "as-filed", None)));
    assert_eq!(members(&server, 1), [entry(&server, 1).0]);
    submit(&server, &related(&server, 2, REPLACES, 1));
    let mut both = [entry(&server, 1).0, entry(&server, 2).0];
    both.sort();
    assert_eq!(members(&server, 1), both);
}

fn addenda_become_obsolete_with_the_document(database: Database) {
    let server = start(database);
    submit(&server, &Submission::note(1, "P1"));
    submit(&server, &related(&server, 2, APPENDS, 1));
    submit(&server, &related(&server, 3, TRANSFORMS, 1));
    submit(&server, &related(&server, 4, APPENDS, 3));
    assert!((1..=4).all(|number| status(&server, number) == "Approved"));
    submit(&server, &related(&server, 5, REPLACES, 1));
    assert!((1..=4).all(|number| status(&server, number) == "Deprecated"));
    assert_eq!(approved(&server), [entry(&server, 5).0]);
}

fn what_is_obsolete_is_not_replaced_again(database: Database) {
    let server = start(database);
    submit(&server, &Submission::note(1, "P1"));
    submit(&server, &related(&server, 2, REPLACES, 1));
    for kind in [REPLACES, APPENDS] {
        let answer = provide(&server, &related(&server, 3, kind, 1));
        assert!(answer.said().starts_with("HTTP 200 Failure\nXDSRegistryDeprecatedDocumentError | "), "{}", answer.said());
    }
    assert_eq!(approved(&server), [entry(&server, 2).0]);
}

fn an_existing_document_is_put_into_a_folder(database: Database) {
    let server = start(database);
    submit(&server, &Submission::note(1, "P1"));
    let (existing, _) = entry(&server, 1);
    let filing = Submission { documents: Vec::new(), ..Submission::note(2, "P1") }
        .object(&folder(1, "P1"))
        .object(&member("as-filed", "Folder01", &existing, None))
        .object(&member("as-link", "SubmissionSet01", "as-filed", None));
    submit(&server, &filing);
    assert_eq!(members(&server, 1), [existing]);
}

fn the_second_of_its_update_finds_a_folder(database: Database) {
    let server = start(database);
    submit(&server, &Submission { documents: Vec::new(), ..Submission::note(1, "P1") }.object(&folder(1, "P1")));
    let patient = format!("'{}'", patient_id("P1"));
    let found = |range: &[(&str, &str)]| {
        let fixed = [("$XDSFolderPatientId", patient.as_str()), ("$XDSFolderStatus", APPROVED)];
        let answer = ask(&server, FIND_FOLDERS, "LeafClass", &[fixed.as_slice(), range].concat());
        assert!(answer.succeeded(), "{answer}");
        (answer.objects("RegistryPackage").len(), answer)
    };
    let (_, folder) = found(&[]);
    let (_, rest) = folder.envelope.split_once("<rim:Slot name=\"lastUpdateTime\"><rim:ValueList><rim:Value>").unwrap();
    let updated = &rest[..14];
    let before = (updated.parse::<u64>().unwrap() - 1).to_string();
    let (from, to) = ("$XDSFolderLastUpdateTimeFrom", "$XDSFolderLastUpdateTimeTo");
    assert_eq!(found(&[(from, updated), (to, updated)]).0, 1, "{updated}");
    // The second before, or where its digits are no time, some time long before.
    let before = if updated.ends_with("00") { "2001" } else { before.as_str() };
    assert_eq!(found(&[(to, before)]).0, 0, "{before}");
}
