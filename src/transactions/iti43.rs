//! Retrieve Document Set [ITI-43] (ITI TF-2: 3.43).

use std::io::{self, Write};

use uuid::Uuid;

use crate::access::{Action, Call, Failure, Reading, RetrievedDocument};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::document_request::DocumentRequest;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{MetadataLevel, ObjectIds, Subject};
use crate::wire::ebrim::{DocumentResponse, read_retrieve_request, write_retrieve_response};
use crate::wire::mtom::{ContentId, MtomWriter};
use crate::wire::soap::Fault;
use crate::wire::xml::ns;

use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::{EnvelopeHead, ReplyHead, copy, log_failure};
use super::{Services, SoapReply};

/// A document of the answer.
struct Found {
    request: DocumentRequest,
    content_id: ContentId,
    document: RetrievedDocument,
}

/// What is given and why the rest is not.
#[derive(Default)]
struct Answer {
    found: Vec<Found>,
    errors: Vec<RegistryError>,
}

/// Gives documents of this repository, each authenticated as a whole before its first byte leaves.
pub(super) fn perform(services: &Services, call: &Call, message: SoapMessage, reply: ReplyHead) -> Result<SoapReply, Rejection> {
    expect_payload(&message.envelope, ns::XDSB, "RetrieveDocumentSetRequest")?;
    let requests = read_retrieve_request(&message.envelope.payload)?;
    let most = services.limits.multipart.parts;
    if requests.len() > most {
        return Err(Fault::sender(format!(
            "the request asks for {} documents; this repository gives {most} at once, ask for fewer",
            requests.len()
        ))
        .into());
    }
    let result = services.door.read(call, Transaction::Iti43, |door| find(services, call, door, requests));
    let answer = result.unwrap_or_else(|failure| {
        log_failure(call, Transaction::Iti43, &failure);
        Answer { found: Vec::new(), errors: failure.errors() }
    });
    let outcome = if answer.errors.is_empty() { AuditOutcome::Success } else { AuditOutcome::MinorFailure };
    reply.streamed(outcome, move |writer, root, head| write(writer, root, &head, answer))
}

fn find(services: &Services, call: &Call, door: &mut Reading<'_>, requests: Vec<DocumentRequest>) -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    for request in requests {
        let own = request.repository_unique_id == services.door.repository_unique_id.as_str();
        let document = if own { retrieve(door, &request) } else { Ok(None) };
        match document {
            Ok(Some(document)) => answer.found.push(Found { request, content_id: fresh_content_id()?, document }),
            Ok(None) => answer.errors.push(not_found(&request, own)),
            // One damaged document does not keep the others back.
            Err(failure @ Failure::Content(_)) => {
                log_failure(call, Transaction::Iti43, &failure);
                door.audit.outcome = AuditOutcome::SeriousFailure;
                answer.errors.push(damaged(&request));
            }
            Err(failure) => return Err(failure),
        }
    }
    door.audit.errors = answer.errors.iter().map(|error| error.code.as_str().to_owned()).collect();
    Ok(answer)
}

/// The document, from the first of its patients' records that shows it.
fn retrieve(door: &mut Reading<'_>, request: &DocumentRequest) -> Result<Option<RetrievedDocument>, Failure> {
    let ids = ObjectIds::UniqueIds(vec![request.unique_id.clone()]);
    for patient_id in door.patients_of(Subject::Entries(&ids), MetadataLevel::One)? {
        if let Some(mut record) = door.open(&patient_id, Action::Retrieve)
            && let Some(document) = record.retrieve(&request.unique_id)?
        {
            return Ok(Some(document));
        }
    }
    Ok(None)
}

fn fresh_content_id() -> Result<ContentId, Failure> {
    // A UUID is always a valid content id.
    ContentId::parse(&format!("{}@dossier", Uuid::new_v4().simple())).map_err(|_| Failure::Refused(Vec::new()))
}

/// That this repository does not hold a document, or not for this caller.
pub(super) fn not_found(request: &DocumentRequest, own: bool) -> RegistryError {
    if own {
        let context = format!(
            "this repository has no document with uniqueId {} for you; look the id up with a stored query (ITI-18)",
            request.unique_id
        );
        RegistryError::new(ErrorCode::DocumentUniqueIdError, request.unique_id.as_str(), context)
    } else {
        let context = format!(
            "{} is not the id of this repository; send the request to the repository that the DocumentEntry names",
            request.repository_unique_id
        );
        RegistryError::new(ErrorCode::UnknownRepositoryId, request.unique_id.as_str(), context)
    }
}

fn damaged(request: &DocumentRequest) -> RegistryError {
    let context = format!(
        "the document {} cannot be read as it was stored, so it is not given; tell the operator of this repository",
        request.unique_id
    );
    RegistryError::new(ErrorCode::RepositoryError, request.unique_id.as_str(), context)
}

/// Writes the envelope, then document after document.
fn write(mut writer: MtomWriter<&mut dyn Write>, root: &ContentId, head: &EnvelopeHead, answer: Answer) -> io::Result<()> {
    let response = |found: &Found| -> (DocumentRequest, String, ContentId) {
        (found.request.clone(), found.document.mime_type.clone(), found.content_id.clone())
    };
    let described: Vec<_> = answer.found.iter().map(response).collect();
    let documents: Vec<_> =
        described.iter().map(|(request, mime_type, content_id)| DocumentResponse { request, mime_type, content_id }).collect();
    writer.root(root, |out| head.write(out, |xml| write_retrieve_response(xml, &documents, &answer.errors)))?;
    for Found { content_id, document, .. } in answer.found {
        let RetrievedDocument { mime_type, mut content, .. } = document;
        writer.part(&content_id, &mime_type, |out| copy(&mut content, |piece| out.write_all(piece)))?;
    }
    writer.finish().map(drop)
}
