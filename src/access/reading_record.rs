//! An opened record, to read from.

use std::sync::Arc;

use crate::model::audit_event::AuditEvent;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType};
use crate::model::dsp::{Ground, Scope, Verdict};
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::contents::{ContentKey, ContentStore, SealedKey};
use crate::store::{Read, RecordView, StoreError};

use super::authority::{Authority, UnderRules};
use super::door::note_reason;
use super::retrieved_document::{self, RetrievedDocument};
use super::{Failure, Reason};

/// A document may be described by several entries; the newest of so many is taken.
const ENTRIES_OF_ONE_DOCUMENT: i64 = 1000;

/// Where documents come from, and how much of them the answer may still hold in memory.
pub(super) struct Documents<'a> {
    pub(super) contents: &'a Arc<dyn ContentStore>,
    pub(super) memory_left: &'a mut u64,
}

/// What a retrieval finds under an id.
pub enum Retrieval {
    /// A document, ready to be served.
    Document(RetrievedDocument),
    /// An entry whose content is made now; which of its kind, wherever it is made.
    OnDemand(Box<DocumentEntry>),
}

/// The proof that a decision was taken: what its caller may see of one patient's record.
pub struct ReadableRecord<'a> {
    pub(super) tx: &'a mut Read,
    documents: Documents<'a>,
    pub(super) audit: &'a mut AuditEvent,
    authority: Authority,
    pub(super) view: RecordView,
}

impl<'a> ReadableRecord<'a> {
    pub(super) fn new(
        tx: &'a mut Read,
        documents: Documents<'a>,
        audit: &'a mut AuditEvent,
        patient_id: &PatientId,
        authority: Authority,
    ) -> Self {
        let view = RecordView::new(patient_id.clone(), authority.visibility());
        Self { tx, documents, audit, authority, view }
    }

    /// Whether this record has an entry of this id.
    pub fn shows(&mut self, unique_id: &UniqueId) -> Result<bool, Failure> {
        let ids = ObjectIds::UniqueIds(vec![unique_id.clone()]);
        Ok(!self.tx.entries_named(&self.view, &ids, MetadataLevel::One, 1)?.is_empty())
    }

    /// What this record has under this id: a document that this repository holds, or an entry whose content is made on demand.
    pub fn retrieve(&mut self, unique_id: &UniqueId) -> Result<Option<Retrieval>, Failure> {
        let ids = ObjectIds::UniqueIds(vec![unique_id.clone()]);
        let entries = self.tx.entries_of_record(&self.view, &ids, MetadataLevel::One, ENTRIES_OF_ONE_DOCUMENT)?;
        // Several on-demand entries may share an id: the newest that is in force (ITI TF-2: 3.61.4.1.3).
        let current = entries.iter().rposition(|entry| entry.availability_status == AvailabilityStatus::Approved);
        let Some(entry) = current.and_then(|at| entries.get(at)).or(entries.last()) else { return Ok(None) };
        self.note_ground(entry.entry_uuid)?;
        if entry.object_type == DocumentEntryType::OnDemand {
            self.audit.object_ids.push(unique_id.as_str().to_owned());
            return Ok(Some(Retrieval::OnDemand(Box::new(entry.clone()))));
        }
        let Some(document) = self.tx.document(unique_id)? else { return Ok(None) };
        self.audit.object_ids.push(unique_id.as_str().to_owned());
        let key = ContentKey::parse(&document.content_key)?;
        let sealed_key = SealedKey::decode(&document.sealed_key)?;
        let content = retrieved_document::open(self.documents.contents, key, sealed_key, document.size, self.documents.memory_left)?;
        let document = RetrievedDocument { unique_id: unique_id.clone(), mime_type: entry.mime_type.clone(), content };
        Ok(Some(Retrieval::Document(document)))
    }

    /// Puts into the trail that what was found without a mandate was found by authorship, as all of it is then.
    pub(super) fn note_authorship(&mut self) {
        let by_mandate = |under: &UnderRules| under.standing.clauses.iter().any(|clause| clause.read != Scope::Nothing);
        if self.authority.under_rules().is_some_and(|under| !by_mandate(under)) {
            note_reason(self.audit, Reason::Ground(Ground::Author));
        }
    }

    /// Puts into the trail under which mandate, or by whose authorship, a document is read (access rules, 3).
    fn note_ground(&mut self, entry: EntryUuid) -> Result<(), Failure> {
        let Some(under) = self.authority.under_rules() else { return Ok(()) };
        let Some(facts) = self.tx.document_facts(&[entry])?.remove(&entry) else { return Ok(()) };
        match under.standing.read(&facts, &under.rules.matrix) {
            Verdict::Allow(ground) => note_reason(self.audit, Reason::Ground(ground)),
            // The statement that found it would have said more than the rules do.
            Verdict::Deny(_) => return Err(StoreError::Failed("a document was found that the access rules hide").into()),
        }
        Ok(())
    }
}
