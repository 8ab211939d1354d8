use super::*;
use crate::access::Door;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::document_entry::DocumentEntry;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::registry_error::ErrorCode;
use crate::model::submission_set::SubmissionSet;
use crate::model::update_request::{NewVersion, UpdateScope, original_member};

const EVA: &str = "P1^^^&1.2.3&ISO";
const PAUL: &str = "P2^^^&1.2.3&ISO";

/// A registry in which one document of the first of two patients is registered.
fn registry() -> (TestRegistry, Door, DocumentEntry) {
    let (behind, door) = TestRegistry::open();
    let announced = door.write(&call(), Transaction::Iti8, |writing| {
        [EVA, PAUL].iter().try_for_each(|id| writing.put_patient(&id.parse().unwrap(), PatientDemographics::default(), &[]).map(|_| ()))
    });
    announced.unwrap();
    TestRegistry::register(&door, EVA, "2.999.3.1").unwrap();
    let entry = TestRegistry::entries(&door, EVA).pop().unwrap();
    (behind, door, entry)
}

/// An update of an entry to what it is now, for a patient.
fn update_of(entry: &DocumentEntry, patient: &str, number: u32) -> UpdateRequest {
    let patient_id: PatientId = patient.parse().unwrap();
    let set: SubmissionSet = serde_json::from_value(serde_json::json!({
        "entry_uuid": EntryUuid::random(), "availability_status": "Approved", "patient_id": patient_id,
        "unique_id": format!("2.999.4.{number}"), "source_id": "2.999.2", "submission_time": "2025",
        "content_type_code": { "code": "c", "scheme": "2.999.1" },
    }))
    .unwrap();
    let object = DocumentEntry { entry_uuid: EntryUuid::random(), patient_id, ..entry.clone() };
    UpdateRequest {
        scope: UpdateScope::Full,
        memberships: vec![original_member(set.entry_uuid, object.entry_uuid)],
        submission_set: set,
        entries: vec![NewVersion { object, previous_version: entry.version, propagates_associations: true }],
        folders: Vec::new(),
        associations: Vec::new(),
        status_updates: Vec::new(),
    }
}

fn update(door: &Door, request: &UpdateRequest) -> Result<(), Failure> {
    door.write(&call(), Transaction::Iti57, |writing| writing.open_for_update(request)?.unwrap().update(request))
}

fn refusal(result: Result<(), Failure>) -> Vec<ErrorCode> {
    result.unwrap_err().errors().iter().map(|error| error.code).collect()
}

#[test]
fn an_update_that_takes_an_object_from_a_patient_is_told_of_both() {
    let (behind, door, entry) = registry();
    let request = update_of(&entry, PAUL, 1);
    update(&door, &request).unwrap();
    let event = behind.last_event();
    assert_eq!(
        (event.transaction, event.outcome, event.patient_ids.as_slice()),
        (Transaction::Iti57, AuditOutcome::Success, &[EVA.to_owned(), PAUL.to_owned()][..])
    );
    assert!(request.own_ids().all(|id| event.object_ids.contains(&id.to_string())));
    assert_eq!((TestRegistry::entries(&door, EVA), TestRegistry::documents(&door, PAUL)), (Vec::new(), vec!["2.999.3.1".to_owned()]));
}

#[test]
fn a_refused_update_leaves_a_record_and_nothing_else() {
    let (behind, door, entry) = registry();
    let mut request = update_of(&entry, EVA, 1);
    request.entries[0].previous_version = 2;
    assert_eq!(refusal(update(&door, &request)), [ErrorCode::MetadataVersionError]);
    let event = behind.last_event();
    assert_eq!((event.outcome, event.errors.as_slice()), (AuditOutcome::MinorFailure, &["XDSMetadataVersionError".to_owned()][..]));
    assert_eq!(event.object_ids, [entry.logical_id.to_string()], "what it was to be done to");
    assert_eq!(TestRegistry::entries(&door, EVA), std::slice::from_ref(&entry));
    // Its submission set was not kept either, so the same one may come again.
    request.entries[0].previous_version = 1;
    update(&door, &request).unwrap();
    assert_eq!(refusal(update(&door, &request)).first(), Some(&ErrorCode::DuplicateUniqueIdInRegistry));
}

#[test]
fn versions_count_on_and_keep_what_the_registry_knows() {
    let (_behind, door, first) = registry();
    let mut latest = first.clone();
    for number in 1..5 {
        update(&door, &update_of(&latest, EVA, number)).unwrap();
        let entries = TestRegistry::entries(&door, EVA);
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].version, entries[0].logical_id), (number + 1, first.entry_uuid));
        latest.clone_from(&entries[0]);
    }
}

#[test]
fn a_database_that_fails_is_no_refusal() {
    let (behind, door, entry) = registry();
    behind.break_table("associations");
    assert_eq!(refusal(update(&door, &update_of(&entry, EVA, 1))), [ErrorCode::RegistryError]);
    assert_eq!(behind.last_event().outcome, AuditOutcome::SeriousFailure);
}
