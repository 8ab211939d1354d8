//! The end of audit records: the trace of a purged record, and what is technical and old.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

use super::purge::hash_of_lines;
use super::rows::{from_json, to_json};
use super::schema::{audit_event_patients, audit_events};
use super::{StoreError, Write};

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurgedTrace {
    /// How many records about nobody else were removed.
    pub removed: u64,
    /// SHA-256 of these, as they were kept, in their order, a line feed after each.
    pub sha256: String,
    /// How many records about others, too, were left without a word of this patient.
    pub redacted: u64,
}

impl Write {
    /// Removes the records about these patients, who are one person. From records about others, too, only these patients go,
    /// and the objects of `ids`, which are theirs.
    pub fn purge_trace(&mut self, of: &[PatientId], ids: &[String]) -> Result<PurgedTrace, StoreError> {
        let patients: HashSet<String> = of.iter().map(PatientId::to_string).collect();
        let objects: HashSet<&String> = ids.iter().collect();
        let named: Vec<&String> = patients.iter().collect();
        let first = audit_events::table.filter(audit_events::patient_id.eq_any(&named));
        let mut rows: Vec<(i64, String)> = first.select((audit_events::sequence, audit_events::content)).load(self.connection())?;
        let others = audit_event_patients::table.filter(audit_event_patients::patient_id.eq_any(&named));
        let further = audit_events::table.filter(audit_events::sequence.eq_any(others.select(audit_event_patients::sequence)));
        rows.extend(further.select((audit_events::sequence, audit_events::content)).load::<(i64, String)>(self.connection())?);
        rows.sort();
        rows.dedup();
        let (mut purged, mut removed) = (PurgedTrace::default(), Vec::new());
        for (sequence, content) in rows {
            let mut event: AuditEvent = from_json("audit_events", &content)?;
            event.patient_ids.retain(|patient| !patients.contains(patient));
            if event.patient_ids.is_empty() {
                diesel::delete(audit_events::table.find(sequence)).execute(self.connection())?;
                removed.push(content);
            } else {
                event.object_ids.retain(|object| !objects.contains(object));
                self.redact(sequence, &event)?;
                purged.redacted += 1;
            }
        }
        let theirs = audit_event_patients::table.filter(audit_event_patients::patient_id.eq_any(&named));
        diesel::delete(theirs).execute(self.connection())?;
        purged.removed = removed.len() as u64;
        purged.sha256 = hash_of_lines(&removed);
        Ok(purged)
    }

    fn redact(&mut self, sequence: i64, event: &AuditEvent) -> Result<(), StoreError> {
        let first = event.patient_ids.first();
        diesel::update(audit_events::table.find(sequence))
            .set((audit_events::patient_id.eq(first), audit_events::content.eq(to_json(event)?)))
            .execute(self.connection())?;
        if let Some(first) = first {
            diesel::delete(audit_event_patients::table.find((first, sequence))).execute(self.connection())?;
        }
        Ok(())
    }

    /// Removes records about no patient that are older than this, the oldest first, at most `limit`; gives how many.
    pub fn remove_technical_events(&mut self, before: Instant, limit: i64) -> Result<usize, StoreError> {
        let old = audit_events::table.filter(audit_events::patient_id.is_null()).filter(audit_events::occurred_at.lt(before.0));
        let oldest = old.order(audit_events::occurred_at).limit(limit).select(audit_events::sequence);
        let sequences: Vec<i64> = oldest.load(self.connection())?;
        Ok(diesel::delete(audit_events::table.filter(audit_events::sequence.eq_any(sequences))).execute(self.connection())?)
    }
}

impl super::Read {
    /// How many records about no patient are older than this.
    pub fn count_technical_events(&mut self, before: Instant) -> Result<i64, StoreError> {
        let old = audit_events::table.filter(audit_events::patient_id.is_null()).filter(audit_events::occurred_at.lt(before.0));
        Ok(old.count().get_result(self.connection())?)
    }
}
