//! In which version an entry of a directory is, and what it was before it was changed.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::de::DeserializeOwned;

use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, PastEntry, Professional, Stamp};
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Instant;

use super::directory_names::{ESTABLISHMENTS, PATIENTS, PROFESSIONALS};
use super::directory_search::SearchedDirectory;
use super::rows::{among, from_json};
use super::schema::{connected_systems, directory_versions, establishments, legal_representatives, professionals};
use super::{Read, StoreError, Write};

/// The directories that are not searched by name.
pub(super) const SYSTEMS: &str = "connected_systems";
pub(super) const REPRESENTATIVES: &str = "legal_representatives";

/// Before the row of an entry is replaced: keeps its version, its time and its content, and locks it until the end of the transaction,
/// so that no other change comes in between and is lost. Whether there is such a row.
macro_rules! keep_past {
    ($write:expr, ($directory:expr, $key:expr), $row:expr, $at:expr) => {{
        let row = $row;
        let present: Option<(i64, Option<i64>, String)> = match $write.connection() {
            // SQLite has one writer at a time, so the row cannot change under this transaction.
            StoreConnection::Sqlite(sqlite) => row.first(sqlite).optional()?,
            StoreConnection::Postgres(pg) => row.for_no_key_update().first(pg).optional()?,
        };
        let is_there = present.is_some();
        if let Some(present) = present {
            $write.insert_past(($directory, $key), present, $at)?;
        }
        is_there
    }};
}

pub(super) use keep_past;

/// The key of what is entered of a representative.
pub(super) fn representation_key(child: &PatientId, representative: &PatientId) -> String {
    format!("{child}~{representative}")
}

/// A version with its time, out of their columns.
pub(super) fn stamp(version: i64, updated_at: Option<i64>) -> Result<Stamp, StoreError> {
    let version = u64::try_from(version).map_err(|_| StoreError::Failed("a stored version is negative"))?;
    Ok(Stamp { version, updated_at: updated_at.map(Instant) })
}

/// Version, time, end and content of an earlier version.
type PastColumns = (i64, Option<i64>, i64, String);

const PAST_COLUMNS: (
    directory_versions::version,
    directory_versions::updated_at,
    directory_versions::replaced_at,
    directory_versions::content,
) = (directory_versions::version, directory_versions::updated_at, directory_versions::replaced_at, directory_versions::content);

fn past_entry<T: DeserializeOwned>((version, updated_at, replaced_at, content): PastColumns) -> Result<PastEntry<T>, StoreError> {
    let entry = from_json("directory_versions", &content)?;
    Ok(PastEntry { entry, stamp: stamp(version, updated_at)?, replaced_at: Instant(replaced_at) })
}

macro_rules! stamps {
    ($read:expr, $table:ident, $ids:expr) => {{
        let rows = $table::table.select(($table::id, $table::version, $table::updated_at)).into_boxed();
        let ids = $ids.iter().map(|id| (*id).to_owned()).collect();
        let rows: Vec<(String, i64, Option<i64>)> = among!(rows, $table::id, ids).load($read.connection())?;
        rows.into_iter().map(|(id, version, updated_at)| Ok((id, stamp(version, updated_at)?))).collect()
    }};
}

impl Read {
    /// The versions of the professionals with these keys.
    pub fn professional_stamps(&mut self, ids: &[&str]) -> Result<HashMap<String, Stamp>, StoreError> {
        stamps!(self, professionals, ids)
    }

    /// The versions of the establishments with these keys.
    pub fn establishment_stamps(&mut self, ids: &[&str]) -> Result<HashMap<String, Stamp>, StoreError> {
        stamps!(self, establishments, ids)
    }

    /// The versions of the connected systems with these keys.
    pub fn connected_system_stamps(&mut self, ids: &[&str]) -> Result<HashMap<String, Stamp>, StoreError> {
        stamps!(self, connected_systems, ids)
    }

    /// The version of what is entered of a representative.
    pub fn representative_stamp(&mut self, child: &PatientId, representative: &PatientId) -> Result<Option<Stamp>, StoreError> {
        let row = legal_representatives::table.find((child.to_string(), representative.to_string()));
        let row = row.select((legal_representatives::version, legal_representatives::updated_at));
        let found: Option<(i64, Option<i64>)> = row.first(self.connection()).optional()?;
        found.map(|(version, updated_at)| stamp(version, updated_at)).transpose()
    }

    /// What was known of a patient before, the latest first.
    pub fn past_patients(&mut self, patient_id: &PatientId) -> Result<Vec<PastEntry<PatientDemographics>>, StoreError> {
        self.past(PATIENTS, &patient_id.to_string())
    }

    /// What a professional was before, the latest first.
    pub fn past_professionals(&mut self, id: &str) -> Result<Vec<PastEntry<Professional>>, StoreError> {
        self.past(PROFESSIONALS, id)
    }

    /// What an establishment was before, the latest first.
    pub fn past_establishments(&mut self, id: &str) -> Result<Vec<PastEntry<Establishment>>, StoreError> {
        self.past(ESTABLISHMENTS, id)
    }

    /// What a connected system was before, the latest first.
    pub fn past_connected_systems(&mut self, id: &str) -> Result<Vec<PastEntry<ConnectedSystem>>, StoreError> {
        self.past(SYSTEMS, id)
    }

    /// What was entered of a representative before, the latest first.
    pub fn past_representations(
        &mut self,
        child: &PatientId,
        representative: &PatientId,
    ) -> Result<Vec<PastEntry<LegalRepresentative>>, StoreError> {
        self.past(REPRESENTATIVES, &representation_key(child, representative))
    }

    /// What entries with these keys were before, which was entered at `since` or later where that is given: each with its key; at most
    /// `most`, in no order.
    pub fn past_of_all<T: DeserializeOwned>(
        &mut self,
        directory: SearchedDirectory,
        keys: Vec<String>,
        since: Option<Instant>,
        most: i64,
    ) -> Result<Vec<(String, PastEntry<T>)>, StoreError> {
        let of_directory = directory_versions::table.filter(directory_versions::directory.eq(directory.column())).into_boxed();
        let rows = match since {
            Some(since) => of_directory.filter(directory_versions::updated_at.ge(since.0)),
            None => of_directory,
        };
        let rows: Vec<(String, PastColumns)> = among!(rows, directory_versions::entry_key, keys)
            .select((directory_versions::entry_key, PAST_COLUMNS))
            .limit(most)
            .load(self.connection())?;
        rows.into_iter().map(|(key, columns)| Ok((key, past_entry(columns)?))).collect()
    }

    fn past<T: DeserializeOwned>(&mut self, directory: &str, key: &str) -> Result<Vec<PastEntry<T>>, StoreError> {
        let of_entry = directory_versions::directory.eq(directory).and(directory_versions::entry_key.eq(key));
        let rows: Vec<PastColumns> = directory_versions::table
            .filter(of_entry)
            .order(directory_versions::version.desc())
            .select(PAST_COLUMNS)
            .load(self.connection())?;
        rows.into_iter().map(past_entry).collect()
    }
}

impl Write {
    /// Keeps what an entry says that is replaced at `at`.
    pub(super) fn insert_past(
        &mut self,
        (directory, key): (&str, &str),
        (version, updated_at, content): (i64, Option<i64>, String),
        at: Instant,
    ) -> Result<(), StoreError> {
        let row = (
            directory_versions::directory.eq(directory),
            directory_versions::entry_key.eq(key),
            directory_versions::version.eq(version),
            directory_versions::updated_at.eq(updated_at),
            directory_versions::replaced_at.eq(at.0),
            directory_versions::content.eq(content),
        );
        diesel::insert_into(directory_versions::table).values(row).execute(self.connection())?;
        Ok(())
    }

    /// Destroys what an entry was before.
    pub(super) fn remove_past(&mut self, directory: &str, key: &str) -> Result<(), StoreError> {
        let of_entry = directory_versions::directory.eq(directory).and(directory_versions::entry_key.eq(key));
        diesel::delete(directory_versions::table.filter(of_entry)).execute(self.connection())?;
        Ok(())
    }
}
