//! Submissions with invented metadata.

use dossier::model::association::{Association, AssociationType, SubmissionSetStatus};
use dossier::model::availability_status::AvailabilityStatus;
use dossier::model::code::Code;
use dossier::model::document_entry::{DocumentEntry, DocumentEntryType};
use dossier::model::ids::EntryUuid;
use dossier::model::submission_request::SubmissionRequest;
use dossier::model::submission_set::SubmissionSet;
use dossier::model::timestamp::Instant;
use uuid::Uuid;

/// An instant in March 2025, so that no test depends on the day it runs.
const MADE_AT: Instant = Instant(1_742_202_000_000_000);

/// An OID that nothing else has (ITU-T X.667: the arc of UUIDs).
pub fn fresh_oid() -> String {
    format!("2.25.{}", Uuid::new_v4().as_u128())
}

/// The message that announces a patient (ITI-8, ADT^A28).
pub fn announcement(patient_id: &str) -> String {
    format!(
        "MSH|^~\\&|ADT|HOSPITAL|REG|DSP|20250317090000||ADT^A28^ADT_A05|{}|P|2.5\rEVN|A28|20250317090000\rPID|||{patient_id}||Muster^Eva\rPV1||N\r",
        Uuid::new_v4().simple()
    )
}

/// One submission set that brings an entry for each of these document ids.
pub fn submission<S: AsRef<str>>(patient_id: &str, document_ids: &[S]) -> SubmissionRequest {
    let submission_set = submission_set(patient_id);
    let entries: Vec<_> = document_ids.iter().map(|id| entry(patient_id, id.as_ref())).collect();
    let set_uuid = submission_set.entry_uuid;
    let member = |entry: &DocumentEntry| Association {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..Association::new(EntryUuid::random(), AssociationType::HasMember, set_uuid, entry.entry_uuid)
    };
    let associations = entries.iter().map(member).collect();
    SubmissionRequest { submission_set, entries, folders: Vec::new(), associations }
}

/// One submission set that brings an entry which replaces another one (RPLC).
pub fn replacement(patient_id: &str, document_id: &str, replaced: EntryUuid) -> SubmissionRequest {
    let mut request = submission(patient_id, &[document_id]);
    let successor = request.entries[0].entry_uuid;
    request.associations.push(Association::new(EntryUuid::random(), AssociationType::Replaces, successor, replaced));
    request
}

fn code() -> Code {
    Code::new("c", "1.2", "C")
}

fn submission_set(patient_id: &str) -> SubmissionSet {
    SubmissionSet {
        entry_uuid: EntryUuid::random(),
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: fresh_oid().parse().unwrap(),
        patient_id: patient_id.parse().unwrap(),
        source_id: "1.2.8".parse().unwrap(),
        submission_time: MADE_AT.to_dtm(),
        content_type_code: code(),
        title: Default::default(),
        comments: Default::default(),
        authors: Vec::new(),
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Default::default(),
    }
}

fn entry(patient_id: &str, document_id: &str) -> DocumentEntry {
    let uuid = EntryUuid::random();
    DocumentEntry {
        entry_uuid: uuid,
        logical_id: uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type: DocumentEntryType::Stable,
        home_community_id: None,
        unique_id: document_id.parse().unwrap(),
        patient_id: patient_id.parse().unwrap(),
        source_patient_id: patient_id.parse().unwrap(),
        source_patient_info: Vec::new(),
        title: Default::default(),
        comments: Default::default(),
        authors: Vec::new(),
        legal_authenticator: None,
        class_code: code(),
        type_code: code(),
        format_code: code(),
        healthcare_facility_type_code: code(),
        practice_setting_code: code(),
        confidentiality_codes: vec![code()],
        event_codes: Vec::new(),
        creation_time: Some(MADE_AT.to_dtm()),
        service_start_time: None,
        service_stop_time: None,
        language_code: "fr".to_owned(),
        mime_type: "application/octet-stream".to_owned(),
        hash: None,
        size: None,
        uri: None,
        repository_unique_id: None,
        reference_ids: Vec::new(),
        document_availability: None,
        limited_metadata: false,
        extras: Default::default(),
    }
}
