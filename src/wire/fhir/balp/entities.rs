//! On what it was done: the patient, the query, the documents or the submission set, and the request itself with what was decided.
//!
//! Of the entities that are system objects BALP has one, and which one says the pattern: the query, or else the object that the
//! caller named first. Further objects are of the kind of their resource.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::coded::{ENTITIES, OWN_ENTITIES, RESOURCES, ROLES, coding, identifier, system_of};
use super::pattern::Pattern;
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::model::hl7_types::PatientId;
use crate::wire::dicom_audit;

/// `what` or `who` of a patient, by identifier: a name is never said.
pub(super) fn patient(id: &str) -> Value {
    let parsed: Result<PatientId, _> = id.parse();
    let identifier = match &parsed {
        Ok(id) => json!({ "system": system_of(id.assigning_authority().as_str()), "value": id.id() }),
        Err(_) => json!({ "value": id }),
    };
    json!({ "type": "Patient", "identifier": identifier })
}

pub(super) fn entities(event: &AuditEvent, pattern: Pattern, patient_id: Option<&str>) -> Vec<Value> {
    let person =
        patient_id.map(|id| json!({ "what": patient(id), "type": coding(ENTITIES, "1", "Person"), "role": coding(ROLES, "1", "Patient") }));
    let query = query(event, pattern);
    let mut objects = event.object_ids.iter();
    let first = if query.is_none() { Some(object(event, pattern, objects.next())) } else { None };
    let further = objects.map(|id| {
        let kind = coding(RESOURCES, "DocumentReference", "DocumentReference");
        json!({ "what": { "identifier": identifier(id) }, "type": kind, "role": coding(ROLES, "3", "Report") })
    });
    person.into_iter().chain(query).chain(first.flatten()).chain(further).chain([request(event)]).collect()
}

/// What was asked, word for word as far as the trail keeps it; otherwise which query it was.
fn query(event: &AuditEvent, pattern: Pattern) -> Option<Value> {
    let asked = event.asked.as_ref().and_then(|asked| asked.query.as_deref());
    let named = event.query.as_deref().filter(|_| pattern == Pattern::Query || dicom_audit::is_query(event));
    // No value of FHIR is empty.
    let text = asked.or(named).filter(|text| !text.is_empty())?;
    let fields =
        json!({ "type": coding(ENTITIES, "2", "System Object"), "role": coding(ROLES, "24", "Query"), "query": STANDARD.encode(text) });
    Some(fields)
}

/// The object that it was about; where the patterns want one and the trail names none, what was done.
fn object(event: &AuditEvent, pattern: Pattern, id: Option<&String>) -> Option<Value> {
    let kind = coding(ENTITIES, "2", "System Object");
    let is_set = pattern == Pattern::In || pattern == Pattern::Create;
    match id {
        Some(id) if is_set && id.starts_with("urn:uuid:") => {
            Some(json!({ "what": { "identifier": identifier(id) }, "type": kind, "role": coding(ROLES, "20", "Job") }))
        }
        Some(id) => Some(json!({ "what": { "identifier": identifier(id) }, "type": kind, "role": coding(ROLES, "3", "Report") })),
        None if pattern != Pattern::Other && pattern != Pattern::Query => {
            Some(json!({ "what": { "display": event.action().code() }, "type": kind, "role": coding(ROLES, "4", "Domain Resource") }))
        }
        None => None,
    }
}

/// The request by its id, with what let it pass or stopped it.
fn request(event: &AuditEvent) -> Value {
    let left_out = event.asked.as_ref().map(|asked| asked.left_out).filter(|bytes| *bytes > 0).map(|bytes| bytes.to_string());
    let said = [
        ("action", Some(event.action().code())),
        ("decision", event.decision.as_deref()),
        ("access-reason", event.access_reason.as_deref()),
        ("message-id", event.message_id.as_deref()),
        ("asked", event.query.as_deref()),
        ("query-bytes-left-out", left_out.as_deref()),
        ("node", event.node.as_ref().map(|node| node.fingerprint.as_str())),
    ];
    let errors = event.errors.iter().filter(|_| event.outcome != AuditOutcome::Success).map(|error| ("error", error.clone()));
    let said = said.into_iter().filter_map(|(kind, value)| Some((kind, value?.to_owned())));
    let purged = event.purged.iter().flat_map(dicom_audit::certificate_details);
    let all = said.chain(errors).chain(purged).filter(|(_, value)| !value.trim().is_empty());
    let details: Vec<_> = all.map(|(kind, value)| json!({ "type": kind, "valueString": value })).collect();
    let kind = coding(OWN_ENTITIES, "XrequestId", "transport specific unique identifier where http X-Request-Id is used");
    json!({ "what": { "identifier": { "value": event.request_id.to_string() } }, "type": kind, "detail": details })
}
