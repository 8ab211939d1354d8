//! What the identity feed means to records: who died, and whose two records are one (access rules, 2; `docs/adr/0016`).
//!
//! A change of a link between a local patient and an XAD-PID (ITI-64) moves documents alone. What was granted, declared and
//! decided belongs to the person, so each record keeps it, and a document comes under the rules of the record to which it moves.

use crate::model::care_record::{CareRecord, Noted};
use crate::model::civil_day;
use crate::model::dsp::DspStatus;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::{DemographicElement, PartialDate, PatientDemographics};
use crate::model::timestamp::Instant;
use crate::store::StoredRecord;

use super::{Failure, Writing};

/// What a source says of a patient's death.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Death {
    /// They died, on this day as far as it is known.
    Died(Option<PartialDate>),
    /// They did not.
    Alive,
}

impl Death {
    /// What PID-29 and PID-30, or their like, say; nothing where they say nothing.
    pub(super) fn said_by(patient: &PatientDemographics, removed: &[DemographicElement]) -> Option<Self> {
        match patient.deceased {
            Some(true) => Some(Self::Died(patient.death_date.clone())),
            Some(false) => Some(Self::Alive),
            None if removed.contains(&DemographicElement::Deceased) => Some(Self::Alive),
            None => patient.death_date.clone().map(|day| Self::Died(Some(day))),
        }
    }

    /// The first instant of the day; where that is not known, what was known before, or else now.
    fn at(&self, known: Option<Instant>, now: Instant) -> Option<Instant> {
        let Self::Died(day) = self else { return None };
        let first = day.as_ref().filter(|day| day.as_str().len() == 8).and_then(|day| civil_day::point_in_time(day.as_str()));
        Some(first.or(known).unwrap_or(now).min(now))
    }
}

impl Writing<'_> {
    /// Notes in the patient's record, if there is one, what a source said of their death.
    pub(super) fn note_death(&mut self, patient_id: &PatientId, death: &Death) -> Result<(), Failure> {
        let Some(mut stored) = self.tx.care_record(patient_id)? else { return Ok(()) };
        let at = death.at(stored.record.deceased_at, self.call.now);
        if stored.record.status != DspStatus::Purged && stored.record.note_death(at) {
            self.tx.update_care_record(&stored.record, stored.version, self.call.now)?;
        }
        Ok(())
    }

    /// Makes one of the records of two patients who are one; both rows of patients are locked.
    pub(super) fn merge_care_records(&mut self, surviving: &PatientId, subsumed: &PatientId) -> Result<(), Failure> {
        let Some(StoredRecord { record: other, .. }) = self.tx.care_record(subsumed)? else { return Ok(()) };
        if other.status == DspStatus::Purged {
            return Ok(self.tx.remove_care_record(subsumed)?);
        }
        let now = self.call.now;
        let known = self.tx.care_record(surviving)?;
        let (merged, setting_goes_on) = match &known {
            Some(kept) if kept.record.status != DspStatus::Purged => {
                let by = Noted { at: now, by: self.call.caller.clone().unwrap_or_else(|| "merge".to_owned()) };
                let mut record = kept.record.clone();
                record.absorb(other.clone(), &by);
                (record, false)
            }
            _ => (CareRecord { holder: surviving.clone(), ..other.clone() }, true),
        };
        self.tx.move_replaced_items(&other, &merged, setting_goes_on, now)?;
        self.tx.remove_care_record(subsumed)?;
        match known {
            Some(known) => self.tx.update_care_record(&merged, known.version, now)?,
            None => self.tx.insert_care_record(&merged)?,
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "record_identities_tests.rs"]
mod tests;
