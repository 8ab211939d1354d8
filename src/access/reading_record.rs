//! An opened record, to read from.

use std::collections::HashSet;

use crate::model::association::AssociationType;
use crate::model::audit_event::AuditEvent;
use crate::model::document_entry::DocumentEntry;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{EntryFilter, FindDocuments, GetAll, ObjectIds};
use crate::store::Read;
use crate::store::contents::{ContentKey, ContentStore, SealedKey, VerifiedDocument};

use super::{Failure, Visibility};

/// The proof that a decision was taken: what its caller may see of one patient's record.
pub struct ReadableRecord<'a> {
    tx: &'a mut Read,
    contents: &'a dyn ContentStore,
    audit: &'a mut AuditEvent,
    patient_id: PatientId,
    visibility: Visibility,
}

/// A document ready to be served, every byte of it authentic.
pub struct RetrievedDocument {
    /// Its id.
    pub unique_id: UniqueId,
    /// MIME type of the content.
    pub mime_type: String,
    /// The content.
    pub content: VerifiedDocument,
}

impl<'a> ReadableRecord<'a> {
    pub(super) fn new(
        tx: &'a mut Read,
        contents: &'a dyn ContentStore,
        audit: &'a mut AuditEvent,
        patient_id: PatientId,
        visibility: Visibility,
    ) -> Self {
        Self { tx, contents, audit, patient_id, visibility }
    }

    /// FindDocuments; refuses an answer of more than `most` objects.
    pub fn find_documents(&mut self, query: &FindDocuments, most: usize) -> Result<RegistryObjects, Failure> {
        let Visibility::Everything = self.visibility;
        let entries = self.tx.find_documents(query, one_more(most))?;
        self.answer(RegistryObjects { entries, ..RegistryObjects::default() }, most)
    }

    /// GetDocuments: those of the ids that are in this record.
    pub fn documents(&mut self, ids: &ObjectIds<UniqueId>) -> Result<Vec<DocumentEntry>, Failure> {
        let Visibility::Everything = self.visibility;
        let found = match ids {
            ObjectIds::EntryUuids(ids) => self.tx.entries_by_uuid(ids)?,
            ObjectIds::UniqueIds(ids) => self.tx.entries_by_unique_id(ids)?,
        };
        let mine: Vec<_> = found.into_iter().filter(|entry| entry.patient_id == self.patient_id).collect();
        self.audit.object_ids.extend(mine.iter().map(|entry| entry.entry_uuid.to_string()));
        Ok(mine)
    }

    /// GetSubmissionSetAndContents: the set, its entries that meet the filter, its folders, and the memberships among
    /// them (ITI TF-2: 3.18.4.1.2.3.7.9).
    pub fn submission_set_and_contents(
        &mut self,
        ids: &ObjectIds<Oid>,
        filter: &EntryFilter,
        most: usize,
    ) -> Result<RegistryObjects, Failure> {
        let Visibility::Everything = self.visibility;
        let submission_sets: Vec<_> = self.tx.submission_sets(ids)?.into_iter().filter(|set| set.patient_id == self.patient_id).collect();
        let set_ids: Vec<_> = submission_sets.iter().map(|set| set.entry_uuid).collect();
        let memberships = self.tx.associations_from(&set_ids, &[AssociationType::HasMember])?;
        let members: Vec<_> = memberships.iter().map(|membership| membership.target).collect();
        let entries = self.tx.entries_among(&self.patient_id, &members, filter, one_more(most))?;
        let folders = self.tx.folders(&ObjectIds::EntryUuids(members))?;
        let folder_ids: Vec<_> = folders.iter().map(|folder| folder.entry_uuid).collect();
        let mut associations = self.tx.associations_from(&folder_ids, &[AssociationType::HasMember])?;
        let member_set: HashSet<_> = memberships.iter().map(|membership| membership.target).collect();
        associations.retain(|membership| member_set.contains(&membership.entry_uuid));
        associations.extend(memberships);
        self.answer(closed(RegistryObjects { submission_sets, entries, folders, associations }), most)
    }

    /// GetAll: everything of the patient with the statuses asked for (ITI TF-2: 3.18.4.1.2.3.7.4).
    pub fn all(&mut self, query: &GetAll, most: usize) -> Result<RegistryObjects, Failure> {
        let Visibility::Everything = self.visibility;
        let limit = one_more(most);
        let objects = RegistryObjects {
            submission_sets: self.tx.submission_sets_of(&self.patient_id, &query.submission_set_statuses, limit)?,
            entries: self.tx.entries_of(&self.patient_id, &query.entry_statuses, &query.entry_filter, limit)?,
            folders: self.tx.folders_of(&self.patient_id, &query.folder_statuses, limit)?,
            associations: self.tx.associations_of(&self.patient_id, limit)?,
        };
        self.answer(closed(objects), most)
    }

    /// The document of this id, if an entry of this record describes it and this repository holds it.
    pub fn retrieve(&mut self, unique_id: &UniqueId) -> Result<Option<RetrievedDocument>, Failure> {
        let entries = self.documents(&ObjectIds::UniqueIds(vec![unique_id.clone()]))?;
        let Some(entry) = entries.last() else { return Ok(None) };
        let Some(document) = self.tx.document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        let key = ContentKey::parse(&document.content_key)?;
        let content = self.contents.open(&key, &SealedKey::decode(&document.sealed_key)?)?;
        Ok(Some(RetrievedDocument { unique_id: unique_id.clone(), mime_type: entry.mime_type.clone(), content }))
    }

    /// Notes in the trail what the answer shows, and refuses one that is too long.
    fn answer(&mut self, objects: RegistryObjects, most: usize) -> Result<RegistryObjects, Failure> {
        if objects.len() > most {
            let context = format!(
                "the answer holds more than the {most} objects this registry gives at once; ask for less, for example by date, or for ObjectRefs"
            );
            return Err(Failure::refused(RegistryError::new(ErrorCode::TooManyResults, "", context)));
        }
        self.audit.object_ids.extend(objects.ids().map(|id: EntryUuid| id.to_string()));
        Ok(objects)
    }
}

/// A limit that shows whether there is more than `most`.
fn one_more(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// Keeps the associations whose both ends are in the answer, so that it refers to nothing that it does not hold.
fn closed(mut objects: RegistryObjects) -> RegistryObjects {
    let mut ends: HashSet<_> = objects.ids().collect();
    // A dropped association may be the end of another one: memberships of memberships are one level deep.
    for _ in 0..2 {
        objects.associations.retain(|association| ends.contains(&association.source) && ends.contains(&association.target));
        ends = objects.ids().collect();
    }
    objects
}
