//! A whole metadata update: one SubmissionSet and the operations it asks for (ITI TF-2: 3.57.4.1.3, 3.92.4.1.2).

use std::collections::{HashMap, HashSet};

use super::association::{Association, AssociationType, SubmissionSetStatus};
use super::availability_status::AvailabilityStatus;
use super::document_entry::DocumentEntry;
use super::folder::Folder;
use super::ids::EntryUuid;
use super::registry_error::{ErrorCode, RegistryError};
use super::submission_set::SubmissionSet;

/// Which transaction asks. Both change metadata alike, but one of them may change less, and they name errors differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateScope {
    /// Update Document Set (ITI-57): all operations, on the latest approved version.
    Full,
    /// Restricted Update Document Set (ITI-92): descriptive attributes of entries, on the latest version whatever its status.
    Restricted,
}

/// What of an update breaks a rule; each transaction has an error code of its own for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateRule {
    /// The request is built as an update: one SubmissionSet, later versions only.
    Request,
    /// The HasMember association of a new version says which version it follows (ITI TF-2: 3.92.4.1.2.2).
    Annotation,
    /// The uniqueId stays.
    Identifier,
    /// The objectType stays.
    ObjectType,
    /// Every object is part of an operation that the transaction knows.
    Operation,
}

impl UpdateScope {
    /// The error code for a broken rule.
    pub fn code(self, rule: UpdateRule) -> ErrorCode {
        match (self, rule) {
            (Self::Full, UpdateRule::Operation) => ErrorCode::MetadataUpdateOperationError,
            (Self::Full, _) => ErrorCode::MetadataUpdateError,
            (Self::Restricted, UpdateRule::Request) => ErrorCode::InvalidRequestException,
            (Self::Restricted, UpdateRule::Annotation) => ErrorCode::MetadataAnnotationError,
            (Self::Restricted, UpdateRule::Identifier) => ErrorCode::MetadataIdentifierError,
            (Self::Restricted, UpdateRule::ObjectType) => ErrorCode::ObjectTypeError,
            (Self::Restricted, UpdateRule::Operation) => ErrorCode::UnmodifiableMetadataError,
        }
    }
}

/// A later version of an object. Its number is the registry's to give: one more than the version it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion<T> {
    /// The metadata as they shall be, whole.
    pub object: T,
    /// The version that its sender knows (slot `PreviousVersion`); the update is void if there is a later one.
    pub previous_version: u32,
    /// Whether associations of the earlier version are made for this one too (slot `AssociationPropagation`, yes unless said otherwise).
    pub propagates_associations: bool,
}

/// A change of an object's availabilityStatus (association type `UpdateAvailabilityStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusUpdate {
    /// An entry, a folder or an association.
    pub target: EntryUuid,
    /// The status that its sender knows (slot `OriginalStatus`).
    pub original: AvailabilityStatus,
    /// The status it shall have (slot `NewStatus`).
    pub new: AvailabilityStatus,
}

/// What ITI-57 and ITI-92 both become: operations that are complete in themselves. What only the registry can know
/// (versions, states, patients of existing objects) is checked where it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateRequest {
    /// Which transaction asks.
    pub scope: UpdateScope,
    /// The envelope.
    pub submission_set: SubmissionSet,
    /// Later versions of entries.
    pub entries: Vec<NewVersion<DocumentEntry>>,
    /// Later versions of folders.
    pub folders: Vec<NewVersion<Folder>>,
    /// The memberships of the new versions in the submission set.
    pub memberships: Vec<Association>,
    /// Associations between existing objects.
    pub associations: Vec<Association>,
    /// Changes of status.
    pub status_updates: Vec<StatusUpdate>,
}

impl UpdateRequest {
    /// Checks that the objects agree with each other; gives every fault found.
    pub fn check(self) -> Result<Self, Vec<RegistryError>> {
        let mut faults = Vec::new();
        self.check_ids(&mut faults);
        self.check_patients(&mut faults);
        self.check_status_updates(&mut faults);
        if self.entries.is_empty() && self.folders.is_empty() && self.associations.is_empty() && self.status_updates.is_empty() {
            let context = "the message holds a SubmissionSet alone; an update brings a new version, a status or an association (ITI TF-2: 3.57.4.1.3)";
            faults.push(RegistryError::new(self.scope.code(UpdateRule::Operation), "SubmissionSet", context));
        }
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// The ids of all objects that the update adds.
    pub fn own_ids(&self) -> impl Iterator<Item = EntryUuid> {
        let entries = self.entries.iter().map(|version| version.object.entry_uuid);
        let folders = self.folders.iter().map(|version| version.object.entry_uuid);
        let associations = self.memberships.iter().chain(&self.associations).map(|association| association.entry_uuid);
        std::iter::once(self.submission_set.entry_uuid).chain(entries).chain(folders).chain(associations)
    }

    /// No id stands for two objects, and no object gets two new versions at once.
    fn check_ids(&self, faults: &mut Vec<RegistryError>) {
        let (mut uuids, mut logical_ids) = (HashSet::new(), HashSet::new());
        for uuid in self.own_ids().filter(|uuid| !uuids.insert(*uuid)) {
            let context = format!("the id {uuid} is given to two objects of this message; give each its own");
            faults.push(RegistryError::metadata(uuid.to_string(), context));
        }
        let entries = self.entries.iter().map(|version| version.object.logical_id);
        let folders = self.folders.iter().map(|version| version.object.logical_id);
        for logical_id in entries.chain(folders).filter(|id| !logical_ids.insert(*id)) {
            let context = format!("two objects of this message are new versions of {logical_id}; an update brings one");
            faults.push(RegistryError::new(ErrorCode::MetadataVersionError, "logicalID", context));
        }
    }

    /// All objects name the patient of the submission set (ITI TF-3: 4.2.3.2.16, 4.2.3.4.8).
    fn check_patients(&self, faults: &mut Vec<RegistryError>) {
        let expected = &self.submission_set.patient_id;
        let entries = self.entries.iter().map(|v| ("DocumentEntry", v.object.entry_uuid, &v.object.patient_id));
        let folders = self.folders.iter().map(|v| ("Folder", v.object.entry_uuid, &v.object.patient_id));
        for (kind, uuid, patient_id) in entries.chain(folders).filter(|(_, _, id)| *id != expected) {
            let context =
                format!("{kind}.patientId is {patient_id}, but SubmissionSet.patientId is {expected}: one update is about one patient");
            faults.push(RegistryError::new(ErrorCode::PatientIdDoesNotMatch, format!("{kind}({uuid})/patientId"), context));
        }
    }

    /// One object has one status at the end.
    fn check_status_updates(&self, faults: &mut Vec<RegistryError>) {
        let mut wanted = HashMap::new();
        for StatusUpdate { target, new, .. } in &self.status_updates {
            if wanted.insert(*target, *new).is_some() {
                let context = format!("two associations of this message set the availabilityStatus of {target}; one is allowed");
                faults.push(RegistryError::new(self.scope.code(UpdateRule::Operation), "Association/targetObject", context));
            }
        }
    }
}

/// The membership of an object in a submission set that brings it.
pub fn original_member(submission_set: EntryUuid, member: EntryUuid) -> Association {
    let mut membership = Association::new(EntryUuid::random(), AssociationType::HasMember, submission_set, member);
    membership.submission_set_status = Some(SubmissionSetStatus::Original);
    membership
}
