//! Documents that speak for themselves, and people who are named by their places in the directory (MHD 4.2, ITI-106 and ITI-65).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dossier::wire::fhir::json as fhir_json;
use serde_json::{Value, json};

use super::people::{number, professional};
use super::server::Story;
use crate::support::submissions::fresh_oid;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// The codes of the header of a CDA document become levels, as the profile has it.
pub(super) fn levels_come_from_headers(story: &Story) {
    let cda = String::from_utf8(fixture("documents/K01.xml")).unwrap();
    let generated = |code: &str| {
        let cda = cda
            .replace("2.999.442.9.3.1.2", &fresh_oid())
            .replace("confidentialityCode code=\"N\"", &format!("confidentialityCode code=\"{code}\""));
        let binary = json!({ "resourceType": "Binary", "contentType": "text/xml", "data": STANDARD.encode(cda) });
        let asked = json!({ "resourceType": "Parameters", "parameter": [{ "name": "document", "resource": binary }] });
        story.fhir(&professional("D01"), "POST", "/fhir/DocumentReference/$generate-metadata", &[], &asked)
    };
    for (code, level) in [("N", "STANDARD"), ("R", "CONFIDENTIEL")] {
        let answer = generated(code);
        assert_eq!(answer.status, 200, "{code}: {}", answer.body);
        let address = answer.body["parameter"][0]["valueReference"]["reference"].as_str().unwrap().to_owned();
        let read = story.fhir(&professional("D01"), "GET", &format!("/fhir/{address}"), &[], &Value::Null);
        let label = &read.body["securityLabel"][0]["coding"];
        assert_eq!((&label[0]["code"], &label[1]["code"]), (&level.into(), &code.into()), "{}", read.body["securityLabel"]);
    }
    // Very restricted is privé, which no professional chooses: nothing is filed at a lower level than the document says.
    let refused = generated("V");
    assert_eq!(refused.status, 422, "{}", refused.body);
}

/// The sample of an uncontained bundle, found over FHIR and over SOAP.
pub(super) fn people_are_in_the_directory(story: &Story) {
    let bundle = fhir_json::read(&fixture("fhir/uncontained.json")).unwrap();
    let (set, document) = (&bundle["entry"][0]["resource"], &bundle["entry"][1]["resource"]);
    let d01 = professional("D01");
    let answer = story.fhir(&d01, "POST", "/fhir", &[], &bundle);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = |n: usize| answer.body["entry"][n]["response"].clone();
    assert!((0..3).all(|n| told(n)["status"] == "201 Created" && told(n).get("outcome").is_none()), "nobody is left out: {}", answer.body);
    let unique_id = document["masterIdentifier"]["value"].as_str().unwrap();
    let search = format!("/fhir/DocumentReference?patient=Patient/{}&status=current&identifier={unique_id}", number("P01"));
    let found = story.fhir(&d01, "GET", &search, &[], &Value::Null).body;
    let read = &found["entry"][0]["resource"];
    assert_eq!(
        (&found["total"], read["id"].as_str()),
        (&json!(1), told(1)["location"].as_str().unwrap().strip_prefix("DocumentReference/"))
    );
    for place in ["/subject/reference", "/type/coding/0/code", "/category/0/coding/0/code", "/securityLabel/0/coding/0/code"] {
        assert_eq!(read.pointer(place), document.pointer(place), "{place}");
    }
    assert_eq!(read["content"][0]["attachment"]["hash"], document["content"][0]["attachment"]["hash"]);
    assert_eq!(read["author"].as_array().map(Vec::len), Some(2), "the hospital and the physician: {read}");
    let list = story.fhir(&d01, "GET", &format!("/fhir/{}", told(0)["location"].as_str().unwrap()), &[], &Value::Null).body;
    assert!(list["identifier"].as_array().unwrap().iter().any(|id| id["value"] == set["identifier"][0]["value"]), "{list}");
    assert!(list.get("source").is_some(), "{list}");
    let over_soap = story.found_over_soap(&d01, "P01");
    assert!(over_soap.contains(unique_id.trim_start_matches("urn:oid:")), "{over_soap:?}");
}
