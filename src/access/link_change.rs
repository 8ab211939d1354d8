//! What a change of the link between a local patient and an XAD-PID does to records (ITI TF-2: 3.64.4.1.3).
//!
//! Each approved entry of the local patient gets a new version under the new XAD-PID, and the old one becomes obsolete;
//! what is obsolete already stays as it is. A submission set of the registry's own brings the new versions.

use std::collections::HashMap;

use uuid::Uuid;

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::patient_feed::LinkChange;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString, Slot};
use crate::model::timestamp::Instant;
use crate::store::{PatientState, RecordView, StoreError};

use super::authority::Authority;
use super::{Failure, IdentityRefusal, WritableRecord, Writing};

/// The new versions and what brings them.
pub(super) struct Relinking<'a> {
    /// The record under the new XAD-PID.
    pub(super) record: WritableRecord<'a>,
    pub(super) change: &'a LinkChange,
    /// The record under the previous XAD-PID.
    pub(super) before: RecordView,
    pub(super) submission_set: EntryUuid,
    /// New versions of entries by the ids of the old ones.
    pub(super) entries: HashMap<EntryUuid, EntryUuid>,
    /// All objects made.
    pub(super) made: Vec<EntryUuid>,
    /// Memberships and relationships between patients who are different now; they stay with the old versions.
    pub(super) left_behind: Vec<EntryUuid>,
}

impl Writing<'_> {
    /// Moves the documents of a local patient to another XAD-PID, or those of a subsumed local patient to another local
    /// patient, or both. Both XAD-PIDs are known and in use. Nothing to move is no error: the documents may be elsewhere,
    /// or the same message came before.
    pub fn change_link(&mut self, change: &LinkChange) -> Result<(), Failure> {
        let local_ids = std::iter::once(&change.local_id).chain(&change.subsumed_local_id);
        [&change.new_xad_pid, &change.previous_xad_pid].into_iter().chain(local_ids).for_each(|id| self.note(id));
        self.check_feed()?;
        if change.affected_local_ids().is_empty() {
            return Err(IdentityRefusal::SameLink.into());
        }
        let (new, previous) = self.both_for_change(&change.new_xad_pid, &change.previous_xad_pid)?;
        if new.state != PatientState::Active || previous.state != PatientState::Active {
            return Err(IdentityRefusal::Merged.into());
        }
        self.point_aliases(change)?;
        let mut entries = Vec::new();
        for local_id in change.affected_local_ids() {
            entries.extend(self.tx.approved_entries_of_local_id(&change.previous_xad_pid, local_id)?);
        }
        if entries.is_empty() {
            return Ok(());
        }
        self.relink(change, entries)
    }

    fn relink(&mut self, change: &LinkChange, entries: Vec<DocumentEntry>) -> Result<(), Failure> {
        let now = self.call.now;
        let submission_set = link_change_set(change, now)?;
        self.tx.insert_submission_set(&submission_set, now)?;
        let mut relinking = Relinking {
            record: self.record(&change.new_xad_pid, Authority::Open),
            change,
            before: RecordView::whole(&change.previous_xad_pid),
            submission_set: submission_set.entry_uuid,
            entries: HashMap::new(),
            made: vec![submission_set.entry_uuid],
            left_behind: Vec::new(),
        };
        for entry in entries {
            relinking.renew_entry(entry)?;
        }
        relinking.carry_references()?;
        relinking.carry_relationships()?;
        relinking.carry_folders()?;
        let Relinking { made, left_behind, .. } = relinking;
        self.audit.object_ids.extend(made.iter().map(EntryUuid::to_string));
        if !left_behind.is_empty() {
            let ids: Vec<_> = left_behind.iter().map(EntryUuid::to_string).collect();
            tracing::warn!(request_id = %self.call.request_id, associations = ?ids,
                "a link change moved documents away from folders or related documents; look whether they belong together again");
        }
        Ok(())
    }

    /// Local ids of other authorities name the patient to whom they are linked now.
    fn point_aliases(&mut self, change: &LinkChange) -> Result<(), StoreError> {
        let (patient_id, local_ids) = (&change.new_xad_pid, std::iter::once(&change.local_id).chain(&change.subsumed_local_id));
        for local_id in local_ids.filter(|id| id.assigning_authority() != patient_id.assigning_authority()) {
            self.tx.put_patient_alias(local_id, patient_id)?;
        }
        Ok(())
    }
}

/// The submission set that brings the new versions (ITI TF-2: Table 3.64.4.1.3.1.1-1). Its source is the sender, or where
/// that names no OID, who issued the XAD-PID.
fn link_change_set(change: &LinkChange, now: Instant) -> Result<SubmissionSet, Failure> {
    let unique_id = format!("2.25.{}", Uuid::new_v4().as_u128()).parse::<Oid>();
    let source_id = change.source_id.clone().unwrap_or_else(|| change.new_xad_pid.assigning_authority().clone());
    Ok(SubmissionSet {
        entry_uuid: EntryUuid::random(),
        availability_status: AvailabilityStatus::Approved,
        home_community_id: None,
        unique_id: unique_id.map_err(|_| StoreError::Failed("a UUID did not become an OID"))?,
        patient_id: change.new_xad_pid.clone(),
        source_id,
        submission_time: now.to_dtm(),
        // The standard leaves the code to the affinity domain; this is how the standard codes the transaction in audit records.
        content_type_code: Code::new("ITI-64", "IHE Transactions", "Notify XAD-PID Link Change"),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        authors: Vec::new(),
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Extras::default(),
    })
}

impl Relinking<'_> {
    /// The next version of an entry, under the new XAD-PID (ITI TF-2: 3.64.4.1.3.1.4).
    fn renew_entry(&mut self, old: DocumentEntry) -> Result<(), Failure> {
        if !self.record.tx.deprecate_entry(old.entry_uuid)? {
            return Err(StoreError::Conflict.into());
        }
        let facts = self.record.facts_of(old.entry_uuid)?;
        let (old_id, old_version, entry_uuid) = (old.entry_uuid, old.version, EntryUuid::random());
        let new = DocumentEntry {
            entry_uuid,
            version: old_version.saturating_add(1),
            patient_id: self.change.new_xad_pid.clone(),
            source_patient_id: self.change.local_id.clone(),
            ..old
        };
        self.record.tx.insert_entry(&new, &facts, self.submission_set, self.record.now)?;
        self.bring(entry_uuid, old_version)?;
        self.entries.insert(old_id, entry_uuid);
        Ok(())
    }

    /// The next version of a folder, under the new XAD-PID (ITI TF-2: 3.64.4.1.3.1.6); gives its id.
    pub(super) fn renew_folder(&mut self, old: Folder) -> Result<EntryUuid, Failure> {
        if !self.record.tx.deprecate_folder(old.entry_uuid)? {
            return Err(StoreError::Conflict.into());
        }
        let (old_version, entry_uuid) = (old.version, EntryUuid::random());
        let new = Folder {
            entry_uuid,
            version: old_version.saturating_add(1),
            patient_id: self.change.new_xad_pid.clone(),
            last_update_time: self.record.now.to_dtm(),
            ..old
        };
        self.record.tx.insert_folder(&new, self.submission_set, self.record.now)?;
        self.bring(entry_uuid, old_version)?;
        Ok(entry_uuid)
    }

    /// Makes a new version a member of the submission set, with the number of the version that it follows.
    fn bring(&mut self, new: EntryUuid, previous_version: u32) -> Result<(), StoreError> {
        let mut member = Association::new(EntryUuid::random(), AssociationType::HasMember, self.submission_set, new);
        member.submission_set_status = Some(SubmissionSetStatus::Original);
        member.extras.slots.push(Slot { name: "PreviousVersion".to_owned(), slot_type: None, values: vec![previous_version.to_string()] });
        self.made.push(new);
        self.link(&member)
    }

    /// Files an association with the new XAD-PID.
    pub(super) fn link(&mut self, association: &Association) -> Result<(), StoreError> {
        self.record.tx.insert_association(association, &self.change.new_xad_pid, self.submission_set, self.record.now)
    }
}
