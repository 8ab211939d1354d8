//! Keeping what was given: the Persistence of Retrieved Documents Option (ITI TF-1: 10.2.8; ITI TF-2: 3.43.4.2.3).

use std::io::Write as _;

use uuid::Uuid;

use crate::access::{Action, Call, ContentError, Failure, NewDocument, StagedDocument};
use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::audit_event::Transaction;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::{DocumentEntry, DocumentEntryType, Sha1Hex};
use crate::model::ids::{EntryUuid, InvalidIdentifier, Oid, RepositoryUniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::submission_request::SubmissionRequest;
use crate::model::submission_set::SubmissionSet;
use crate::model::text::{Extras, InternationalString};
use crate::model::timestamp::Dtm;
use crate::transactions::Services;
use crate::transactions::iti42::submit;

use super::MadeDocument;

/// A snapshot that is not registered yet.
pub(in crate::transactions) struct PendingSnapshot {
    /// What it is a snapshot of.
    pub(in crate::transactions) of: Box<DocumentEntry>,
    /// What it consists of.
    pub(in crate::transactions) document: MadeDocument,
}

/// Stores the content and registers it as a stable document, which takes the place of the snapshot before it. All of it is
/// durable when this returns; it is done for the caller who was allowed to retrieve it.
///
/// # Errors
/// A [transient](Failure::is_transient) failure if another snapshot was kept since the content was made.
pub(in crate::transactions) fn keep(services: &Services, call: &Call, pending: &PendingSnapshot) -> Result<(), Failure> {
    let PendingSnapshot { of, document } = pending;
    submit(
        services,
        call,
        Transaction::Iti42,
        || Some(of.patient_id.clone()),
        prepared(services, call, pending),
        |door, (request, new_document)| {
            let mut record = door.open(&of.patient_id, Action::Retrieve)?.ok_or_else(|| not_kept(of))?;
            record.keep_snapshot(of.entry_uuid, document.previous, &request, new_document)
        },
    )
}

/// The submission and its content, durable but not yet part of the record.
fn prepared(services: &Services, call: &Call, pending: &PendingSnapshot) -> Result<(SubmissionRequest, NewDocument), Failure> {
    let PendingSnapshot { of, document } = pending;
    let staged = stage(services, &document.bytes)?;
    let entry = entry(of, document, &staged, &call.now.to_dtm(), &services.door.repository_unique_id);
    let new_document = NewDocument { entry_uuid: entry.entry_uuid, staged };
    Ok((submission(of, document.previous, entry, &services.door.repository_unique_id)?, new_document))
}

fn stage(services: &Services, bytes: &[u8]) -> Result<StagedDocument, Failure> {
    let mut staging = services.door.stage()?;
    staging.write_all(bytes).map_err(|cause| ContentError::from_io(cause, "write a document", "the content store"))?;
    Ok(staging.finish()?)
}

/// The submission that ITI TF-2: 3.43.4.2.3 asks for.
fn submission(
    of: &DocumentEntry,
    previous: Option<EntryUuid>,
    entry: DocumentEntry,
    repository: &RepositoryUniqueId,
) -> Result<SubmissionRequest, Failure> {
    let submission_set = submission_set(of, &entry, repository)?;
    let mut member = Association::new(EntryUuid::random(), AssociationType::HasMember, submission_set.entry_uuid, entry.entry_uuid);
    member.submission_set_status = Some(SubmissionSetStatus::Original);
    let link = |kind, target| Association::new(EntryUuid::random(), kind, entry.entry_uuid, target);
    let mut associations = vec![member, link(AssociationType::IsSnapshotOf, of.entry_uuid)];
    associations.extend(previous.map(|previous| link(AssociationType::Replaces, previous)));
    let request = SubmissionRequest { submission_set, entries: vec![entry], folders: Vec::new(), associations };
    request.check().map_err(Failure::Refused)
}

/// The snapshot's entry: what the on-demand entry says, and what is true of this content.
fn entry(of: &DocumentEntry, document: &MadeDocument, staged: &StagedDocument, at: &Dtm, repository: &RepositoryUniqueId) -> DocumentEntry {
    let entry_uuid = EntryUuid::random();
    DocumentEntry {
        entry_uuid,
        logical_id: entry_uuid,
        version: 1,
        availability_status: AvailabilityStatus::Approved,
        object_type: DocumentEntryType::Stable,
        unique_id: document.unique_id.clone(),
        creation_time: Some(at.clone()),
        mime_type: document.mime_type.to_owned(),
        hash: Some(Sha1Hex::from_digest(&staged.sha1)),
        size: Some(staged.size),
        uri: None,
        repository_unique_id: Some(repository.clone()),
        legal_authenticator: None,
        document_availability: None,
        confidentiality_codes: document.confidentiality_codes.clone(),
        extras: Extras::default(),
        ..of.clone()
    }
}

fn submission_set(of: &DocumentEntry, entry: &DocumentEntry, repository: &RepositoryUniqueId) -> Result<SubmissionSet, Failure> {
    let no_oid = |_: InvalidIdentifier| not_kept(of);
    let unique_id: Oid = format!("2.25.{}", Uuid::new_v4().as_u128()).parse().map_err(no_oid)?;
    Ok(SubmissionSet {
        entry_uuid: EntryUuid::random(),
        availability_status: AvailabilityStatus::Approved,
        home_community_id: of.home_community_id.clone(),
        unique_id,
        patient_id: of.patient_id.clone(),
        // The repository is the source of what it makes.
        source_id: repository.as_str().parse().map_err(no_oid)?,
        submission_time: entry.creation_time.clone().ok_or_else(|| not_kept(of))?,
        // The standard leaves the code to the affinity domain; this is how the standard codes the transaction in audit records.
        content_type_code: Code::new("ITI-43", "IHE Transactions", "Retrieve Document Set"),
        title: InternationalString::default(),
        comments: InternationalString::default(),
        authors: Vec::new(),
        intended_recipients: Vec::new(),
        limited_metadata: false,
        extras: Extras::default(),
    })
}

fn not_kept(of: &DocumentEntry) -> Failure {
    let context = format!(
        "a snapshot of the on-demand document {} could not be registered, so it is not given; send the request again, or tell the operator of this repository",
        of.unique_id
    );
    Failure::refused(RegistryError::new(ErrorCode::RepositoryError, of.unique_id.as_str(), context))
}
