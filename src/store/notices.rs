//! What people and the CNS are told about a record.

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::care_record::{Notice, Recipient};
use crate::model::timestamp::Instant;

use super::rows::{from_json, to_json};
use super::schema::notices;
use super::{Read, StoreError, Write};

fn columns(recipient: &Recipient) -> (&'static str, &str) {
    match recipient {
        Recipient::Patient(person) => ("patient", person.as_str()),
        Recipient::Professional(id) => ("professional", id.as_str()),
        Recipient::HealthFund => ("health-fund", ""),
    }
}

impl Read {
    /// The notice of this name.
    pub fn notice(&mut self, id: Uuid) -> Result<Option<Notice>, StoreError> {
        let row = notices::table.find(id.to_string()).select(notices::content);
        let content: Option<String> = row.first(self.connection()).optional()?;
        content.map(|content| from_json("notices", &content)).transpose()
    }

    /// The notices for a recipient that were made before this instant, the newest first, at most `limit`.
    pub fn notices_for(&mut self, recipient: &Recipient, before: Instant, limit: i64) -> Result<Vec<Notice>, StoreError> {
        let (kind, id) = columns(recipient);
        let theirs = notices::table.filter(notices::recipient_kind.eq(kind)).filter(notices::recipient_id.eq(id));
        let rows: Vec<String> = theirs
            .filter(notices::created_at.lt(before.0))
            .order((notices::created_at.desc(), notices::id))
            .limit(limit)
            .select(notices::content)
            .load(self.connection())?;
        rows.iter().map(|content| from_json("notices", content)).collect()
    }
}

impl Write {
    /// Queues a notice.
    pub fn insert_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let (kind, id) = columns(&notice.recipient);
        let row = (
            notices::id.eq(notice.id.to_string()),
            notices::recipient_kind.eq(kind),
            notices::recipient_id.eq(id),
            notices::patient_id.eq(notice.patient.to_string()),
            notices::created_at.eq(notice.created_at.0),
            notices::content.eq(to_json(notice)?),
        );
        diesel::insert_into(notices::table).values(row).execute(self.connection())?;
        Ok(())
    }

    /// Puts what a notice has become in its place.
    pub fn update_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let row = notices::table.find(notice.id.to_string());
        diesel::update(row).set(notices::content.eq(to_json(notice)?)).execute(self.connection())?;
        Ok(())
    }
}
