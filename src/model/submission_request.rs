//! A whole submission: one SubmissionSet and all it brings (ITI TF-3: 4.2.1.5).

use std::collections::{HashMap, HashSet};

use super::association::{Association, AssociationType, SubmissionSetStatus};
use super::document_entry::{DocumentEntry, DocumentEntryType};
use super::folder::Folder;
use super::ids::EntryUuid;
use super::registry_error::{ErrorCode, RegistryError};
use super::submission_set::SubmissionSet;

/// What ITI-41, ITI-42 and ITI-65 all become: objects that are valid in themselves and agree with each other.
/// What only the registry can know (ids in use, state of existing objects) is checked where it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmissionRequest {
    /// The envelope.
    pub submission_set: SubmissionSet,
    /// New documents.
    pub entries: Vec<DocumentEntry>,
    /// New folders.
    pub folders: Vec<Folder>,
    /// New links, members of the submission set included.
    pub associations: Vec<Association>,
}

/// What an association end refers to, seen from inside the submission.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    SubmissionSet,
    Entry,
    Folder,
    Association,
    /// Not in the message: has to be in the registry.
    Existing,
}

impl SubmissionRequest {
    /// Checks that the objects agree with each other; gives every fault found.
    pub fn check(self) -> Result<Self, Vec<RegistryError>> {
        let mut faults = Vec::new();
        self.check_ids(&mut faults);
        self.check_patients(&mut faults);
        let ends = self.ends();
        for association in &self.associations {
            check_association(association, &ends, &mut faults);
        }
        self.check_membership(&ends, &mut faults);
        self.check_snapshots(&mut faults);
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// The ids of all objects of the message.
    pub fn own_ids(&self) -> impl Iterator<Item = EntryUuid> {
        let entries = self.entries.iter().map(|entry| entry.entry_uuid);
        let folders = self.folders.iter().map(|folder| folder.entry_uuid);
        let associations = self.associations.iter().map(|association| association.entry_uuid);
        std::iter::once(self.submission_set.entry_uuid).chain(entries).chain(folders).chain(associations)
    }

    /// The objects of the message by id.
    fn ends(&self) -> HashMap<EntryUuid, End> {
        let set = std::iter::once((self.submission_set.entry_uuid, End::SubmissionSet));
        let entries = self.entries.iter().map(|entry| (entry.entry_uuid, End::Entry));
        let folders = self.folders.iter().map(|folder| (folder.entry_uuid, End::Folder));
        let associations = self.associations.iter().map(|association| (association.entry_uuid, End::Association));
        set.chain(entries).chain(folders).chain(associations).collect()
    }

    /// No id stands for two objects (ITI TF-3: 4.2.3.2.26, 4.2.3.3.12, 4.2.3.4.10).
    fn check_ids(&self, faults: &mut Vec<RegistryError>) {
        let mut uuids = HashSet::from([self.submission_set.entry_uuid]);
        let others = self
            .entries
            .iter()
            .map(|e| e.entry_uuid)
            .chain(self.folders.iter().map(|f| f.entry_uuid))
            .chain(self.associations.iter().map(|a| a.entry_uuid));
        for uuid in others.filter(|uuid| !uuids.insert(*uuid)) {
            faults.push(RegistryError::metadata(
                uuid.to_string(),
                format!("the id {uuid} is given to two objects of this message; give each its own"),
            ));
        }
        let mut unique_ids = HashSet::from([self.submission_set.unique_id.as_str()]);
        let others = self.entries.iter().map(|e| e.unique_id.as_str()).chain(self.folders.iter().map(|f| f.unique_id.as_str()));
        for unique_id in others.filter(|id| !unique_ids.insert(id)) {
            let context = format!("the uniqueId {unique_id} is given to two objects of this message; give each its own");
            faults.push(RegistryError::new(ErrorCode::RegistryDuplicateUniqueIdInMessage, "uniqueId", context));
        }
    }

    /// All objects name the patient of the submission set (ITI TF-3: 4.2.3.2.16, 4.2.3.3.8, 4.2.3.4.8).
    fn check_patients(&self, faults: &mut Vec<RegistryError>) {
        let expected = &self.submission_set.patient_id;
        let entries = self.entries.iter().map(|e| ("DocumentEntry", e.entry_uuid, &e.patient_id));
        let folders = self.folders.iter().map(|f| ("Folder", f.entry_uuid, &f.patient_id));
        for (kind, uuid, patient_id) in entries.chain(folders).filter(|(_, _, id)| *id != expected) {
            let context =
                format!("{kind}.patientId is {patient_id}, but SubmissionSet.patientId is {expected}: one submission is about one patient");
            faults.push(RegistryError::new(ErrorCode::PatientIdDoesNotMatch, format!("{kind}({uuid})/patientId"), context));
        }
    }

    /// A snapshot is a document that does not change (ITI TF-3: 4.2.2.2.5).
    fn check_snapshots(&self, faults: &mut Vec<RegistryError>) {
        let on_demand = |id| self.entries.iter().any(|e| e.entry_uuid == id && e.object_type == DocumentEntryType::OnDemand);
        let snapshots = self.associations.iter().filter(|a| a.association_type == AssociationType::IsSnapshotOf);
        for association in snapshots.filter(|a| on_demand(a.source)) {
            let context =
                "the sourceObject of an IsSnapshotOf association is a stable entry, registered by ITI-41 or ITI-42; this one is on-demand";
            faults.push(RegistryError::metadata(format!("Association({})", association.entry_uuid), context));
        }
    }

    /// Each new entry and folder is a member of the submission set (ITI TF-3: 4.2.2.1.1, 4.2.2.1.2), and so is each new
    /// membership in a folder (4.2.2.1.3, 4.2.2.1.4).
    fn check_membership(&self, ends: &HashMap<EntryUuid, End>, faults: &mut Vec<RegistryError>) {
        let set = self.submission_set.entry_uuid;
        let members: HashSet<_> = self
            .associations
            .iter()
            .filter(|a| a.association_type == AssociationType::HasMember && a.source == set)
            .map(|a| a.target)
            .collect();
        let is_folder_membership = |a: &&Association| {
            let of_folder = matches!(ends.get(&a.source), Some(End::Folder) | None);
            a.association_type == AssociationType::HasMember && of_folder
        };
        let entries = self.entries.iter().map(|e| ("DocumentEntry", e.entry_uuid));
        let folders = self.folders.iter().map(|f| ("Folder", f.entry_uuid));
        let links = self.associations.iter().filter(is_folder_membership).map(|a| ("Association (folder membership)", a.entry_uuid));
        for (kind, uuid) in entries.chain(folders).chain(links).filter(|(_, uuid)| !members.contains(uuid)) {
            let context = format!(
                "no HasMember association links the SubmissionSet to this {kind}; every submitted object is a member of its SubmissionSet (ITI TF-3: 4.2.1.5)"
            );
            faults.push(RegistryError::metadata(format!("{kind}({uuid})"), context));
        }
    }
}

/// The ends fit the type of the association (ITI TF-3: 4.2.2).
fn check_association(association: &Association, ends: &HashMap<EntryUuid, End>, faults: &mut Vec<RegistryError>) {
    let end = |uuid| ends.get(&uuid).copied().unwrap_or(End::Existing);
    let (source, target) = (end(association.source), end(association.target));
    let mut fault = |context: &str| faults.push(RegistryError::metadata(format!("Association({})", association.entry_uuid), context));
    if association.source == association.target {
        fault("sourceObject and targetObject are the same object");
    } else if association.association_type == AssociationType::HasMember {
        match source {
            End::SubmissionSet => check_set_member(association, target, &mut fault),
            End::Folder | End::Existing if !matches!(target, End::Entry | End::Existing) => {
                fault("a folder's HasMember association has a DocumentEntry as targetObject (ITI TF-3: 4.2.2.1.2)");
            }
            End::Entry | End::Association => {
                fault("the sourceObject of a HasMember association is a SubmissionSet or a Folder (ITI TF-3: 4.2.2.1)")
            }
            End::Folder | End::Existing => {}
        }
    } else if source != End::Entry {
        fault("the sourceObject of a relationship association is a DocumentEntry of this message (ITI TF-3: 4.2.2.2)");
    } else if !matches!(target, End::Existing | End::Entry)
        || (target == End::Entry && association.association_type != AssociationType::Signs)
    {
        fault("the targetObject of a relationship association is a DocumentEntry that is already in the registry (ITI TF-3: 4.2.2.2)");
    }
}

/// A member submitted here is `Original`, one that existed is `Reference` (ITI TF-3: 4.2.2.1.1).
fn check_set_member(association: &Association, target: End, fault: &mut impl FnMut(&str)) {
    match (target, association.submission_set_status) {
        (End::SubmissionSet, _) => fault("a SubmissionSet is not a member of itself"),
        (End::Entry, Some(SubmissionSetStatus::Original))
        | (End::Existing, Some(SubmissionSetStatus::Reference))
        | (End::Folder | End::Association, _) => {}
        (End::Entry, _) => fault(
            "the slot SubmissionSetStatus of the HasMember association of a submitted DocumentEntry has the value Original (ITI TF-3: 4.2.2.1.1)",
        ),
        (End::Existing, _) => fault(
            "the targetObject is not in this message, so the slot SubmissionSetStatus has the value Reference and the target is an entry UUID of the registry (ITI TF-3: 4.2.2.1.1)",
        ),
    }
}
