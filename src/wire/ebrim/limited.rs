//! Limited metadata: objects of which their source knew little (ITI TF-3: 4.3.1, XDR Metadata-Limited Document Source).
//!
//! Such an object carries a classification that says so and may lack what its source did not know. Where the model has no
//! place for "not known", something stands in that no message can hold, and that is left out again when it is written.

use std::str::FromStr as _;

use crate::model::code::Code;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::InvalidIdentifier;
use crate::wire::xml::Element;

use super::attributes::Attributes;
use super::raw_object::RawObject;
use super::schemes::{ENTRY_PATIENT_ID, FOLDER_PATIENT_ID, SET_PATIENT_ID, Scheme};

/// What stands for a source's patient id that was not sent: no information (HL7 NullFlavor).
const NO_SOURCE_PATIENT: &str = "NI^^^&2.16.840.1.113883.5.1008&ISO";

/// That limited metadata are taken, and whom objects are about that name no patient.
#[derive(Debug, Clone, Default)]
pub(super) struct Limited {
    /// The patient of the message.
    pub(super) patient: Option<PatientId>,
}

impl Limited {
    /// The first patient whom an object of the message names, or else this one.
    pub(super) fn for_message(list: &Element, otherwise: Option<PatientId>) -> Self {
        let named = |scheme: Scheme| {
            let ids = list.elements().flat_map(move |object| RawObject::read(object).take_identifiers(scheme));
            ids.filter_map(|id| id.value.trim().parse().ok()).next()
        };
        let patient = [SET_PATIENT_ID, ENTRY_PATIENT_ID, FOLDER_PATIENT_ID].into_iter().find_map(named);
        Self { patient: patient.or(otherwise) }
    }
}

/// Attributes that an object with limited metadata may lack.
impl Attributes<'_, '_> {
    /// Whether the object is marked as limited; from here on it may then lack what it may, if such objects are taken.
    pub(super) fn limited(&mut self, scheme: Scheme) -> bool {
        let marked = !self.raw.take_classifications(scheme).is_empty();
        if !marked {
            self.may_lack = None;
        }
        self.reading_limited = marked && self.may_lack.is_some();
        marked
    }

    /// The patient of the object, or of its message.
    pub(super) fn patient(&mut self, scheme: Scheme) -> Option<PatientId> {
        let otherwise = self.may_lack.as_ref().filter(|_| self.reading_limited).and_then(|limited| limited.patient.clone());
        match otherwise {
            Some(patient) if !self.raw.has_identifier(scheme) => Some(patient),
            _ => self.identifier(scheme, str::parse),
        }
    }

    /// `sourcePatientId`.
    pub(super) fn source_patient(&mut self) -> Option<Cx> {
        match self.parsed_if_limited("sourcePatientId", str::parse) {
            Some(given) => given.or_else(|| Cx::from_str(NO_SOURCE_PATIENT).ok()),
            None => self.required("sourcePatientId", str::parse),
        }
    }

    /// The value of a slot that is required unless the metadata are limited: outside nothing if they are not, inside nothing
    /// if there is no value.
    pub(super) fn parsed_if_limited<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>,
    ) -> Option<Option<T>> {
        self.reading_limited.then(|| self.parsed(name, parse))
    }

    /// The code of a scheme.
    pub(super) fn code_or_absent(&mut self, scheme: Scheme) -> Option<Code> {
        if self.reading_limited && !self.raw.is_classified_by(scheme) { Some(Code::absent()) } else { self.one_code(scheme) }
    }
}

/// The source's patient id, if there was one.
pub(super) fn sent_source_patient(source_patient_id: &Cx) -> Option<String> {
    Some(source_patient_id.to_string()).filter(|id| id != NO_SOURCE_PATIENT)
}

#[cfg(test)]
mod tests {
    use crate::model::code::Code;
    use crate::wire::ebrim::{SubmittedObjects, read_received_objects, write_submit_objects};
    use crate::wire::xml::{XmlLimits, XmlWriter, parse};

    use super::*;

    fn read(xml: &[u8], otherwise: &str) -> SubmittedObjects {
        let request = parse(xml, &XmlLimits::default()).unwrap();
        read_received_objects(&request, otherwise.parse().ok()).unwrap()
    }

    /// The least of everything; the folder alone names a patient.
    fn least() -> String {
        let identifier = |scheme: Scheme, value: &str| {
            format!("<r:ExternalIdentifier id='i' registryObject='o' identificationScheme='{}' value='{value}'/>", scheme.uuid)
        };
        let node = |scheme: Scheme| format!("<r:Classification id='n' classifiedObject='o' classificationNode='{}'/>", scheme.uuid);
        let slot =
            |name: &str, value: &str| format!("<r:Slot name='{name}'><r:ValueList><r:Value>{value}</r:Value></r:ValueList></r:Slot>");
        let member = |target: &str| {
            let status = slot("SubmissionSetStatus", "Original");
            format!(
                "<r:Association id='m-{target}' associationType='urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember' sourceObject='s' targetObject='{target}'>{status}</r:Association>"
            )
        };
        use super::super::schemes::*;
        let entry = node(ENTRY_LIMITED) + &identifier(ENTRY_UNIQUE_ID, "2.999.1");
        let set = [
            slot("submissionTime", "2025"),
            node(SET_NODE),
            node(SET_LIMITED),
            identifier(SET_UNIQUE_ID, "2.999.2"),
            identifier(SET_SOURCE_ID, "2.999.3"),
        ];
        let folder = [
            node(FOLDER_NODE),
            node(FOLDER_LIMITED),
            identifier(FOLDER_UNIQUE_ID, "2.999.4"),
            identifier(FOLDER_PATIENT_ID, "P1^^^&amp;1.2.3&amp;ISO"),
        ];
        let rim = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
        format!(
            "<SubmitObjectsRequest><r:RegistryObjectList xmlns:r='{rim}'>\
             <r:ExtrinsicObject id='e' mimeType='text/plain' objectType='urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1'>{entry}</r:ExtrinsicObject>\
             <r:RegistryPackage id='s'>{}</r:RegistryPackage><r:RegistryPackage id='f'>{}</r:RegistryPackage>{}{}\
             </r:RegistryObjectList></SubmitObjectsRequest>",
            set.concat(),
            folder.concat(),
            member("e"),
            member("f")
        )
    }

    #[test]
    fn what_was_not_known_is_not_made_up() {
        let submitted = read(least().as_bytes(), "P2^^^&1.2.3&ISO").request;
        let entry = &submitted.entries[0];
        assert!(entry.limited_metadata && submitted.submission_set.limited_metadata && submitted.folders[0].limited_metadata);
        assert_eq!(entry.patient_id, "P1^^^&1.2.3&ISO".parse().unwrap(), "the patient of the message");
        assert_eq!((&entry.class_code, entry.confidentiality_codes.as_slice()), (&Code::absent(), &[][..]));
        let mut xml = XmlWriter::new(Vec::new());
        write_submit_objects(&mut xml, &submitted).unwrap();
        let written = String::from_utf8(xml.into_inner()).unwrap();
        for absent in ["classificationScheme", "sourcePatientId", "languageCode", "creationTime", "NI^^^"] {
            assert!(!written.contains(absent), "{absent} in {written}");
        }
        assert_eq!(read(written.as_bytes(), "").request, submitted);
    }

    #[test]
    fn a_message_that_names_nobody_is_about_whom_it_is_said_to_be() {
        let nobody = least().replace(FOLDER_PATIENT_ID.uuid, "urn:uuid:00000000-0000-4000-8000-000000000000");
        let submitted = read(nobody.as_bytes(), "P2^^^&1.2.3&ISO").request;
        assert_eq!(submitted.submission_set.patient_id, "P2^^^&1.2.3&ISO".parse().unwrap());
    }
}
