//! What the holder decides in advance: emergency access and the presence code (access rules, 3).

use super::{Changed, ManagedRecord, PresenceCode};
use crate::access::Failure;
use crate::model::care_record::Choice;
use crate::model::dsp::{EmergencyAccess, RecordAct};
use crate::store::StoredCode;

impl ManagedRecord<'_> {
    /// Chooses what emergency professionals see. `expected` is the version of the setting that the caller saw, if they say so.
    ///
    /// # Errors
    /// [`super::ActRefusal::Version`], or the rules'.
    pub fn set_emergency_access(&mut self, access: EmergencyAccess, expected: Option<u64>) -> Result<Changed, Failure> {
        self.decide(RecordAct::SetEmergencyAccess)?;
        let noted = self.noted();
        let id = self.record()?.emergency_setting_id();
        let version = match expected {
            Some(expected) => self.expected_consent(id, expected)?.version,
            None => self.changed(id, None)?.consent.version,
        };
        let record = self.record()?;
        record.emergency_access = access;
        record.emergency_choice = Some(Choice { noted, version: version.saturating_add(1) });
        self.audit.object_ids.push(id.to_string());
        self.save()?;
        self.changed(id, None)
    }

    /// Sets the presence code in the place of an earlier one. `hash` was made before this transaction began.
    ///
    /// # Errors
    /// The rules'.
    pub fn set_presence_code(&mut self, hash: String) -> Result<(), Failure> {
        self.decide(RecordAct::SetPresenceCode)?;
        let noted = self.noted();
        let code = StoredCode { hash, set_at: noted.at };
        Ok(self.tx.put_presence_code(&self.patient_id, &code, &noted.by)?)
    }
}

impl PresenceCode {
    /// The hash of [`ManagedRecord::set_presence_code`]. It takes a while and a good deal of memory, on purpose.
    ///
    /// # Errors
    /// [`Failure::Hashing`].
    pub fn hash(&self) -> Result<String, Failure> {
        self.hashed().ok_or(Failure::Hashing)
    }
}
