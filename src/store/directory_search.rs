//! Which entries of the directories a search finds.

use std::ops::Range;

use diesel::prelude::*;

use crate::model::directory::Establishment;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PartialDate;
use crate::model::timestamp::Instant;

use super::directories::all;
use super::directory_names::{ESTABLISHMENTS, PATIENTS, PROFESSIONALS};
use super::rows::{among, patient_ids};
use super::schema::{directory_names, establishments, patients, professionals};
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
    pub(super) fn column(self) -> &'static str {
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

    /// The keys of at most `most` entries that are since a time of this range as they are; of patients, of those in use. Entries of
    /// which that is not known are not among them.
    pub fn changed_entries(&mut self, directory: SearchedDirectory, during: &Range<Instant>, most: i64) -> Result<Vec<String>, StoreError> {
        macro_rules! changed {
            ($table:ident, $key:ident) => {
                $table::table
                    .filter($table::updated_at.ge(during.start.0))
                    .filter($table::updated_at.lt(during.end.0))
                    .select($table::$key)
                    .limit(most)
            };
        }
        Ok(match directory {
            SearchedDirectory::Patients => {
                changed!(patients, patient_id).filter(patients::merged_into.is_null()).load(self.connection())?
            }
            SearchedDirectory::Professionals => changed!(professionals, id).load(self.connection())?,
            SearchedDirectory::Establishments => changed!(establishments, id).load(self.connection())?,
        })
    }

    /// The establishments with these keys.
    pub fn establishments(&mut self, ids: &[&str]) -> Result<Vec<Establishment>, StoreError> {
        let rows = establishments::table.select(establishments::content).into_boxed();
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let rows: Vec<String> = among!(rows, establishments::id, ids).load(self.connection())?;
        all("establishments", &rows)
    }
}
