//! Which entries of the directories a search finds, and in which version they are.

use diesel::prelude::*;

use crate::model::directory::{Establishment, LegalRepresentative, Professional};
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PartialDate;

use super::directories::all;
use super::directory_names::{ESTABLISHMENTS, PATIENTS, PROFESSIONALS};
use super::rows::{among, patient_ids};
use super::schema::{directory_names, establishments, legal_representatives, patients, professionals};
use super::{Read, StoreError};

/// The directory whose entries are searched or counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchedDirectory {
    /// Patients.
    Patients,
    /// Professionals.
    Professionals,
    /// Establishments.
    Establishments,
}

impl SearchedDirectory {
    fn column(self) -> &'static str {
        match self {
            Self::Patients => PATIENTS,
            Self::Professionals => PROFESSIONALS,
            Self::Establishments => ESTABLISHMENTS,
        }
    }
}

impl Read {
    /// The keys of at most `most` entries with a name of which a word begins so; `part` is `family`, `given` or `name`, or nothing
    /// for any. In the order of the words.
    pub fn named_entries(
        &mut self,
        directory: SearchedDirectory,
        part: Option<&str>,
        word: &str,
        most: i64,
    ) -> Result<Vec<String>, StoreError> {
        // The end of the range is the last character that there is: an index serves both bounds.
        let mut query = directory_names::table
            .filter(directory_names::directory.eq(directory.column()))
            .filter(directory_names::word.ge(word))
            .filter(directory_names::word.lt(format!("{word}\u{10FFFF}")))
            .select(directory_names::id)
            .distinct()
            .limit(most)
            .into_boxed();
        if let Some(part) = part {
            query = query.filter(directory_names::part.eq(part.to_owned()));
        }
        Ok(query.load(self.connection())?)
    }

    /// The keys of at most `most` entries, in their order; of patients, of those in use.
    pub fn listed_entries(&mut self, directory: SearchedDirectory, most: i64) -> Result<Vec<String>, StoreError> {
        Ok(match directory {
            SearchedDirectory::Patients => patients::table
                .filter(patients::merged_into.is_null())
                .select(patients::patient_id)
                .order(patients::patient_id)
                .limit(most)
                .load(self.connection())?,
            SearchedDirectory::Professionals => {
                professionals::table.select(professionals::id).order(professionals::id).limit(most).load(self.connection())?
            }
            SearchedDirectory::Establishments => {
                establishments::table.select(establishments::id).order(establishments::id).limit(most).load(self.connection())?
            }
        })
    }

    /// At most `most` patients in use born on this date, or in this month or year.
    pub fn patients_born(&mut self, date: &PartialDate, most: i64) -> Result<Vec<PatientId>, StoreError> {
        let rows: Vec<String> = patients::table
            .filter(patients::birth_date.ge(date.as_str()))
            .filter(patients::birth_date.lt(format!("{}~", date.as_str())))
            .filter(patients::merged_into.is_null())
            .select(patients::patient_id)
            .limit(most)
            .load(self.connection())?;
        patient_ids(rows)
    }

    /// The establishments with these keys.
    pub fn establishments(&mut self, ids: &[&str]) -> Result<Vec<Establishment>, StoreError> {
        let rows = establishments::table.select(establishments::content).into_boxed();
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let rows: Vec<String> = among!(rows, establishments::id, ids).load(self.connection())?;
        all("establishments", &rows)
    }

    /// The versions of patients.
    pub fn patient_version(&mut self, patient_id: &PatientId) -> Result<Option<u64>, StoreError> {
        let row = patients::table.find(patient_id.to_string()).select(patients::version);
        version(row.first(self.connection()).optional()?)
    }

    /// The version of a professional.
    pub fn professional_version(&mut self, entry: &Professional) -> Result<Option<u64>, StoreError> {
        let row = professionals::table.find(&entry.id).select(professionals::version);
        version(row.first(self.connection()).optional()?)
    }

    /// The version of an establishment.
    pub fn establishment_version(&mut self, entry: &Establishment) -> Result<Option<u64>, StoreError> {
        let row = establishments::table.find(&entry.id).select(establishments::version);
        version(row.first(self.connection()).optional()?)
    }

    /// The version of what is entered of a representative.
    pub fn representative_version(&mut self, link: &LegalRepresentative) -> Result<Option<u64>, StoreError> {
        let row = legal_representatives::table.find((link.child.to_string(), link.representative.to_string()));
        version(row.select(legal_representatives::version).first(self.connection()).optional()?)
    }
}

/// A version as callers compare it.
pub(super) fn version(row: Option<i64>) -> Result<Option<u64>, StoreError> {
    row.map(|row| u64::try_from(row).map_err(|_| StoreError::Failed("a stored version is negative"))).transpose()
}
