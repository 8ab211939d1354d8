//! What registering a submission does to a record (ITI TF-2: 3.42.4.1.3).

use std::collections::{HashMap, HashSet};

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::dsp::DocumentFacts;
use crate::model::folder::Folder;
use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::ObjectIds;
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::store::StoreError;

use super::submission_rules::Formats;
use super::{Failure, WritableRecord};

impl WritableRecord<'_> {
    /// Checks a submission against what the registry holds, adds its objects and carries out what they imply.
    pub(super) fn file(&mut self, request: &SubmissionRequest, formats: &Formats) -> Result<(), Failure> {
        let facts = self.facts_of_submission(request, formats)?;
        let mut faults = self.taken_ids(request)?;
        self.check_resubmitted(request, &mut faults)?;
        self.check_references(request, &mut faults)?;
        if !faults.is_empty() {
            return Err(Failure::Refused(faults));
        }
        self.insert(request, &facts).map_err(duplicate_as_refusal)?;
        self.carry_out_replacements(request)?;
        self.touch_folders_with_new_members(request)
    }

    fn insert(&mut self, request: &SubmissionRequest, facts: &HashMap<EntryUuid, DocumentFacts>) -> Result<(), StoreError> {
        let set = &request.submission_set;
        self.tx.insert_submission_set(set, self.now)?;
        for entry in &request.entries {
            let facts = facts.get(&entry.entry_uuid).ok_or(StoreError::Failed("an entry came without its facts"))?;
            self.tx.insert_entry(entry, facts, set.entry_uuid, self.now)?;
        }
        for folder in &request.folders {
            let folder = Folder { last_update_time: self.now.to_dtm(), ..folder.clone() };
            self.tx.insert_folder(&folder, set.entry_uuid, self.now)?;
        }
        for association in &request.associations {
            self.tx.insert_association(association, &set.patient_id, set.entry_uuid, self.now)?;
        }
        Ok(())
    }

    /// Ids of the submission that other objects have already.
    fn taken_ids(&mut self, request: &SubmissionRequest) -> Result<Vec<RegistryError>, StoreError> {
        let mut faults = self.taken_by_others(&request.submission_set, &request.own_ids().collect::<Vec<_>>())?;
        if !request.folders.is_empty() {
            let ids = request.folders.iter().map(|folder| folder.unique_id.clone()).collect();
            let known: HashSet<_> = self.tx.folders(&ObjectIds::UniqueIds(ids))?.into_iter().map(|folder| folder.unique_id).collect();
            faults.extend(known.iter().map(|id| taken("Folder.uniqueId", id.as_str())));
        }
        Ok(faults)
    }

    /// Whether the submission set was submitted before, and which entryUUIDs other objects have.
    pub(super) fn taken_by_others(&mut self, set: &SubmissionSet, uuids: &[EntryUuid]) -> Result<Vec<RegistryError>, StoreError> {
        let mut faults = Vec::new();
        if !self.tx.submission_sets(&ObjectIds::UniqueIds(vec![set.unique_id.clone()]))?.is_empty() {
            faults.push(taken("SubmissionSet.uniqueId", set.unique_id.as_str()));
        }
        faults.extend(self.tx.uuids_in_use(uuids)?.into_iter().map(|uuid| taken("entryUUID", &uuid.to_string())));
        Ok(faults)
    }

    /// A document may be submitted again, in another submission set, if it is the same (ITI TF-3: 4.2.3.2.26).
    fn check_resubmitted(&mut self, request: &SubmissionRequest, faults: &mut Vec<RegistryError>) -> Result<(), StoreError> {
        let ids: Vec<_> = request.entries.iter().map(|entry| entry.unique_id.clone()).collect();
        // Two submissions of one document for different patients would not see each other.
        self.tx.lock_unique_ids(&ids)?;
        let known = self.tx.entries(&ObjectIds::UniqueIds(ids))?;
        for entry in &request.entries {
            for earlier in known.iter().filter(|earlier| earlier.unique_id == entry.unique_id) {
                if self.authority.under_rules().is_some() {
                    // A second entry could show in one record what is hidden in another.
                    faults.push(taken("DocumentEntry.uniqueId", entry.unique_id.as_str()));
                    break;
                }
                if earlier.object_type != entry.object_type {
                    faults.push(taken_by_other_type(entry));
                } else if entry.object_type == DocumentEntryType::OnDemand {
                    // Each such entry promises content of its own (ITI TF-2: 3.61.4.1.3).
                } else if earlier.hash != entry.hash {
                    let context = format!(
                        "a document with uniqueId {} and another hash is already registered; give the new document an id of its own",
                        entry.unique_id
                    );
                    faults.push(RegistryError::new(ErrorCode::NonIdenticalHash, "DocumentEntry/hash", context));
                } else if earlier.size != entry.size {
                    let context = format!(
                        "a document with uniqueId {} and another size is already registered; give the new document an id of its own",
                        entry.unique_id
                    );
                    faults.push(RegistryError::new(ErrorCode::NonIdenticalSize, "DocumentEntry/size", context));
                }
            }
        }
        Ok(())
    }

    /// Association ends outside the message exist in this record and may be used so.
    fn check_references(&mut self, request: &SubmissionRequest, faults: &mut Vec<RegistryError>) -> Result<(), StoreError> {
        let own: HashSet<_> = request.own_ids().collect();
        for association in &request.associations {
            if association.association_type.relates_documents() {
                // What the access rules say of the target was checked with the rights of the new document.
                if !own.contains(&association.target) {
                    self.check_related(association, faults)?;
                }
                continue;
            }
            if !own.contains(&association.source) {
                self.check_existing_folder(association, faults)?;
            }
            let of_set = association.source == request.submission_set.entry_uuid;
            if !own.contains(&association.target) && !self.is_member_to_be(association.target, of_set)? {
                faults.push(unresolved(association, "targetObject", association.target));
            }
        }
        Ok(())
    }

    /// The target of a relationship is a current entry of this patient (ITI TF-2: 3.42.4.1.3; ITI TF-3: 4.2.2.2).
    fn check_related(&mut self, association: &Association, faults: &mut Vec<RegistryError>) -> Result<(), StoreError> {
        match self.tx.entries(&ObjectIds::EntryUuids(vec![association.target]))?.pop() {
            None => faults.push(unresolved(association, "targetObject", association.target)),
            Some(target) if target.patient_id != self.patient_id => {
                let context = format!("the targetObject {} belongs to another patient than this submission", association.target);
                faults.push(RegistryError::new(ErrorCode::PatientIdDoesNotMatch, place(association), context));
            }
            Some(DocumentEntry { availability_status: AvailabilityStatus::Deprecated, .. })
                if association.association_type != AssociationType::IsSnapshotOf =>
            {
                faults.push(deprecated_target(association.entry_uuid, association.target));
            }
            Some(DocumentEntry { object_type: DocumentEntryType::Stable, .. })
                if association.association_type == AssociationType::IsSnapshotOf =>
            {
                let context = format!(
                    "the targetObject {} is a stable entry; a snapshot is one of an on-demand entry (ITI TF-3: 4.2.2.2.5)",
                    association.target
                );
                faults.push(RegistryError::metadata(place(association), context));
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn check_existing_folder(&mut self, association: &Association, faults: &mut Vec<RegistryError>) -> Result<(), StoreError> {
        if !self.sees(association.source)? {
            faults.push(unresolved(association, "sourceObject", association.source));
            return Ok(());
        }
        match self.tx.folders(&ObjectIds::EntryUuids(vec![association.source]))?.pop() {
            None => faults.push(unresolved(association, "sourceObject", association.source)),
            Some(folder) if folder.patient_id != self.patient_id => {
                let context = format!("the folder {} belongs to another patient than this submission", association.source);
                faults.push(RegistryError::new(ErrorCode::PatientIdDoesNotMatch, place(association), context));
            }
            Some(folder) if folder.availability_status == AvailabilityStatus::Deprecated => {
                let context = format!("the folder {} is not approved any more; add to its latest version", association.source);
                faults.push(RegistryError::metadata(place(association), context));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Whether an existing object of this patient can become a member: entries of a submission set and of a folder, folders
    /// and associations of a submission set alone (ITI TF-3: 4.2.2.1).
    fn is_member_to_be(&mut self, id: EntryUuid, of_set: bool) -> Result<bool, StoreError> {
        if !self.sees(id)? {
            return Ok(false);
        }
        let patient_id = self.patient_id.clone();
        let entry = self.tx.entries(&ObjectIds::EntryUuids(vec![id]))?.pop();
        if entry.is_some_and(|entry| entry.patient_id == patient_id) {
            return Ok(true);
        }
        let folder = if of_set { self.tx.folders(&ObjectIds::EntryUuids(vec![id]))?.pop() } else { None };
        let is_folder = folder.is_some_and(|folder| folder.patient_id == patient_id);
        Ok(is_folder || (of_set && self.tx.is_association_of(&patient_id, id)?))
    }

    /// Folders that exist already and get new members have changed (ITI TF-3: 4.2.3.4.6).
    fn touch_folders_with_new_members(&mut self, request: &SubmissionRequest) -> Result<(), Failure> {
        let own: HashSet<_> = request.own_ids().collect();
        let joined = request.associations.iter().filter(|a| a.association_type == AssociationType::HasMember && !own.contains(&a.source));
        let folders: HashSet<_> = joined.map(|association| association.source).collect();
        for folder in folders {
            self.tx.touch_folder(folder, &self.now.to_dtm())?;
        }
        Ok(())
    }

    /// Adds a document to a folder on the registry's own account, as part of `submission_set`.
    pub(super) fn join_folder(&mut self, folder: EntryUuid, entry: EntryUuid, submission_set: EntryUuid) -> Result<(), Failure> {
        let membership = Association::new(EntryUuid::random(), AssociationType::HasMember, folder, entry);
        let mut brought = Association::new(EntryUuid::random(), AssociationType::HasMember, submission_set, membership.entry_uuid);
        brought.submission_set_status = Some(SubmissionSetStatus::Original);
        let patient_id = self.patient_id.clone();
        self.tx.insert_association(&membership, &patient_id, submission_set, self.now)?;
        self.tx.insert_association(&brought, &patient_id, submission_set, self.now)?;
        Ok(self.tx.touch_folder(folder, &self.now.to_dtm())?)
    }
}

fn taken(kind: &str, id: &str) -> RegistryError {
    let context = format!("the {kind} {id} is already used by an object of this registry; a new object has an id of its own");
    RegistryError::new(ErrorCode::DuplicateUniqueIdInRegistry, kind, context)
}

/// A uniqueId names a document, or what makes documents, not both (ITI TF-2: 3.61.4.1.3).
fn taken_by_other_type(entry: &DocumentEntry) -> RegistryError {
    let other = match entry.object_type {
        DocumentEntryType::Stable => "an on-demand",
        DocumentEntryType::OnDemand => "a stable",
    };
    let context = format!("the uniqueId {} is already that of {other} entry; give the new entry an id of its own", entry.unique_id);
    RegistryError::new(ErrorCode::DuplicateUniqueIdInRegistry, "DocumentEntry/uniqueId", context)
}

fn place(association: &Association) -> String {
    format!("Association({})", association.entry_uuid)
}

pub(super) fn unresolved(association: &Association, end: &str, id: EntryUuid) -> RegistryError {
    let context = format!("the {end} {id} is neither in this message nor among the objects of this patient in the registry");
    RegistryError::new(ErrorCode::UnreferencedObject, place(association), context)
}

/// The target of a relationship has been replaced or withdrawn.
pub(super) fn deprecated_target(association: EntryUuid, target: EntryUuid) -> RegistryError {
    let context = format!("the targetObject {target} is not approved any more; replace or amend the document that took its place");
    RegistryError::new(ErrorCode::RegistryDeprecatedDocument, format!("Association({association})"), context)
}

/// Another submission took an id between our look and our insert: the same refusal as if it had come first.
pub(super) fn duplicate_as_refusal(error: StoreError) -> Failure {
    match error {
        StoreError::Duplicate { .. } => Failure::refused(RegistryError::new(
            ErrorCode::DuplicateUniqueIdInRegistry,
            "",
            "another submission that arrived at the same time uses one of these ids; if it was the same submission, it has been stored",
        )),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::test_registry::{TestRegistry, call, submission};
    use crate::access::{Action, Door};
    use crate::model::audit_event::Transaction;

    const EVA: &str = "P1^^^&1.2.3&ISO";
    const OTHER: &str = "P2^^^&1.2.3&ISO";

    /// What becomes of a submission for Eva that mentions an object that is there already.
    fn mentioning(door: &Door, id: EntryUuid, unique_id: &str) -> Result<(), Failure> {
        let mut request = submission(EVA.parse().unwrap(), unique_id);
        let set = request.submission_set.entry_uuid;
        let mut mention = Association::new(EntryUuid::random(), AssociationType::HasMember, set, id);
        mention.submission_set_status = Some(SubmissionSetStatus::Reference);
        request.associations.push(mention);
        let request = request.check().unwrap();
        let patient_id = request.submission_set.patient_id.clone();
        door.write(&call(), Transaction::Iti42, |writing| writing.open(&patient_id, Action::Submit)?.unwrap().register(&request))
    }

    #[test]
    fn objects_of_another_patient_cannot_be_mentioned() {
        let (_behind, door) = TestRegistry::open();
        for patient in [EVA, OTHER] {
            let id = patient.parse().unwrap();
            door.write(&call(), Transaction::Iti8, |writing| writing.put_patient(&id, Default::default(), &[])).unwrap();
        }
        for (number, (patient, allowed)) in [(EVA, true), (OTHER, false)].into_iter().enumerate() {
            let request = submission(patient.parse().unwrap(), &format!("2.999.3.{number}")).check().unwrap();
            let patient_id = request.submission_set.patient_id.clone();
            let register =
                |writing: &mut crate::access::Writing<'_>| writing.open(&patient_id, Action::Submit)?.unwrap().register(&request);
            door.write(&call(), Transaction::Iti42, register).unwrap();
            for (at, id) in [request.entries[0].entry_uuid, request.associations[0].entry_uuid].into_iter().enumerate() {
                let outcome = mentioning(&door, id, &format!("2.999.4.{number}.{at}"));
                let refused = outcome.err().map(|failure| failure.errors()[0].code);
                assert_eq!(refused, (!allowed).then_some(ErrorCode::UnreferencedObject), "{patient} {at}");
            }
        }
    }
}
