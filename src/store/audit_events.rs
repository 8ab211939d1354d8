//! The audit outbox: records written with the effect they tell of.

use std::collections::BTreeSet;

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::activity::ActivityFilter;
use crate::model::audit_actor::{Actor, ActorKey};
use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;

use super::rows::{from_json, to_json};
use super::schema::{audit_event_patients, audit_events};
use super::{Read, StoreError, Write};

/// Where an event stands in the order of events: its time, and its number among all.
pub type EventPosition = (i64, i64);

/// An event with its name and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its name.
    pub id: Uuid,
    /// Its place in the order of events.
    pub position: EventPosition,
    /// What it says.
    pub event: AuditEvent,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events)]
struct EventRow {
    sequence: i64,
    occurred_at: i64,
    id: String,
    content: String,
}

impl EventRow {
    fn into_model(self) -> Result<StoredEvent, StoreError> {
        let id = self.id.parse().map_err(|_| StoreError::Failed("a stored id of an event is malformed"))?;
        Ok(StoredEvent { id, position: (self.occurred_at, self.sequence), event: from_json("audit_events", &self.content)? })
    }
}

/// The conditions of a history on the table whose index by patient serves them, newest first.
macro_rules! newest_first {
    ($sql:expr, $table:ident, $patient:expr, $filter:expr, $before:expr, $limit:expr) => {{
        let (from, until) = ($filter.from.map_or(i64::MIN, |from| from.0), $filter.until.map_or(i64::MAX, |until| until.0));
        let (time, sequence) = $before.unwrap_or((i64::MAX, i64::MAX));
        let before = $table::occurred_at.lt(time).or($table::occurred_at.eq(time).and($table::sequence.lt(sequence)));
        $sql.filter($table::patient_id.eq($patient.to_string()))
            .filter($table::occurred_at.ge(from))
            .filter($table::occurred_at.lt(until))
            // Where the index is entered; the condition after it leaves out what was at that very time.
            .filter($table::occurred_at.le(time))
            .filter(before)
            .order(($table::occurred_at.desc(), $table::sequence.desc()))
            .limit($limit)
    }};
}

impl Write {
    /// Adds a record. Records are never changed.
    pub fn insert_audit_event(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        let id = Uuid::new_v4().to_string();
        let row = (
            audit_events::occurred_at.eq(event.occurred_at.0),
            audit_events::transaction_id.eq(event.transaction.as_str()),
            audit_events::outcome.eq(event.outcome.as_str()),
            audit_events::patient_id.eq(event.patient_ids.first()),
            audit_events::content.eq(to_json(event)?),
            audit_events::id.eq(&id),
            audit_events::actor.eq(event.actor.as_ref().and_then(Actor::key).map(|key| key.column())),
        );
        diesel::insert_into(audit_events::table).values(row).execute(self.connection())?;
        match event.patient_ids.split_first() {
            Some((first, others)) if !others.is_empty() => self.insert_further_patients(&id, event, first, others),
            _ => Ok(()),
        }
    }

    fn insert_further_patients(&mut self, id: &str, event: &AuditEvent, first: &str, others: &[String]) -> Result<(), StoreError> {
        let inserted = audit_events::table.filter(audit_events::id.eq(id)).select(audit_events::sequence);
        let sequence: i64 = inserted.first(self.connection())?;
        let further: BTreeSet<_> = others.iter().filter(|patient| *patient != first).collect();
        for patient in further {
            let row = (
                audit_event_patients::sequence.eq(sequence),
                audit_event_patients::patient_id.eq(patient),
                audit_event_patients::occurred_at.eq(event.occurred_at.0),
            );
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

    /// The event of that name.
    pub fn audit_event(&mut self, id: Uuid) -> Result<Option<StoredEvent>, StoreError> {
        let row = audit_events::table.filter(audit_events::id.eq(id.to_string())).select(EventRow::as_select());
        row.first(self.connection()).optional()?.map(EventRow::into_model).transpose()
    }

    /// Events that concern a patient, alone or with others, newest first: those before a place, at most `limit`. Of the filter,
    /// dates and actor count; an event has to be of `reader` too, where one is given.
    pub fn audit_events_of_patient(
        &mut self,
        patient_id: &PatientId,
        filter: &ActivityFilter,
        reader: Option<&ActorKey>,
        before: Option<EventPosition>,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let actors: Vec<_> = reader.into_iter().chain(&filter.actor).map(ActorKey::column).collect();
        let mut first = audit_events::table.select(EventRow::as_select()).into_boxed();
        let mut further = audit_event_patients::table
            .inner_join(audit_events::table.on(audit_events::sequence.eq(audit_event_patients::sequence)))
            .select(EventRow::as_select())
            .into_boxed();
        for actor in actors {
            first = first.filter(audit_events::actor.eq(actor.clone()));
            further = further.filter(audit_events::actor.eq(actor));
        }
        let mut rows: Vec<EventRow> = newest_first!(first, audit_events, patient_id, filter, before, limit).load(self.connection())?;
        let further = newest_first!(further, audit_event_patients, patient_id, filter, before, limit);
        rows.extend(further.load::<EventRow>(self.connection())?);
        rows.sort_by_key(|row| std::cmp::Reverse((row.occurred_at, row.sequence)));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.into_iter().map(EventRow::into_model).collect()
    }
}
