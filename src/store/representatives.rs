//! Legal representatives of minors.

use diesel::prelude::*;

use crate::model::directory::LegalRepresentative;
use crate::model::hl7_types::PatientId;
use crate::model::patient_feed::PatientDemographics;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::directories::all;
use super::directory_versions::{REPRESENTATIVES, keep_past, representation_key};
use super::rows::{from_json, to_json};
use super::schema::{legal_representatives, patients};
use super::{Read, StoreError, Write};

impl Read {
    /// What is entered of one person as the representative of another, with what is known of the child.
    pub fn representation(
        &mut self,
        child: &PatientId,
        representative: &PatientId,
    ) -> Result<Option<(LegalRepresentative, PatientDemographics)>, StoreError> {
        let row: Option<(String, String)> = legal_representatives::table
            .inner_join(patients::table.on(patients::patient_id.eq(legal_representatives::child)))
            .filter(legal_representatives::child.eq(child.to_string()))
            .filter(legal_representatives::representative.eq(representative.to_string()))
            .select((legal_representatives::content, patients::demographics))
            .first(self.connection())
            .optional()?;
        row.map(|(link, child)| Ok((from_json("legal_representatives", &link)?, from_json("patients", &child)?))).transpose()
    }

    /// All that is entered of a person, as a child and as a representative.
    pub fn representatives_of(&mut self, person: &PatientId) -> Result<Vec<LegalRepresentative>, StoreError> {
        let person = person.to_string();
        let touches = legal_representatives::child.eq(&person).or(legal_representatives::representative.eq(&person));
        let rows: Vec<String> = legal_representatives::table
            .filter(touches)
            .order((legal_representatives::child, legal_representatives::representative))
            .select(legal_representatives::content)
            .load(self.connection())?;
        all("legal_representatives", &rows)
    }
}

impl Write {
    /// Adds a representative or replaces what is entered of them for the same child; true if it is new. Both have to be known.
    pub fn put_representative(&mut self, link: &LegalRepresentative, at: Instant) -> Result<bool, StoreError> {
        let (child, representative) = (link.child.to_string(), link.representative.to_string());
        let key = representation_key(&link.child, &link.representative);
        let columns = (legal_representatives::content.eq(to_json(link)?), legal_representatives::updated_at.eq(at.0));
        let row = legal_representatives::table.find((&child, &representative));
        let told = row.select((legal_representatives::version, legal_representatives::updated_at, legal_representatives::content));
        if keep_past!(self, (REPRESENTATIVES, &key), told, at) {
            let next_version = legal_representatives::version.eq(legal_representatives::version + 1);
            diesel::update(row).set((columns, next_version)).execute(self.connection())?;
            return Ok(false);
        }
        let key = (legal_representatives::child.eq(&child), legal_representatives::representative.eq(&representative));
        diesel::insert_into(legal_representatives::table).values((key, columns)).execute(self.connection())?;
        Ok(true)
    }

    /// Destroys what was entered before of a person, as a child and as a representative; what is entered now stays.
    pub(super) fn remove_past_representations(&mut self, person: &PatientId) -> Result<(), StoreError> {
        let mut keys = self.representatives_of(person)?.into_iter().map(|link| representation_key(&link.child, &link.representative));
        keys.try_for_each(|key| self.remove_past(REPRESENTATIVES, &key))
    }

    /// What was entered of a record that is merged counts for the surviving one, unless something is entered there already. It is a new
    /// entry there: what the old one was before goes with it.
    pub(super) fn move_representatives(&mut self, subsumed: &PatientId, surviving: &PatientId, at: Instant) -> Result<(), StoreError> {
        for link in self.representatives_of(subsumed)? {
            let row = legal_representatives::table.find((link.child.to_string(), link.representative.to_string()));
            diesel::delete(row).execute(self.connection())?;
            self.remove_past(REPRESENTATIVES, &representation_key(&link.child, &link.representative))?;
            let now = |id: PatientId| if id == *subsumed { surviving.clone() } else { id };
            let moved = LegalRepresentative { child: now(link.child), representative: now(link.representative), ..link };
            let is_new = self.representation(&moved.child, &moved.representative)?.is_none();
            if is_new && moved.child != moved.representative {
                self.put_representative(&moved, at)?;
            }
        }
        Ok(())
    }
}
