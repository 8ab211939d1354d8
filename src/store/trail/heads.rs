//! The ends of the chains that this process writes.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::AuditKeys;
use crate::store::StoreError;

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Head {
    /// Whose chain.
    pub(in crate::store) writer: Uuid,
    /// The number of its last link; 0 where it has none yet.
    pub(in crate::store) number: i64,
    /// What closes it; empty where it has none yet.
    pub(in crate::store) digest: Vec<u8>,
}

impl Head {
    /// A chain without a link.
    pub(in crate::store) fn new() -> Self {
        Self { writer: Uuid::new_v4(), number: 0, digest: Vec::new() }
    }

    /// This chain with one link more, which has this hash.
    pub(in crate::store) fn closed_over(&self, record_hash: &[u8], keys: &AuditKeys) -> Result<Self, StoreError> {
        let text = [&self.digest, record_hash].concat();
        let digest = keys.current().close(&text).map_err(|_| StoreError::Failed("OpenSSL refuses to close a link of the audit trail"))?;
        Ok(Self { writer: self.writer, number: self.number + 1, digest })
    }
}

/// The chains of this process that no transaction holds now. There are as many as transactions wrote at one time.
pub(in crate::store) struct Heads {
    pub(in crate::store) keys: AuditKeys,
    free: Mutex<Vec<Head>>,
}

impl Heads {
    pub(in crate::store) fn new(keys: AuditKeys) -> Arc<Self> {
        Arc::new(Self { keys, free: Mutex::default() })
    }

    /// A chain for one transaction, which gives it back: as it is when it has committed, as it was when it has not. Where
    /// nobody knows, it stays where it was, and the next transaction begins another.
    pub(in crate::store) fn take(&self) -> Head {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Head::new)
    }

    pub(in crate::store) fn give_back(&self, head: Head) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    }
}
