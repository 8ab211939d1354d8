//! What each rule should give: who sends what, in which format and at which level, over SOAP and over FHIR.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dossier::model::code::Code;
use dossier::model::submission_request::SubmissionRequest;
use serde_json::json;

use super::people::{Who, administrator, at, cx, health_fund, number, patient, professional};
use super::publications;
use super::server::Story;
use super::telling::told;
use crate::on_both_databases;
use crate::support::Database;
use crate::support::submissions::{fresh_oid, submission};

on_both_databases!(each_sends_what_the_rules_let);

const TYPES: &str = "2.999.442.1.1";
const LEVELS: &str = "2.999.442.1.3";

/// Why, who, for whom, which type, which level, and whether it is taken.
type Row = (&'static str, Who, &'static str, &'static str, &'static str, bool);

fn rows() -> Vec<Row> {
    vec![
        ("the MR writes its column", professional("D01"), "P01", "resume-patient", "STANDARD", true),
        ("an author chooses annonce", professional("D06"), "P03", "cr-actes-therapeutiques", "ANNONCE", true),
        ("nobody professional chooses privé", professional("D01"), "P01", "resume-patient", "PRIVE", false),
        ("the CMC writes by profession", professional("I02"), "P01", "traitements-medicamenteux", "STANDARD", false),
        ("K06: an expert does not send reports, and has no mandate", professional("X03"), "P01", "rapports-medicaux", "STANDARD", false),
        ("K28: the right profession without a mandate", professional("X01"), "P01", "bilan-fonctionnel", "STANDARD", false),
        ("results come from a laboratory", professional("D01"), "P01", "resultats-biologie", "STANDARD", false),
        ("the laboratory with its own mandate", at("E3", "B02"), "P03", "resultats-biologie", "STANDARD", true),
        ("a physician in a laboratory", at("E3", "D10"), "P03", "resultats-biologie", "CONFIDENTIEL", true),
        ("the emergency summary from emergency care", at("E1", "D05"), "P08", "rpu", "STANDARD", true),
        ("and from nowhere else", professional("D01"), "P08", "rpu", "STANDARD", false),
        ("the holder's expression", patient("P01"), "P01", "expression-titulaire", "PRIVE", true),
        ("the holder sends nothing else", patient("P01"), "P01", "resume-patient", "STANDARD", false),
        ("the assistant's", patient("P02"), "P01", "expression-titulaire", "STANDARD", true),
        ("the holder does not choose annonce", patient("P01"), "P01", "expression-titulaire", "ANNONCE", false),
        ("the CNS for a patient with a declaration", health_fund(), "P01", "resume-prestations", "STANDARD", true),
        ("and for no other", health_fund(), "P02", "resume-prestations", "STANDARD", false),
        ("refused at reception", at("E2", "B01"), "P11", "resultats-biologie", "STANDARD", false),
        ("the blacklisted, although E1 has a mandate", at("E1", "D07"), "P04", "cr-actes-diagnostiques", "STANDARD", false),
        ("results come from nobody else", professional("D06"), "P03", "resultats-biologie", "STANDARD", false),
        ("the technician of the laboratory sends nothing", at("E2", "L01"), "P03", "resultats-biologie", "STANDARD", false),
        ("its biologist does", at("E2", "B01"), "P03", "resultats-biologie", "STANDARD", true),
        ("a midwife prescribes", professional("S01"), "P04", "traitements-medicamenteux", "STANDARD", true),
        ("a physician prescribes no nursing", professional("D03"), "P01", "traitements-soignants-prescrits", "STANDARD", false),
        ("a physician does not speak for the holder", professional("D01"), "P01", "expression-titulaire", "STANDARD", false),
        ("identito-vigilance sends nothing", administrator(Some("erreur")), "P01", "resume-patient", "STANDARD", false),
        ("into a closed record", professional("D01"), "P10", "resume-patient", "STANDARD", false),
        ("without a licence", professional("D09"), "P09", "cr-actes-therapeutiques", "STANDARD", false),
        ("an unknown type", professional("D01"), "P01", "horoscope", "STANDARD", false),
    ]
}

fn each_sends_what_the_rules_let(database: Database) {
    let story = told(database);
    let mut wrong = Vec::new();
    for (why, who, patient, document_type, level, taken) in rows() {
        let soap = story.provide(&who, &letter(patient, document_type, level), b"text");
        if soap.is_ok() != taken {
            wrong.push(format!("{why} (SOAP): {soap:?}"));
        }
        let fhir = published(&story, &who, patient, document_type, level);
        if (fhir == 201) != taken {
            wrong.push(format!("{why} (FHIR): {fhir}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    publications::levels_come_from_headers(&story);
    publications::people_are_in_the_directory(&story);
}

pub(super) fn letter(patient: &str, document_type: &str, level: &str) -> SubmissionRequest {
    let mut request = submission(&cx(patient), &[fresh_oid()]);
    let entry = &mut request.entries[0];
    entry.type_code = Code::new(document_type, TYPES, document_type);
    entry.mime_type = "text/plain".to_owned();
    entry.confidentiality_codes = vec![Code::new(level, LEVELS, level)];
    request
}

/// The status of a simplified publish (ITI-105).
fn published(story: &Story, who: &Who, patient: &str, document_type: &str, level: &str) -> u16 {
    let concept =
        |system: &str, code: &str| json!({ "coding": [{ "system": format!("urn:oid:{system}"), "code": code, "display": code }] });
    let document = json!({
        "resourceType": "DocumentReference", "status": "current",
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:oid:{}", fresh_oid()) },
        "subject": { "reference": format!("Patient/{}", number(patient)) },
        "type": concept(TYPES, document_type), "category": [concept("2.999.442.1.2", "synthese")], "securityLabel": [concept(LEVELS, level)],
        "date": "2025-03-17T08:00:00Z",
        "content": [{
            "attachment": { "contentType": "text/plain", "language": "fr-LU", "data": STANDARD.encode("text"), "creation": "2025-03-17T08:00:00Z" },
            "format": { "system": "urn:oid:1.3.6.1.4.1.19376.1.2.3", "code": "urn:ihe:iti:xds-sd:text:2008" },
        }],
        "context": { "facilityType": concept("2.999.442.1.4", "cabinet"), "practiceSetting": concept("2.16.840.1.113883.6.96", "394802001") },
    });
    story.fhir(who, "POST", "/fhir/DocumentReference", &[], &document).status
}
