//! Removing registry objects for good.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::model::association::Association;
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;

use super::associations::AssociationRow;
use super::rows::{IDS_PER_STATEMENT, uuid_column, uuid_of};
use super::schema::{associations, document_entries, folders, object_values, submission_sets};
use super::{Read, StoreError, Write};

/// Objects as they are filed, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiledObjects {
    /// Submission sets.
    pub submission_sets: Vec<EntryUuid>,
    /// Document entries.
    pub entries: Vec<EntryUuid>,
    /// Folders.
    pub folders: Vec<EntryUuid>,
    /// Associations, with their ends.
    pub associations: Vec<Association>,
}

impl FiledObjects {
    /// The ids of all of them.
    pub fn ids(&self) -> impl Iterator<Item = EntryUuid> {
        let others = self.submission_sets.iter().chain(&self.entries).chain(&self.folders).copied();
        others.chain(self.associations.iter().map(|association| association.entry_uuid))
    }
}

/// The ids in batches that fit one statement, as columns.
fn batches(ids: &[EntryUuid]) -> impl Iterator<Item = Vec<String>> {
    ids.chunks(IDS_PER_STATEMENT).map(|ids| ids.iter().map(|id| uuid_column(*id)).collect())
}

fn uuids(columns: Vec<String>) -> Result<Vec<EntryUuid>, StoreError> {
    columns.iter().map(|column| uuid_of(column)).collect()
}

/// Those ids that objects of a patient in this table have.
macro_rules! filed_in {
    ($read:expr, $table:ident, $patient:expr, $batch:expr) => {{
        let there = $table::table.filter($table::entry_uuid.eq_any($batch)).filter($table::patient_id.eq($patient));
        uuids(there.select($table::entry_uuid).load($read.connection())?)?
    }};
}

/// The objects of a table that a submission set brought, with its id.
macro_rules! brought_in {
    ($read:expr, $table:ident, $batch:expr) => {{
        let there = $table::table.filter($table::submission_set.eq_any($batch));
        there.select(($table::entry_uuid, $table::submission_set)).load::<(String, String)>($read.connection())?
    }};
}

impl Read {
    /// Those of the objects of these ids that are filed with this patient.
    pub fn filed_objects(&mut self, patient_id: &PatientId, ids: &[EntryUuid]) -> Result<FiledObjects, StoreError> {
        let patient = patient_id.to_string();
        let mut found = FiledObjects::default();
        for batch in batches(ids) {
            found.submission_sets.extend(filed_in!(self, submission_sets, &patient, &batch));
            found.entries.extend(filed_in!(self, document_entries, &patient, &batch));
            found.folders.extend(filed_in!(self, folders, &patient, &batch));
            let rows: Vec<AssociationRow> = associations::table
                .filter(associations::entry_uuid.eq_any(&batch))
                .filter(associations::patient_id.eq(&patient))
                .select(AssociationRow::as_select())
                .load(self.connection())?;
            for row in rows {
                found.associations.push(row.into_model()?);
            }
        }
        Ok(found)
    }

    /// All associations, of whatever patient, that start or end at one of these objects, each once.
    pub fn associations_at(&mut self, ids: &[EntryUuid]) -> Result<Vec<Association>, StoreError> {
        let mut found = HashMap::new();
        for batch in batches(ids) {
            let rows: Vec<AssociationRow> = associations::table
                .filter(associations::source.eq_any(&batch).or(associations::target.eq_any(&batch)))
                .order(associations::entry_uuid)
                .select(AssociationRow::as_select())
                .load(self.connection())?;
            for row in rows {
                let association = row.into_model()?;
                found.insert(association.entry_uuid, association);
            }
        }
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|association| association.entry_uuid);
        Ok(found)
    }

    /// Those of these ids that submission sets have.
    pub fn submission_sets_among(&mut self, ids: &[EntryUuid]) -> Result<HashSet<EntryUuid>, StoreError> {
        let mut found = HashSet::new();
        for batch in batches(ids) {
            let there = submission_sets::table.filter(submission_sets::entry_uuid.eq_any(batch));
            found.extend(uuids(there.select(submission_sets::entry_uuid).load(self.connection())?)?);
        }
        Ok(found)
    }

    /// The objects that these submission sets brought, each with its submission set.
    pub fn brought_by(&mut self, submission_sets: &[EntryUuid]) -> Result<Vec<(EntryUuid, EntryUuid)>, StoreError> {
        let mut found = Vec::new();
        for batch in batches(submission_sets) {
            found.extend(brought_in!(self, document_entries, &batch));
            found.extend(brought_in!(self, folders, &batch));
            found.extend(brought_in!(self, associations, &batch));
        }
        found.iter().map(|(object, set)| Ok((uuid_of(object)?, uuid_of(set)?))).collect()
    }
}

impl Write {
    /// Notes that an object of any kind belongs to this submission set from now on.
    pub fn assign_submission_set(&mut self, object: EntryUuid, submission_set: EntryUuid) -> Result<(), StoreError> {
        macro_rules! assign_in {
            ($table:ident) => {
                diesel::update($table::table.filter($table::entry_uuid.eq(uuid_column(object))))
                    .set($table::submission_set.eq(uuid_column(submission_set)))
                    .execute(self.connection())?
            };
        }
        if assign_in!(document_entries) == 0 && assign_in!(folders) == 0 {
            assign_in!(associations);
        }
        Ok(())
    }

    /// Removes the rows of these objects. Nothing that stays may refer to them.
    pub fn remove_objects(&mut self, objects: &FiledObjects) -> Result<(), StoreError> {
        macro_rules! remove_from {
            ($table:ident, $ids:expr) => {
                for batch in batches($ids) {
                    diesel::delete($table::table.filter($table::entry_uuid.eq_any(batch))).execute(self.connection())?;
                }
            };
        }
        let ids: Vec<_> = objects.ids().collect();
        let links: Vec<_> = objects.associations.iter().map(|association| association.entry_uuid).collect();
        remove_from!(object_values, &ids);
        remove_from!(associations, &links);
        remove_from!(document_entries, &objects.entries);
        remove_from!(folders, &objects.folders);
        remove_from!(submission_sets, &objects.submission_sets);
        Ok(())
    }
}

#[cfg(test)]
impl Read {
    /// How many rows tell of these objects, the values that queries look into included.
    pub(crate) fn count_rows_of(&mut self, ids: &[EntryUuid]) -> Result<usize, StoreError> {
        let mut rows = 0;
        macro_rules! count_in {
            ($table:ident, $batch:expr) => {
                rows += $table::table.filter($table::entry_uuid.eq_any($batch)).count().get_result::<i64>(self.connection())?
            };
        }
        for batch in batches(ids) {
            count_in!(submission_sets, &batch);
            count_in!(document_entries, &batch);
            count_in!(folders, &batch);
            count_in!(associations, &batch);
            count_in!(object_values, &batch);
        }
        Ok(usize::try_from(rows).unwrap_or(0))
    }
}
