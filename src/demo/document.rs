//! The sample documents.

use std::collections::HashMap;

use crate::model::ids::UniqueId;
use crate::model::submission_request::SubmissionRequest;

use super::embedded::{DOCUMENTS, EmbeddedDocument};
use super::metadata::{Expected, Metadata};
use super::{BrokenFixture, SamplePatient};

/// An invented document, ready to be submitted.
#[derive(Debug, Clone)]
pub struct SampleDocument {
    /// Name of the file, as in `K05.pdf`.
    pub file_name: &'static str,
    /// The bytes.
    pub content: &'static [u8],
    /// The submission that brings it.
    pub request: SubmissionRequest,
    /// Whether the access rules refuse it.
    pub refused: bool,
}

impl SampleDocument {
    /// The id of its content; each sample submission brings one document.
    pub fn unique_id(&self) -> Option<&UniqueId> {
        self.request.entries.first().map(|entry| &entry.unique_id)
    }
}

impl SampleDocument {
    /// The id of the author: of a professional, or a matricule.
    pub fn author(&self) -> Option<&str> {
        let author = self.request.entries.first()?.authors.first()?;
        author.person.as_ref()?.as_str().split('^').next()
    }

    /// The OID of the establishment for which the author wrote it (the last component of an XON).
    pub fn organisation(&self) -> Option<&str> {
        let author = self.request.entries.first()?.authors.first()?;
        author.institutions.first()?.as_str().rsplit('^').next()
    }
}

/// The documents that are to be accepted, in the order in which they were submitted, so that each finds the one it replaces.
///
/// # Errors
/// [`BrokenFixture`].
pub fn documents(patients: &[SamplePatient]) -> Result<Vec<SampleDocument>, BrokenFixture> {
    let mut documents = all_documents(patients)?;
    documents.retain(|document| !document.refused);
    Ok(documents)
}

/// The same, with those that the access rules refuse.
///
/// # Errors
/// [`BrokenFixture`].
pub fn all_documents(patients: &[SamplePatient]) -> Result<Vec<SampleDocument>, BrokenFixture> {
    let patients: HashMap<_, _> = patients.iter().map(|patient| (patient.name.as_str(), patient)).collect();
    let broken = |document: &EmbeddedDocument, text: &str| BrokenFixture(format!("{}: {text}", document.name));
    let mut documents = Vec::with_capacity(DOCUMENTS.len());
    for embedded in DOCUMENTS {
        let metadata: Metadata = serde_json::from_str(embedded.metadata).map_err(|error| broken(embedded, &error.to_string()))?;
        let refused = metadata.expected == Expected::Refused;
        let patient = patients.get(metadata.patient.as_str()).ok_or_else(|| broken(embedded, "its patient is not there"))?;
        let request = metadata.into_request(patient).map_err(|error| broken(embedded, error.expected))?;
        documents.push(SampleDocument { file_name: embedded.name, content: embedded.content, request, refused });
    }
    documents.sort_by_key(|document| document.request.submission_set.submission_time.first_second());
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::patients;

    fn all() -> Vec<SampleDocument> {
        documents(&patients().unwrap()).unwrap()
    }

    #[test]
    fn every_document_that_is_to_be_accepted_is_a_valid_submission() {
        let documents = all();
        assert_eq!(documents.len(), 29);
        for document in &documents {
            assert!(document.request.clone().check().is_ok(), "{}", document.file_name);
            let size = document.request.entries[0].size.unwrap();
            assert_eq!(usize::try_from(size).unwrap(), document.content.len(), "{}", document.file_name);
        }
        assert!(!documents.iter().any(|document| ["K06.xml", "K28.xml"].contains(&document.file_name)));
    }

    #[test]
    fn what_is_replaced_comes_before_what_replaces_it() {
        let documents = all();
        let mut seen = Vec::new();
        let mut replacements = 0;
        for document in &documents {
            for association in document.request.associations.iter().filter(|a| a.association_type.replaces()) {
                assert!(seen.contains(&association.target), "{}", document.file_name);
                replacements += 1;
            }
            seen.push(document.request.entries[0].entry_uuid);
        }
        assert_eq!(replacements, 1);
    }

    #[test]
    fn ids_are_the_same_at_every_start_and_never_shared() {
        let ids =
            |documents: Vec<SampleDocument>| documents.iter().flat_map(|d| d.request.own_ids().collect::<Vec<_>>()).collect::<Vec<_>>();
        let (first, second) = (ids(all()), ids(all()));
        assert_eq!(first, second);
        let different: std::collections::HashSet<_> = first.iter().collect();
        assert_eq!(different.len(), first.len());
    }

    #[test]
    fn authors_and_patients_are_written_as_hl7_asks() {
        let documents = all();
        let summary = documents.iter().find(|document| document.file_name == "K01.xml").unwrap();
        let entry = &summary.request.entries[0];
        assert_eq!(entry.authors[0].person.as_ref().unwrap().as_str(), "D01^Weis^Claude^^^^^^&2.999.442.2.1&ISO");
        assert_eq!(entry.authors[0].roles, ["medecin^^^&2.999.442.1.5&ISO"]);
        assert_eq!(entry.source_patient_info[1..], ["PID-5|Ferreira Lopes^Maria-Helena^^^", "PID-7|19580314", "PID-8|F"]);
    }
}
