//! Notices: queued with what they tell of, read by their recipient alone.

use uuid::Uuid;

use super::record::refused;
use super::{ActRefusal, ManagedRecord};
use crate::access::caller::caller;
use crate::access::{Failure, Reading, Writing};
use crate::model::care_record::{Notice, NoticeReason, Recipient};
use crate::model::dsp::{Caller, Quality};
use crate::model::timestamp::Instant;

impl ManagedRecord<'_> {
    /// Queues a notice, in the transaction of what it tells of.
    pub(super) fn tell(&mut self, recipient: Recipient, reason: NoticeReason) -> Result<(), Failure> {
        let (patient, created_at) = (self.patient_id.clone(), self.now());
        let notice = Notice { id: Uuid::new_v4(), recipient, patient, reason, created_at, read_at: None };
        Ok(self.tx.insert_notice(&notice)?)
    }
}

/// As whom a caller gets notices; nothing for those who get none, and for those whom the rules refuse everything (access rules, 5.1).
fn recipient(caller: &Caller, now: Instant) -> Option<Recipient> {
    caller.check(now).ok()?;
    match &caller.quality {
        Quality::Patient { person, .. } => Some(Recipient::Patient(person.clone())),
        Quality::Professional { id, .. } => Some(Recipient::Professional(id.clone())),
        Quality::HealthFund => Some(Recipient::HealthFund),
        _ => None,
    }
}

impl Reading<'_> {
    /// The notices for the caller, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`].
    pub fn notices(&mut self, limit: usize) -> Result<Vec<Notice>, Failure> {
        let Some(caller) = caller(self.tx, self.call)? else { return Err(refused(self.audit, ActRefusal::NobodyCalls)) };
        let Some(recipient) = recipient(&caller, self.call.now) else { return Ok(Vec::new()) };
        let notices = self.tx.notices_for(&recipient, Instant(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX))?;
        self.audit.patient_ids.extend(notices.iter().map(|notice| notice.patient.to_string()));
        self.audit.object_ids.extend(notices.iter().map(|notice| notice.id.to_string()));
        Ok(notices)
    }

    /// One notice, if it is for the caller.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], [`ActRefusal::Unknown`].
    pub fn notice(&mut self, id: Uuid) -> Result<Notice, Failure> {
        let Some(caller) = caller(self.tx, self.call)? else { return Err(refused(self.audit, ActRefusal::NobodyCalls)) };
        let recipient = recipient(&caller, self.call.now);
        match self.tx.notice(id)?.filter(|notice| Some(&notice.recipient) == recipient.as_ref()) {
            Some(notice) => {
                self.audit.patient_ids.push(notice.patient.to_string());
                self.audit.object_ids.push(id.to_string());
                Ok(notice)
            }
            None => Err(refused(self.audit, ActRefusal::Unknown)),
        }
    }
}

impl Writing<'_> {
    /// Notes that the caller has read a notice for them; the first time counts.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], [`ActRefusal::Unknown`].
    pub fn acknowledge_notice(&mut self, id: Uuid) -> Result<Notice, Failure> {
        let Some(caller) = caller(self.tx, self.call)? else { return Err(refused(self.audit, ActRefusal::NobodyCalls)) };
        let recipient = recipient(&caller, self.call.now);
        let found = self.tx.notice(id)?.filter(|notice| Some(&notice.recipient) == recipient.as_ref());
        let Some(mut notice) = found else { return Err(refused(self.audit, ActRefusal::Unknown)) };
        self.audit.patient_ids.push(notice.patient.to_string());
        self.audit.object_ids.push(id.to_string());
        if notice.read_at.is_none() {
            notice.read_at = Some(self.call.now);
            self.tx.update_notice(&notice)?;
        }
        Ok(notice)
    }
}
