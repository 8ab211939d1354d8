//! Multi-Patient Stored Queries (ITI TF-2: 3.51.4.1.2.1).

use super::hl7_types::PatientId;
use super::stored_query::{FindDocuments, FindFolders, Subject};

/// The patients a query is about, each once; where none is named, all of the registry.
pub type Patients = Vec<PatientId>;

/// A question about any number of patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MultiPatientQuery {
    /// Entries by their attributes.
    FindDocuments(Box<FindDocuments<Patients>>),
    /// Folders by their attributes.
    FindFolders(FindFolders<Patients>),
}

impl MultiPatientQuery {
    /// The query's name in the standard, for the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FindDocuments(_) => "FindDocumentsForMultiplePatients",
            Self::FindFolders(_) => "FindFoldersForMultiplePatients",
        }
    }

    /// Whose records have to be opened for an answer of at most `most` objects.
    pub fn subject(&self, most: usize) -> Subject<'_> {
        match self {
            Self::FindDocuments(query) if query.patient_id.is_empty() => Subject::AnyWithDocuments(query, most),
            Self::FindFolders(query) if query.patient_id.is_empty() => Subject::AnyWithFolders(query, most),
            Self::FindDocuments(query) => Subject::Patients(&query.patient_id),
            Self::FindFolders(query) => Subject::Patients(&query.patient_id),
        }
    }
}
