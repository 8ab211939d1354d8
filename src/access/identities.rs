//! Patient identities: the feed's door to the store.

use crate::model::dsp::{Denial, Quality};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::patient_feed::{DemographicElement, PatientDemographics};
use crate::store::{KnownPatient, PatientState, StoreError};

use super::door::note_reason;
use super::record_identities::Death;
use super::{Admitted, Change, Failure, Reason, Writing};

/// Why a patient's identity could not be changed as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefusal {
    /// The patient was never announced.
    #[error("the patient is not known here; announce the patient first (A01, A04, A05 or A28; PRPA_IN201301UV02)")]
    Unknown,
    /// The patient was merged into another one, which does not come undone.
    #[error("the patient has been merged into another one, which does not come undone; use the surviving identifier")]
    Merged,
    /// A patient cannot be merged into themselves.
    #[error("the surviving and the subsumed patient are the same")]
    SamePatient,
    /// Who calls keeps no directory.
    #[error("patients are announced and merged by the systems of establishments and by the operator, not in this quality")]
    NotEntitled,
    /// A link change that changes no link and merges no local id.
    #[error("the link and the local patient id are those of before, so that there is nothing to change")]
    SameLink,
    /// What patients decided here is not written over by a file.
    #[error("the patient has a record that says something else; what a patient decided here is never written over by a file")]
    RecordExists,
}

impl Writing<'_> {
    pub(super) fn note(&mut self, patient_id: &PatientId) {
        self.audit.patient_ids.push(patient_id.to_string());
    }

    /// That the caller may say who patients are: the systems of establishments and the operator (access rules, 9), and
    /// identito-vigilance, which merges (6), none of them while the rules refuse them everything (5.1).
    pub(super) fn check_feed(&mut self) -> Result<(), Failure> {
        if self.policy.rules().is_none() || self.may_feed()? {
            return Ok(());
        }
        note_reason(self.audit, Reason::Denial(Denial::NotEntitled));
        Err(IdentityRefusal::NotEntitled.into())
    }

    fn may_feed(&mut self) -> Result<bool, Failure> {
        let now = self.call.now;
        let named = self.call.person.is_some();
        let admitted = self.call.admitted.as_ref();
        // Behind a feed there is a system; where systems have to prove themselves, whoever shows nothing is none.
        if !named && admitted.is_none_or(Admitted::is_person) {
            return Ok(false);
        }
        // The operator's own program, and systems of which no attestation is asked.
        if !named && admitted.is_some_and(|admitted| admitted.system().is_none()) {
            return Ok(true);
        }
        let caller = self.standings.caller(self.tx, self.call)?.filter(|caller| caller.check(now).is_ok());
        Ok(caller.is_some_and(|caller| match caller.quality {
            Quality::Establishment => true,
            Quality::HealthFund => !named,
            Quality::Operator | Quality::RecordAdministrator { .. } => named,
            Quality::Patient { .. } | Quality::Professional { .. } => false,
        }))
    }

    /// Makes a patient known, or brings a known one up to date; `removed` elements are forgotten. An update of a patient
    /// who was never announced announces them: the source has just said who they are, and a registry that knows only
    /// those of A01 would refuse their documents. A subsumed identifier is refused: it is no longer referenced in any
    /// service (ITI TF-2: 3.8.4.1.4, 3.8.4.2.4).
    pub fn put_patient(
        &mut self,
        patient_id: &PatientId,
        demographics: PatientDemographics,
        removed: &[DemographicElement],
    ) -> Result<Change, Failure> {
        self.note(patient_id);
        self.check_feed()?;
        let aliases = demographics.identifiers.clone();
        let death = Death::said_by(&demographics, removed);
        let change = match self.known_or_added(patient_id, &demographics)? {
            Some(known) if known.state != PatientState::Active => return Err(IdentityRefusal::Merged.into()),
            Some(known) => self.update(patient_id, known.demographics, demographics, removed)?,
            None => Change::Created,
        };
        self.put_aliases(patient_id, &aliases)?;
        if let Some(death) = death {
            self.note_death(patient_id, &death)?;
        }
        Ok(change)
    }

    /// The patient as it was known, its row locked; nothing if this is the first that is heard of it, and then it is added.
    fn known_or_added(&mut self, patient_id: &PatientId, demographics: &PatientDemographics) -> Result<Option<KnownPatient>, StoreError> {
        let known = self.tx.patient_for_change(patient_id)?;
        if known.is_some() || self.tx.insert_patient(patient_id, demographics, self.call.now)? {
            return Ok(known);
        }
        // Another message that came at the same moment has added the patient: this one brings them up to date.
        self.tx.patient_for_change(patient_id)
    }

    fn update(
        &mut self,
        patient_id: &PatientId,
        known: PatientDemographics,
        newer: PatientDemographics,
        removed: &[DemographicElement],
    ) -> Result<Change, StoreError> {
        let revised = known.clone().revised(newer, removed);
        if revised == known {
            return Ok(Change::Unchanged);
        }
        self.tx.update_patient(patient_id, &revised, self.call.now)?;
        Ok(Change::Updated)
    }

    /// Files everything of one patient under another, for good, unless one of the conditions of ITI TF-2: 3.8.4.2.4 holds:
    /// the two are the same, or one of them is not known or was subsumed before. The very same merge once more, sent
    /// because its acknowledgement was lost, changes nothing and is no error.
    pub fn merge_patients(&mut self, surviving: &PatientId, subsumed: &PatientId) -> Result<(), Failure> {
        self.note(surviving);
        self.note(subsumed);
        self.check_feed()?;
        if surviving == subsumed {
            return Err(IdentityRefusal::SamePatient.into());
        }
        let (survivor, subsumed_one) = self.both_for_change(surviving, subsumed)?;
        match (&survivor.state, &subsumed_one.state) {
            (_, PatientState::MergedInto(into)) if into == surviving => Ok(()),
            (PatientState::Active, PatientState::Active) => {
                self.tx.merge_patients(subsumed, surviving, self.call.now)?;
                self.merge_care_records(surviving, subsumed)
            }
            _ => Err(IdentityRefusal::Merged.into()),
        }
    }

    /// Two known patients, both rows locked in one order, whoever comes first, so that two calls cannot wait for each other.
    pub(super) fn both_for_change(&mut self, one: &PatientId, other: &PatientId) -> Result<(KnownPatient, KnownPatient), Failure> {
        let (first, second) = if one < other { (one, other) } else { (other, one) };
        let (a, b) = (self.tx.patient_for_change(first)?, self.tx.patient_for_change(second)?);
        let (one, other) = if one < other { (a, b) } else { (b, a) };
        one.zip(other).ok_or_else(|| IdentityRefusal::Unknown.into())
    }

    /// Identifiers of other authorities are kept as further names of the patient.
    fn put_aliases(&mut self, patient_id: &PatientId, identifiers: &[Cx]) -> Result<(), StoreError> {
        let mut aliases: Vec<_> = identifiers.iter().filter(|identifier| *identifier != patient_id).collect();
        // In one order, whatever that of the message, so that two messages cannot wait for each other.
        aliases.sort();
        aliases.into_iter().try_for_each(|alias| self.tx.put_patient_alias(alias, patient_id))
    }
}

#[cfg(test)]
#[path = "identities_tests.rs"]
mod tests;
