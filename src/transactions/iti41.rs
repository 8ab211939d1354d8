//! Provide and Register Document Set-b [ITI-41] (ITI TF-2: 3.41).

use std::collections::HashMap;

use base64::read::DecoderReader;
use uuid::Uuid;

use crate::access::{Call, Failure, NewDocument, StagedDocument};
use crate::model::audit_event::Transaction;
use crate::model::document_entry::{DocumentEntry, Sha1Hex};
use crate::model::hl7_types::PatientId;
use crate::model::ids::RepositoryUniqueId;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::wire::ebrim::{
    ContentRule, ResponseStatus, SubmittedObjects, named_patient, read_received_objects, read_submit_objects, write_registry_response,
};
use crate::wire::mtom::{ContentId, include_of};
use crate::wire::soap::Fault;
use crate::wire::xml::{Element, ns};

use super::iti42::{as_sent, open_to_submit, registry_response, submit, submitted};
use super::soap_message::{Rejection, SoapMessage, expect_payload, stage};
use super::soap_reply::ReplyHead;
use super::{Endpoint, Services, SoapReply};

/// The documents of a message by the `id` of their `Document` element.
type Documents = HashMap<String, StagedDocument>;

/// Takes documents into this repository and registers their metadata, all or nothing. A Document Recipient (XDR, ITI
/// TF-1: 15) also takes limited metadata and patients unknown so far.
pub(super) fn perform(
    services: &Services,
    call: &Call,
    endpoint: Endpoint,
    message: SoapMessage,
    reply: &ReplyHead,
) -> Result<SoapReply, Rejection> {
    let received = endpoint == Endpoint::Recipient;
    expect_payload(&message.envelope, ns::XDSB, "ProvideAndRegisterDocumentSetRequest")?;
    let payload = &message.envelope.payload;
    let documents = documents(services, payload, message.parts)?;
    let objects = payload.child(ns::LCM, "SubmitObjectsRequest").ok_or_else(|| {
        Fault::sender("the ProvideAndRegisterDocumentSetRequest has no lcm:SubmitObjectsRequest, which holds the metadata")
    })?;
    let submitted = submitted(services, objects, |objects| match received {
        true => read_received_objects(objects, unidentified_patient(services)),
        false => read_submit_objects(objects, ContentRule::InMessage),
    });
    let mut queued = false;
    let result = submit(
        services,
        call,
        Transaction::Iti41,
        || named_patient(objects),
        submitted,
        |door, mut submitted| {
            let patient_id = submitted.request.submission_set.patient_id.clone();
            // The record first, so that the trail names the patient also where contents and metadata do not agree.
            let mut record = open_to_submit(door, &patient_id)?;
            let documents = join(&mut submitted, documents, &services.door.repository_unique_id).map_err(Failure::Refused)?;
            let filed = match received {
                true => record.receive(&submitted.request, documents).map(|unknown| queued = unknown),
                false => record.provide(&submitted.request, documents),
            };
            filed.map_err(|failure| as_sent(failure, &submitted))
        },
    );
    match result {
        Ok(()) if queued => reply.whole(None, |xml| write_registry_response(xml, ResponseStatus::Success, &[waits_for_its_patient()])),
        result => registry_response(call, reply, result.err()),
    }
}

/// An id for the record of a message that names no patient: a record of its own, which a merge (ITI-8, A40) joins to that of
/// the patient once somebody has found out who it is. So what came for one patient never shows with what came for another.
fn unidentified_patient(services: &Services) -> Option<PatientId> {
    let authority = services.assigning_authorities.first()?;
    PatientId::new(&format!("RECEIVED-{}", Uuid::new_v4().simple()), authority.clone()).ok()
}

/// The warning beside the success (ITI TF-3: Table 4.2.4.1-2).
fn waits_for_its_patient() -> RegistryError {
    let context = "the documents are kept; their patient was not known here, and an operator has to identify them (ITI-8)";
    RegistryError::new(ErrorCode::DocumentQueued, "SubmissionSet/patientId", context)
}

/// Finds the content of each `Document` element: in another part of the message, or inline.
fn documents(services: &Services, payload: &Element, mut parts: HashMap<ContentId, StagedDocument>) -> Result<Documents, Rejection> {
    let mut documents = HashMap::new();
    for element in payload.children_named(ns::XDSB, "Document") {
        let id = element.attribute("id").map(str::trim).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            Fault::sender("a Document element has no attribute id, which links it to its DocumentEntry (ITI TF-2: 3.41.4.1.2)")
        })?;
        let staged = match include_of(element).map_err(Fault::from)? {
            Some(content_id) => parts.remove(&content_id).ok_or_else(|| {
                Fault::sender(format!(
                    "the Document {id} refers to the part cid:{}, which is not in the message or is referred to twice",
                    content_id.as_str()
                ))
            })?,
            None => stage_inline(services, id, element)?,
        };
        if documents.insert(id.to_owned(), staged).is_some() {
            return Err(Fault::sender(format!("two Document elements have the id {id}")).into());
        }
    }
    match parts.keys().next() {
        Some(unused) => Err(Fault::sender(format!("no Document element refers to the part {} of the message", unused.as_str())).into()),
        None => Ok(documents),
    }
}

/// Base64 text in the element itself (xsd:base64Binary, white space allowed).
fn stage_inline(services: &Services, id: &str, element: &Element) -> Result<StagedDocument, Rejection> {
    let text: Vec<u8> = element.text().bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let mut content = DecoderReader::new(text.as_slice(), &base64::engine::general_purpose::STANDARD);
    stage(services, &mut content).map_err(|rejection| {
        if rejection.status == 400 {
            Fault::sender(format!("the content of the Document {id} is not valid base64")).into()
        } else {
            rejection
        }
    })
}

/// Joins entries and contents, both ways complete, and completes the entries with what the contents say of themselves.
fn join(
    submitted: &mut SubmittedObjects,
    mut documents: Documents,
    repository: &RepositoryUniqueId,
) -> Result<Vec<NewDocument>, Vec<RegistryError>> {
    let mut faults = Vec::new();
    let mut joined = Vec::new();
    for (entry, id) in submitted.request.entries.iter_mut().zip(&submitted.entry_ids) {
        let Some(staged) = documents.remove(id) else {
            let context = format!("the DocumentEntry {id} has no Document element with this id in the message");
            faults.push(RegistryError::new(ErrorCode::MissingDocument, format!("DocumentEntry({id})"), context));
            continue;
        };
        complete(entry, id, &staged, repository, &mut faults);
        joined.push(NewDocument { entry_uuid: entry.entry_uuid, staged });
    }
    for id in documents.keys() {
        let context = format!("the Document {id} has no DocumentEntry with this id in the message");
        faults.push(RegistryError::new(ErrorCode::MissingDocumentMetadata, format!("Document({id})"), context));
    }
    if faults.is_empty() { Ok(joined) } else { Err(faults) }
}

/// Hash and size of the content are the repository's to say; what the source says of them has to agree (ITI TF-2: 3.41.4.1.3).
fn complete(
    entry: &mut DocumentEntry,
    id: &str,
    staged: &StagedDocument,
    repository: &RepositoryUniqueId,
    faults: &mut Vec<RegistryError>,
) {
    let hash = Sha1Hex::from_digest(&staged.sha1);
    let mut differs = |attribute: &str, said: &str, is: &str| {
        let context = format!(
            "DocumentEntry.{attribute} is {said}, but the document received has {is}; it was altered on its way, or the metadata are of another document"
        );
        faults.push(RegistryError::new(ErrorCode::RepositoryMetadataError, format!("DocumentEntry({id})/{attribute}"), context));
    };
    if let Some(said) = entry.hash.as_ref().filter(|said| **said != hash) {
        differs("hash", said.as_str(), hash.as_str());
    }
    if let Some(said) = entry.size.filter(|said| *said != staged.size) {
        differs("size", &said.to_string(), &staged.size.to_string());
    }
    entry.hash = Some(hash);
    entry.size = Some(staged.size);
    entry.repository_unique_id = Some(repository.clone());
}

#[cfg(test)]
#[path = "iti41_tests.rs"]
mod tests;
