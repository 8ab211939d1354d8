//! Patient identities: the feed's door to the store.

use crate::model::hl7_types::{Cx, PatientId};
use crate::model::patient_feed::{DemographicElement, PatientDemographics};
use crate::store::{PatientState, StoreError};

use super::{Failure, Writing};

/// Why an identity message could not be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefusal {
    /// The patient was never announced.
    #[error("the patient is not known")]
    Unknown,
    /// The patient was merged into another one, which does not come undone.
    #[error("the patient has been merged into another one")]
    Merged,
    /// A patient cannot be merged into themselves.
    #[error("the surviving and the subsumed patient are the same")]
    SamePatient,
}

impl Writing<'_> {
    fn note(&mut self, patient_id: &PatientId) {
        self.audit.patient_ids.push(patient_id.to_string());
    }

    /// Makes a patient known, or brings a known one up to date (ITI TF-2: 3.8.4.1.4).
    pub fn announce_patient(
        &mut self,
        patient_id: &PatientId,
        demographics: PatientDemographics,
    ) -> Result<Result<(), IdentityRefusal>, Failure> {
        self.note(patient_id);
        match self.tx.patient_for_change(patient_id)? {
            Some(known) if known.state != PatientState::Active => return Ok(Err(IdentityRefusal::Merged)),
            Some(known) => {
                let revised = known.demographics.revised(demographics.clone(), &[]);
                self.tx.update_patient(patient_id, &revised, self.call.now)?;
            }
            None => self.tx.insert_patient(patient_id, &demographics, self.call.now)?,
        }
        self.put_aliases(patient_id, &demographics.identifiers)?;
        Ok(Ok(()))
    }

    /// Changes what is known of a patient; `removed` elements are forgotten (ITI TF-2: 3.8.4.1.4).
    pub fn revise_patient(
        &mut self,
        patient_id: &PatientId,
        demographics: PatientDemographics,
        removed: &[DemographicElement],
    ) -> Result<Result<(), IdentityRefusal>, Failure> {
        self.note(patient_id);
        let known = match self.tx.patient_for_change(patient_id)? {
            None => return Ok(Err(IdentityRefusal::Unknown)),
            Some(known) if known.state != PatientState::Active => return Ok(Err(IdentityRefusal::Merged)),
            Some(known) => known,
        };
        let aliases = demographics.identifiers.clone();
        let revised = known.demographics.revised(demographics, removed);
        self.tx.update_patient(patient_id, &revised, self.call.now)?;
        self.put_aliases(patient_id, &aliases)?;
        Ok(Ok(()))
    }

    /// Files everything of one patient under another, for good (ITI TF-2: 3.8.4.2.4). Repeating a merge changes nothing.
    pub fn merge_patients(&mut self, surviving: &PatientId, subsumed: &PatientId) -> Result<Result<(), IdentityRefusal>, Failure> {
        self.note(surviving);
        self.note(subsumed);
        if surviving == subsumed {
            return Ok(Err(IdentityRefusal::SamePatient));
        }
        // Both rows are locked in one order, whoever merges whom, so that two merges cannot wait for each other.
        let (first, second) = if surviving < subsumed { (surviving, subsumed) } else { (subsumed, surviving) };
        let (a, b) = (self.tx.patient_for_change(first)?, self.tx.patient_for_change(second)?);
        let (survivor, subsumed_one) = if surviving < subsumed { (a, b) } else { (b, a) };
        let (Some(survivor), Some(subsumed_one)) = (survivor, subsumed_one) else { return Ok(Err(IdentityRefusal::Unknown)) };
        match (&survivor.state, &subsumed_one.state) {
            (_, PatientState::MergedInto(into)) if into == surviving => Ok(Ok(())),
            (PatientState::Active, PatientState::Active) => {
                self.tx.merge_patients(subsumed, surviving, self.call.now)?;
                Ok(Ok(()))
            }
            _ => Ok(Err(IdentityRefusal::Merged)),
        }
    }

    /// Identifiers of other authorities are kept as further names of the patient.
    fn put_aliases(&mut self, patient_id: &PatientId, identifiers: &[Cx]) -> Result<(), StoreError> {
        for alias in identifiers.iter().filter(|identifier| *identifier != patient_id) {
            self.tx.put_patient_alias(alias, patient_id)?;
        }
        Ok(())
    }
}
