//! The audit trail's own integrity: it is sealed while the server runs, and whoever keeps it can have it verified.

use crate::model::activity::ActivityFilter;
use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::{Actor, ActorQuality};
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::dsp::Ground;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;
use crate::model::trail::{Seal, Verification};
use crate::store::StoreError;

use super::door::{keep, note_reason};
use super::{Call, Door, Failure, Reason};

/// Records that one statement reads.
const PAGE: i64 = 500;

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

    /// Hands over what the trail keeps, for whoever runs the program on the store: of one patient the newest first, otherwise
    /// all of it, the oldest first. Of the filter the dates count. That somebody asked is in the trail before anything is shown.
    /// It ends early when `take` has enough.
    pub fn whole_trail(
        &self,
        call: &Call,
        patient_id: Option<&PatientId>,
        filter: &ActivityFilter,
        take: &mut dyn FnMut(&AuditEvent) -> bool,
    ) -> Result<(), Failure> {
        let mut audit = call.audit_event(Transaction::Iti81);
        audit.action = Some(AuditAction::ReadHistory);
        audit.actor = Some(Actor::of(ActorQuality::Operator));
        audit.patient_ids.extend(patient_id.map(PatientId::to_string));
        note_reason(&mut audit, Reason::Ground(Ground::Operator));
        self.store().write(|tx| keep(tx, call, &mut audit))?;
        // Without the record of this very reading.
        let until = filter.until.map_or(call.now, |until| until.min(call.now));
        let filter = ActivityFilter { from: filter.from, until: Some(until), ..ActivityFilter::default() };
        match patient_id {
            Some(patient_id) => self.trail_of(patient_id, &filter, take),
            None => self.trail_of_all(&filter, take),
        }
    }

    fn trail_of(&self, patient_id: &PatientId, filter: &ActivityFilter, take: &mut dyn FnMut(&AuditEvent) -> bool) -> Result<(), Failure> {
        let mut before = None;
        loop {
            let page = self.store().read::<_, Failure>(|tx| Ok(tx.audit_events_of_patient(patient_id, filter, None, before, PAGE)?))?;
            before = page.last().map(|stored| stored.position);
            if before.is_none() || !page.iter().all(|stored| take(&stored.event)) {
                return Ok(());
            }
        }
    }

    fn trail_of_all(&self, filter: &ActivityFilter, take: &mut dyn FnMut(&AuditEvent) -> bool) -> Result<(), Failure> {
        let wanted = |event: &AuditEvent| {
            filter.from.is_none_or(|from| event.occurred_at >= from) && filter.until.is_none_or(|until| event.occurred_at < until)
        };
        let mut after = 0;
        loop {
            let page = self.store().read::<_, Failure>(|tx| Ok(tx.audit_events_after(after, PAGE)?))?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = *last;
            if !page.iter().filter(|(_, event)| wanted(event)).all(|(_, event)| take(event)) {
                return Ok(());
            }
        }
    }
}
