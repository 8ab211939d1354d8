//! What happens to the server itself, for the trail.

use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::system_event::{SystemEvent, SystemEventKind};

use super::door::keep;
use super::{Call, Door, Failure};

/// Starts that are looked through for that of one machine.
const MOST_STARTS: i64 = 200;

impl Door {
    /// Leaves a record of what happened to the server itself.
    pub fn tell(&self, call: &Call, event: SystemEvent) -> Result<(), Failure> {
        let mut audit = call.audit_event(Transaction::System);
        // An alert that something was put right on purpose succeeds (DICOM PS3.15, A.5.3.11); a clock is not told why it jumped.
        if event.kind == SystemEventKind::ClockChanged {
            audit.outcome = AuditOutcome::MinorFailure;
        }
        audit.system_event = Some(event);
        self.store().write(|tx| keep(tx, call, &mut audit))
    }

    /// What the newest start said of which `is_wanted` holds, as far back as a few hundred records about the server itself.
    pub fn last_start(&self, is_wanted: impl Fn(&SystemEvent) -> bool) -> Result<Option<SystemEvent>, Failure> {
        let newest = self.store().read::<_, Failure>(|tx| Ok(tx.newest_system_events(MOST_STARTS)?))?;
        Ok(newest.into_iter().find(|event| event.kind == SystemEventKind::Start && is_wanted(event)))
    }
}
