//! Removal as the database and the trail see it.

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::registry_error::ErrorCode;
use crate::model::submission_request::SubmissionRequest;

use super::test_registry::{TestRegistry, call, submission};
use super::{Action, Door, Failure, NewDocument, RemovedDocument};

const PATIENT: &str = "REM^^^&2.999.1&ISO";
const DOCUMENT: &str = "2.999.62.1";

/// A registry whose repository holds one document.
fn registry() -> (TestRegistry, Door, SubmissionRequest) {
    let (registry, door) = TestRegistry::open();
    let patient_id = PATIENT.parse().unwrap();
    door.write(&call(), Transaction::Iti8, |writing| writing.put_patient(&patient_id, Default::default(), &[])).unwrap();
    let request = submission(patient_id, DOCUMENT);
    provide(&door, &request);
    (registry, door, request)
}

fn provide(door: &Door, request: &SubmissionRequest) {
    let mut staging = door.stage().unwrap();
    staging.write_all(b"Exemple").unwrap();
    let document = NewDocument { entry_uuid: request.entries[0].entry_uuid, staged: staging.finish().unwrap() };
    let filed = door.write(&call(), Transaction::Iti41, |writing| {
        writing.open(&request.submission_set.patient_id, Action::Submit)?.unwrap().provide(request, vec![document])
    });
    filed.unwrap();
}

/// Removes the objects of one record; a fault is a refusal.
fn remove(door: &Door, ids: &[EntryUuid]) -> Result<(), Failure> {
    door.write(&call(), Transaction::Iti62, |writing| {
        let removal = writing.open(&PATIENT.parse().unwrap(), Action::Remove)?.unwrap().remove(ids)?;
        if removal.faults.is_empty() { Ok(()) } else { Err(Failure::Refused(removal.faults)) }
    })
}

fn remove_document(door: &Door) -> Result<Option<RemovedDocument>, Failure> {
    let unique_id: UniqueId = DOCUMENT.parse().unwrap();
    door.write(&call(), Transaction::Iti86, |writing| {
        writing.open(&PATIENT.parse().unwrap(), Action::Remove)?.unwrap().remove_document(&unique_id)
    })
}

fn codes(failure: &Failure) -> Vec<ErrorCode> {
    failure.errors().iter().map(|error| error.code).collect()
}

#[test]
fn the_trail_keeps_the_ids_of_what_was_removed() {
    let (registry, door, request) = registry();
    let mut ids: Vec<_> = request.own_ids().collect();
    remove(&door, &ids).unwrap();
    let event = registry.last_event();
    assert_eq!((event.transaction, event.outcome), (Transaction::Iti62, AuditOutcome::Success));
    assert_eq!(event.patient_ids, [PATIENT]);
    ids.sort();
    let mut named: Vec<EntryUuid> = event.object_ids.iter().map(|id| id.parse().unwrap()).collect();
    named.sort();
    assert_eq!(named, ids);
    assert_eq!(registry.rows_of(&ids), 0, "neither objects nor their values are left");
}

#[test]
fn a_refusal_names_no_object_and_leaves_all_rows() {
    let (registry, door, request) = registry();
    let ids: Vec<_> = request.own_ids().collect();
    let before = registry.rows_of(&ids);
    let failure = remove(&door, &[request.submission_set.entry_uuid]).unwrap_err();
    assert_eq!(codes(&failure), [ErrorCode::ReferencesExist]);
    let event = registry.last_event();
    assert_eq!((event.outcome, event.object_ids.len()), (AuditOutcome::MinorFailure, 0));
    assert_eq!(event.errors, ["ReferencesExistException"]);
    assert_eq!(registry.rows_of(&ids), before);
}

#[test]
fn nothing_is_removed_without_its_audit_record() {
    let (registry, door, request) = registry();
    let ids: Vec<_> = request.own_ids().collect();
    let before = registry.rows_of(&ids);
    registry.break_table("audit_events");
    assert!(matches!(remove(&door, &ids), Err(Failure::Audit(_))));
    assert!(matches!(remove_document(&door), Err(Failure::Audit(_))));
    assert_eq!(registry.rows_of(&ids), before);
    assert!(registry.holds_document(DOCUMENT));
}

#[test]
fn a_link_between_documents_goes_with_the_submission_set_that_brought_it() {
    let (_registry, door, original) = registry();
    let mut addendum = submission(PATIENT.parse().unwrap(), "2.999.62.2");
    let (appended, target) = (addendum.entries[0].entry_uuid, original.entries[0].entry_uuid);
    let link = Association::new(EntryUuid::random(), AssociationType::Appends, appended, target);
    addendum.associations.push(link.clone());
    provide(&door, &addendum);
    let without_link: Vec<_> = addendum.own_ids().filter(|id| *id != link.entry_uuid).collect();
    assert_eq!(codes(&remove(&door, &without_link).unwrap_err()), [ErrorCode::ReferencesExist]);
    let target_alone: Vec<_> = original.own_ids().collect();
    assert_eq!(codes(&remove(&door, &target_alone).unwrap_err()), [ErrorCode::ReferencesExist]);
    remove(&door, &addendum.own_ids().collect::<Vec<_>>()).unwrap();
    remove(&door, &target_alone).unwrap();
}

#[test]
fn a_link_that_belongs_to_no_set_but_the_one_that_goes_has_to_go_with_it() {
    let (_registry, door, original) = registry();
    let mut addendum = submission(PATIENT.parse().unwrap(), "2.999.62.2");
    let appended = addendum.entries[0].entry_uuid;
    let link = Association::new(EntryUuid::random(), AssociationType::Appends, appended, original.entries[0].entry_uuid);
    addendum.associations.push(link.clone());
    provide(&door, &addendum);
    let mut other = submission(PATIENT.parse().unwrap(), "2.999.62.3");
    other.entries.clear();
    other.associations[0].target = appended;
    other.associations[0].submission_set_status = Some(SubmissionSetStatus::Reference);
    door.write(&call(), Transaction::Iti42, |writing| writing.open(&PATIENT.parse().unwrap(), Action::Submit)?.unwrap().register(&other))
        .unwrap();
    let mut set = vec![addendum.submission_set.entry_uuid, addendum.associations[0].entry_uuid];
    assert_eq!(codes(&remove(&door, &set).unwrap_err()), [ErrorCode::ReferencesExist]);
    set.push(link.entry_uuid);
    remove(&door, &set).unwrap();
}

#[test]
fn a_crash_before_the_bytes_are_removed_leaves_them_without_key_to_the_sweep() {
    let (registry, door, _request) = registry();
    assert_eq!(registry.stray_contents(), 0);
    let removed = remove_document(&door).unwrap().unwrap();
    assert_eq!(registry.last_event().object_ids, [DOCUMENT]);
    assert!(!registry.holds_document(DOCUMENT));
    assert_eq!(registry.stray_contents(), 1, "what a crash here leaves is what the sweep looks for");
    assert!(remove_document(&door).unwrap().is_none(), "a second removal finds nothing");
    door.discard(vec![removed]);
    assert_eq!(registry.stray_contents(), 0);
}

#[test]
fn a_document_that_an_entry_describes_is_never_removed_as_unfiled() {
    let (registry, door, request) = registry();
    let unfiled = || door.write(&call(), Transaction::Iti86, |writing| writing.remove_unfiled_document(&DOCUMENT.parse().unwrap()));
    assert!(unfiled().unwrap().is_none());
    assert!(registry.holds_document(DOCUMENT));
    remove(&door, &request.own_ids().collect::<Vec<_>>()).unwrap();
    assert!(remove_document(&door).unwrap().is_none(), "it is in no record any more");
    assert!(unfiled().unwrap().is_some());
    assert_eq!(registry.last_event().decision.as_deref(), Some("open-policy"));
}
