//! The audit outbox: records written with the effect they tell of.

use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::model::audit_event::AuditEvent;

use super::connection::StoreConnection;
use super::rows::{from_json, to_json};
use super::schema::{audit_event_patients, audit_events};
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
        let insert = diesel::insert_into(audit_events::table).values(row);
        let others: BTreeSet<_> = event.patient_ids.iter().skip(1).filter(|other| Some(*other) != event.patient_ids.first()).collect();
        if others.is_empty() {
            insert.execute(self.connection())?;
            return Ok(());
        }
        let sequence: i64 = match self.connection() {
            StoreConnection::Sqlite(sqlite) => {
                insert.execute(sqlite)?;
                diesel::select(sql::<BigInt>("last_insert_rowid()")).get_result(sqlite)?
            }
            StoreConnection::Postgres(pg) => insert.returning(audit_events::sequence).get_result(pg)?,
        };
        let rows = |other: &&String| (audit_event_patients::patient_id.eq((*other).clone()), audit_event_patients::sequence.eq(sequence));
        for row in others.iter().map(rows) {
            diesel::insert_into(audit_event_patients::table).values(row).execute(self.connection())?;
        }
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
