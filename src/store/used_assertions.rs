//! Assertions that were used, so that none that may be used once is used twice.

use diesel::prelude::*;

use super::schema::used_assertions;
use super::{StoreError, Write};
use crate::model::timestamp::Instant;

impl Write {
    /// Remembers that an assertion was used, until it expires; [`StoreError::Duplicate`] if it was used before. What has
    /// expired by `now` is forgotten.
    pub fn use_assertion(&mut self, issuer: &str, assertion_id: &str, expires_at: Instant, now: Instant) -> Result<(), StoreError> {
        // With both ends of the range the planner knows that it is small, and takes the index.
        let expired = used_assertions::expires_at.between(0, now.0);
        diesel::delete(used_assertions::table.filter(expired)).execute(self.connection())?;
        let row = (
            used_assertions::issuer.eq(issuer),
            used_assertions::assertion_id.eq(assertion_id),
            used_assertions::expires_at.eq(expires_at.0),
        );
        // The key decides between two who come at the same time: the second waits for the first and is then refused.
        diesel::insert_into(used_assertions::table).values(row).execute(self.connection())?;
        Ok(())
    }
}
