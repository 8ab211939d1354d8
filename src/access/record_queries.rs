//! The stored queries, each answered from one opened record (ITI TF-2: 3.18.4.1.2.3.7).

use std::collections::HashSet;

use crate::model::association::AssociationType;
use crate::model::ids::{EntryUuid, Oid, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{EntryFilter, GetAll, MetadataLevel, ObjectIds, StoredQuery};

use super::{Failure, FoundObjects, ReadableRecord};

/// How much of what a query finds is given.
#[derive(Clone, Copy)]
struct Extent {
    level: MetadataLevel,
    limit: i64,
}

impl ReadableRecord<'_> {
    /// What this record adds to an answer that holds `already` objects, at a metadata level; refuses if it would then hold more
    /// than `most`. [`give`](Self::give) reads the objects.
    pub fn find(&mut self, query: &StoredQuery, level: MetadataLevel, already: usize, most: usize) -> Result<FoundObjects, Failure> {
        let left = most.saturating_sub(already);
        let objects = self.objects(query, Extent { level, limit: one_more(left) })?;
        if objects.len() > left {
            return Err(too_many_results(most));
        }
        if !objects.is_empty() {
            self.note_authorship();
        }
        self.audit.object_ids.extend(objects.ids().map(|id| id.to_string()));
        Ok(objects)
    }

    fn objects(&mut self, query: &StoredQuery, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        // Each statement below takes the view, and shows what is in it alone.
        let view = self.view.clone();
        let found = FoundObjects::default();
        Ok(match query {
            StoredQuery::FindDocuments(query) => FoundObjects { entries: self.tx.find_documents(&view, &**query, limit)?, ..found },
            StoredQuery::FindSubmissionSets(query) => {
                FoundObjects { submission_sets: self.tx.find_submission_sets(&view, query, limit)?, ..found }
            }
            StoredQuery::FindFolders(query) => FoundObjects { folders: self.tx.find_folders(&view, query, limit)?, ..found },
            StoredQuery::GetAll(query) => self.all(query, extent)?,
            StoredQuery::GetDocuments(ids) => FoundObjects { entries: self.tx.entries_named(&view, ids, level, limit)?, ..found },
            StoredQuery::GetFolders(ids) => FoundObjects { folders: self.tx.folders_named(&view, ids, level)?, ..found },
            StoredQuery::GetAssociations(ids) => {
                FoundObjects { associations: self.tx.associations_touching(&view, ids, level, limit)?, ..found }
            }
            StoredQuery::GetDocumentsAndAssociations(ids) => self.documents_and_associations(ids, extent)?,
            StoredQuery::GetSubmissionSets(ids) => self.submission_sets_of_members(ids, level)?,
            StoredQuery::GetSubmissionSetAndContents(ids, filter) => self.submission_set_and_contents(ids, filter, extent)?,
            StoredQuery::GetFolderAndContents(ids, filter) => self.folder_and_contents(ids, filter, extent)?,
            StoredQuery::GetFoldersForDocument(ids) => self.folders_for_document(ids, extent)?,
            StoredQuery::GetRelatedDocuments(ids, types, filter) => self.related_documents(ids, types, filter, extent)?,
        })
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.4: the objects that meet the filters, and the associations that have one of them at either
    /// end. The other end may be an object that the filters leave out, but none that is hidden from the caller: its id would
    /// tell that it exists.
    fn all(&mut self, query: &GetAll, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let mut all = FoundObjects {
            submission_sets: self.tx.submission_sets_of(&self.view, &query.submission_set_statuses, limit)?,
            entries: self.tx.entries_of(&self.view, &query.entry_statuses, &query.entry_filter, limit)?,
            folders: self.tx.folders_of(&self.view, &query.folder_statuses, limit)?,
            associations: Vec::new(),
        };
        let ends: HashSet<_> = all.ids().collect();
        all.associations = self.tx.associations_of(&self.view, level, limit)?;
        all.associations.retain(|association| ends.contains(&association.source) || ends.contains(&association.target));
        Ok(all)
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.8.
    fn documents_and_associations(&mut self, ids: &ObjectIds<UniqueId>, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let entries = self.tx.entries_named(&self.view, ids, level, limit)?;
        let associations = self.tx.associations_touching(&self.view, &entries, level, limit)?;
        Ok(FoundObjects { entries, associations, ..FoundObjects::default() })
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.9: the sets and the memberships that lead to the objects asked about.
    fn submission_sets_of_members(&mut self, members: &[EntryUuid], level: MetadataLevel) -> Result<FoundObjects, Failure> {
        let memberships = self.tx.associations_to(&self.view, members, &[AssociationType::HasMember], level)?;
        let sources: Vec<_> = memberships.iter().map(|membership| membership.source).collect();
        let submission_sets = self.tx.submission_sets_named(&self.view, &ObjectIds::EntryUuids(sources))?;
        let sets: HashSet<_> = submission_sets.iter().collect();
        let associations = memberships.into_iter().filter(|membership| sets.contains(&membership.source)).collect();
        Ok(FoundObjects { submission_sets, associations, ..FoundObjects::default() })
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.10: the set, its entries that meet the filter, its folders, and the memberships among them.
    fn submission_set_and_contents(&mut self, ids: &ObjectIds<Oid>, filter: &EntryFilter, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let submission_sets = self.tx.submission_sets_named(&self.view, ids)?;
        let memberships = self.tx.associations_from(&self.view, &submission_sets, &[AssociationType::HasMember], level)?;
        let members: Vec<_> = memberships.iter().map(|membership| membership.target).collect();
        let entries = self.tx.entries_among(&self.view, &members, filter, level, limit)?;
        let folders = self.tx.folders_named(&self.view, &ObjectIds::EntryUuids(members.clone()), level)?;
        let mut associations = self.tx.associations_from(&self.view, &folders, &[AssociationType::HasMember], level)?;
        let brought: HashSet<_> = members.into_iter().collect();
        associations.retain(|membership| brought.contains(&membership.entry_uuid));
        associations.extend(memberships);
        Ok(closed(FoundObjects { submission_sets, entries, folders, associations }))
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.11: the folder, its entries that meet the filter, and the memberships.
    fn folder_and_contents(&mut self, ids: &ObjectIds<Oid>, filter: &EntryFilter, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let folders = self.tx.folders_named(&self.view, ids, level)?;
        let associations = self.tx.associations_from(&self.view, &folders, &[AssociationType::HasMember], level)?;
        let members: Vec<_> = associations.iter().map(|membership| membership.target).collect();
        let entries = self.tx.entries_among(&self.view, &members, filter, level, limit)?;
        Ok(closed(FoundObjects { folders, entries, associations, ..FoundObjects::default() }))
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.12.
    fn folders_for_document(&mut self, ids: &ObjectIds<UniqueId>, extent: Extent) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let entries = self.tx.entries_named(&self.view, ids, level, limit)?;
        let memberships = self.tx.associations_to(&self.view, &entries, &[AssociationType::HasMember], level)?;
        let sources: Vec<_> = memberships.iter().map(|membership| membership.source).collect();
        let folders = self.tx.folders_named(&self.view, &ObjectIds::EntryUuids(sources), level)?;
        Ok(FoundObjects { folders, ..FoundObjects::default() })
    }

    /// ITI TF-2: 3.18.4.1.2.3.7.13: the entry and those related to it, or nothing if none is.
    fn related_documents(
        &mut self,
        ids: &ObjectIds<UniqueId>,
        types: &[AssociationType],
        filter: &EntryFilter,
        extent: Extent,
    ) -> Result<FoundObjects, Failure> {
        let Extent { level, limit } = extent;
        let originals = self.tx.entries_named(&self.view, ids, level, limit)?;
        let mut associations = self.tx.associations_touching(&self.view, &originals, level, limit)?;
        associations.retain(|association| types.contains(&association.association_type));
        let ends: Vec<_> = associations.iter().flat_map(|association| [association.source, association.target]).collect();
        let entries = self.tx.entries_among(&self.view, &ends, filter, level, limit)?;
        let mut related = closed(FoundObjects { entries, associations, ..FoundObjects::default() });
        // Several entries may describe the document; only some of them may be related to what the filter lets through.
        let ends: HashSet<_> = related.associations.iter().flat_map(|association| [association.source, association.target]).collect();
        related.entries.retain(|entry| ends.contains(entry));
        Ok(related)
    }
}

/// That the answer would be longer than this registry gives.
pub(super) fn too_many_results(most: usize) -> Failure {
    let context = format!("the answer holds more than the {most} objects this registry gives at once; ask for less, for example by date");
    Failure::refused(RegistryError::new(ErrorCode::TooManyResults, "", context))
}

/// A limit that shows whether there is more than `most`.
pub(super) fn one_more(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// Keeps the associations whose both ends are in the answer, so that it refers to nothing that it does not hold.
fn closed(mut objects: FoundObjects) -> FoundObjects {
    let mut ends: HashSet<_> = objects.ids().collect();
    // A dropped association may be the end of another one: memberships of memberships are one level deep.
    for _ in 0..2 {
        objects.associations.retain(|association| ends.contains(&association.source) && ends.contains(&association.target));
        ends = objects.ids().collect();
    }
    objects
}
