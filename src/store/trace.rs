//! The end of audit records: the trace of a purged record, and what is technical and old.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::model::asked::Asked;
use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;
use crate::model::trail::TrailRemoval;

use super::purge::hash_of_lines;
use super::rows::{from_json, to_json};
use super::schema::{audit_event_patients, audit_events};
use super::trail::{Amendments, ChainedRow, Fields};
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
    /// What the chains keep of it; nothing where they were not touched.
    pub removal: Option<TrailRemoval>,
}

impl Write {
    /// Removes the records about these patients, who are one person. From records about others, too, only these patients go,
    /// and the objects of `ids`, which are theirs.
    pub fn purge_trace(&mut self, of: &[PatientId], ids: &[String]) -> Result<PurgedTrace, StoreError> {
        let patients: HashSet<String> = of.iter().map(PatientId::to_string).collect();
        let objects: HashSet<&String> = ids.iter().collect();
        let named: Vec<&String> = patients.iter().collect();
        let first = audit_events::table.filter(audit_events::patient_id.eq_any(&named));
        let mut rows: Vec<ChainedRow> = first.select(ChainedRow::as_select()).load(self.connection())?;
        let others = audit_event_patients::table.filter(audit_event_patients::patient_id.eq_any(&named));
        let further = audit_events::table.filter(audit_events::sequence.eq_any(others.select(audit_event_patients::sequence)));
        rows.extend(further.select(ChainedRow::as_select()).load::<ChainedRow>(self.connection())?);
        rows.sort_by_key(|row| row.sequence);
        rows.dedup_by_key(|row| row.sequence);
        let (mut purged, mut removed, mut amendments) = (PurgedTrace::default(), Vec::new(), Amendments::new());
        for row in rows {
            let mut event: AuditEvent = from_json("audit_events", &row.content)?;
            if event.purged.is_some() {
                // What an earlier purge left of itself is as old as the trail.
                continue;
            }
            event.patient_ids.retain(|patient| !patients.contains(patient));
            if event.received.take().is_some() {
                // What was received names them somewhere in its bytes; it goes as a whole.
                self.delete_received_record(&row.id)?;
            }
            if event.patient_ids.is_empty() {
                diesel::delete(audit_events::table.find(row.sequence)).execute(self.connection())?;
                amendments.remove(&row);
                removed.push(row.content);
            } else {
                event.object_ids.retain(|object| !objects.contains(object));
                // The query may name them.
                event.asked = event.asked.map(|asked| Asked { query: None, ..asked });
                self.redact(&row, &event, &mut amendments)?;
                purged.redacted += 1;
            }
        }
        let theirs = audit_event_patients::table.filter(audit_event_patients::patient_id.eq_any(&named));
        diesel::delete(theirs).execute(self.connection())?;
        purged.removed = removed.len() as u64;
        purged.sha256 = hash_of_lines(&removed);
        purged.removal = self.insert_amendments(amendments)?;
        Ok(purged)
    }

    fn redact(&mut self, row: &ChainedRow, event: &AuditEvent, amendments: &mut Amendments) -> Result<(), StoreError> {
        let first = event.patient_ids.first();
        let after = Fields { patient_id: first.cloned(), content: to_json(event)?, ..row.fields() };
        diesel::update(audit_events::table.find(row.sequence))
            .set((audit_events::patient_id.eq(first), audit_events::content.eq(&after.content)))
            .execute(self.connection())?;
        amendments.redact(row, &after);
        if let Some(first) = first {
            diesel::delete(audit_event_patients::table.find((first, row.sequence))).execute(self.connection())?;
        }
        Ok(())
    }

    /// Removes records about no patient that are older than this, the oldest first, at most `limit`. What tells of removals stays.
    pub fn remove_technical_events(&mut self, before: Instant, limit: i64) -> Result<PurgedTrace, StoreError> {
        let oldest = technical_before(before.0).order(audit_events::occurred_at).limit(limit).select(ChainedRow::as_select());
        let rows: Vec<ChainedRow> = oldest.load(self.connection())?;
        let (mut amendments, mut removed) = (Amendments::new(), Vec::new());
        for row in rows {
            diesel::delete(audit_events::table.find(row.sequence)).execute(self.connection())?;
            if row.transaction_id == Transaction::Iti20.as_str() {
                self.delete_received_record(&row.id)?;
            }
            amendments.remove(&row);
            removed.push(row.content);
        }
        let removal = self.insert_amendments(amendments)?;
        Ok(PurgedTrace { removed: removed.len() as u64, sha256: hash_of_lines(&removed), redacted: 0, removal })
    }
}

impl super::Read {
    /// How many records about no patient are older than this.
    pub fn count_technical_events(&mut self, before: Instant) -> Result<i64, StoreError> {
        Ok(technical_before(before.0).count().get_result(self.connection())?)
    }
}

/// Records about no patient from before a time; but not the certificates of removals, which are as old as the trail.
#[diesel::dsl::auto_type(no_type_alias)]
fn technical_before(before: i64) -> _ {
    let certificates: &'static str = Transaction::LifeCycle.as_str();
    let of_nobody = audit_events::table.filter(audit_events::patient_id.is_null());
    of_nobody.filter(audit_events::occurred_at.lt(before)).filter(audit_events::transaction_id.ne(certificates))
}
