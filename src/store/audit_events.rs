//! The audit outbox: records written with the effect they tell of.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use uuid::Uuid;

use crate::model::activity::ActivityFilter;
use crate::model::audit_actor::{Actor, ActorKey};
use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;

use super::connection::StoreConnection;
use super::rows::{from_json, to_json};
use super::schema::{audit_event_patients, audit_events};
use super::trail::Fields;
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

/// The newest of some events before a place; dates and actors are conditions, and each actor named has to be the one.
macro_rules! newest_first {
    ($events:expr, $actors:expr, $filter:expr, $before:expr, $limit:expr) => {{
        let (from, until) = ($filter.from.map_or(i64::MIN, |from| from.0), $filter.until.map_or(i64::MAX, |until| until.0));
        let (time, sequence) = $before.unwrap_or((i64::MAX, i64::MAX));
        let before = audit_events::occurred_at.lt(time).or(audit_events::occurred_at.eq(time).and(audit_events::sequence.lt(sequence)));
        // Where the index is entered; the condition on the place leaves out what was at that very time.
        let mut events = $events.filter(audit_events::occurred_at.between(from, time)).filter(before).into_boxed();
        for actor in $actors {
            events = events.filter(audit_events::actor.eq(actor));
        }
        let newest = events.order((audit_events::occurred_at.desc(), audit_events::sequence.desc()));
        newest.filter(audit_events::occurred_at.lt(until)).limit($limit)
    }};
}

impl Write {
    /// Adds a record, as the next link of a chain. Records are never changed.
    pub fn insert_audit_event(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.insert_event_named(Uuid::new_v4(), event)
    }

    /// The same under a name that something else has, too.
    pub(super) fn insert_event_named(&mut self, id: Uuid, event: &AuditEvent) -> Result<(), StoreError> {
        let fields = Fields {
            id: id.to_string(),
            occurred_at: event.occurred_at.0,
            transaction_id: event.transaction.as_str().to_owned(),
            outcome: event.outcome.as_str().to_owned(),
            patient_id: event.patient_ids.first().cloned(),
            actor: event.actor.as_ref().and_then(Actor::key).map(|key| key.column()),
            content: to_json(event)?,
        };
        if let StoreConnection::Postgres(pg) = self.connection() {
            // The transaction has its number before the record has its own: `Read::trail_end` rests on it.
            diesel::sql_query("SELECT pg_current_xact_id()").execute(pg)?;
        }
        let link = self.next_link(&fields)?;
        let row = (
            audit_events::occurred_at.eq(fields.occurred_at),
            audit_events::transaction_id.eq(fields.transaction_id),
            audit_events::outcome.eq(fields.outcome),
            audit_events::patient_id.eq(fields.patient_id),
            audit_events::content.eq(fields.content),
            audit_events::id.eq(fields.id),
            audit_events::actor.eq(fields.actor),
            audit_events::writer.eq(link.writer.to_string()),
            audit_events::number.eq(link.number),
            audit_events::digest.eq(link.digest),
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
        let among = audit_event_patients::table
            .inner_join(audit_events::table.on(audit_events::sequence.eq(audit_event_patients::sequence)))
            .filter(audit_event_patients::patient_id.eq(patient_id.to_string()))
            .select(EventRow::as_select());
        let actors: Vec<_> = reader.into_iter().chain(&filter.actor).map(ActorKey::column).collect();
        let alone = audit_events::table.select(EventRow::as_select());
        let mut rows: Vec<EventRow> = match actors.first() {
            None => {
                let alone = alone.filter(audit_events::patient_id.eq(patient_id.to_string()));
                newest_first!(alone, &actors, filter, before, limit).load(self.connection())?
            }
            // The index of these two together; that the actor is the one says whose record it is, whatever the names hold.
            Some(actor) => {
                let both =
                    sql::<Bool>("audit_events.patient_id || ' ' || audit_events.actor = ").bind::<Text, _>(format!("{patient_id} {actor}"));
                newest_first!(alone.filter(both), &actors, filter, before, limit).load(self.connection())?
            }
        };
        rows.extend(newest_first!(among, &actors, filter, before, limit).load::<EventRow>(self.connection())?);
        rows.sort_by_key(|row| Reverse((row.occurred_at, row.sequence)));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.into_iter().map(EventRow::into_model).collect()
    }
}
