//! The directories for those who keep them: the operator's staff, and nobody else.

use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, Professional, Stamp, Workplace};
use crate::model::dsp::Quality;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::store::StoreError;

use super::caller::caller;
use super::{DirectoryRefusal, Failure, Writing};

/// What whoever writes an entry knows of the one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// That there is none.
    Nothing,
    /// Its version, if they say one; there may be none yet where they do not.
    Version(Option<u64>),
}

impl Expected {
    /// Whether an entry may be written over one of this version.
    fn allows(self, known: Option<Stamp>) -> Result<(), Failure> {
        match (self, known.map(|known| known.version)) {
            (Self::Nothing, Some(_)) => Err(DirectoryRefusal::Exists.into()),
            (Self::Version(None), Some(_)) => Err(DirectoryRefusal::VersionRequired.into()),
            (Self::Version(Some(expected)), known) if known != Some(expected) => Err(DirectoryRefusal::VersionChanged.into()),
            _ => Ok(()),
        }
    }

    /// The version after the change. Another change that came between question and answer shows in it, because rows are locked by
    /// the change itself.
    fn fits(self, after: Option<Stamp>) -> Result<Stamp, Failure> {
        let after = after.ok_or(DirectoryRefusal::VersionChanged)?;
        match self {
            Self::Version(Some(expected)) if after.version > expected + 1 => Err(DirectoryRefusal::VersionChanged.into()),
            Self::Nothing | Self::Version(None) if after.version > 1 => Err(DirectoryRefusal::VersionChanged.into()),
            _ => Ok(after),
        }
    }
}

impl Writing<'_> {
    /// Lets the operator's staff pass.
    ///
    /// # Errors
    /// [`DirectoryRefusal::NotOperator`] for everybody else.
    pub fn keep_directories(&mut self) -> Result<(), Failure> {
        let caller = caller(self.tx, self.call)?;
        match caller.map(|caller| caller.quality) {
            Some(Quality::Operator) => Ok(()),
            _ => Err(DirectoryRefusal::NotOperator.into()),
        }
    }

    fn stamp_of_establishment(&mut self, id: &str) -> Result<Option<Stamp>, StoreError> {
        Ok(self.tx.establishment_stamps(&[id])?.remove(id))
    }

    fn stamp_of_professional(&mut self, id: &str) -> Result<Option<Stamp>, StoreError> {
        Ok(self.tx.professional_stamps(&[id])?.remove(id))
    }

    fn stamp_of_system(&mut self, id: &str) -> Result<Option<Stamp>, StoreError> {
        Ok(self.tx.connected_system_stamps(&[id])?.remove(id))
    }

    fn stamp_of_patient(&mut self, patient_id: &PatientId) -> Result<Option<Stamp>, StoreError> {
        Ok(self.tx.patient(patient_id)?.map(|known| known.stamp))
    }

    /// Adds or changes an establishment; gives its version.
    pub fn keep_establishment(&mut self, entry: Establishment, expected: Expected) -> Result<Stamp, Failure> {
        self.keep_directories()?;
        expected.allows(self.stamp_of_establishment(&entry.id)?)?;
        let note = self.tx.establishment(&entry.id)?.and_then(|known| known.note);
        let entry = Establishment { note, ..entry };
        self.put_establishment(&entry)?;
        expected.fits(self.stamp_of_establishment(&entry.id)?)
    }

    /// Adds or changes a professional, whose workplaces stay as they are; gives the version.
    pub fn keep_professional(&mut self, entry: Professional, expected: Expected) -> Result<Stamp, Failure> {
        self.keep_directories()?;
        expected.allows(self.stamp_of_professional(&entry.id)?)?;
        let known = self.tx.professionals(&[&entry.id])?.pop();
        let (workplaces, note) = known.map(|known| (known.workplaces, known.note)).unwrap_or_default();
        let entry = Professional { workplaces, note, ..entry };
        self.put_professional(&entry)?;
        expected.fits(self.stamp_of_professional(&entry.id)?)
    }

    /// Adds a workplace of a known professional, or changes the one of this number, from 1; gives its number and the professional's
    /// version.
    ///
    /// # Errors
    /// [`DirectoryRefusal::UnknownEntry`] if the professional, or the workplace, is not there.
    pub fn keep_workplace(
        &mut self,
        professional: &str,
        number: Option<usize>,
        place: Workplace,
        expected: Expected,
    ) -> Result<(usize, Stamp), Failure> {
        self.keep_directories()?;
        let stamp = self.stamp_of_professional(professional)?;
        // Read after its version, so that a change in between shows in the version that follows.
        let known = self.tx.professionals(&[professional])?.pop();
        let mut entry = known.ok_or(DirectoryRefusal::UnknownEntry)?;
        let expected = if number.is_none() { Expected::Version(stamp.map(|stamp| stamp.version)) } else { expected };
        let number = match number {
            None => {
                entry.workplaces.push(place);
                entry.workplaces.len()
            }
            Some(number) => {
                expected.allows(stamp)?;
                let known = number.checked_sub(1).and_then(|index| entry.workplaces.get_mut(index));
                *known.ok_or(DirectoryRefusal::UnknownEntry)? = place;
                number
            }
        };
        self.put_professional(&entry)?;
        Ok((number, expected.fits(self.stamp_of_professional(&entry.id)?)?))
    }

    /// Adds or changes a legal representative; gives the version.
    pub fn keep_representative(&mut self, link: &LegalRepresentative, expected: Expected) -> Result<Stamp, Failure> {
        self.keep_directories()?;
        expected.allows(self.tx.representative_stamp(&link.child, &link.representative)?)?;
        self.put_representative(link)?;
        expected.fits(self.tx.representative_stamp(&link.child, &link.representative)?)
    }

    /// Adds or changes a connected system; gives its version.
    ///
    /// # Errors
    /// [`DirectoryRefusal::CertificateInUse`] if another system has one of its certificates.
    pub fn keep_connected_system(&mut self, system: &ConnectedSystem, expected: Expected) -> Result<Stamp, Failure> {
        self.keep_directories()?;
        expected.allows(self.stamp_of_system(&system.id)?)?;
        self.put_connected_system(system)?;
        expected.fits(self.stamp_of_system(&system.id)?)
    }

    /// Adds a patient or replaces what is known of one, identifiers excepted, which only a merge ends; gives the version.
    pub fn keep_patient(
        &mut self,
        patient_id: &PatientId,
        demographics: PatientDemographics,
        expected: Expected,
    ) -> Result<Stamp, Failure> {
        self.keep_directories()?;
        expected.allows(self.stamp_of_patient(patient_id)?)?;
        let removed = demographics.not_said();
        self.put_patient(patient_id, demographics, &removed)?;
        expected.fits(self.stamp_of_patient(patient_id)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two who add the same entry, or change the same version, at one moment: the second sees in the version that it was not alone.
    #[test]
    fn whoever_was_overtaken_is_told_so() {
        for (expected, after, fits) in [
            (Expected::Nothing, Some(1), true),
            (Expected::Nothing, Some(2), false),
            (Expected::Version(None), Some(1), true),
            (Expected::Version(None), Some(2), false),
            (Expected::Version(Some(3)), Some(3), true),
            (Expected::Version(Some(3)), Some(4), true),
            (Expected::Version(Some(3)), Some(5), false),
            (Expected::Version(Some(3)), None, false),
        ] {
            let after = after.map(|version| Stamp { version, updated_at: None });
            assert_eq!(expected.fits(after).is_ok(), fits, "{expected:?} {after:?}");
        }
    }
}
