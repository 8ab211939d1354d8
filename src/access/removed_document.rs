//! Documents that this repository no longer holds (ITI TF-2: 3.86, Remove Metadata and Documents).

use crate::model::hl7_types::PatientId;
use crate::model::ids::UniqueId;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::contents::ContentKey;

use super::authority::Authority;
use super::door::noted_decision;
use super::{Failure, WritableRecord, Writing};

/// A document whose row is gone. Once that is committed, [`Door::discard`](super::Door::discard) removes its bytes; if
/// it never is, the document is still there.
#[must_use = "the bytes of a removed document have to be discarded after the commit"]
#[derive(Debug)]
pub struct RemovedDocument {
    pub(super) key: ContentKey,
}

impl WritableRecord<'_> {
    /// Removes the document of this id from the repository; its entry stays. Nothing if no entry of this record
    /// describes it, or if the repository does not hold it.
    pub fn remove_document(&mut self, unique_id: &UniqueId) -> Result<Option<RemovedDocument>, Failure> {
        // Whoever submits the same document again waits, and then finds that it is gone.
        self.tx.patient_for_change(&self.patient_id)?;
        let ids = ObjectIds::UniqueIds(vec![unique_id.clone()]);
        if self.tx.entries_of_record(&self.whole, &ids, MetadataLevel::Two, 1)?.is_empty() {
            return Ok(None);
        }
        let Some(content_key) = self.tx.remove_document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        Ok(Some(RemovedDocument { key: ContentKey::parse(&content_key)? }))
    }
}

impl Writing<'_> {
    /// The patients in whose records entries describe this document, each once, in the order in which records are locked.
    pub fn patients_of_document(&mut self, unique_id: &UniqueId) -> Result<Vec<PatientId>, Failure> {
        let mut patients = self.tx.patients_of_entries(&ObjectIds::UniqueIds(vec![unique_id.clone()]), MetadataLevel::Two)?;
        patients.sort();
        Ok(patients)
    }

    /// Removes a document that no entry describes, since its metadata were removed first; nothing if some entry does,
    /// for then it is part of a record, or if the repository does not hold it.
    pub fn remove_unfiled_document(&mut self, unique_id: &UniqueId) -> Result<Option<RemovedDocument>, Failure> {
        let decision = self.policy.decide_on_unfiled();
        let Some(Authority::Open) = noted_decision(self.audit, decision) else { return Ok(None) };
        if !self.tx.patients_of_entries(&ObjectIds::UniqueIds(vec![unique_id.clone()]), MetadataLevel::Two)?.is_empty() {
            return Ok(None);
        }
        let Some(content_key) = self.tx.remove_document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        Ok(Some(RemovedDocument { key: ContentKey::parse(&content_key)? }))
    }
}
