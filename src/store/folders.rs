//! Folders.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::model::availability_status::AvailabilityStatus;
use crate::model::folder::Folder;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::multi_patient_query::Patients;
use crate::model::stored_query::{FindFolders, MetadataLevel, ObjectIds, TimeRange};
use crate::model::timestamp::{Dtm, Instant};

use super::entry_search::Backend;
use super::folder_change::ChangeInSight;
use super::object_values::{FOLDER_CODE, with_values};
use super::record_view::{RecordView, Table, in_sight};
use super::rows::{
    among, batches, code_column, code_columns, each_patient_once, from_json, in_one_order, patient_ids, status_column, status_of, to_json,
    uuid_column, uuid_columns, uuids_of,
};
use super::schema::{folders, object_values};
use super::versions::is_latest_folder;
use super::{Read, StoreError, Write};

#[derive(Queryable, Selectable)]
#[diesel(table_name = folders)]
struct FolderRow {
    entry_uuid: String,
    patient_id: String,
    availability_status: String,
    last_update_time: String,
    content: String,
}

impl FolderRow {
    /// The row as those see it for whom the folder changed at another time.
    fn changed_at(self, micros: i64) -> Self {
        Self { last_update_time: Instant(micros).to_dtm().first_second(), ..self }
    }

    fn into_model(self) -> Result<Folder, StoreError> {
        let mut folder: Folder = from_json("folders", &self.content)?;
        folder.availability_status = status_of(&self.availability_status)?;
        folder.patient_id = self.patient_id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))?;
        folder.last_update_time = Dtm::try_from(self.last_update_time).map_err(|_| StoreError::Failed("a stored time is malformed"))?;
        Ok(folder)
    }
}

#[derive(Insertable)]
#[diesel(table_name = folders)]
struct NewFolder<'a> {
    entry_uuid: String,
    patient_id: String,
    logical_id: String,
    version: i32,
    unique_id: &'a str,
    availability_status: &'static str,
    last_update_time: String,
    submission_set: String,
    registered_at: i64,
    content: String,
}

impl Write {
    /// Adds a folder that `submission_set` brings; [`StoreError::Duplicate`] if its uniqueId is taken.
    pub fn insert_folder(&mut self, folder: &Folder, submission_set: EntryUuid, at: Instant) -> Result<(), StoreError> {
        let row = NewFolder {
            entry_uuid: uuid_column(folder.entry_uuid),
            patient_id: folder.patient_id.to_string(),
            logical_id: uuid_column(folder.logical_id),
            version: i32::try_from(folder.version).unwrap_or(i32::MAX),
            unique_id: folder.unique_id.as_str(),
            availability_status: status_column(folder.availability_status),
            last_update_time: folder.last_update_time.first_second(),
            submission_set: uuid_column(submission_set),
            registered_at: at.0,
            content: to_json(folder)?,
        };
        diesel::insert_into(folders::table).values(row).execute(self.connection())?;
        self.insert_values(folder.entry_uuid, folder.codes.iter().map(|code| (FOLDER_CODE, code_column(code))).collect())
    }

    /// Notes that the membership of a folder changed.
    pub fn touch_folder(&mut self, id: EntryUuid, at: &Dtm) -> Result<(), StoreError> {
        diesel::update(folders::table.filter(folders::entry_uuid.eq(uuid_column(id))))
            .set(folders::last_update_time.eq(at.first_second()))
            .execute(self.connection())?;
        Ok(())
    }

    /// Makes an approved folder obsolete; false if it was no longer approved.
    pub fn deprecate_folder(&mut self, id: EntryUuid) -> Result<bool, StoreError> {
        let approved = folders::table
            .filter(folders::entry_uuid.eq(uuid_column(id)))
            .filter(folders::availability_status.eq(status_column(AvailabilityStatus::Approved)));
        let deprecated = folders::availability_status.eq(status_column(AvailabilityStatus::Deprecated));
        Ok(diesel::update(approved).set(deprecated).execute(self.connection())? == 1)
    }

    pub(super) fn move_folders(&mut self, from: &PatientId, to: &PatientId) -> Result<(), StoreError> {
        diesel::update(folders::table.filter(folders::patient_id.eq(from.to_string())))
            .set(folders::patient_id.eq(to.to_string()))
            .execute(self.connection())?;
        Ok(())
    }
}

type FolderQuery<'a> = folders::BoxedQuery<'a, Backend>;

/// The folders of these ids, of whatever patient.
fn named<'a>(ids: &ObjectIds<Oid>) -> FolderQuery<'a> {
    let sql = folders::table.into_boxed();
    match ids {
        ObjectIds::EntryUuids(ids) => among!(sql, folders::entry_uuid, uuid_columns(ids)),
        ObjectIds::UniqueIds(ids) => among!(sql, folders::unique_id, ids.iter().map(|id| id.as_str().to_owned()).collect()),
        ObjectIds::LogicalIds(ids) => among!(sql, folders::logical_id, uuid_columns(ids)),
    }
}

/// Those of the folders that a metadata level shows.
fn at_level(sql: FolderQuery<'_>, level: MetadataLevel) -> FolderQuery<'_> {
    match level {
        MetadataLevel::One => sql.filter(is_latest_folder()),
        MetadataLevel::Two => sql,
    }
}

/// All folders of a record.
fn of_record<'a>(view: &RecordView) -> FolderQuery<'a> {
    in_view(folders::table.into_boxed(), view)
}

/// Those of the folders that are in a record, in sight.
fn in_view<'a>(sql: FolderQuery<'a>, view: &RecordView) -> FolderQuery<'a> {
    let sql = sql.filter(folders::patient_id.eq(view.patient_id().to_string()));
    in_sight!(sql, view, Table::Folders)
}

/// The conditions of FindFolders, but for the patient; the time of the last change is what those see of it who see so much.
fn meeting<'a, P>(sql: FolderQuery<'a>, query: &FindFolders<P>, change: Option<ChangeInSight>) -> FolderQuery<'a> {
    let statuses = query.statuses.iter().map(|status| status_column(*status)).collect::<Vec<_>>();
    let sql = changed_within(sql.filter(folders::availability_status.eq_any(statuses)), &query.last_update_time, change);
    let groups = query.codes.iter().map(|group| code_columns(group)).collect::<Vec<_>>();
    with_values!(sql, folders, FOLDER_CODE, &groups)
}

/// The registry sets this time itself, cut to the second, and who asks until now means this second too: the range is inclusive, as
/// times of queries are meant to be (ITI TF-2: 3.18.4.1.2.3.3), and not cut short as for times of sources.
fn changed_within<'a>(mut sql: FolderQuery<'a>, range: &TimeRange, change: Option<ChangeInSight>) -> FolderQuery<'a> {
    let Some(change) = change else {
        if let Some(from) = &range.from {
            sql = sql.filter(folders::last_update_time.ge(from.first_second()));
        }
        if let Some(to) = &range.to {
            sql = sql.filter(folders::last_update_time.le(to.first_second()));
        }
        return sql;
    };
    if let Some(from) = &range.from {
        sql = sql.filter(change.clone().ge(from.first_instant().0));
    }
    if let Some(to) = &range.to {
        sql = sql.filter(change.lt(to.first_instant().0.saturating_add(1_000_000)));
    }
    sql
}

impl Read {
    /// The folders of these ids that exist, of whatever patient, as the registry itself knows them.
    pub fn folders(&mut self, ids: &ObjectIds<Oid>) -> Result<Vec<Folder>, StoreError> {
        let mut rows: Vec<FolderRow> = Vec::new();
        for ids in batches(ids) {
            let sql = named(&ids).order((folders::last_update_time, folders::entry_uuid));
            rows.extend(sql.select(FolderRow::as_select()).load(self.connection())?);
        }
        let rows = in_one_order(rows, i64::MAX, |row| (row.last_update_time.clone(), row.entry_uuid.clone()));
        rows.into_iter().map(FolderRow::into_model).collect()
    }

    /// The folders of these ids as the reader of a record sees them; whether they do was asked before.
    pub fn folders_in_view(&mut self, view: &RecordView, ids: &ObjectIds<Oid>) -> Result<Vec<Folder>, StoreError> {
        let Some(change) = ChangeInSight::of(view) else { return self.folders(ids) };
        let mut rows: Vec<(FolderRow, i64)> = Vec::new();
        for ids in batches(ids) {
            let sql = in_view(named(&ids), view).select((FolderRow::as_select(), change.clone()));
            rows.extend(sql.load(self.connection())?);
        }
        let rows = in_one_order(rows, i64::MAX, |(row, at)| (*at, row.entry_uuid.clone()));
        rows.into_iter().map(|(row, at)| row.changed_at(at).into_model()).collect()
    }

    /// Those of a record's folders that have these ids; at metadata level 1 those in use, since only an update takes a
    /// folder out of use.
    pub fn folders_named(&mut self, view: &RecordView, ids: &ObjectIds<Oid>, level: MetadataLevel) -> Result<Vec<EntryUuid>, StoreError> {
        let mut found: Vec<(String, String)> = Vec::new();
        let mut seen: Vec<(i64, String)> = Vec::new();
        for ids in batches(ids) {
            let mut sql = at_level(in_view(named(&ids), view), level);
            if level == MetadataLevel::One {
                sql = sql.filter(folders::availability_status.eq(status_column(AvailabilityStatus::Approved)));
            }
            match ChangeInSight::of(view) {
                None => found.extend(sql.select((folders::last_update_time, folders::entry_uuid)).load(self.connection())?),
                Some(change) => seen.extend(sql.select((change, folders::entry_uuid)).load(self.connection())?),
            }
        }
        let found = in_one_order(found, i64::MAX, Clone::clone).into_iter().map(|(_, id)| id);
        let seen = in_one_order(seen, i64::MAX, Clone::clone).into_iter().map(|(_, id)| id);
        uuids_of(found.chain(seen).collect())
    }

    /// The patients under whom folders of these ids are filed that a metadata level shows, each once.
    pub fn patients_of_folders(&mut self, ids: &ObjectIds<Oid>, level: MetadataLevel) -> Result<Vec<PatientId>, StoreError> {
        let mut patients = Vec::new();
        for ids in batches(ids) {
            let sql = at_level(named(&ids), level).select(folders::patient_id).distinct().order(folders::patient_id);
            patients.extend(sql.load::<String>(self.connection())?);
        }
        each_patient_once(patients)
    }

    /// FindFolders in a record, the longest unchanged first, at most `limit`.
    pub fn find_folders<P>(&mut self, view: &RecordView, query: &FindFolders<P>, limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        self.folder_ids(view, meeting(of_record(view), query, ChangeInSight::of(view)), limit)
    }

    /// The patients with a folder that meets the conditions of a query, at most `limit`.
    pub fn patients_with_folders(&mut self, query: &FindFolders<Patients>, limit: i64) -> Result<Vec<PatientId>, StoreError> {
        let sql = meeting(folders::table.into_boxed(), query, None).select(folders::patient_id).distinct();
        patient_ids(sql.order(folders::patient_id).limit(limit).load(self.connection())?)
    }

    /// The folders of a record with one of these statuses, at most `limit`.
    pub fn folders_of(&mut self, view: &RecordView, statuses: &[AvailabilityStatus], limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        let statuses = statuses.iter().map(|status| status_column(*status)).collect::<Vec<_>>();
        self.folder_ids(view, of_record(view).filter(folders::availability_status.eq_any(statuses)), limit)
    }

    /// Of what a statement finds the ids alone, in the order of the folders themselves.
    fn folder_ids(&mut self, view: &RecordView, sql: FolderQuery<'_>, limit: i64) -> Result<Vec<EntryUuid>, StoreError> {
        let in_order = match ChangeInSight::of(view) {
            None => sql.order((folders::last_update_time, folders::entry_uuid)),
            Some(change) => sql.order((change, folders::entry_uuid)),
        };
        let in_order = in_order.limit(limit);
        uuids_of(in_order.select(folders::entry_uuid).load(self.connection())?)
    }
}
