//! Pages of a record's entries: each begins behind the place where the last one ended, so that what is registered meanwhile
//! moves nothing.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::model::document_entry::DocumentEntry;
use crate::model::entry_search::{EntryNames, EntryPlace, EntrySearch};
use crate::model::ids::UniqueId;
use crate::model::stored_query::MetadataLevel;
use crate::model::timestamp::Instant;

use super::entries::{EntryRow, at_level};
use super::entry_conditions::with_condition;
use super::entry_search::{EntryQuery, find_documents_query};
use super::record_view::RecordView;
use super::rows::{uuid_column, uuid_columns};
use super::schema::document_entries;
use super::{Read, StoreError};

/// The time of creation; of what has none, before all others.
const CREATED: &str = "COALESCE(document_entries.creation_time, '')";

/// An entry and when it was registered.
#[derive(Debug)]
pub struct RegisteredEntry {
    /// The entry.
    pub entry: DocumentEntry,
    /// When this version of it was registered.
    pub registered_at: Instant,
}

impl Read {
    /// The entries of a record that meet the conditions, in order, from the place where the page begins, at most `limit`.
    pub fn page_of_entries(&mut self, view: &RecordView, search: &EntrySearch, limit: i64) -> Result<Vec<RegisteredEntry>, StoreError> {
        let named = self.versions_named(search)?;
        let conditions = in_order(conditions(view, search, named), search)?;
        let rows: Vec<EntryRow> = conditions.limit(limit).select(EntryRow::as_select()).load(self.connection())?;
        rows.into_iter().map(|row| Ok(RegisteredEntry { registered_at: Instant(row.registered_at), entry: row.into_model()? })).collect()
    }

    /// How many entries of a record meet the conditions, wherever the page begins.
    pub fn count_entries(&mut self, view: &RecordView, search: &EntrySearch) -> Result<i64, StoreError> {
        let named = self.versions_named(search)?;
        Ok(conditions(view, search, named).count().get_result(self.connection())?)
    }

    /// The keys of the rows that have these names, whosever they are, for each set of names. Names lead to few rows by their indexes;
    /// beside a patient, and an order, SQLite would rather look at every entry of the patient.
    fn versions_named(&mut self, search: &EntrySearch) -> Result<Vec<Vec<String>>, StoreError> {
        let rows = || document_entries::table.select(document_entries::entry_uuid);
        let mut named = Vec::new();
        for EntryNames { ids, unique_ids } in &search.names {
            let mut found = Vec::<String>::new();
            // A name of which there is none would make a statement that no index helps.
            if !ids.is_empty() {
                let ids = uuid_columns(ids);
                let of_id = document_entries::entry_uuid.eq_any(ids.clone()).or(document_entries::logical_id.eq_any(ids));
                found.extend(rows().filter(of_id).load::<String>(self.connection())?);
            }
            if !unique_ids.is_empty() {
                let of_unique_id = document_entries::unique_id.eq_any(unique_ids.iter().map(UniqueId::as_str));
                found.extend(rows().filter(of_unique_id).load::<String>(self.connection())?);
            }
            named.push(found);
        }
        Ok(named)
    }
}

fn conditions<'a>(view: &RecordView, search: &'a EntrySearch, named: Vec<Vec<String>>) -> EntryQuery<'a> {
    let level = if search.every_version { MetadataLevel::Two } else { MetadataLevel::One };
    let mut found = at_level(find_documents_query(view, &search.query), level);
    for ids in named {
        found = found.filter(document_entries::entry_uuid.eq_any(ids));
    }
    if let Some(from) = search.registered_from {
        found = found.filter(document_entries::registered_at.ge(from.0));
    }
    if let Some(to) = search.registered_to {
        found = found.filter(document_entries::registered_at.lt(to.0));
    }
    search.conditions.iter().fold(found, with_condition)
}

fn in_order<'a>(found: EntryQuery<'a>, search: &EntrySearch) -> Result<EntryQuery<'a>, StoreError> {
    let created = || sql::<Text>(CREATED);
    let id = document_entries::entry_uuid;
    let at = document_entries::registered_at;
    let order = search.order;
    let found = match &search.after {
        None => found,
        Some(EntryPlace { key, id: last }) if order.by_creation => {
            let (key, last) = (key.clone(), uuid_column(*last));
            let alike = created().eq(key.clone());
            match order.descending {
                false => found.filter(created().gt(key).or(alike.and(id.gt(last)))),
                true => found.filter(created().lt(key).or(alike.and(id.lt(last)))),
            }
        }
        Some(EntryPlace { key, id: last }) => {
            let last = uuid_column(*last);
            let key: i64 = key.parse().map_err(|_| StoreError::Failed("a place in the order of registration is no number"))?;
            let alike = at.eq(key);
            match order.descending {
                false => found.filter(at.gt(key).or(alike.and(id.gt(last)))),
                true => found.filter(at.lt(key).or(alike.and(id.lt(last)))),
            }
        }
    };
    Ok(match (order.by_creation, order.descending) {
        (false, false) => found.order((at.asc(), id.asc())),
        (false, true) => found.order((at.desc(), id.desc())),
        (true, false) => found.order((created().asc(), id.asc())),
        (true, true) => found.order((created().desc(), id.desc())),
    })
}
