//! The directories of professionals and establishments.

use diesel::prelude::*;
use serde::de::DeserializeOwned;

use crate::model::directory::{Establishment, Professional};
use crate::model::ids::Oid;
use crate::model::name_words::name_words;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::directory_names::{ESTABLISHMENTS, PROFESSIONALS};
use super::directory_versions::keep_past;
use super::rows::{among, from_json, to_json};
use super::schema::{establishment_oids, establishments, professionals};
use super::{Read, StoreError, Write};

macro_rules! put {
    ($write:expr, $table:ident, $directory:expr, $id:expr, $content:expr, $at:expr) => {{
        let row = $table::table.find($id);
        let is_known = keep_past!($write, ($directory, $id), row.select(($table::version, $table::updated_at, $table::content)), $at);
        let columns = ($table::content.eq($content), $table::updated_at.eq($at.0));
        if is_known {
            diesel::update(row).set((columns, $table::version.eq($table::version + 1))).execute($write.connection())?;
        } else {
            let row = ($table::id.eq($id), columns.0, columns.1);
            diesel::insert_into($table::table).values(row).execute($write.connection())?;
        }
        !is_known
    }};
}

impl Write {
    /// Adds a professional or replaces the one of the same id; true if it is new.
    pub fn put_professional(&mut self, entry: &Professional, at: Instant) -> Result<bool, StoreError> {
        let new = put!(self, professionals, PROFESSIONALS, &entry.id, to_json(entry)?, at);
        let family = name_words(&entry.family).into_iter().map(|word| ("family", word));
        let given = entry.given.as_deref().map(name_words).unwrap_or_default().into_iter().map(|word| ("given", word));
        self.put_directory_names(PROFESSIONALS, &entry.id, family.chain(given))?;
        Ok(new)
    }

    /// Adds an establishment or replaces the one of the same id; true if it is new.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if another establishment has one of its OIDs.
    pub fn put_establishment(&mut self, entry: &Establishment, at: Instant) -> Result<bool, StoreError> {
        let new = put!(self, establishments, ESTABLISHMENTS, &entry.id, to_json(entry)?, at);
        self.put_directory_names(ESTABLISHMENTS, &entry.id, name_words(&entry.name).into_iter().map(|word| ("name", word)))?;
        let former = establishment_oids::table.filter(establishment_oids::establishment.eq(&entry.id));
        diesel::delete(former).execute(self.connection())?;
        for oid in entry.oids() {
            let row = (establishment_oids::oid.eq(oid.as_str()), establishment_oids::establishment.eq(&entry.id));
            diesel::insert_into(establishment_oids::table).values(row).execute(self.connection())?;
        }
        Ok(new)
    }
}

impl Read {
    /// The professionals with these keys.
    pub fn professionals(&mut self, ids: &[&str]) -> Result<Vec<Professional>, StoreError> {
        let rows = professionals::table.select(professionals::content).into_boxed();
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let rows: Vec<String> = among!(rows, professionals::id, ids).load(self.connection())?;
        all("professionals", &rows)
    }

    /// The establishment with this key.
    pub fn establishment(&mut self, id: &str) -> Result<Option<Establishment>, StoreError> {
        let row = establishments::table.find(id).select(establishments::content);
        let content: Option<String> = row.first(self.connection()).optional()?;
        content.map(|content| from_json("establishments", &content)).transpose()
    }

    /// The establishment that has this OID.
    pub fn establishment_of_oid(&mut self, oid: &Oid) -> Result<Option<Establishment>, StoreError> {
        let row = establishment_oids::table
            .inner_join(establishments::table.on(establishments::id.eq(establishment_oids::establishment)))
            .filter(establishment_oids::oid.eq(oid.as_str()))
            .select(establishments::content);
        let content: Option<String> = row.first(self.connection()).optional()?;
        content.map(|content| from_json("establishments", &content)).transpose()
    }

    /// How many establishments and professionals are listed.
    pub fn count_directories(&mut self) -> Result<(i64, i64), StoreError> {
        let establishments = establishments::table.count().get_result(self.connection())?;
        Ok((establishments, professionals::table.count().get_result(self.connection())?))
    }
}

/// Entries out of their JSON.
pub(super) fn all<T: DeserializeOwned>(table: &'static str, rows: &[String]) -> Result<Vec<T>, StoreError> {
    rows.iter().map(|content| from_json(table, content)).collect()
}
