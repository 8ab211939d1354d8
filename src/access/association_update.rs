//! Associations and statuses under an update of metadata (ITI TF-2: 3.57.4.1.3.3.1.5, 3.57.4.1.3.3.2 to 3.57.4.1.3.3.6).

use std::collections::BTreeMap;

use crate::model::association::{Association, AssociationType};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::MetadataLevel;
use crate::model::update_request::{StatusUpdate, original_member};
use crate::store::{RecordView, StoreError};

use super::metadata_update::Succession;
use super::{Failure, WritableRecord};

/// An entry or a folder as an association sees it.
struct End {
    is_folder: bool,
    patient_id: PatientId,
    status: AvailabilityStatus,
    is_latest: bool,
}

impl WritableRecord<'_> {
    /// What is at an end of an association; locked, so that it stays so.
    fn end(&mut self, id: EntryUuid) -> Result<Option<End>, StoreError> {
        if let Some(entry) = self.tx.entry(id)? {
            // The lock may have waited for a change: the statuses of now count.
            let latest = self.tx.latest_entry_for_change(entry.logical_id)?;
            return Ok(latest.map(|latest| End {
                is_folder: false,
                is_latest: latest.entry_uuid == id,
                patient_id: latest.patient_id,
                status: if latest.entry_uuid == id { latest.availability_status } else { entry.availability_status },
            }));
        }
        let Some(folder) = self.tx.folder(id)? else { return Ok(None) };
        let latest = self.tx.latest_folder_for_change(folder.logical_id)?;
        Ok(latest.map(|latest| End {
            is_folder: true,
            is_latest: latest.entry_uuid == id,
            patient_id: latest.patient_id,
            status: if latest.entry_uuid == id { latest.availability_status } else { folder.availability_status },
        }))
    }

    /// The same, unless the caller does not see it.
    fn end_in_sight(&mut self, id: EntryUuid) -> Result<Option<End>, StoreError> {
        if self.sees(id)? { self.end(id) } else { Ok(None) }
    }

    /// Gives new versions the associations of those they follow. The earlier version keeps its own, as history.
    /// Both ends are the latest versions then, and belong to one patient (ITI TF-2: 3.57.4.1.3.3.1.7).
    pub(super) fn propagate_associations(&mut self, succession: &Succession, set: EntryUuid) -> Result<(), Failure> {
        let earlier: Vec<_> = succession.propagating.keys().copied().collect();
        let mut touching = Vec::new();
        // An object that moves leaves its associations with the patient it comes from.
        for owner in self.tx.patients_of_objects(&earlier)? {
            let whole = RecordView::whole(&owner);
            touching.extend(self.tx.associations_from(&whole, &earlier, &AssociationType::ALL, MetadataLevel::Two)?);
            touching.extend(self.tx.associations_to(&whole, &earlier, &AssociationType::ALL, MetadataLevel::Two)?);
        }
        touching.retain(|association| association.availability_status == AvailabilityStatus::Approved);
        let touching: BTreeMap<_, _> = touching.into_iter().map(|association| (association.entry_uuid, association)).collect();
        for association in touching.into_values() {
            if !self.tx.is_submission_set(association.source)? {
                self.propagate(&association, succession, set)?;
            }
        }
        Ok(())
    }

    fn propagate(&mut self, association: &Association, succession: &Succession, set: EntryUuid) -> Result<(), Failure> {
        let later = |id| succession.propagating.get(&id).copied().unwrap_or(id);
        let copy = Association {
            entry_uuid: EntryUuid::random(),
            source: later(association.source),
            target: later(association.target),
            ..association.clone()
        };
        let (Some(source), Some(target)) = (self.end(copy.source)?, self.end(copy.target)?) else { return Ok(()) };
        let goes_on = |end: &End, earlier: EntryUuid, id: EntryUuid| {
            let member = association.association_type == AssociationType::HasMember;
            end.is_latest && (earlier != id || !member || end.status == AvailabilityStatus::Approved)
        };
        if !goes_on(&source, association.source, copy.source) || !goes_on(&target, association.target, copy.target) {
            return Ok(());
        }
        if source.patient_id != target.patient_id {
            return Err(Failure::refused(two_patients(association.entry_uuid)));
        }
        self.insert_link(&copy, set)?;
        // A new version of a folder has the members that the folder had.
        let folder_stays = copy.source == association.source;
        if folder_stays && copy.association_type == AssociationType::HasMember {
            self.tx.touch_folder(copy.source, &self.now.to_dtm())?;
        }
        Ok(())
    }

    /// Adds an association; a membership in a folder is itself a member of the submission set (ITI TF-3: 4.2.1.5).
    fn insert_link(&mut self, association: &Association, set: EntryUuid) -> Result<(), StoreError> {
        let patient_id = self.patient_id.clone();
        self.tx.insert_association(association, &patient_id, set, self.now)?;
        if association.association_type == AssociationType::HasMember {
            self.tx.insert_association(&original_member(set, association.entry_uuid), &patient_id, set, self.now)?;
        }
        Ok(())
    }

    /// Submit Associations (ITI TF-2: 3.57.4.1.3.3.6).
    pub(super) fn add_associations(&mut self, associations: &[Association], set: EntryUuid) -> Result<(), Failure> {
        for association in associations {
            self.check_ends(association)?;
            self.check_link(association)?;
            let types = [association.association_type];
            let there = self.tx.associations_from(&self.whole, &[association.source], &types, MetadataLevel::One)?;
            if there.iter().any(|known| known.target == association.target) {
                let context = "an approved association of this type links these objects already";
                return Err(refused(ErrorCode::MetadataUpdateError, association.entry_uuid, context));
            }
            self.insert_link(association, set)?;
            if association.association_type.replaces() {
                self.replace(association, associations, set)?;
            }
            self.touch_folder_of(association)?;
        }
        Ok(())
    }

    /// The ends of an association in force: approved latest versions of one patient, of the kinds that its type links.
    fn check_ends(&mut self, association: &Association) -> Result<(), Failure> {
        let member = association.association_type == AssociationType::HasMember;
        for (name, id, is_folder) in [("sourceObject", association.source, member), ("targetObject", association.target, false)] {
            let wanted = if is_folder { "Folder" } else { "DocumentEntry" };
            let fault = |code, context: &str| Err(refused(code, association.entry_uuid, &format!("the {name} {id} {context}")));
            match self.end_in_sight(id)? {
                None => return fault(ErrorCode::MetadataUpdateError, &format!("is no {wanted} of this registry")),
                Some(end) if end.is_folder != is_folder => {
                    return fault(ErrorCode::MetadataUpdateError, &format!("is no {wanted}, which this type of association has there"));
                }
                Some(end) if end.patient_id != self.patient_id => {
                    return fault(ErrorCode::PatientIdReconciliationError, "belongs to another patient than the SubmissionSet");
                }
                Some(end) if !end.is_latest => {
                    return fault(ErrorCode::MetadataUpdateError, "is not the latest version; refer to the one that took its place");
                }
                Some(end) if end.status != AvailabilityStatus::Approved => {
                    return fault(ErrorCode::MetadataUpdateError, "is not approved");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn touch_folder_of(&mut self, association: &Association) -> Result<(), StoreError> {
        if association.association_type != AssociationType::HasMember {
            return Ok(());
        }
        self.tx.touch_folder(association.source, &self.now.to_dtm())
    }

    /// Update availabilityStatus of entries, folders and associations (ITI TF-2: 3.57.4.1.3.3.2, .4, .5). One that names an
    /// object of which the same update brings a new version means the new one (ITI TF-2: 3.57.4.1.3.1).
    pub(super) fn update_statuses(&mut self, updates: &[StatusUpdate], succession: &Succession) -> Result<(), Failure> {
        for update in updates {
            let target = succession.all.get(&update.target).copied().unwrap_or(update.target);
            let update = StatusUpdate { target, ..*update };
            let changed = match self.end_in_sight(target)? {
                Some(end) => self.update_object_status(&update, &end)?,
                None => self.update_association_status(&update)?,
            };
            if !changed {
                let context = "the availabilityStatus is not the OriginalStatus of the update; read the object again";
                return Err(refused(ErrorCode::MetadataUpdateError, target, context));
            }
        }
        Ok(())
    }

    fn update_object_status(&mut self, update: &StatusUpdate, end: &End) -> Result<bool, Failure> {
        if end.patient_id != self.patient_id {
            return Err(other_patient(update.target));
        }
        if !end.is_latest {
            let context = "the object is not the latest version, the only one whose availabilityStatus changes";
            return Err(refused(ErrorCode::MetadataUpdateError, update.target, context));
        }
        let StatusUpdate { target, original, new } = *update;
        self.check_status_change(target, !end.is_folder)?;
        Ok(if end.is_folder {
            self.tx.set_folder_status(target, original, new)?
        } else {
            self.tx.set_entry_status(target, original, new)?
        })
    }

    /// Associations of folders and relationships change their status; those of submission sets tell what was submitted,
    /// and stay (ITI TF-2: 3.57.4.1.3.3.5).
    fn update_association_status(&mut self, update: &StatusUpdate) -> Result<bool, Failure> {
        let StatusUpdate { target, original, new } = *update;
        let found = if self.sees(target)? { self.tx.association(target)? } else { None };
        let Some((association, owner)) = found else {
            let context = "the targetObject is no DocumentEntry, Folder or Association of this registry; a SubmissionSet keeps its availabilityStatus";
            return Err(refused(ErrorCode::MetadataUpdateError, target, context));
        };
        if owner != self.patient_id {
            return Err(other_patient(target));
        }
        if self.tx.is_submission_set(association.source)? {
            let context = "the association is of a SubmissionSet, which tells what was submitted and does not change";
            return Err(refused(ErrorCode::MetadataUpdateError, target, context));
        }
        match association.association_type {
            AssociationType::HasMember => self.check_status_change(target, false)?,
            _ => self.check_link(&association)?,
        }
        if new == AvailabilityStatus::Approved {
            self.check_ends(&association)?;
        }
        self.touch_folder_of(&association)?;
        Ok(self.tx.set_association_status(target, original, new)?)
    }
}

fn refused(code: ErrorCode, id: EntryUuid, context: &str) -> Failure {
    Failure::refused(RegistryError::new(code, id.to_string(), context))
}

fn other_patient(id: EntryUuid) -> Failure {
    refused(ErrorCode::PatientIdDoesNotMatch, id, "the targetObject belongs to another patient than the SubmissionSet")
}

fn two_patients(id: EntryUuid) -> RegistryError {
    let context = "the new version belongs to another patient than the object this association links it to; update both, or propagate no associations (slot AssociationPropagation, no)";
    RegistryError::new(ErrorCode::PatientIdReconciliationError, format!("Association({id})"), context)
}
