//! What happens to records by themselves (access rules, 2): they activate thirty days after their creation, and ten years
//! after closing or death they are destroyed. Any number of servers may do it at one time: each record is one transaction on a
//! locked row, which looks again whether there is something to do.

use uuid::Uuid;

use crate::model::audit_event::{PurgeCertificate, Transaction};
use crate::model::care_record::{CareRecord, Noted};
use crate::model::civil_day;
use crate::model::hl7_types::PatientId;
use crate::model::node::NodeProof;
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Instant;
use crate::store::contents::ContentKey;
use crate::store::{PurgedObjects, PurgedTrace};

use super::{Admitted, Call, Discreet, Door, Failure, RemovedDocument, Writing};

/// How long technical records are kept (access rules, 2).
const TECHNICAL_MONTHS: u16 = 13;
/// What the trail says of their removal.
const TECHNICAL: &str = "technical-retention";
/// Who does it, as the audit trail names them.
const BY: &str = "dossier";

/// What happens to a record by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlived {
    /// Its thirty days: it becomes active.
    Activation,
    /// Its ten years: it is destroyed.
    Retention,
}

impl Outlived {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Retention => "purge",
        }
    }

    fn next(record: &CareRecord) -> Option<(Self, Instant)> {
        let at = record.due_at()?;
        let what = if record.purge_at() == Some(at) { Self::Retention } else { Self::Activation };
        Some((what, at))
    }
}

/// A record to which something will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRecord {
    /// Whose.
    pub patient_id: PatientId,
    /// What.
    pub what: Outlived,
    /// When.
    pub at: Instant,
}

impl Door {
    /// The records to which something happens by `until`, the longest due first, at most `limit`.
    pub fn records_due(&self, until: Instant, limit: usize) -> Result<Vec<DueRecord>, Failure> {
        self.store().read(|tx| {
            let mut due = Vec::new();
            for patient_id in tx.care_records_due(until, i64::try_from(limit).unwrap_or(i64::MAX))? {
                let stored = tx.care_record(&patient_id)?;
                let next = stored.and_then(|stored| Outlived::next(&stored.record));
                due.extend(next.map(|(what, at)| DueRecord { patient_id, what, at }));
            }
            Ok(due)
        })
    }

    /// Does to a record what is due; nothing where another server was quicker. The audit trail has it when this returns.
    pub fn advance_record(&self, patient_id: &PatientId, now: Instant) -> Result<Option<Outlived>, Failure> {
        let call = system_call(now);
        let (mut audit, mut removed) = (call.audit_event(Transaction::LifeCycle), Vec::new());
        // Not through `write`: where nothing is due any more, there is no event to tell of.
        let done = self.store().write(|tx| {
            let what = self.writing(tx, &call, &mut audit).advance(patient_id, &mut removed)?;
            if what.is_some() {
                tx.insert_audit_event(&audit).map_err(Failure::Audit)?;
            }
            Ok::<_, Failure>(what)
        })?;
        self.discard(removed);
        Ok(done)
    }

    /// How many technical records of the audit trail are older than they may be at `now`.
    pub fn count_technical_events(&self, now: Instant) -> Result<u64, Failure> {
        let before = civil_day::months_before(now, TECHNICAL_MONTHS);
        Ok(u64::try_from(self.store().read(|tx| tx.count_technical_events(before))?).unwrap_or(0))
    }

    /// Removes records of the audit trail that are about no patient, and so no part of any activity history, once they are
    /// older than thirteen months; at most `limit` at a time. Gives how many.
    pub fn remove_technical_events(&self, now: Instant, limit: usize) -> Result<usize, Failure> {
        let before = civil_day::months_before(now, TECHNICAL_MONTHS);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        if self.store().read(|tx| tx.count_technical_events(before))? == 0 {
            return Ok(0);
        }
        let call = system_call(now);
        let mut audit = call.audit_event(Transaction::LifeCycle);
        self.store().write(|tx| {
            let removed = tx.remove_technical_events(before, limit)?;
            if removed.removed > 0 {
                audit.decision = Some(TECHNICAL.to_owned());
                audit.purged = Some(certificate(&PurgedObjects::default(), &removed));
                tx.insert_audit_event(&audit).map_err(Failure::Audit)?;
            }
            Ok(usize::try_from(removed.removed).unwrap_or(usize::MAX))
        })
    }
}

/// A call of the server itself.
fn system_call(now: Instant) -> Call {
    Call {
        request_id: Uuid::new_v4(),
        now,
        source_address: String::new(),
        caller: Some(BY.to_owned()),
        reply_to: None,
        node: NodeProof::None,
        admitted: Some(Admitted::OPERATOR),
        asked: None,
        person: None,
        discreet: Discreet::default(),
    }
}

impl Writing<'_> {
    fn advance(&mut self, patient_id: &PatientId, removed: &mut Vec<RemovedDocument>) -> Result<Option<Outlived>, Failure> {
        self.tx.patient_for_change(patient_id)?;
        let stored = self.tx.care_record(patient_id)?;
        let due = stored.and_then(|stored| Outlived::next(&stored.record).map(|(what, at)| (stored, what, at)));
        let due = due.filter(|(_, _, at)| *at <= self.call.now);
        let Some((mut stored, what, _)) = due else { return Ok(None) };
        match what {
            Outlived::Activation => {
                stored.record.activate_if_due(self.call.now);
                self.tx.update_care_record(&stored.record, stored.version, self.call.now)?;
                self.note(patient_id);
            }
            Outlived::Retention => {
                let is_deceased = stored.record.deceased_at.is_some();
                self.purge(patient_id, is_deceased, removed)?;
                let left = CareRecord::purged(patient_id.clone(), Noted { at: self.call.now, by: BY.to_owned() });
                self.tx.update_care_record(&left, stored.version, self.call.now)?;
                self.note(patient_id);
            }
        }
        self.audit.decision = Some(what.as_str().to_owned());
        Ok(Some(what))
    }

    /// Destroys documents and trace of the patient and of those who were merged into them. Of somebody who died the identity
    /// goes, too; of the living it belongs to the directory of patients.
    fn purge(&mut self, patient_id: &PatientId, is_deceased: bool, removed: &mut Vec<RemovedDocument>) -> Result<(), Failure> {
        let objects = self.tx.purge_objects(patient_id)?;
        let mut names = self.tx.patients_merged_into(patient_id)?;
        names.push(patient_id.clone());
        names.iter().try_for_each(|name| self.tx.purge_management(name))?;
        let trace = self.tx.purge_trace(&names, &objects.ids)?;
        if is_deceased {
            self.tx.remove_patient_aliases(patient_id)?;
            for name in &names {
                let demographics = PatientDemographics { identifiers: vec![name.clone()], deceased: Some(true), ..Default::default() };
                self.tx.purge_demographics(name, &demographics, self.call.now)?;
            }
        }
        self.audit.purged = Some(certificate(&objects, &trace));
        for key in &objects.content_keys {
            removed.push(RemovedDocument { key: ContentKey::parse(key)? });
        }
        Ok(())
    }
}

fn certificate(objects: &PurgedObjects, trace: &PurgedTrace) -> PurgeCertificate {
    PurgeCertificate {
        documents: objects.documents,
        bytes: objects.bytes,
        documents_sha256: objects.documents_sha256.clone(),
        objects: objects.objects,
        trace: trace.removed,
        redacted: trace.redacted,
        trace_sha256: trace.sha256.clone(),
        removal: trace.removal.clone(),
    }
}

#[cfg(test)]
#[path = "life_cycle_tests.rs"]
mod tests;
