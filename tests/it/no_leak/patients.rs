//! A patient whose record is closed to the caller, one who has no record, and one whom nobody knows.

use serde_json::json;

use super::answers::{Leaks, told};
use super::changes;
use super::hidden::{LETTER, WORDS};
use super::ids::Ids;
use super::queries::{EITHER, by_reference_id, cx};
use super::resources::document_reference;
use super::row::{ITI18, ITI51, JSON, REGISTRY, Row, adhoc_query};
use super::scene::{Caller, NOBODY, Scene, WITHOUT_RECORD};
use crate::mhd::scene::bundle;
use crate::story::people::{number, patient, professional};
use crate::support::AUTHORITY;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

/// Requests about `{patient}` alone, and about P01, who is in sight, beside them.
fn rows(document_type: &str) -> Vec<Row> {
    let mut rows: Vec<_> = [
        "DocumentReference?patient=Patient/{patient}",
        "DocumentReference?patient.identifier=urn:oid:1.3.182.4.4|{patient}&_summary=count",
        "List?patient=Patient/{patient}",
        // Of a record that is there a professional sees their own attempts, and that it is there is no secret (access rules, 2 and 8).
        "AuditEvent?patient=Patient/{patient}&agent=Practitioner/D03",
        "Consent?patient=Patient/{patient}",
        "Encounter?patient=Patient/{patient}",
    ]
    .iter()
    .map(Row::get)
    .collect();
    for kind in ["DocumentReference", "List", "Consent", "Encounter"] {
        rows.push(Row::fhir("POST", format!("{kind}/_search"), FORM, "patient=Patient/{patient}"));
    }
    let patient = format!("'{}'", cx("{patient}"));
    let both = format!("('{}','{}')", cx("{patient}"), cx(number("P01")));
    let all = [
        ("$patientId", patient.as_str()),
        ("$XDSDocumentEntryStatus", EITHER),
        ("$XDSSubmissionSetStatus", EITHER),
        ("$XDSFolderStatus", EITHER),
    ];
    let about =
        |object: &str, id: &str| [(format!("$XDS{object}PatientId"), id.to_owned()), (format!("$XDS{object}Status"), EITHER.to_owned())];
    let mut query = |name: &str, action, id: &str, parameters: &[(String, String)]| {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        rows.push(Row::soap(name, REGISTRY, action, adhoc_query(id, "LeafClass", &parameters)));
    };
    query("FindDocuments", ITI18, "14d4debf-8f97-4251-9a74-a90016b0af0d", &about("DocumentEntry", &patient));
    query("FindSubmissionSets", ITI18, "f26abbcb-ac74-4422-8a30-edb644bbc1a9", &about("SubmissionSet", &patient));
    query("FindFolders", ITI18, "958f3006-baad-4929-a4de-ff1114824431", &about("Folder", &patient));
    query("GetAll", ITI18, "10b545ea-725c-446d-9b95-8aeb444eddf3", &all.map(|(name, value)| (name.to_owned(), value.to_owned())));
    query("Find documents of both", ITI51, "3d1bdb10-39a2-11de-89c2-2f44d94eaa9f", &about("DocumentEntry", &both));
    query("Find folders of both", ITI51, "50d3f5ac-39a2-11de-a1ca-b366239e58df", &about("Folder", &both));
    rows.push(Row::soap("FindDocumentsByReferenceId", REGISTRY, ITI18, by_reference_id("{patient}", "order")));
    rows.extend(changes::submissions("{patient}", document_type));
    rows.push(Row::fhir("POST", "DocumentReference", JSON, document_reference(document_type, &json!({}))));
    rows.push(Row::fhir("POST", "", JSON, bundle("{patient}", "2.999.3.1", b"text").to_string().replace(AUTHORITY, "1.3.182.4.4")));
    rows.extend(acts());
    rows
}

/// Acts on the record of `{patient}`.
fn acts() -> Vec<Row> {
    let mut rows = Vec::new();
    for act in ["$dsp-create", "$dsp-activate", "$dsp-close", "$dsp-reopen"] {
        rows.push(Row::fhir("POST", format!("Patient/{{patient}}/{act}"), "Accept: */*", ""));
    }
    let code = json!({ "resourceType": "Parameters", "parameter": [{ "name": "code", "valueString": "R9T3HB6N" }] });
    rows.push(Row::fhir("POST", "Patient/{patient}/$presence-code", JSON, code));
    for category in ["assistant", "blacklist", "emergency-access", "referring-physician", "trusted-circle"] {
        let file = format!("{}/profiles/luxembourg-dsp/fhir/examples/Consent-{category}.json", env!("CARGO_MANIFEST_DIR"));
        let mut consent: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        consent["patient"]["reference"] = json!("Patient/{patient}");
        rows.push(Row::fhir("POST", "Consent", JSON, consent));
    }
    rows
}

/// Holds the three against each other, for a professional and for another patient.
pub fn hold(leaks: &mut Leaks, scene: &Scene) {
    for (who, document_type) in [(professional("D01"), LETTER), (patient("P09"), WORDS)] {
        let caller = Caller::is(&who);
        for row in rows(document_type) {
            let of = |number: &str| {
                let ids = Ids::default().with("entry", uuid::Uuid::nil()).with("patient", number);
                told(scene, &row.ask(scene, &caller, &ids), &ids)
            };
            let hidden = of(number("P02"));
            leaks.hold(&format!("no record: {}", row.name), &hidden, &of(WITHOUT_RECORD));
            leaks.hold(&format!("nobody: {}", row.name), &hidden, &of(NOBODY));
        }
    }
}
