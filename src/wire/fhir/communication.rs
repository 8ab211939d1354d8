//! A notice as Communication (FHIR R4, communication.html).

use serde_json::{Value, json};

use super::consent::CANONICAL;
use super::dates::instant;
use crate::model::care_record::{Notice, Recipient};
use crate::model::hl7_types::PatientId;

/// The resource of a notice.
pub fn communication(notice: &Notice) -> Value {
    let recipient = match &notice.recipient {
        Recipient::Patient(person) => {
            let id: Result<PatientId, _> = person.as_str().parse();
            json!({ "reference": format!("Patient/{}", id.as_ref().map_or("", |id| id.id())) })
        }
        Recipient::Professional(id) => json!({ "reference": format!("Practitioner/{id}") }),
        Recipient::HealthFund => json!({ "type": "Organization", "display": "CNS" }),
    };
    let version = if notice.read_at.is_some() { "2" } else { "1" };
    let changed = instant(notice.read_at.unwrap_or(notice.created_at));
    let reason = json!({ "system": format!("{CANONICAL}/CodeSystem/dsp-notice-reason"), "code": notice.reason.code() });
    let mut resource = json!({
        "resourceType": "Communication",
        "id": notice.id,
        "meta": { "versionId": version, "lastUpdated": changed },
        "status": "completed",
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/communication-category", "code": "notification" }] }],
        "subject": { "reference": format!("Patient/{}", notice.patient.id()) },
        "recipient": [recipient],
        "sent": instant(notice.created_at),
        "reasonCode": [{ "coding": [reason] }],
        "payload": [{ "contentString": notice.reason.text() }],
    });
    if let (Some(read_at), Some(fields)) = (notice.read_at, resource.as_object_mut()) {
        fields.insert("received".to_owned(), instant(read_at).into());
    }
    resource
}
