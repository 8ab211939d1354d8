//! Whom a submission is about, also where it is refused because it cannot be read.

use crate::model::hl7_types::PatientId;
use crate::wire::xml::{Element, ns};

use super::schemes as scheme;

/// The patient that `lcm:SubmitObjectsRequest` names: that of its SubmissionSet, else the first of another object; nothing if
/// there is none that can be read. The trail of a refused submission names this patient.
pub fn named_patient(request: &Element) -> Option<PatientId> {
    let schemes = [scheme::SET_PATIENT_ID, scheme::ENTRY_PATIENT_ID, scheme::FOLDER_PATIENT_ID];
    schemes.into_iter().find_map(|wanted| {
        let objects = request.child(ns::RIM, "RegistryObjectList")?.elements();
        let mut identifiers = objects.flat_map(|object| object.children_named(ns::RIM, "ExternalIdentifier"));
        identifiers.find_map(|identifier| {
            let is_wanted = identifier.attribute("identificationScheme")?.trim().eq_ignore_ascii_case(wanted.uuid);
            identifier.attribute("value").filter(|_| is_wanted)?.trim().parse().ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{sample, tree};
    use super::*;

    #[test]
    fn the_patient_of_the_set_comes_first() {
        let xml = sample();
        let patient = named_patient(&tree(&xml)).unwrap();
        let in_xml = format!("value=\"{}\"", patient.to_string().replace('&', "&amp;"));
        let of_entry = xml.replacen(&in_xml, "value=\"OTHER^^^&amp;1.2.3&amp;ISO\"", 1);
        assert_ne!(of_entry, xml);
        assert_eq!(named_patient(&tree(&of_entry.replace(scheme::SET_PATIENT_ID.uuid, "urn:x"))).unwrap().id(), "OTHER");
        assert_eq!(named_patient(&tree(&xml.replace("RegistryPackage", "RegistryParcel"))), Some(patient));
        assert_eq!(named_patient(&tree(&xml.replace("RegistryObjectList", "ObjectList"))), None);
        assert_eq!(named_patient(&tree(&xml.replace("ISO", "DNS"))), None);
    }
}
