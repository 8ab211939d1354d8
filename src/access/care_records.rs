//! Records of patients that another deployment kept: the import's door to the store.

use crate::model::care_record::CareRecord;

use super::{Change, Failure, IdentityRefusal, Writing};

impl Writing<'_> {
    /// Adds the record of a patient who has none yet. What a patient decided here is never written over by a file: a record
    /// that is there has to be the same.
    pub fn bring_care_record(&mut self, record: &CareRecord) -> Result<Change, Failure> {
        self.audit.patient_ids.push(record.holder.to_string());
        match self.tx.care_record(&record.holder)? {
            Some(known) if known.record == *record => Ok(Change::Unchanged),
            Some(_) => Err(IdentityRefusal::RecordExists.into()),
            None if self.tx.patient(&record.holder)?.is_none() => Err(IdentityRefusal::Unknown.into()),
            None => {
                self.tx.insert_care_record(record)?;
                Ok(Change::Created)
            }
        }
    }
}
