//! What the holder decides in advance: emergency access and the presence code (access rules, 3).

use super::presence_code::hash_of;
use super::{Changed, ManagedRecord};
use crate::access::caller::caller;
use crate::access::{Call, Door, Failure};
use crate::model::audit_event::Transaction;
use crate::model::dsp::{EmergencyAccess, RecordAct};
use crate::model::hl7_types::PatientId;
use crate::model::presence_code::PresenceCode;
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
        match expected {
            Some(expected) => self.expected_consent(id, expected)?,
            None => self.changed(id, None)?.consent,
        };
        self.record()?.choose_emergency_access(access, noted);
        self.audit.object_ids.push(id.to_string());
        self.save()?;
        self.changed(id, None)
    }

    /// Sets the presence code in the place of an earlier one.
    fn set_presence_code(&mut self, hash: Option<String>) -> Result<(), Failure> {
        self.decide(RecordAct::SetPresenceCode)?;
        // Whoever may not set it is turned away before this, so that a hash was made.
        let hash = hash.ok_or(Failure::Hashing)?;
        let noted = self.noted();
        let code = StoredCode { hash, set_at: noted.at };
        Ok(self.tx.put_presence_code(&self.patient_id, &code, &noted.by)?)
    }
}

impl Door {
    /// Sets a patient's presence code. Its hash is computed before the transaction begins, and only for who may set it.
    ///
    /// # Errors
    /// The rules', and [`Failure::Hashing`].
    pub fn set_presence_code(
        &self,
        call: &Call,
        transaction: Transaction,
        patient_id: &PatientId,
        code: &PresenceCode,
    ) -> Result<(), Failure> {
        let (who, stored) = self.store().read(|tx| Ok::<_, Failure>((caller(tx, call)?, tx.care_record(patient_id)?)))?;
        let may_set = who
            .zip(stored)
            .is_some_and(|(caller, stored)| RecordAct::SetPresenceCode.decide(&caller, &stored.record.state(), call.now).is_allowed());
        let hash = if may_set { hash_of(code) } else { None };
        self.write(call, transaction, |writing| writing.manage(patient_id)?.set_presence_code(hash))
    }
}
