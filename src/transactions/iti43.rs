//! Retrieve Document Set [ITI-43] (ITI TF-2: 3.43).

use std::io::{self, Write};

use uuid::Uuid;

use crate::access::{Action, Call, Failure, Reading, Retrieval, RetrievedDocument};
use crate::model::audit_event::{AuditOutcome, Transaction};
use crate::model::document_request::DocumentRequest;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{RepositoryUniqueId, UniqueId};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{MetadataLevel, ObjectIds, Subject};
use crate::wire::ebrim::{DocumentResponse, read_retrieve_request, write_retrieve_response};
use crate::wire::mtom::{ContentId, MtomWriter};
use crate::wire::soap::Fault;
use crate::wire::xml::ns;

use super::on_demand::{Made, MadeDocument, PendingSnapshot, keep, make};
use super::soap_message::{Rejection, SoapMessage, expect_payload};
use super::soap_reply::{EnvelopeHead, ReplyHead, copy, log_failure};
use super::{Services, SoapReply};

/// Once documents made for one answer have so many bytes, no more are made for it: they are held in memory.
const MOST_MADE: usize = 16 * 1024 * 1024;

/// Tries to keep snapshots that another retrieval may have overtaken.
const TRIES: u32 = 3;

/// A document of the answer.
struct Found {
    request: DocumentRequest,
    content_id: ContentId,
    /// The id of content that was made for this answer.
    new_unique_id: Option<UniqueId>,
    document: RetrievedDocument,
}

/// What is given and why the rest is not.
#[derive(Default)]
struct Answer {
    found: Vec<Found>,
    /// Made, but not to be given before it is kept.
    pending: Vec<(DocumentRequest, PendingSnapshot)>,
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
    let answer = answer(services, call, requests);
    let outcome = if answer.errors.is_empty() { AuditOutcome::Success } else { AuditOutcome::MinorFailure };
    let kept_in = services.on_demand.persist.then(|| services.door.repository_unique_id.clone());
    reply.streamed(outcome, move |writer, root, head| write(writer, root, &head, kept_in.as_ref(), answer))
}

/// Reads what is asked for, and keeps what was made on the way. A snapshot that another one has overtaken is made again.
fn answer(services: &Services, call: &Call, mut requests: Vec<DocumentRequest>) -> Answer {
    let mut whole = Answer::default();
    for tries_left in (0..TRIES).rev() {
        let result = services.door.read(call, Transaction::Iti43, |door| find(services, call, door, requests));
        let Answer { found, pending, errors } = result.unwrap_or_else(|failure| {
            log_failure(call, Transaction::Iti43, &failure);
            Answer { errors: failure.errors(), ..Answer::default() }
        });
        whole.found.extend(found);
        whole.errors.extend(errors);
        requests = Vec::new();
        for (request, snapshot) in pending {
            match keep(services, call, &snapshot).and_then(|()| made(request.clone(), snapshot.document)) {
                Ok(document) => whole.found.push(document),
                Err(failure) if failure.is_transient() && tries_left > 0 => requests.push(request),
                Err(failure) => {
                    log_failure(call, Transaction::Iti42, &failure);
                    whole.errors.extend(failure.errors().into_iter().map(|error| located(error, &request)));
                }
            }
        }
        if requests.is_empty() {
            break;
        }
    }
    whole
}

fn find(services: &Services, call: &Call, door: &mut Reading<'_>, requests: Vec<DocumentRequest>) -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    let mut made_bytes = 0;
    for request in requests {
        let own = request.repository_unique_id == services.door.repository_unique_id.as_str();
        let given = if own { retrieve(services, call, door, &request, &mut made_bytes) } else { Ok(None) };
        match given {
            Ok(Some(Given::Held(document))) => {
                answer.found.push(Found { request, content_id: fresh_content_id()?, new_unique_id: None, document });
            }
            Ok(Some(Given::Made(Made::Unchanged(document)))) => {
                let new_unique_id = Some(document.unique_id.clone());
                answer.found.push(Found { request, content_id: fresh_content_id()?, new_unique_id, document });
            }
            Ok(Some(Given::Made(Made::New(pending)))) if services.on_demand.persist => answer.pending.push((request, pending)),
            Ok(Some(Given::Made(Made::New(pending)))) => answer.found.push(made(request, pending.document)?),
            Ok(None) => answer.errors.push(not_found(&request, own)),
            // One damaged document does not keep the others back, nor does one that cannot be made.
            Err(failure @ Failure::Content(_)) => {
                log_failure(call, Transaction::Iti43, &failure);
                door.audit.outcome = AuditOutcome::SeriousFailure;
                answer.errors.push(damaged(&request));
            }
            Err(Failure::Refused(errors)) => answer.errors.extend(errors.into_iter().map(|error| located(error, &request))),
            Err(failure) => return Err(failure),
        }
    }
    door.audit.errors = answer.errors.iter().map(|error| error.code.as_str().to_owned()).collect();
    Ok(answer)
}

/// What one request gets.
enum Given {
    /// A document that is held here.
    Held(RetrievedDocument),
    /// What an on-demand entry gives.
    Made(Made),
}

/// The document, from the first of its patients' records that shows it.
fn retrieve(
    services: &Services,
    call: &Call,
    door: &mut Reading<'_>,
    request: &DocumentRequest,
    made_bytes: &mut usize,
) -> Result<Option<Given>, Failure> {
    let ids = ObjectIds::UniqueIds(vec![request.unique_id.clone()]);
    let patients = door.patients_of(Subject::Entries(&ids), MetadataLevel::One)?;
    let mut patients = door.or_nobody(patients)?;
    if patients.len() > 1 {
        patients = showing(door, patients, &request.unique_id)?;
    }
    for patient_id in &patients {
        let Some(mut record) = door.open(patient_id, Action::Retrieve)? else { continue };
        match record.retrieve(&request.unique_id)? {
            Some(Retrieval::Document(document)) => return Ok(Some(Given::Held(document))),
            // Where several patients have an on-demand entry of this id, nobody can tell whose content is wanted.
            Some(Retrieval::OnDemand(_)) if *made_bytes >= MOST_MADE => return Err(too_much()),
            Some(Retrieval::OnDemand(entry)) if patients.len() == 1 => {
                let made = make(services, call, &mut record, entry)?;
                if let Some(Made::New(pending)) = &made {
                    *made_bytes = made_bytes.saturating_add(pending.document.bytes.len());
                }
                return Ok(made.map(Given::Made));
            }
            Some(Retrieval::OnDemand(_)) | None => {}
        }
    }
    Ok(None)
}

/// Those of the patients whose records show this caller something under the id: the others count for nothing.
fn showing(door: &mut Reading<'_>, patients: Vec<PatientId>, unique_id: &UniqueId) -> Result<Vec<PatientId>, Failure> {
    let mut showing = Vec::new();
    for patient_id in patients {
        let Some(mut record) = door.open(&patient_id, Action::Retrieve)? else { continue };
        if record.shows(unique_id)? {
            showing.push(patient_id);
        }
    }
    Ok(showing)
}

fn too_much() -> Failure {
    let context = format!(
        "the documents made on demand for one answer have more than {MOST_MADE} bytes already; retrieve this one in another request"
    );
    Failure::refused(RegistryError::new(ErrorCode::RepositoryOutOfResources, "", context))
}

/// A document of the answer that was made just now.
fn made(request: DocumentRequest, document: MadeDocument) -> Result<Found, Failure> {
    let MadeDocument { unique_id, mime_type, bytes, .. } = document;
    let document =
        RetrievedDocument { unique_id: unique_id.clone(), mime_type: mime_type.to_owned(), content: Box::new(io::Cursor::new(bytes)) };
    Ok(Found { request, content_id: fresh_content_id()?, new_unique_id: Some(unique_id), document })
}

/// An error of an answer names the document that was asked for (ITI TF-2: 3.43.5).
fn located(error: RegistryError, request: &DocumentRequest) -> RegistryError {
    RegistryError { location: request.unique_id.as_str().to_owned(), ..error }
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
fn write(
    mut writer: MtomWriter<&mut dyn Write>,
    root: &ContentId,
    head: &EnvelopeHead,
    kept_in: Option<&RepositoryUniqueId>,
    answer: Answer,
) -> io::Result<()> {
    writer.root(root, |out| {
        let documents: Vec<_> = answer.found.iter().map(|found| described(found, kept_in)).collect();
        head.write(out, |xml| write_retrieve_response(xml, &documents, &answer.errors))
    })?;
    for Found { content_id, document, .. } in answer.found {
        let RetrievedDocument { mime_type, mut content, .. } = document;
        writer.part(&content_id, &mime_type, |out| copy(&mut content, |piece| out.write_all(piece)))?;
    }
    writer.finish().map(drop)
}

fn described<'a>(found: &'a Found, kept_in: Option<&'a RepositoryUniqueId>) -> DocumentResponse<'a> {
    let new_unique_id = found.new_unique_id.as_ref();
    DocumentResponse {
        request: &found.request,
        new_unique_id,
        new_repository: new_unique_id.and(kept_in),
        mime_type: &found.document.mime_type,
        content_id: &found.content_id,
    }
}
