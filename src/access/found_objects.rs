//! What a query finds, and the objects themselves, some at a time.

use crate::model::association::Association;
use crate::model::ids::EntryUuid;
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::ObjectIds;

use super::{Failure, ReadableRecord};

/// How many objects are in memory at one time.
const BATCH: usize = 100;

/// Which objects an answer holds, each kind in its order. So few bytes an object that there may be many.
#[derive(Debug, Default)]
pub struct FoundObjects {
    pub(super) submission_sets: Vec<EntryUuid>,
    pub(super) entries: Vec<EntryUuid>,
    pub(super) folders: Vec<EntryUuid>,
    /// Whole, because what they link decides on what is found.
    pub(super) associations: Vec<Association>,
}

impl FoundObjects {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.submission_sets.len() + self.entries.len() + self.folders.len() + self.associations.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All ids, in the order in which the objects are given.
    pub fn ids(&self) -> impl Iterator<Item = EntryUuid> {
        let associations = self.associations.iter().map(|association| association.entry_uuid);
        self.submission_sets.iter().chain(&self.entries).chain(&self.folders).copied().chain(associations)
    }
}

impl ReadableRecord<'_> {
    /// Reads what [`find`](Self::find) found, from the same snapshot, and hands it over a few objects at a time, so that
    /// an answer of any length takes little memory.
    pub fn give(&mut self, found: FoundObjects, mut take: impl FnMut(RegistryObjects) -> Result<(), Failure>) -> Result<(), Failure> {
        for ids in found.submission_sets.chunks(BATCH) {
            let submission_sets = self.tx.submission_sets(&ObjectIds::EntryUuids(ids.to_vec()))?;
            take(RegistryObjects { submission_sets, ..RegistryObjects::default() })?;
        }
        for ids in found.entries.chunks(BATCH) {
            take(RegistryObjects { entries: self.tx.entries(&ObjectIds::EntryUuids(ids.to_vec()))?, ..RegistryObjects::default() })?;
        }
        for ids in found.folders.chunks(BATCH) {
            let folders = self.tx.folders_in_view(&self.view, &ObjectIds::EntryUuids(ids.to_vec()))?;
            take(RegistryObjects { folders, ..RegistryObjects::default() })?;
        }
        take(RegistryObjects { associations: found.associations, ..RegistryObjects::default() })
    }
}
