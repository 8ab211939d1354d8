//! What happens to records by themselves, done while the server runs or at once by the operator.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Backend;
use super::clock::Clock;
use crate::access::{Door, Failure};
use crate::model::timestamp::Instant;
use crate::transactions::Services;

pub use crate::access::{DueRecord, Outlived};

/// So many records, or technical records of the trail, at a time.
const BATCH: usize = 500;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Retained {
    /// Records that became active.
    pub activated: u64,
    /// Records that were destroyed.
    pub purged: u64,
    /// Records with which something went wrong; the log says what. They stay due.
    pub failed: u64,
    /// Technical records of the audit trail that were removed.
    pub technical: u64,
}

impl Backend {
    /// Does all that is due now.
    ///
    /// # Errors
    /// The database failed; what was done until then stays done.
    pub fn retain(&self) -> Result<Retained, Failure> {
        retain(&self.services.door, self.clock.instant(), || false)
    }

    /// What happens within this time, the first first, at most so many; and how many technical records are to go now.
    ///
    /// # Errors
    /// The database failed.
    pub fn due(&self, within: Duration, limit: usize) -> Result<(Vec<DueRecord>, u64), Failure> {
        let now = self.clock.instant();
        let until = Instant(now.0.saturating_add(i64::try_from(within.as_micros()).unwrap_or(i64::MAX)));
        let door = &self.services.door;
        Ok((door.records_due(until, limit)?, door.count_technical_events(now)?))
    }
}

/// Does all that is due at `now`, until `stopped`.
fn retain(door: &Door, now: Instant, stopped: impl Fn() -> bool) -> Result<Retained, Failure> {
    let mut done = Retained::default();
    loop {
        let due = door.records_due(now, BATCH)?;
        let before = done;
        for record in &due {
            if stopped() {
                return Ok(done);
            }
            match door.advance_record(&record.patient_id, now) {
                Ok(Some(Outlived::Activation)) => done.activated += 1,
                Ok(Some(Outlived::Retention)) => done.purged += 1,
                // Another server was quicker.
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, what = record.what.as_str(), "what was due of a record could not be done");
                    done.failed += 1;
                }
            }
        }
        // The next batch begins with what failed, so that only progress leads further.
        if due.len() < BATCH || (before.activated, before.purged) == (done.activated, done.purged) {
            break;
        }
    }
    while !stopped() {
        let removed = door.remove_technical_events(now, BATCH)?;
        done.technical += removed as u64;
        if removed == 0 {
            break;
        }
    }
    Ok(done)
}

/// Does what is due, again and again, until it is told to stop; at once when the clock is set.
pub(super) async fn keep_retaining(services: Arc<Services>, clock: Clock, interval: Duration, stop: CancellationToken) {
    let mut set = clock.settings();
    while !stop.is_cancelled() {
        let (services, clock, stopped) = (Arc::clone(&services), clock.clone(), stop.clone());
        let round = move || retain(&services.door, clock.instant(), || stopped.is_cancelled());
        match tokio::task::spawn_blocking(round).await {
            Ok(Ok(done)) if done == Retained::default() => {}
            Ok(Ok(Retained { activated, purged, failed, technical })) => {
                tracing::info!(activated, purged, failed, technical, "records went on in their life");
            }
            Ok(Err(error)) => tracing::warn!(%error, "what is due of records cannot be read"),
            // A panic inside was logged where it happened.
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(interval) => {}
            // The sender lives as long as the clock, which this function holds.
            _ = set.changed() => {}
        }
    }
}
