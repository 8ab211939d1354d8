//! What of the record itself a caller is shown.

use uuid::Uuid;

use super::record::refused;
use super::{ActRefusal, ManagedRecord};
use crate::access::caller::caller;
use crate::access::{Failure, Reading};
use crate::model::audit_event::AuditEvent;
use crate::model::care_record::{CareRecord, Consent, ConsentKind, person_id};
use crate::model::dsp::{Caller, ConsentSight, Denial, DspStatus, RecordState, StatusSight, consents_in_sight, status_in_sight};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;
use crate::store::{PatientState, StoredRecord};

/// The status of a record as far as the caller may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordStatus {
    /// All of it, with the version of the record; without a record there is no status.
    Known {
        /// Where it is in its life.
        status: Option<DspStatus>,
        /// When the holder closed it last.
        closed_at: Option<Instant>,
        /// How often it was changed; 0 without one.
        version: u64,
    },
    /// Whether the patient has an open record, and nothing else.
    OpenOrNot(bool),
}

impl Reading<'_> {
    /// The status of a patient's record.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], [`ActRefusal::Unknown`], or [`ActRefusal::Denied`] for an invalid caller.
    pub fn record_status(&mut self, patient_id: &PatientId) -> Result<RecordStatus, Failure> {
        let (caller, stored) = self.caller_and_record(patient_id)?;
        let now = self.call.now;
        let state = stored.as_ref().map(|stored| stored.record.state());
        let sight = status_in_sight(&caller, &person_id(patient_id), state.as_ref(), now);
        let is_known = self.tx.patient(patient_id)?.is_some_and(|known| known.state == PatientState::Active);
        match sight {
            Err(denial) => Err(unseen(self.audit, denial)),
            Ok(_) if !is_known => Err(refused(self.audit, ActRefusal::Unknown)),
            Ok(StatusSight::OpenOrNot(open)) => Ok(RecordStatus::OpenOrNot(open)),
            Ok(StatusSight::All) => Ok(RecordStatus::Known {
                status: state.map(|state| state.status_at(now)),
                closed_at: stored.as_ref().and_then(|stored| stored.record.closed_at),
                version: stored.map_or(0, |stored| stored.version.unsigned_abs()),
            }),
        }
    }

    /// The consents of a record that the caller sees. A patient who is unknown, or of whom the caller may not know, has none.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], or [`ActRefusal::Denied`] for an invalid caller.
    pub fn consents(&mut self, patient_id: &PatientId) -> Result<Vec<Consent>, Failure> {
        let (caller, stored) = self.caller_and_record(patient_id)?;
        match seen(&caller, stored.as_ref().map(|stored| &stored.record), self.call.now) {
            Ok(consents) => Ok(consents),
            Err(denial @ (Denial::CallerInvalid | Denial::ReasonMissing)) => Err(unseen(self.audit, denial)),
            Err(denial) => {
                self.audit.decision = Some(denial.code().to_owned());
                Ok(Vec::new())
            }
        }
    }

    /// One consent that the caller sees.
    ///
    /// # Errors
    /// Those of [`Self::consents`], and [`ActRefusal::Unknown`].
    pub fn consent(&mut self, id: Uuid) -> Result<Consent, Failure> {
        let Some(patient_id) = self.tx.patient_of_record_item(id)? else {
            let caller = caller(self.tx, self.call)?;
            return Err(refused(self.audit, not_there(caller.as_ref(), self.call.now)));
        };
        let consents = self.consents(&patient_id)?;
        match consents.into_iter().find(|consent| consent.id == id) {
            Some(consent) => {
                self.audit.object_ids.push(id.to_string());
                Ok(consent)
            }
            None => Err(refused(self.audit, ActRefusal::Unknown)),
        }
    }

    /// All versions of a consent that the caller sees, the latest first, each with the time at which it is looked at: now, or when it
    /// was replaced.
    ///
    /// # Errors
    /// Those of [`Self::consent`].
    pub fn consent_versions(&mut self, id: Uuid) -> Result<Vec<(Consent, Instant)>, Failure> {
        let present = (self.consent(id)?, self.call.now);
        let replaced = self.tx.replaced_items(id)?.into_iter();
        let earlier = replaced.filter_map(|item| Some((item.record.consent(id, item.replaced_at)?, item.replaced_at)));
        Ok(std::iter::once(present).chain(earlier).collect())
    }

    fn caller_and_record(&mut self, patient_id: &PatientId) -> Result<(Caller, Option<StoredRecord>), Failure> {
        self.audit.patient_ids.push(patient_id.to_string());
        let stored = self.tx.care_record(patient_id)?;
        match caller(self.tx, self.call)? {
            Some(caller) => Ok((caller, stored)),
            None => Err(refused(self.audit, ActRefusal::NobodyCalls)),
        }
    }
}

impl ManagedRecord<'_> {
    /// The status, for a caller whose act on the record was allowed.
    pub fn status(&self) -> RecordStatus {
        let record = self.stored.as_ref().map(|stored| &stored.record);
        RecordStatus::Known {
            status: record.map(|record| record.state().status_at(self.call.now)),
            closed_at: record.and_then(|record| record.closed_at),
            version: self.version(),
        }
    }

    /// A consent of the record, if the caller sees it.
    pub(super) fn consent_in_sight(&mut self, id: Uuid) -> Result<Consent, Failure> {
        let record = self.stored.as_ref().map(|stored| &stored.record);
        match seen(&self.caller, record, self.call.now) {
            Ok(consents) => match consents.into_iter().find(|consent| consent.id == id) {
                Some(consent) => Ok(consent),
                None => Err(refused(self.audit, ActRefusal::Unknown)),
            },
            Err(denial) => Err(unseen(self.audit, denial)),
        }
    }

    /// The consent of this name as it is, to be changed by whoever sees it.
    ///
    /// # Errors
    /// [`ActRefusal::Unknown`], or [`ActRefusal::Denied`] for an invalid caller.
    pub fn consent(&mut self, id: Uuid) -> Result<Consent, Failure> {
        self.consent_in_sight(id)
    }
}

/// The consents that the rules show to the caller.
fn seen(caller: &Caller, record: Option<&CareRecord>, now: Instant) -> Result<Vec<Consent>, Denial> {
    let Some(record) = record else {
        // What holds of the caller whatever the record has to be said here too.
        let nobodys = RecordState::new("".into(), DspStatus::Closed);
        return consents_in_sight(caller, &nobodys, now).map(|_| Vec::new());
    };
    let sight = consents_in_sight(caller, &record.state(), now)?;
    let is_seen = |consent: &Consent| match sight {
        ConsentSight::All => true,
        ConsentSight::GrantedTo(id) => consent.kind != ConsentKind::Blacklist && consent.professional() == Some(id),
        ConsentSight::Declarations => consent.kind == ConsentKind::ReferringPhysician,
    };
    Ok(record.consents(now).into_iter().filter(is_seen).collect())
}

/// What a caller is told of something that does not exist: one who is invalid is told so, as they are of what does.
pub(super) fn not_there(caller: Option<&Caller>, now: Instant) -> ActRefusal {
    match caller.map(|caller| seen(caller, None, now)) {
        None => ActRefusal::NobodyCalls,
        Some(Err(denial @ (Denial::CallerInvalid | Denial::ReasonMissing))) => ActRefusal::Denied(denial),
        Some(_) => ActRefusal::Unknown,
    }
}

/// What the caller is told of a denial, and what the trail is.
fn unseen(audit: &mut AuditEvent, denial: Denial) -> Failure {
    let told = match denial {
        Denial::CallerInvalid | Denial::ReasonMissing => ActRefusal::Denied(denial),
        _ => ActRefusal::Unknown,
    };
    let failure = refused(audit, told);
    audit.decision = Some(denial.code().to_owned());
    failure
}
