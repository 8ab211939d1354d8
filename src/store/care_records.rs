//! The record of a patient as the access rules need it: one row, so that one look decides.

use diesel::prelude::*;

use crate::model::care_record::CareRecord;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

use super::rows::{from_json, to_json};
use super::schema::care_records;
use super::{Read, StoreError, Write};

/// A record and how often it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record.
    pub record: CareRecord,
    /// From 1; whoever changes it says from which version.
    pub version: i64,
}

impl Read {
    /// The record of a patient, if there is one.
    pub fn care_record(&mut self, patient_id: &PatientId) -> Result<Option<StoredRecord>, StoreError> {
        let row = care_records::table.find(patient_id.to_string()).select((care_records::version, care_records::content));
        let found: Option<(i64, String)> = row.first(self.connection()).optional()?;
        found.map(|(version, content)| Ok(StoredRecord { record: from_json("care_records", &content)?, version })).transpose()
    }

    /// The patients to whose records something happens by itself by `now`, the longest due first, at most `limit`.
    pub fn care_records_due(&mut self, now: Instant, limit: i64) -> Result<Vec<PatientId>, StoreError> {
        // Both ends of the range, so that the planner knows that it is small.
        let due = care_records::table.filter(care_records::due_at.between(i64::MIN, now.0));
        let ids: Vec<String> = due.order(care_records::due_at).limit(limit).select(care_records::patient_id).load(self.connection())?;
        super::rows::patient_ids(ids)
    }
}

impl Write {
    /// Adds a record; [`StoreError::Duplicate`] if the patient has one.
    pub fn insert_care_record(&mut self, record: &CareRecord) -> Result<(), StoreError> {
        let row = (
            care_records::patient_id.eq(record.holder.to_string()),
            care_records::version.eq(1),
            care_records::due_at.eq(record.due_at().map(|due| due.0)),
            care_records::content.eq(to_json(record)?),
        );
        diesel::insert_into(care_records::table).values(row).execute(self.connection())?;
        self.note_record_items(record)
    }

    /// Puts what the record has become at `at` in the place of the version that was read, of which what is another now is kept;
    /// [`StoreError::Conflict`] if somebody else changed it meanwhile.
    pub fn update_care_record(&mut self, record: &CareRecord, read: i64, at: Instant) -> Result<(), StoreError> {
        if let Some(before) = self.care_record(&record.holder)?.filter(|before| before.version == read) {
            self.keep_replaced_items(&before.record, record, at)?;
        }
        let row = care_records::table.find(record.holder.to_string()).filter(care_records::version.eq(read));
        let changes = (
            care_records::version.eq(read + 1),
            care_records::due_at.eq(record.due_at().map(|due| due.0)),
            care_records::content.eq(to_json(record)?),
        );
        match diesel::update(row).set(changes).execute(self.connection())? {
            0 => Err(StoreError::Conflict),
            _ => self.note_record_items(record),
        }
    }

    /// Removes the record of a patient who is another one now.
    pub fn remove_care_record(&mut self, patient_id: &PatientId) -> Result<(), StoreError> {
        self.purge_management(patient_id)?;
        diesel::delete(care_records::table.find(patient_id.to_string())).execute(self.connection())?;
        Ok(())
    }
}
