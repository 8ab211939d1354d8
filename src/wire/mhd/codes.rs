//! Code ⇄ Coding and CodeableConcept.

use serde_json::{Value, json};

use super::fields::Fields;
use crate::model::code::Code;

/// Code systems that FHIR names by URL and Document Sharing by OID (HL7 terminology, *External Code Systems*; IHE format
/// codes). Any other OID is written as `urn:oid:…`.
const SYSTEMS: [(&str, &str); 5] = [
    ("2.16.840.1.113883.6.1", "http://loinc.org"),
    ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
    ("2.16.840.1.113883.5.25", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
    ("1.3.6.1.4.1.19376.1.2.3", "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"),
    ("2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
];

/// The `system` of a coding scheme.
pub(super) fn system_of_scheme(scheme: &str) -> String {
    let known = SYSTEMS.iter().find(|(oid, _)| *oid == scheme).map(|(_, url)| (*url).to_owned());
    known.unwrap_or_else(|| if is_oid(scheme) { format!("urn:oid:{scheme}") } else { scheme.to_owned() })
}

/// The coding scheme of a `system`.
pub(super) fn scheme_of_system(system: &str) -> String {
    let known = SYSTEMS.iter().find(|(_, url)| *url == system).map(|(oid, _)| *oid);
    known.or_else(|| system.strip_prefix("urn:oid:").filter(|oid| is_oid(oid))).unwrap_or(system).to_owned()
}

/// Every coding scheme under which codes of a `system` may be filed: sources of other protocols write it as they like.
pub fn schemes_of_system(system: &str) -> Vec<String> {
    let scheme = scheme_of_system(system);
    let mut schemes = vec![scheme.clone(), format!("urn:oid:{scheme}"), system.to_owned(), system_of_scheme(&scheme)];
    schemes.sort();
    schemes.dedup();
    schemes
}

fn is_oid(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A Coding; nothing of a code that was absent or has no scheme.
pub(super) fn coding(code: &Code) -> Option<Value> {
    let display = code.display.first().unwrap_or_default();
    let coding = Fields::default().with("system", system_of_scheme(&code.scheme)).with("code", code.code.as_str()).with("display", display);
    (!code.code.is_empty() && !code.scheme.is_empty()).then(|| coding.value())
}

/// A CodeableConcept, as [`coding`].
pub(super) fn concept(code: &Code) -> Option<Value> {
    Some(json!({ "coding": [coding(code)?] }))
}

/// The code of a Coding; nothing without code or system.
pub(super) fn code_of_coding(coding: &Value) -> Option<Code> {
    let part = |name: &str| coding.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, system) = (part("code"), part("system"));
    let display = Some(part("display")).filter(|display| !display.is_empty()).unwrap_or(code);
    (!code.is_empty() && !system.is_empty()).then(|| Code::new(code, &scheme_of_system(system), display))
}

/// The first code of a CodeableConcept that has a system.
pub(super) fn code_of_concept(concept: &Value) -> Option<Code> {
    let codings = concept.get("coding").and_then(Value::as_array)?;
    let mut code = codings.iter().find_map(code_of_coding)?;
    // The source's own words, where the coding has none.
    let text = concept.get("text").and_then(Value::as_str).filter(|_| code.display.first() == Some(code.code.as_str()));
    if let Some(text) = text {
        code.display = crate::model::text::InternationalString::plain(text);
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_and_schemes_are_the_same_under_two_names() {
        for (scheme, system) in [("2.16.840.1.113883.6.1", "http://loinc.org"), ("2.999.1", "urn:oid:2.999.1"), ("urn:x:y", "urn:x:y")] {
            assert_eq!((system_of_scheme(scheme).as_str(), scheme_of_system(system).as_str()), (system, scheme));
        }
        assert!(schemes_of_system("http://loinc.org").contains(&"2.16.840.1.113883.6.1".to_owned()));
        assert!(schemes_of_system("http://loinc.org").contains(&"http://loinc.org".to_owned()));
    }

    #[test]
    fn the_first_coding_with_a_system_counts() {
        let concept = json!({ "text": "Lettre", "coding": [{ "code": "x" }, { "system": "http://loinc.org", "code": "1-2" }] });
        assert_eq!(code_of_concept(&concept), Some(Code::new("1-2", "2.16.840.1.113883.6.1", "Lettre")));
        assert_eq!(code_of_concept(&json!({ "text": "Lettre" })), None);
    }
}
