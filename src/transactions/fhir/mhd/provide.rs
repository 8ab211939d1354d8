//! Provide Document Bundle [ITI-65] and Simplified Publish [ITI-105] (IHE MHD 4.2, 2:3.65, 2:3.105).

use serde_json::{Value, json};

use super::super::directories::resources_at;
use super::super::staged::{Staged, resource_of_type, stage_bytes};
use super::super::{Answer, FhirRequest, Format, Params, Refusal};
use super::targets::{add_to_folders, to_latest_versions};
use super::which_patient::domain;
use crate::access::{Action, Call, NewDocument, StagedDocument};
use crate::model::audit_event::Transaction;
use crate::model::document_entry::{DocumentEntry, Sha1Hex};
use crate::model::ids::RepositoryUniqueId;
use crate::model::registry_error::RegistryError;
use crate::model::submission_request::SubmissionRequest;
use crate::model::timestamp::Instant;
use crate::transactions::Services;
use crate::transactions::iti42::unknown_patient;
use crate::wire::fhir::fields::text;
use crate::wire::fhir::{Issue, IssueCode, dates, operation_outcome};
use crate::wire::mhd::{
    Content, Described, Effect, EntryOutcome, SubmittedBundle, people_referred_to, read_bundle, read_single, write_document_reference,
};

/// `POST /fhir`.
pub(in crate::transactions::fhir) fn bundle(
    services: &Services,
    call: &Call,
    request: &mut FhirRequest<'_>,
    _: &Params,
) -> Result<Answer, Refusal> {
    let (bundle, format, mut staged) = resource_of_type(services, request, "Bundle")?;
    if text(&bundle, "type") != Some("transaction") {
        return Err(Refusal::invalid("Bundle.type", "only a transaction is taken here", "write transaction (MHD 4.2, 2:3.65.4.1.2)"));
    }
    let domain = domain(services, request);
    let known = resources_at(services, call, people_referred_to(&bundle, &domain))?;
    let mut submitted = read_bundle(&bundle, &known, domain).map_err(faulty)?;
    let folders = std::mem::take(&mut submitted.folders);
    let mut outcomes = std::mem::take(&mut submitted.outcomes);
    add_to_folders(services, call, folders, &mut submitted.request, &mut outcomes)?;
    provide(services, call, Transaction::Iti65, submitted, &mut staged, format)?;
    let entries: Vec<Value> = outcomes.iter().map(|outcome| response(outcome, call.now)).collect();
    Ok(Answer::resource(json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries })))
}

/// An entry of the answer (MHD 4.2, 2:3.65.4.2.2).
fn response(outcome: &EntryOutcome, at: Instant) -> Value {
    let status = if outcome.effect == Effect::Created { "201 Created" } else { "200 OK" };
    let mut response = json!({ "status": status });
    if let Some(fields) = response.as_object_mut() {
        fields.extend(outcome.address.clone().map(|address| ("location".to_owned(), address.into())));
        if outcome.effect == Effect::Created {
            fields.insert("etag".to_owned(), "W/\"1\"".into());
        }
        if outcome.effect != Effect::Kept {
            fields.insert("lastModified".to_owned(), dates::instant(at).into());
        }
        if !outcome.remarks.is_empty() {
            fields.insert("outcome".to_owned(), operation_outcome(&outcome.remarks));
        }
    }
    json!({ "response": response })
}

/// `POST DocumentReference`.
pub(super) fn single(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let (resource, format, mut staged) = resource_of_type(services, request, "DocumentReference")?;
    let domain = domain(services, request);
    let source = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    let known = resources_at(services, call, people_referred_to(&resource, &domain))?;
    let submitted = read_single(&resource, &known, domain, source, call.now).map_err(faulty)?;
    let entry = provide(services, call, Transaction::Iti105, submitted, &mut staged, format)?;
    let entry = entry.into_iter().next().ok_or_else(Refusal::broken)?;
    let written = write_document_reference(&entry, &Described { registered_at: Some(call.now), relations: &[] }, &domain);
    let location = format!("DocumentReference/{}/_history/1", entry.logical_id.uuid());
    Ok(Answer::created(written, location).version(1).modified(call.now))
}

pub(super) fn faulty(issues: Vec<Issue>) -> Refusal {
    Refusal { issues, ..Refusal::of(400, Issue::error(IssueCode::Invalid, "")) }
}

/// Stages the documents and files the submission, all or nothing; gives the entries as filed.
fn provide(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    submitted: SubmittedBundle<'_>,
    staged: &mut Staged,
    format: Format,
) -> Result<Vec<DocumentEntry>, Refusal> {
    let SubmittedBundle { mut request, contents, .. } = submitted;
    let objects = request.own_ids().count();
    let most = services.limits.submission_objects;
    if objects > most {
        return Err(Refusal::too_large(&format!(
            "the submission holds {objects} objects, links included; this registry takes {most} at once (limits.submission_objects)"
        )));
    }
    let mut documents = Vec::new();
    for (entry, content) in request.entries.iter_mut().zip(contents) {
        let staged = match content {
            Content::Base64(data) => staged.document(services, data)?,
            Content::FhirDocument(document) => fhir_document(services, entry, document, staged, format)?,
        };
        complete(entry, &staged, &services.door.repository_unique_id)?;
        documents.push(NewDocument { entry_uuid: entry.entry_uuid, staged });
    }
    check_lengths(&request)?;
    to_latest_versions(services, call, &mut request)?;
    file(services, call, transaction, request, documents)
}

/// Files a submission whose documents are staged; gives the entries as filed.
pub(super) fn file(
    services: &Services,
    call: &Call,
    transaction: Transaction,
    request: SubmissionRequest,
    documents: Vec<NewDocument>,
) -> Result<Vec<DocumentEntry>, Refusal> {
    let request = request.check().map_err(refused)?;
    let patient_id = request.submission_set.patient_id.clone();
    services.door.write(call, transaction, |door| {
        let record = door.open(&patient_id, Action::Submit)?;
        record.ok_or_else(|| unknown_patient(&patient_id))?.provide(&request, documents)
    })?;
    Ok(request.entries)
}

/// A FHIR document, written in the format in which it came (MHD 4.2, 2:3.65.4.1.3.1).
fn fhir_document(
    services: &Services,
    entry: &mut DocumentEntry,
    document: &Value,
    staged: &Staged,
    format: Format,
) -> Result<StagedDocument, Refusal> {
    if staged.is_missed_in(document) {
        let what = "an attachment in the FHIR document is longer than is taken within one";
        return Err(Refusal::unprocessable("Bundle.entry.resource", what, "send the FHIR document as a Binary instead"));
    }
    let (media_type, bytes) = format.as_document(document);
    entry.mime_type = media_type.to_owned();
    stage_bytes(services, &bytes)
}

/// Faults that the registry's own rules find.
fn refused(errors: Vec<RegistryError>) -> Refusal {
    let issues = errors.into_iter().map(|error| Issue::error(IssueCode::BusinessRule, error.context)).collect();
    Refusal { issues, ..Refusal::of(422, Issue::error(IssueCode::BusinessRule, "")) }
}

/// Hash and size are the repository's to say; what the source says of them has to agree (ITI TF-2: 3.41.4.1.3).
pub(super) fn complete(entry: &mut DocumentEntry, staged: &StagedDocument, repository: &RepositoryUniqueId) -> Result<(), Refusal> {
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

pub(super) fn check_lengths(request: &SubmissionRequest) -> Result<(), Refusal> {
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
