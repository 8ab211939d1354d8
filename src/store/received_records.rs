//! Audit records of other systems (ITI TF-2: 3.20), each with the record of the trail that tells of its reception.

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::audit_event::{AuditEvent, Transaction};
use crate::model::received_record::{Receipt, ReceivedRecord, RecordFormat, SyslogNames, Transport};
use crate::model::timestamp::Instant;

use super::audit_events::StoredEvent;
use super::rows::from_json;
use super::schema::{audit_events, received_records};
use super::trail::hash_of_fields;
use super::{Read, StoreError, Write};

/// Where a record stands among those that are searched through: its time, and its name.
pub type RecordPosition = (Instant, Uuid);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = received_records)]
struct Row {
    id: String,
    received_at: i64,
    recorded_at: i64,
    transport: String,
    format: String,
    sender: String,
    certificate: Option<String>,
    priority: Option<i32>,
    hostname: Option<String>,
    app_name: Option<String>,
    process_id: Option<String>,
    message_id: Option<String>,
    content: Vec<u8>,
}

impl Row {
    fn of(record: &ReceivedRecord) -> Self {
        let names = record.names.clone();
        Self {
            id: record.id.to_string(),
            received_at: record.received_at.0,
            recorded_at: record.recorded_at.0,
            transport: record.transport.as_str().to_owned(),
            format: record.format.as_str().to_owned(),
            sender: record.sender.clone(),
            certificate: record.certificate.clone(),
            priority: names.priority.map(i32::from),
            hostname: names.hostname,
            app_name: names.app_name,
            process_id: names.process_id,
            message_id: names.message_id,
            content: record.content.clone(),
        }
    }

    /// Over all columns, in their order.
    fn hash(&self) -> String {
        let [received_at, recorded_at] = [self.received_at, self.recorded_at].map(|time| time.to_string());
        let priority = self.priority.map(|priority| priority.to_string());
        let bytes = |text: &'_ Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let [certificate, hostname, app_name, process_id, message_id] =
            [&self.certificate, &self.hostname, &self.app_name, &self.process_id, &self.message_id].map(bytes);
        hex::encode(hash_of_fields(&[
            Some(self.id.as_bytes()),
            Some(received_at.as_bytes()),
            Some(recorded_at.as_bytes()),
            Some(self.transport.as_bytes()),
            Some(self.format.as_bytes()),
            Some(self.sender.as_bytes()),
            certificate.as_deref(),
            priority.as_deref().map(str::as_bytes),
            hostname.as_deref(),
            app_name.as_deref(),
            process_id.as_deref(),
            message_id.as_deref(),
            Some(&self.content),
        ]))
    }

    fn into_model(self) -> Result<ReceivedRecord, StoreError> {
        let malformed = || StoreError::Failed("a column of a received audit record is malformed");
        Ok(ReceivedRecord {
            id: self.id.parse().map_err(|_| malformed())?,
            received_at: Instant(self.received_at),
            recorded_at: Instant(self.recorded_at),
            transport: Transport::of_word(&self.transport).ok_or_else(malformed)?,
            format: RecordFormat::of_word(&self.format).ok_or_else(malformed)?,
            sender: self.sender,
            certificate: self.certificate,
            names: SyslogNames {
                priority: self.priority.and_then(|priority| u16::try_from(priority).ok()),
                hostname: self.hostname,
                app_name: self.app_name,
                process_id: self.process_id,
                message_id: self.message_id,
            },
            content: self.content,
        })
    }
}

/// Rows before a place, newest first, from a time on.
macro_rules! newest_first {
    ($rows:expr, $time:expr, $id:expr, $from:expr, $before:expr, $limit:expr) => {{
        let (Instant(time), id) = $before;
        let id = id.to_string();
        let before = $time.lt(time).or($time.eq(time).and($id.lt(id)));
        $rows.filter($time.between($from.0, time)).filter(before).order(($time.desc(), $id.desc())).limit($limit)
    }};
}

impl Write {
    /// Keeps a record, its content encrypted already, with the event of its reception, which gets its hash.
    pub fn insert_received_record(&mut self, record: &ReceivedRecord, event: &mut AuditEvent) -> Result<(), StoreError> {
        let row = Row::of(record);
        event.received = Some(Receipt { sha256: row.hash() });
        diesel::insert_into(received_records::table).values(row).execute(self.connection())?;
        self.insert_event_named(record.id, event)
    }

    pub(super) fn delete_received_record(&mut self, id: &str) -> Result<(), StoreError> {
        diesel::delete(received_records::table.find(id)).execute(self.connection())?;
        Ok(())
    }
}

impl Read {
    /// The record of that name.
    pub fn received_record(&mut self, id: Uuid) -> Result<Option<ReceivedRecord>, StoreError> {
        let row = received_records::table.find(id.to_string()).select(Row::as_select()).first(self.connection()).optional()?;
        row.map(Row::into_model).transpose()
    }

    /// Records not before a time and before a place, newest first, at most `limit`.
    pub fn received_records(&mut self, from: Instant, before: RecordPosition, limit: i64) -> Result<Vec<ReceivedRecord>, StoreError> {
        let rows = received_records::table.select(Row::as_select());
        let rows: Vec<Row> =
            newest_first!(rows, received_records::recorded_at, received_records::id, from, before, limit).load(self.connection())?;
        rows.into_iter().map(Row::into_model).collect()
    }

    /// Events of this server not before a time and before a place, newest first, at most `limit`: those that tell of no
    /// reception, and of no patient unless `of_patients`.
    pub fn own_events(
        &mut self,
        from: Instant,
        before: RecordPosition,
        of_patients: bool,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let columns = (audit_events::sequence, audit_events::occurred_at, audit_events::id, audit_events::content);
        let own = audit_events::table.filter(audit_events::transaction_id.ne(Transaction::Iti20.as_str())).select(columns).into_boxed();
        let own = if of_patients { own } else { own.filter(audit_events::patient_id.is_null()) };
        let rows: Vec<(i64, i64, String, String)> =
            newest_first!(own, audit_events::occurred_at, audit_events::id, from, before, limit).load(self.connection())?;
        let event = |(sequence, at, id, content): (i64, i64, String, String)| {
            let id = id.parse().map_err(|_| StoreError::Failed("a stored id of an event is malformed"))?;
            Ok(StoredEvent { id, position: (at, sequence), event: from_json("audit_events", &content)? })
        };
        rows.into_iter().map(event).collect()
    }

    pub(super) fn received_record_hash(&mut self, id: &str) -> Result<Option<String>, StoreError> {
        let row: Option<Row> = received_records::table.find(id).select(Row::as_select()).first(self.connection()).optional()?;
        Ok(row.map(|row| row.hash()))
    }
}
