//! Whom the directories know, for those who choose a person for a token.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::model::directory::{Establishment, Professional};
use crate::store::{DirectoryKind, Store, StoreError};

/// The directories of the store.
pub(super) struct Directory(pub(super) Arc<Store>);

impl Directory {
    pub(super) fn professional(&self, id: &str) -> Result<Option<Professional>, StoreError> {
        self.entry(DirectoryKind::Professionals, id)
    }

    pub(super) fn establishment(&self, id: &str) -> Result<Option<Establishment>, StoreError> {
        self.entry(DirectoryKind::Establishments, id)
    }

    fn entry<T: DeserializeOwned>(&self, kind: DirectoryKind, id: &str) -> Result<Option<T>, StoreError> {
        let entry = self.0.read(|tx| tx.directory_entry(kind, id))?;
        let unreadable = |_| StoreError::Corrupt { table: "directories", reason: "an entry is not what it should be".to_owned() };
        entry.map(|entry| serde_json::from_str(&entry.content).map_err(unreadable)).transpose()
    }
}
