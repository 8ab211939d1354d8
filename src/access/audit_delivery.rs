//! The audit trail on its way to audit record repositories (ITI TF-2: 3.20).
//!
//! Nobody's record is opened by it: the trail goes whole to where the operator keeps it, so it is no access and leaves no record.

use crate::model::audit_event::AuditEvent;
use crate::model::timestamp::Instant;
use crate::store::{AuditDelivery, StoreError, TrailEnd};

use super::{Door, Failure};

/// What a repository lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryLag {
    /// Records at most: numbers that a failed transaction left unused count too. 0 if and only if it has all.
    pub records: u64,
    /// When the first of them was written.
    pub since: Option<Instant>,
}

impl Door {
    /// The end of the trail.
    pub fn trail_end(&self) -> Result<TrailEnd, Failure> {
        Ok(self.store().read(|tx| tx.trail_end())?)
    }

    /// What the repository lacks.
    pub fn delivery_lag(&self, repository: &str) -> Result<DeliveryLag, Failure> {
        self.store().read(|tx| {
            let after = tx.audit_delivery(repository)?.map_or(0, |delivery| delivery.sequence);
            let since = tx.audit_event_time_after(after)?;
            let missing = if since.is_some() { tx.trail_end()?.newest - after } else { 0 };
            Ok(DeliveryLag { records: u64::try_from(missing).unwrap_or(0), since })
        })
    }

    /// Lets `holder` alone deliver to the repository until `until`, if there is anything up to `settled` that it lacks, and nobody
    /// else delivers.
    pub fn take_audit_delivery(
        &self,
        repository: &str,
        holder: &str,
        settled: i64,
        (now, until): (Instant, Instant),
    ) -> Result<Option<AuditDelivery>, Failure> {
        // Most of the time there is nothing; asking that keeps no writer waiting.
        let known = self.store().read::<_, StoreError>(|tx| tx.audit_delivery(repository))?;
        if settled <= known.map_or(0, |known| known.sequence) || known.is_some_and(|known| now < known.due_at) {
            return Ok(None);
        }
        match self.store().write(|tx| tx.take_audit_delivery(repository, holder, now, until)) {
            Err(StoreError::Duplicate { .. } | StoreError::Conflict) => Ok(None),
            taken => Ok(taken?),
        }
    }

    /// Records to be delivered: after one up to another, oldest first, at most `limit`.
    pub fn trail_between(&self, after: i64, until: i64, limit: i64) -> Result<Vec<(i64, AuditEvent)>, Failure> {
        Ok(self.store().read(|tx| tx.audit_events_between(after, until, limit))?)
    }

    /// The repository has all up to this record; `holder` keeps it until `due_at`. Says whether it still had it.
    pub fn note_audit_delivered(&self, repository: &str, holder: &str, sequence: i64, due_at: Instant) -> Result<bool, Failure> {
        Ok(self.store().write::<_, StoreError>(|tx| tx.note_audit_delivered(repository, holder, sequence, due_at))?)
    }

    /// A delivery failed once more; nobody tries again before `due_at`.
    pub fn put_off_audit_delivery(&self, repository: &str, holder: &str, due_at: Instant) -> Result<(), Failure> {
        Ok(self.store().write::<_, StoreError>(|tx| tx.put_off_audit_delivery(repository, holder, due_at))?)
    }
}
