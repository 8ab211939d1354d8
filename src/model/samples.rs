//! Small valid objects, for tests of all layers.

use uuid::Uuid;

use super::association::{Association, AssociationType, SubmissionSetStatus};
use super::audit_event::{AuditEvent, Transaction};
use super::availability_status::AvailabilityStatus;
use super::code::Code;
use super::directory::{Establishment, Professional};
use super::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use super::folder::Folder;
use super::hl7_types::PatientId;
use super::ids::EntryUuid;
use super::submission_set::SubmissionSet;
use super::text::{Extras, InternationalString};
use super::timestamp::{Dtm, Instant};

/// Coding scheme of all codes.
pub(crate) const SCHEME: &str = "2.999.1";

/// An id that is the same in each run.
pub(crate) fn uuid(number: u128) -> EntryUuid {
    Uuid::from_u128(number).into()
}

/// A code with itself as display name.
pub(crate) fn code(code: &str) -> Code {
    Code::new(code, SCHEME, code)
}

/// A time.
pub(crate) fn dtm(text: &str) -> Dtm {
    Dtm::try_from(text.to_owned()).unwrap()
}

/// A submission set without optional attributes.
pub(crate) fn submission_set(entry_uuid: EntryUuid, patient_id: &PatientId, unique_id: &str) -> SubmissionSet {
    SubmissionSet {
        entry_uuid,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: unique_id.parse().unwrap(),
        patient_id: patient_id.clone(),
        source_id: "2.999.2".parse().unwrap(),
        submission_time: dtm("2025"),
        content_type_code: code("content"),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        authors: Vec::new(),
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Extras::default(),
    }
}

/// A stable entry without optional attributes, its content in a repository.
pub(crate) fn entry(entry_uuid: EntryUuid, patient_id: &PatientId, unique_id: &str) -> DocumentEntry {
    DocumentEntry {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type: DocumentEntryType::Stable,
        home_community_id: None,
        unique_id: unique_id.parse().unwrap(),
        patient_id: patient_id.clone(),
        source_patient_id: patient_id.clone(),
        source_patient_info: Vec::new(),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        authors: Vec::new(),
        legal_authenticator: None,
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        healthcare_facility_type_code: code("facility"),
        practice_setting_code: code("practice"),
        confidentiality_codes: vec![code("N")],
        event_codes: Vec::new(),
        creation_time: Some(dtm("2025")),
        service_start_time: None,
        service_stop_time: None,
        language_code: "fr-LU".to_owned(),
        mime_type: "text/plain".to_owned(),
        hash: Some(Sha1Hex::from_digest(&[0; 20])),
        size: Some(1),
        uri: None,
        repository_unique_id: Some("2.999.442.9.2".parse().unwrap()),
        reference_ids: Vec::new(),
        document_availability: None,
        limited_metadata: false,
        extras: Extras::default(),
    }
}

/// A folder with one code.
pub(crate) fn folder(entry_uuid: EntryUuid, patient_id: &PatientId, unique_id: &str) -> Folder {
    Folder {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: unique_id.parse().unwrap(),
        patient_id: patient_id.clone(),
        codes: vec![code("folder")],
        last_update_time: Instant(0).to_dtm(),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        limited_metadata: false,
        extras: Extras::default(),
    }
}

/// A membership of an object submitted for the first time.
pub(crate) fn member(entry_uuid: EntryUuid, source: EntryUuid, target: EntryUuid) -> Association {
    let mut member = Association::new(entry_uuid, AssociationType::HasMember, source, target);
    member.submission_set_status = Some(SubmissionSetStatus::Original);
    member
}

/// An attested establishment as JSON.
pub(crate) fn establishment(id: &str) -> Establishment {
    let entry = serde_json::json!({ "id": id, "assigning_authority": "2.999.1", "name": "Clinic", "kinds": ["hopital"], "attested": true });
    serde_json::from_value(entry).unwrap()
}

/// A physician of this key with a practice of their own.
pub(crate) fn professional(id: &str) -> Professional {
    let entry = serde_json::json!({ "id": id, "assigning_authority": "2.999.1", "family": "Weis", "given": "Claude",
        "profession": "Médecin", "usage_profile": "medecin", "licences": [{ "valid_from": "2020-01-01" }],
        "workplaces": [{ "kind": "cabinet" }] });
    serde_json::from_value(entry).unwrap()
}

/// A record of the audit trail about nobody, at this time.
pub(crate) fn audit_event(at: i64) -> AuditEvent {
    AuditEvent::new(Transaction::Iti18, Instant(at), Uuid::from_u128(7), "127.0.0.1".to_owned())
}
