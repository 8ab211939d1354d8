//! What entries of the directories were before they were changed (FHIR R4, http.html#history): for whoever has the present entry in
//! sight, and for nobody else. An entry that is not there any more has no versions either.

use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, PastEntry, Professional, Stamp};
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::store::StoreError;

use super::{DirectoryQuery, DirectoryView, Failure};

/// An entry with all that it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions<T> {
    /// What it says now.
    pub present: (T, Stamp),
    /// What it said before, the latest first.
    pub past: Vec<PastEntry<T>>,
}

/// Nothing of what was before is looked up unless the present entry was found.
fn all<T>(
    present: Option<(T, Stamp)>,
    past: impl FnOnce() -> Result<Vec<PastEntry<T>>, StoreError>,
) -> Result<Option<Versions<T>>, Failure> {
    let Some(present) = present else { return Ok(None) };
    Ok(Some(Versions { present, past: past()? }))
}

fn only(id: &str) -> DirectoryQuery {
    DirectoryQuery { ids: Some(vec![id.to_owned()]), ..DirectoryQuery::default() }
}

impl DirectoryView<'_> {
    /// The versions of what is known of a patient in sight. An identifier that was merged has none: it names nobody any more.
    pub fn patient_versions(&mut self, patient_id: &PatientId) -> Result<Option<Versions<PatientDemographics>>, Failure> {
        let found = self.patients(&only(&patient_id.to_string()), |_, _, _| true)?.unwrap_or_default().into_iter();
        let present = found.map(|((id, known), stamp)| (id, (known, stamp))).find(|(id, _)| id == patient_id);
        all(present.map(|(_, present)| present), || self.tx.past_patients(patient_id))
    }

    /// The versions of a professional.
    pub fn professional_versions(&mut self, id: &str) -> Result<Option<Versions<Professional>>, Failure> {
        let present = self.professionals(&only(id))?.and_then(|mut found| found.pop());
        all(present, || self.tx.past_professionals(id))
    }

    /// The versions of an establishment.
    pub fn establishment_versions(&mut self, id: &str) -> Result<Option<Versions<Establishment>>, Failure> {
        let present = self.establishments(&only(id))?.and_then(|mut found| found.pop());
        all(present, || self.tx.past_establishments(id))
    }

    /// The versions of a connected system, for those who keep the directories.
    pub fn connected_system_versions(&mut self, id: &str) -> Result<Option<Versions<ConnectedSystem>>, Failure> {
        let present = self.connected_system(id)?.pop();
        all(present, || self.tx.past_connected_systems(id))
    }

    /// What is entered of one person as the representative of another, for whom one of the two is in sight.
    pub fn representation(
        &mut self,
        child: &PatientId,
        representative: &PatientId,
    ) -> Result<Option<(LegalRepresentative, Stamp)>, Failure> {
        let mut found = self.representatives_of(child)?.into_iter().chain(self.representatives_of(representative)?);
        Ok(found.find(|(link, _)| link.child == *child && link.representative == *representative))
    }

    /// The versions of [`Self::representation`].
    pub fn representation_versions(
        &mut self,
        child: &PatientId,
        representative: &PatientId,
    ) -> Result<Option<Versions<LegalRepresentative>>, Failure> {
        let present = self.representation(child, representative)?;
        all(present, || self.tx.past_representations(child, representative))
    }
}
