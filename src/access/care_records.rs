//! Records of patients that another deployment kept: the import's door to the store.

use crate::model::care_record::CareRecord;
use crate::store::StoredCode;

use super::{Change, Failure, IdentityRefusal, Writing};

impl Writing<'_> {
    /// Adds the record of a patient who has none yet. What a patient decided here is never written over by a file: a record
    /// that is there has to be the same. The hash of a presence code is taken where the patient has no code yet.
    pub fn bring_care_record(&mut self, record: &CareRecord, code: Option<&str>) -> Result<Change, Failure> {
        self.audit.patient_ids.push(record.holder.to_string());
        let change = match self.tx.care_record(&record.holder)? {
            Some(known) if known.record == *record => Change::Unchanged,
            Some(_) => return Err(IdentityRefusal::RecordExists.into()),
            None if self.tx.patient(&record.holder)?.is_none() => return Err(IdentityRefusal::Unknown.into()),
            None => {
                self.tx.insert_care_record(record)?;
                Change::Created
            }
        };
        let is_new = code.is_some() && self.tx.presence_code(&record.holder)?.is_none();
        let Some(hash) = code.filter(|_| is_new) else { return Ok(change) };
        let code = StoredCode { hash: hash.to_owned(), set_at: self.call.now };
        self.tx.put_presence_code(&record.holder, &code, &record.created.by)?;
        Ok(if change == Change::Created { change } else { Change::Updated })
    }
}
