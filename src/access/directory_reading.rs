//! The directories for those who look somebody up (PDQm, ITI TF-2: 3.78; mCSD, ITI TF-2: 3.90).
//!
//! Whoever the rules do not refuse finds professionals and establishments. Demographics of patients are for those who care for
//! them and for those who keep the records; a patient finds themselves only, and a child whom they represent or who represents
//! them. Who is not in sight does not exist.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::model::audit_event::AuditEvent;
use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, Professional, Stamp};
use crate::model::dsp::Quality;
use crate::model::hl7_types::PatientId;
use crate::model::name_words::name_words;
use crate::model::patient_feed::{PartialDate, PatientDemographics};
use crate::model::timestamp::Instant;
use crate::store::{PatientState, Read, SearchedDirectory};

use super::caller::{caller, records};
use super::{Failure, Policy, Reading};

/// So many entries may have a name that begins so before a search is too wide.
const MOST_OF_ONE_NAME: usize = 1000;
/// So many patients a search may find: who they are is not for browsing.
const MOST_PATIENTS: usize = 100;
/// So many words one question has; each is a question of its own to the database.
const MOST_WORDS: usize = 20;

/// What a search of a directory asks for; all of it has to hold.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// Keys, one of which it has.
    pub ids: Option<Vec<String>>,
    /// Names: the part (`family`, `given`, nothing for any), and texts, of one of which each word begins a word of the name.
    pub names: Vec<(Option<&'static str>, Vec<String>)>,
    /// The date of birth, as far as it is given.
    pub born: Option<PartialDate>,
    /// Since when it is as it is.
    pub changed: Option<Range<Instant>>,
}

impl DirectoryQuery {
    /// Whether it names nobody, so that it is about all entries.
    fn is_open(&self) -> bool {
        self.ids.is_none()
            && self.born.is_none()
            && self.names.iter().all(|(_, texts)| texts.iter().any(|text| name_words(text).is_empty()))
    }
}

/// The entries of one search with their versions; nothing where they are too many for an answer.
pub type FoundEntries<T> = Option<Vec<(T, Stamp)>>;

/// The directories, as far as one caller may see them.
pub struct DirectoryView<'r> {
    pub(super) tx: &'r mut Read,
    audit: &'r mut AuditEvent,
    people: People,
    /// Whether the caller keeps the directories, so that accounts with all their suspensions are theirs to see.
    pub for_operator: bool,
}

/// Whose demographics are in sight.
enum People {
    Everybody,
    Only(PatientId),
    Nobody,
}

impl Reading<'_> {
    /// The directories as far as the caller may see them; nothing for whom the rules refuse everything.
    pub fn directories(&mut self) -> Result<Option<DirectoryView<'_>>, Failure> {
        let (people, for_operator) = match self.policy {
            Policy::Open => (People::Everybody, true),
            Policy::CareRecord(_) => {
                let Some(caller) = caller(self.tx, self.call)?.filter(|caller| caller.check(self.call.now).is_ok()) else {
                    return Ok(None);
                };
                match &caller.quality {
                    Quality::Patient { person, .. } => (person.as_str().parse().map_or(People::Nobody, People::Only), false),
                    Quality::Establishment => (People::Nobody, false),
                    Quality::Operator => (People::Everybody, true),
                    Quality::Professional { .. } | Quality::RecordAdministrator { .. } | Quality::HealthFund => (People::Everybody, false),
                }
            }
        };
        Ok(Some(DirectoryView { tx: self.tx, audit: self.audit, people, for_operator }))
    }
}

impl DirectoryView<'_> {
    /// The professionals of a query.
    pub fn professionals(&mut self, query: &DirectoryQuery) -> Result<FoundEntries<Professional>, Failure> {
        let Some(ids) = self.keys(SearchedDirectory::Professionals, query)? else { return Ok(None) };
        let stamps = self.tx.professional_stamps(&texts(&ids))?;
        let found = self.tx.professionals(&texts(&ids))?.into_iter();
        Ok(Some(found.filter_map(|entry| stamps.get(&entry.id).map(|stamp| (entry, *stamp))).collect()))
    }

    /// The establishments of a query.
    pub fn establishments(&mut self, query: &DirectoryQuery) -> Result<FoundEntries<Establishment>, Failure> {
        let Some(ids) = self.keys(SearchedDirectory::Establishments, query)? else { return Ok(None) };
        let stamps = self.tx.establishment_stamps(&texts(&ids))?;
        let found = self.tx.establishments(&texts(&ids))?.into_iter();
        Ok(Some(found.filter_map(|entry| stamps.get(&entry.id).map(|stamp| (entry, *stamp))).collect()))
    }

    /// The connected system of this key, for those who keep the directories.
    pub fn connected_system(&mut self, id: &str) -> Result<Vec<(ConnectedSystem, Stamp)>, Failure> {
        let found = if self.for_operator { self.tx.connected_system(id)? } else { None };
        self.with_stamps(found.into_iter().collect())
    }

    /// The connected systems of an establishment, for those who keep the directories.
    pub fn systems_of_establishment(&mut self, establishment: &str) -> Result<Vec<(ConnectedSystem, Stamp)>, Failure> {
        let found = if self.for_operator { self.tx.systems_of_establishment(establishment)? } else { Vec::new() };
        self.with_stamps(found)
    }

    fn with_stamps(&mut self, systems: Vec<ConnectedSystem>) -> Result<Vec<(ConnectedSystem, Stamp)>, Failure> {
        let ids: Vec<_> = systems.iter().map(|system| system.id.as_str()).collect();
        let stamps = self.tx.connected_system_stamps(&ids)?;
        Ok(systems.into_iter().filter_map(|system| stamps.get(&system.id).map(|stamp| (system, *stamp))).collect())
    }

    /// The key of the establishment with this OID.
    pub fn establishment_of_oid(&mut self, oid: &crate::model::ids::Oid) -> Result<Option<String>, Failure> {
        Ok(self.tx.establishment_of_oid(oid)?.map(|entry| entry.id))
    }

    /// The patients in use of a query who fit, by the identifiers that name their records; each is in the audit trail. A query that
    /// names nobody is for those who keep the directories.
    pub fn patients(
        &mut self,
        query: &DirectoryQuery,
        fits: impl Fn(&PatientId, &PatientDemographics, Stamp) -> bool,
    ) -> Result<FoundEntries<(PatientId, PatientDemographics)>, Failure> {
        let asked = if query.is_open() && !self.for_operator { None } else { self.keys(SearchedDirectory::Patients, query)? };
        let ids = match &self.people {
            People::Everybody => asked,
            // Whether others are found too, and how many, must not show: a question too wide for others may fit them.
            People::Only(person) => {
                let person = person.to_string();
                let fits = asked.is_none_or(|asked| asked.contains(&person));
                Some(if fits { vec![person] } else { Vec::new() })
            }
            People::Nobody => Some(Vec::new()),
        };
        let Some(ids) = ids else { return Ok(None) };
        let ids: Vec<PatientId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        let mut found = Vec::new();
        let in_use = self.tx.patients(&ids)?.into_iter().filter(|known| known.state == PatientState::Active);
        let fitting: Vec<_> = in_use.filter(|known| fits(&known.patient_id, &known.demographics, known.stamp)).collect();
        if fitting.len() > MOST_PATIENTS {
            return Ok(None);
        }
        for known in fitting {
            self.audit.patient_ids.push(known.patient_id.to_string());
            found.push(((known.patient_id, known.demographics), known.stamp));
        }
        Ok(Some(found))
    }

    /// Who represents a patient, and whom they represent.
    pub fn representatives_of(&mut self, patient_id: &PatientId) -> Result<Vec<(LegalRepresentative, Stamp)>, Failure> {
        let in_sight = match &self.people {
            People::Everybody => true,
            People::Only(person) => person == patient_id,
            People::Nobody => false,
        };
        let mut found = Vec::new();
        if !in_sight {
            return Ok(found);
        }
        self.audit.patient_ids.push(patient_id.to_string());
        for link in self.tx.representatives_of(patient_id)? {
            let stamp = self.tx.representative_stamp(&link.child, &link.representative)?;
            found.extend(stamp.map(|stamp| (link, stamp)));
        }
        Ok(found)
    }

    /// The keys that fit a query; nothing where they are too many.
    fn keys(&mut self, directory: SearchedDirectory, query: &DirectoryQuery) -> Result<Option<Vec<String>>, Failure> {
        let most = i64::try_from(MOST_OF_ONE_NAME + 1).unwrap_or(i64::MAX);
        let mut sets: Vec<Vec<String>> = Vec::new();
        let words = query.names.iter().flat_map(|(_, texts)| texts).map(|text| name_words(text).len()).sum::<usize>();
        if words > MOST_WORDS {
            return Ok(None);
        }
        if let Some(ids) = &query.ids {
            sets.push(self.in_use(directory, ids)?);
        }
        for (part, texts) in &query.names {
            sets.extend(self.named(directory, *part, texts, most)?);
        }
        if let Some(born) = &query.born {
            sets.push(self.tx.patients_born(born, most)?.iter().map(PatientId::to_string).collect());
        }
        // When it was changed narrows a question that nothing else does: what else narrows one mostly does so further.
        if sets.is_empty() {
            sets.push(match &query.changed {
                Some(during) => self.tx.changed_entries(directory, during, most)?,
                None => self.tx.listed_entries(directory, most)?,
            });
        }
        // The narrowest question decides; of one that is too wide, not all answers are there.
        sets.sort_by_key(Vec::len);
        if sets.iter().any(|set| set.len() > MOST_OF_ONE_NAME) {
            return Ok(None);
        }
        let mut sets = sets.into_iter();
        let Some(narrowest) = sets.next() else { return Ok(None) };
        let others: Vec<BTreeSet<String>> = sets.map(|set| set.into_iter().collect()).collect();
        let found: BTreeSet<String> = narrowest.into_iter().filter(|id| others.iter().all(|set| set.contains(id))).collect();
        Ok(Some(found.into_iter().collect()))
    }

    /// For each word of the only text the entries that have it; of several texts, the entries that any of them fits. Nothing where one
    /// of them has no words, which everything fits.
    fn named(
        &mut self,
        directory: SearchedDirectory,
        part: Option<&str>,
        texts: &[String],
        most: i64,
    ) -> Result<Vec<Vec<String>>, Failure> {
        let mut any: BTreeSet<String> = BTreeSet::new();
        for text in texts {
            let mut sets = Vec::new();
            for word in name_words(text) {
                sets.push(self.tx.named_entries(directory, part, &word, most)?);
            }
            match (texts.len(), sets.is_empty()) {
                (_, true) => return Ok(Vec::new()),
                (1, false) => return Ok(sets),
                (_, false) => {}
            }
            sets.sort_by_key(Vec::len);
            // Of a question that is too wide, not all answers are there.
            if sets.last().is_some_and(|widest| widest.len() > MOST_OF_ONE_NAME) {
                return Ok(sets);
            }
            let mut sets = sets.into_iter();
            let narrowest = sets.next().unwrap_or_default();
            let others: Vec<BTreeSet<String>> = sets.map(|set| set.into_iter().collect()).collect();
            any.extend(narrowest.into_iter().filter(|id| others.iter().all(|set| set.contains(id))));
        }
        Ok(vec![any.into_iter().collect()])
    }

    /// Keys as they are in use: an identifier of a patient names the record that it leads to now.
    fn in_use(&mut self, directory: SearchedDirectory, ids: &[String]) -> Result<Vec<String>, Failure> {
        if directory != SearchedDirectory::Patients {
            return Ok(ids.to_vec());
        }
        let mut found = Vec::new();
        for id in ids.iter().filter_map(|id| id.parse::<PatientId>().ok()) {
            let [record] = records(self.tx, [&id])?;
            found.extend(record.map(|record| record.to_string()));
        }
        Ok(found)
    }
}

fn texts(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

#[cfg(test)]
#[path = "directory_reading_tests.rs"]
mod tests;
