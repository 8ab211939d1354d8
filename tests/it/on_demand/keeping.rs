//! The Persistence of Retrieved Documents Option (ITI TF-1: 10.2.8).

use std::thread;

use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::model::code::Code;
use dossier::model::document_entry::DocumentEntry;
use dossier::model::ids::EntryUuid;
use dossier::model::text::{InternationalString, Slot};

use super::scene::{
    GET_DOCUMENTS, GET_RELATED_DOCUMENTS, LIST, alone, ask, assert_registered, find, provide, register, retrieve, retrieve_all, start,
    trail,
};
use crate::on_both_databases;
use crate::support::{Database, REPOSITORY, send_hl7};
use crate::xds_scene::{SUCCESS, Scene, entry};

on_both_databases!(
    what_is_given_can_be_retrieved_again,
    several_requests_for_one_promise_get_one_snapshot,
    unchanged_content_is_not_kept_twice,
    a_snapshot_is_linked_to_its_promise,
    a_removed_snapshot_is_made_anew,
    a_new_version_of_the_promise_keeps_its_snapshot,
    a_snapshot_is_as_confidential_as_what_it_lists,
    a_merged_patient_brings_promise_and_snapshot_along,
    many_at_once_get_one_snapshot,
);

const PERSIST: [(&str, &str); 1] = [("on_demand.persist", "true")];
const ON_DEMAND: &str = "'urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248'";
const STABLE: &str = "'urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1'";

/// The promise and its snapshots, whatever their status.
fn snapshots(scene: &Scene) -> String {
    let parameters = [
        ("$XDSDocumentEntryUniqueId", format!("'{LIST}'")),
        ("$AssociationTypes", "('urn:ihe:iti:2010:AssociationType:IsSnapshotOf')".to_owned()),
        ("$XDSDocumentEntryType", format!("({ON_DEMAND},{STABLE})")),
    ];
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ask(scene, GET_RELATED_DOCUMENTS, &parameters)
}

fn several_requests_for_one_promise_get_one_snapshot(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let answer = retrieve_all(&scene, &[LIST, "2.999.61.100", LIST]);
    assert!(answer.contains(SUCCESS) && answer.matches("<xdsb:DocumentResponse>").count() == 3, "{answer}");
    assert_eq!(answer.matches("<xdsb:NewRepositoryUniqueId>").count(), 2, "{answer}");
    assert_eq!(find(&scene, &patient, None).matches("<rim:ExtrinsicObject").count(), 2);
}

fn what_is_given_can_be_retrieved_again(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let given = retrieve(&scene, LIST);
    let new_id = given.new_id.unwrap();
    assert_eq!(given.new_repository.as_deref(), Some(REPOSITORY));
    let kept = retrieve(&scene, &new_id);
    assert_eq!(kept.content, given.content);
    assert_eq!((kept.new_id, kept.new_repository), (None, None), "it is a document like any other");
    let entries = find(&scene, &patient, None);
    for part in [&new_id, "Ce qui est au dossier", "mimeType=\"text/xml\"", "<rim:Slot name=\"hash\">", "<rim:Slot name=\"creationTime\">"]
    {
        assert!(entries.contains(part), "{part} is not in {entries}");
    }

    let events = trail(&scene);
    let [.., read, written, _, _] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((read.transaction, written.transaction), (Transaction::Iti43, Transaction::Iti42));
    assert_eq!((read.request_id, written.outcome), (written.request_id, AuditOutcome::Success));
    assert!(written.object_ids.contains(&new_id) && written.patient_ids == [patient], "{written:?}");
}

fn unchanged_content_is_not_kept_twice(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let first = retrieve(&scene, LIST);
    let second = retrieve(&scene, LIST);
    assert_eq!((&first.new_id, &first.content), (&second.new_id, &second.content));
    assert_eq!(second.new_repository.as_deref(), Some(REPOSITORY));
    assert!(!first.content.unwrap().contains(&first.new_id.clone().unwrap().replace("2.25", "<td>2.25")), "a list does not list itself");

    provide(&scene, &patient, "2.999.61.300", "Something new");
    let third = retrieve(&scene, LIST);
    assert_ne!(first.new_id, third.new_id);
    assert!(third.content.unwrap().contains("Something new"));
    assert_eq!(retrieve(&scene, LIST).new_id, third.new_id);
    let entries = find(&scene, &patient, None);
    assert!(!entries.contains(&first.new_id.clone().unwrap()) && entries.contains(&third.new_id.unwrap()), "one is current: {entries}");
    assert!(retrieve(&scene, &first.new_id.unwrap()).text.contains(SUCCESS), "the earlier one stays retrievable");
}

fn a_snapshot_is_linked_to_its_promise(database: Database) {
    let (scene, patient, promise) = start(database, &PERSIST);
    let nothing = snapshots(&scene);
    assert!(!nothing.contains("<rim:ExtrinsicObject"), "{nothing}");
    let new_id = retrieve(&scene, LIST).new_id.unwrap();
    let related = snapshots(&scene);
    assert_eq!(related.matches("<rim:ExtrinsicObject").count(), 2, "{related}");
    assert!(related.contains(&new_id) && related.contains(&promise.entry_uuid.to_string()), "{related}");
    assert_eq!(related.matches("AssociationType:IsSnapshotOf\"").count(), 1, "{related}");

    // A promise that has kept something goes with what it has kept, or not at all.
    let removal = format!(
        "<l:RemoveObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\
         <r:ObjectRefList><r:ObjectRef id=\"{}\"/></r:ObjectRefList></l:RemoveObjectsRequest>",
        promise.entry_uuid
    );
    let answer = scene.send("registry", "urn:ihe:iti:2010:DeleteDocumentSet", &removal);
    assert_eq!(answer.matches("errorCode=\"ReferencesExistException\"").count(), 2, "its membership and its snapshot: {answer}");
    assert!(find(&scene, &patient, None).contains(&new_id));
}

fn a_removed_snapshot_is_made_anew(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let first = retrieve(&scene, LIST).new_id.unwrap();
    let body = format!(
        "<d:RemoveDocumentsRequest xmlns:d=\"urn:ihe:iti:rmd:2017\" xmlns:x=\"urn:ihe:iti:xds-b:2007\"><x:DocumentRequest>\
         <x:RepositoryUniqueId>{REPOSITORY}</x:RepositoryUniqueId><x:DocumentUniqueId>{first}</x:DocumentUniqueId>\
         </x:DocumentRequest></d:RemoveDocumentsRequest>"
    );
    assert!(scene.send("repository", "urn:ihe:iti:2017:RemoveDocuments", &body).contains(SUCCESS));
    assert!(retrieve(&scene, &first).text.contains("XDSDocumentUniqueIdError"));
    let again = retrieve(&scene, LIST);
    assert!(again.text.contains(SUCCESS) && again.content.is_some(), "{}", again.text);
    let kept = retrieve(&scene, &again.new_id.unwrap());
    assert_eq!(kept.content, again.content);
    assert!(find(&scene, &patient, None).matches("<rim:ExtrinsicObject").count() == 2);
}

/// The next version of an entry, in a submission set of its own.
fn update(scene: &Scene, action: &str, patient: &str, set_id: &str, next: DocumentEntry, previous: &str) {
    let mut request = alone(patient, set_id, next);
    let slot = Slot { name: "PreviousVersion".to_owned(), slot_type: None, values: vec![previous.to_owned()] };
    request.associations[0].extras.slots.push(slot);
    assert_registered(&register(scene, action, &request));
}

fn a_new_version_of_the_promise_keeps_its_snapshot(database: Database) {
    let (scene, patient, promise) = start(database, &PERSIST);
    let first = retrieve(&scene, LIST);
    // What is not in the content makes no new content, by ITI-57 as by ITI-92.
    let next = DocumentEntry { entry_uuid: EntryUuid::random(), event_codes: vec![Code::new("e", "2.999.1", "e")], ..promise };
    update(&scene, "urn:ihe:iti:2010:UpdateDocumentSet", &patient, "2.999.61.301", next.clone(), "1");
    let third = DocumentEntry { entry_uuid: EntryUuid::random(), event_codes: Vec::new(), ..next };
    update(&scene, "urn:ihe:iti:2018:RestrictedUpdateDocumentSet", &patient, "2.999.61.302", third.clone(), "2");
    let second = retrieve(&scene, LIST);
    assert_eq!((&first.new_id, first.content), (&second.new_id, second.content));
    assert!(snapshots(&scene).contains(&third.entry_uuid.to_string()), "the snapshot is one of the new version");

    let renamed = DocumentEntry { entry_uuid: EntryUuid::random(), title: InternationalString::plain("Renamed"), ..third };
    update(&scene, "urn:ihe:iti:2010:UpdateDocumentSet", &patient, "2.999.61.303", renamed, "3");
    let third = retrieve(&scene, LIST);
    assert!(third.new_id != first.new_id && third.content.unwrap().contains("<title>Renamed</title>"));
}

fn a_snapshot_is_as_confidential_as_what_it_lists(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let secret = DocumentEntry { confidentiality_codes: vec![Code::new("V", "2.999.1", "V")], ..entry(&patient, "2.999.61.310", "c") };
    scene.provide(&alone(&patient, "2.999.61.311", secret), b"secret");
    let new_id = retrieve(&scene, LIST).new_id.unwrap();
    let found = ask(&scene, GET_DOCUMENTS, &[("$XDSDocumentEntryUniqueId", &format!("('{new_id}')"))]);
    for label in ["nodeRepresentation=\"V\"", "nodeRepresentation=\"N\""] {
        assert_eq!(found.matches(label).count(), 1, "{found}");
    }
}

fn a_merged_patient_brings_promise_and_snapshot_along(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let survivor = scene.announce("DEMAND9");
    let first = retrieve(&scene, LIST).new_id.unwrap();
    let merge = format!(
        "MSH|^~\\&|A|B|C|D|20250101||ADT^A40^ADT_A39|M1|P|2.3.1\rEVN||20250101\rPID|||{survivor}||Exemple^Un\rMRG|{patient}\rPV1||E\r"
    );
    let answer = send_hl7(scene.server.mllp, &merge);
    assert!(answer.contains("MSA|AA"), "{answer}");
    let again = retrieve(&scene, LIST);
    assert!(again.content.unwrap().contains("extension=\"DEMAND9\""), "{}", again.text);
    assert_ne!(again.new_id.unwrap(), first, "the list names another patient now");
    assert_eq!(snapshots(&scene).matches("<rim:ExtrinsicObject").count(), 3, "the promise and both snapshots");
}

fn many_at_once_get_one_snapshot(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let ids: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| retrieve(&scene, LIST).new_id)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(find(&scene, &patient, None).matches("<rim:ExtrinsicObject").count(), 2);
}
