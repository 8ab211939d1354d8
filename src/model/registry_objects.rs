//! What a stored query finds.

use super::association::Association;
use super::document_entry::DocumentEntry;
use super::folder::Folder;
use super::ids::EntryUuid;
use super::submission_set::SubmissionSet;

/// Objects of an answer, each kind in a stated order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryObjects {
    /// Submission sets.
    pub submission_sets: Vec<SubmissionSet>,
    /// Document entries.
    pub entries: Vec<DocumentEntry>,
    /// Folders.
    pub folders: Vec<Folder>,
    /// Associations among them.
    pub associations: Vec<Association>,
}

impl RegistryObjects {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.submission_sets.len() + self.entries.len() + self.folders.len() + self.associations.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the objects of another answer.
    pub fn append(&mut self, mut other: Self) {
        self.submission_sets.append(&mut other.submission_sets);
        self.entries.append(&mut other.entries);
        self.folders.append(&mut other.folders);
        self.associations.append(&mut other.associations);
    }

    /// The ids alone, for an answer of object references.
    pub fn ids(&self) -> impl Iterator<Item = EntryUuid> {
        let sets = self.submission_sets.iter().map(|set| set.entry_uuid);
        let entries = self.entries.iter().map(|entry| entry.entry_uuid);
        let folders = self.folders.iter().map(|folder| folder.entry_uuid);
        sets.chain(entries).chain(folders).chain(self.associations.iter().map(|association| association.entry_uuid))
    }
}
