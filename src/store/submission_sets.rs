//! Submission sets.

use diesel::prelude::*;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::stored_query::ObjectIds;
use crate::model::submission_set::SubmissionSet;
use crate::model::timestamp::Instant;

use super::rows::{code_column, from_json, status_column, status_of, to_json, uuid_column};
use super::schema::submission_sets;
use super::{Read, StoreError, Write};

#[derive(Queryable, Selectable)]
#[diesel(table_name = submission_sets)]
struct SubmissionSetRow {
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
        Ok(())
    }

    pub(super) fn move_submission_sets(&mut self, from: &PatientId, to: &PatientId) -> Result<(), StoreError> {
        diesel::update(submission_sets::table.filter(submission_sets::patient_id.eq(from.to_string())))
            .set(submission_sets::patient_id.eq(to.to_string()))
            .execute(self.connection())?;
        Ok(())
    }
}

impl Read {
    /// The submission sets of these ids that exist.
    pub fn submission_sets(&mut self, ids: &ObjectIds<Oid>) -> Result<Vec<SubmissionSet>, StoreError> {
        let sql = submission_sets::table.into_boxed();
        let sql = match ids {
            ObjectIds::EntryUuids(ids) => {
                sql.filter(submission_sets::entry_uuid.eq_any(ids.iter().map(|id| uuid_column(*id)).collect::<Vec<_>>()))
            }
            ObjectIds::UniqueIds(ids) => {
                sql.filter(submission_sets::unique_id.eq_any(ids.iter().map(|id| id.as_str()).collect::<Vec<_>>()))
            }
        };
        let rows: Vec<SubmissionSetRow> =
            sql.order(submission_sets::entry_uuid).select(SubmissionSetRow::as_select()).load(self.connection())?;
        rows.into_iter().map(SubmissionSetRow::into_model).collect()
    }

    /// The submission sets of a patient with one of these statuses, oldest first, at most `limit`.
    pub fn submission_sets_of(
        &mut self,
        patient_id: &PatientId,
        statuses: &[AvailabilityStatus],
        limit: i64,
    ) -> Result<Vec<SubmissionSet>, StoreError> {
        let rows: Vec<SubmissionSetRow> = submission_sets::table
            .filter(submission_sets::patient_id.eq(patient_id.to_string()))
            .filter(submission_sets::availability_status.eq_any(statuses.iter().map(|status| status_column(*status))))
            .order((submission_sets::submission_time, submission_sets::entry_uuid))
            .limit(limit)
            .select(SubmissionSetRow::as_select())
            .load(self.connection())?;
        rows.into_iter().map(SubmissionSetRow::into_model).collect()
    }

    /// Whether a submission set has this id.
    pub fn is_submission_set(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        let there = submission_sets::table.filter(submission_sets::entry_uuid.eq(uuid_column(id)));
        Ok(diesel::select(diesel::dsl::exists(there)).get_result(self.connection())?)
    }
}
