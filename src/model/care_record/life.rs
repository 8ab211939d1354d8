//! What happens to a record as a whole: the death of its holder, the merge with another record, activation, purge.

use super::{CareRecord, GrantKind, Noted};
use crate::model::dsp::{DspStatus, PersonalMandate};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

impl CareRecord {
    /// Notes when the holder died, or that they did not. Mandates of consultations and episodes that the death ended stay
    /// ended even if it was none (access rules, 3). Gives whether that changed anything.
    pub fn note_death(&mut self, death: Option<Instant>) -> bool {
        if let (Some(known), None) = (self.deceased_at, death) {
            self.end_care_mandates(known);
        }
        let changed = self.deceased_at != death;
        self.deceased_at = death;
        changed
    }

    /// Takes in the record of the same person under another identifier, which is not used any more. What denies is kept: who
    /// was shut out stays so, refusals go on in their episodes, and of two settings the one that shows less counts. What
    /// allowed something there ends; it stays to be seen. Status and whatever else was granted are those of this record.
    pub fn absorb(&mut self, mut other: Self, by: &Noted) {
        other.end_care_mandates(by.at);
        let state = self.state();
        for mut grant in other.grants {
            // The declared referring physician cannot be shut out (access rules, 7).
            let shuts_out = match &grant.kind {
                GrantKind::Blacklist(id) => !state.mandated(PersonalMandate::ReferringPhysician, id, by.at),
                _ => false,
            };
            let goes_on = grant.period.end.is_none_or(|end| by.at < end);
            if goes_on && !shuts_out {
                grant.period.end = Some(by.at);
                grant.ended = Some(by.clone());
                grant.version = grant.version.saturating_add(1);
            }
            self.grants.push(grant);
        }
        self.episodes.extend(other.episodes);
        let least = self.emergency_access.least(other.emergency_access);
        if least != self.emergency_access {
            self.choose_emergency_access(least, by.clone());
        }
        self.deceased_at = [self.deceased_at, other.deceased_at].into_iter().flatten().min();
    }

    /// Ends what gives access because care is given: consultations and episodes.
    fn end_care_mandates(&mut self, at: Instant) {
        let consultations = self.grants.iter_mut().filter(|grant| matches!(grant.kind, GrantKind::Consultation { .. }));
        for grant in consultations.filter(|grant| grant.period.end.is_none_or(|end| at < end)) {
            grant.period.end = Some(at);
            grant.version = grant.version.saturating_add(1);
        }
        for episode in self.episodes.iter_mut().filter(|episode| episode.access_end().is_none_or(|end| at < end)) {
            episode.cut_to = Some(at);
            episode.version = episode.version.saturating_add(1);
        }
    }

    /// Writes down that the thirty days are over; gives whether they are.
    pub fn activate_if_due(&mut self, now: Instant) -> bool {
        let due = matches!(self.status, DspStatus::Inactive { activates_at } if activates_at <= now) && self.deceased_at.is_none();
        if due {
            self.status = DspStatus::Active;
        }
        due
    }

    /// What is left of a purged record: that there was one.
    pub fn purged(holder: PatientId, by: Noted) -> Self {
        Self::new(holder, DspStatus::Purged, by)
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
