//! Directories of professionals and establishments: the import's door to the store.

use crate::model::connected_system::ConnectedSystem;
use crate::store::{DirectoryEntry, DirectoryKind, StoreError};

use super::{Failure, Writing};

/// What putting something that may be there already did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It was there and said something else.
    Updated,
    /// It was there and said the same.
    Unchanged,
}

/// Why a connected system could not be put into the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SystemRefusal {
    /// A certificate names one system only.
    #[error("one of its certificates is that of another connected system; take it from that one first")]
    CertificateInUse,
}

impl Writing<'_> {
    /// Adds the establishment `id`, or replaces what is known of it; `content` is the whole entry as JSON.
    pub fn put_establishment(&mut self, id: &str, content: String) -> Result<Change, Failure> {
        self.put_directory_entry(DirectoryKind::Establishments, id, content)
    }

    /// Adds the professional `id`, or replaces what is known of them; `content` is the whole entry as JSON.
    pub fn put_professional(&mut self, id: &str, content: String) -> Result<Change, Failure> {
        self.put_directory_entry(DirectoryKind::Professionals, id, content)
    }

    /// Adds a connected system, or replaces what is known of it and its certificates.
    pub fn put_connected_system(&mut self, system: &ConnectedSystem) -> Result<Change, Failure> {
        let known = self.tx.connected_system(&system.id)?;
        if known.as_ref() == Some(system) {
            return Ok(Change::Unchanged);
        }
        self.audit.object_ids.push(system.id.clone());
        self.tx.put_connected_system(system).map_err(|error| match error {
            StoreError::Duplicate { .. } => SystemRefusal::CertificateInUse.into(),
            other => Failure::from(other),
        })?;
        Ok(if known.is_none() { Change::Created } else { Change::Updated })
    }

    fn put_directory_entry(&mut self, kind: DirectoryKind, id: &str, content: String) -> Result<Change, Failure> {
        let entry = DirectoryEntry { id: id.to_owned(), content };
        if self.tx.directory_entry(kind, id)?.is_some_and(|known| known == entry) {
            return Ok(Change::Unchanged);
        }
        self.audit.object_ids.push(id.to_owned());
        let new = self.tx.put_directory_entry(kind, &entry)?;
        Ok(if new { Change::Created } else { Change::Updated })
    }
}
