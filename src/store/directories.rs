//! The directories of professionals and establishments, as far as they are kept before the access rules use them.

use diesel::prelude::*;

use super::schema::{establishments, professionals};
use super::{Read, StoreError, Write};

/// Which directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// People who care for patients.
    Professionals,
    /// Where they work.
    Establishments,
}

/// One line of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its key.
    pub id: String,
    /// The whole entry as JSON.
    pub content: String,
}

macro_rules! put {
    ($write:expr, $table:ident, $entry:expr) => {{
        let row = $table::table.find(&$entry.id);
        let known = diesel::update(row).set($table::content.eq(&$entry.content)).execute($write.connection())?;
        if known == 0 {
            let row = ($table::id.eq(&$entry.id), $table::content.eq(&$entry.content));
            diesel::insert_into($table::table).values(row).execute($write.connection())?;
        }
        Ok(known == 0)
    }};
}

impl Write {
    /// Adds an entry or replaces the one of the same id; true if it is new.
    pub fn put_directory_entry(&mut self, kind: DirectoryKind, entry: &DirectoryEntry) -> Result<bool, StoreError> {
        match kind {
            DirectoryKind::Professionals => put!(self, professionals, entry),
            DirectoryKind::Establishments => put!(self, establishments, entry),
        }
    }
}

impl Read {
    /// The entry of a directory with this id.
    pub fn directory_entry(&mut self, kind: DirectoryKind, id: &str) -> Result<Option<DirectoryEntry>, StoreError> {
        let content: Option<String> = match kind {
            DirectoryKind::Professionals => {
                professionals::table.find(id).select(professionals::content).first(self.connection()).optional()?
            }
            DirectoryKind::Establishments => {
                establishments::table.find(id).select(establishments::content).first(self.connection()).optional()?
            }
        };
        Ok(content.map(|content| DirectoryEntry { id: id.to_owned(), content }))
    }

    /// How many entries a directory has.
    pub fn count_directory(&mut self, kind: DirectoryKind) -> Result<i64, StoreError> {
        let count = match kind {
            DirectoryKind::Professionals => professionals::table.count().get_result(self.connection())?,
            DirectoryKind::Establishments => establishments::table.count().get_result(self.connection())?,
        };
        Ok(count)
    }
}
