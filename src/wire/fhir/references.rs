//! Which patient a reference names.

use super::search::local_reference;
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

/// The patient whom a reference, or a logical id alone, names.
pub fn patient_of_reference(reference: &str, names: RecordNames<'_>) -> Option<PatientId> {
    match local_reference(reference, names.base_url, Some("Patient"))? {
        ("Patient", id) => Cx::new(id, names.authority.clone()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_with_and_without_the_base() {
        let authority: Oid = "1.2.3".parse().unwrap();
        let names = RecordNames { base_url: "https://a.example/fhir", authority: &authority };
        for good in ["Patient/P1", "https://a.example/fhir/Patient/P1", "P1"] {
            assert_eq!(patient_of_reference(good, names), Some("P1^^^&1.2.3&ISO".parse().unwrap()), "{good}");
        }
        for other in ["Practitioner/P1", "https://b.example/fhir/Patient/P1", "Patient/", "Patient/a/b", ""] {
            assert_eq!(patient_of_reference(other, names), None, "{other}");
        }
    }
}
