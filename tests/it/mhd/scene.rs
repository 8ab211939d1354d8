//! FHIR requests, and bundles as a source sends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dossier::wire::fhir::json as fhir_json;
use serde_json::{Value, json};

use crate::support::{AUTHORITY, Response, request};
use crate::xds_scene::Scene;

const LIST_TYPES: &str = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes";
const EXTENSIONS: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition";

pub fn get(scene: &Scene, path: &str) -> Response {
    request(scene.server.http, "GET", &format!("/fhir/{path}"), &[], b"")
}

pub fn post(scene: &Scene, path: &str, resource: &Value) -> Response {
    let headers = ["Content-Type: application/fhir+json"];
    request(scene.server.http, "POST", &format!("/fhir{path}"), &headers, resource.to_string().as_bytes())
}

/// A resource of an answer that is 200; whatever we emit passes our own guard.
pub fn resource(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    fhir_json::read(&response.body).unwrap_or_else(|fault| panic!("{fault}: {}", response.text()))
}

/// The matches of a search.
pub fn found(scene: &Scene, query: &str) -> Vec<Value> {
    let bundle = resource(&get(scene, query));
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.into_iter().filter(|entry| entry["search"]["mode"] == "match").map(|entry| entry["resource"].clone()).collect()
}

/// The uniqueIds of documents that a search finds, without `urn:oid:`.
pub fn unique_ids(scene: &Scene, query: &str) -> Vec<String> {
    let of = |resource: &Value| resource["masterIdentifier"]["value"].as_str().unwrap().trim_start_matches("urn:oid:").to_owned();
    found(scene, query).iter().map(of).collect()
}

pub fn concept(code: &str) -> Value {
    json!({ "coding": [{ "system": "urn:oid:2.999.1", "code": code, "display": code }] })
}

fn uuid(number: u32) -> String {
    format!("urn:uuid:00000000-0000-4000-9000-{number:012}")
}

/// A DocumentReference with comprehensive metadata.
pub fn document_reference(patient: &str, unique_id: &str, binary: &str) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "contained": [
            { "resourceType": "Patient", "id": "p", "identifier": [{ "system": "urn:oid:2.999.7", "value": "mrn-1" }], "name": [{ "family": "Muster", "given": ["Eva"] }] },
            { "resourceType": "Practitioner", "id": "a", "name": [{ "family": "Weis", "given": ["Claude"] }] },
        ],
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{unique_id}") },
        "status": "current",
        "type": concept("t"), "category": [concept("class")],
        "subject": { "reference": format!("Patient/{patient}") },
        "author": [{ "reference": "#a" }],
        "description": "Bilan",
        "securityLabel": [concept("N")],
        "content": [{
            "attachment": { "contentType": "text/plain", "language": "fr-LU", "url": binary, "title": "Lettre", "creation": "2025-03-17T09:00:00+01:00" },
            "format": { "system": "urn:oid:2.999.1", "code": "f" },
        }],
        "context": { "facilityType": concept("h"), "practiceSetting": concept("p"), "sourcePatientInfo": { "reference": "#p" },
            "period": { "start": "2025-03-01", "end": "2025-03-02" } },
    })
}

/// A transaction bundle: a submission set, a folder, and a document with its content.
pub fn bundle(patient: &str, unique_id: &str, content: &[u8]) -> Value {
    let entry = |url: String, resource: Value| json!({ "fullUrl": url, "request": { "method": "POST", "url": resource["resourceType"] }, "resource": resource });
    let list = |code: &str, number: &str, members: &[String]| {
        let members: Vec<_> = members.iter().map(|member| json!({ "item": { "reference": member } })).collect();
        json!({
            "resourceType": "List", "status": "current", "mode": "working", "title": "Exemple", "date": "2025-03-17T10:00:00Z",
            "extension": [
                { "url": format!("{EXTENSIONS}/ihe-designationType"), "valueCodeableConcept": concept("c") },
                { "url": format!("{EXTENSIONS}/ihe-sourceId"), "valueIdentifier": { "value": "urn:oid:2.999.2" } },
            ],
            "identifier": [{ "use": "usual", "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{unique_id}.{number}") }],
            "code": { "coding": [{ "system": LIST_TYPES, "code": code }] },
            "subject": { "identifier": { "system": format!("urn:oid:{AUTHORITY}"), "value": patient } },
            "entry": members,
        })
    };
    json!({
        "resourceType": "Bundle", "type": "transaction",
        "entry": [
            entry(uuid(1), list("submissionset", "1", &[uuid(2), uuid(3)])),
            entry(uuid(2), list("folder", "2", &[uuid(3)])),
            entry(uuid(3), document_reference(patient, unique_id, &uuid(4))),
            entry(uuid(4), json!({ "resourceType": "Binary", "contentType": "text/plain", "data": STANDARD.encode(content) })),
        ],
    })
}

/// The issue code and the first place of a refusal.
pub fn issue(response: &Response) -> (u16, String, String) {
    let outcome = fhir_json::read(&response.body).unwrap_or_else(|fault| panic!("{fault}: {}", response.text()));
    let issue = &outcome["issue"][0];
    (response.status, issue["code"].as_str().unwrap().to_owned(), issue["expression"][0].as_str().unwrap_or("").to_owned())
}
