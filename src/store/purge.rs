//! Destroying what a record holds, for good.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;
use openssl::sha::Sha256;

use crate::model::hl7_types::PatientId;

use super::rows::{IDS_PER_STATEMENT, patient_ids};
use super::schema::{associations, document_entries, documents, folders, object_values, patient_aliases, patients, submission_sets};
use super::{Read, StoreError, Write};

/// What was destroyed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurgedObjects {
    /// Where the bytes are that no key opens any more.
    pub content_keys: Vec<String>,
    /// Documents destroyed.
    pub documents: u64,
    /// SHA-256 of their SHA-256 hashes in ascending order, as one lowercase hexadecimal line each.
    pub documents_sha256: String,
    /// Bytes of all documents.
    pub bytes: u64,
    /// Ids of all objects and documents.
    pub ids: Vec<String>,
    /// Entries, submission sets, folders and associations.
    pub objects: u64,
}

/// SHA-256 of lines, a line feed after each, in lower-case hexadecimal digits.
pub(super) fn hash_of_lines(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    hex::encode(hash.finish())
}

impl Read {
    /// The patients whom merges made one with this patient.
    pub fn patients_merged_into(&mut self, patient_id: &PatientId) -> Result<Vec<PatientId>, StoreError> {
        let merged = patients::table.filter(patients::merged_into.eq(patient_id.to_string()));
        patient_ids(merged.order(patients::patient_id).select(patients::patient_id).load(self.connection())?)
    }
}

impl Write {
    /// Destroys the documents of a patient with their keys, and removes all that describes them. A document that an entry of
    /// another patient describes stays.
    pub fn purge_objects(&mut self, patient_id: &PatientId) -> Result<PurgedObjects, StoreError> {
        let patient = patient_id.to_string();
        let mut purged = PurgedObjects::default();
        let of_patient = document_entries::table.filter(document_entries::patient_id.eq(&patient));
        let unique_ids: Vec<String> = of_patient.select(document_entries::unique_id).distinct().load(self.connection())?;
        macro_rules! remove {
            ($table:ident) => {{
                let theirs = $table::table.filter($table::patient_id.eq(&patient));
                let ids: Vec<String> = theirs.select($table::entry_uuid).load(self.connection())?;
                diesel::delete(theirs).execute(self.connection())?;
                purged.ids.extend(ids);
            }};
        }
        remove!(associations);
        remove!(document_entries);
        remove!(folders);
        remove!(submission_sets);
        for ids in purged.ids.chunks(IDS_PER_STATEMENT) {
            diesel::delete(object_values::table.filter(object_values::entry_uuid.eq_any(ids))).execute(self.connection())?;
        }
        purged.objects = purged.ids.len() as u64;
        let mut hashes = Vec::new();
        for unique_id in unique_ids {
            hashes.extend(self.purge_document(unique_id, &mut purged)?);
        }
        hashes.sort();
        purged.documents = hashes.len() as u64;
        purged.documents_sha256 = hash_of_lines(&hashes);
        Ok(purged)
    }

    /// Gives the hash of a document that was held and is destroyed.
    fn purge_document(&mut self, unique_id: String, purged: &mut PurgedObjects) -> Result<Option<String>, StoreError> {
        let described = document_entries::table.filter(document_entries::unique_id.eq(&unique_id)).select(document_entries::entry_uuid);
        let is_of_another: bool = select(exists(described)).get_result(self.connection())?;
        if is_of_another {
            return Ok(None);
        }
        let row = documents::table.find(&unique_id);
        let held: Option<(String, String, i64)> =
            row.select((documents::content_key, documents::sha256, documents::size)).first(self.connection()).optional()?;
        purged.ids.push(unique_id.clone());
        let Some((content_key, sha256, size)) = held else { return Ok(None) };
        diesel::delete(row).execute(self.connection())?;
        purged.content_keys.push(content_key);
        purged.bytes = purged.bytes.saturating_add(u64::try_from(size).unwrap_or(0));
        Ok(Some(sha256))
    }

    /// Forgets by which other identifiers a patient was known.
    pub fn remove_patient_aliases(&mut self, patient_id: &PatientId) -> Result<(), StoreError> {
        let theirs = patient_aliases::table.filter(patient_aliases::patient_id.eq(patient_id.to_string()));
        diesel::delete(theirs).execute(self.connection())?;
        Ok(())
    }
}
