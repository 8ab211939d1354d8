//! Codes and identifiers.

use serde_json::{Value, json};

pub(super) const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
pub(super) const PROFILES: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/";
pub(super) const USER_AGENTS: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes";
pub(super) const OWN_ENTITIES: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
pub(super) const ENTITIES: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
pub(super) const ROLES: &str = "http://terminology.hl7.org/CodeSystem/object-role";
pub(super) const RESOURCES: &str = "http://hl7.org/fhir/resource-types";
pub(super) const REST: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
pub(super) const INTERACTIONS: &str = "http://hl7.org/fhir/restful-interaction";
pub(super) const LIFE_CYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
pub(super) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// What happened to the server itself, where DICOM has no code for it.
pub(super) const SYSTEM_EVENTS: &str = "https://dossier.example/fhir/CodeSystem/dsp-system-event";
const URI: &str = "urn:ietf:rfc:3986";

pub(super) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

pub(super) fn concept(codings: Vec<Value>) -> Value {
    json!({ "coding": codings })
}

/// An OID or UUID as the URI that it is; any other id as it stands.
pub(super) fn identifier(id: &str) -> Value {
    let is_oid = id.split('.').count() > 1 && id.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
    match (is_oid, id.starts_with("urn:")) {
        (true, _) => json!({ "system": URI, "value": format!("urn:oid:{id}") }),
        (_, true) => json!({ "system": URI, "value": id }),
        _ => json!({ "value": id }),
    }
}

/// A code system by OID, as FHIR names it.
pub(super) fn system_of(oid_or_uri: &str) -> String {
    match oid_or_uri.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        true => format!("urn:oid:{oid_or_uri}"),
        false => oid_or_uri.to_owned(),
    }
}

/// A URI of FHIR: without white space and control characters.
pub(super) fn uri(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() || c.is_control() { "%20".to_owned() } else { c.to_string() }).collect()
}

/// Takes out of all texts what FHIR does not allow in them (R4, datatypes.html#string), and leaves none empty: what callers wrote
/// must not make a repository refuse the record.
pub(super) fn clean(value: &mut Value) {
    match value {
        Value::String(text) => {
            let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
            if text.chars().any(is_bad) {
                *text = text.replace(is_bad, "\u{fffd}");
            }
            if text.trim().is_empty() {
                "-".clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(fields) => fields.values_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
