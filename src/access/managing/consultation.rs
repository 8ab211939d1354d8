//! A professional enters the presence code of a patient who sits before them (access rules, 3, *Presence code*).

use super::presence_code::is_of;
use super::record::refused;
use super::{ActRefusal, Changed, ManagedRecord};
use crate::access::caller::caller;
use crate::access::{Call, Door, Failure, Writing};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::care_record::GrantKind;
use crate::model::civil_day::{days_after, end_of_day};
use crate::model::dsp::{Caller, Denial, DspStatus, ProfessionalId, Quality, RecordAct, RecordState, Verdict};
use crate::model::hl7_types::PatientId;
use crate::model::presence_code::PresenceCode;
use crate::model::timestamp::Instant;
use crate::store::{PatientState, Read, StoreError, StoredCode};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// There is a mandate for the day and its follow-up; perhaps there was one already.
    Opened(Box<Changed>),
    /// It is not the code of a patient for whom this professional may open one. Nothing says which of it does not hold.
    NotOpened,
    /// Too many wrong codes; none is looked at before this instant.
    Locked {
        /// From when on one is again.
        until: Instant,
    },
}

/// In the audit trail.
const WRONG: &str = "presence-code-wrong";
const LOCKED: &str = "presence-code-locked";

/// What was known before the transaction began, so that no hash is computed while it keeps others waiting.
struct Checked {
    caller: Option<Caller>,
    code: Option<StoredCode>,
    is_right: bool,
}

impl Door {
    /// Opens a consultation for the professional who calls, if the code is the patient's. Each failure is in the trail under the
    /// patient, and counts.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], and [`ActRefusal::Denied`] for a caller who could not open one with any code.
    pub fn open_consultation(
        &self,
        call: &Call,
        transaction: Transaction,
        patient_id: &PatientId,
        entered: &PresenceCode,
    ) -> Result<Opening, Failure> {
        let (who, code, may_try) = self.store().read(|tx| {
            let who = caller(tx, call)?;
            // Whoever is no self-employed professional, or is locked out, is turned away below; the work is not done for them.
            let professional = who.as_ref().filter(|caller| denied_anyway(caller, call.now).is_none()).and_then(professional);
            let may_try = match professional {
                Some(id) => locked_until(tx, id, patient_id, call.now)?.is_none(),
                None => false,
            };
            Ok::<_, Failure>((who, tx.presence_code(patient_id)?, may_try))
        })?;
        let is_right = may_try && is_of(entered, code.as_ref().map(|code| code.hash.as_str()));
        let checked = Checked { caller: who, code, is_right };
        self.write(call, transaction, |writing| writing.open_checked(patient_id, checked))
    }
}

/// The rule by which no code at all opens a consultation for this caller, asked of a record in which nothing stands in the way.
fn denied_anyway(caller: &Caller, now: Instant) -> Option<Denial> {
    let willing = RecordState::new("".into(), DspStatus::Active);
    match RecordAct::OpenConsultation.decide(caller, &willing, now) {
        Verdict::Allow(_) => None,
        Verdict::Deny(denial) => Some(denial),
    }
}

fn professional(caller: &Caller) -> Option<&ProfessionalId> {
    if let Quality::Professional { id, .. } = &caller.quality { Some(id) } else { None }
}

/// Until when the professional may try no code: of this patient, or of any.
fn locked_until(tx: &mut Read, id: &ProfessionalId, patient_id: &PatientId, now: Instant) -> Result<Option<Instant>, StoreError> {
    let of_any = tx.presence_code_attempts(id, None)?.locked_until(now);
    let of_patient = tx.presence_code_attempts(id, Some(patient_id))?.locked_until(now);
    Ok(of_any.max(of_patient))
}

impl Writing<'_> {
    fn open_checked(&mut self, patient_id: &PatientId, checked: Checked) -> Result<Opening, Failure> {
        self.audit.patient_ids.push(patient_id.to_string());
        let Some(caller) = checked.caller else { return Err(refused(self.audit, ActRefusal::NobodyCalls)) };
        if let Some(denial) = denied_anyway(&caller, self.call.now) {
            return Err(refused(self.audit, ActRefusal::Denied(denial)));
        }
        let Some(id) = professional(&caller).cloned() else {
            return Err(refused(self.audit, ActRefusal::Denied(Denial::NotEntitled)));
        };
        // Others of the same professional wait until this transaction ends.
        self.tx.hold_presence_code_attempts(&id, self.call.now)?;
        if let Some(until) = locked_until(self.tx, &id, patient_id, self.call.now)? {
            self.fail(LOCKED);
            return Ok(Opening::Locked { until });
        }
        let is_known = self.tx.patient_for_filing(patient_id)?.is_some_and(|known| known.state == PatientState::Active);
        // A code that was changed while this one was looked at is not the one that was entered.
        let is_right = checked.is_right && is_known && self.tx.presence_code(patient_id)? == checked.code;
        let mut record = match self.manage_as(Some(caller), patient_id) {
            Ok(record) if is_right => record,
            Ok(_) | Err(Failure::Act(_)) => return self.count_failure(&id, patient_id, WRONG),
            Err(failure) => return Err(failure),
        };
        match record.decide(RecordAct::OpenConsultation) {
            Ok(()) => record.consultation(id).map(|changed| Opening::Opened(Box::new(changed))),
            Err(Failure::Act(_)) => {
                let decision = record.audit.decision.clone().unwrap_or_default();
                self.count_failure(&id, patient_id, &decision)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Counts a failure for the pair and for the professional.
    fn count_failure(&mut self, id: &ProfessionalId, patient_id: &PatientId, decision: &str) -> Result<Opening, Failure> {
        let limits = self.policy.rules().map(|rules| rules.presence_codes).unwrap_or_default();
        for (of, limit) in [(None, limits.of_professional), (Some(patient_id), limits.of_patient)] {
            let mut attempts = self.tx.presence_code_attempts(id, of)?;
            attempts.fail(limit, self.call.now);
            self.tx.put_presence_code_attempts(id, of, &attempts, attempts.forget_at(limit))?;
        }
        self.fail(decision);
        Ok(Opening::NotOpened)
    }

    fn fail(&mut self, decision: &str) {
        self.audit.decision = Some(decision.to_owned());
        self.audit.outcome = AuditOutcome::MinorFailure;
        self.audit.errors = vec![if decision == LOCKED { LOCKED } else { WRONG }.to_owned()];
    }
}

impl ManagedRecord<'_> {
    /// The mandate: for the rest of the civil day, and the follow-up after it. One that is open for the same day stays as it is.
    fn consultation(&mut self, professional: ProfessionalId) -> Result<Changed, Failure> {
        let care_end = end_of_day(self.now());
        let kind = GrantKind::Consultation { professional, care_end };
        if let Some(id) = self.in_force(|known| *known == kind).first() {
            return self.changed(*id, None);
        }
        let id = self.grant(kind, Some(days_after(care_end, self.durations.consultation)))?;
        self.save()?;
        self.changed(id, None)
    }
}
