//! FHIR interactions that name what is hidden.

use serde_json::{Value, json};

use super::row::{JSON, Row};
use crate::mhd::scene::concept;

const PATCH: &str = "Content-Type: application/json-patch+json";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// Every interaction on a document, a submission set or a folder.
pub fn rows(document_type: &str) -> Vec<Row> {
    let mut rows: Vec<_> = READS.iter().map(Row::get).collect();
    rows.extend([
        Row::fhir("GET", "DocumentReference/{entry}", "If-None-Match: W/\"1\"", ""),
        Row::fhir("GET", "DocumentReference/{entry}", "Accept: application/fhir+xml", ""),
        Row::fhir("POST", "DocumentReference/_search", FORM, "_id={entry}"),
        Row::fhir("POST", "List/_search", FORM, "identifier=urn:oid:{set_unique_id}"),
        Row::fhir("HEAD", "Binary/{entry}", "Accept: */*", ""),
        Row::fhir("GET", "Binary/{entry}", "Range: bytes=0-1", ""),
        Row::fhir("GET", "Binary/{entry}", "Accept: application/fhir+json", ""),
        Row::fhir("GET", "Binary/{entry}", "If-None-Match: \"372ea08cab33e71c02c651dbc83a474d32c676ea\"", ""),
        Row::fhir("PATCH", "DocumentReference/{entry}", PATCH, r#"[{"op":"replace","path":"/description","value":"x"}]"#),
        Row::fhir("PATCH", "DocumentReference/{entry}", PATCH, r#"[{"op":"test","path":"/nowhere","value":"x"}]"#),
        Row::fhir("PUT", "DocumentReference/{entry}", JSON, r#"{"resourceType":"DocumentReference","id":"{entry}","status":"current","content":[{"attachment":{"contentType":"text/plain"}}]}"#),
        Row::fhir("PUT", "DocumentReference/{entry}", JSON, document_reference(document_type, &json!({ "id": "{entry}" }))),
    ]);
    let reason = json!({ "resourceType": "Parameters", "parameter": [{ "name": "reason", "valueString": "doublon" }] });
    rows.push(Row::fhir("POST", "DocumentReference/{entry}/$deactivate", JSON, reason));
    for code in ["replaces", "appends"] {
        let relation = json!({ "relatesTo": [{ "code": code, "target": { "reference": "DocumentReference/{entry}" } }] });
        rows.push(Row::fhir("POST", "DocumentReference", JSON, document_reference(document_type, &relation)));
    }
    rows
}

/// By address alone. `{patient}` is somebody whose record the request names.
const READS: &[&str] = &[
    "DocumentReference/{entry}",
    "DocumentReference/{on_demand}",
    "DocumentReference?_id={entry},{addendum},{on_demand},{open_entry}&_count=1",
    "DocumentReference?identifier=urn:uuid:{entry}",
    "DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:{unique_id}&_count=0",
    "DocumentReference?patient=Patient/{patient}&_id={entry}",
    "DocumentReference?patient=Patient/{patient}&related:identifier=urn:oid:2.999.5|{reference}",
    "List/{set}",
    "List/{folder}",
    "List?_id={set},{folder}",
    "List?identifier=urn:oid:{set_unique_id}",
    "List?patient=Patient/{patient}&identifier=urn:oid:{folder_unique_id}",
    "Binary/{entry}",
    "Binary/{on_demand}",
    "Binary/{unique_id}",
    "AuditEvent?patient=Patient/{patient}&entity=DocumentReference/{entry}",
];

/// A DocumentReference with its text, for `{patient}`, and with more elements.
pub fn document_reference(document_type: &str, more: &Value) -> String {
    let code = |system: &str, code: &str| json!({ "coding": [{ "system": format!("urn:oid:{system}"), "code": code, "display": code }] });
    let mut resource = json!({
        "resourceType": "DocumentReference", "status": "current",
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{}", crate::support::submissions::fresh_oid()) },
        "subject": { "reference": "Patient/{patient}" },
        "type": code("2.999.442.1.1", document_type), "category": [concept("synthese")],
        "securityLabel": [code("2.999.442.1.3", "STANDARD")],
        "date": "2025-03-17T08:00:00Z",
        "content": [{
            "attachment": { "contentType": "text/plain", "language": "fr-LU", "data": "dGV4dA==", "creation": "2025-03-17T08:00:00Z" },
            "format": { "system": "urn:oid:1.3.6.1.4.1.19376.1.2.3", "code": "urn:ihe:iti:xds-sd:text:2008" },
        }],
        "context": { "facilityType": concept("cabinet"), "practiceSetting": concept("394802001") },
    });
    for (name, value) in more.as_object().unwrap() {
        resource[name] = value.clone();
    }
    resource.to_string()
}

/// Every interaction on a consent, a visit, a notice or an entry of the history by its id.
pub fn items() -> Vec<Row> {
    let consent = include_str!("../../../profiles/luxembourg-dsp/fhir/examples/Consent-trusted-circle.json");
    let mut consent: Value = serde_json::from_str(consent).unwrap();
    consent["id"] = json!("{consent}");
    let visit = json!({
        "resourceType": "Encounter", "id": "{episode}", "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" },
        "subject": { "reference": "Patient/{patient}" },
        "identifier": [{ "value": "M04" }],
        "period": { "start": "2025-03-01T14:05:00+01:00", "end": "2025-03-16T10:00:00+01:00" },
    });
    let if_match = "If-Match: W/\"1\"";
    let with_type = |kind: &str| format!("{if_match}\r\nContent-Type: {kind}");
    vec![
        Row::get("Consent/{consent}"),
        Row::get("Consent?patient=Patient/{patient}&_id={consent}"),
        Row::fhir("POST", "Consent/_search", FORM, "patient=Patient/{patient}&_id={consent}"),
        Row::fhir("PUT", "Consent/{consent}", with_type("application/fhir+json"), consent),
        Row::fhir(
            "PATCH",
            "Consent/{consent}",
            with_type("application/json-patch+json"),
            include_str!("../../../profiles/luxembourg-dsp/fhir/examples/JsonPatch-shorten-mandate.json"),
        ),
        Row::fhir("PATCH", "Consent/{consent}", with_type("application/json-patch+json"), r#"[{"op":"test","path":"/x","value":"x"}]"#),
        Row::fhir("DELETE", "Consent/{consent}", if_match, ""),
        Row::get("Encounter/{episode}"),
        Row::fhir("PUT", "Encounter/{episode}", with_type("application/fhir+json"), visit),
        Row::get("Communication/{notice}"),
        Row::fhir("POST", "Communication/{notice}/$dsp-acknowledge", JSON, ""),
        Row::get("AuditEvent/{event}"),
        Row::get("AuditEvent?patient=Patient/{patient}&_page={event}"),
    ]
}
