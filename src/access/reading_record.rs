//! An opened record, to read from.

use std::sync::Arc;

use crate::model::audit_event::AuditEvent;
use crate::model::hl7_types::PatientId;
use crate::model::ids::UniqueId;
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::Read;
use crate::store::contents::{ContentKey, ContentStore, SealedKey};

use super::retrieved_document::{self, RetrievedDocument};
use super::{Failure, Visibility};

/// A document may be described by several entries; the newest of so many is taken.
const ENTRIES_OF_ONE_DOCUMENT: i64 = 1000;

/// Where documents come from, and how much of them the answer may still hold in memory.
pub(super) struct Documents<'a> {
    pub(super) contents: &'a Arc<dyn ContentStore>,
    pub(super) memory_left: &'a mut u64,
}

/// The proof that a decision was taken: what its caller may see of one patient's record.
pub struct ReadableRecord<'a> {
    pub(super) tx: &'a mut Read,
    documents: Documents<'a>,
    pub(super) audit: &'a mut AuditEvent,
    pub(super) patient_id: PatientId,
    pub(super) visibility: Visibility,
}

impl<'a> ReadableRecord<'a> {
    pub(super) fn new(
        tx: &'a mut Read,
        documents: Documents<'a>,
        audit: &'a mut AuditEvent,
        patient_id: PatientId,
        visibility: Visibility,
    ) -> Self {
        Self { tx, documents, audit, patient_id, visibility }
    }

    /// The document of this id, if an entry of this record describes it and this repository holds it.
    pub fn retrieve(&mut self, unique_id: &UniqueId) -> Result<Option<RetrievedDocument>, Failure> {
        let Visibility::Everything = self.visibility;
        let ids = ObjectIds::UniqueIds(vec![unique_id.clone()]);
        let entries = self.tx.entries_of_patient(&self.patient_id, &ids, MetadataLevel::One, ENTRIES_OF_ONE_DOCUMENT)?;
        let Some(entry) = entries.last() else { return Ok(None) };
        let Some(document) = self.tx.document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        let key = ContentKey::parse(&document.content_key)?;
        let sealed_key = SealedKey::decode(&document.sealed_key)?;
        let content = retrieved_document::open(self.documents.contents, key, sealed_key, document.size, self.documents.memory_left)?;
        Ok(Some(RetrievedDocument { unique_id: unique_id.clone(), mime_type: entry.mime_type.clone(), content }))
    }
}
