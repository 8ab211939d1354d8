//! What becomes of the memberships and relationships of documents whose link changed (ITI TF-2: 3.64.4.1.3.1.4 to 3.64.4.1.3.2).
//!
//! Of the ways that the standard offers for documents of different patients, the first is taken: such a membership or
//! relationship stays with the old versions, the new ones do not get it, and the operator is told.

use std::collections::{HashMap, HashSet};

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::{RecordView, StoreError};

use super::Failure;
use super::link_change::Relinking;

const RELATIONSHIPS: [AssociationType; 6] = [
    AssociationType::Replaces,
    AssociationType::Transforms,
    AssociationType::TransformsAndReplaces,
    AssociationType::Appends,
    AssociationType::Signs,
    AssociationType::IsSnapshotOf,
];

impl Relinking<'_> {
    /// Submission sets that mention an old version mention the new one instead (ITI TF-2: 3.64.4.1.3.1.4, item 5). Only
    /// here may a submission set and its member have different patients.
    pub(super) fn carry_references(&mut self) -> Result<(), Failure> {
        for old in self.memberships()? {
            if old.submission_set_status != Some(SubmissionSetStatus::Reference) {
                continue;
            }
            let Some(target) = self.entries.get(&old.target).copied() else { continue };
            self.record.tx.deprecate_association(old.entry_uuid)?;
            self.link(&Association { entry_uuid: EntryUuid::random(), target, ..old })?;
        }
        Ok(())
    }

    /// Relationships between documents that have the same patient now (ITI TF-2: 3.64.4.1.3.1.5). One to an obsolete
    /// document, such as a replacement, ends with the old version: nothing new may refer to it (ITI TF-3: 4.2.2).
    pub(super) fn carry_relationships(&mut self) -> Result<(), Failure> {
        let old_ids = self.old_ids();
        let mut relationships = self.record.tx.associations_from(&self.before, &old_ids, &RELATIONSHIPS, MetadataLevel::Two)?;
        let from: HashSet<_> = relationships.iter().map(|association| association.entry_uuid).collect();
        let to = self.record.tx.associations_to(&self.before, &old_ids, &RELATIONSHIPS, MetadataLevel::Two)?;
        relationships.extend(to.into_iter().filter(|association| !from.contains(&association.entry_uuid)));
        relationships.retain(is_approved);
        let ends: HashSet<_> = relationships.iter().flat_map(|association| [association.source, association.target]).collect();
        let others = self.entries_by_id(ends.into_iter().filter(|id| !self.entries.contains_key(id)).collect())?;
        for old in relationships {
            let (source, target) = (self.end(old.source, &others), self.end(old.target, &others));
            if let (Some(source), Some(target)) = (source, target) {
                self.link(&Association { entry_uuid: EntryUuid::random(), source, target, ..old })?;
            } else if [old.source, old.target].iter().any(|id| others.get(id).is_some_and(is_current)) {
                self.left_behind.push(old.entry_uuid);
            }
        }
        Ok(())
    }

    /// The id that a new relationship names: that of the new version, or of another current document of the new XAD-PID.
    fn end(&self, id: EntryUuid, others: &HashMap<EntryUuid, DocumentEntry>) -> Option<EntryUuid> {
        let fits = |other: &&DocumentEntry| is_current(other) && other.patient_id == self.change.new_xad_pid;
        self.entries.get(&id).copied().or_else(|| others.get(&id).filter(fits).map(|other| other.entry_uuid))
    }

    /// A folder whose documents all move moves with them; one that also holds others keeps its patient, and the new
    /// versions are in it if that is theirs (ITI TF-2: 3.64.4.1.3.1.6).
    pub(super) fn carry_folders(&mut self) -> Result<(), Failure> {
        let memberships = self.memberships()?;
        let sources: HashSet<_> = memberships.iter().map(|membership| membership.source).collect();
        let folders = self.record.tx.folders(&ObjectIds::EntryUuids(sources.into_iter().collect()))?;
        for folder in folders.into_iter().filter(|folder| folder.availability_status == AvailabilityStatus::Approved) {
            let moving = memberships.iter().filter(|membership| membership.source == folder.entry_uuid).collect();
            self.carry_folder(folder, moving)?;
        }
        Ok(())
    }

    fn carry_folder(&mut self, folder: Folder, moving: Vec<&Association>) -> Result<(), Failure> {
        let holder = if self.all_move(&folder)? {
            self.renew_folder(folder)?
        } else if folder.patient_id == self.change.new_xad_pid {
            folder.entry_uuid
        } else {
            self.left_behind.extend(moving.iter().map(|membership| membership.entry_uuid));
            return Ok(());
        };
        let members: HashSet<_> = moving.iter().filter_map(|membership| self.entries.get(&membership.target).copied()).collect();
        for member in members {
            self.record.join_folder(holder, member, self.submission_set)?;
        }
        Ok(())
    }

    /// Whether the folder holds no document of anybody else; obsolete documents of the local patient do not keep it.
    fn all_move(&mut self, folder: &Folder) -> Result<bool, StoreError> {
        let (owner, folder) = (&folder.patient_id, [folder.entry_uuid]);
        let memberships =
            self.record.tx.associations_from(&RecordView::whole(owner), &folder, &[AssociationType::HasMember], MetadataLevel::Two)?;
        let members = memberships.into_iter().filter(is_approved).map(|membership| membership.target);
        let others = self.entries_by_id(members.filter(|id| !self.entries.contains_key(id)).collect())?;
        let affected = self.change.affected_local_ids();
        Ok(others.values().all(|other| !is_current(other) && affected.contains(&&other.source_patient_id)))
    }

    fn old_ids(&self) -> Vec<EntryUuid> {
        self.entries.keys().copied().collect()
    }

    /// The memberships in force of the old versions, in submission sets and folders.
    fn memberships(&mut self) -> Result<Vec<Association>, StoreError> {
        let old_ids = self.old_ids();
        let mut memberships = self.record.tx.associations_to(&self.before, &old_ids, &[AssociationType::HasMember], MetadataLevel::Two)?;
        memberships.retain(is_approved);
        Ok(memberships)
    }

    fn entries_by_id(&mut self, ids: Vec<EntryUuid>) -> Result<HashMap<EntryUuid, DocumentEntry>, StoreError> {
        let entries = self.record.tx.entries(&ObjectIds::EntryUuids(ids))?;
        Ok(entries.into_iter().map(|entry| (entry.entry_uuid, entry)).collect())
    }
}

fn is_approved(association: &Association) -> bool {
    association.availability_status == AvailabilityStatus::Approved
}

fn is_current(entry: &DocumentEntry) -> bool {
    entry.availability_status == AvailabilityStatus::Approved
}
