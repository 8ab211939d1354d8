//! The Persistence of Retrieved Documents Option (ITI TF-1: 10.2.8).

use std::thread;

use dossier::model::audit_event::{AuditOutcome, Transaction};

use super::scene::{GET_RELATED_DOCUMENTS, LIST, ask, find, provide, retrieve, start, trail};
use crate::on_both_databases;
use crate::support::{Database, REPOSITORY};
use crate::xds_scene::{SUCCESS, Scene};

on_both_databases!(
    what_is_given_can_be_retrieved_again,
    unchanged_content_is_not_kept_twice,
    a_snapshot_is_linked_to_its_promise,
    a_removed_snapshot_is_made_anew,
    many_at_once_get_one_snapshot,
);

const PERSIST: [(&str, &str); 1] = [("on_demand.persist", "true")];
const ON_DEMAND: &str = "'urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248'";
const STABLE: &str = "'urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1'";

/// Snapshots of the list that are in force.
fn snapshots(scene: &Scene) -> String {
    let parameters = [
        ("$XDSDocumentEntryUniqueId", format!("'{LIST}'")),
        ("$AssociationTypes", "('urn:ihe:iti:2010:AssociationType:IsSnapshotOf')".to_owned()),
        ("$XDSDocumentEntryType", format!("({ON_DEMAND},{STABLE})")),
    ];
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ask(scene, GET_RELATED_DOCUMENTS, &parameters)
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

fn many_at_once_get_one_snapshot(database: Database) {
    let (scene, patient, _) = start(database, &PERSIST);
    let ids: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| retrieve(&scene, LIST).new_id)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(find(&scene, &patient, None).matches("<rim:ExtrinsicObject").count(), 2);
}
