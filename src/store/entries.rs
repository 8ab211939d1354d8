//! Document entries.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{DocumentFacts, LEVEL_SYSTEM, Level};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::document_facts::FactColumns;
use super::entry_search::EntryQuery;
use super::object_values::{AUTHOR_PERSON, CONFIDENTIALITY_CODE, EVENT_CODE, REFERENCE_ID};
use super::record_view::{RecordView, Table, in_sight};
use super::rows::{
    IDS_PER_STATEMENT, among, batches, code_column, each_patient_once, from_json, in_one_order, object_type_column, status_column,
    status_of, to_json, uuid_column, uuid_columns, uuid_of, uuids_of,
};
use super::schema::document_entries;
use super::versions::is_latest_entry;
use super::{Read, StoreError, Write};

/// What is read of an entry: its JSON, and the columns that change after registration.
#[derive(Queryable, Selectable)]
#[diesel(table_name = document_entries)]
pub(super) struct EntryRow {
    pub(super) entry_uuid: String,
    pub(super) registered_at: i64,
    patient_id: String,
    availability_status: String,
    content: String,
}

impl EntryRow {
    pub(super) fn into_model(self) -> Result<DocumentEntry, StoreError> {
        let mut entry: DocumentEntry = from_json("document_entries", &self.content)?;
        entry.availability_status = status_of(&self.availability_status)?;
        entry.patient_id = self.patient_id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))?;
        Ok(entry)
    }
}

#[derive(Insertable)]
#[diesel(table_name = document_entries)]
struct NewEntry<'a> {
    entry_uuid: String,
    patient_id: String,
    logical_id: String,
    version: i32,
    unique_id: &'a str,
    repository_unique_id: &'a str,
    availability_status: &'static str,
    object_type: &'static str,
    class_code: String,
    type_code: String,
    format_code: String,
    healthcare_facility_type_code: String,
    practice_setting_code: String,
    creation_time: Option<String>,
    service_start_time: Option<String>,
    service_stop_time: Option<String>,
    hash: Option<&'a str>,
    size: Option<i64>,
    submission_set: String,
    registered_at: i64,
    content: String,
    #[diesel(embed)]
    facts: FactColumns,
}

impl<'a> NewEntry<'a> {
    fn new(entry: &'a DocumentEntry, facts: &DocumentFacts, submission_set: EntryUuid, at: Instant) -> Result<Self, StoreError> {
        let unfinished = || StoreError::Failed("an entry without repository id reached the store");
        Ok(Self {
            entry_uuid: uuid_column(entry.entry_uuid),
            patient_id: entry.patient_id.to_string(),
            logical_id: uuid_column(entry.logical_id),
            version: i32::try_from(entry.version).unwrap_or(i32::MAX),
            unique_id: entry.unique_id.as_str(),
            repository_unique_id: entry.repository_unique_id.as_ref().ok_or_else(unfinished)?.as_str(),
            availability_status: status_column(entry.availability_status),
            object_type: object_type_column(entry.object_type),
            class_code: code_column(&entry.class_code),
            type_code: code_column(&entry.type_code),
            format_code: code_column(&entry.format_code),
            healthcare_facility_type_code: code_column(&entry.healthcare_facility_type_code),
            practice_setting_code: code_column(&entry.practice_setting_code),
            creation_time: entry.creation_time.as_ref().map(|time| time.first_second()),
            service_start_time: entry.service_start_time.as_ref().map(|time| time.first_second()),
            service_stop_time: entry.service_stop_time.as_ref().map(|time| time.first_second()),
            hash: entry.hash.as_ref().map(|hash| hash.as_str()),
            size: entry.size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
            submission_set: uuid_column(submission_set),
            registered_at: at.0,
            content: to_json(entry)?,
            facts: FactColumns::of(facts),
        })
    }
}

/// The values of an entry that queries look into.
fn searchable_values(entry: &DocumentEntry) -> Vec<(&'static str, String)> {
    let events = entry.event_codes.iter().map(|code| (EVENT_CODE, code_column(code)));
    let labels = entry.confidentiality_codes.iter().map(|code| (CONFIDENTIALITY_CODE, code_column(code)));
    let persons =
        entry.authors.iter().filter_map(|author| author.person.as_ref()).map(|person| (AUTHOR_PERSON, person.as_str().to_owned()));
    let references = entry.reference_ids.iter().map(|id| (REFERENCE_ID, id.clone()));
    events.chain(labels).chain(persons).chain(references).collect()
}

impl Write {
    /// Adds an entry that `submission_set` brings, with what the access rules have to know of its document.
    pub fn insert_entry(
        &mut self,
        entry: &DocumentEntry,
        facts: &DocumentFacts,
        submission_set: EntryUuid,
        at: Instant,
    ) -> Result<(), StoreError> {
        let row = NewEntry::new(entry, facts, submission_set, at)?;
        diesel::insert_into(document_entries::table).values(&row).execute(self.connection())?;
        self.insert_values(entry.entry_uuid, searchable_values(entry))
    }

    /// Makes others who file documents of these ids wait until the end of the transaction.
    pub fn lock_unique_ids(&mut self, ids: &[UniqueId]) -> Result<(), StoreError> {
        // SQLite has one writer at a time.
        let StoreConnection::Postgres(connection) = self.connection() else { return Ok(()) };
        // In one order, whoever files what, so that nobody waits in a circle.
        let ids: BTreeSet<_> = ids.iter().map(UniqueId::as_str).collect();
        for id in ids {
            diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind::<diesel::sql_types::Text, _>(id)
                .execute(connection)?;
        }
        Ok(())
    }

    /// Gives entries a confidentiality level: in the column, and as their one confidentialityCode of the levels' system.
    pub fn set_level(&mut self, ids: &[EntryUuid], level: Level, code: &Code) -> Result<(), StoreError> {
        for mut entry in self.entries(&ObjectIds::EntryUuids(ids.to_vec()))? {
            entry.confidentiality_codes.retain(|known| known.scheme != LEVEL_SYSTEM);
            entry.confidentiality_codes.push(code.clone());
            let row = document_entries::table.find(uuid_column(entry.entry_uuid));
            let changes = (document_entries::level.eq(level.code()), document_entries::content.eq(to_json(&entry)?));
            diesel::update(row).set(changes).execute(self.connection())?;
            self.remove_values(entry.entry_uuid, CONFIDENTIALITY_CODE)?;
            let labels = entry.confidentiality_codes.iter().map(|code| (CONFIDENTIALITY_CODE, code_column(code)));
            self.insert_values(entry.entry_uuid, labels.collect())?;
        }
        Ok(())
    }

    /// Makes an approved entry obsolete; false if it was no longer approved, so that of two replacements one wins.
    pub fn deprecate_entry(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        let approved = document_entries::table
            .filter(document_entries::entry_uuid.eq(uuid_column(id)))
            .filter(document_entries::availability_status.eq(status_column(AvailabilityStatus::Approved)));
        let changed = diesel::update(approved)
            .set(document_entries::availability_status.eq(status_column(AvailabilityStatus::Deprecated)))
            .execute(self.connection())?;
        Ok(changed == 1)
    }

    /// Files all entries of one patient under another.
    pub(super) fn move_entries(&mut self, from: &PatientId, to: &PatientId) -> Result<(), StoreError> {
        diesel::update(document_entries::table.filter(document_entries::patient_id.eq(from.to_string())))
            .set(document_entries::patient_id.eq(to.to_string()))
            .execute(self.connection())?;
        Ok(())
    }
}

/// The entries of these ids, of whatever patient.
fn named<'a>(ids: &ObjectIds<UniqueId>) -> EntryQuery<'a> {
    let sql = document_entries::table.into_boxed();
    match ids {
        ObjectIds::EntryUuids(ids) => among!(sql, document_entries::entry_uuid, uuid_columns(ids)),
        ObjectIds::UniqueIds(ids) => among!(sql, document_entries::unique_id, ids.iter().map(|id| id.as_str().to_owned()).collect()),
        ObjectIds::LogicalIds(ids) => among!(sql, document_entries::logical_id, uuid_columns(ids)),
    }
}

/// Those of the entries that are in a record, in sight.
pub(super) fn in_view<'a>(sql: EntryQuery<'a>, view: &RecordView) -> EntryQuery<'a> {
    let sql = sql.filter(document_entries::patient_id.eq(view.patient_id().to_string()));
    in_sight!(sql, view, Table::Entries)
}

/// Those of the entries that a metadata level shows.
pub(super) fn at_level(sql: EntryQuery<'_>, level: MetadataLevel) -> EntryQuery<'_> {
    match level {
        MetadataLevel::One => sql.filter(is_latest_entry()),
        MetadataLevel::Two => sql,
    }
}

impl Read {
    /// The entries of these ids that exist, of whatever patient, in the order registered.
    pub fn entries(&mut self, ids: &ObjectIds<UniqueId>) -> Result<Vec<DocumentEntry>, StoreError> {
        self.load_named_entries(ids, i64::MAX, |sql| sql)
    }

    /// The ids of those of a record's entries that have these ids, in the order registered, at most `limit`.
    pub fn entries_named(
        &mut self,
        view: &RecordView,
        ids: &ObjectIds<UniqueId>,
        level: MetadataLevel,
        limit: i64,
    ) -> Result<Vec<EntryUuid>, StoreError> {
        let mut found: Vec<(i64, String)> = Vec::new();
        for ids in batches(ids) {
            let sql = at_level(in_view(named(&ids), view), level);
            let in_order = sql.order((document_entries::registered_at, document_entries::entry_uuid)).limit(limit);
            found.extend(in_order.select((document_entries::registered_at, document_entries::entry_uuid)).load(self.connection())?);
        }
        uuids_of(in_one_order(found, limit, Clone::clone).into_iter().map(|(_, id)| id).collect())
    }

    /// Those of a record's entries that have these ids, in the order registered, at most `limit`.
    pub fn entries_of_record(
        &mut self,
        view: &RecordView,
        ids: &ObjectIds<UniqueId>,
        level: MetadataLevel,
        limit: i64,
    ) -> Result<Vec<DocumentEntry>, StoreError> {
        self.load_named_entries(ids, limit, |sql| at_level(in_view(sql, view), level))
    }

    /// The approved entries of a patient whom their source knew by this id, in the order registered.
    pub fn approved_entries_of_local_id(&mut self, patient_id: &PatientId, local_id: &Cx) -> Result<Vec<DocumentEntry>, StoreError> {
        // Only the content has the id of the source. A wildcard in it, or a letter in the other case, finds too much, never too little.
        let pattern = format!("%{}%", to_json(local_id)?.replace('\\', "_"));
        let sql = document_entries::table
            .filter(document_entries::patient_id.eq(patient_id.to_string()))
            .filter(document_entries::availability_status.eq(status_column(AvailabilityStatus::Approved)))
            .filter(document_entries::content.like(pattern))
            .into_boxed();
        let mut entries = self.load_entries(sql, i64::MAX)?;
        entries.retain(|entry| entry.source_patient_id == *local_id);
        Ok(entries)
    }

    /// The patients under whom entries of these ids are filed that a metadata level shows, each once.
    pub fn patients_of_entries(&mut self, ids: &ObjectIds<UniqueId>, level: MetadataLevel) -> Result<Vec<PatientId>, StoreError> {
        let mut patients = Vec::new();
        for ids in batches(ids) {
            let sql = at_level(named(&ids), level).select(document_entries::patient_id).distinct().order(document_entries::patient_id);
            patients.extend(sql.load::<String>(self.connection())?);
        }
        each_patient_once(patients)
    }

    /// What the access rules know of the documents of these entries, of whatever patient.
    pub fn document_facts(&mut self, ids: &[EntryUuid]) -> Result<HashMap<EntryUuid, DocumentFacts>, StoreError> {
        let mut found = HashMap::new();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let sql = named(&ObjectIds::EntryUuids(ids.to_vec())).select((document_entries::entry_uuid, FactColumns::as_select()));
            for (id, facts) in sql.load::<(String, FactColumns)>(self.connection())? {
                found.insert(uuid_of(&id)?, facts.into_model()?);
            }
        }
        Ok(found)
    }

    /// Of what a statement finds the ids alone, in the order registered, which is that of the entries themselves.
    pub(super) fn entry_ids(&mut self, sql: EntryQuery<'_>, limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        let in_order = sql.order((document_entries::registered_at, document_entries::entry_uuid)).limit(limit);
        uuids_of(in_order.select(document_entries::entry_uuid).load(self.connection())?)
    }

    pub(super) fn load_entries(&mut self, sql: EntryQuery<'_>, limit: i64) -> Result<Vec<DocumentEntry>, StoreError> {
        self.entry_rows(sql, limit)?.into_iter().map(EntryRow::into_model).collect()
    }

    /// The entries of these ids that a further condition lets through, at most `limit`.
    fn load_named_entries(
        &mut self,
        ids: &ObjectIds<UniqueId>,
        limit: i64,
        condition: impl for<'a> Fn(EntryQuery<'a>) -> EntryQuery<'a>,
    ) -> Result<Vec<DocumentEntry>, StoreError> {
        let mut rows = Vec::new();
        for ids in batches(ids) {
            rows.extend(self.entry_rows(condition(named(&ids)), limit)?);
        }
        let rows = in_one_order(rows, limit, |row| (row.registered_at, row.entry_uuid.clone()));
        rows.into_iter().map(EntryRow::into_model).collect()
    }

    fn entry_rows(&mut self, sql: EntryQuery<'_>, limit: i64) -> Result<Vec<EntryRow>, StoreError> {
        let oldest_first = sql.order((document_entries::registered_at, document_entries::entry_uuid)).limit(limit);
        Ok(oldest_first.select(EntryRow::as_select()).load(self.connection())?)
    }
}
