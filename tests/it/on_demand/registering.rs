//! What ITI-61 takes and what it refuses, and what else sees of on-demand entries.

use dossier::model::association::AssociationType;
use dossier::model::audit_event::{AuditOutcome, Transaction};
use dossier::model::document_entry::DocumentEntryType;

use super::scene::{
    ITI42, ITI61, LIST, alone, assert_refused, assert_registered, body, elsewhere, find, linked, on_demand, register, start, trail,
};
use crate::on_both_databases;
use crate::support::Database;
use crate::xds_scene::{SUCCESS, folder, link, submission};

on_both_databases!(
    only_queries_for_them_find_on_demand_entries,
    each_transaction_takes_entries_of_its_kind,
    nothing_is_said_of_content_that_is_not_there,
    a_unique_id_is_of_a_document_or_of_a_promise,
    snapshots_are_stable_and_of_on_demand_entries,
    on_demand_entries_are_replaced_and_filed_in_folders,
);

const BOTH: &str = "('urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248','urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1')";
const ON_DEMAND: &str = "('urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248')";

fn entries(answer: &str) -> usize {
    answer.matches("<rim:ExtrinsicObject").count()
}

fn only_queries_for_them_find_on_demand_entries(database: Database) {
    let (scene, patient, promise) = start(database, &[]);
    let id = promise.entry_uuid.to_string();
    let by_default = find(&scene, &patient, None);
    assert!(entries(&by_default) == 1 && !by_default.contains(&id), "stable ones alone: {by_default}");
    let asked = find(&scene, &patient, Some(ON_DEMAND));
    assert!(entries(&asked) == 1 && asked.contains(&id) && asked.contains(DocumentEntryType::OnDemand.uuid()), "{asked}");
    for slot in ["creationTime", "hash", "size"] {
        assert!(!asked.contains(&format!("<rim:Slot name=\"{slot}\">")), "{slot} in {asked}");
    }
    assert_eq!(entries(&find(&scene, &patient, Some(BOTH))), 2);

    let event = trail(&scene).into_iter().find(|event| event.transaction == Transaction::Iti61).unwrap();
    assert_eq!(event.outcome, AuditOutcome::Success);
    assert!(event.patient_ids == [patient] && event.object_ids.contains(&id), "{event:?}");
}

fn each_transaction_takes_entries_of_its_kind(database: Database) {
    let (scene, patient, _) = start(database, &[]);
    let wrong_61 = register(&scene, ITI61, &alone(&patient, "2.999.61.3", elsewhere(&patient, "2.999.61.101")));
    assert!(wrong_61.contains("a stable one is registered by ITI-41 or ITI-42"), "{wrong_61}");
    let wrong_42 = register(&scene, ITI42, &alone(&patient, "2.999.61.4", on_demand(&patient, "2.999.61.102")));
    assert!(wrong_42.contains("registered by Register On-Demand Document Entry (ITI-61)"), "{wrong_42}");
    let none = submission(&patient, "2.999.61.5", Vec::new(), vec![folder(&patient, "2.999.61.6", "k")], Vec::new());
    assert_refused(&register(&scene, ITI61, &none), "XDSRegistryMetadataError", "no on-demand DocumentEntry");
    let refused = trail(&scene).into_iter().filter(|event| event.transaction == Transaction::Iti61);
    assert_eq!(refused.filter(|event| event.outcome == AuditOutcome::MinorFailure).count(), 2);

    let answer = scene.post("repository", ITI61, &body(&none));
    assert!(answer.status == 400 && answer.text().contains("send it to /xds/registry"), "{}", answer.text());
}

fn nothing_is_said_of_content_that_is_not_there(database: Database) {
    let (scene, patient, _) = start(database, &[]);
    let stable = elsewhere(&patient, "2.999.61.103");
    let mut told = on_demand(&patient, "2.999.61.103");
    (told.creation_time, told.hash, told.size) = (stable.creation_time, stable.hash, stable.size);
    let answer = register(&scene, ITI61, &alone(&patient, "2.999.61.7", told));
    assert_eq!(answer.matches("errorCode=\"XDSRegistryMetadataError\"").count(), 3, "{answer}");
    for slot in ["creationTime", "hash", "size"] {
        assert!(answer.contains(&format!("an on-demand entry has no {slot}")), "{answer}");
    }
    let mut nowhere = on_demand(&patient, "2.999.61.104");
    nowhere.repository_unique_id = None;
    let answer = register(&scene, ITI61, &alone(&patient, "2.999.61.8", nowhere));
    assert_refused(&answer, "XDSRegistryMetadataError", "repositoryUniqueId");
}

fn a_unique_id_is_of_a_document_or_of_a_promise(database: Database) {
    let (scene, patient, _) = start(database, &[]);
    let promise = register(&scene, ITI61, &alone(&patient, "2.999.61.9", on_demand(&patient, "2.999.61.100")));
    assert_refused(&promise, "XDSDuplicateUniqueIdInRegistry", "a stable entry");
    let document = register(&scene, ITI42, &alone(&patient, "2.999.61.10", elsewhere(&patient, LIST)));
    assert_refused(&document, "XDSDuplicateUniqueIdInRegistry", "an on-demand entry");
    // A second promise of the same is another entry (ITI TF-2: 3.61.4.1.3).
    assert_registered(&register(&scene, ITI61, &alone(&patient, "2.999.61.11", on_demand(&patient, LIST))));
    assert_eq!(entries(&find(&scene, &patient, Some(ON_DEMAND))), 2);
}

fn snapshots_are_stable_and_of_on_demand_entries(database: Database) {
    let (scene, patient, promise) = start(database, &[]);
    let snapshot = elsewhere(&patient, "2.999.61.105");
    let of = link(AssociationType::IsSnapshotOf, snapshot.entry_uuid, promise.entry_uuid);
    assert_registered(&register(&scene, ITI42, &linked(&patient, "2.999.61.12", snapshot.clone(), vec![of])));

    let another = elsewhere(&patient, "2.999.61.106");
    let of_stable = link(AssociationType::IsSnapshotOf, another.entry_uuid, snapshot.entry_uuid);
    let answer = register(&scene, ITI42, &linked(&patient, "2.999.61.13", another, vec![of_stable]));
    assert_refused(&answer, "XDSRegistryMetadataError", "a snapshot is one of an on-demand entry");

    let made = on_demand(&patient, "2.999.61.107");
    let unstable = link(AssociationType::IsSnapshotOf, made.entry_uuid, promise.entry_uuid);
    let answer = register(&scene, ITI61, &linked(&patient, "2.999.61.14", made, vec![unstable]));
    assert_refused(&answer, "XDSRegistryMetadataError", "this one is on-demand");
}

fn on_demand_entries_are_replaced_and_filed_in_folders(database: Database) {
    let (scene, patient, promise) = start(database, &[]);
    let successor = on_demand(&patient, "2.999.61.108");
    let replaces = link(AssociationType::Replaces, successor.entry_uuid, promise.entry_uuid);
    let shelf = folder(&patient, "2.999.61.15", "k");
    let on_shelf = link(AssociationType::HasMember, shelf.entry_uuid, successor.entry_uuid);
    let request = submission(&patient, "2.999.61.16", vec![successor.clone()], vec![shelf], vec![replaces, on_shelf]);
    let answer = register(&scene, ITI61, &request);
    assert!(answer.contains(SUCCESS) && answer.contains("urn:ihe:iti:2010:RegisterOnDemandDocumentResponse"), "{answer}");
    let current = find(&scene, &patient, Some(ON_DEMAND));
    assert!(entries(&current) == 1 && current.contains(&successor.entry_uuid.to_string()), "{current}");
}
