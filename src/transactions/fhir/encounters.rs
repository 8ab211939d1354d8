//! Encounters: visits as establishments declare them over FHIR (FHIR R4, encounter.html; access rules, 3).

use uuid::Uuid;

use super::record_names::{names, required_version, uuid};
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, SearchParameter};
use crate::access::{Call, EpisodeVersion};
use crate::model::audit_event::Transaction;
use crate::model::care_record::CareEpisode;
use crate::model::hl7_types::PatientId;
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::{EncounterRequest, encounter, encounter_request, patient_of_reference};

const SEARCH: &[SearchParameter] = &[SearchParameter { name: "patient", kind: "reference", documentation: "Whose visits; required." }];

const fn route(
    method: Method,
    pattern: &'static str,
    interaction: Interaction,
    documentation: &'static str,
    perform: super::Perform,
) -> Route {
    let transaction = Transaction::Encounter;
    Route::new(method, pattern, interaction, transaction, documentation, perform)
}

const fn searching(method: Method, pattern: &'static str) -> Route {
    let documentation = "Finds the visits of one patient that the caller sees.";
    Route { search: SEARCH, ..route(method, pattern, Interaction::SearchType, documentation, search) }
}

pub(super) const ROUTES: &[Route] = &[
    searching(Method::Get, "Encounter"),
    searching(Method::Post, "Encounter/_search"),
    route(Method::Post, "Encounter", Interaction::Create, "Declares an admission to the calling establishment.", create),
    route(Method::Get, "Encounter/{id}", Interaction::Read, "Reads a visit that the caller sees.", read),
    route(Method::Put, "Encounter/{id}", Interaction::Update, "Declares discharge, refusal, class or cancellation of a visit.", update),
];

fn answer(patient: &PatientId, episode: &CareEpisode) -> Answer {
    Answer::resource(encounter(episode, patient)).version(episode.version.into())
}

/// All versions, the latest first, each with the time from which it was so.
pub(super) fn versions(services: &Services, call: &Call, params: &Params) -> Result<Vec<Answer>, Refusal> {
    let id = uuid(params)?;
    let (patient, found) = services.door.read(call, Transaction::Encounter, |reading| reading.episode_versions(id))?;
    let answer = |version: &EpisodeVersion| Answer { last_modified: version.since, ..answer(&patient, &version.episode) };
    Ok(found.iter().map(answer).collect())
}

fn read(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params)?;
    let (patient, episode) = services.door.read(call, Transaction::Encounter, |reading| reading.episode(id))?;
    Ok(answer(&patient, &episode))
}

fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let sent = request.parameter("patient").or_else(|| request.parameter("subject"));
    let names = names(services, request)?;
    let patient = sent.and_then(|sent| patient_of_reference(sent, names));
    let patient = patient.ok_or_else(|| Refusal::invalid("http.patient", "it names no patient", "name one as Patient/id"))?;
    let found = services.door.read(call, Transaction::Encounter, |reading| reading.episodes(&patient))?;
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let entries = found.iter().map(|episode| Entry::found(&request.base_url, encounter(episode, &patient))).collect();
    let this = format!("{}/Encounter?patient=Patient/{}", request.base_url, patient.id());
    Ok(Answer::resource(searchset(total, entries, &this, None)))
}

fn wanted(services: &Services, request: &mut FhirRequest<'_>) -> Result<EncounterRequest, Refusal> {
    let resource = request.resource_of_type("Encounter")?;
    encounter_request(&resource, names(services, request)?).map_err(|fault| Refusal::of(422, fault.issue()))
}

fn create(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let wanted = wanted(services, request)?;
    let reports = wanted.declared(Uuid::new_v4());
    let made = services.door.write(call, Transaction::Encounter, |writing| {
        let (named, part_of) = (wanted.establishment.as_ref(), wanted.part_of);
        reports.iter().try_fold(None, |_, report| writing.report_visit_of(named, &wanted.patient, report, part_of))
    })?;
    let made = made.ok_or_else(Refusal::not_found)?;
    let location = format!("Encounter/{}", made.id);
    Ok(Answer::created(encounter(&made, &wanted.patient), location).version(made.version.into()))
}

fn update(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let (id, version) = (uuid(params)?, required_version(request)?);
    let wanted = wanted(services, request)?;
    let changed = services.door.write(call, Transaction::Encounter, |writing| {
        let known = writing.own_episode(&wanted.patient, id, version)?;
        writing.report_visit_of(wanted.establishment.as_ref(), &wanted.patient, &wanted.changed(&known), wanted.part_of)
    })?;
    Ok(answer(&wanted.patient, &changed.ok_or_else(Refusal::not_found)?))
}
