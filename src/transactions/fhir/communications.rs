//! Notices as Communication, for their recipients (access rules, 2; Charte, annex 5).

use super::record_names::uuid;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, SearchParameter};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::model::care_record::Notice;
use crate::transactions::Services;
use crate::wire::fhir::bundle::{Entry, searchset};
use crate::wire::fhir::search::alternatives;
use crate::wire::fhir::{communication, form};

/// At most so many notices are shown, the newest.
const MOST: usize = 1000;

const SEARCH: &[SearchParameter] =
    &[SearchParameter { name: "recipient", kind: "reference", documentation: "The caller themselves; others' notices are not found." }];

const fn route(
    method: Method,
    pattern: &'static str,
    interaction: Interaction,
    documentation: &'static str,
    perform: super::Perform,
) -> Route {
    Route { needs_person: true, ..Route::new(method, pattern, interaction, Transaction::Manage, documentation, perform) }
}

pub(super) const ROUTES: &[Route] = &[
    Route { search: SEARCH, ..route(Method::Get, "Communication", Interaction::SearchType, "Finds the caller's notices.", search) },
    route(Method::Get, "Communication/{id}", Interaction::Read, "Reads a notice for the caller.", read),
    route(
        Method::Post,
        "Communication/{id}/$dsp-acknowledge",
        Interaction::Operation("dsp-acknowledge", "https://dossier.example/fhir/OperationDefinition/dsp-acknowledge"),
        "Notes that the recipient has read a notice.",
        acknowledge,
    ),
];

fn search(services: &Services, call: &Call, request: &mut FhirRequest<'_>, _: &Params) -> Result<Answer, Refusal> {
    let known = ["recipient", "_format", "_pretty"];
    if let Some((name, _)) = request.parameters.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Refusal::invalid(&format!("http.{name}"), "this search has no such parameter", "search by recipient, or without any"));
    }
    let notices = services.door.read(call, Transaction::Manage, |reading| reading.notices(MOST))?;
    let wanted: Option<Vec<String>> = request.parameter("recipient").map(alternatives);
    let resources = notices.iter().map(communication).filter(|resource| {
        let recipient = resource.pointer("/recipient/0/reference").and_then(serde_json::Value::as_str);
        let relative =
            |text: &String| text.strip_prefix(&request.base_url).map_or(text.as_str(), |rest| rest.trim_start_matches('/')).to_owned();
        // The CNS is no resource that a reference could name: its notices are found without one.
        wanted.as_ref().is_none_or(|wanted| recipient.is_none_or(|recipient| wanted.iter().any(|text| relative(text) == recipient)))
    });
    let entries: Vec<_> = resources.map(|resource| Entry::found(&request.base_url, resource)).collect();
    let pairs: Vec<_> =
        request.parameters.iter().map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
    let own = format!("{}/Communication?{}", request.base_url, pairs.join("&"));
    let total = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    Ok(Answer::resource(searchset(total, entries, own.trim_end_matches('?'), None)))
}

fn answer(notice: &Notice) -> Answer {
    let version = if notice.read_at.is_some() { 2 } else { 1 };
    Answer::resource(communication(notice)).version(version).modified(notice.read_at.unwrap_or(notice.created_at))
}

fn read(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params)?;
    Ok(answer(&services.door.read(call, Transaction::Manage, |reading| reading.notice(id))?))
}

fn acknowledge(services: &Services, call: &Call, _: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    let id = uuid(params)?;
    Ok(answer(&services.door.write(call, Transaction::Manage, |writing| writing.acknowledge_notice(id))?))
}
