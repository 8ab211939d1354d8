//! Multi-patient queries, each record answering for itself (ITI TF-2: 3.51).

use crate::model::multi_patient_query::MultiPatientQuery;

use super::record_queries::{one_more, too_many_results};
use super::{Failure, FoundObjects, ReadableRecord};

impl ReadableRecord<'_> {
    /// What this record adds to an answer that holds `already` objects; refuses if it would then hold more than `most`.
    pub fn find_among_patients(&mut self, query: &MultiPatientQuery, already: usize, most: usize) -> Result<FoundObjects, Failure> {
        let left = most.saturating_sub(already);
        let found = FoundObjects::default();
        let objects = match query {
            MultiPatientQuery::FindDocuments(criteria) => {
                FoundObjects { entries: self.tx.find_documents(&self.view, &**criteria, one_more(left))?, ..found }
            }
            MultiPatientQuery::FindFolders(criteria) => {
                FoundObjects { folders: self.tx.find_folders(&self.view, criteria, one_more(left))?, ..found }
            }
        };
        if objects.len() > left {
            return Err(too_many_results(most));
        }
        if !objects.is_empty() {
            self.note_authorship();
        }
        self.audit.object_ids.extend(objects.ids().map(|id| id.to_string()));
        Ok(objects)
    }
}
