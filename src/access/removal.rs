//! Removing metadata from a record (ITI TF-2: 3.62.4.1.3, supplement Remove Metadata and Documents).
//!
//! What stays has to be a valid record: no association without its ends, no entry, folder or association that belongs to
//! no submission set, no submission set without members.

use std::collections::{HashMap, HashSet};

use crate::model::association::{Association, AssociationType};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::MetadataLevel;
use crate::store::{FiledObjects, StoreError};

use super::{Failure, WritableRecord, Writing};

/// What a removal found in one record.
#[derive(Debug, Default)]
pub struct Removal {
    /// The objects that are in this record. They are removed if there is no fault.
    pub found: Vec<EntryUuid>,
    /// Why they cannot be removed.
    pub faults: Vec<RegistryError>,
}

/// Where the objects that stay belong once the others are gone: the submission sets of which they are members.
type Memberships = HashMap<EntryUuid, EntryUuid>;

impl Writing<'_> {
    /// The patients in whose records these objects are, each once, in the order in which records are locked.
    pub fn patients_of_objects(&mut self, ids: &[EntryUuid]) -> Result<Vec<PatientId>, Failure> {
        let mut patients = self.tx.patients_of_objects(ids)?;
        patients.sort();
        Ok(patients)
    }

    /// That metadata may be removed at all: under the access rules they go with their record, by retention alone (access
    /// rules, 6). Whatever the request names, the answer is the same then.
    pub fn check_removal(&self) -> Result<(), Failure> {
        if self.policy.rules().is_none() {
            return Ok(());
        }
        let context = "nobody removes documents or metadata here (access rules, 6); ask the record administrator to deactivate a document";
        Err(Failure::refused(RegistryError::new(ErrorCode::RegistryError, "RemoveObjectsRequest", context)))
    }

    /// That objects which were not found are not there, or are in records that are `closed` to the caller, rather than
    /// moved by a merge since the call looked where they are.
    ///
    /// # Errors
    /// A failure that tells the caller to send the request again.
    pub fn check_not_moved(&mut self, ids: &[EntryUuid], closed: &[PatientId]) -> Result<(), Failure> {
        let moved = self.patients_of_objects(ids)?.iter().any(|patient_id| !closed.contains(patient_id));
        if moved { Err(StoreError::Conflict.into()) } else { Ok(()) }
    }
}

impl WritableRecord<'_> {
    /// Removes those of these objects that are in this record, or says why that cannot be. `ids` are all objects of the
    /// request, in whatever record: what refers to an object has to go with it.
    pub fn remove(&mut self, ids: &[EntryUuid]) -> Result<Removal, Failure> {
        // Whoever files something in this record waits, and then finds what is left.
        self.tx.patient_for_change(&self.patient_id)?;
        let objects = self.tx.filed_objects(&self.patient_id, ids)?;
        let going: HashSet<_> = ids.iter().copied().collect();
        let mut faults = self.references_left(&objects, &going)?;
        let memberships = self.check_what_stays(&objects, &going, &mut faults)?;
        let orphans = self.orphans(&objects, &going)?;
        if faults.is_empty() {
            // Only associations between documents need not be members of the submission set that brought them.
            let homeless = orphans.iter().filter(|(object, _)| !memberships.contains_key(object));
            faults.extend(homeless.map(|(object, set)| still_brings(*set, *object)));
        }
        let found: Vec<_> = objects.ids().collect();
        if faults.is_empty() {
            for (object, _) in orphans {
                if let Some(set) = memberships.get(&object) {
                    self.tx.assign_submission_set(object, *set)?;
                }
            }
            self.carry_out(&objects, &going)?;
            self.audit.object_ids.extend(found.iter().map(EntryUuid::to_string));
        }
        Ok(Removal { found, faults })
    }

    /// Associations that would be left without one of their ends.
    fn references_left(&mut self, objects: &FiledObjects, going: &HashSet<EntryUuid>) -> Result<Vec<RegistryError>, StoreError> {
        let ids: Vec<_> = objects.ids().collect();
        let own: HashSet<_> = ids.iter().copied().collect();
        let mut faults = Vec::new();
        for association in self.tx.associations_at(&ids)?.iter().filter(|association| !going.contains(&association.entry_uuid)) {
            let ends = [("sourceObject", association.source), ("targetObject", association.target)];
            faults.extend(ends.into_iter().filter(|(_, id)| own.contains(id)).map(|(end, id)| still_referred_to(association, end, id)));
        }
        Ok(faults)
    }

    /// Submission sets that stay keep a member, and what was a member stays one of some submission set. Gives where
    /// the members that stay belong, those without another submission set left out.
    fn check_what_stays(
        &mut self,
        objects: &FiledObjects,
        going: &HashSet<EntryUuid>,
        faults: &mut Vec<RegistryError>,
    ) -> Result<Memberships, StoreError> {
        let has_member: Vec<_> =
            objects.associations.iter().filter(|association| association.association_type == AssociationType::HasMember).collect();
        let sources: Vec<_> = has_member.iter().map(|association| association.source).collect();
        let sets = self.tx.submission_sets_among(&sources)?;
        let leaving: Vec<_> = has_member.iter().filter(|association| sets.contains(&association.source)).collect();
        let staying = |id: &EntryUuid| !going.contains(id);

        let emptied = once(leaving.iter().map(|association| association.source).filter(staying));
        let kept: HashSet<_> = self
            .tx
            .associations_from(&self.whole, &emptied, &[AssociationType::HasMember], MetadataLevel::Two)?
            .iter()
            .filter(|association| staying(&association.entry_uuid))
            .map(|association| association.source)
            .collect();
        faults.extend(emptied.iter().filter(|set| !kept.contains(set)).map(|set| left_empty(*set)));

        let members = once(leaving.iter().map(|association| association.target).filter(staying));
        let memberships = self.memberships(&members, going)?;
        faults.extend(members.iter().filter(|member| !memberships.contains_key(member)).map(|member| left_without_set(*member)));
        Ok(memberships)
    }

    /// Of which submission set that stays each of these objects is a member.
    fn memberships(&mut self, members: &[EntryUuid], going: &HashSet<EntryUuid>) -> Result<Memberships, StoreError> {
        let links = self.tx.associations_to(&self.whole, members, &[AssociationType::HasMember], MetadataLevel::Two)?;
        let sources: Vec<_> = links.iter().map(|link| link.source).filter(|source| !going.contains(source)).collect();
        let sets = self.tx.submission_sets_among(&sources)?;
        let staying = links.iter().filter(|link| !going.contains(&link.entry_uuid) && sets.contains(&link.source));
        Ok(staying.map(|link| (link.target, link.source)).collect())
    }

    /// Objects that stay although the submission set that brought them goes, with that set.
    fn orphans(&mut self, objects: &FiledObjects, going: &HashSet<EntryUuid>) -> Result<Vec<(EntryUuid, EntryUuid)>, StoreError> {
        let brought = self.tx.brought_by(&objects.submission_sets)?;
        Ok(brought.into_iter().filter(|(object, _)| !going.contains(object)).collect())
    }

    /// Removes the rows; folders that lose a member have changed (ITI TF-3: 4.2.3.4.6).
    fn carry_out(&mut self, objects: &FiledObjects, going: &HashSet<EntryUuid>) -> Result<(), StoreError> {
        let links = objects.associations.iter().filter(|association| association.association_type == AssociationType::HasMember);
        for source in once(links.map(|link| link.source).filter(|source| !going.contains(source))) {
            // A submission set is no folder, so this leaves it as it is.
            self.tx.touch_folder(source, &self.now.to_dtm())?;
        }
        self.tx.remove_objects(objects)
    }
}

/// Each id once, in an order of its own.
fn once(ids: impl Iterator<Item = EntryUuid>) -> Vec<EntryUuid> {
    let ids: std::collections::BTreeSet<_> = ids.collect();
    ids.into_iter().collect()
}

fn still_referred_to(association: &Association, end: &str, id: EntryUuid) -> RegistryError {
    let context = format!(
        "the object {id} is the {end} of the association {}, which is not in the request; remove the association as well",
        association.entry_uuid
    );
    RegistryError::new(ErrorCode::ReferencesExist, format!("ObjectRef({id})"), context)
}

fn still_brings(set: EntryUuid, object: EntryUuid) -> RegistryError {
    let context = format!("the submission set {set} brought the object {object}, which is not in the request; remove that as well");
    RegistryError::new(ErrorCode::ReferencesExist, format!("ObjectRef({set})"), context)
}

fn left_empty(set: EntryUuid) -> RegistryError {
    let context = format!("the submission set {set} would be left without members; remove it as well");
    RegistryError::new(ErrorCode::LeftUnreferenced, format!("SubmissionSet({set})"), context)
}

fn left_without_set(member: EntryUuid) -> RegistryError {
    let context = format!("the object {member} would be left as a member of no submission set; remove it as well");
    RegistryError::new(ErrorCode::LeftUnreferenced, format!("RegistryObject({member})"), context)
}
