//! The outbox of answers that go to a callback address (ITI TF-2: V.5).

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::schema::held_answers;
use super::{Read, StoreError, Write};

/// An answer that waits to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The request that it answers.
    pub request_id: Uuid,
    /// Where it goes.
    pub callback: String,
    /// Its HTTP `Content-Type`.
    pub content_type: String,
    /// Where the content store keeps it.
    pub content_key: String,
    /// The data key, sealed by a master key.
    pub sealed_key: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// How often its delivery was begun.
    pub attempts: u32,
    /// Since when it waits.
    pub held_at: Instant,
}

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnswersHeld {
    /// How many answers.
    pub count: u64,
    /// Their bytes together.
    pub bytes: u64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = held_answers)]
struct AnswerRow {
    request_id: String,
    callback: String,
    content_type: String,
    content_key: String,
    sealed_key: Vec<u8>,
    size: i64,
    attempts: i32,
    held_at: i64,
    due_at: i64,
}

impl Write {
    /// Puts an answer into the outbox, to be delivered at once.
    pub fn insert_held_answer(&mut self, answer: &StoredAnswer) -> Result<(), StoreError> {
        let row = AnswerRow {
            request_id: answer.request_id.as_hyphenated().to_string(),
            callback: answer.callback.clone(),
            content_type: answer.content_type.clone(),
            content_key: answer.content_key.clone(),
            sealed_key: answer.sealed_key.clone(),
            size: i64::try_from(answer.size).unwrap_or(i64::MAX),
            attempts: i32::try_from(answer.attempts).unwrap_or(i32::MAX),
            held_at: answer.held_at.0,
            due_at: answer.held_at.0,
        };
        diesel::insert_into(held_answers::table).values(row).execute(self.connection())?;
        Ok(())
    }

    /// Takes the answer that is longest due, and puts it off: until `until`, no other server takes it.
    pub fn take_due_answer(&mut self, now: Instant, until: Instant) -> Result<Option<StoredAnswer>, StoreError> {
        let due = held_answers::table.filter(held_answers::due_at.le(now.0)).order(held_answers::due_at).limit(1);
        let row: Option<AnswerRow> = match self.connection() {
            // SQLite has one writer at a time.
            StoreConnection::Sqlite(sqlite) => due.select(AnswerRow::as_select()).first(sqlite).optional()?,
            StoreConnection::Postgres(pg) => due.select(AnswerRow::as_select()).for_update().skip_locked().first(pg).optional()?,
        };
        let Some(row) = row else { return Ok(None) };
        let attempts = row.attempts.saturating_add(1);
        diesel::update(held_answers::table.find(&row.request_id))
            .set((held_answers::attempts.eq(attempts), held_answers::due_at.eq(until.0)))
            .execute(self.connection())?;
        AnswerRow { attempts, ..row }.into_answer().map(Some)
    }

    /// Sets when the answer is to be delivered again.
    pub fn put_off_answer(&mut self, request_id: Uuid, until: Instant) -> Result<(), StoreError> {
        let row = held_answers::table.find(request_id.as_hyphenated().to_string());
        diesel::update(row).set(held_answers::due_at.eq(until.0)).execute(self.connection())?;
        Ok(())
    }

    /// Takes the answer out of the outbox, and with it the only copy of its sealed key.
    pub fn remove_held_answer(&mut self, request_id: Uuid) -> Result<(), StoreError> {
        diesel::delete(held_answers::table.find(request_id.as_hyphenated().to_string())).execute(self.connection())?;
        Ok(())
    }
}

impl Read {
    /// Whether an answer is due.
    pub fn is_answer_due(&mut self, now: Instant) -> Result<bool, StoreError> {
        // In their order, so that both planners use the index however many there are.
        let due = held_answers::table.filter(held_answers::due_at.le(now.0)).order(held_answers::due_at);
        let first: Option<i64> = due.select(held_answers::due_at).first(self.connection()).optional()?;
        Ok(first.is_some())
    }

    /// Whether a waiting answer's bytes are under this key of the content store.
    pub fn is_answer_content(&mut self, content_key: &str) -> Result<bool, StoreError> {
        let there = held_answers::table.filter(held_answers::content_key.eq(content_key));
        Ok(diesel::select(diesel::dsl::exists(there)).get_result(self.connection())?)
    }

    /// How much waits. Reads the whole table, which is bounded by what the server takes over.
    pub fn answers_held(&mut self) -> Result<AnswersHeld, StoreError> {
        let sizes: Vec<i64> = held_answers::table.select(held_answers::size).load(self.connection())?;
        let bytes = sizes.iter().map(|size| u64::try_from(*size).unwrap_or(0)).fold(0, u64::saturating_add);
        Ok(AnswersHeld { count: sizes.len() as u64, bytes })
    }
}

impl AnswerRow {
    fn into_answer(self) -> Result<StoredAnswer, StoreError> {
        Ok(StoredAnswer {
            request_id: Uuid::try_parse(&self.request_id).map_err(|_| StoreError::Failed("a stored request id is malformed"))?,
            callback: self.callback,
            content_type: self.content_type,
            content_key: self.content_key,
            sealed_key: self.sealed_key,
            size: u64::try_from(self.size).unwrap_or(0),
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            held_at: Instant(self.held_at),
        })
    }
}
