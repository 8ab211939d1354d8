//! Provide Document Bundle [ITI-65] and Simplified Publish [ITI-105] (IHE MHD 4.2, 2:3.65, 2:3.105).

use std::io::Read;

use base64::read::DecoderReader;
use serde_json::{Value, json};

use super::super::{Answer, FhirRequest, Params, Refusal};
use super::which_patient::domain;
use crate::access::{Action, Call, ContentError, Failure, NewDocument, StagedDocument};
use crate::model::audit_event::Transaction;
use crate::model::document_entry::{DocumentEntry, Sha1Hex};
use crate::model::ids::{EntryUuid, RepositoryUniqueId};
use crate::model::registry_error::RegistryError;
use crate::model::submission_request::SubmissionRequest;
use crate::transactions::Services;
use crate::transactions::iti42::unknown_patient;
use crate::wire::fhir::fields::text;
use crate::wire::fhir::{Issue, IssueCode, dates};
use crate::wire::mhd::{Described, SubmittedBundle, read_bundle, read_single, write_document_reference};

/// `POST /fhir`.
pub(in crate::transactions::fhir) fn bundle(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    _: &Params,
) -> Result<Answer, Refusal> {
    let bundle = request.resource_of_type("Bundle")?;
    if text(&bundle, "type") != Some("transaction") {
        return Err(Refusal::invalid("Bundle.type", "only a transaction is taken here", "write transaction (MHD 4.2, 2:3.65.4.1.2)"));
    }
    let domain = domain(services, request);
    let submitted = read_bundle(&bundle, &domain).map_err(faulty)?;
    let created = submitted.created.clone();
    provide(services, call, Transaction::Iti65, submitted)?;
    let at = dates::instant(call.now);
    let response = |(kind, id): (&str, EntryUuid)| match kind {
        "List" | "DocumentReference" | "Binary" => {
            json!({ "response": { "status": "201 Created", "location": format!("{kind}/{}", id.uuid()), "etag": "W/\"1\"", "lastModified": at } })
        }
        _ => json!({ "response": { "status": "200 OK" } }),
    };
    let entries: Vec<Value> = created.into_iter().map(response).collect();
    Ok(Answer::resource(json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries })))
}

/// `POST DocumentReference`.
pub(super) fn single(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let resource = request.resource_of_type("DocumentReference")?;
    let domain = domain(services, request);
    let source = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    let submitted = read_single(&resource, &domain, source, call.now).map_err(faulty)?;
    let entry = provide(services, call, Transaction::Iti105, submitted)?;
    let entry = entry.into_iter().next().ok_or_else(Refusal::broken)?;
    let written = write_document_reference(&entry, &Described { registered_at: Some(call.now), relations: &[] }, &domain);
    let location = format!("DocumentReference/{}/_history/1", entry.logical_id.uuid());
    Ok(Answer::created(written, location).version(1).modified(call.now))
}

fn faulty(issues: Vec<Issue>) -> Refusal {
    Refusal { issues, ..Refusal::of(400, Issue::error(IssueCode::Invalid, "")) }
}

/// Stages the documents and files the submission, all or nothing; gives the entries as filed.
fn provide(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    submitted: SubmittedBundle<'_>,
) -> Result<Vec<DocumentEntry>, Refusal> {
    let SubmittedBundle { mut request, contents, .. } = submitted;
    let objects = request.own_ids().count();
    let most = services.limits.submission_objects;
    if objects > most {
        return Err(Refusal::too_large(&format!(
            "the submission holds {objects} objects, links included; this registry takes {most} at once"
        )));
    }
    let mut documents = Vec::new();
    for (entry, content) in request.entries.iter_mut().zip(contents) {
        let staged = stage(services, content)?;
        complete(entry, &staged, &services.door.repository_unique_id)?;
        documents.push(NewDocument { entry_uuid: entry.entry_uuid, staged });
    }
    check_lengths(&request)?;
    let request = request.check().map_err(refused)?;
    let patient_id = request.submission_set.patient_id.clone();
    services.door.write(call, transaction, |door| {
        let record = door.open(&patient_id, Action::Submit)?;
        record.ok_or_else(|| unknown_patient(&patient_id))?.provide(&request, documents)
    })?;
    Ok(request.entries)
}

/// Faults that the registry's own rules find.
fn refused(errors: Vec<RegistryError>) -> Refusal {
    let issues = errors.into_iter().map(|error| Issue::error(IssueCode::BusinessRule, error.context)).collect();
    Refusal { issues, ..Refusal::of(422, Issue::error(IssueCode::BusinessRule, "")) }
}

/// The bytes of base64 text, sealed and durable, but nobody's yet.
fn stage(services: &Services, base64: &str) -> Result<StagedDocument, Refusal> {
    let text: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let mut content = DecoderReader::new(text.as_slice(), &base64::engine::general_purpose::STANDARD);
    let mut staging = services.door.stage()?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let malformed = |_| Refusal::invalid("Binary.data", "not base64", "encode the document by RFC 4648, 4");
        let count = content.read(&mut buffer).map_err(malformed)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        let failed = |cause| Failure::from(ContentError::from_io(cause, "write a document", "the content store"));
        staging.write_all(piece).map_err(failed)?;
    }
    Ok(staging.finish().map_err(Failure::from)?)
}

/// Hash and size are the repository's to say; what the source says of them has to agree (ITI TF-2: 3.41.4.1.3).
fn complete(entry: &mut DocumentEntry, staged: &StagedDocument, repository: &RepositoryUniqueId) -> Result<(), Refusal> {
    let hash = Sha1Hex::from_digest(&staged.sha1);
    let differs = |element: &str| {
        let place = format!("DocumentReference.content[0].attachment.{element}");
        let what = "it is not that of the document in the message";
        Refusal::unprocessable(&place, what, "the document was altered on its way, or the metadata are of another one: send both again")
    };
    if entry.hash.as_ref().is_some_and(|said| *said != hash) {
        return Err(differs("hash"));
    }
    if entry.size.is_some_and(|said| said != staged.size) {
        return Err(differs("size"));
    }
    entry.hash = Some(hash);
    entry.size = Some(staged.size);
    entry.repository_unique_id = Some(repository.clone());
    if entry.mime_type.is_empty() {
        let place = "DocumentReference.content[0].attachment.contentType";
        return Err(Refusal::unprocessable(place, "the type of the document is missing", "write its MIME type"));
    }
    Ok(())
}

/// Texts and other values at most (ebRIM 3.0: `FreeFormText`, `LongName`), so that every answer over XDS is valid too.
const FREE_FORM_TEXT: usize = 1024;
const LONG_NAME: usize = 256;

fn check_lengths(request: &SubmissionRequest) -> Result<(), Refusal> {
    let objects = request.entries.iter().map(serde_json::to_value).chain([serde_json::to_value(&request.submission_set)]);
    let objects = objects.chain(request.folders.iter().map(serde_json::to_value));
    for object in objects {
        let object = object.map_err(|_| Refusal::broken())?;
        if let Some((attribute, most)) = overlong(&object, "", LONG_NAME) {
            let what = format!("a value has more than {most} characters");
            return Err(Refusal::unprocessable(&attribute, &what, "shorten it (ebRIM 3.0: LongName, FreeFormText)"));
        }
    }
    Ok(())
}

/// The first attribute with a value that is too long.
fn overlong(value: &Value, attribute: &str, most: usize) -> Option<(String, usize)> {
    match value {
        Value::String(text) => (text.chars().count() > most).then(|| (attribute.to_owned(), most)),
        Value::Array(items) => items.iter().find_map(|item| overlong(item, attribute, most)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let is_text = matches!(name.as_str(), "title" | "comments" | "display" | "name");
            let attribute = if attribute.is_empty() { name } else { attribute };
            overlong(value, attribute, if is_text { FREE_FORM_TEXT } else { most })
        }),
        _ => None,
    }
}
