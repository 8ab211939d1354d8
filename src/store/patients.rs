//! Patient identities and their merges.

use diesel::prelude::*;

use crate::model::directory::Stamp;
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::name_words::name_words;
use crate::model::patient_feed::{PartialDate, PatientDemographics};
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::directory_names::PATIENTS;
use super::directory_versions::{keep_past, stamp};
use super::rows::{among, from_json, to_json};
use super::schema::{patient_aliases, patients};
use super::{Read, StoreError, Write};

/// A patient of the affinity domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPatient {
    /// Under which documents are filed.
    pub patient_id: PatientId,
    /// What the feed said last.
    pub demographics: PatientDemographics,
    /// In which version.
    pub stamp: Stamp,
    /// Whether the identity is in use.
    pub state: PatientState,
}

/// Whether an identity is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatientState {
    /// It is.
    Active,
    /// It was merged into this other one.
    MergedInto(PatientId),
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = patients)]
struct PatientRow {
    patient_id: String,
    demographics: String,
    merged_into: Option<String>,
    version: i64,
    updated_at: i64,
}

impl PatientRow {
    fn into_model(self) -> Result<KnownPatient, StoreError> {
        let malformed = |_| StoreError::Failed("a stored patient id is malformed");
        let state = match self.merged_into {
            None => PatientState::Active,
            Some(id) => PatientState::MergedInto(id.parse().map_err(malformed)?),
        };
        Ok(KnownPatient {
            patient_id: self.patient_id.parse().map_err(malformed)?,
            demographics: from_json("patients", &self.demographics)?,
            stamp: stamp(self.version, Some(self.updated_at))?,
            state,
        })
    }
}

fn texts(ids: &[Cx]) -> Vec<String> {
    ids.iter().map(Cx::to_string).collect()
}

impl Read {
    /// The patient of this id, merged or not.
    pub fn patient(&mut self, patient_id: &PatientId) -> Result<Option<KnownPatient>, StoreError> {
        let row: Option<PatientRow> =
            patients::table.find(patient_id.to_string()).select(PatientRow::as_select()).first(self.connection()).optional()?;
        row.map(PatientRow::into_model).transpose()
    }

    /// The patients of these ids, merged or not.
    pub fn patients(&mut self, ids: &[PatientId]) -> Result<Vec<KnownPatient>, StoreError> {
        let rows = patients::table.select(PatientRow::as_select()).into_boxed();
        let rows: Vec<PatientRow> = among!(rows, patients::patient_id, texts(ids)).load(self.connection())?;
        rows.into_iter().map(PatientRow::into_model).collect()
    }

    /// The patients whom identifiers of other assigning authorities name, each with that identifier.
    pub fn patients_of_aliases(&mut self, aliases: &[Cx]) -> Result<Vec<(Cx, PatientId)>, StoreError> {
        let rows = patient_aliases::table.select((patient_aliases::alias, patient_aliases::patient_id)).into_boxed();
        let rows: Vec<(String, String)> = among!(rows, patient_aliases::alias, texts(aliases)).load(self.connection())?;
        let malformed = |_| StoreError::Failed("a stored patient id is malformed");
        rows.into_iter().map(|(alias, id)| Ok((alias.parse().map_err(malformed)?, id.parse().map_err(malformed)?))).collect()
    }

    /// The patient whom an identifier of another assigning authority names.
    pub fn patient_of_alias(&mut self, alias: &Cx) -> Result<Option<PatientId>, StoreError> {
        let row = patient_aliases::table.find(alias.to_string()).select(patient_aliases::patient_id);
        let id: Option<String> = row.first(self.connection()).optional()?;
        id.map(|id| id.parse().map_err(|_| StoreError::Failed("a stored patient id is malformed"))).transpose()
    }

    /// How many patients are in use.
    pub fn count_patients(&mut self) -> Result<i64, StoreError> {
        Ok(patients::table.filter(patients::merged_into.is_null()).count().get_result(self.connection())?)
    }
}

impl Write {
    /// Makes sure that nobody merges this patient, or files something under it, while the transaction files something under
    /// it: what a submission found (that the document it amends is approved, say) holds until its commit.
    /// Gives the patient as it is then.
    pub fn patient_for_filing(&mut self, patient_id: &PatientId) -> Result<Option<KnownPatient>, StoreError> {
        let id = patient_id.to_string();
        let row: Option<PatientRow> = match self.connection() {
            // SQLite has one writer at a time, so the row cannot change under this transaction.
            StoreConnection::Sqlite(sqlite) => patients::table.find(id).select(PatientRow::as_select()).first(sqlite).optional()?,
            StoreConnection::Postgres(pg) => {
                patients::table.find(id).select(PatientRow::as_select()).for_no_key_update().first(pg).optional()?
            }
        };
        row.map(PatientRow::into_model).transpose()
    }

    /// Locks a patient's row against all others until the end of the transaction; nothing if it does not exist.
    pub fn patient_for_change(&mut self, patient_id: &PatientId) -> Result<Option<KnownPatient>, StoreError> {
        let id = patient_id.to_string();
        let row: Option<PatientRow> = match self.connection() {
            StoreConnection::Sqlite(sqlite) => patients::table.find(id).select(PatientRow::as_select()).first(sqlite).optional()?,
            StoreConnection::Postgres(pg) => patients::table.find(id).select(PatientRow::as_select()).for_update().first(pg).optional()?,
        };
        row.map(PatientRow::into_model).transpose()
    }

    /// Adds a patient, unless it is known; gives whether it was added. Waits for another transaction that is just adding it.
    pub fn insert_patient(&mut self, patient_id: &PatientId, demographics: &PatientDemographics, at: Instant) -> Result<bool, StoreError> {
        let row = (
            patients::patient_id.eq(patient_id.to_string()),
            patients::demographics.eq(to_json(demographics)?),
            patients::created_at.eq(at.0),
            patients::updated_at.eq(at.0),
            patients::birth_date.eq(demographics.birth_date.as_ref().map(PartialDate::as_str)),
        );
        let insert = diesel::insert_into(patients::table).values(row);
        let added = match self.connection() {
            StoreConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            StoreConnection::Postgres(pg) => insert.on_conflict_do_nothing().execute(pg)?,
        };
        if added > 0 {
            self.put_patient_names(patient_id, demographics)?;
        }
        Ok(added > 0)
    }

    /// Replaces what is known of a patient; what was known before is kept.
    pub fn update_patient(&mut self, patient_id: &PatientId, demographics: &PatientDemographics, at: Instant) -> Result<(), StoreError> {
        let id = patient_id.to_string();
        let row = patients::table.find(&id);
        let told = row.select((patients::version, patients::updated_at.nullable(), patients::demographics));
        keep_past!(self, (PATIENTS, &id), told, at);
        diesel::update(row)
            .set((
                patients::demographics.eq(to_json(demographics)?),
                patients::updated_at.eq(at.0),
                patients::birth_date.eq(demographics.birth_date.as_ref().map(PartialDate::as_str)),
                patients::version.eq(patients::version + 1),
            ))
            .execute(self.connection())?;
        self.put_patient_names(patient_id, demographics)
    }

    /// Replaces what is known of a patient, and destroys what was known before, also of them as or with a representative.
    pub fn purge_demographics(&mut self, patient_id: &PatientId, left: &PatientDemographics, at: Instant) -> Result<(), StoreError> {
        self.update_patient(patient_id, left, at)?;
        self.remove_past(PATIENTS, &patient_id.to_string())?;
        self.remove_past_representations(patient_id)
    }

    fn put_patient_names(&mut self, patient_id: &PatientId, demographics: &PatientDemographics) -> Result<(), StoreError> {
        let name = demographics.name.iter();
        let family = name.clone().filter_map(|name| name.family.as_deref()).flat_map(name_words).map(|word| ("family", word));
        let given = name.flat_map(|name| &name.given).flat_map(|given| name_words(given)).map(|word| ("given", word));
        self.put_directory_names(PATIENTS, &patient_id.to_string(), family.chain(given))
    }

    /// Notes that `alias`, of another assigning authority, names this patient; an alias moves to whoever it was said of last.
    pub fn put_patient_alias(&mut self, alias: &Cx, patient_id: &PatientId) -> Result<(), StoreError> {
        let names = patient_aliases::patient_id.eq(patient_id.to_string());
        let insert = diesel::insert_into(patient_aliases::table).values((patient_aliases::alias.eq(alias.to_string()), names.clone()));
        match self.connection() {
            StoreConnection::Sqlite(sqlite) => {
                insert.on_conflict(patient_aliases::alias).do_update().set(names).execute(sqlite)?;
            }
            StoreConnection::Postgres(pg) => {
                insert.on_conflict(patient_aliases::alias).do_update().set(names).execute(pg)?;
            }
        }
        Ok(())
    }

    /// Files everything of `subsumed` under `surviving` and takes `subsumed` out of use (ITI TF-2: 3.8.4.2.4).
    pub fn merge_patients(&mut self, subsumed: &PatientId, surviving: &PatientId, at: Instant) -> Result<(), StoreError> {
        self.move_submission_sets(subsumed, surviving)?;
        self.move_entries(subsumed, surviving)?;
        self.move_folders(subsumed, surviving)?;
        self.move_associations(subsumed, surviving)?;
        self.move_representatives(subsumed, surviving, at)?;
        diesel::update(patient_aliases::table.filter(patient_aliases::patient_id.eq(subsumed.to_string())))
            .set(patient_aliases::patient_id.eq(surviving.to_string()))
            .execute(self.connection())?;
        // Those merged into the subsumed one before follow it.
        let gone = patients::table.filter(patients::patient_id.eq(subsumed.to_string()).or(patients::merged_into.eq(subsumed.to_string())));
        diesel::update(gone)
            .set((patients::merged_into.eq(surviving.to_string()), patients::updated_at.eq(at.0)))
            .execute(self.connection())?;
        Ok(())
    }
}
