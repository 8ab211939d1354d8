//! The list of a patient's current documents.

use std::cmp::Reverse;

use crate::access::{Failure, ReadableRecord};
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::RepositoryUniqueId;
use crate::wire::cda::{DocumentList, write_document_list};
use crate::wire::xml::XmlWriter;

use super::{Assembler, Draft, WriteDraft};

/// Makes a CDA document that lists the approved stable documents of the patient, the newest first.
#[derive(Debug)]
pub struct CurrentDocuments {
    /// The repository that answers for the list.
    pub repository: RepositoryUniqueId,
    /// The most documents of one list; where there are more, none is made.
    pub most: usize,
}

impl Assembler for CurrentDocuments {
    fn name(&self) -> &'static str {
        "current-documents"
    }

    /// No format of the standard means such a list, so the settings choose it.
    fn is_for(&self, _entry: &DocumentEntry) -> bool {
        false
    }

    fn mime_type(&self) -> &'static str {
        "text/xml"
    }

    fn draft(&self, record: &mut ReadableRecord<'_>, entry: &DocumentEntry) -> Result<Draft, Failure> {
        let (entry, repository) = (entry.clone(), self.repository.clone());
        let mut documents = record.current_documents(self.most)?;
        documents.sort_by_cached_key(|document| {
            let made = document.creation_time.as_ref().map(|time| time.first_second());
            (Reverse(made), document.unique_id.as_str().to_owned(), document.entry_uuid)
        });
        let demographics = record.demographics()?;
        let confidentiality_codes = documents.iter().flat_map(|document| document.confidentiality_codes.clone()).collect();
        let write: WriteDraft = Box::new(move |stamp| {
            let list = DocumentList {
                unique_id: stamp.unique_id,
                at: stamp.at,
                entry: &entry,
                demographics: &demographics,
                repository: &repository,
                documents: &documents,
            };
            let mut xml = XmlWriter::new(Vec::new());
            write_document_list(&mut xml, &list)?;
            Ok(xml.into_inner())
        });
        Ok(Draft { confidentiality_codes, write })
    }
}
