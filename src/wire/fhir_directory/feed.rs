//! Patient identity feeds as FHIR resources: one Patient (PIXm, ITI TF-2: 3.104.4) or a message of several (PMIR, ITI TF-2: 3.93.4).

use serde_json::{Value, json};

use super::elements::{fault, items, of_oid, text};
use super::patient::{patient_of_logical_id, read_demographics};
use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;
use crate::model::patient_feed::{FeedEvent, PatientMerge};
use crate::wire::fhir::{FhirFault, json as fhir_json};

/// The event of a message of this feed (ITI TF-2: 3.93.4.1.2).
const EVENT: &str = "urn:ihe:iti:pmir:2019:patient-feed";

/// What a Patient says that is sent under one of its identifiers, if one is named: who the patient is now, or that another identifier
/// replaces this one. A whole description takes away what it does not say.
///
/// # Errors
/// What is missing or wrong.
pub fn read_feed_event(resource: &Value, named: Option<&Cx>, own: &Oid) -> Result<FeedEvent, FhirFault> {
    let mut patient = read_demographics(resource)?;
    match named {
        Some(named) if patient.identifiers.is_empty() => patient.identifiers.push(named.clone()),
        Some(named) if !patient.identifiers.contains(named) => {
            return Err(fault("identifier", "the identifier of the address is none of the patient; send them both alike"));
        }
        None if patient.identifiers.is_empty() => {
            return Err(fault("identifier", "an identifier whose system is urn:oid: and an OID is required"));
        }
        _ => {}
    }
    let replaced = items(resource, "link").find(|link| text(link, "/type") == Some("replaced-by"));
    if let Some(link) = replaced {
        let by_identifier = link.pointer("/other/identifier").and_then(of_oid).and_then(|(authority, id)| Cx::new(id, authority).ok());
        let by_reference = || {
            let reference = text(link, "/other/reference")?;
            let (before, id) = reference.rsplit_once('/')?;
            (before == "Patient" || before.ends_with("/Patient")).then(|| patient_of_logical_id(id, own))?
        };
        let surviving = by_identifier.or_else(by_reference);
        let surviving = surviving.ok_or_else(|| fault("link", "a link replaced-by has in other the identifier that survives"))?;
        let subsumed = named.map_or(patient.identifiers, |named| vec![named.clone()]);
        return Ok(FeedEvent::Merge(vec![PatientMerge { surviving: vec![surviving], subsumed }]));
    }
    if resource.get("active") == Some(&Value::Bool(false)) {
        let what = "a patient who is not active needs a link replaced-by: identities end by a merge only, and records by retention";
        return Err(fault("active", what));
    }
    let removed = patient.not_said();
    Ok(FeedEvent::Revise { patient, removed })
}

/// The events of a message with the id of its header, in their order.
///
/// # Errors
/// What is missing or wrong, with its place in the bundle.
pub fn read_feed_message(bundle: &Value, own: &Oid) -> Result<(String, Vec<FeedEvent>), FhirFault> {
    if fhir_json::resource_type(bundle) != "Bundle" || text(bundle, "/type") != Some("message") {
        return Err(fault("type", "a Bundle of type message is expected (ITI TF-2: 3.93.4.1.2)"));
    }
    let resources = || items(bundle, "entry").filter_map(|entry| entry.get("resource"));
    let header = resources().next().filter(|first| fhir_json::resource_type(first) == "MessageHeader");
    let header = header.ok_or_else(|| fault("entry[0]", "the first entry is the MessageHeader"))?;
    if text(header, "/eventUri") != Some(EVENT) {
        return Err(fault("entry[0].resource.eventUri", &format!("this server takes messages of {EVENT}")));
    }
    let id = text(header, "/id").ok_or_else(|| fault("entry[0].resource.id", "the header needs an id, which the answer names"))?;
    let history = resources().find(|resource| fhir_json::resource_type(resource) == "Bundle");
    let history = history.filter(|history| text(history, "/type") == Some("history"));
    let history = history.ok_or_else(|| fault("entry", "an entry is a Bundle of type history with the patients"))?;
    let mut events = Vec::new();
    for (index, entry) in items(history, "entry").enumerate() {
        let at =
            |fault: FhirFault| FhirFault { expression: format!("entry[1].resource.entry[{index}].resource.{}", fault.expression), ..fault };
        match text(entry, "/request/method") {
            Some("POST" | "PUT") => {}
            _ => return Err(at(fault("request", "patients are added and changed (POST, PUT) here; identities end by a merge only"))),
        }
        let resource = entry.get("resource").filter(|resource| fhir_json::resource_type(resource) == "Patient");
        let resource = resource.ok_or_else(|| at(fault("resourceType", "a Patient is expected")))?;
        events.push(read_feed_event(resource, None, own).map_err(at)?);
    }
    if events.is_empty() { Err(fault("entry", "there is no patient in the history")) } else { Ok((id.to_owned(), events)) }
}

/// The answer to a message that was carried out (ITI TF-2: 3.93.4.2).
pub fn feed_acknowledgement(message_id: &str, own_id: &str, base_url: &str) -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "message",
        "entry": [{
            "fullUrl": format!("urn:uuid:{own_id}"),
            "resource": {
                "resourceType": "MessageHeader",
                "id": own_id,
                "eventUri": EVENT,
                "source": { "endpoint": format!("{base_url}/$process-message") },
                "response": { "identifier": message_id, "code": "ok" },
            },
        }],
    })
}
