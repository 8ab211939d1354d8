//! Remove Metadata (ITI TF-2: 3.62) and Remove Documents (3.86) over a socket.

use std::fs;
use std::path::Path;

use dossier::model::association::AssociationType;
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;

use crate::on_both_databases;
use crate::support::{Database, REPOSITORY};
use crate::xds_scene::{FAILURE, PARTIAL, SUCCESS, Scene, entry, folder, link, submission};

on_both_databases!(
    a_submission_goes_as_a_whole,
    what_is_in_no_record_cannot_be_removed,
    a_folder_may_lose_its_member_and_stay,
    an_entry_of_two_submission_sets_outlives_the_first,
    several_records_are_changed_together_or_not_at_all,
    a_removed_document_is_gone_and_its_entry_stays,
    documents_are_removed_one_by_one,
    a_document_outlives_its_metadata_until_it_is_removed,
    requests_that_name_nothing_are_refused,
);

const CONTENT: &[u8] = b"Exemple, rien de plus.";
const DOCUMENT: &str = "2.999.86.1";

fn start(database: Database) -> (Scene, String) {
    let scene = Scene::start(database, &[]);
    let patient = scene.announce("REMOVE1");
    (scene, patient)
}

fn remove(scene: &Scene, ids: &[EntryUuid]) -> String {
    let references: String = ids.iter().map(|id| format!("<r:ObjectRef id=\"{id}\"/>")).collect();
    let body = format!(
        "<l:RemoveObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <r:ObjectRefList>{references}</r:ObjectRefList></l:RemoveObjectsRequest>"
    );
    let answer = scene.send("registry", "urn:ihe:iti:2010:DeleteDocumentSet", &body);
    assert!(answer.contains("urn:ihe:iti:2010:DeleteDocumentSetResponse"), "{answer}");
    answer
}

fn document_requests(documents: &[(&str, &str)]) -> String {
    let request = |(repository, document): &(&str, &str)| {
        format!(
            "<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId><x:DocumentUniqueId>{document}</x:DocumentUniqueId></x:DocumentRequest>"
        )
    };
    documents.iter().map(request).collect()
}

fn remove_documents(scene: &Scene, documents: &[(&str, &str)]) -> String {
    let requests = document_requests(documents);
    let body = format!(
        "<d:RemoveDocumentsRequest xmlns:d=\"urn:ihe:iti:rmd:2017\" xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</d:RemoveDocumentsRequest>"
    );
    scene.send("repository", "urn:ihe:iti:2017:RemoveDocuments", &body)
}

fn retrieve(scene: &Scene, document: &str) -> String {
    let requests = document_requests(&[(REPOSITORY, document)]);
    let body = format!("<x:RetrieveDocumentSetRequest xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</x:RetrieveDocumentSetRequest>");
    scene.send("repository", "urn:ihe:iti:2007:RetrieveDocumentSet", &body)
}

fn ids(request: &SubmissionRequest) -> Vec<EntryUuid> {
    request.own_ids().collect()
}

/// Files of documents on the disk.
fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

fn assert_refused(answer: &str, codes: &[&str]) {
    assert!(answer.contains(FAILURE), "{answer}");
    for code in codes {
        assert!(answer.contains(&format!("errorCode=\"{code}\"")), "no {code} in {answer}");
    }
    assert_eq!(answer.matches("errorCode=").count(), codes.len(), "{answer}");
}

fn one_document(patient: &str, document: &str) -> SubmissionRequest {
    submission(patient, &format!("{document}.1"), vec![entry(patient, document, "c")], Vec::new(), Vec::new())
}

fn a_submission_goes_as_a_whole(database: Database) {
    let (scene, patient) = start(database);
    let request = one_document(&patient, DOCUMENT);
    scene.provide(&request, CONTENT);
    let (all, set, member) = (ids(&request), request.submission_set.entry_uuid, request.associations[0].entry_uuid);
    let document = request.entries[0].entry_uuid;

    assert_refused(&remove(&scene, &[set]), &["ReferencesExistException"]);
    assert_refused(&remove(&scene, &[document]), &["ReferencesExistException"]);
    assert_refused(&remove(&scene, &[document, member]), &["XDSUnreferencedObjectException"]);
    assert_refused(&remove(&scene, &[set, member]), &["XDSUnreferencedObjectException"]);
    assert_refused(&remove(&scene, &[member]), &["XDSUnreferencedObjectException"; 2]);
    assert_eq!(scene.filed(&patient, &all), 3, "a refusal changes nothing");

    assert!(remove(&scene, &all).contains(SUCCESS));
    assert_eq!(scene.filed(&patient, &all), 0);
    assert_refused(&remove(&scene, &all), &["UnresolvedReferenceException"; 3]);
    // Nothing of it is left: the same ids are free again.
    scene.provide(&request, CONTENT);
    assert_eq!(scene.filed(&patient, &all), 3);
}

fn what_is_in_no_record_cannot_be_removed(database: Database) {
    let (scene, patient) = start(database);
    let request = one_document(&patient, DOCUMENT);
    scene.provide(&request, CONTENT);
    let mut some = ids(&request);
    some.push(EntryUuid::random());
    assert_refused(&remove(&scene, &some), &["UnresolvedReferenceException"]);
    assert_eq!(scene.filed(&patient, &some), 3, "all or nothing");
}

fn a_folder_may_lose_its_member_and_stay(database: Database) {
    let (scene, patient) = start(database);
    let (document, folder) = (entry(&patient, DOCUMENT, "c"), folder(&patient, "2.999.86.2", "k"));
    let in_folder = link(AssociationType::HasMember, folder.entry_uuid, document.entry_uuid);
    let request = submission(&patient, "2.999.86.3", vec![document], vec![folder], vec![in_folder.clone()]);
    scene.provide(&request, CONTENT);
    let of_link = request.associations.iter().find(|association| association.target == in_folder.entry_uuid).unwrap().entry_uuid;

    assert_refused(&remove(&scene, &[in_folder.entry_uuid]), &["ReferencesExistException"]);
    assert_refused(&remove(&scene, &[of_link]), &["XDSUnreferencedObjectException"]);
    assert!(remove(&scene, &[in_folder.entry_uuid, of_link]).contains(SUCCESS));
    let all = ids(&request);
    assert_eq!(scene.filed(&patient, &all), all.len() - 2);
}

fn an_entry_of_two_submission_sets_outlives_the_first(database: Database) {
    let (scene, patient) = start(database);
    let first = one_document(&patient, DOCUMENT);
    scene.provide(&first, CONTENT);
    let document = first.entries[0].entry_uuid;
    let mut second = submission(&patient, "2.999.86.4", Vec::new(), Vec::new(), Vec::new());
    let mut reference = link(AssociationType::HasMember, second.submission_set.entry_uuid, document);
    reference.submission_set_status = Some(dossier::model::association::SubmissionSetStatus::Reference);
    second.associations.push(reference);
    scene.provide(&second, CONTENT);

    let of_first = [first.submission_set.entry_uuid, first.associations[0].entry_uuid];
    assert!(remove(&scene, &of_first).contains(SUCCESS));
    assert_eq!(scene.filed(&patient, &[document]), 1);
    let rest: Vec<_> = ids(&second).into_iter().chain([document]).collect();
    assert!(remove(&scene, &rest).contains(SUCCESS));
    assert_eq!(scene.filed(&patient, &rest), 0);
}

fn several_records_are_changed_together_or_not_at_all(database: Database) {
    let (scene, patient) = start(database);
    let other = scene.announce("REMOVE2");
    let (mine, theirs) = (one_document(&patient, DOCUMENT), one_document(&other, "2.999.86.5"));
    scene.provide(&mine, CONTENT);
    scene.provide(&theirs, CONTENT);
    let mut incomplete = ids(&mine);
    incomplete.push(theirs.submission_set.entry_uuid);
    assert_refused(&remove(&scene, &incomplete), &["ReferencesExistException"]);
    assert_eq!(scene.filed(&patient, &ids(&mine)), 3, "the other record's fault keeps this one whole");
    let both: Vec<_> = ids(&mine).into_iter().chain(ids(&theirs)).collect();
    assert!(remove(&scene, &both).contains(SUCCESS));
    assert_eq!(scene.filed(&patient, &both) + scene.filed(&other, &both), 0);
}

fn a_removed_document_is_gone_and_its_entry_stays(database: Database) {
    let (scene, patient) = start(database);
    let request = one_document(&patient, DOCUMENT);
    let contents = scene.server.folder.path().join("data");
    let before = files(&contents);
    scene.provide(&request, CONTENT);
    assert_eq!(files(&contents), before + 1);
    assert!(retrieve(&scene, DOCUMENT).contains("Exemple, rien de plus."));

    let answer = remove_documents(&scene, &[(REPOSITORY, DOCUMENT), (REPOSITORY, DOCUMENT)]);
    assert!(answer.contains(SUCCESS) && answer.contains("urn:ihe:iti:2017:RemoveDocumentsResponse"), "{answer}");
    assert_eq!(files(&contents), before);
    assert_refused(&retrieve(&scene, DOCUMENT), &["XDSDocumentUniqueIdError"]);
    assert_refused(&remove_documents(&scene, &[(REPOSITORY, DOCUMENT)]), &["XDSDocumentUniqueIdError"]);
    assert_eq!(scene.filed(&patient, &ids(&request)), 3);
}

fn documents_are_removed_one_by_one(database: Database) {
    let (scene, patient) = start(database);
    let request = one_document(&patient, DOCUMENT);
    scene.provide(&request, CONTENT);
    let elsewhere = remove_documents(&scene, &[("2.999.86.99", DOCUMENT)]);
    assert_refused(&elsewhere, &["XDSUnknownRepositoryId"]);
    assert!(retrieve(&scene, DOCUMENT).contains(SUCCESS), "a refusal changes nothing");

    let requests = [("2.999.86.99", DOCUMENT), (REPOSITORY, DOCUMENT), (REPOSITORY, "2.999.86.98")];
    let answer = remove_documents(&scene, &requests);
    assert!(answer.contains(PARTIAL), "{answer}");
    assert_eq!(answer.matches("errorCode=").count(), 2, "{answer}");
    assert!(answer.contains("XDSUnknownRepositoryId") && answer.contains("XDSDocumentUniqueIdError"), "{answer}");
    assert_refused(&retrieve(&scene, DOCUMENT), &["XDSDocumentUniqueIdError"]);
}

fn a_document_outlives_its_metadata_until_it_is_removed(database: Database) {
    let (scene, patient) = start(database);
    let request = one_document(&patient, DOCUMENT);
    scene.provide(&request, CONTENT);
    assert!(remove(&scene, &ids(&request)).contains(SUCCESS));
    assert_refused(&retrieve(&scene, DOCUMENT), &["XDSDocumentUniqueIdError"]);
    assert!(remove_documents(&scene, &[(REPOSITORY, DOCUMENT)]).contains(SUCCESS));
    // Both are gone, so another document may have the id.
    scene.provide(&request, b"something else");
    assert!(retrieve(&scene, DOCUMENT).contains("something else"));
}

fn requests_that_name_nothing_are_refused(database: Database) {
    let (scene, _) = start(database);
    assert_refused(&remove(&scene, &[]), &["XDSRegistryError"]);
    let faults = [
        ("registry", "urn:ihe:iti:2010:DeleteDocumentSet", "<x/>"),
        ("repository", "urn:ihe:iti:2017:RemoveDocuments", "<x/>"),
        ("repository", "urn:ihe:iti:2017:RemoveDocuments", "<RemoveDocumentsRequest xmlns=\"urn:ihe:iti:rmd:2017\"/>"),
        ("repository", "urn:ihe:iti:2010:DeleteDocumentSet", "<x/>"),
        ("registry", "urn:ihe:iti:2017:RemoveDocuments", "<x/>"),
    ];
    for (service, action, body) in faults {
        let response = scene.post(service, action, body);
        assert_eq!(response.status, 400, "{action}: {}", response.text());
        assert!(response.text().contains("Fault"), "{}", response.text());
    }
}
