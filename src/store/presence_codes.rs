//! Presence codes, hashed, and the wrong ones that were tried.

use diesel::prelude::*;

use crate::model::care_record::Attempts;
use crate::model::dsp::ProfessionalId;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::rows::{from_json, to_json};
use super::schema::{presence_code_attempts as attempts, presence_codes};
use super::{Read, StoreError, Write};

/// A presence code as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCode {
    /// The salted hash, as PHC string.
    pub hash: String,
    /// When it was set.
    pub set_at: Instant,
}

/// What stands for any patient in the rows of attempts.
const ANY_PATIENT: &str = "";

fn patient_column(patient_id: Option<&PatientId>) -> String {
    patient_id.map_or_else(|| ANY_PATIENT.to_owned(), PatientId::to_string)
}

impl Read {
    /// The presence code of a patient, if one was set.
    pub fn presence_code(&mut self, patient_id: &PatientId) -> Result<Option<StoredCode>, StoreError> {
        let row = presence_codes::table.find(patient_id.to_string()).select((presence_codes::hash, presence_codes::set_at));
        let found: Option<(String, i64)> = row.first(self.connection()).optional()?;
        Ok(found.map(|(hash, set_at)| StoredCode { hash, set_at: Instant(set_at) }))
    }

    /// The wrong codes that the professional entered for the patient, or, without one, for any.
    pub fn presence_code_attempts(
        &mut self,
        professional: &ProfessionalId,
        patient_id: Option<&PatientId>,
    ) -> Result<Attempts, StoreError> {
        let row = attempts::table.find((professional.as_str(), patient_column(patient_id))).select(attempts::content);
        let found: Option<String> = row.first(self.connection()).optional()?;
        found.map_or_else(|| Ok(Attempts::default()), |content| from_json("presence_code_attempts", &content))
    }
}

impl Write {
    /// Sets a patient's presence code in the place of an earlier one.
    pub fn put_presence_code(&mut self, patient_id: &PatientId, code: &StoredCode, changed_by: &str) -> Result<(), StoreError> {
        let said =
            (presence_codes::hash.eq(&code.hash), presence_codes::set_at.eq(code.set_at.0), presence_codes::changed_by.eq(changed_by));
        let insert = diesel::insert_into(presence_codes::table).values((presence_codes::patient_id.eq(patient_id.to_string()), said));
        match self.connection() {
            StoreConnection::Sqlite(sqlite) => insert.on_conflict(presence_codes::patient_id).do_update().set(said).execute(sqlite)?,
            StoreConnection::Postgres(pg) => insert.on_conflict(presence_codes::patient_id).do_update().set(said).execute(pg)?,
        };
        Ok(())
    }

    /// Lets no other transaction count attempts of this professional until the end of this one: two that come at the same
    /// time count one after the other. Forgets, of theirs, what counts no more.
    pub fn hold_presence_code_attempts(&mut self, professional: &ProfessionalId, now: Instant) -> Result<(), StoreError> {
        let theirs = attempts::table.filter(attempts::professional.eq(professional.as_str()));
        let forgotten = theirs.filter(attempts::forget_at.le(now.0)).filter(attempts::patient_id.ne(ANY_PATIENT));
        diesel::delete(forgotten).execute(self.connection())?;
        let row = (
            attempts::professional.eq(professional.as_str()),
            attempts::patient_id.eq(ANY_PATIENT),
            attempts::forget_at.eq(now.0),
            attempts::content.eq(to_json(&Attempts::default())?),
        );
        let insert = diesel::insert_into(attempts::table).values(row);
        match self.connection() {
            // SQLite has one writer at a time.
            StoreConnection::Sqlite(sqlite) => insert.on_conflict_do_nothing().execute(sqlite)?,
            StoreConnection::Postgres(pg) => {
                insert.on_conflict_do_nothing().execute(pg)?;
                let row = attempts::table.find((professional.as_str(), ANY_PATIENT)).select(attempts::forget_at);
                let _: i64 = row.for_update().first(pg)?;
                0
            }
        };
        Ok(())
    }

    /// Keeps what was tried, until `forget_at`.
    pub fn put_presence_code_attempts(
        &mut self,
        professional: &ProfessionalId,
        patient_id: Option<&PatientId>,
        tried: &Attempts,
        forget_at: Instant,
    ) -> Result<(), StoreError> {
        let said = (attempts::forget_at.eq(forget_at.0), attempts::content.eq(to_json(tried)?));
        let key = (attempts::professional.eq(professional.as_str()), attempts::patient_id.eq(patient_column(patient_id)));
        let row = attempts::table.find((professional.as_str(), patient_column(patient_id)));
        if diesel::update(row).set(said.clone()).execute(self.connection())? == 0 {
            diesel::insert_into(attempts::table).values((key, said)).execute(self.connection())?;
        }
        Ok(())
    }
}
