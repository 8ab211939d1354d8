//! An opened record, to read from.

use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;
use crate::model::ids::UniqueId;
use crate::model::stored_query::ObjectIds;
use crate::store::Read;
use crate::store::contents::{ContentKey, ContentStore, SealedKey, VerifiedDocument};

use super::{Failure, Visibility};

/// A document may be described by several entries; the newest of so many is taken.
const ENTRIES_OF_ONE_DOCUMENT: i64 = 1000;

/// The proof that a decision was taken: what its caller may see of one patient's record.
pub struct ReadableRecord<'a> {
    pub(super) tx: &'a mut Read,
    contents: &'a dyn ContentStore,
    pub(super) audit: &'a mut AuditEvent,
    pub(super) patient_id: PatientId,
    pub(super) visibility: Visibility,
}

/// A document ready to be served, every byte of it authentic.
pub struct RetrievedDocument {
    /// Its id.
    pub unique_id: UniqueId,
    /// MIME type of the content.
    pub mime_type: String,
    /// The content.
    pub content: VerifiedDocument,
}

impl<'a> ReadableRecord<'a> {
    pub(super) fn new(
        tx: &'a mut Read,
        contents: &'a dyn ContentStore,
        audit: &'a mut AuditEvent,
        patient_id: PatientId,
        visibility: Visibility,
    ) -> Self {
        Self { tx, contents, audit, patient_id, visibility }
    }

    /// The document of this id, if an entry of this record describes it and this repository holds it.
    pub fn retrieve(&mut self, unique_id: &UniqueId) -> Result<Option<RetrievedDocument>, Failure> {
        let Visibility::Everything = self.visibility;
        let entries =
            self.tx.entries_of_patient(&self.patient_id, &ObjectIds::UniqueIds(vec![unique_id.clone()]), ENTRIES_OF_ONE_DOCUMENT)?;
        let Some(entry) = entries.last() else { return Ok(None) };
        let Some(document) = self.tx.document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        let key = ContentKey::parse(&document.content_key)?;
        let content = self.contents.open(&key, &SealedKey::decode(&document.sealed_key)?)?;
        Ok(Some(RetrievedDocument { unique_id: unique_id.clone(), mime_type: entry.mime_type.clone(), content }))
    }
}
