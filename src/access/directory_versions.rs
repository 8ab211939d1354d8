//! What entries of the directories were before they were changed (FHIR R4, http.html#history): for whoever has the present entry in
//! sight, and for nobody else. An entry that is not there any more has no versions either.

use std::collections::HashMap;

use serde::de::DeserializeOwned;

use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, PastEntry, Professional, Stamp};
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Instant;
use crate::store::{SearchedDirectory, StoreError};

use super::{DirectoryQuery, DirectoryView, Failure};

/// Earlier versions that one answer is made of at most.
const MOST_PAST: usize = 1_000;

/// An entry with all that it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions<T> {
    /// What it says now.
    pub present: (T, Stamp),
    /// What it said before; of one entry the latest first, of several in no order.
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

/// Entries with their keys and versions; nothing where they are too many for an answer.
pub type FoundVersions<K, T> = Option<Vec<(K, Versions<T>)>>;

/// A query of all that was changed at `since` or later, and of everything if that is not given.
fn changed(since: Option<Instant>) -> DirectoryQuery {
    DirectoryQuery { changed: since.map(|since| since..Instant(i64::MAX)), ..DirectoryQuery::default() }
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

    /// The versions of patients in sight that were entered at `since` or later.
    pub fn versions_of_patients(&mut self, since: Option<Instant>) -> Result<FoundVersions<PatientId, PatientDemographics>, Failure> {
        let Some(found) = self.patients(&changed(since), |_, _, _| true)? else { return Ok(None) };
        // One's own entry is found whatever the query says.
        let is_asked = |stamp: &Stamp| since.is_none_or(|since| stamp.updated_at.is_some_and(|at| at >= since));
        let found = found.into_iter().filter(|(_, stamp)| is_asked(stamp)).map(|((id, known), stamp)| (id, (known, stamp)));
        self.with_past(SearchedDirectory::Patients, found.collect(), since)
    }

    /// The versions of professionals that were entered at `since` or later, by their keys.
    pub fn versions_of_professionals(&mut self, since: Option<Instant>) -> Result<FoundVersions<String, Professional>, Failure> {
        let Some(found) = self.professionals(&changed(since))? else { return Ok(None) };
        let found = found.into_iter().map(|(entry, stamp)| (entry.id.clone(), (entry, stamp)));
        self.with_past(SearchedDirectory::Professionals, found.collect(), since)
    }

    /// The versions of establishments that were entered at `since` or later, by their keys.
    pub fn versions_of_establishments(&mut self, since: Option<Instant>) -> Result<FoundVersions<String, Establishment>, Failure> {
        let Some(found) = self.establishments(&changed(since))? else { return Ok(None) };
        let found = found.into_iter().map(|(entry, stamp)| (entry.id.clone(), (entry, stamp)));
        self.with_past(SearchedDirectory::Establishments, found.collect(), since)
    }

    fn with_past<K: ToString, T: DeserializeOwned>(
        &mut self,
        directory: SearchedDirectory,
        found: Vec<(K, (T, Stamp))>,
        since: Option<Instant>,
    ) -> Result<FoundVersions<K, T>, Failure> {
        let keys = found.iter().map(|(key, _)| key.to_string()).collect();
        let most = i64::try_from(MOST_PAST + 1).unwrap_or(i64::MAX);
        let past = self.tx.past_of_all(directory, keys, since, most)?;
        if past.len() > MOST_PAST {
            return Ok(None);
        }
        let mut of_key: HashMap<String, Vec<PastEntry<T>>> = HashMap::new();
        for (key, past) in past {
            of_key.entry(key).or_default().push(past);
        }
        let with = |(key, present): (K, (T, Stamp))| {
            let past = of_key.remove(&key.to_string()).unwrap_or_default();
            (key, Versions { present, past })
        };
        Ok(Some(found.into_iter().map(with).collect()))
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
