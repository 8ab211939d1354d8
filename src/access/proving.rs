//! What has to be asked of the store before it is known who calls. Each call is audited afterwards, with what came of it.

use crate::model::dsp::Caller;
use crate::model::timestamp::Instant;
use crate::store::StoreError;

use super::caller::caller;
use super::{Call, Door, Failure};

impl Door {
    /// Uses up an assertion; false if it was used before. When this returns, the use is as durable as any other change.
    pub fn use_assertion(&self, issuer: &str, assertion_id: &str, expires_at: Instant, now: Instant) -> Result<bool, Failure> {
        match self.store.write(|tx| tx.use_assertion(issuer, assertion_id, expires_at, now)) {
            Ok(()) => Ok(true),
            Err(StoreError::Duplicate { .. }) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Who calls, as the directories say now; nobody where neither a person nor the system of an establishment is proven.
    pub fn caller(&self, call: &Call) -> Result<Option<Caller>, Failure> {
        self.store.read(|tx| caller(tx, call))
    }
}
