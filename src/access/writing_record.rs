//! An opened record, to write to.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::audit_action::AuditAction;
use crate::model::audit_event::AuditEvent;
use crate::model::document_entry::DocumentEntry;
use crate::model::dsp::{DocumentFacts, Format, TypeConstraint};
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::patient_feed::PatientDemographics;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::submission_request::SubmissionRequest;
use crate::model::timestamp::Instant;
use crate::store::contents::{ContentError, ContentStore, StagedDocument};
use crate::store::{PatientState, RecordView, StoreError, StoredDocument, Write};

use super::Failure;
use super::authority::Authority;
use super::pdf_a::says_pdf_a;
use super::submission_rules::Formats;

/// The proof that a decision was taken: a record to which its caller may write.
pub struct WritableRecord<'a> {
    pub(super) tx: &'a mut Write,
    pub(super) contents: &'a Arc<dyn ContentStore>,
    pub(super) audit: &'a mut AuditEvent,
    pub(super) patient_id: PatientId,
    pub(super) now: Instant,
    pub(super) authority: Authority,
    /// What the caller may refer to.
    pub(super) view: RecordView,
    /// What the registry itself works on: what a change implies reaches what the caller does not see.
    pub(super) whole: RecordView,
    /// Whose records are open to the caller besides, for objects that move.
    pub(super) also_open: Vec<PatientId>,
}

/// The content of a submitted entry.
#[derive(Debug)]
pub struct NewDocument {
    /// Which entry it belongs to.
    pub entry_uuid: EntryUuid,
    /// Its bytes, durable but not yet anybody's.
    pub staged: StagedDocument,
}

impl<'a> WritableRecord<'a> {
    pub(super) fn new(
        tx: &'a mut Write,
        contents: &'a Arc<dyn ContentStore>,
        audit: &'a mut AuditEvent,
        patient_id: &PatientId,
        now: Instant,
        authority: Authority,
    ) -> Self {
        let view = RecordView::new(patient_id.clone(), authority.visibility());
        let (patient_id, whole) = (patient_id.clone(), RecordView::whole(patient_id));
        Self { tx, contents, audit, patient_id, now, authority, view, whole, also_open: Vec::new() }
    }

    /// Registers a submission without contents: they are in another repository (ITI-42).
    pub fn register(&mut self, request: &SubmissionRequest) -> Result<(), Failure> {
        self.register_in(request, &Formats::new())
    }

    fn register_in(&mut self, request: &SubmissionRequest, formats: &Formats) -> Result<(), Failure> {
        self.check_patient()?;
        self.file(request, formats)?;
        if request.associations.iter().any(|association| association.association_type.replaces()) {
            self.audit.action = Some(AuditAction::Replace);
        }
        self.audit.object_ids.push(request.submission_set.entry_uuid.to_string());
        self.audit.object_ids.extend(request.entries.iter().map(|entry| entry.entry_uuid.to_string()));
        Ok(())
    }

    /// Registers a submission and takes its documents into this repository (ITI-41). After this the documents stay,
    /// whatever becomes of the commit: a commit that failed may still have happened, and what no row refers to is swept.
    pub fn provide(&mut self, request: &SubmissionRequest, documents: Vec<NewDocument>) -> Result<(), Failure> {
        let entries: HashMap<_, _> = request.entries.iter().map(|entry| (entry.entry_uuid, entry)).collect();
        let formats = self.formats(&entries, &documents)?;
        self.register_in(request, &formats)?;
        let mut taken = Vec::new();
        for NewDocument { entry_uuid, staged } in documents {
            let entry = entries.get(&entry_uuid).ok_or(StoreError::Failed("a document came without its entry"))?;
            self.audit.object_ids.push(entry.unique_id.as_str().to_owned());
            if self.take_document(&entry.unique_id, &entry.mime_type, &staged)? {
                taken.push(staged);
            }
        }
        taken.into_iter().for_each(StagedDocument::keep);
        Ok(())
    }

    /// The formats that only contents show, where a rule of the type asks for one (access rules, 6).
    fn formats(&self, entries: &HashMap<EntryUuid, &DocumentEntry>, documents: &[NewDocument]) -> Result<Formats, Failure> {
        let mut formats = Formats::new();
        let Some(under) = self.authority.under_rules() else { return Ok(formats) };
        for NewDocument { entry_uuid, staged } in documents {
            let Some(entry) = entries.get(entry_uuid).filter(|entry| entry.mime_type.eq_ignore_ascii_case("application/pdf")) else {
                continue;
            };
            let constraints = under.rules.constraints_of(&under.document_type(entry));
            if constraints.iter().any(|constraint| matches!(constraint, TypeConstraint::InFormat(_))) {
                let content = self.contents.read(&staged.key, &staged.sealed_key)?;
                let is = says_pdf_a(content).map_err(|error| ContentError::from_io(error, "read", "a document"))?;
                formats.insert(*entry_uuid, if is { Format::PdfA } else { Format::Other });
            }
        }
        Ok(formats)
    }

    /// As [`provide`](Self::provide), for a Document Recipient (XDR): it has no patient identity feed to know patients by, so
    /// a patient whom the registry does not know gets a record with what was received, to which the feed later adds who it
    /// is. Gives whether it was so.
    pub fn receive(&mut self, request: &SubmissionRequest, documents: Vec<NewDocument>) -> Result<bool, Failure> {
        let unknown = self.tx.patient_for_filing(&self.patient_id)?.is_none();
        if unknown {
            // Another call that is quicker makes this one start again.
            self.tx.insert_patient(&self.patient_id, &PatientDemographics::default(), self.now).map_err(taken_meanwhile)?;
        }
        self.provide(request, documents)?;
        Ok(unknown)
    }

    /// What the access rules know of the document of an entry that is there.
    pub(super) fn facts_of(&mut self, entry: EntryUuid) -> Result<DocumentFacts, StoreError> {
        self.tx.document_facts(&[entry])?.remove(&entry).ok_or(StoreError::Failed("an entry that has to be there is missing"))
    }

    /// Adds the document's row; false if the repository holds the same bytes under this id already.
    fn take_document(&mut self, unique_id: &UniqueId, mime_type: &str, staged: &StagedDocument) -> Result<bool, Failure> {
        let sha256 = hex::encode(staged.sha256);
        if let Some(held) = self.tx.document_for_filing(unique_id)? {
            if held.sha256 == sha256 {
                return Ok(false);
            }
            let context =
                format!("this repository holds another document under the uniqueId {unique_id}; give the new one an id of its own");
            return Err(Failure::refused(RegistryError::new(ErrorCode::NonIdenticalHash, "DocumentEntry/uniqueId", context)));
        }
        let document = StoredDocument {
            unique_id: unique_id.clone(),
            content_key: staged.key.to_string(),
            sealed_key: staged.sealed_key.encode(),
            size: staged.size,
            sha1: hex::encode(staged.sha1),
            sha256,
            mime_type: mime_type.to_owned(),
        };
        self.tx.insert_document(&document, self.now).map_err(taken_meanwhile)?;
        Ok(true)
    }

    /// The patient is known to the registry and in use (ITI TF-2: 3.42.4.1.3).
    pub(super) fn check_patient(&mut self) -> Result<(), Failure> {
        match self.tx.patient_for_filing(&self.patient_id)? {
            Some(patient) if patient.state == PatientState::Active => Ok(()),
            _ => {
                let context = format!(
                    "the patient id {} is not known to this registry; it has to be announced by a Patient Identity Feed (ITI-8) first",
                    self.patient_id
                );
                Err(Failure::refused(RegistryError::new(ErrorCode::UnknownPatientId, "SubmissionSet/patientId", context)))
            }
        }
    }
}

/// Another submission brought a document of this id between our look and our insert. Sent again, this one finds it there:
/// the same bytes may be submitted twice.
fn taken_meanwhile(error: StoreError) -> StoreError {
    if matches!(error, StoreError::Duplicate { .. }) { StoreError::Conflict } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_came_twice_at_a_time_is_to_be_sent_again() {
        let failure = Failure::from(taken_meanwhile(StoreError::Duplicate { constraint: "documents_pkey".to_owned() }));
        assert_eq!(failure.errors()[0].code, ErrorCode::RegistryBusy);
        let other = Failure::from(taken_meanwhile(StoreError::NoSpace));
        assert_eq!(other.errors()[0].code, ErrorCode::RegistryOutOfResources);
    }
}
