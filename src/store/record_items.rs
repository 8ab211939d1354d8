//! In whose record a grant or an episode is, for those who name it alone.

use std::collections::HashSet;

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::care_record::CareRecord;
use crate::model::hl7_types::PatientId;

use super::schema::{notices, presence_code_attempts, presence_codes, record_items};
use super::{Read, StoreError, Write};

impl Read {
    /// The patient in whose record the grant or episode of this name is.
    pub fn patient_of_record_item(&mut self, id: Uuid) -> Result<Option<PatientId>, StoreError> {
        let row = record_items::table.find(id.to_string()).select(record_items::patient_id);
        let patient: Option<String> = row.first(self.connection()).optional()?;
        patient.map(|id| id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))).transpose()
    }
}

impl Write {
    /// Notes what the record has now and had not before. Nothing leaves a record but with all of it.
    pub(super) fn note_record_items(&mut self, record: &CareRecord) -> Result<(), StoreError> {
        let patient_id = record.holder.to_string();
        let of_patient = record_items::table.filter(record_items::patient_id.eq(&patient_id));
        let known: Vec<String> = of_patient.select(record_items::id).load(self.connection())?;
        let known: HashSet<_> = known.into_iter().collect();
        let items: Vec<_> = record.item_ids().map(|id| id.to_string()).filter(|id| !known.contains(id)).collect();
        for id in &items {
            let row = (record_items::id.eq(id), record_items::patient_id.eq(&patient_id));
            diesel::insert_into(record_items::table).values(row).execute(self.connection())?;
        }
        Ok(())
    }

    /// Destroys what managing the patient's record left beside it: presence code, wrong ones, notices, names,
    /// earlier versions.
    pub fn purge_management(&mut self, patient_id: &PatientId) -> Result<(), StoreError> {
        let patient = patient_id.to_string();
        diesel::delete(presence_codes::table.find(&patient)).execute(self.connection())?;
        // Few, and found without an index: records are purged at night, one after the other.
        diesel::delete(presence_code_attempts::table.filter(presence_code_attempts::patient_id.eq(&patient))).execute(self.connection())?;
        diesel::delete(notices::table.filter(notices::patient_id.eq(&patient))).execute(self.connection())?;
        diesel::delete(record_items::table.filter(record_items::patient_id.eq(&patient))).execute(self.connection())?;
        self.purge_replaced_items(patient_id)
    }
}
