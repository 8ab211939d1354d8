//! Words of names under which entries of the directories are found.

use diesel::prelude::*;

use super::schema::directory_names;
use super::{StoreError, Write};

/// The directories that are searched by name.
pub(super) const PATIENTS: &str = "patients";
pub(super) const PROFESSIONALS: &str = "professionals";
pub(super) const ESTABLISHMENTS: &str = "establishments";

impl Write {
    /// Replaces the words under which an entry is found; each with the part of the name that it belongs to.
    pub(super) fn put_directory_names(
        &mut self,
        directory: &str,
        id: &str,
        words: impl Iterator<Item = (&'static str, String)>,
    ) -> Result<(), StoreError> {
        let of_entry = directory_names::directory.eq(directory).and(directory_names::id.eq(id));
        diesel::delete(directory_names::table.filter(of_entry)).execute(self.connection())?;
        let mut words: Vec<_> = words.collect();
        words.sort();
        words.dedup();
        for (part, word) in words {
            let row = (
                directory_names::directory.eq(directory),
                directory_names::word.eq(word),
                directory_names::part.eq(part),
                directory_names::id.eq(id),
            );
            diesel::insert_into(directory_names::table).values(row).execute(self.connection())?;
        }
        Ok(())
    }
}
