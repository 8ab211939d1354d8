//! A document that goes to another patient (access rules, 6: by identito-vigilance alone). An update of metadata makes the new version
//! in the other record (ITI TF-2: 3.57); under the access rules nothing of the document stays where it was by mistake: the earlier
//! versions go along, and so do the documents that it replaced or that replaced it, with the links between them. Folders and
//! submission sets stay: they are of the record that they were made in.

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::ObjectIds;
use crate::store::{RecordView, StoreError};

use super::WritableRecord;

impl WritableRecord<'_> {
    /// Files what belongs to a document under this patient, if it was filed under another until now. What was replaced is a member of
    /// the submission set that brings it, by reference (ITI TF-3: 4.2.1.4).
    pub(super) fn bring_along(&mut self, latest: &DocumentEntry, set: EntryUuid) -> Result<(), StoreError> {
        if self.authority.under_rules().is_none() || latest.patient_id == self.patient_id {
            return Ok(());
        }
        let versions = self.versions_of(latest, &RecordView::whole(&latest.patient_id))?;
        self.tx.file_under(&versions, &self.patient_id)?;
        let entries = self.tx.entries(&ObjectIds::EntryUuids(versions))?;
        for entry in entries.iter().filter(|entry| entry.logical_id != latest.logical_id) {
            let newer = |other: &DocumentEntry| other.logical_id == entry.logical_id && other.version > entry.version;
            if !entries.iter().any(newer) {
                let mut membership = Association::new(EntryUuid::random(), AssociationType::HasMember, set, entry.entry_uuid);
                membership.submission_set_status = Some(SubmissionSetStatus::Reference);
                self.tx.insert_association(&membership, &self.patient_id, set, self.now)?;
            }
        }
        let earlier = entries.iter().filter(|entry| entry.logical_id != latest.logical_id || entry.version <= latest.version);
        self.audit.object_ids.extend(earlier.map(|entry| entry.entry_uuid.to_string()));
        Ok(())
    }
}
