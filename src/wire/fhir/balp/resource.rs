//! The resource as a whole.

use serde_json::{Value, json};
use uuid::Uuid;

use super::agents::{agents, observer, purposes, put};
use super::coded::{DCM, INTERACTIONS, LIFE_CYCLE, REST, SYSTEM_EVENTS, clean, coding};
use super::entities::entities;
use super::pattern::{Pattern, is_disclosure, profiles};
use crate::model::audit_event::{AuditEvent, AuditOutcome};
use crate::wire::dicom_audit::{self, Source};
use crate::wire::fhir::audit_event::{ACTIONS, TRANSACTIONS, extensions, outcome};
use crate::wire::fhir::dates::instant;

/// The AuditEvents of a record: one, or where it is about several patients one for each (BALP, PatientQuery). `id` is the record's
/// own; those about further patients have it with a number.
pub fn audit_records(event: &AuditEvent, id: Option<Uuid>, source: &Source) -> Vec<Value> {
    match &event.patient_ids[..] {
        [] => vec![record(event, id.map(|id| id.to_string()), source, None)],
        patients => {
            let name = |number: usize| id.map(|id| if number == 0 { id.to_string() } else { format!("{id}-{number}") });
            patients.iter().enumerate().map(|(number, patient)| record(event, name(number), source, Some(patient))).collect()
        }
    }
}

fn record(event: &AuditEvent, id: Option<String>, source: &Source, patient: Option<&str>) -> Value {
    let pattern = Pattern::of(event);
    let (code, words) = dicom_audit::event_type(event);
    let kind = if pattern.is_restful() { coding(REST, "rest", "Restful Operation") } else { coding(DCM, code, words) };
    let mut resource = json!({ "resourceType": "AuditEvent" });
    let Some(fields) = resource.as_object_mut() else { return resource };
    if let Some(id) = id {
        fields.insert("id".to_owned(), id.into());
    }
    let profiles = profiles(pattern, event, patient.is_some());
    if !profiles.is_empty() {
        fields.insert("meta".to_owned(), json!({ "profile": profiles }));
    }
    put(fields, "extension", extensions(event.ground(), event.access_reason.as_deref()));
    fields.insert("type".to_owned(), kind);
    put(fields, "subtype", subtypes(event, pattern));
    fields.insert("action".to_owned(), pattern.action().unwrap_or_else(|| dicom_audit::action_code(event)).into());
    fields.insert("recorded".to_owned(), instant(event.occurred_at).into());
    fields.insert("outcome".to_owned(), outcome(event.outcome).0.into());
    fields.insert("outcomeDesc".to_owned(), outcome_in_words(event).into());
    put(fields, "purposeOfEvent", purposes(event));
    put(fields, "agent", agents(event, source, pattern));
    fields.insert("source".to_owned(), reporter(source));
    put(fields, "entity", entities(event, pattern, patient));
    clean(&mut resource);
    resource
}

fn subtypes(event: &AuditEvent, pattern: Pattern) -> Vec<Value> {
    let transaction = event.transaction.as_str();
    let interaction = pattern.interaction(event).map(|code| coding(INTERACTIONS, &code, &code));
    let of_ihe =
        transaction.starts_with("ITI-").then(|| coding(TRANSACTIONS, transaction, dicom_audit::transaction_name(event.transaction)));
    let disclosed = is_disclosure(pattern, event).then(|| coding(LIFE_CYCLE, "disclose", "Disclose Record Lifecycle Event"));
    let kind =
        dicom_audit::event_kind(event).map(|(is_dicom, code, words)| coding(if is_dicom { DCM } else { SYSTEM_EVENTS }, code, words));
    let action = event.action().code();
    let own = json!({ "system": ACTIONS, "code": action });
    [interaction, of_ihe, kind, disclosed, Some(own)].into_iter().flatten().collect()
}

/// Unlike the patient's history this tells why.
fn outcome_in_words(event: &AuditEvent) -> String {
    match dicom_audit::outcome_description(event) {
        why if why.trim().is_empty() || event.outcome == AuditOutcome::Success => outcome(event.outcome).1.to_owned(),
        why => why,
    }
}

fn reporter(source: &Source) -> Value {
    let kind = coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server");
    match &source.enterprise_site {
        Some(site) => json!({ "site": site, "observer": observer(source), "type": [kind] }),
        None => json!({ "observer": observer(source), "type": [kind] }),
    }
}
