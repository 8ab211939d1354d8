//! Versions of resources (FHIR R4, http.html#vread, #history).
//!
//! Every version of a document's metadata is kept ([`super::mhd`] reads those), of consents and visits, and of what the directories say
//! of patients, representatives, establishments, professionals and connected systems. A communication never changes. Whoever may not
//! read a resource as it is now gets what an unknown one gives.

use super::routes::{Found, find};
use super::{Answer, FhirRequest, Interaction, Method, Params, Perform, Refusal, Route, consents, directories, encounters, history_bundle};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;

const fn vread(pattern: &'static str, transaction: Transaction, needs_person: bool) -> Route {
    row(pattern, Interaction::Vread, (transaction, needs_person), "One version of those that are kept.", read)
}

const fn of_instance(pattern: &'static str, transaction: Transaction, needs_person: bool) -> Route {
    row(pattern, Interaction::HistoryInstance, (transaction, needs_person), "The versions that are kept, the latest first.", history)
}

const fn of_type(pattern: &'static str, transaction: Transaction) -> Route {
    let documentation = "The versions of all that is in sight, the latest first; _since where there are many.";
    row(pattern, Interaction::HistoryType, (transaction, false), documentation, history_of_type)
}

const fn row(
    pattern: &'static str,
    interaction: Interaction,
    (transaction, needs_person): (Transaction, bool),
    documentation: &'static str,
    perform: Perform,
) -> Route {
    Route { needs_person, ..Route::new(Method::Get, pattern, interaction, transaction, documentation, perform) }
}

pub(super) const ROUTES: &[Route] = &[
    vread("Consent/{id}/_history/{vid}", Transaction::Iti108, true),
    of_instance("Consent/{id}/_history", Transaction::Iti108, true),
    vread("Communication/{id}/_history/{vid}", Transaction::Manage, true),
    of_instance("Communication/{id}/_history", Transaction::Manage, true),
    vread("Encounter/{id}/_history/{vid}", Transaction::Encounter, false),
    of_instance("Encounter/{id}/_history", Transaction::Encounter, false),
    vread("Patient/{id}/_history/{vid}", Transaction::Iti78, false),
    of_instance("Patient/{id}/_history", Transaction::Iti78, false),
    of_type("Patient/_history", Transaction::Iti78),
    vread("RelatedPerson/{id}/_history/{vid}", Transaction::Iti78, false),
    of_instance("RelatedPerson/{id}/_history", Transaction::Iti78, false),
    vread("Organization/{id}/_history/{vid}", Transaction::Iti90, false),
    of_instance("Organization/{id}/_history", Transaction::Iti90, false),
    of_type("Organization/_history", Transaction::Iti90),
    vread("Practitioner/{id}/_history/{vid}", Transaction::Iti90, false),
    of_instance("Practitioner/{id}/_history", Transaction::Iti90, false),
    of_type("Practitioner/_history", Transaction::Iti90),
    vread("PractitionerRole/{id}/_history/{vid}", Transaction::Iti90, false),
    of_instance("PractitionerRole/{id}/_history", Transaction::Iti90, false),
    of_type("PractitionerRole/_history", Transaction::Iti90),
    vread("Device/{id}/_history/{vid}", Transaction::Iti90, false),
    of_instance("Device/{id}/_history", Transaction::Iti90, false),
];

fn read(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let versions = kept(services, call, request, params)?;
    let is_wanted = |answer: &Answer| answer.version.is_some_and(|version| version.to_string() == params.get("vid"));
    versions.into_iter().find(is_wanted).ok_or_else(|| Refusal::not_found().audited())
}

fn history(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let versions = kept(services, call, request, params)?;
    history_bundle::history(request, versions, |version| version.last_modified, |version| version)
}

fn history_of_type(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let versions = directories::versions_of_type(services, call, request)?;
    history_bundle::history(request, versions, |version| version.last_modified, |version| version)
}

/// The versions that are kept, the latest first; at least one.
fn kept(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Vec<Answer>, Refusal> {
    match request.segments.first().map(String::as_str) {
        Some("Consent") => consents::versions(services, call, params),
        Some("Encounter") => encounters::versions(services, call, params),
        Some("Communication") => Ok(vec![present(services, call, request)?]),
        _ => directories::versions(services, call, request, params),
    }
}

/// The present version, by the interaction that reads it.
fn present(services: &Services, call: &Call, request: &mut FhirRequest<'_>) -> Result<Answer, Refusal> {
    let address: Vec<_> = request.segments.iter().take(2).cloned().collect();
    match find(Method::Get, &address) {
        Found::Route(route, params) => (route.perform)(services, call, request, &params),
        _ => Err(Refusal::not_found()),
    }
}
