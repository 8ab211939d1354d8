//! What has to be asked of the store before it is known who calls. Each call is audited afterwards, with what came of it.

use crate::model::directory::Professional;
use crate::model::timestamp::Instant;
use crate::store::{DirectoryKind, StoreError};

use super::{Door, Failure};

impl Door {
    /// Uses up an assertion; false if it was used before. When this returns, the use is as durable as any other change.
    pub fn use_assertion(&self, issuer: &str, assertion_id: &str, expires_at: Instant, now: Instant) -> Result<bool, Failure> {
        match self.store.write(|tx| tx.use_assertion(issuer, assertion_id, expires_at, now)) {
            Ok(()) => Ok(true),
            Err(StoreError::Duplicate { .. }) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    /// What the directory says now of the professional with this key.
    pub fn professional(&self, id: &str) -> Result<Option<Professional>, Failure> {
        let entry = self.store.read(|tx| tx.directory_entry(DirectoryKind::Professionals, id))?;
        let unreadable = |_| StoreError::Corrupt { table: "professionals", reason: "it is not a professional".to_owned() };
        Ok(entry.map(|entry| serde_json::from_str(&entry.content).map_err(unreadable)).transpose()?)
    }
}
