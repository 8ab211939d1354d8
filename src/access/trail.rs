//! The audit trail's own integrity: it is sealed while the server runs, and whoever keeps it can have it verified.

use crate::model::audit_event::Transaction;
use crate::model::timestamp::Instant;
use crate::model::trail::{Seal, Verification};
use crate::store::StoreError;

use super::{Call, Door, Failure};

impl Door {
    /// Seals what was written since the last seal; gives the seal and the hash that names it, or nothing where nothing was
    /// written or another server was quicker.
    pub fn seal_trail(&self, now: Instant) -> Result<Option<(Seal, String)>, Failure> {
        match self.store().write(|tx| tx.seal_trail(now)) {
            Err(StoreError::Duplicate { .. } | StoreError::Conflict) => Ok(None),
            sealed => Ok(sealed?),
        }
    }

    /// Walks over the whole trail; lists at most so many findings. That somebody did is itself in the trail.
    pub fn verify_trail(&self, call: &Call, most: usize) -> Result<Verification, Failure> {
        let verified = self.store().verify_trail(most).map_err(Failure::from);
        self.conclude(call, Transaction::Iti81, verified)
    }
}
