//! A request for each interaction over FHIR that those who may would get an answer to.

use dossier::transactions::fhir::{Method, Route, routes};
use serde_json::json;

use super::resources::document_reference;
use super::row::{JSON, Row};
use crate::mhd::scene::bundle;
use crate::support::AUTHORITY;

/// What an interaction gives to professionals who have no business with a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Nothing: a refusal, or what is found of a record that does not exist.
    Nothing,
    /// Their own entries of the history, refused attempts above all.
    Own,
    /// What is no patient's: the directories, which rules of their own guard.
    Directory,
    /// What is open to the world.
    World,
}
use Open::{Directory, Nothing, Own, World};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const PATCH: &str = "Content-Type: application/json-patch+json\r\nIf-Match: W/\"1\"";
const CHANGE: &str = "Content-Type: application/fhir+json\r\nIf-Match: W/\"1\"";
const REASON: &str = r#"{"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"doublon"}]}"#;
const DESCRIPTION: &str = r#"[{"op":"replace","path":"/description","value":"x"}]"#;

/// Method, pattern, what it is open to, what follows the pattern, header, body.
type Try = (&'static str, &'static str, Open, &'static str, &'static str, &'static str);

/// Every interaction; `{patient}` has a record, `{entry}` is a document in it.
const TRIES: &[Try] = &[
    ("POST", "", Nothing, "", JSON, "bundle"),
    ("GET", "metadata", World, "", "Accept: */*", ""),
    ("GET", "StructureDefinition/{id}", World, "dsp-mandate", "Accept: */*", ""),
    ("GET", "OperationDefinition/{id}", World, "dsp-close", "Accept: */*", ""),
    ("GET", "CodeSystem/{id}", World, "dsp-consent-category", "Accept: */*", ""),
    ("GET", "AuditEvent", Own, "?patient=Patient/{patient}", "Accept: */*", ""),
    ("POST", "AuditEvent", Nothing, "", JSON, "audit"),
    ("GET", "syslogsearch", Nothing, "?date=ge2020", "Accept: */*", ""),
    ("POST", "AuditEvent/_search", Own, "", FORM, "patient=Patient/{patient}"),
    ("GET", "AuditEvent/{id}", Nothing, "{event}", "Accept: */*", ""),
    ("GET", "Binary/{id}", Nothing, "{entry}", "Accept: */*", ""),
    ("GET", "Communication", Nothing, "", "Accept: */*", ""),
    ("GET", "Communication/{id}", Nothing, "{notice}", "Accept: */*", ""),
    ("POST", "Communication/{id}/$dsp-acknowledge", Nothing, "{notice}", JSON, ""),
    ("GET", "Consent", Nothing, "?patient=Patient/{patient}", "Accept: */*", ""),
    ("POST", "Consent/_search", Nothing, "", FORM, "patient=Patient/{patient}"),
    ("POST", "Consent", Nothing, "", JSON, "consent"),
    ("GET", "Consent/{id}", Nothing, "{consent}", "Accept: */*", ""),
    ("PUT", "Consent/{id}", Nothing, "{consent}", CHANGE, "consent"),
    ("PATCH", "Consent/{id}", Nothing, "{consent}", PATCH, "shortening"),
    ("DELETE", "Consent/{id}", Nothing, "{consent}", "If-Match: W/\"1\"", ""),
    ("GET", "DocumentReference", Nothing, "?patient=Patient/{patient}", "Accept: */*", ""),
    ("GET", "DocumentReference", Nothing, "?patient=Patient/{patient}&type:not=x&event:missing=true&date=ne1900", "Accept: */*", ""),
    (
        "GET",
        "DocumentReference",
        Nothing,
        "?patient=Patient/{patient}&_include=DocumentReference:relatesto&_revinclude=List:item&_total=accurate",
        "Accept: */*",
        "",
    ),
    ("GET", "DocumentReference", Nothing, "?patient.identifier=urn:oid:1.3.182.4.4|{patient}&author.family:contains=e", "Accept: */*", ""),
    (
        "GET",
        "List",
        Nothing,
        "?patient=Patient/{patient}&code:not=folder&_sort=-date&_include=List:item&_total=accurate",
        "Accept: */*",
        "",
    ),
    ("POST", "DocumentReference/_search", Nothing, "", FORM, "patient=Patient/{patient}"),
    ("POST", "DocumentReference", Nothing, "", JSON, "document"),
    ("GET", "DocumentReference/{id}", Nothing, "{entry}", "Accept: */*", ""),
    ("PUT", "DocumentReference/{id}", Nothing, "{entry}", JSON, "document"),
    ("PATCH", "DocumentReference/{id}", Nothing, "{entry}", PATCH, DESCRIPTION),
    ("POST", "DocumentReference/{id}/$deactivate", Nothing, "{entry}", JSON, REASON),
    ("POST", "DocumentReference/{id}/$restore", Nothing, "{entry}", JSON, REASON),
    ("POST", "DocumentReference/{id}/$confirm-deactivation", Nothing, "{entry}", JSON, REASON),
    ("GET", "Encounter", Nothing, "?patient=Patient/{patient}", "Accept: */*", ""),
    ("POST", "Encounter/_search", Nothing, "", FORM, "patient=Patient/{patient}"),
    ("POST", "Encounter", Nothing, "", JSON, "visit"),
    ("GET", "Encounter/{id}", Nothing, "{episode}", "Accept: */*", ""),
    ("PUT", "Encounter/{id}", Nothing, "{episode}", CHANGE, "visit"),
    ("GET", "List", Nothing, "?patient=Patient/{patient}", "Accept: */*", ""),
    ("POST", "List/_search", Nothing, "", FORM, "patient=Patient/{patient}"),
    ("GET", "List/{id}", Nothing, "{set}", "Accept: */*", ""),
    // A professional learns whether a record is open (access rules, 2).
    ("GET", "Patient/{id}/$dsp-status", Directory, "{patient}", "Accept: */*", ""),
    ("GET", "Patient/{id}/$dsp-history", Own, "{patient}", "Accept: text/csv", ""),
    ("POST", "Patient/{id}/$dsp-create", Nothing, "{patient}", "Accept: */*", ""),
    ("POST", "Patient/{id}/$dsp-activate", Nothing, "{patient}", "Accept: */*", ""),
    ("POST", "Patient/{id}/$dsp-close", Nothing, "{patient}", "Accept: */*", ""),
    ("POST", "Patient/{id}/$dsp-reopen", Nothing, "{patient}", "Accept: */*", ""),
    ("POST", "Patient/{id}/$presence-code", Nothing, "{patient}", JSON, "code"),
    ("POST", "Patient/{id}/$open-consultation", Nothing, "{patient}", JSON, "code"),
    ("GET", "Patient", Directory, "?identifier=urn:oid:1.3.182.4.4|{patient}", "Accept: */*", ""),
    ("POST", "Patient/_search", Directory, "", FORM, "identifier=urn:oid:1.3.182.4.4|{patient}"),
    ("POST", "Patient", Nothing, "", JSON, r#"{"resourceType":"Patient"}"#),
    ("GET", "Patient/{id}", Directory, "{patient}", "Accept: */*", ""),
    ("PUT", "Patient/{id}", Nothing, "{patient}", CHANGE, r#"{"resourceType":"Patient","id":"{patient}"}"#),
    ("GET", "Organization", Directory, "?name=Centre", "Accept: */*", ""),
    ("POST", "Organization/_search", Directory, "", FORM, "name=Centre"),
    ("POST", "Organization", Nothing, "", JSON, r#"{"resourceType":"Organization"}"#),
    ("GET", "Organization/{id}", Directory, "E1", "Accept: */*", ""),
    ("PUT", "Organization/{id}", Nothing, "E1", CHANGE, r#"{"resourceType":"Organization","id":"E1"}"#),
    ("GET", "Device", Nothing, "?organization=Organization/E1", "Accept: */*", ""),
    ("POST", "Device/_search", Nothing, "", FORM, "organization=Organization/E1"),
    ("POST", "Device", Nothing, "", JSON, r#"{"resourceType":"Device"}"#),
    ("GET", "Device/{id}", Nothing, "hospital-e1", "Accept: */*", ""),
    ("PUT", "Device/{id}", Nothing, "hospital-e1", CHANGE, r#"{"resourceType":"Device","id":"hospital-e1"}"#),
    ("GET", "Practitioner", Directory, "?_id=D01", "Accept: */*", ""),
    ("POST", "Practitioner/_search", Directory, "", FORM, "_id=D01"),
    ("POST", "Practitioner", Nothing, "", JSON, r#"{"resourceType":"Practitioner"}"#),
    ("GET", "Practitioner/{id}", Directory, "D01", "Accept: */*", ""),
    ("PUT", "Practitioner/{id}", Nothing, "D01", CHANGE, r#"{"resourceType":"Practitioner","id":"D01"}"#),
    ("GET", "PractitionerRole", Directory, "?practitioner=Practitioner/D01", "Accept: */*", ""),
    ("POST", "PractitionerRole/_search", Directory, "", FORM, "practitioner=Practitioner/D01"),
    ("POST", "PractitionerRole", Nothing, "", JSON, r#"{"resourceType":"PractitionerRole"}"#),
    ("GET", "PractitionerRole/{id}", Directory, "D01.1", "Accept: */*", ""),
    ("PUT", "PractitionerRole/{id}", Nothing, "D01.1", CHANGE, r#"{"resourceType":"PractitionerRole","id":"D01.1"}"#),
    ("GET", "RelatedPerson", Directory, "?patient=Patient/2019093098526", "Accept: */*", ""),
    ("POST", "RelatedPerson/_search", Directory, "", FORM, "patient=Patient/2019093098526"),
    ("POST", "RelatedPerson", Nothing, "", JSON, r#"{"resourceType":"RelatedPerson"}"#),
    ("GET", "RelatedPerson/{id}", Directory, "2019093098526.1991050998408", "Accept: */*", ""),
    ("PUT", "RelatedPerson/{id}", Nothing, "2019093098526.1991050998408", CHANGE, r#"{"resourceType":"RelatedPerson","id":"x"}"#),
    ("GET", "openapi.json", World, "", "Accept: */*", ""),
    ("GET", "package.tgz", World, "", "Accept: */*", ""),
    ("GET", "ValueSet/{id}", World, "dsp-consent-category", "Accept: */*", ""),
    ("POST", "$process-message", Nothing, "", JSON, "message"),
    ("POST", "DocumentReference/$generate-metadata", Nothing, "", JSON, "generation"),
    ("POST", "DocumentReference/{id}/$move-patient", Nothing, "{entry}", JSON, "move"),
    ("GET", "DocumentReference/{id}/_history", Nothing, "{entry}", "Accept: */*", ""),
    ("GET", "DocumentReference/{id}/_history/{vid}", Nothing, "{entry}", "Accept: */*", ""),
    ("GET", "Consent/{id}/_history", Nothing, "{consent}", "Accept: */*", ""),
    ("GET", "Consent/{id}/_history/{vid}", Nothing, "{consent}", "Accept: */*", ""),
    ("GET", "Communication/{id}/_history", Nothing, "{notice}", "Accept: */*", ""),
    ("GET", "Communication/{id}/_history/{vid}", Nothing, "{notice}", "Accept: */*", ""),
    ("GET", "Encounter/{id}/_history", Nothing, "{episode}", "Accept: */*", ""),
    ("GET", "Encounter/{id}/_history/{vid}", Nothing, "{episode}", "Accept: */*", ""),
    ("PUT", "Patient", Nothing, "?identifier=urn:oid:1.3.182.4.4|{patient}", JSON, r#"{"resourceType":"Patient"}"#),
    ("POST", "Patient/$match", Directory, "", JSON, "wanted"),
    ("GET", "Patient/$ihe-pix", Directory, "?sourceIdentifier=urn:oid:1.3.182.4.4|{patient}", "Accept: */*", ""),
    ("GET", "Patient/{id}/_history", Directory, "{patient}", "Accept: */*", ""),
    ("GET", "Patient/{id}/_history/{vid}", Directory, "{patient}", "Accept: */*", ""),
    ("GET", "Patient/_history", Nothing, "", "Accept: */*", ""),
    ("GET", "Organization/_history", Directory, "", "Accept: */*", ""),
    ("GET", "Practitioner/_history", Directory, "", "Accept: */*", ""),
    ("GET", "PractitionerRole/_history", Directory, "", "Accept: */*", ""),
    ("GET", "Organization/{id}/_history", Directory, "E1", "Accept: */*", ""),
    ("GET", "Organization/{id}/_history/{vid}", Directory, "E1", "Accept: */*", ""),
    ("GET", "Location", Directory, "?name=Centre", "Accept: */*", ""),
    ("POST", "Location/_search", Directory, "", FORM, "name=Centre"),
    ("GET", "Location/{id}", Directory, "E1", "Accept: */*", ""),
    ("GET", "HealthcareService", Directory, "?organization=Organization/E1", "Accept: */*", ""),
    ("POST", "HealthcareService/_search", Directory, "", FORM, "organization=Organization/E1"),
    ("GET", "HealthcareService/{id}", Directory, "E1.hopital", "Accept: */*", ""),
    ("GET", "Practitioner/{id}/_history", Directory, "D01", "Accept: */*", ""),
    ("GET", "Practitioner/{id}/_history/{vid}", Directory, "D01", "Accept: */*", ""),
    ("GET", "PractitionerRole/{id}/_history", Directory, "D01.1", "Accept: */*", ""),
    ("GET", "PractitionerRole/{id}/_history/{vid}", Directory, "D01.1", "Accept: */*", ""),
    ("GET", "RelatedPerson/{id}/_history", Directory, "2019093098526.1991050998408", "Accept: */*", ""),
    ("GET", "RelatedPerson/{id}/_history/{vid}", Directory, "2019093098526.1991050998408", "Accept: */*", ""),
    ("GET", "Device/{id}/_history", Nothing, "hospital-e1", "Accept: */*", ""),
    ("GET", "Device/{id}/_history/{vid}", Nothing, "hospital-e1", "Accept: */*", ""),
];

/// The interactions of the routing table that nobody tries here; there may be none.
pub fn untried() -> Vec<&'static Route> {
    let is = |route: &Route, (method, pattern, ..): &Try| Method::of(method) == Some(route.method) && route.pattern == *pattern;
    routes().filter(|route| !TRIES.iter().any(|tried| is(route, tried))).collect()
}

/// Each request, and to whom else it is open.
pub fn rows() -> Vec<(Open, Row)> {
    let row = |(method, pattern, open, address, header, body): &Try| {
        let path =
            if pattern.contains("{id}") { pattern.replace("{id}", address).replace("{vid}", "1") } else { format!("{pattern}{address}") };
        (*open, Row::fhir(method, path, header, body_of(body)))
    };
    TRIES.iter().map(row).collect()
}

fn body_of(name: &str) -> String {
    match name {
        "bundle" => bundle("{patient}", "2.999.3.1", b"text").to_string().replace(AUTHORITY, "1.3.182.4.4"),
        "document" => document_reference(super::hidden::LETTER, &json!({ "id": "{entry}" })),
        "consent" => {
            let consent = include_str!("../../../profiles/luxembourg-dsp/fhir/examples/Consent-trusted-circle.json");
            let mut consent: serde_json::Value = serde_json::from_str(consent).unwrap();
            consent["patient"]["reference"] = json!("Patient/{patient}");
            consent["id"] = json!("{consent}");
            consent.to_string()
        }
        "shortening" => include_str!("../../../profiles/luxembourg-dsp/fhir/examples/JsonPatch-shorten-mandate.json").to_owned(),
        "code" => json!({ "resourceType": "Parameters", "parameter": [{ "name": "code", "valueString": "R9T3HB6N" }] }).to_string(),
        "audit" => json!({
            "resourceType": "AuditEvent", "recorded": "2025-03-17T09:00:00Z",
            "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112" },
            "agent": [{ "who": { "identifier": { "value": "D01" } }, "requestor": true }],
            "source": { "observer": { "display": "a device" } },
            "entity": [{ "what": { "reference": "Patient/{patient}" } }],
        })
        .to_string(),
        "visit" => json!({
            "resourceType": "Encounter", "id": "{episode}", "status": "in-progress",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" },
            "subject": { "reference": "Patient/{patient}" }, "identifier": [{ "value": "M99" }],
            "period": { "start": "2025-03-16T14:05:00+01:00" },
        })
        .to_string(),
        "generation" => include_str!("../../../fixtures/fhir/generate-metadata.json").to_owned(),
        "message" => json!({
            "resourceType": "Bundle", "type": "message",
            "entry": [{ "resource": { "resourceType": "MessageHeader", "eventUri": "urn:ihe:iti:pmir:2019:patient-feed",
                "source": { "endpoint": "https://his.example" } } }],
        })
        .to_string(),
        "move" => json!({ "resourceType": "Parameters", "parameter": [
            { "name": "patient", "valueReference": { "reference": "Patient/{patient}" } }, { "name": "reason", "valueString": "x" },
        ] })
        .to_string(),
        "wanted" => json!({
            "resourceType": "Patient", "identifier": [{ "system": "urn:oid:1.3.182.4.4", "value": "{patient}" }],
        })
        .to_string(),
        other => other.to_owned(),
    }
}
