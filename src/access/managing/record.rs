//! A record opened to be managed.

use uuid::Uuid;

use super::ActRefusal;
use super::sight::not_there;
use crate::access::caller::caller;
use crate::access::{Call, Failure, Writing};
use crate::model::audit_event::AuditEvent;
use crate::model::care_record::{CareRecord, Consent, Grant, GrantKind, Noted, person_id};
use crate::model::dsp::{Caller, Denial, DspStatus, Durations, Period, PersonId, RecordAct, RecordState, Verdict};
use crate::model::hl7_types::PatientId;
use crate::model::person::Person;
use crate::model::timestamp::Instant;
use crate::store::{PatientState, StoredRecord, Write};

/// The record of a patient who is in the directory, or the place where there is none yet, and who wants to manage it.
pub struct ManagedRecord<'a> {
    pub(super) tx: &'a mut Write,
    pub(super) call: &'a Call,
    pub(super) audit: &'a mut AuditEvent,
    pub(super) patient_id: PatientId,
    pub(super) caller: Caller,
    pub(super) stored: Option<StoredRecord>,
    pub(super) durations: Durations,
    pub(super) expected: Option<u64>,
}

/// What an act left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The consent that was given or changed, as it is now.
    pub consent: Consent,
    /// Another that was ended by it.
    pub ended: Option<Uuid>,
}

impl Writing<'_> {
    /// The patient's record, to be managed by whoever calls. Nobody else files something for the patient, or changes the
    /// record, until the end of the transaction.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`]; [`ActRefusal::Denied`] for a caller who is invalid whatever the record; [`ActRefusal::Unknown`] for
    /// a patient who is not in the directory, or of whom the caller may not know.
    pub fn manage(&mut self, patient_id: &PatientId) -> Result<ManagedRecord<'_>, Failure> {
        let caller = caller(self.tx, self.call)?;
        self.manage_as(caller, patient_id)
    }

    /// The same for the record in which the consent of this name is.
    ///
    /// # Errors
    /// Those of [`Self::manage`]; a name that no record has is [`ActRefusal::Unknown`].
    pub fn manage_consent(&mut self, id: Uuid) -> Result<ManagedRecord<'_>, Failure> {
        match self.tx.patient_of_record_item(id)? {
            Some(patient_id) => self.manage(&patient_id),
            None => {
                let caller = caller(self.tx, self.call)?;
                Err(refused(self.audit, not_there(caller.as_ref(), self.call.now)))
            }
        }
    }

    pub(super) fn manage_as(&mut self, caller: Option<Caller>, patient_id: &PatientId) -> Result<ManagedRecord<'_>, Failure> {
        let durations = self.policy.rules().map(|rules| rules.durations.clone()).unwrap_or_default();
        self.audit.patient_ids.push(patient_id.to_string());
        let Some(caller) = caller else { return Err(refused(self.audit, ActRefusal::NobodyCalls)) };
        let known = self.tx.patient_for_filing(patient_id)?.filter(|known| known.state == PatientState::Active);
        let stored = self.tx.care_record(patient_id)?;
        let record = ManagedRecord {
            tx: self.tx,
            call: self.call,
            audit: self.audit,
            patient_id: patient_id.clone(),
            caller,
            stored,
            durations,
            expected: None,
        };
        // An invalid caller gets the same answer for every patient, known or not.
        match not_there(Some(&record.caller), record.now()) {
            denied @ ActRefusal::Denied(_) => Err(refused(record.audit, denied)),
            unknown if known.is_none() => Err(refused(record.audit, unknown)),
            _ => Ok(record),
        }
    }
}

/// Notes the refusal in the trail.
pub(super) fn refused(audit: &mut AuditEvent, refusal: ActRefusal) -> Failure {
    audit.decision = Some(refusal.code().to_owned());
    audit.errors = vec![refusal.code().to_owned()];
    refusal.into()
}

impl ManagedRecord<'_> {
    /// Asks the rules for an act and notes the answer. To a caller who may not know of the record every denial but that of
    /// their own validity is the answer for an unknown patient.
    pub(super) fn decide(&mut self, act: RecordAct<'_>) -> Result<(), Failure> {
        let now = self.call.now;
        let state = self.state();
        match act.decide(&self.caller, &state, now) {
            Verdict::Allow(ground) => {
                self.audit.decision = Some(ground.code().to_owned());
                let found = self.version();
                match self.expected {
                    Some(expected) if expected != found => Err(refused(self.audit, ActRefusal::Version { found })),
                    _ => Ok(()),
                }
            }
            Verdict::Deny(denial) => {
                let is_about_caller = matches!(denial, Denial::CallerInvalid | Denial::ReasonMissing);
                let failure = match is_about_caller || state.explains_itself_to(&self.caller, now) {
                    true => ActRefusal::Denied(denial),
                    false => ActRefusal::Unknown,
                };
                let failure = refused(self.audit, failure);
                // The trail tells the rule, whatever the caller is told.
                self.audit.decision = Some(denial.code().to_owned());
                Err(failure)
            }
        }
    }

    /// What the rules look at; where there is no record, one to which nothing fits but the rules about the caller.
    pub(super) fn state(&self) -> RecordState {
        match &self.stored {
            Some(stored) => stored.record.state(),
            None => RecordState::new(self.holder(), DspStatus::Closed),
        }
    }

    pub(super) fn holder(&self) -> PersonId {
        person_id(&self.patient_id)
    }

    pub(super) fn now(&self) -> Instant {
        self.call.now
    }

    /// The caller, as records name who did something.
    pub(super) fn noted(&self) -> Noted {
        let by = self.call.person.as_ref().map(Person::user_name);
        let by = by.or_else(|| self.call.caller.clone());
        Noted { at: self.call.now, by: by.unwrap_or_else(|| self.call.source_address.clone()) }
    }

    /// The record, which an allowed act has.
    pub(super) fn record(&mut self) -> Result<&mut CareRecord, Failure> {
        match &mut self.stored {
            Some(stored) => Ok(&mut stored.record),
            None => Err(refused(self.audit, ActRefusal::Unknown)),
        }
    }

    /// Writes down what the record has become: nobody changed it since it was read.
    pub(super) fn save(&mut self) -> Result<(), Failure> {
        let Some(stored) = &mut self.stored else { return Err(refused(self.audit, ActRefusal::Unknown)) };
        if stored.version == 0 {
            self.tx.insert_care_record(&stored.record)?;
        } else {
            self.tx.update_care_record(&stored.record, stored.version, self.call.now)?;
        }
        stored.version += 1;
        Ok(())
    }

    /// The same record, of which the caller wants to change this version and no other: whoever may act learns it otherwise as
    /// [`ActRefusal::Version`].
    #[must_use]
    pub fn expecting(self, expected: Option<u64>) -> Self {
        Self { expected, ..self }
    }

    /// How often the record was changed; 0 without one.
    pub fn version(&self) -> u64 {
        self.stored.as_ref().map_or(0, |stored| stored.version.unsigned_abs())
    }

    /// Adds a grant and gives its name.
    pub(super) fn grant(&mut self, kind: GrantKind, end: Option<Instant>) -> Result<Uuid, Failure> {
        let given = self.noted();
        let period = Period { start: given.at, end };
        let id = Uuid::new_v4();
        self.record()?.grants.push(Grant { id, kind, period, given, ended: None, version: 1 });
        self.audit.object_ids.push(id.to_string());
        Ok(id)
    }

    /// Ends a grant now, or at an instant to come.
    pub(super) fn end(&mut self, id: Uuid, at: Instant) -> Result<(), Failure> {
        let ended = self.noted();
        if let Some(grant) = self.record()?.grants.iter_mut().find(|grant| grant.id == id) {
            grant.period.end = Some(at);
            grant.ended = Some(ended);
            grant.version += 1;
        }
        self.audit.object_ids.push(id.to_string());
        Ok(())
    }

    /// The names of the grants in force of which this holds.
    pub(super) fn in_force(&self, is: impl Fn(&GrantKind) -> bool) -> Vec<Uuid> {
        let grants = self.stored.iter().flat_map(|stored| &stored.record.grants);
        grants.filter(|grant| grant.period.contains(self.call.now) && is(&grant.kind)).map(|grant| grant.id).collect()
    }

    /// A consent of the record as it is now.
    pub(super) fn changed(&mut self, id: Uuid, ended: Option<Uuid>) -> Result<Changed, Failure> {
        let now = self.call.now;
        match self.record()?.consent(id, now) {
            Some(consent) => Ok(Changed { consent, ended }),
            None => Err(refused(self.audit, ActRefusal::Unknown)),
        }
    }
}
