//! The audit outbox: records written with the effect they tell of.

use diesel::prelude::*;

use crate::model::audit_event::AuditEvent;

use super::rows::{from_json, to_json};
use super::schema::audit_events;
use super::{Read, StoreError, Write};

impl Write {
    /// Adds a record. Records are never changed.
    pub fn insert_audit_event(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        let row = (
            audit_events::occurred_at.eq(event.occurred_at.0),
            audit_events::transaction_id.eq(event.transaction.as_str()),
            audit_events::outcome.eq(event.outcome.as_str()),
            audit_events::patient_id.eq(event.patient_ids.first()),
            audit_events::content.eq(to_json(event)?),
        );
        diesel::insert_into(audit_events::table).values(row).execute(self.connection())?;
        Ok(())
    }
}

impl Read {
    /// Records after the one numbered `after`, oldest first, at most `limit`, each with its number.
    pub fn audit_events_after(&mut self, after: i64, limit: i64) -> Result<Vec<(i64, AuditEvent)>, StoreError> {
        let rows: Vec<(i64, String)> = audit_events::table
            .filter(audit_events::sequence.gt(after))
            .order(audit_events::sequence)
            .limit(limit)
            .select((audit_events::sequence, audit_events::content))
            .load(self.connection())?;
        rows.into_iter().map(|(sequence, content)| Ok((sequence, from_json("audit_events", &content)?))).collect()
    }
}
