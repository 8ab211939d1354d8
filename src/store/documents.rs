//! What the repository holds: one row for each document, leading to its bytes.

use diesel::prelude::*;

use crate::model::ids::UniqueId;
use crate::model::timestamp::Instant;

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
}

impl Read {
    /// The document of this id.
    pub fn document(&mut self, unique_id: &UniqueId) -> Result<Option<StoredDocument>, StoreError> {
        let row: Option<DocumentRow> =
            documents::table.find(unique_id.as_str()).select(DocumentRow::as_select()).first(self.connection()).optional()?;
        let malformed = |_| StoreError::Failed("a stored document id is malformed");
        row.map(|row| {
            Ok(StoredDocument {
                unique_id: row.unique_id.parse().map_err(malformed)?,
                content_key: row.content_key,
                sealed_key: row.sealed_key,
                size: u64::try_from(row.size).unwrap_or(0),
                sha1: row.sha1,
                sha256: row.sha256,
                mime_type: row.mime_type,
            })
        })
        .transpose()
    }

    /// Whether there is any document at all.
    pub fn has_documents(&mut self) -> Result<bool, StoreError> {
        Ok(diesel::select(diesel::dsl::exists(documents::table.select(documents::unique_id))).get_result(self.connection())?)
    }

    /// Whether some document's bytes are under this key of the content store.
    pub fn is_content_in_use(&mut self, content_key: &str) -> Result<bool, StoreError> {
        let there = documents::table.filter(documents::content_key.eq(content_key));
        Ok(diesel::select(diesel::dsl::exists(there)).get_result(self.connection())?)
    }
}
