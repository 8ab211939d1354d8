//! References between resources (FHIR R4, references.html): which patient, professional or establishment is meant.

use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;

/// How this server names what references lead to.
#[derive(Debug, Clone, Copy)]
pub struct RecordNames<'a> {
    /// Where the interface is for the caller, without a slash at the end.
    pub base_url: &'a str,
    /// The affinity domain's own assigning authority: the logical id of a patient is their identifier there.
    pub authority: &'a Oid,
}

/// The logical id in a reference to a resource of this type: `Type/id`, with or without the base of this server before it and a
/// version behind it.
pub fn reference_id<'t>(reference: &'t str, resource_type: &str, names: RecordNames<'_>) -> Option<&'t str> {
    let relative = reference.strip_prefix(names.base_url).map_or(reference, |rest| rest.trim_start_matches('/'));
    let id = relative.strip_prefix(resource_type)?.strip_prefix('/')?;
    let id = id.split_once("/_history/").map_or(id, |(id, _)| id);
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

/// The patient whom a reference, or a logical id alone, names.
pub fn patient_of_reference(reference: &str, names: RecordNames<'_>) -> Option<PatientId> {
    let id = reference_id(reference, "Patient", names).or_else(|| (!reference.contains('/')).then_some(reference))?;
    Cx::new(id, names.authority.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_with_and_without_the_base() {
        let authority: Oid = "1.2.3".parse().unwrap();
        let names = RecordNames { base_url: "https://a.example/fhir", authority: &authority };
        for good in ["Patient/P1", "https://a.example/fhir/Patient/P1", "P1", "Patient/P1/_history/2"] {
            assert_eq!(patient_of_reference(good, names), Some("P1^^^&1.2.3&ISO".parse().unwrap()), "{good}");
        }
        for other in ["Practitioner/P1", "https://b.example/fhir/Patient/P1", "Patient/", "Patient/a/b", ""] {
            assert_eq!(patient_of_reference(other, names), None, "{other}");
        }
        assert_eq!(reference_id("Practitioner/D01", "Practitioner", names), Some("D01"));
    }
}
