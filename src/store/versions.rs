//! Versions of entries and folders, and the statuses that an update changes (ITI TF-2: 3.57.4.1.3).

use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntry;
use crate::model::folder::Folder;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid, UniqueId};
use crate::model::stored_query::ObjectIds;

use super::connection::StoreConnection;
use super::rows::{IDS_PER_STATEMENT, each_patient_once, status_column, uuid_column, uuid_columns};
use super::schema::{associations, document_entries, folders};
use super::{Read, StoreError, Write};

/// That an entry is the latest version of itself. Text, because a table that is joined with itself has no type that both
/// databases share; the index on (logical_id, version) answers it.
pub(super) fn is_latest_entry() -> SqlLiteral<Bool> {
    sql::<Bool>(
        "NOT EXISTS (SELECT 1 FROM document_entries newer \
            WHERE newer.logical_id = document_entries.logical_id AND newer.version > document_entries.version)",
    )
}

/// That a folder is the latest version of itself.
pub(super) fn is_latest_folder() -> SqlLiteral<Bool> {
    sql::<Bool>(
        "NOT EXISTS (SELECT 1 FROM folders newer \
            WHERE newer.logical_id = folders.logical_id AND newer.version > folders.version)",
    )
}

/// That an association starts and ends at latest versions.
pub(super) fn links_latest_versions() -> SqlLiteral<Bool> {
    sql::<Bool>(
        "NOT EXISTS (SELECT 1 FROM document_entries older JOIN document_entries newer \
            ON newer.logical_id = older.logical_id AND newer.version > older.version \
            WHERE older.entry_uuid IN (associations.source, associations.target)) \
        AND NOT EXISTS (SELECT 1 FROM folders older JOIN folders newer \
            ON newer.logical_id = older.logical_id AND newer.version > older.version \
            WHERE older.entry_uuid IN (associations.source, associations.target))",
    )
}

/// Locks all versions of an object against every other change until the end of the transaction. SQLite has one writer
/// at a time, so nothing can change under this transaction.
macro_rules! lock_versions {
    ($write:expr, $table:ident, $logical_id:expr) => {{
        if let StoreConnection::Postgres(pg) = $write.connection() {
            let versions = $table::table.filter($table::logical_id.eq(uuid_column($logical_id))).order($table::version);
            versions.select($table::version).for_update().load::<i32>(pg)?;
        }
    }};
}

/// Changes the status of an object that has a certain one.
macro_rules! set_status {
    ($write:expr, $table:ident, $id:expr, $from:expr, $to:expr) => {{
        let there =
            $table::table.filter($table::entry_uuid.eq(uuid_column($id))).filter($table::availability_status.eq(status_column($from)));
        let changed = diesel::update(there).set($table::availability_status.eq(status_column($to))).execute($write.connection())?;
        Ok(changed == 1)
    }};
}

impl Write {
    /// The latest version of an entry, which nobody else changes until the end of the transaction.
    pub fn latest_entry_for_change(&mut self, logical_id: EntryUuid) -> Result<Option<DocumentEntry>, StoreError> {
        lock_versions!(self, document_entries, logical_id);
        // A statement of its own: it sees what the transaction that held the lock has committed.
        let versions = self.entries(&ObjectIds::LogicalIds(vec![logical_id]))?;
        Ok(versions.into_iter().max_by_key(|entry| entry.version))
    }

    /// The latest version of a folder, which nobody else changes until the end of the transaction.
    pub fn latest_folder_for_change(&mut self, logical_id: EntryUuid) -> Result<Option<Folder>, StoreError> {
        lock_versions!(self, folders, logical_id);
        let versions = self.folders(&ObjectIds::LogicalIds(vec![logical_id]))?;
        Ok(versions.into_iter().max_by_key(|folder| folder.version))
    }

    /// Changes the status of an entry; false if it has not the status `from`.
    pub fn set_entry_status(&mut self, id: EntryUuid, from: AvailabilityStatus, to: AvailabilityStatus) -> Result<bool, StoreError> {
        set_status!(self, document_entries, id, from, to)
    }

    /// Changes the status of a folder; false if it has not the status `from`.
    pub fn set_folder_status(&mut self, id: EntryUuid, from: AvailabilityStatus, to: AvailabilityStatus) -> Result<bool, StoreError> {
        set_status!(self, folders, id, from, to)
    }

    /// Changes the status of an association; false if it has not the status `from`.
    pub fn set_association_status(&mut self, id: EntryUuid, from: AvailabilityStatus, to: AvailabilityStatus) -> Result<bool, StoreError> {
        set_status!(self, associations, id, from, to)
    }
}

impl Write {
    /// Files entries, and the links between them, under another patient.
    pub fn file_under(&mut self, ids: &[EntryUuid], to: &PatientId) -> Result<(), StoreError> {
        let all: HashSet<_> = ids.iter().map(|id| uuid_column(*id)).collect();
        let patient_id = to.to_string();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let ids = uuid_columns(ids);
            diesel::update(document_entries::table.filter(document_entries::entry_uuid.eq_any(&ids)))
                .set(document_entries::patient_id.eq(&patient_id))
                .execute(self.connection())?;
            let starting = associations::table.filter(associations::source.eq_any(&ids));
            let links: Vec<(String, String)> = starting.select((associations::entry_uuid, associations::target)).load(self.connection())?;
            for (link, _) in links.into_iter().filter(|(_, target)| all.contains(target)) {
                diesel::update(associations::table.find(link)).set(associations::patient_id.eq(&patient_id)).execute(self.connection())?;
            }
        }
        Ok(())
    }
}

impl Read {
    /// The patients under whom the latest versions of these entries and folders are filed, each once.
    pub fn patients_of_versions(&mut self, logical_ids: &[EntryUuid]) -> Result<Vec<PatientId>, StoreError> {
        let mut patients = Vec::new();
        for ids in logical_ids.chunks(IDS_PER_STATEMENT) {
            let ids = ids.iter().map(|id| uuid_column(*id)).collect::<Vec<_>>();
            let entries = document_entries::table.filter(document_entries::logical_id.eq_any(&ids)).filter(is_latest_entry());
            let entries = entries.select(document_entries::patient_id);
            patients.extend(entries.distinct().load::<String>(self.connection())?);
            let folders = folders::table.filter(folders::logical_id.eq_any(&ids)).filter(is_latest_folder()).select(folders::patient_id);
            patients.extend(folders.distinct().load::<String>(self.connection())?);
        }
        each_patient_once(patients)
    }

    /// The entry of this id, if it is there.
    pub fn entry(&mut self, id: EntryUuid) -> Result<Option<DocumentEntry>, StoreError> {
        Ok(self.entries(&ObjectIds::<UniqueId>::EntryUuids(vec![id]))?.pop())
    }

    /// The folder of this id, if it is there.
    pub fn folder(&mut self, id: EntryUuid) -> Result<Option<Folder>, StoreError> {
        Ok(self.folders(&ObjectIds::<Oid>::EntryUuids(vec![id]))?.pop())
    }
}
