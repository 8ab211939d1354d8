//! The versions of a document's metadata (FHIR R4, http.html#vread, #history), as Update Document Set [ITI-57] leaves them.
//!
//! Who may not see the document gets what an unknown one gives; the access level is that of all versions.

use super::super::{Answer, FhirRequest, Interaction, Method, Params, Perform, Refusal, Route, history_bundle};
use super::document_references::{uuid, versions, written};
use super::which_patient::domain;
use crate::access::{Call, FoundEntry};
use crate::model::audit_event::Transaction;
use crate::transactions::Services;
use crate::wire::mhd::Domain;

/// Reading versions.
pub(in crate::transactions::fhir) const ROUTES: &[Route] = &[
    row("DocumentReference/{id}/_history/{vid}", Interaction::Vread, "One version of a document's metadata.", read),
    row(
        "DocumentReference/{id}/_history",
        Interaction::HistoryInstance,
        "All versions of a document's metadata, the latest first.",
        history,
    ),
];

const fn row(pattern: &'static str, interaction: Interaction, documentation: &'static str, perform: Perform) -> Route {
    let transaction = Transaction::Iti67;
    Route::new(Method::Get, pattern, interaction, transaction, documentation, perform)
}

/// The versions in sight, the latest first; at least one.
fn seen(services: &Services, call: &Call, params: &Params) -> Result<Vec<FoundEntry>, Refusal> {
    let id = uuid(params.id()).ok_or_else(Refusal::not_found)?;
    let found = services.door.read(call, Transaction::Iti67, |door| versions(door, id))?;
    if found.is_empty() { Err(Refusal::not_found().audited()) } else { Ok(found) }
}

fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let found = seen(services, call, params)?;
    let wanted = found.iter().find(|found| found.entry.version.to_string() == params.get("vid"));
    Ok(answer(wanted.ok_or_else(|| Refusal::not_found().audited())?, &domain(services, request)))
}

fn history(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let found = seen(services, call, params)?;
    let domain = domain(services, request);
    history_bundle::history(request, found, |found| Some(found.registered_at), |found| answer(&found, &domain))
}

fn answer(found: &FoundEntry, domain: &Domain<'_>) -> Answer {
    Answer::resource(written(found, domain)).version(u64::from(found.entry.version)).modified(found.registered_at)
}
