//! FindDocuments as SQL: every condition of the query is a condition of one statement.

use std::collections::BTreeSet;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::DocumentEntryType;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::multi_patient_query::Patients;
use crate::model::stored_query::{CodeGroup, EntryFilter, FindDocuments, MetadataLevel};

use super::connection::StoreConnection;
use super::entries::{at_level, in_view};
use super::object_values::{AUTHOR_PERSON, CONFIDENTIALITY_CODE, EVENT_CODE, NO_ESCAPE, REFERENCE_ID, has_value_like, with_values};
use super::record_view::RecordView;
use super::rows::{IDS_PER_STATEMENT, code_columns, object_type_column, patient_ids, status_column, uuid_columns};
use super::schema::{document_entries, object_values};
use super::{Read, StoreError};

pub(super) type Backend = <StoreConnection as Connection>::Backend;
pub(super) type EntryQuery<'a> = document_entries::BoxedQuery<'a, Backend>;

impl Read {
    /// The entries of a record that meet all conditions, oldest registration first, at most `limit`. At any metadata level
    /// the statuses asked for decide on versions: only the latest of a document can be approved.
    pub fn find_documents<P>(&mut self, view: &RecordView, query: &FindDocuments<P>, limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        self.entry_ids(find_documents_query(view, query), limit)
    }

    /// The patients with an entry that meets the conditions of a query, at most `limit`.
    pub fn patients_with_documents(&mut self, query: &FindDocuments<Patients>, limit: i64) -> Result<Vec<PatientId>, StoreError> {
        let sql = meeting(document_entries::table.into_boxed(), query).select(document_entries::patient_id).distinct();
        patient_ids(sql.order(document_entries::patient_id).limit(limit).load(self.connection())?)
    }
}

impl Read {
    /// The entries of a record with one of these statuses that meet the filter, at most `limit`.
    pub fn entries_of(
        &mut self,
        view: &RecordView,
        statuses: &[AvailabilityStatus],
        filter: &EntryFilter,
        limit: i64,
    ) -> Result<Vec<EntryUuid>, StoreError> {
        let statuses = statuses.iter().map(|status| status_column(*status)).collect::<Vec<_>>();
        let sql = of_record(view).filter(document_entries::availability_status.eq_any(statuses));
        self.entry_ids(with_filter(sql, filter), limit)
    }

    /// Those of a record's entries with these ids that meet the filter, at most `limit`.
    pub fn entries_among(
        &mut self,
        view: &RecordView,
        ids: &[EntryUuid],
        filter: &EntryFilter,
        level: MetadataLevel,
        limit: i64,
    ) -> Result<Vec<EntryUuid>, StoreError> {
        let mut found = Vec::new();
        // Each once, so that no entry is found by two statements.
        let ids: Vec<_> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let sql = of_record(view).filter(document_entries::entry_uuid.eq_any(uuid_columns(ids)));
            found.extend(self.entry_ids(at_level(with_filter(sql, filter), level), limit)?);
        }
        Ok(found)
    }
}

/// The statement without order and limit.
pub(super) fn find_documents_query<'a, P>(view: &RecordView, query: &'a FindDocuments<P>) -> EntryQuery<'a> {
    meeting(of_record(view), query)
}

/// The conditions of FindDocuments, but for the patient.
fn meeting<'a, P>(sql: EntryQuery<'a>, query: &'a FindDocuments<P>) -> EntryQuery<'a> {
    let statuses = query.statuses.iter().map(|status| status_column(*status));
    let mut sql = sql.filter(document_entries::availability_status.eq_any(statuses));
    sql = with_object_types(sql, &query.object_types);
    macro_rules! one_of {
        ($column:ident, $codes:expr) => {
            if !$codes.is_empty() {
                sql = sql.filter(document_entries::$column.eq_any(code_columns(&$codes)));
            }
        };
    }
    one_of!(class_code, query.class_codes);
    one_of!(type_code, query.type_codes);
    one_of!(format_code, query.format_codes);
    one_of!(healthcare_facility_type_code, query.healthcare_facility_type_codes);
    one_of!(practice_setting_code, query.practice_setting_codes);
    // An entry that does not have a time is not left out because of it (ITI TF-2: 3.18.4.1.2.3.3.1). Only on-demand entries
    // lack a creation time, so that without them the index on it serves.
    let on_demand = query.object_types.contains(&DocumentEntryType::OnDemand);
    macro_rules! within {
        ($column:ident, $may_lack:expr) => {
            if let Some(from) = &query.$column.from {
                let since = document_entries::$column.ge(from.first_second());
                sql = if $may_lack { sql.filter(since.or(document_entries::$column.is_null())) } else { sql.filter(since) };
            }
            if let Some(to) = &query.$column.to {
                let before = document_entries::$column.lt(to.first_second());
                sql = if $may_lack { sql.filter(before.or(document_entries::$column.is_null())) } else { sql.filter(before) };
            }
        };
    }
    within!(creation_time, on_demand);
    within!(service_start_time, true);
    within!(service_stop_time, true);
    sql = with_values!(sql, document_entries, EVENT_CODE, &groups(&query.event_codes));
    sql = with_values!(sql, document_entries, CONFIDENTIALITY_CODE, &groups(&query.confidentiality_codes));
    sql = with_values!(sql, document_entries, REFERENCE_ID, &query.reference_ids);
    with_author(sql, &query.author_persons)
}

/// All entries of a record.
fn of_record<'a>(view: &RecordView) -> EntryQuery<'a> {
    in_view(document_entries::table.into_boxed(), view)
}

/// The conditions that the queries "…AndContents" and GetAll share.
pub(super) fn with_filter<'a>(sql: EntryQuery<'a>, filter: &EntryFilter) -> EntryQuery<'a> {
    let mut sql = with_object_types(sql, &filter.object_types);
    if !filter.format_codes.is_empty() {
        sql = sql.filter(document_entries::format_code.eq_any(code_columns(&filter.format_codes)));
    }
    with_values!(sql, document_entries, CONFIDENTIALITY_CODE, &groups(&filter.confidentiality_codes))
}

fn with_object_types<'a>(sql: EntryQuery<'a>, kinds: &[DocumentEntryType]) -> EntryQuery<'a> {
    sql.filter(document_entries::object_type.eq_any(kinds.iter().map(|kind| object_type_column(*kind)).collect::<Vec<_>>()))
}

fn groups(codes: &[CodeGroup]) -> Vec<Vec<String>> {
    codes.iter().map(|group| code_columns(group)).collect()
}

/// One of the patterns fits one author.
fn with_author<'a>(sql: EntryQuery<'a>, patterns: &[String]) -> EntryQuery<'a> {
    let fits = |pattern: &String| has_value_like!(document_entries, AUTHOR_PERSON, pattern.clone());
    let Some((first, others)) = patterns.split_first() else { return sql };
    let mut any: Box<dyn BoxableExpression<document_entries::table, Backend, SqlType = Bool>> = Box::new(fits(first));
    for pattern in others {
        any = Box::new(any.or(fits(pattern)));
    }
    sql.filter(any)
}
