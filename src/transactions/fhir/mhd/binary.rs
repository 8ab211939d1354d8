//! Retrieve Document [ITI-68] (IHE MHD 4.2, 2:3.68): the bytes of a document, or a Binary that holds them.

use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::{Answer, FhirRequest, Params, Refusal};
use super::document_references::{entry_of_id, uuid};
use super::preconditions::Validators;
use super::range::{Part, part};
use crate::access::{Action, Call, Failure, FoundEntry, Reading, Retrieval, RetrievedDocument};
use crate::model::audit_event::Transaction;
use crate::model::ids::{EntryUuid, UniqueId};
use crate::model::stored_query::{MetadataLevel, ObjectIds, Subject};
use crate::transactions::Services;
use crate::wire::fhir::{Issue, IssueCode};

/// `Binary/{id}`: the id of a DocumentReference, or a uniqueId.
pub(super) fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = params.id();
    let found = services.door.read(call, Transaction::Iti68, |door| document(door, id))?;
    let (entry, retrieval) = found.ok_or_else(|| Refusal::not_found().audited())?;
    let Retrieval::Document(document) = retrieval else {
        let text = "this document is made at each retrieval; retrieve it by ITI-43";
        return Err(Refusal::of(422, Issue::error(IssueCode::NotSupported, text)).audited());
    };
    let size = entry.as_ref().and_then(|found| found.entry.size);
    // The tag is of the document's own bytes; as a resource they are in another form (RFC 9110, 8.8.3.3).
    let (as_resource, modified) = (as_resource(request), entry.as_ref().map(|found| found.registered_at));
    let form = if as_resource { "W/" } else { "" };
    let etag = entry.as_ref().and_then(|found| found.entry.hash.as_ref()).map(|hash| format!("{form}\"{}\"", hash.as_str()));
    let validators = Validators { etag: etag.as_deref(), modified };
    let mut answer = match (validators.caller_has_it(&request.headers)?, as_resource) {
        (true, _) => Answer { status: 304, ..Answer::no_content() },
        (false, true) => resource(document, size, id, request.body_limit)?,
        (false, false) => bytes(document, size, validators.range(&request.headers)),
    };
    answer.last_modified = modified;
    Ok(match etag {
        Some(etag) => answer.header("ETag", etag),
        None => answer,
    })
}

/// The entry and its document. By uniqueId, the entry is that of the same record.
fn document(door: &mut Reading<'_>, id: &str) -> Result<Option<(Option<FoundEntry>, Retrieval)>, Failure> {
    if let Some(id) = uuid(id) {
        return of_entry(door, id);
    }
    let Ok(unique_id) = id.parse::<UniqueId>() else { return Ok(None) };
    let ids = ObjectIds::UniqueIds(vec![unique_id.clone()]);
    let patients = door.patients_of(Subject::Entries(&ids), MetadataLevel::One)?;
    for patient_id in door.or_nobody(patients)? {
        let Some(mut record) = door.open(&patient_id, Action::Retrieve)? else { continue };
        if let Some(retrieval) = record.retrieve(&unique_id)? {
            return Ok(Some((None, retrieval)));
        }
    }
    Ok(None)
}

fn of_entry(door: &mut Reading<'_>, id: EntryUuid) -> Result<Option<(Option<FoundEntry>, Retrieval)>, Failure> {
    let Some(found) = entry_of_id(door, id, Action::Retrieve)? else { return Ok(None) };
    let Some(mut record) = door.open(&found.entry.patient_id, Action::Retrieve)? else { return Ok(None) };
    let retrieval = record.retrieve(&found.entry.unique_id)?;
    Ok(retrieval.map(|retrieval| (Some(found), retrieval)))
}

/// Whether the caller wants a resource of FHIR (FHIR R4, binary.html#rest).
fn as_resource(request: &FhirRequest<'_>) -> bool {
    let named = |text: &str| text.contains("fhir+json") || text.contains("fhir+xml");
    let accepted = request.headers.accept.as_deref().is_some_and(named);
    accepted || request.parameter("_format").is_some_and(|format| named(&format.replace(' ', "+")) || matches!(format, "json" | "xml"))
}

/// The document within a resource, which has to fit into memory.
fn resource(mut document: RetrievedDocument, size: Option<u64>, id: &str, limit: usize) -> Result<Answer, Refusal> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let too_large = || {
        let text = format!(
            "the document is larger than the {limit} bytes of a resource (limits.fhir_body_size); ask for its own format in the Accept header"
        );
        Refusal { status: 406, ..Refusal::too_large(&text) }.audited()
    };
    if size.is_some_and(|size| size > most) {
        return Err(too_large());
    }
    let mut content = Vec::new();
    let read = (&mut document.content).take(most.saturating_add(1)).read_to_end(&mut content);
    read.map_err(|error| {
        tracing::error!(%error, "a document could not be read");
        Refusal::broken().audited()
    })?;
    if content.len() > limit {
        return Err(too_large());
    }
    let mut binary = json!({ "resourceType": "Binary", "id": id, "contentType": document.mime_type });
    if let Some(fields) = binary.as_object_mut().filter(|_| !content.is_empty()) {
        fields.insert("data".to_owned(), STANDARD.encode(content).into());
    }
    Ok(Answer::resource(binary))
}

/// The document itself, or the part of it that is asked for.
fn bytes(document: RetrievedDocument, size: Option<u64>, range: Option<&str>) -> Answer {
    let RetrievedDocument { mime_type, content, .. } = document;
    let Some(size) = size else { return Answer::bytes(mime_type, Box::new(move |out| copy(content, 0, u64::MAX, out))) };
    match part(range, size) {
        Part::Whole => Answer::bytes(mime_type, Box::new(move |out| copy(content, 0, u64::MAX, out))).header("Accept-Ranges", "bytes"),
        Part::Bytes { from, count } => {
            let whole = Answer::bytes(mime_type, Box::new(move |out| copy(content, from, count, out)));
            let partial = Answer { status: 206, ..whole };
            partial.header("Content-Range", format!("bytes {from}-{}/{size}", from + count - 1))
        }
        Part::Beyond => Answer { status: 416, ..Answer::no_content() }.header("Content-Range", format!("bytes */{size}")),
    }
}

/// Passes over the first bytes and hands on the next.
fn copy(mut content: Box<dyn Read + Send>, from: u64, count: u64, out: &mut dyn Write) -> io::Result<()> {
    io::copy(&mut (&mut content).take(from), &mut io::sink())?;
    let mut left = count;
    let mut buffer = vec![0; 64 * 1024];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..wanted).unwrap_or_default();
        let read = content.read(room)?;
        let Some(piece) = room.get(..read).filter(|piece| !piece.is_empty()) else { break };
        out.write_all(piece)?;
        left -= u64::try_from(read).unwrap_or(left);
    }
    Ok(())
}
