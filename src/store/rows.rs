//! Conversions that several tables share.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntryType;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{CodeMatch, ObjectIds};

use super::StoreError;

/// How many ids one statement takes: below the variable limit of SQLite and kind to both planners.
pub(super) const IDS_PER_STATEMENT: usize = 500;

/// The ids, at most [`IDS_PER_STATEMENT`] at a time: a folder or a submission set may have any number of members.
pub(super) fn batches<U: Clone>(ids: &ObjectIds<U>) -> Vec<ObjectIds<U>> {
    match ids {
        ObjectIds::EntryUuids(ids) => ids.chunks(IDS_PER_STATEMENT).map(|ids| ObjectIds::EntryUuids(ids.to_vec())).collect(),
        ObjectIds::UniqueIds(ids) => ids.chunks(IDS_PER_STATEMENT).map(|ids| ObjectIds::UniqueIds(ids.to_vec())).collect(),
        ObjectIds::LogicalIds(ids) => ids.chunks(IDS_PER_STATEMENT).map(|ids| ObjectIds::LogicalIds(ids.to_vec())).collect(),
    }
}

/// Rows of several statements as one answer, as one statement would have given them: in the order of `key`, each once, at
/// most `limit`.
pub(super) fn in_one_order<R, K: Ord>(mut rows: Vec<R>, limit: i64, key: impl for<'r> Fn(&'r R) -> K) -> Vec<R> {
    rows.sort_by_cached_key(&key);
    rows.dedup_by(|a, b| key(a) == key(b));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    rows
}

/// The patients that several statements gave, each once.
pub(super) fn each_patient_once(mut columns: Vec<String>) -> Result<Vec<PatientId>, StoreError> {
    columns.sort();
    columns.dedup();
    patient_ids(columns)
}

pub(super) fn uuid_column(id: EntryUuid) -> String {
    id.uuid().as_hyphenated().to_string()
}

pub(super) fn uuid_columns(ids: &[EntryUuid]) -> Vec<String> {
    ids.iter().map(|id| uuid_column(*id)).collect()
}

/// A condition that a column is one of these texts. Of one text it is an equality, whose statement is prepared once for
/// all: SQLite has a placeholder for each text of a list, so that statements with lists are many.
macro_rules! among {
    ($sql:expr, $column:expr, $texts:expr) => {{
        let mut texts: Vec<String> = $texts;
        match (texts.pop(), texts.is_empty()) {
            (Some(only), true) => $sql.filter($column.eq(only)),
            (last, _) => {
                texts.extend(last);
                $sql.filter($column.eq_any(texts))
            }
        }
    }};
}

pub(super) use among;

pub(super) fn uuid_of(column: &str) -> Result<EntryUuid, StoreError> {
    Uuid::try_parse(column).map(EntryUuid::from).map_err(|_| StoreError::Failed("a stored entry UUID is malformed"))
}

/// Entry UUIDs out of a column.
pub(super) fn uuids_of(columns: Vec<String>) -> Result<Vec<EntryUuid>, StoreError> {
    columns.iter().map(|column| uuid_of(column)).collect()
}

/// Patient ids out of a column.
pub(super) fn patient_ids(columns: Vec<String>) -> Result<Vec<PatientId>, StoreError> {
    columns.into_iter().map(|id| id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))).collect()
}

pub(super) fn status_column(status: AvailabilityStatus) -> &'static str {
    match status {
        AvailabilityStatus::Approved => "Approved",
        AvailabilityStatus::Deprecated => "Deprecated",
    }
}

pub(super) fn status_of(column: &str) -> Result<AvailabilityStatus, StoreError> {
    match column {
        "Approved" => Ok(AvailabilityStatus::Approved),
        "Deprecated" => Ok(AvailabilityStatus::Deprecated),
        _ => Err(StoreError::Failed("a stored availability status is unknown")),
    }
}

pub(super) fn object_type_column(kind: DocumentEntryType) -> &'static str {
    match kind {
        DocumentEntryType::Stable => "Stable",
        DocumentEntryType::OnDemand => "OnDemand",
    }
}

/// `code^^scheme`, as queries write it.
pub(super) fn code_column(code: &Code) -> String {
    format!("{}^^{}", code.code, code.scheme)
}

pub(super) fn code_columns(group: &[CodeMatch]) -> Vec<String> {
    group.iter().map(|code| format!("{}^^{}", code.code, code.scheme)).collect()
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Failed("an object could not be written as JSON"))
}

pub(super) fn from_json<T: DeserializeOwned>(table: &'static str, json: &str) -> Result<T, StoreError> {
    // The error's own text may quote the value, so only its place is kept.
    serde_json::from_str(json).map_err(|e| StoreError::corrupt(table)(format!("JSON does not fit at column {}", e.column())))
}
