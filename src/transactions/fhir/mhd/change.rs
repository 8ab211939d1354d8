//! Changing what is said of a document, its level among it, by `PUT` or by patch (FHIR R4, http.html#update, #patch).
//!
//! A change is a new version of the entry, as ITI-57 makes it, and the same rules decide on it: the author changes metadata,
//! the level goes by the table of transitions and reaches every version.

use serde_json::Value;

use super::super::patching::Patch;
use super::super::{Answer, FhirRequest, Params, Refusal};
use super::document_references::{entry_of_id, uuid, written};
use super::which_patient::domain;
use crate::access::{Action, Call, Failure, FoundEntry};
use crate::model::audit_event::Transaction;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::EntryUuid;
use crate::model::update_request::{NewVersion, UpdateRequest, UpdateScope, original_member};
use crate::transactions::Services;
use crate::transactions::iti42::unknown_patient;
use crate::wire::fhir::{Issue, IssueCode};
use crate::wire::mhd::{Resources, envelope, read_document_reference};

/// `PUT DocumentReference/{id}`.
pub(super) fn put(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let wanted = request.resource_of_type("DocumentReference")?;
    if wanted.get("id").and_then(Value::as_str) != Some(params.id()) {
        return Err(Refusal::invalid("DocumentReference.id", "not the id of the address", "write the id that the address names"));
    }
    change(services, call, request, params, |_| Ok(wanted))
}

/// `PATCH DocumentReference/{id}`.
pub(super) fn patch(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let patch = Patch::of(request)?;
    change(services, call, request, params, |resource| patch.apply(&resource))
}

fn change(
    services: &Services,
    call: &Call,
    request: &FhirRequest<'_>,
    params: &Params,
    wanted: impl FnOnce(Value) -> Result<Value, Refusal>,
) -> Result<Answer, Refusal> {
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let expected = request.expected_version()?;
    let domain = domain(services, request);
    let found = services.door.read(call, Transaction::Iti67, |door| entry_of_id(door, id, Action::Find))?;
    let found = found.ok_or_else(|| Refusal::not_found().audited())?;
    if expected.is_some_and(|expected| expected != u64::from(found.entry.version)) {
        return Err(Refusal::precondition_failed("the document has a later version than If-Match names; read it again"));
    }
    let wanted = wanted(written(&found, &domain))?;
    let said = read_document_reference(&wanted, "DocumentReference", &Resources::default(), &domain)
        .map_err(|issues| Refusal { issues, ..Refusal::of(422, Issue::error(IssueCode::Invalid, "")) })?;
    let next = next_version(said, &found.entry);
    let update = update_to(services, call, next, found.entry.version)?;
    services.door.write(call, Transaction::Iti57, |door| {
        let record = door.open_for_update(&update)?;
        record.ok_or_else(|| unknown_patient(&update.submission_set.patient_id))?.update(&update)
    })?;
    let changed = services.door.read(call, Transaction::Iti67, |door| entry_of_id(door, id, Action::Find))?;
    match changed {
        Some(changed) => Ok(answer(&changed, written(&changed, &domain))),
        // Who raises a level may lose sight of the document.
        None => Ok(Answer::no_content()),
    }
}

/// The update (ITI-57) that makes this version of an entry after the one of that number.
pub(super) fn update_to(services: &Services, call: &Call, next: DocumentEntry, previous_version: u32) -> Result<UpdateRequest, Refusal> {
    let source = services.assigning_authorities.first().ok_or_else(Refusal::broken)?;
    let submission_set = envelope(&next, source, call.now).ok_or_else(Refusal::broken)?;
    let update = UpdateRequest {
        scope: UpdateScope::Full,
        memberships: vec![original_member(submission_set.entry_uuid, next.entry_uuid)],
        submission_set,
        entries: vec![NewVersion { object: next, previous_version, propagates_associations: true }],
        folders: Vec::new(),
        associations: Vec::new(),
        status_updates: Vec::new(),
    };
    Ok(update.check().map_err(Failure::Refused)?)
}

pub(super) fn answer(changed: &FoundEntry, resource: Value) -> Answer {
    Answer::resource(resource).version(u64::from(changed.entry.version)).modified(changed.registered_at)
}

/// The version that follows: what the resource says, with what no change may touch as it was.
fn next_version(said: DocumentEntry, latest: &DocumentEntry) -> DocumentEntry {
    let confidentiality_codes = said.confidentiality_codes.iter().map(|code| as_before(code, &latest.confidentiality_codes)).collect();
    DocumentEntry {
        confidentiality_codes,
        entry_uuid: EntryUuid::random(),
        logical_id: latest.logical_id,
        version: latest.version,
        availability_status: latest.availability_status,
        object_type: latest.object_type,
        home_community_id: latest.home_community_id.clone(),
        hash: latest.hash.clone(),
        size: latest.size,
        mime_type: latest.mime_type.clone(),
        uri: latest.uri.clone(),
        repository_unique_id: latest.repository_unique_id.clone(),
        ..said
    }
}

/// A code that was there before, with all that was said of it, such as the language of its name: a label written anew does not
/// change the labels beside it, so who may change the level alone can do so.
fn as_before(code: &Code, before: &[Code]) -> Code {
    let same = before.iter().find(|earlier| earlier.code == code.code && earlier.scheme == code.scheme);
    same.unwrap_or(code).clone()
}
