//! What documents made on demand are made from, and the snapshots that keep them (ITI TF-1: 10.2.7, 10.2.8;
//! ITI TF-2: 3.43.4.2.3).

use std::collections::HashSet;

use crate::model::association::AssociationType;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::EntryUuid;
use crate::model::patient_feed::PatientDemographics;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{FindDocuments, MetadataLevel, ObjectIds, StoredQuery};
use crate::model::submission_request::SubmissionRequest;
use crate::store::{Read, RecordView, StoreError};

use super::{Failure, NewDocument, ReadableRecord, WritableRecord};

/// More current snapshots of one entry than this are not looked through; the newest is what counts.
const SNAPSHOTS_OF_ONE_ENTRY: i64 = 1000;

impl ReadableRecord<'_> {
    /// The approved stable documents of this record, oldest registration first, without those that are themselves
    /// snapshots of what is made from them. Refuses more than `most`.
    pub fn current_documents(&mut self, most: usize) -> Result<Vec<DocumentEntry>, Failure> {
        let query = StoredQuery::FindDocuments(Box::new(FindDocuments::current(self.view.patient_id().clone())));
        let mut ids = self.find(&query, MetadataLevel::One, 0, most).map_err(|failure| too_long(failure, most))?.entries;
        let links = self.tx.associations_from(&self.view, &ids, &[AssociationType::IsSnapshotOf], MetadataLevel::One)?;
        let snapshots: HashSet<_> = links.into_iter().map(|link| link.source).collect();
        ids.retain(|id| !snapshots.contains(id));
        Ok(self.tx.entries(&ObjectIds::EntryUuids(ids))?)
    }

    /// Who the patient is, as far as the identity feed said.
    pub fn demographics(&mut self) -> Result<PatientDemographics, Failure> {
        Ok(self.tx.patient(self.view.patient_id())?.map(|patient| patient.demographics).unwrap_or_default())
    }

    /// The current snapshot of an on-demand entry, if there is one.
    pub fn current_snapshot(&mut self, on_demand: EntryUuid) -> Result<Option<DocumentEntry>, Failure> {
        Ok(current_snapshot(self.tx, &self.view, on_demand)?)
    }
}

impl WritableRecord<'_> {
    /// Registers a snapshot of an on-demand entry and takes its document into this repository. `previous` is the snapshot
    /// that was current when the content was made, if there was one.
    ///
    /// # Errors
    /// A failure that asks for another try, if another snapshot was registered since.
    pub fn keep_snapshot(
        &mut self,
        on_demand: EntryUuid,
        previous: Option<EntryUuid>,
        request: &SubmissionRequest,
        document: NewDocument,
    ) -> Result<(), Failure> {
        // The patient's row is locked now: whoever keeps a snapshot at the same time waits, and then finds this one.
        self.check_patient()?;
        let current = current_snapshot(self.tx, &self.view, on_demand)?;
        if current.map(|entry| entry.entry_uuid) != previous {
            return Err(StoreError::Conflict.into());
        }
        self.provide(request, vec![document])
    }
}

/// A retrieval cannot ask for less, as a query can.
fn too_long(failure: Failure, most: usize) -> Failure {
    match failure {
        failure if failure.is_too_much() => {
            let context = format!(
                "the record holds more than the {most} current documents that this server takes into account at once; look at them with stored queries (ITI-18)"
            );
            Failure::refused(RegistryError::new(ErrorCode::TooManyResults, "", context))
        }
        other => other,
    }
}

fn current_snapshot(tx: &mut Read, view: &RecordView, on_demand: EntryUuid) -> Result<Option<DocumentEntry>, StoreError> {
    let links = tx.associations_to(view, &[on_demand], &[AssociationType::IsSnapshotOf], MetadataLevel::One)?;
    let sources = ObjectIds::EntryUuids(links.into_iter().map(|link| link.source).collect());
    let entries = tx.entries_of_record(view, &sources, MetadataLevel::One, SNAPSHOTS_OF_ONE_ENTRY)?;
    Ok(entries.into_iter().rev().find(|entry| entry.availability_status == AvailabilityStatus::Approved))
}

#[cfg(test)]
#[path = "on_demand_tests.rs"]
mod tests;
