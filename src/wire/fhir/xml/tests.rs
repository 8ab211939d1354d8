use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::wire::fhir::{json as fhir_json, xml::write};

#[test]
fn a_resource_goes_to_xml_and_back() {
    let resource = json!({
        "resourceType": "Patient", "id": "p",
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a <b>b</b> c<br/>\n d</div>"},
        "contained": [{"resourceType": "Organization", "id": "o", "name": "O & <O>"}],
        "extension": [{"id": "e", "url": "urn:x", "valueDecimal": 1.5}],
        "active": true,
        "name": [{"id": "n", "family": "F", "given": ["A", null, "C"], "_given": [null, {"extension": [{"url": "urn:y", "valueInteger": 3}]}, {"id": "c"}]}],
        "birthDate": "1970-01-01", "_birthDate": {"id": "b"},
        "multipleBirthInteger": 2,
    });
    let resource = fhir_json::read(resource.to_string().as_bytes()).unwrap();
    let text = write(&resource);
    let back = read(&text).unwrap();
    assert_eq!(back, resource, "{}", String::from_utf8_lossy(&text));
    let decimal = br#"{"resourceType":"Observation","valueQuantity":{"value":1.100}}"#;
    let decimal = fhir_json::read(decimal).unwrap();
    assert!(String::from_utf8(write(&decimal)).unwrap().contains("<value value=\"1.100\"/>"));
    assert_eq!(read(&write(&decimal)).unwrap(), decimal);
}

#[test]
fn bundles_hold_resources() {
    let bundle = json!({"resourceType": "Bundle", "type": "searchset", "total": 1, "link": [{"relation": "self", "url": "http://x/fhir"}],
        "entry": [{"fullUrl": "http://x/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": "match"}}]});
    let bundle = fhir_json::read(bundle.to_string().as_bytes()).unwrap();
    assert_eq!(read(&write(&bundle)).unwrap(), bundle);
}

#[test]
fn hostile_xml_is_refused() {
    let patient = |inside: &str| format!("<Patient xmlns=\"http://hl7.org/fhir\">{inside}</Patient>");
    for (text, why) in [
        ("<Patient/>".to_owned(), "namespace"),
        ("<!DOCTYPE x><Patient xmlns=\"http://hl7.org/fhir\"/>".to_owned(), "refused"),
        (patient("<id value=\"1\"/><id value=\"2\"/>"), "once"),
        (patient("<famly value=\"1\"/>"), "does not know"),
        (patient("text"), "attributes"),
        (patient("<id/>"), "leave it out"),
        (patient("<id value=\"\"/>"), "leave it out"),
        (patient("<active value=\"yes\"/>"), "true or false"),
        (patient("<multipleBirthInteger value=\"99999999999\"/>"), "whole number"),
        (patient(&"<contained><Patient>".repeat(100)), "deep"),
        ("<Pateint xmlns=\"http://hl7.org/fhir\"/>".to_owned(), "no resource"),
        ("<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"1\"/>".to_owned(), "refused"),
    ] {
        let fault = read(text.as_bytes()).unwrap_err().to_string();
        assert!(fault.contains(why), "{text}: {fault}");
    }
}

#[test]
fn other_prefixes_and_a_schema_location_are_taken() {
    let text = br#"<?xml version="1.0" encoding="utf-8"?><f:Patient xmlns:f="http://hl7.org/fhir" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="a b"><f:id value="1"/></f:Patient>"#;
    // The attribute is of the root, which has no attributes that mean something.
    assert_eq!(read(text).unwrap(), json!({"resourceType": "Patient", "id": "1"}));
}

proptest! {
    #[test]
    fn any_text_comes_back(family in "[ -~éß\n\t]{1,30}", given in proptest::collection::vec("[a-z<&\"']{1,9}", 1..4), active: bool, rank in 1..i32::MAX) {
        let patient = json!({"resourceType": "Patient", "active": active, "name": [{"family": family, "given": given}], "telecom": [{"value": family, "rank": rank}]});
        let patient = fhir_json::read(patient.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read(&write(&patient)).unwrap(), patient);
    }
}
