//! Associations.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::model::association::{Association, AssociationType};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::entry_search::Backend;
use super::record_view::{RecordView, Table, in_sight};
use super::rows::{
    IDS_PER_STATEMENT, each_patient_once, from_json, patient_ids, status_column, status_of, to_json, uuid_column, uuid_columns,
};
use super::schema::{associations, document_entries, folders, submission_sets};
use super::versions::links_latest_versions;
use super::{Read, StoreError, Write};

#[derive(Queryable, Selectable)]
#[diesel(table_name = associations)]
pub(super) struct AssociationRow {
    entry_uuid: String,
    availability_status: String,
    registered_at: i64,
    content: String,
}

impl AssociationRow {
    pub(super) fn into_model(self) -> Result<Association, StoreError> {
        let mut association: Association = from_json("associations", &self.content)?;
        association.availability_status = status_of(&self.availability_status)?;
        Ok(association)
    }
}

#[derive(Insertable)]
#[diesel(table_name = associations)]
struct NewAssociation {
    entry_uuid: String,
    patient_id: String,
    association_type: &'static str,
    source: String,
    target: String,
    availability_status: &'static str,
    submission_set: String,
    registered_at: i64,
    content: String,
}

/// Which of the ids registry objects of any kind have. One statement, for it is asked with every submission; a macro,
/// because each database has a type of its own for it.
macro_rules! ids_in_use {
    ($connection:expr, $ids:expr) => {{
        macro_rules! ids_in {
            ($table:ident) => {
                $table::table.filter($table::entry_uuid.eq_any($ids)).select($table::entry_uuid)
            };
        }
        let of_all = ids_in!(submission_sets).union_all(ids_in!(document_entries)).union_all(ids_in!(folders));
        of_all.union_all(ids_in!(associations)).load::<String>($connection)?
    }};
}

/// The patients of the objects of a table that have one of the ids.
macro_rules! patients_in {
    ($read:expr, $table:ident, $ids:expr) => {{
        let there = $table::table.filter($table::entry_uuid.eq_any($ids)).select($table::patient_id).distinct();
        there.load::<String>($read.connection())?
    }};
}

impl Write {
    /// Adds an association that `submission_set` brings, filed with its patient.
    pub fn insert_association(
        &mut self,
        association: &Association,
        patient_id: &PatientId,
        submission_set: EntryUuid,
        at: Instant,
    ) -> Result<(), StoreError> {
        let row = NewAssociation {
            entry_uuid: uuid_column(association.entry_uuid),
            patient_id: patient_id.to_string(),
            association_type: association.association_type.urn(),
            source: uuid_column(association.source),
            target: uuid_column(association.target),
            availability_status: status_column(association.availability_status),
            submission_set: uuid_column(submission_set),
            registered_at: at.0,
            content: to_json(association)?,
        };
        diesel::insert_into(associations::table).values(row).execute(self.connection())?;
        Ok(())
    }

    /// Takes an association out of force; false if it was no longer approved.
    pub fn deprecate_association(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        let approved = associations::table
            .filter(associations::entry_uuid.eq(uuid_column(id)))
            .filter(associations::availability_status.eq(status_column(AvailabilityStatus::Approved)));
        let deprecated = associations::availability_status.eq(status_column(AvailabilityStatus::Deprecated));
        Ok(diesel::update(approved).set(deprecated).execute(self.connection())? == 1)
    }

    pub(super) fn move_associations(&mut self, from: &PatientId, to: &PatientId) -> Result<(), StoreError> {
        diesel::update(associations::table.filter(associations::patient_id.eq(from.to_string())))
            .set(associations::patient_id.eq(to.to_string()))
            .execute(self.connection())?;
        Ok(())
    }
}

type AssociationQuery<'a> = associations::BoxedQuery<'a, Backend>;

/// Those of the associations that a metadata level shows.
fn at_level(sql: AssociationQuery<'_>, level: MetadataLevel) -> AssociationQuery<'_> {
    match level {
        MetadataLevel::One => {
            sql.filter(associations::availability_status.eq(status_column(AvailabilityStatus::Approved))).filter(links_latest_versions())
        }
        MetadataLevel::Two => sql,
    }
}

/// The associations of a record whose ends are in sight.
fn of_record<'a>(view: &RecordView) -> AssociationQuery<'a> {
    let sql = associations::table.filter(associations::patient_id.eq(view.patient_id().to_string())).into_boxed();
    in_sight!(sql, view, Table::Associations)
}

fn starting_at<'a>(view: &RecordView, ids: &[EntryUuid]) -> AssociationQuery<'a> {
    of_record(view).filter(associations::source.eq_any(uuid_columns(ids)))
}

fn ending_at<'a>(view: &RecordView, ids: &[EntryUuid]) -> AssociationQuery<'a> {
    of_record(view).filter(associations::target.eq_any(uuid_columns(ids)))
}

fn type_columns(types: &[AssociationType]) -> Vec<&'static str> {
    types.iter().map(|kind| kind.urn()).collect()
}

/// Rows of several statements as one answer: the oldest first, each once.
fn in_order(mut rows: Vec<AssociationRow>) -> Result<Vec<Association>, StoreError> {
    rows.sort_by(|a, b| (a.registered_at, &a.entry_uuid).cmp(&(b.registered_at, &b.entry_uuid)));
    rows.dedup_by(|a, b| a.entry_uuid == b.entry_uuid);
    rows.into_iter().map(AssociationRow::into_model).collect()
}

impl Read {
    /// The associations of a record, of these types, that start at one of these objects.
    pub fn associations_from(
        &mut self,
        view: &RecordView,
        sources: &[EntryUuid],
        types: &[AssociationType],
        level: MetadataLevel,
    ) -> Result<Vec<Association>, StoreError> {
        let mut found = Vec::new();
        for ids in sources.chunks(IDS_PER_STATEMENT) {
            let sql = starting_at(view, ids).filter(associations::association_type.eq_any(type_columns(types)));
            found.extend(self.association_rows(at_level(sql, level), i64::MAX)?);
        }
        in_order(found)
    }

    /// The associations of a record, of these types, that end at one of these objects.
    pub fn associations_to(
        &mut self,
        view: &RecordView,
        targets: &[EntryUuid],
        types: &[AssociationType],
        level: MetadataLevel,
    ) -> Result<Vec<Association>, StoreError> {
        let mut found = Vec::new();
        for ids in targets.chunks(IDS_PER_STATEMENT) {
            let sql = ending_at(view, ids).filter(associations::association_type.eq_any(type_columns(types)));
            found.extend(self.association_rows(at_level(sql, level), i64::MAX)?);
        }
        in_order(found)
    }

    /// The associations of a record that start or end at one of these objects; `limit` bounds each end.
    pub fn associations_touching(
        &mut self,
        view: &RecordView,
        ids: &[EntryUuid],
        level: MetadataLevel,
        limit: i64,
    ) -> Result<Vec<Association>, StoreError> {
        let mut found = Vec::new();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            // A statement for each end, because each end has an index of its own.
            found.extend(self.association_rows(at_level(starting_at(view, ids), level), limit)?);
            found.extend(self.association_rows(at_level(ending_at(view, ids), level), limit)?);
        }
        in_order(found)
    }

    /// The association of this id and its patient, if it is there.
    pub fn association(&mut self, id: EntryUuid) -> Result<Option<(Association, PatientId)>, StoreError> {
        let named = || associations::table.filter(associations::entry_uuid.eq(uuid_column(id)));
        let Some(association) = in_order(self.association_rows(named().into_boxed(), 1)?)?.pop() else { return Ok(None) };
        let owners = patient_ids(named().select(associations::patient_id).load(self.connection())?)?;
        Ok(owners.into_iter().next().map(|owner| (association, owner)))
    }

    /// The patients under whom objects of these ids are filed, each once.
    pub fn patients_of_objects(&mut self, ids: &[EntryUuid]) -> Result<Vec<PatientId>, StoreError> {
        let mut patients = Vec::new();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let columns = uuid_columns(ids);
            patients.extend(patients_in!(self, submission_sets, &columns));
            patients.extend(patients_in!(self, document_entries, &columns));
            patients.extend(patients_in!(self, folders, &columns));
            patients.extend(patients_in!(self, associations, &columns));
        }
        each_patient_once(patients)
    }

    /// All associations of a record, at most `limit`.
    pub fn associations_of(&mut self, view: &RecordView, level: MetadataLevel, limit: i64) -> Result<Vec<Association>, StoreError> {
        in_order(self.association_rows(at_level(of_record(view), level), limit)?)
    }

    fn association_rows(&mut self, sql: AssociationQuery<'_>, limit: i64) -> Result<Vec<AssociationRow>, StoreError> {
        let oldest_first = sql.order((associations::registered_at, associations::entry_uuid)).limit(limit);
        Ok(oldest_first.select(AssociationRow::as_select()).load(self.connection())?)
    }

    /// Those of these ids that some registry object has already.
    pub fn uuids_in_use(&mut self, ids: &[EntryUuid]) -> Result<Vec<EntryUuid>, StoreError> {
        let columns = uuid_columns(ids);
        let mut taken = HashSet::new();
        for columns in columns.chunks(IDS_PER_STATEMENT) {
            taken.extend(match self.connection() {
                StoreConnection::Postgres(pg) => ids_in_use!(pg, columns),
                StoreConnection::Sqlite(sqlite) => ids_in_use!(sqlite, columns),
            });
        }
        Ok(ids.iter().copied().filter(|id| taken.contains(&uuid_column(*id))).collect())
    }

    /// Whether an association of this patient has this id.
    pub fn is_association_of(&mut self, patient_id: &PatientId, id: EntryUuid) -> Result<bool, StoreError> {
        let there = associations::table
            .filter(associations::entry_uuid.eq(uuid_column(id)))
            .filter(associations::patient_id.eq(patient_id.to_string()));
        Ok(diesel::select(diesel::dsl::exists(there)).get_result(self.connection())?)
    }

    /// Whether an object of this id, of whatever kind, is in a record and in sight.
    pub fn is_in_view(&mut self, view: &RecordView, id: EntryUuid) -> Result<bool, StoreError> {
        let ids = ObjectIds::EntryUuids(vec![id]);
        if !self.entries_named(view, &ids, MetadataLevel::Two, 1)?.is_empty() {
            return Ok(true);
        }
        let sets = ObjectIds::EntryUuids(vec![id]);
        if !self.folders_named(view, &sets, MetadataLevel::Two)?.is_empty() || !self.submission_sets_named(view, &sets)?.is_empty() {
            return Ok(true);
        }
        let association = of_record(view).filter(associations::entry_uuid.eq(uuid_column(id)));
        Ok(!self.association_rows(association, 1)?.is_empty())
    }
}
