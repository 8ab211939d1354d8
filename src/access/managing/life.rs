//! The life of a record (access rules, 2).

use super::{ActRefusal, ManagedRecord};
use crate::access::Failure;
use crate::model::care_record::{CareRecord, GrantKind, NoticeReason, Recipient};
use crate::model::civil_day::days_after;
use crate::model::dsp::{DspStatus, RecordAct};
use crate::store::StoredRecord;

use super::record::refused;

/// How a record comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// For an affiliated patient: it waits thirty days for the holder.
    Automatic,
    /// On the holder's express request: active at once.
    Volunteer,
}

impl ManagedRecord<'_> {
    /// Creates the record of a patient who has none.
    ///
    /// # Errors
    /// [`ActRefusal::Exists`], or the rules'.
    pub fn create(&mut self, creation: Creation) -> Result<(), Failure> {
        self.decide(RecordAct::Create)?;
        if self.stored.is_some() {
            return Err(refused(self.audit, ActRefusal::Exists));
        }
        let status = match creation {
            Creation::Volunteer => DspStatus::Active,
            Creation::Automatic => DspStatus::Inactive { activates_at: days_after(self.now(), self.durations.activation) },
        };
        self.begin(status);
        self.save()
    }

    /// A record that is not written down yet.
    pub(super) fn begin(&mut self, status: DspStatus) {
        let record = CareRecord::new(self.patient_id.clone(), status, self.noted());
        self.stored = Some(StoredRecord { record, version: 0 });
    }

    /// Ends the thirty days before their time.
    ///
    /// # Errors
    /// The rules'.
    pub fn activate(&mut self) -> Result<(), Failure> {
        self.decide(RecordAct::Activate)?;
        self.record()?.status = DspStatus::Active;
        self.save()
    }

    /// Opens a closed record again; what closing ended stays ended.
    ///
    /// # Errors
    /// The rules'.
    pub fn reopen(&mut self) -> Result<(), Failure> {
        self.decide(RecordAct::Reopen)?;
        self.record()?.status = DspStatus::Active;
        self.save()
    }

    /// Closes the record. The declaration of a referring physician and the mandates of consultations and episodes end with it;
    /// the holder is told, and, where a declaration ended, the physician and the CNS too.
    ///
    /// # Errors
    /// The rules'.
    pub fn close(&mut self) -> Result<(), Failure> {
        self.decide(RecordAct::Close)?;
        let now = self.now();
        let physicians = self.declared_physicians();
        let ends = |kind: &GrantKind| matches!(kind, GrantKind::ReferringPhysician(_) | GrantKind::Consultation { .. });
        for id in self.in_force(ends) {
            self.end(id, now)?;
        }
        let record = self.record()?;
        for episode in &mut record.episodes {
            if episode.access_end().is_none_or(|end| now < end) {
                episode.cut_to = Some(now);
                episode.version += 1;
            }
        }
        record.status = DspStatus::Closed;
        record.closed_at = Some(now);
        self.save()?;
        self.tell(Recipient::Patient(self.holder()), NoticeReason::RecordClosed)?;
        for physician in physicians {
            self.tell(Recipient::Professional(physician), NoticeReason::DeclarationEndedByClosing)?;
            self.tell(Recipient::HealthFund, NoticeReason::DeclarationEndedByClosing)?;
        }
        Ok(())
    }
}
