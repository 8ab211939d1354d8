//! Submission sets.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::stored_query::{FindSubmissionSets, ObjectIds};
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Instant;

use super::entry_search::Backend;
use super::object_values::{AUTHOR_PERSON, NO_ESCAPE, has_value_like};
use super::record_view::{RecordView, Table, in_sight};
use super::rows::{
    among, batches, code_column, code_columns, each_patient_once, from_json, in_one_order, status_column, status_of, to_json, uuid_column,
    uuid_columns, uuids_of,
};
use super::schema::{object_values, submission_sets};
use super::{Read, StoreError, Write};

#[derive(Queryable, Selectable)]
#[diesel(table_name = submission_sets)]
struct SubmissionSetRow {
    entry_uuid: String,
    submission_time: String,
    patient_id: String,
    availability_status: String,
    content: String,
}

impl SubmissionSetRow {
    fn into_model(self) -> Result<SubmissionSet, StoreError> {
        let mut set: SubmissionSet = from_json("submission_sets", &self.content)?;
        set.availability_status = status_of(&self.availability_status)?;
        set.patient_id = self.patient_id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))?;
        Ok(set)
    }
}

#[derive(Insertable)]
#[diesel(table_name = submission_sets)]
struct NewSubmissionSet<'a> {
    entry_uuid: String,
    patient_id: String,
    unique_id: &'a str,
    source_id: &'a str,
    submission_time: String,
    content_type_code: String,
    availability_status: &'static str,
    registered_at: i64,
    content: String,
}

impl Write {
    /// Adds a submission set; [`StoreError::Duplicate`] if its uniqueId is taken.
    pub fn insert_submission_set(&mut self, set: &SubmissionSet, at: Instant) -> Result<(), StoreError> {
        let row = NewSubmissionSet {
            entry_uuid: uuid_column(set.entry_uuid),
            patient_id: set.patient_id.to_string(),
            unique_id: set.unique_id.as_str(),
            source_id: set.source_id.as_str(),
            submission_time: set.submission_time.first_second(),
            content_type_code: code_column(&set.content_type_code),
            availability_status: status_column(set.availability_status),
            registered_at: at.0,
            content: to_json(set)?,
        };
        diesel::insert_into(submission_sets::table).values(row).execute(self.connection())?;
        let persons = set.authors.iter().filter_map(|author| author.person.as_ref());
        self.insert_values(set.entry_uuid, persons.map(|person| (AUTHOR_PERSON, person.as_str().to_owned())).collect())
    }

    pub(super) fn move_submission_sets(&mut self, from: &PatientId, to: &PatientId) -> Result<(), StoreError> {
        diesel::update(submission_sets::table.filter(submission_sets::patient_id.eq(from.to_string())))
            .set(submission_sets::patient_id.eq(to.to_string()))
            .execute(self.connection())?;
        Ok(())
    }
}

type SubmissionSetQuery<'a> = submission_sets::BoxedQuery<'a, Backend>;

/// The submission sets of these ids, of whatever patient.
fn named<'a>(ids: &ObjectIds<Oid>) -> SubmissionSetQuery<'a> {
    let sql = submission_sets::table.into_boxed();
    match ids {
        ObjectIds::EntryUuids(ids) => among!(sql, submission_sets::entry_uuid, uuid_columns(ids)),
        ObjectIds::UniqueIds(ids) => among!(sql, submission_sets::unique_id, ids.iter().map(|id| id.as_str().to_owned()).collect()),
        // A submission set has one version, so its id is its logical id.
        ObjectIds::LogicalIds(ids) => among!(sql, submission_sets::entry_uuid, uuid_columns(ids)),
    }
}

/// The statement of FindSubmissionSets without order and limit.
fn find_submission_sets<'a>(view: &RecordView, query: &'a FindSubmissionSets) -> SubmissionSetQuery<'a> {
    let statuses = query.statuses.iter().map(|status| status_column(*status)).collect::<Vec<_>>();
    let mut sql = of_record(view).filter(submission_sets::availability_status.eq_any(statuses));
    if !query.source_ids.is_empty() {
        sql = sql.filter(submission_sets::source_id.eq_any(query.source_ids.iter().map(|id| id.as_str())));
    }
    if !query.content_type_codes.is_empty() {
        sql = sql.filter(submission_sets::content_type_code.eq_any(code_columns(&query.content_type_codes)));
    }
    if let Some(from) = &query.submission_time.from {
        sql = sql.filter(submission_sets::submission_time.ge(from.first_second()));
    }
    if let Some(to) = &query.submission_time.to {
        sql = sql.filter(submission_sets::submission_time.lt(to.first_second()));
    }
    match &query.author_person {
        Some(pattern) => sql.filter(has_value_like!(submission_sets, AUTHOR_PERSON, pattern.clone())),
        None => sql,
    }
}

/// All submission sets of a record.
fn of_record<'a>(view: &RecordView) -> SubmissionSetQuery<'a> {
    in_view(submission_sets::table.into_boxed(), view)
}

/// Those of the submission sets that are in a record, in sight.
fn in_view<'a>(sql: SubmissionSetQuery<'a>, view: &RecordView) -> SubmissionSetQuery<'a> {
    let sql = sql.filter(submission_sets::patient_id.eq(view.patient_id().to_string()));
    in_sight!(sql, view, Table::SubmissionSets)
}

impl Read {
    /// The submission sets of these ids that exist, of whatever patient.
    pub fn submission_sets(&mut self, ids: &ObjectIds<Oid>) -> Result<Vec<SubmissionSet>, StoreError> {
        let mut rows: Vec<SubmissionSetRow> = Vec::new();
        for ids in batches(ids) {
            let sql = named(&ids).order((submission_sets::submission_time, submission_sets::entry_uuid));
            rows.extend(sql.select(SubmissionSetRow::as_select()).load(self.connection())?);
        }
        let rows = in_one_order(rows, i64::MAX, |row| (row.submission_time.clone(), row.entry_uuid.clone()));
        rows.into_iter().map(SubmissionSetRow::into_model).collect()
    }

    /// Those of a record's submission sets that have these ids.
    pub fn submission_sets_named(&mut self, view: &RecordView, ids: &ObjectIds<Oid>) -> Result<Vec<EntryUuid>, StoreError> {
        let mut found: Vec<(String, String)> = Vec::new();
        for ids in batches(ids) {
            let sql = in_view(named(&ids), view);
            let in_order = sql.order((submission_sets::submission_time, submission_sets::entry_uuid));
            found.extend(in_order.select((submission_sets::submission_time, submission_sets::entry_uuid)).load(self.connection())?);
        }
        uuids_of(in_one_order(found, i64::MAX, Clone::clone).into_iter().map(|(_, id)| id).collect())
    }

    /// The patients under whom submission sets of these ids are filed, each once.
    pub fn patients_of_submission_sets(&mut self, ids: &ObjectIds<Oid>) -> Result<Vec<PatientId>, StoreError> {
        let mut patients = Vec::new();
        for ids in batches(ids) {
            let sql = named(&ids).select(submission_sets::patient_id).distinct().order(submission_sets::patient_id);
            patients.extend(sql.load::<String>(self.connection())?);
        }
        each_patient_once(patients)
    }

    /// FindSubmissionSets, oldest first, at most `limit`.
    pub fn find_submission_sets(
        &mut self,
        view: &RecordView,
        query: &FindSubmissionSets,
        limit: i64,
    ) -> Result<Vec<EntryUuid>, StoreError> {
        self.submission_set_ids(find_submission_sets(view, query), limit)
    }

    /// The submission sets of a record with one of these statuses, oldest first, at most `limit`.
    pub fn submission_sets_of(
        &mut self,
        view: &RecordView,
        statuses: &[AvailabilityStatus],
        limit: i64,
    ) -> Result<Vec<EntryUuid>, StoreError> {
        let statuses = statuses.iter().map(|status| status_column(*status)).collect::<Vec<_>>();
        self.submission_set_ids(of_record(view).filter(submission_sets::availability_status.eq_any(statuses)), limit)
    }

    /// Of what a statement finds the ids alone, in the order of the submission sets themselves.
    fn submission_set_ids(&mut self, sql: SubmissionSetQuery<'_>, limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        let in_order = sql.order((submission_sets::submission_time, submission_sets::entry_uuid)).limit(limit);
        uuids_of(in_order.select(submission_sets::entry_uuid).load(self.connection())?)
    }

    /// Whether a submission set has this id.
    pub fn is_submission_set(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        let there = submission_sets::table.filter(submission_sets::entry_uuid.eq(uuid_column(id)));
        Ok(diesel::select(exists(there)).get_result(self.connection())?)
    }
}
