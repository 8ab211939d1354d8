//! What the repository holds: one row for each document, leading to its bytes.

use diesel::prelude::*;

use crate::model::ids::UniqueId;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::schema::documents;
use super::{Read, StoreError, Write};

/// A document of this repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its id.
    pub unique_id: UniqueId,
    /// Where the content store keeps it.
    pub content_key: String,
    /// The data key, sealed by a master key.
    pub sealed_key: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// SHA-1, 40 lower-case hexadecimal digits.
    pub sha1: String,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// MIME type of the entry that brought it.
    pub mime_type: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = documents)]
struct DocumentRow {
    unique_id: String,
    content_key: String,
    sealed_key: Vec<u8>,
    size: i64,
    sha1: String,
    sha256: String,
    mime_type: String,
    stored_at: i64,
}

impl Write {
    /// Takes a document into the repository; [`StoreError::Duplicate`] if its id is taken.
    pub fn insert_document(&mut self, document: &StoredDocument, at: Instant) -> Result<(), StoreError> {
        let row = DocumentRow {
            unique_id: document.unique_id.as_str().to_owned(),
            content_key: document.content_key.clone(),
            sealed_key: document.sealed_key.clone(),
            size: i64::try_from(document.size).unwrap_or(i64::MAX),
            sha1: document.sha1.clone(),
            sha256: document.sha256.clone(),
            mime_type: document.mime_type.clone(),
            stored_at: at.0,
        };
        diesel::insert_into(documents::table).values(row).execute(self.connection())?;
        Ok(())
    }

    /// The document of this id. Nobody removes it before this transaction has ended.
    pub fn document_for_filing(&mut self, unique_id: &UniqueId) -> Result<Option<StoredDocument>, StoreError> {
        let id = unique_id.as_str();
        let row: Option<DocumentRow> = match self.connection() {
            // SQLite has one writer at a time.
            StoreConnection::Sqlite(sqlite) => documents::table.find(id).select(DocumentRow::as_select()).first(sqlite).optional()?,
            StoreConnection::Postgres(pg) => documents::table.find(id).select(DocumentRow::as_select()).for_share().first(pg).optional()?,
        };
        row.map(DocumentRow::into_model).transpose()
    }

    /// Removes a document's row and with it the only copy of its sealed key, so that its bytes can never be read again.
    /// Gives where the bytes are; nothing if there is no such document, for example because another call was quicker.
    pub fn remove_document(&mut self, unique_id: &UniqueId) -> Result<Option<String>, StoreError> {
        let row = documents::table.find(unique_id.as_str());
        let content_key: Option<String> = row.select(documents::content_key).first(self.connection()).optional()?;
        let Some(content_key) = content_key else { return Ok(None) };
        // Not one that was stored under the same id in the meantime.
        let removed = diesel::delete(row.filter(documents::content_key.eq(&content_key))).execute(self.connection())?;
        Ok((removed == 1).then_some(content_key))
    }
}

impl DocumentRow {
    fn into_model(self) -> Result<StoredDocument, StoreError> {
        Ok(StoredDocument {
            unique_id: self.unique_id.parse().map_err(|_| StoreError::Failed("a stored document id is malformed"))?,
            content_key: self.content_key,
            sealed_key: self.sealed_key,
            size: u64::try_from(self.size).unwrap_or(0),
            sha1: self.sha1,
            sha256: self.sha256,
            mime_type: self.mime_type,
        })
    }
}

impl Read {
    /// The document of this id.
    pub fn document(&mut self, unique_id: &UniqueId) -> Result<Option<StoredDocument>, StoreError> {
        let row: Option<DocumentRow> =
            documents::table.find(unique_id.as_str()).select(DocumentRow::as_select()).first(self.connection()).optional()?;
        row.map(DocumentRow::into_model).transpose()
    }

    /// Whether there is any document at all.
    pub fn has_documents(&mut self) -> Result<bool, StoreError> {
        Ok(diesel::select(diesel::dsl::exists(documents::table.select(documents::unique_id))).get_result(self.connection())?)
    }

    /// Whether the bytes of some document, or of an answer that waits, are under this key of the content store.
    pub fn is_content_in_use(&mut self, content_key: &str) -> Result<bool, StoreError> {
        let there = documents::table.filter(documents::content_key.eq(content_key));
        let is_document: bool = diesel::select(diesel::dsl::exists(there)).get_result(self.connection())?;
        Ok(is_document || self.is_answer_content(content_key)?)
    }
}
